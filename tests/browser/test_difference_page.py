"""The page of `medpolicy diff` in a real browser: all there, at a phone's and at a desk's width, in light, dark and on paper."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
from playwright.sync_api import ViewportSize

from medpolicy.cli import main
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.small_library import cite, write_library


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    old = write_library(tmp_path / "old", issuers=("north",)) / "north" / "100"
    new = write_library(tmp_path / "new", issuers=("north",)) / "north" / "100"
    version = new / "2020-01.yaml"
    text = version.read_text(encoding="utf-8")
    text = text.replace("size, at_least: 3 mm", "size, at_least: 5 mm").replace("Wonder Widget", "Other Widget")
    text = text.replace("facts:\n", f'facts:\n  - {{id: fresh, type: boolean, ask: "Is it fresh?", citation: {cite(2)}}}\n')
    text = text.replace(', {value: Odd, meaning: "neither"}', "")  # a choice of one text, which is not compared
    version.write_text(text.replace("rule: auth-needed", "rule: no-auth"), encoding="utf-8")
    file = tmp_path / "difference.html"
    assert main(["diff", str(old), str(new), "--html", str(file)]) == 1
    return file


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_everything_is_within_the_width(open_page: OpenPage, page_file: Path, viewport: ViewportSize, color_scheme: str) -> None:
    page = open_page(page_file, viewport=viewport, color_scheme=color_scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.get_by_role("heading", level=1).inner_text() == "Widgets and their uses"
    assert page.get_by_text("size at least 3 mm and less than 5 mm").first.is_visible()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(21, 24, 27)") == (color_scheme == "dark")


def test_the_parts_are_named_and_the_links_lead_to_them(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file)
    for name in ("Determinations that differ", "What the text gained, lost or says otherwise", "Update form", "Not compared"):
        assert page.get_by_role("region", name=name).count() == 1
    for link in page.get_by_role("navigation").get_by_role("link").all():
        target = link.get_attribute("href")
        assert target is not None
        assert page.locator(target).count() == 1
    headings = [int(level) for level in page.eval_on_selector_all("h1,h2,h3", "all => all.map(one => one.tagName[1])")]
    assert headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_table_has_its_headings_for_those_who_hear_it(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file, viewport=PHONE)
    assert page.get_by_role("region", name="Determinations that differ").locator("th[scope=row]").count() > 0
    assert page.eval_on_selector_all("table", "all => all.every(one => one.querySelector('th[scope=col]'))")


def test_what_is_read_stands_out_enough_from_its_ground(open_page: OpenPage, page_file: Path) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1 for text of this size."""
    for color_scheme in ("light", "dark"):
        page = open_page(page_file, color_scheme=color_scheme)
        assert page.evaluate(LEAST_CONTRAST) >= 4.5


def test_it_prints(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file)
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").is_visible()
    printed = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(page.pdf()))
    assert "Is it fresh?" in printed  # what is folded on a screen


LEAST_CONTRAST = """() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = text => {
    const [red, green, blue] = parts(text).map(value => value / 255)
      .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = element => {
    const color = getComputedStyle(element).backgroundColor;
    return parts(color)[3] === 0 ? ground(element.parentElement) : color;
  };
  let least = 21;
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) continue;
    const both = [light(getComputedStyle(element).color), light(ground(element))].sort((one, other) => other - one);
    least = Math.min(least, (both[0] + 0.05) / (both[1] + 0.05));
  }
  return least;
}"""
