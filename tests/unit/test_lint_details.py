"""What the linter's checks leave alone, and what they say in the less common cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from medpolicy.authoring.lint.findings import Place
from medpolicy.authoring.lint.report import PlacesInFiles
from tests.unit.lint_library import Short, findings_of, report_of

ANY = "provisions: [{id: all, stance: cosmetic}]\n"
FACTS = "facts: [{id: blue, type: boolean}, {id: size, type: number, unit: mm}, {id: odd, type: boolean}]\n"
LISTS = """
provisions:
  - {id: glued, text: "Widgets that must be OURS.", stance: investigational, at: 2}
product_lists:
  - {id: ours, provision: glued, at: 3, products: [{name: Wonder, manufacturer: Stryker Corp, at: 3}]}
supplement:
  - id: table-1
    title: "Widgets that need not be THEIRS"
    text: "Widgets."
    at: 4
    rows: [{product: Wonder, matrix_type: Wood, manufacturer: MAKER, at: 5}]
"""


def codes_of(root: Path, short: Short) -> list[str]:
    return [finding.kind.code for finding in report_of(root, short).findings]


# -- products -----------------------------------------------------------------------------------------------------


def lists(ours: str = "glued", theirs: str = "glued", maker: str = "Stryker Corp") -> Short:
    text = LISTS.replace("OURS", ours).replace("THEIRS", theirs).replace("MAKER", maker)
    return Short(version=text, with_document=False)


@pytest.mark.parametrize(("theirs", "count"), [("glued", 1), ("painted", 0)])
def test_demands_of_different_things_do_not_contradict(tmp_path: Path, theirs: str, count: int) -> None:
    assert len(findings_of(tmp_path, lists(theirs=theirs), "product-in-contradicting-lists")) == count


def test_a_misspelled_maker_is_no_other_maker(tmp_path: Path) -> None:
    short = lists(maker="Striker Corp")
    assert findings_of(tmp_path / "one", short, "manufacturer-differs") == []
    (found,) = findings_of(tmp_path / "two", short, "manufacturer-spelled-differently")
    assert "“Stryker Corp”, “Striker Corp”" in found.message


@pytest.mark.parametrize(("stance", "count"), [("medically-necessary", 1), ("investigational", 0)])
def test_a_product_in_two_lists(tmp_path: Path, stance: str, count: int) -> None:
    version = f"""
provisions:
  - {{id: one, stance: investigational}}
  - {{id: other, stance: {stance}}}
product_lists:
  - {{id: a, provision: one, at: 3, products: [{{name: "Wonder® Putty", manufacturer: Acme, at: 3}}]}}
  - {{id: b, provision: other, at: 4, products: [{{name: Wonder, manufacturer: Acme, at: 4}}]}}
"""
    found = findings_of(tmp_path, Short(version=version), "product-in-contradicting-lists")
    assert len(found) == count
    assert all("investigational and medically-necessary" in finding.message for finding in found)


def test_a_conflict_that_the_file_records(tmp_path: Path) -> None:
    version = LISTS.replace("OURS", "glued").replace("THEIRS", "painted").replace("MAKER", "Stryker Corp")
    version += (
        "source_conflicts: [{id: x, product: Wonder, part: supplement, text: 'They differ.', citations: [{at: 3}, {at: 5}]}]\n"
    )
    (found,) = findings_of(tmp_path, Short(version=version), "product-in-contradicting-lists")
    assert found.message == "Wonder: They differ."
    assert [place.citation.first_line for place in found.places if place.citation] == [3, 5]


# -- contents -----------------------------------------------------------------------------------------------------


def test_contents_of_a_document_whose_headings_are_not_recognised(tmp_path: Path) -> None:
    document = "# Widgets\n## Contents\n- Policy\n- Coding\n## Widgets again\nPolicy\nCoding\n"
    assert "heading-promised-and-absent" not in codes_of(tmp_path, Short(version=ANY, document=document))


def test_page_numbers_and_dots_are_no_part_of_an_entry(tmp_path: Path) -> None:
    document = "# Widgets\n## Table of Contents\n- Policy ........ 3\n- Coding 4\n## Policy\nOne.\n## Coding\nTwo.\n"
    assert [code for code in codes_of(tmp_path, Short(version=ANY, document=document)) if code.startswith("heading")] == []


# -- codes --------------------------------------------------------------------------------------------------------


def test_a_code_twice_in_one_listing(tmp_path: Path) -> None:
    version = """
