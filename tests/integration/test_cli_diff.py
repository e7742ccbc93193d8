"""`medpolicy diff`: what it is given, what it prints and writes, and how it ends."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.integration.conftest import Run


@pytest.fixture
def changed(small: Path, tmp_path: Path) -> Path:
    """The small library's policy 100 of `north`, with another threshold and a hostile title."""
    directory = tmp_path / "changed" / "north" / "100"
    directory.mkdir(parents=True)
    for file in (small / "north" / "100").iterdir():
        text = file.read_text(encoding="utf-8").replace("at_least: 3 mm", "at_least: 5 mm")
        (directory / file.name).write_text(
            text.replace('title: "Widgets and', 'title: "<script>alert(1)</script> and'), encoding="utf-8"
        )
    (directory.parent / "issuer.yaml").write_bytes((small / "north" / "issuer.yaml").read_bytes())
    return directory


def test_a_policy_and_itself(medpolicy: Run) -> None:
    ran = medpolicy("diff", "254", "254@2025-03")
    assert ran.status == 0
    assert "No determination differs." in ran.out
    assert not ran.err


def test_two_directories_as_text(medpolicy: Run, small: Path, changed: Path) -> None:
    ran = medpolicy("diff", small / "north" / "100", changed)
    assert ran.status == 1
    assert "size at least 3 mm and less than 5 mm" in ran.out
    assert "coverage: covered (medically necessary) -> not covered (investigational)" in ran.out
    assert "- size at least 3 mm" in ran.out
    assert "+ size at least 5 mm" in ran.out
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("name", ["100@2020-01", "100/2020-01.yaml", "100/policy.yaml"])
def test_a_version_by_name_and_by_file(medpolicy: Run, small: Path, changed: Path, name: str) -> None:
    ran = medpolicy("diff", small / "north" / name, changed, "--json")
    assert ran.status == 1
    report = json.loads(ran.out)
    assert report["old"]["version"] == report["new"]["version"] == "2020-01"
    assert report["determinations"][0]["coverage"]["after"] == {"coverage": "not-covered", "stance": "investigational"}


def test_a_policy_of_a_library(medpolicy: Run, small: Path, changed: Path) -> None:
    ran = medpolicy("diff", "north/100", changed, "--library", small)
    assert ran.status == 1
    assert "before: north/100" in ran.out


def test_two_days(medpolicy: Run) -> None:
    ran = medpolicy("diff", "254", "--from", "2015-08-31", "--to", "2023-05-01", "--json")
    assert ran.status == 1
    report = json.loads(ran.out)
    assert [limit["code"] for limit in report["limits"]].count("not-on-file") == 1  # of all sections together
    assert [item["name"] for item in report["changes"][-1]["items"]][-1] == "2023-05"
    assert report["update"]["effective"] == "2023-05"
    assert any(one["coverage"]["before"] == {"coverage": "indeterminate"} for one in report["determinations"])


def test_the_update_form(medpolicy: Run, small: Path, changed: Path) -> None:
    ran = medpolicy("diff", small / "north" / "100", changed, "--update-table", "--csv")
    heading, row = list(csv.reader(io.StringIO(ran.out)))
    assert heading == ["Title", "Number", "Summary of change", "Effective date", "Products affected", "Policy type"]
    assert row[1:] == [
        "100", "The policy itself: changed title. Statements: changed blue-widgets. What was covered may now be not covered.",
        "2020-01",
        "north commercial", "Medical policy",
    ]  # fmt: skip
    table = medpolicy("diff", small / "north" / "100", changed, "--update-table")
    assert table.out.startswith("Title ")


def test_the_page_is_whole_and_escapes_what_policies_say(medpolicy: Run, small: Path, changed: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert medpolicy("diff", small / "north" / "100", changed, "--html", page).status == 1
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text
    assert "url(" not in text


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["254"], 64, "name two texts"),
        (["254", "254", "--from", "2020-01-01"], 64, "go with one policy"),
        (["254", "--from", "2020", "--to", "2021-01-01"], 64, "--from"),
        (["254", "254", "--csv"], 64, "--csv goes with --update-table"),
        (["254", "254", "--json", "--update-table"], 64, "do not go together"),
        (["254", "254", "--html", "-", "--json"], 64, "--html - and --json both write to standard output"),
        (["254", "254", "--html", "-", "--update-table"], 64, "--html - and --update-table both write"),
        (["shipped", "shipped", "--html", "-", "--json"], 64, "--html - and --json both write"),
        (["254", "254@1999"], 4, "there are: 2025-03"),
        (["254", "no-such.pdf"], 4, "no such file"),
        (["254", "./nothing"], 4, "no such file"),
        (["255", "254"], 4, "no policy '255'"),
    ],
)
def test_a_mistake_is_told(medpolicy: Run, arguments: list[str], status: int, said: str) -> None:
    ran = medpolicy("diff", *arguments)
    assert ran.status == status
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not ran.out


def test_a_library_of_several_policies_is_no_text(medpolicy: Run, small: Path) -> None:
    ran = medpolicy("diff", small, "254")
    assert ran.status == 64
    assert "north/100" in ran.err
