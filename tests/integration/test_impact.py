"""What a change of policies moves: against deciding each line by itself twice, and each figure of claims made by hand."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from medpolicy.engines.tabular_answers import COLUMNS
from medpolicy.errors import ClaimsError
from medpolicy.formats.library_files import load_library
from medpolicy.library.library import Library
from medpolicy.review import impact_summary
from medpolicy.review.claims.reading import open_claims
from medpolicy.review.demo_claims import DemoClaims, write_demo_claims
from medpolicy.review.determine import determine
from medpolicy.review.impact import impact_of
from medpolicy.review.impact_json import impact_json
from medpolicy.review.impact_page import impact_page
from medpolicy.review.impact_summary import Axes, ImpactSummary
from medpolicy.review.impact_tables import AXES, OTHERWISE
from medpolicy.review.library_difference import ComparedLibraries
from medpolicy.review.screening import RejectedElsewhere
from tests.changed_library import line, write_claims, write_libraries
from tests.claims_files import write_parquet
from tests.small_library import cite


def _compared(old: Path, new: Path) -> ComparedLibraries:
    return ComparedLibraries(old=load_library(old), new=load_library(new), old_names=("old",), new_names=("new",))


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_libraries(tmp_path_factory.mktemp("libraries"))


@pytest.fixture(scope="module")
def summary(libraries: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> ImpactSummary:
    claims = write_claims(tmp_path_factory.mktemp("claims") / "claims.parquet")
    return impact_of([claims], _compared(*libraries), engine="medpolicy 0.1.0")


@pytest.fixture(scope="module")
def report(summary: ImpactSummary) -> dict[str, Any]:
    return impact_json(summary)


_INVESTIGATIONAL = Axes("not-covered", "investigational", "not-addressed")
_COSMETIC = Axes("not-covered", "cosmetic", "not-addressed")


def test_lines_members_and_dollars_that_move(summary):
    assert (summary.amount, summary.total.lines, summary.moved.lines, summary.members) == ("paid", 8, 4, 3)
    assert summary.moved.paid == Decimal("1350.50")
    assert [(move.old, move.new, move.whole.totals.lines, move.whole.members) for move in summary.moves] == [
        (Axes("not-covered", "investigational", "auth-needed"), Axes("not-covered", "cosmetic", "no-auth"), 1, 1),
        (_INVESTIGATIONAL, _COSMETIC, 2, 2),
        (Axes("conditional", None, "auth-needed"), Axes("conditional", None, "no-auth"), 1, 1),
    ]


def test_what_does_not_move(summary):
    assert (summary.same.lines, summary.restated.lines) == (3, 1)
    assert {name: totals.lines for name, totals in summary.restated_by.items()} == {
        "text": 1,
        "basis": 0,
        "questions": 0,
        "notes": 0,
        "adjustments": 0,
    }
    assert summary.restated_by["text"].paid == Decimal("5.00")


def test_a_move_by_its_conditions(summary):
    move = summary.moves[1]
    assert (move.whole.totals.paid, move.whole.first_day, move.whole.last_day) == (
        Decimal("300.50"),
        date(2021, 5, 1),
        date(2021, 5, 9),
    )
    assert {name: [(part.key, part.totals.lines) for part in parts.parts] for name, parts in move.by.items()} == {
        "policies": [(("north", "100", "2020-01", "2020-01"), 2)],
        "provisions": [(("north", "100", "never", "never"), 2)],
        "codes": [(("22222",), 2)],
        "lines_of_business": [(("north", "north-line"), 2)],
        "settings": [(("outpatient",), 2)],
    }
    assert [tuple(example) for example in move.examples] == [("A", 1)]
    assert [(group.key, group.totals.paid) for group in summary.months] == [
        (("2021-05",), Decimal("1300.50")),
        (("2021-07",), Decimal("50.00")),
    ]


def test_coverage_before_and_after_is_of_all_lines(summary):
    found = {group.key: group.totals.lines for group in summary.coverages}
    assert found == {
        ("not-covered", "not-covered"): 5,
        ("conditional", "conditional"): 1,
        ("not-addressed", "not-addressed"): 2,
    }


def test_the_json(report):
    assert report == json.loads(json.dumps(report))
    assert report["counts"]["lines"] == report["counts"]["answered"] + report["counts"]["rejected"] == 9
    assert report["counts"]["rejections"] == [{"reason": "invalid-date", "column": "claim_line_start_date", "lines": 1}]
    assert report["run"]["old"]["names"] == ["old"]
    assert report["moved"] == {"lines": 4, "charge": None, "allowed": None, "paid": 1350.5, "members": 3}
    first = report["conditions"]["top"][0]
    assert first == {
        "old": {"coverage": "not-covered", "stance": "investigational", "prior_authorization": "auth-needed"},
        "new": {"coverage": "not-covered", "stance": "cosmetic", "prior_authorization": "no-auth"},
        "policy_issuer": "north",
        "policy_number": "100",
        "old_version": "2020-01",
        "new_version": "2020-01",
        "old_provision": "never",
        "new_provision": "never",
        "issuer": "north",
        "codes": ["22222"],
        "without_code": False,
        "lines_of_business": ["north-line"],
        "every_line": True,
        "settings": ["inpatient"],
        "every_setting": False,
        "compared": 1,
        "lines": 1,
        "charge": None,
        "allowed": None,
        "paid": 1000.0,
        "members": 1,
        "first_day": "2021-05-01",
        "last_day": "2021-05-01",
        "examples": [{"claim_id": "B", "claim_line_number": 1}],
    }
    assert report["moves"]["top"][0]["policies"]["top"][0]["title"] == "Widgets and their uses"
    assert "SECRET" not in json.dumps(report)


def test_the_page(report):
    page = impact_page(report)
    assert page == impact_page(report)
    assert "SECRET" not in page
    assert "<script" not in page
    assert '4</span> <span class="label">lines move' in page
    assert "Of 9 lines, 8 were answered and 1 were rejected" in page
    assert "payment edits are not evaluated" in page


def test_an_issuer_of_one_library_only(tmp_path):
    old, new = write_libraries(tmp_path, issuers_after=("north",))
    claims = write_claims(tmp_path / "claims.parquet")
    there, back = (impact_of([claims], compared, engine="") for compared in (_compared(old, new), _compared(new, old)))
    gone = [(move.old.coverage, move.new.coverage, move.whole.totals.lines) for move in there.moves if move.by["codes"].parts]
    assert ("not-covered", "not-addressed", 1) in gone
    policies = [part.key for move in there.moves if move.new.coverage == "not-addressed" for part in move.by["policies"].parts]
    assert policies == [("south", "100", "2020-01", None)]
    assert ("not-addressed", "not-covered", 1) in [(move.old.coverage, move.new.coverage, 1) for move in back.moves]
    assert there.run.remarks == ("Only the old library has the issuer south; in the other its lines count as not addressed.",)
    assert back.run.remarks[0].startswith("Only the new library has the issuer south")


def test_lines_of_business_and_settings_that_differ_are_said(tmp_path):
    old, new = write_libraries(tmp_path)
    issuer = new / "north" / "issuer.yaml"
    text = (
        issuer.read_text(encoding="utf-8")
        .replace("id: north-line", "id: north-other")
        .replace("coverage_by_stance", 'inpatient: {places_of_service: ["22"]}\ncoverage_by_stance')
    )
    issuer.write_text(text, encoding="utf-8")
    for file in (new / "north").rglob("2020-01.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace("north-line", "north-other"), encoding="utf-8")
    found = impact_of([write_claims(tmp_path / "claims.parquet")], _compared(old, new), engine="")
    assert [remark.split(";")[0] for remark in found.run.remarks] == [
        "Only one of the libraries declares these lines of business of north: north-line, north-other",
        "What north takes for inpatient differs",
    ]
    assert {move.new.coverage for move in found.moves} == {"not-addressed"}


def test_claims_that_do_not_say_whose_they_are(tmp_path, libraries):
    claims = write_claims(tmp_path / "with.parquet")
    without = tmp_path / "without.parquet"
    pq.write_table(pq.read_table(claims).drop_columns("person_id"), without)
    found = impact_of([without], _compared(*libraries), engine="")
    assert (found.moved.lines, found.members, found.moves[0].whole.members) == (4, None, None)
    assert "Members" not in impact_page(impact_json(found))


def test_a_line_is_not_asked_about_where_its_issuer_is_unknown(tmp_path):
    """Even where the lines that tables leave open are asked about one by one, as they are where diagnoses decide."""
    old, new = write_libraries(tmp_path, issuers_after=("north",))
    version = new / "north" / "100" / "2020-01.yaml"
    text = version.read_text(encoding="utf-8").replace("{fact: blue}, {fact", '{diagnosis: ["I83.90"]}, {fact: blue}, {fact')
    version.write_text(text, encoding="utf-8")
    rows = [
        line("A", 1, "11111", diagnosis_code_1="I8390"),
        line("A", 2, "22222", payer="south", plan="south-line", diagnosis_code_1="I8390"),
    ]
    found = impact_of([write_parquet(tmp_path / "claims.parquet", rows)], _compared(old, new), engine="")
    assert [(move.old.coverage, move.new.coverage) for move in found.moves] == [("not-covered", "not-addressed")]


def test_what_a_plan_knows_is_told_to_the_library_that_asks_it(tmp_path):
    """`fresh` is a fact of the new library alone; `blue` is asked by both."""
    old, new = write_libraries(tmp_path)
    version = new / "north" / "100" / "2020-01.yaml"
    text = version.read_text(encoding="utf-8").replace("{fact: blue}, {fact", "{fact: fresh}, {fact: blue}, {fact")
    text = text.replace("facts:\n", f'facts:\n  - {{id: fresh, type: boolean, ask: "Is it fresh?", citation: {cite(2)}}}\n', 1)
    version.write_text(text, encoding="utf-8")
    claims = write_parquet(tmp_path / "claims.parquet", [line("A", 1, "11111"), line("A", 2, "11111")])
    told = {"A,1": ("fresh,false", "blue,true", 'size,"{""value"": 5, ""unit"": ""mm""}"'), "A,2": ("blue,false",)}
    rows = [f"{key},{fact}" for key, facts in told.items() for fact in facts]
    file = tmp_path / "facts.csv"
    file.write_text("\n".join(["claim_id,claim_line_number,fact,value", *rows]), encoding="utf-8")
    found = impact_of([claims], _compared(old, new), engine="", facts=file)
    assert [(move.old.coverage, move.new.coverage, move.examples[0]) for move in found.moves] == [
        ("covered", "not-covered", ("A", 1))
    ]
    assert (found.same.lines, found.restated.lines) == (1, 0)
    file.write_text("claim_id,claim_line_number,fact,value\nA,1,nonsense,true\n", encoding="utf-8")
    with pytest.raises(ClaimsError, match="nonsense"):
        impact_of([claims], _compared(old, new), engine="", facts=file)


def test_lines_rejected_elsewhere_count_with_the_others(tmp_path, libraries):
    claims = write_claims(tmp_path / "claims.parquet")
    elsewhere = RejectedElsewhere(file="a.837", row=7, reason="rejected-transaction", detail="5", lines=3)
    found = impact_of([claims], _compared(*libraries), engine="", output=tmp_path / "impact", elsewhere=[elsewhere])
    assert (found.run.counts.lines, found.run.counts.taken, sum(found.run.counts.rejected.values())) == (12, 8, 4)
    rejected = pq.read_table(tmp_path / "impact" / "rejected.parquet").to_pylist()
    assert [(one["claim_id"], one["file"], one["row"], one["reason"], one["column"]) for one in rejected] == [
        ("E", str(claims), 9, "invalid-date", "claim_line_start_date"),
        *[(None, "a.837", 7, "rejected-transaction", "5")] * 3,
    ]


def test_whatever_an_answer_says_is_an_axis_or_may_differ_otherwise():
    assert sorted([*AXES, *(column for columns in OTHERWISE.values() for column in columns)]) == sorted(COLUMNS)


def test_the_same_library_moves_nothing(tmp_path, libraries):
    found = impact_of([write_claims(tmp_path / "claims.parquet")], _compared(libraries[0], libraries[0]), engine="")
    assert (found.moved.lines, found.same.lines, found.moves, found.conditions.top, found.members) == (0, 8, (), (), None)
    assert "No line moves." in impact_page(impact_json(found))


# -- conditions ------------------------------------------------------------------------------------------------------


@pytest.fixture
def many_listed(tmp_path: Path) -> tuple[Path, Path]:
    """Libraries whose listing of what is always investigational, later cosmetic, has four codes and both lines of business."""
    sides = write_libraries(tmp_path)
    for side in sides:
        version = side / "north" / "100" / "2020-01.yaml"
        text = version.read_text(encoding="utf-8").replace(
            "lines_of_business: [north-line]", "lines_of_business: [north-line, shared-line]"
        )
        more = "".join(f', {{code: "{code}", citation: {cite(3)}}}' for code in ("22223", "22224", "22230"))
        listed = f'[{{code: "22222", citation: {cite(3)}}}'
        assert listed in text
        version.write_text(text.replace(listed, listed + more), encoding="utf-8")
    return sides


def _claims_of(path: Path, cells: list[tuple[str, str, str]], **other: Any) -> Path:
    """A line for each code, plan and place of service, of three members by turns."""
    rows = [
        line(f"C{at:03}", 1, code, plan=plan, place_of_service_code=place, person_id=f"SECRET-{at % 3}", **other)
        for at, (code, plan, place) in enumerate(cells)
    ]
    return write_parquet(path, rows)


def test_what_moves_alike_is_one_condition(tmp_path, many_listed):
    """Four codes, two lines of business: one condition, whose members count once; a code that is in no listing stays out."""
    codes, plans = ("22222", "22223", "22224", "22230"), ("north-line", "shared-line")
    cells = [(code, plan, "22") for code in codes for plan in plans] + [
        ("99999", "north-line", "22"),
        ("22222", "north-line", "22"),
    ]
    summary = impact_of([_claims_of(tmp_path / "claims.parquet", cells)], _compared(*many_listed), engine="")
    report = impact_json(summary)
    (one,) = report["conditions"]["top"]
    assert (one["codes"], one["without_code"]) == (["22222-22224", "22230"], False)
    assert (one["lines_of_business"], one["every_line"]) == (["north-line", "shared-line"], True)
    assert (one["settings"], one["every_setting"]) == (["outpatient"], True)
    assert (one["lines"], one["compared"], one["members"], one["paid"]) == (9, 9, 3, 90.0)
    assert one["examples"][0] == {"claim_id": "C000", "claim_line_number": 1}
    assert len({example["claim_id"] for example in one["examples"]}) == 3
    assert "Codes 22222-22224, 22230" in impact_page(report)
    assert "every line of business; outpatient" in impact_page(report)


def test_both_settings_are_any_setting(tmp_path, many_listed):
    for side in many_listed:  # nothing is said of authorization, so that both settings move alike
        version = side / "north" / "100" / "2020-01.yaml"
        text = version.read_text(encoding="utf-8")
        version.write_text(text[: text.index("authorization:\n")], encoding="utf-8")
    cells = [("22222", "north-line", place) for place in ("21", "22")]
    report = impact_json(impact_of([_claims_of(tmp_path / "c.parquet", cells)], _compared(*many_listed), engine=""))
    (one,) = report["conditions"]["top"]
    assert (one["settings"], one["every_setting"], one["lines"]) == (["inpatient", "outpatient"], True, 2)
    assert "north-line; any setting" in impact_page(report)


def test_conditions_add_up_and_count_members_once(tmp_path, libraries, monkeypatch):
    """Against the lines that were written: each that moves is in one condition, whichever of them are at the top."""
    compared = _compared(*libraries)
    write_demo_claims(tmp_path / "claims", DemoClaims(lines=12_000, first_year=2020, last_year=2024), compared.old)
    whole = impact_of([tmp_path / "claims"], compared, engine="", output=tmp_path / "impact", lines_per_chunk=2_500)
    assert whole.conditions.others == 0
    assert sum(one.totals.lines for one in whole.conditions.top) == whole.moved.lines
    assert sum(one.totals.paid or 0 for one in whole.conditions.top) == whole.moved.paid
    with open_claims([tmp_path / "claims"], compared.new) as claims:
        rows = {(row["claim_id"], row["claim_line_number"]): row for row in claims.lines.to_pyarrow().to_pylist()}
    moved = pq.read_table(tmp_path / "impact" / "moved").to_pylist()
    for one in whole.conditions.top:
        within = [
            row
            for line in moved
            if tuple(line[f"{side}_{axis}"] for side in ("old", "new") for axis in AXES) == one.key[: 2 * len(AXES)]
            and (line["old_provision"], line["new_provision"]) == one.key[-3:-1]
            and (row := rows[line["claim_id"], line["claim_line_number"]])["issuer"] == one.key[-1]
            and (row["code"], row["line_of_business"], row["setting"]) in set(one.box.cells())
        ]
        assert len(within) == one.totals.lines
        assert len({row["person"] for row in within}) == one.members
        assert (min(row["service_date"] for row in within), max(row["service_date"] for row in within)) == (
            one.first_day,
            one.last_day,
        )
        cells = set(one.box.cells())
        assert one.compared == sum(
            row["issuer"] == one.key[-1] and (row["code"], row["line_of_business"], row["setting"]) in cells
            for row in rows.values()
        )
        assert {tuple(example) for example in one.examples} <= {(row["claim_id"], row["claim_line_number"]) for row in within}
        assert len(one.examples) == min(3, len(within))
    assert len(whole.conditions.top) > 2
    monkeypatch.setattr(impact_summary, "MOST_CONDITIONS", 2)
    cut = impact_of([tmp_path / "claims"], compared, engine="").conditions
    assert cut.top == whole.conditions.top[:2]
    assert cut.others == len(whole.conditions.top) - 2
    assert cut.rest.lines + sum(one.totals.lines for one in cut.top) == whole.moved.lines


# -- against deciding each line twice ---------------------------------------------------------------------------------


def _axes(row: dict[str, Any], library: Library) -> tuple[str | None, ...]:
    request = {
        "issuer": row["issuer"],
        "service_date": row["service_date"].isoformat(),
        "line_of_business": row["line_of_business"],
        **({"setting": row["setting"]} if row["setting"] else {}),
        "procedures": [row["code"]],
        **({"diagnoses": row["diagnoses"]} if row["diagnoses"] else {}),
        "member": {name: row[name] for name in ("age", "sex") if row[name] is not None},
    }
    service = determine(request, library, as_of=date(9999, 12, 31))["services"][0]
    return tuple(service.get(axis) for axis in ("coverage", "stance", "prior_authorization"))


@pytest.mark.parametrize("lines_per_chunk", [100_000, 2_500])
def test_each_line_decided_twice(tmp_path, libraries, lines_per_chunk):
    compared = _compared(*libraries)
    write_demo_claims(tmp_path / "claims", DemoClaims(lines=12_000, first_year=2020, last_year=2024), compared.old)
    found = impact_of([tmp_path / "claims"], compared, engine="", lines_per_chunk=lines_per_chunk, output=tmp_path / "impact")
    with open_claims([tmp_path / "claims"], compared.new) as claims:
        rows = claims.lines.to_pyarrow().to_pylist()
    expected: Counter[tuple[Any, ...]] = Counter()
    people: dict[tuple[Any, ...], set[str]] = {}
    days: dict[tuple[Any, ...], set[date]] = {}
    dollars: dict[tuple[Any, ...], Decimal] = {}
    keys = set()
    for row in rows:
        if row["code"] is None:
            continue
        move = (_axes(row, compared.old), _axes(row, compared.new))
        if move[0] != move[1]:
            expected[move] += 1
            people.setdefault(move, set()).add(row["person"])
            days.setdefault(move, set()).add(row["service_date"])
            dollars[move] = dollars.get(move, Decimal(0)) + round(Decimal(row["paid_amount"] or 0), 2)
            keys.add((row["claim_id"], row["claim_line_number"]))
    assert len(keys) > 20
    assert len(rows) == found.total.lines
    got = {(tuple(move.old), tuple(move.new)): move.whole for move in found.moves}
    assert {move: whole.totals.lines for move, whole in got.items()} == dict(expected)
    assert {move: whole.members for move, whole in got.items()} == {move: len(who) for move, who in people.items()}
    assert {move: whole.totals.paid for move, whole in got.items()} == dollars
    assert {move: (whole.first_day, whole.last_day) for move, whole in got.items()} == {
        move: (min(found_on), max(found_on)) for move, found_on in days.items()
    }
    assert found.members == len(set.union(*people.values()))
    written = pq.read_table(tmp_path / "impact" / "moved")
    assert set(zip(written["claim_id"].to_pylist(), written["claim_line_number"].to_pylist(), strict=True)) == keys
    assert not {"person", "age", "sex", "state", "diagnoses"} & set(written.column_names)
    assert {tuple(example) for move in found.moves for example in move.examples} <= keys