code_listings:
  - {id: never, system: cpt, stance: investigational, codes: [{code: "11111", at: 3}, {code: "11111", at: 4}]}
"""
    (found,) = findings_of(tmp_path, Short(version=version), "overlapping-code-ranges")
    assert found.message == "11111 stands twice in the listing never."


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ("I83-I87", []),  # the ends of a range need be no complete codes
        ("I83.950-I83.960", ["empty-diagnosis-range"]),  # and no more is said of it
        ("I83.00*", []),
        ("I83.0, I83.777", ["incomplete-diagnosis-code", "unknown-diagnosis-code"]),
        ("I83.777-I87.2", ["unknown-diagnosis-code"]),
    ],
)
def test_diagnoses(tmp_path: Path, codes: str, expected: list[str]) -> None:
    version = ANY + f'diagnosis_listings: [{{id: legs, text: "Legs.", at: 3, codes: [{codes}]}}]\n'
    assert codes_of(tmp_path, Short(version=version)) == expected


def test_diagnoses_of_a_criterion_are_checked_once(tmp_path: Path) -> None:
    version = """
provisions:
  - {id: legs, stance: cosmetic, criteria: {diagnosis: [I83.777]}}
  - {id: feet, stance: cosmetic, criteria: {diagnosis: [I83.777]}}
"""
    (found,) = findings_of(tmp_path, Short(version=version), "unknown-diagnosis-code")
    assert found.places[0].path == "provisions[legs].criteria"


def test_a_code_that_a_provision_names_is_listed(tmp_path: Path) -> None:
    short = Short(
        version="provisions: [{id: ones, stance: cosmetic, procedures: ['11111-11119']}]",
        policy="history: [{date: 2018-01, codes_added: ['11115']}, {date: 2020-01}]",
    )
    assert findings_of(tmp_path, short, "code-in-history-not-listed") == []


# -- authorization, history, references ---------------------------------------------------------------------------


def test_authorization_where_an_otherwise_covers(tmp_path: Path) -> None:
    version = (
        FACTS
        + """
provisions: [{id: all, stance: investigational, criteria: {fact: blue}, otherwise: medically-necessary}]
authorization: [{setting: inpatient, rule: auth-needed}]
"""
    )
    assert findings_of(tmp_path, Short(version=version), "authorization-for-never-covered") == []


def test_a_version_that_says_nothing(tmp_path: Path) -> None:
    (found,) = findings_of(tmp_path, Short(), "version-without-text")
    assert "no provision and no code listing" in found.message


def test_no_review_gap_without_an_interval(tmp_path: Path) -> None:
    short = Short(version=ANY, policy="history: [{date: 2010-01, review: true}, {date: 2020-01, review: true}]")
    assert findings_of(tmp_path, short, "review-gap") == []


@pytest.mark.parametrize(("later", "gaps"), [("2022-01", 0), ("2023-01", 1), ("2026-12", 2)])
def test_a_review_every_two_years(tmp_path: Path, later: str, gaps: int) -> None:
    policy = f"review_interval: 2 years\nhistory: [{{date: 2020-06, review: true}}, {{date: {later}, review: true}}]"
    assert len(findings_of(tmp_path, Short(version=ANY, policy=policy), "review-gap")) == gaps


def test_without_a_day_the_overdue_review_is_not_checked(tmp_path: Path) -> None:
    policy = "review_interval: 12 months\nhistory: [{date: 2020-01, review: true}]"
    without = report_of(tmp_path / "one", Short(version=ANY, policy=policy))
    assert ("overdue review", "a day of asking (--as-of)") in without.not_run
    with_day = report_of(tmp_path / "two", Short(version=ANY, policy=policy, as_of=date(2026, 1, 1)))
    assert [finding.kind.code for finding in with_day.findings] == ["review-overdue"]


REFERENCES = ANY + "references: [{number: 1, title: One, pmid: '1', at: 5}, {number: 2, title: Two, pmid: '2', at: 6}]\n"


@pytest.mark.parametrize(
    ("cited", "expected"),
    [
        ("As shown [1] and [2].", []),
        ("As shown [1], [2] and [3].", ["reference-missing"]),
        ("In the year [1999], and as shown [1-2].", []),
        ("Nothing is cited.", []),
    ],
)
def test_what_the_body_cites(tmp_path: Path, cited: str, expected: list[str]) -> None:
    document = f"# Widgets\n{cited}\nThree.\n## References\n1. One, see [2].\n2. Two.\n"
    assert codes_of(tmp_path, Short(version=REFERENCES, document=document)) == expected


def test_a_number_that_the_bibliography_lacks_is_told_with_the_line_and_the_last_reference(tmp_path: Path) -> None:
    document = "# Widgets\n## Position\nAs shown [1-3].\n## References\n1. One.\n2. Two.\n"
    (finding,) = findings_of(tmp_path, Short(version=REFERENCES, document=document), "reference-missing")
    line, last = finding.places
    assert (line.text, last.text) == ("As shown 1-3.", "2. Two.")
    assert line.is_quoted
    assert line.citation is not None
    assert (line.citation.section, line.citation.first_line) == ("Position", 3)


def test_a_number_in_the_bibliography_is_no_citation_of_the_body(tmp_path: Path) -> None:
    document = "# Widgets\nAs shown [1].\nThree.\n## References\n1. One, see [2].\n2. Two.\n"
    (found,) = findings_of(tmp_path, Short(version=REFERENCES, document=document), "references-not-cited")
    assert found.message.endswith(": 2.")


def test_two_references_with_one_pmid_and_one_doi_are_told_once(tmp_path: Path) -> None:
    version = ANY + "references: [{number: 1, pmid: '1', doi: '10.1/x', at: 5}, {number: 2, pmid: '1', doi: '10.1/X', at: 6}]\n"
    assert len(findings_of(tmp_path, Short(version=version), "reference-doubled")) == 1


# -- proofs -------------------------------------------------------------------------------------------------------


def test_what_no_request_shows_is_not_reported(tmp_path: Path) -> None:
    """11112 is in no listing, so no request with it reaches the provisions, whatever their criteria say of it."""
    version = (
        FACTS
        + """
