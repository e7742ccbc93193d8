"""Two libraries without claims: `medpolicy impact` and `medpolicy diff` say the same, for the days on which it holds."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from medpolicy.formats.library_files import load_library
from medpolicy.review.determine import determine
from medpolicy.review.library_difference import ComparedLibraries, library_difference
from tests.changed_library import write_libraries
from tests.integration.conftest import Run
from tests.small_library import cite, write_library

_LATER = f'  - {{date: 2022-03, touches: [coding], text: "The codes changed.", citation: {cite(7)}}}\n'


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    return write_libraries(tmp_path)


def _later_version(library: Path, *changes: tuple[str, str]) -> None:
    """A version of north 100 from March 2022 on, and its event."""
    policy = library / "north" / "100"
    history = (policy / "policy.yaml").read_text(encoding="utf-8")
    (policy / "policy.yaml").write_text(history.replace("  - {date: 2024-01", f"{_LATER}  - {{date: 2024-01"), encoding="utf-8")
    text = (policy / "2020-01.yaml").read_text(encoding="utf-8").replace('version: "2020-01"', 'version: "2022-03"')
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (policy / "2022-03.yaml").write_text(text, encoding="utf-8")


def _compared(old: Path, new: Path) -> dict[str, Any]:
    sides = ComparedLibraries(old=load_library(old), new=load_library(new), old_names=("old",), new_names=("new",))
    return library_difference(sides)


def _stance(library: Path, day: str) -> str | None:
    request = {"service_date": day, "line_of_business": "north-line", "procedures": ["22222"]}
    service = determine(request, load_library(library), as_of=date(2026, 1, 1))["services"][0]
    return service.get("stance")


def test_impact_without_claims_is_the_difference(medpolicy: Run, sides: tuple[Path, Path]) -> None:
    old, new = sides
    ran = medpolicy("impact", "--old", old, "--new", new)
    assert (ran.status, ran.err) == (1, "")
    said = " ".join(ran.out.split())
    for text in (
        "3 policies: 1 changed, 0 added, 0 removed, 2 the same",
        "north 100: Widgets and their uses",
        "Service from 2020-01-01 on",
        "1. Code 22222; north-line coverage: not covered (investigational) -> not covered (cosmetic)",
        "prior authorization, inpatient: needed -> not needed",
        "Codes changed 22222",
    ):
        assert text in said, text
    assert medpolicy("diff", old, new).out == ran.out


def test_the_same_libraries(medpolicy: Run, sides: tuple[Path, Path]) -> None:
    for ran in (medpolicy("impact", "--old", sides[0], "--new", sides[0]), medpolicy("diff", "shipped", "shipped")):
        assert ran.status == 0
        assert "No determination differs." in ran.out
        assert " 0 changed, 0 added, 0 removed" in ran.out


def test_json_and_the_page(medpolicy: Run, sides: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = sides
    title = new / "north" / "100" / "policy.yaml"
    title.write_text(title.read_text(encoding="utf-8").replace("Widgets and", "<script>alert(1)</script> and"), encoding="utf-8")
    page = tmp_path / "page.html"
    ran = medpolicy("impact", "--old", old, "--new", new, "--json", "--html", page)
    assert ran.status == 1
    report = json.loads(ran.out)
    assert (report["report"], report["equal"], report["complete"], report["same"]) == ("library-difference", False, True, 2)
    assert report["old"]["names"] == [str(old)]
    period = report["changed"][0]["periods"][0]
    assert (period["first_day"], period["last_day"], len(period["determinations"])) == ("2020-01-01", None, 2)
    text = page.read_text(encoding="utf-8")
    assert "Service from 2020-01-01 on" in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    alone = medpolicy("impact", "--old", old, "--new", new, "--html", "-")
    assert alone.out == text


def test_policies_of_one_library_only_are_told(medpolicy: Run, sides: tuple[Path, Path]) -> None:
    old, new = sides
    shutil.rmtree(new / "south")
    shutil.rmtree(old / "north" / "200")
    report = _compared(old, new)
    assert [(one["issuer"], one["number"]) for one in report["added"]] == [("north", "200")]
    assert report["removed"] == [
        {
            "issuer": "south",
            "number": "100",
            "title": "Widgets and their uses",
            "versions": ["2020-01"],
            "first_day": "2020-01-01",
        }
    ]
    ran = medpolicy("diff", old, new)
    assert ran.status == 1
    assert "added north 200: Spare parts, from 2020-01-01" in ran.out
    assert "removed south 100: Widgets and their uses, from 2020-01-01" in ran.out


def test_a_change_holds_for_its_days_alone(tmp_path: Path) -> None:
    """Before the later version nothing differs; where the earlier one changes, nothing differs after it."""
    old, new = write_library(tmp_path / "old"), write_library(tmp_path / "new")
    change = ('stance: investigational\n    text: "Always', 'stance: cosmetic\n    text: "Always')
    _later_version(old)
    _later_version(new, change)
    after = _compared(old, new)["changed"][0]
    assert [(one["first_day"], one["last_day"]) for one in after["periods"]] == [("2022-03-01", None)]
    assert after["periods"][0]["determinations"][0]["codes"] == ["22222"]
    shutil.rmtree(new)
    _later_version(write_library(new))
    earlier = new / "north" / "100" / "2020-01.yaml"
    earlier.write_text(earlier.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    before = _compared(old, new)["changed"][0]
    assert [(one["first_day"], one["last_day"]) for one in before["periods"]] == [("2020-01-01", "2022-02-28")]
    for day, differ in (("2022-02-28", True), ("2022-03-01", False)):
        assert (_stance(old, day) != _stance(new, day)) is differ


def test_a_new_version_counts_from_its_day(tmp_path: Path) -> None:
    old, new = write_library(tmp_path / "old"), write_library(tmp_path / "new")
    _later_version(new, ("22222", "22223"))
    report = _compared(old, new)
    found = report["changed"][0]
    assert (found["old_versions"], found["new_versions"]) == (["2020-01"], ["2020-01", "2022-03"])
    assert [(one["first_day"], one["last_day"]) for one in found["periods"]] == [("2022-03-01", None)]
    assert sorted(one["codes"] for one in found["periods"][0]["determinations"]) == [["22222"], ["22223"]]
    history = [one for section in found["changes"] if section["section"] == "history" for one in section["items"]]
    assert [one["name"] for one in history] == ["2022-03"]  # once, though it is on every day


def test_only_the_wording_differs(medpolicy: Run, tmp_path: Path) -> None:
    old, new = write_library(tmp_path / "old"), write_library(tmp_path / "new")
    version = new / "north" / "100" / "2020-01.yaml"
    version.write_text(version.read_text(encoding="utf-8").replace("Is it blue?", "Is it really blue?"), encoding="utf-8")
    report = _compared(old, new)
    assert (report["equal"], report["complete"], report["changed"][0]["periods"]) == (False, True, [])
    ran = medpolicy("diff", old, new)
    assert ran.status == 1
    assert "No determination differs." in ran.out
    assert "Is it really blue?" in ran.out


def test_what_an_issuer_says_of_a_stance_counts(tmp_path: Path) -> None:
    old, new = write_library(tmp_path / "old"), write_library(tmp_path / "new")
    issuer = new / "north" / "issuer.yaml"
    text = issuer.read_text(encoding="utf-8")
    issuer.write_text(text.replace("cosmetic: not-covered", "cosmetic: covered"), encoding="utf-8")
    assert [one["number"] for one in _compared(old, new)["changed"]] == ["200"]  # which calls spare parts cosmetic


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["impact"], 64, "--old DIR --new DIR"),
        (["impact", "--old", "shipped"], 64, "--old DIR --new DIR"),
        (["impact", "--old", "shipped", "--new", "nowhere"], 4, "nowhere"),
        (["impact", "--old", "shipped", "--new", "shipped", "-o", "impact"], 64, "--output goes with claims"),
        (["impact", "--old", "shipped", "--new", "shipped", "--facts", "facts.csv"], 64, "--facts goes with claims"),
        (["diff", "shipped", "shipped", "--update-table"], 64, "go with one policy"),
        (["diff", "shipped", "shipped", "--from", "2020-01-01"], 64, "go with one policy"),
    ],
)
def test_a_mistake_is_told(medpolicy: Run, arguments: list[str], status: int, said: str) -> None:
    ran = medpolicy(*arguments)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
