"""`medpolicy impact`, as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.changed_library import write_claims, write_libraries


@pytest.fixture
def asked(tmp_path: Path) -> list[str | Path]:
    old, new = write_libraries(tmp_path)
    return [write_claims(tmp_path / "claims.parquet"), "--old", old, "--new", new]


def test_what_moves_is_said(medpolicy, asked):
    ran = medpolicy("impact", *asked)
    assert ran.status == 1
    assert ran.out.startswith("9 lines: 8 compared, 1 rejected\n")
    said = " ".join(ran.out.split())  # however it is wrapped
    for text in (
        "4 lines of 3 members, $1,350 move",
        "1. Stance: investigational → cosmetic; prior authorization: needed → not needed; coverage stays not",
        "policy: north 100, version 2020-01 (1 line, $1,000)",
        "code: 22222",
        "setting: inpatient",
        "such as B line 1",
        "Code 22222; north-line; outpatient Stance: investigational → cosmetic;",
        "2 lines of 2 members, $300, of 2 lines compared; service from 2021-05-01 to 2021-05-09 such as A line 1, A line 2",
        "3 lines with the same answer",
        "1 line with the same coverage, stance and authorization, and something else differs",
        "payment edits are not evaluated",
        "Answers are compared, not payments",
    ):
        assert text in said, text
    assert "SECRET" not in ran.out


def test_nothing_moves(medpolicy, asked):
    ran = medpolicy("impact", *asked[:3], "--new", asked[2])
    assert ran.status == 0
    assert "No line moves." in ran.out


def test_json_and_page(medpolicy, asked, tmp_path):
    ran = medpolicy("impact", *asked, "--json", "--html", tmp_path / "impact.html")
    assert ran.status == 1
    report = json.loads(ran.out)
    assert (report["report"], report["moved"]["lines"]) == ("impact", 4)
    assert report["run"]["inputs"] == [str(asked[0])]
    assert "What the change of policies moves" in (tmp_path / "impact.html").read_text(encoding="utf-8")
    assert "SECRET" not in ran.out


def test_the_page_alone_on_standard_output(medpolicy, asked):
    ran = medpolicy("impact", *asked, "--html", "-")
    assert ran.out.startswith("<!doctype html>")
    assert ran.out.rstrip().endswith("</html>")


def test_a_directory_with_the_lines_that_move(medpolicy, asked, tmp_path):
    output = tmp_path / "impact"
    assert medpolicy("impact", *asked, "-o", output).status == 1
    assert sorted(path.name for path in output.iterdir()) == ["impact.html", "impact.json", "moved", "rejected.parquet"]
    moved = pq.read_table(output / "moved").to_pylist()
    assert [moved[0][name] for name in ("claim_id", "old_stance", "new_stance")] == ["A", "investigational", "cosmetic"]
    assert len(moved) == 4
    assert not [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]
    again = medpolicy("impact", *asked, "-o", output)
    assert again.status == 64
    assert "is there already" in again.err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["claims.parquet"], 64, "--old DIR --new DIR"),
        (["claims.parquet", "--old", "shipped"], 64, "--old DIR --new DIR"),
        (["nowhere.parquet", "--old", "shipped", "--new", "shipped"], 4, "nowhere.parquet"),
        (["nowhere.parquet", "--old", "nowhere", "--new", "shipped"], 4, "nowhere"),
    ],
)
def test_what_is_missing_is_named(medpolicy, arguments, status, said):
    ran = medpolicy("impact", *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
