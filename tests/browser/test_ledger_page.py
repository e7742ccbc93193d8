"""The ledger's page in a real browser: both sides lead to each other, with and without JavaScript, on a desk and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from medpolicy.authoring.document import SourceDocument
from medpolicy.authoring.ledger_page import ledger_page
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.ledger_example import example, of_unknown_layout, source_document

_MARKED = re.compile(r"\bmarked\b")
_CONTRAST = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = channels(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.body.querySelectorAll("*")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (element.closest("script")) continue;
    const [one, other] = [channels(getComputedStyle(element).color), ground(element)].map(luminance);
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) weak.push(`${element.className} ${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return weak;
}"""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as a file."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.html"
    path.write_text(ledger_page(example()), encoding="utf-8")
    return path


def _inside(page: Page, element: str, pane: str) -> bool:
    """Whether an element's top stands within the pane, below its head, and within the window."""
    return bool(
        page.evaluate(
            """([element, pane]) => {
              const box = document.querySelector(element).getBoundingClientRect();
              const frame = document.querySelector(pane).getBoundingClientRect();
              const head = document.querySelector(`${pane} .pane-head`).getBoundingClientRect();
              return box.top >= head.bottom - 1 && box.top < Math.min(frame.bottom, innerHeight);
            }""",
            [element, pane],
        )
    )


