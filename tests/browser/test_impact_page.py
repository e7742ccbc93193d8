"""The page of `medpolicy impact` in a real browser: all there, at a phone's and at a desk's width, in light, dark, on paper."""

from __future__ import annotations

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
from playwright.sync_api import ViewportSize

from medpolicy.cli import main
from tests.browser.conftest import DESKTOP, OpenPage
from tests.browser.test_difference_page import LEAST_CONTRAST
from tests.changed_library import write_claims, write_libraries

_PHONE = ViewportSize(width=390, height=844)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("impact")
    old, new = write_libraries(directory)
    claims, file = write_claims(directory / "claims.parquet"), directory / "impact.html"
    assert main(["impact", str(claims), "--old", str(old), "--new", str(new), "--html", str(file)]) == 1
    return file


@pytest.fixture(scope="module")
def page_without_claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("libraries")
    (old, new), file = write_libraries(directory, issuers_after=("north",)), directory / "difference.html"
    assert main(["impact", "--old", str(old), "--new", str(new), "--html", str(file)]) == 1
    return file


@pytest.mark.parametrize("viewport", [_PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_without_claims_everything_is_within_the_width_and_stands_out(
    open_page: OpenPage, page_without_claims: Path, viewport: ViewportSize, color_scheme: str
) -> None:
    page = open_page(page_without_claims, viewport=viewport, color_scheme=color_scheme)
    outside = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent)"
    assert page.eval_on_selector_all("td, th, p, li, h2, h3", outside) == []
    assert page.evaluate(LEAST_CONTRAST) >= 4.5
    assert page.get_by_role("navigation").get_by_role("link").all_inner_texts() == ["Removed policies (1)", "north 100"]
    assert page.get_by_role("region", name="Removed policies").get_by_text("south 100").is_visible()


@pytest.mark.parametrize("viewport", [_PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_everything_is_within_the_width_and_stands_out(
    open_page: OpenPage, page_file: Path, viewport: ViewportSize, color_scheme: str
) -> None:
    page = open_page(page_file, viewport=viewport, color_scheme=color_scheme)
    outside = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent)"
    assert page.eval_on_selector_all("td, th, p, li, svg text", outside) == []
    assert page.evaluate(LEAST_CONTRAST) >= 4.5
    for figure in page.locator("figure").all():
        assert len(figure.get_by_role("img").all()) == 1


def test_the_links_lead_to_each_move(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file)
    assert page.get_by_role("navigation").get_by_role("link").all_inner_texts()[3:6] == [
        "1. Stance investigational → cosmetic",
        "2. Stance investigational → cosmetic",
        "3. Authorization needed → not needed",
    ]
    for link in page.get_by_role("navigation").get_by_role("link").all():
        target = link.get_attribute("href")
        assert target is not None
        assert page.locator(f"section:has(> {target})").count() == 1
    assert (
        page.get_by_role("region", name="2. Stance investigational → cosmetic").get_by_text("For example: A line 1.").is_visible()
    )


def test_it_prints(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file)
    page.emulate_media(media="print")
    printed = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(page.pdf()))
    assert "What does not move" in printed
    assert "SECRET" not in printed