provisions:
  - {id: necessary, stance: medically-necessary, criteria: {procedure: ["11112"]}}
  - {id: unproven, stance: investigational, criteria: {fact: blue}}
code_listings: [{id: widgets, system: cpt, decides: with-provisions, codes: [{code: "LISTED", at: 3}]}]
"""
    )
    unlisted = Short(version=version.replace("LISTED", "11111"))
    assert findings_of(tmp_path / "unlisted", unlisted, "provisions-conflict") == []
    assert len(findings_of(tmp_path / "listed", Short(version=version.replace("LISTED", "11112")), "provisions-conflict")) == 1


def test_the_shortest_example_is_given(tmp_path: Path) -> None:
    version = (
        FACTS
        + """
provisions:
  - {id: necessary, stance: medically-necessary, criteria: EITHER}
  - {id: unproven, stance: investigational, criteria: EITHER}
""".replace("EITHER", "{any: [{all: [{fact: blue}, {fact: size, at_least: 3 mm}]}, {fact: odd}]}")
    )
    (found,) = findings_of(tmp_path, Short(version=version), "provisions-conflict")
    assert found.request is not None
    assert len(found.request["facts"]) == 2  # blue or not, and then one more


def test_an_age_alone_is_asked_with_a_listed_code(tmp_path: Path) -> None:
    """A request needs a procedure, a product or a fact."""
    version = """
provisions:
  - {id: adults, stance: medically-necessary, criteria: {age: {at_least: 18}}, otherwise: investigational}
  - {id: old, stance: cosmetic, criteria: {age: {at_least: 65}}}
code_listings: [{id: widgets, system: cpt, decides: with-provisions, codes: [{code: "11111", at: 3}]}]
"""
    (found,) = findings_of(tmp_path, Short(version=version), "provisions-conflict")
    assert found.request is not None
    assert found.request["procedures"] == ["11111"]
    assert found.request["member"]["age"] >= 65


# -- places -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("provisions[all]", 3),
        ("provisions[all].text", 4),
        ("provisions[all].criteria.all[3]", 3),
        ("provisions[none]", 3),
        ("", 1),
    ],
)
def test_the_nearest_line_of_a_place(tmp_path: Path, path: str, line: int) -> None:
    (tmp_path / "policy.yaml").write_text("number: 1\nprovisions:\n  - id: all\n    text: All.\n", encoding="utf-8")
    places = PlacesInFiles({("plan", "100"): tmp_path})
    assert places.line_of(("plan", "100"), Place(file="policy.yaml", path=path, text="")) == line
