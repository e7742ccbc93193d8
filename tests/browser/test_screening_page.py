"""The page of a screening's report in a real browser: all there, at a phone's and at a desk's width, in light, dark, on paper."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
from playwright.sync_api import ViewportSize

from medpolicy.engines.tabular_answers import Answered
from medpolicy.formats.library_files import load_library
from medpolicy.review.screening_json import screening_json
from medpolicy.review.screening_page import screening_page
from medpolicy.review.screening_summary import summary_of
from tests.browser.conftest import DESKTOP, OpenPage
from tests.browser.test_difference_page import LEAST_CONTRAST
from tests.screening_totals import Row, connection_with, row, run_of
from tests.small_library import write_library

_PHONE = ViewportSize(width=390, height=844)
_LISTED = Answered(
    "not-covered", "investigational", "auth-needed", "on-file", "north", "100", "2020-01", "listed", "never", "Widgets", "3", "d3"
)
_OPEN = Answered(
    "conditional",
    None,
    "conditional",
    "on-file",
    "north",
    "100",
    "2020-01",
    "provision-open",
    "blue-widgets",
    "Widgets",
    "2",
    "d2",
)


def _rows() -> list[Row]:
    """All coverages, over two years; long names, and one with markup."""
    covered = _OPEN._replace(
        coverage="covered", stance="medically-necessary", reason="provision-met", prior_authorization="no-auth"
    )
    missing = Answered("indeterminate", None, "indeterminate", "not-on-file", "north", "200", None, "text-not-on-file")
    found: list[Row] = []
    for at in range(24):
        month = (2023 + at // 12, at % 12 + 1)
        found += row(
            _LISTED._replace(carc="55", notes="awaits-review"), code="22222", month=month, lines=40 + at, paid=9000.0 + at
        )
        found += row(_OPEN._replace(ask="blue size setting"), code="11111", month=month, lines=30 - at, paid=7000.0 + 90 * at)
        found += row(_OPEN._replace(ask="setting"), code="11111", month=month, line="<b>bold</b>", lines=5, paid=1500.0)
        found += row(covered, code="11112", month=month, lines=20, paid=4000.0 - 100 * at, changing=1)
        found += row(missing, code="33333", month=month, issuer="south", line="south-a-line-with-a-rather-long-name", paid=3000.0)
    return [
        *found,
        *row(Answered("not-addressed", reason="not-listed", notes="no-procedure-code"), code=None, lines=70, paid=500.0),
    ]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("screening")
    library = load_library(write_library(directory / "library"))
    run = run_of(_rows(), {("malformed-code", "hcpcs_code"): 2}, absent=("allowed_amount",))
    file = directory / "report.html"
    report = screening_json(summary_of(connection_with(_rows()), "totals", run, library))
    file.write_text(screening_page(report), encoding="utf-8")
    return file


@pytest.mark.parametrize("viewport", [_PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_everything_is_within_the_width(open_page: OpenPage, page_file: Path, viewport: ViewportSize, color_scheme: str) -> None:
    page = open_page(page_file, viewport=viewport, color_scheme=color_scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.get_by_role("heading", level=1).is_visible()
    outside = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent)"
    assert page.eval_on_selector_all("td, th, p, li, svg text", outside) == []


@pytest.mark.parametrize("viewport", [_PHONE, DESKTOP], ids=["phone", "desktop"])
def test_each_chart_is_seen_once_with_its_words_and_a_table(open_page: OpenPage, page_file: Path, viewport: ViewportSize) -> None:
    page = open_page(page_file, viewport=viewport)
    figures = page.locator("figure").all()
    assert len(figures) == 7
    for figure in figures:
        assert [svg.is_visible() for svg in figure.locator("svg").all()].count(True) == 1
        assert len(figure.get_by_role("img").all()) == 1  # what is not shown is not heard either
        words = figure.get_by_role("img").evaluate("one => one.querySelector('title').textContent")
        assert len(words) > 40
        assert figure.locator("xpath=..").locator("table").count() >= 1
        size = figure.get_by_role("img").bounding_box()
        assert size is not None
        assert size["height"] > 50
    ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_the_colours_of_a_chart_are_the_page_s(open_page: OpenPage, page_file: Path) -> None:
    fills = {}
    for color_scheme in ("light", "dark"):
        page = open_page(page_file, color_scheme=color_scheme)
        bars = page.locator("figure .wide svg path[fill='var(--not-covered)']")
        assert bars.count() > 0
        fills[color_scheme] = bars.first.evaluate("one => getComputedStyle(one).fill")
        assert page.evaluate(LEAST_CONTRAST) >= 4.5
    assert fills == {"light": "rgb(156, 42, 18)", "dark": "rgb(240, 128, 106)"}


def test_the_parts_are_named_and_the_links_lead_to_them(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file)
    links = page.get_by_role("navigation").get_by_role("link").all()
    assert len(links) == 11
    for link in links:
        target = link.get_attribute("href")
        assert target is not None
        assert page.locator(f"section:has(> {target})").count() == 1
    headings = [int(level) for level in page.eval_on_selector_all("h1,h2,h3", "all => all.map(one => one.tagName[1])")]
    assert headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))


def test_the_keyboard_reaches_links_and_what_is_folded(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file)
    page.locator("summary", has_text="By month of service").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("row", name="2024-12").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "This chart as Vega-Lite"


def test_a_table_has_its_headings_for_those_who_hear_it(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file)
    told = "all => all.every(one => one.caption && one.querySelector('th[scope=col]') && one.querySelector('th[scope=row]'))"
    assert page.eval_on_selector_all("table", told)
    assert page.get_by_text("<b>bold</b>").first.is_visible()


def test_on_a_phone_each_figure_has_its_name(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file, viewport=_PHONE)
    told = "all => all.map(one => getComputedStyle(one, '::before').content)"
    names = page.eval_on_selector_all("section:has(> #outcomes) tbody tr:first-of-type td", told)
    assert names[:5] == ['"Stance: "', '"Prior authorization: "', '"Lines"', '"Share"', '"Dollars"']


def test_it_prints(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file)
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").is_visible()
    printed = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(page.pdf()))
    assert "2024-12" in printed  # what is folded on a screen
    assert "payment edits are not evaluated" in printed


def test_on_paper_a_chart_has_the_colours_for_light(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    bar = page.locator("figure .wide svg path[fill='var(--not-covered)']").first
    assert bar.evaluate("one => getComputedStyle(one).fill") == "rgb(156, 42, 18)"