def _settled(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _link(page: Page, line: int, item: str) -> Locator:
    return page.locator(f"#L{line} a.use[href='#{item}']")


def test_from_a_line_to_what_uses_it(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    _link(page, 21, "m-references-1").click()
    _settled(page)
    assert page.url.endswith("#m-references-1")
    assert _inside(page, "#m-references-1", "#draft")
    expect(page.locator("#m-references-1")).to_have_class(_MARKED)
    expect(page.locator("#L21")).to_have_class(_MARKED)


def test_from_an_item_to_its_lines(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger, viewport=ViewportSize(width=1280, height=400))
    page.locator("#m-references-1 a.cite").click()
    _settled(page)
    assert page.url.endswith("#L21")
    assert _inside(page, "#L21", "#source")
    expect(page.locator("#L21")).to_have_class(_MARKED)
    expect(page.locator("#m-references-1")).to_have_class(_MARKED)


def test_a_line_or_item_in_the_address_is_shown_with_its_other_side(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger, viewport=ViewportSize(width=1280, height=500))
    page.evaluate("location.hash = '#L21'")
    expect(page.locator("#m-references-1")).to_have_class(_MARKED)
    _settled(page)
    assert _inside(page, "#m-references-1", "#draft")
    page.goto("about:blank")
    page.goto(f"{ledger.as_uri()}#m-authorization-0")
    expect(page.locator("#L16")).to_have_class(_MARKED)


def test_a_click_anywhere_on_a_line_shows_the_other_side_and_holds_it(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger, viewport=ViewportSize(width=1280, height=500))
    page.locator("#L21 .text").click()
    _settled(page)
    assert _inside(page, "#m-references-1", "#draft")
    page.locator("#L2 .text").hover()
    page.wait_for_timeout(200)
    expect(page.locator("#L21")).to_have_class(_MARKED)
    page.keyboard.press("Escape")
    expect(page.locator(".marked")).to_have_count(0)


def test_a_click_on_an_item_shows_its_lines(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger, viewport=ViewportSize(width=1280, height=400))
    page.locator("#m-references-1 h4").click()
    _settled(page)
    assert _inside(page, "#L21", "#source")


def test_pointing_marks_both_sides_and_only_while_it_points(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    page.locator("#L16 .text").hover()
    expect(page.locator("#m-authorization-0")).to_have_class(_MARKED)
    _settled(page)
    assert _inside(page, "#m-authorization-0", "#draft")
    page.locator("#L18 .text").hover()
    expect(page.locator("#m-authorization-0")).not_to_have_class(_MARKED)
    expect(page.locator("#m-history-2024-01")).to_have_class(_MARKED)


def test_an_item_marks_all_its_lines_and_a_criterion_its_own(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    page.locator("#m-provisions-knee-brace h4").click()
    assert page.locator(".line.marked").evaluate_all("found => found.map(line => line.id)") == ["L5", "L6", "L7"]
    page.locator("#m-provisions-knee-brace-criteria-all-1 > .mark").click()
    assert page.locator(".line.marked").evaluate_all("found => found.map(line => line.id)") == ["L7"]


def test_keys_alone_lead_over(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    _link(page, 16, "m-authorization-0").focus()
    expect(page.locator("#m-authorization-0")).to_have_class(_MARKED)
    page.keyboard.press("Enter")
    _settled(page)
    assert _inside(page, "#m-authorization-0", "#draft")
    # What is next in order after a followed link is within the item that it led to.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.item').id") == "m-authorization-0"
    page.keyboard.press("Enter")
    assert page.url.endswith("#L16")


def test_the_first_stop_of_the_tab_key_skips_to_the_work(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    page.keyboard.press("Tab")
    expect(page.locator(".skip a").first).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#to-do")


def test_the_filter_shows_the_lines_of_a_state(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    page.get_by_role("radio", name="not understood").check()
    shown = ".line:visible"
    assert page.locator(shown).evaluate_all("found => found.map(line => line.id)") == ["L10", "L11", "L14"]
    page.get_by_role("radio", name="furniture").check()
    assert page.locator(shown).evaluate_all("found => found.map(line => line.id)") == ["L8"]
    # What a link leads to is shown all the same.
    page.locator("#m-references-1 a.cite").click()
    assert page.locator(shown).evaluate_all("found => found.map(line => line.id)") == ["L8", "L21"]
    page.get_by_role("radio", name="all").check()
    assert page.locator(shown).count() == 24


def test_the_work_list_leads_to_lines_and_items(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    page.locator("#to-do a[href='#L14']").click()
    _settled(page)
    assert _inside(page, "#L14", "#source")
    page.get_by_role("link", name="To do").last.click()
    page.locator("#to-do a[href='#m-references-1']").click()
    _settled(page)
    assert _inside(page, "#m-references-1", "#draft")
    assert _inside(page, "#L21", "#source")


def test_sections_lead_to_their_lines_and_the_list_closes(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    page.get_by_text("Sections and pages").click()
    page.get_by_role("navigation", name="Sections and pages").get_by_role("link", name="Policy History").click()
    expect(page.locator("details.places")).not_to_have_attribute("open", "")
    assert _inside(page, "#L17", "#source")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [ViewportSize(width=400, height=800), PHONE, DESKTOP], ids=["400", "phone", "desktop"])
def test_nothing_runs_off_the_side_and_words_stand_out(
    open_page: OpenPage, ledger: Path, viewport: ViewportSize, scheme: str
) -> None:
    page = open_page(ledger, viewport=viewport, color_scheme=scheme)
    for pane in ("html", "#source .pane-body", "#draft .pane-body"):
        assert page.locator(pane).evaluate("pane => pane.scrollWidth <= pane.clientWidth"), pane
    assert page.evaluate(_CONTRAST) == []
    page.goto(f"{ledger.as_uri()}#L6")
    assert page.evaluate(_CONTRAST) == []


def test_on_a_phone_the_draft_stands_under_the_document_and_links_lead_over(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger, viewport=PHONE)
    source, draft = page.locator("#source").bounding_box(), page.locator("#draft").bounding_box()
    assert source is not None
    assert draft is not None
    assert draft["y"] >= source["y"] + source["height"]
    _link(page, 16, "m-authorization-0").click()
    expect(page.locator("#m-authorization-0")).to_be_in_viewport()
    page.locator("#m-authorization-0 a.cite").click()
    expect(page.locator("#L16")).to_be_in_viewport()


def test_without_javascript_links_and_filter_work(browser: Browser, ledger: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=ViewportSize(width=1280, height=500))
    page = context.new_page()
    page.goto(ledger.as_uri())
    _link(page, 21, "m-references-1").click()
    expect(page.locator("#m-references-1")).to_be_in_viewport()
    plain = page.locator("#m-identifiers-0").evaluate("one => getComputedStyle(one).backgroundColor")
    target = page.locator("#m-references-1")
    assert target.evaluate("one => getComputedStyle(one).backgroundColor") != plain
    page.locator("#m-references-1 a.cite").click()
    expect(page.locator("#L21")).to_be_in_viewport()
    page.get_by_role("radio", name="not understood").check()
    expect(page.locator(".line:visible")).to_have_count(4)  # three, and the one that the link led to
    context.close()


def test_what_a_document_says_never_runs(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    assert page.evaluate("window.hacked") is None
    expect(page.locator("#L23 .text")).to_contain_text("<script>window.hacked = 1</script>")


def test_on_paper_everything_is_shown(open_page: OpenPage, ledger: Path) -> None:
    page = open_page(ledger)
    page.get_by_role("radio", name="not understood").check()
    page.emulate_media(media="print")
    assert page.locator(".line:visible").count() == 24
    for pane in ("#source .pane-body", "#draft .pane-body"):
        assert page.locator(pane).evaluate("pane => getComputedStyle(pane).overflowY") == "visible"


def test_an_unknown_layout_is_said_first(open_page: OpenPage, tmp_path: Path) -> None:
    path = tmp_path / "ledger.html"
    path.write_text(ledger_page(of_unknown_layout(source_document())), encoding="utf-8")
    page = open_page(path, viewport=PHONE)
    expect(page.get_by_role("heading", name="The layout of this document is not known")).to_be_in_viewport()
    expect(page.locator(".line:visible")).to_have_count(24)


def test_twenty_thousand_lines_open_and_lead_to_the_last(open_page: OpenPage, tmp_path: Path) -> None:
    document: SourceDocument = source_document(tuple((number // 50 + 1, f"Sentence {number}. " * 8) for number in range(20_000)))
    path = tmp_path / "ledger.html"
    path.write_text(ledger_page(of_unknown_layout(document)), encoding="utf-8")
    page = open_page(path)
    page.set_default_timeout(10_000)
    page.goto(f"{path.as_uri()}#L19500")
    _settled(page)
    assert _inside(page, "#L19500", "#source")
    # Far from the window no line is laid out.
    assert page.evaluate("document.getElementById('L300').checkVisibility({contentVisibilityAuto: true})") is False
