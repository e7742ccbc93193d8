"""Policies that differ in one thing, which is a defect in the one and none in the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.lint_library import Short, findings_of, report_of

TWO_LISTS = """
lines_of_business: [commercial, other]
facts: [{id: mixed, type: boolean}]
provisions:
  - {id: one, stance: medically-necessary, FIRST}
  - {id: two, stance: investigational, SECOND}
product_lists:
  - {id: a, provision: one, at: 3, IMPLIES products: [{name: Alpha, manufacturer: Acme, at: 3}]}
  - {id: b, provision: two, at: 4, products: [{name: Alpha Plus, manufacturer: Acme, at: 4}]}
"""


@pytest.mark.parametrize(
    ("first", "second", "implies", "count"),
    [
        ("procedures: ['11111']", "procedures: ['11111-11113']", "", 1),
        ("procedures: ['11111']", "procedures: ['11112-11113']", "", 0),
        ("lines_of_business: [commercial]", "lines_of_business: [commercial, other]", "", 1),
        ("lines_of_business: [commercial]", "lines_of_business: [other]", "", 0),
        ("when: {age: {at_least: 18}}", "when: {age: {less_than: 21}}", "", 1),
        ("when: {age: {at_least: 18}}", "when: {age: {less_than: 18}}", "", 0),
        # What a product settles by being named keeps nothing apart: it is in both lists.
        ("criteria: {fact: mixed}", "criteria: {fact: mixed, is: false}", "implies: {mixed: true},", 1),
        ("criteria: {product: [Alpha]}", "criteria: {not: {product: [Alpha]}}", "", 1),
    ],
)
def test_lists_of_statements_that_exclude_each_other(tmp_path: Path, first: str, second: str, implies: str, count: int) -> None:
    version = TWO_LISTS.replace("FIRST", first).replace("SECOND", second).replace("IMPLIES", implies)
    assert len(findings_of(tmp_path, Short(version=version), "product-in-contradicting-lists")) == count


TABLES = """
provisions: [{id: all, stance: cosmetic}]
product_lists:
  - {id: a, provision: all, at: 3, products: [{name: Alpha Mesh, manufacturer: LISTED, at: 3}]}
supplement:
  - {id: t, title: Meshes, text: All., at: [4, 5], rows: [{product: Alpha Mesh, matrix_type: x, manufacturer: FIRST, at: 5}]}
  - {id: u, title: Nets, text: All., at: [6, 7], rows: [{product: PRODUCT, matrix_type: x, manufacturer: SECOND, at: 7}]}
"""


@pytest.mark.parametrize(
    ("listed", "first", "product", "second", "differs", "spelled"),
    [
        ("Acme", '"Acme, Inc."', "Net", "Bolt", 0, 1),  # its legal form makes no other maker
        ("Acme", "Bolt Inc.", "Net", "Bolt", 1, 1),
        ("Acme", "Acme", "Net", "Bolt", 0, 0),
        ("Acme", "Acme", "Alpha-Mesh", "Bolt", 2, 0),  # than the list's, and than the other table's
        ("Co", "Co", "Net", "Inc", 0, 0),  # nothing but a legal form is a name
    ],
)
def test_makers_in_two_tables_and_their_legal_forms(
    tmp_path: Path, listed: str, first: str, product: str, second: str, differs: int, spelled: int
) -> None:
    version = TABLES.replace("LISTED", listed).replace("FIRST", first).replace("PRODUCT", product).replace("SECOND", second)
    kinds = [finding.kind.code for finding in report_of(tmp_path, Short(version=version)).findings]
    assert kinds.count("manufacturer-differs") == differs
    assert kinds.count("manufacturer-spelled-differently") == spelled


CODED = "provisions: [{id: all, stance: cosmetic, SAID}]\n"
ADDED = "history: [{date: 2018-01, codes_added: ['11111'], at: 4}, {date: 2020-01}]"
REMOVED = ADDED.replace("added", "removed")


@pytest.mark.parametrize(
    ("said", "added", "removed"),
    [
        ("procedures: ['11111']", 0, 1),
        ("procedures: ['11110-11119']", 0, 0),  # a range may go on where one of its codes goes out
        ("when: {procedure: ['11111', '22222']}", 0, 1),
        ("criteria: {any: [{age: {at_least: 18}}, {procedure: ['11111']}]}", 0, 1),
        ("when: {not: {procedure: ['11111']}}", 0, 0),
        ("when: {age: {at_least: 18}}", 1, 0),
    ],
)
def test_codes_that_statements_name(tmp_path: Path, said: str, added: int, removed: int) -> None:
    version = CODED.replace("SAID", said)
    new, gone = Short(version=version, policy=ADDED), Short(version=version, policy=REMOVED)
    assert len(findings_of(tmp_path / "added", new, "code-in-history-not-listed")) == added
    assert len(findings_of(tmp_path / "removed", gone, "code-removed-and-listed")) == removed


def test_a_code_of_the_history_where_nothing_is_listed_has_two_places(tmp_path: Path) -> None:
    version = CODED.replace(", SAID", "")
    (finding,) = findings_of(tmp_path, Short(version=version, policy=ADDED), "code-in-history-not-listed")
    assert [place.path for place in finding.places] == ["history[2018-01]", "code_listings"]


LINES = """
lines_of_business: [commercial, other]
facts: [{id: blue, type: boolean}]
provisions:
  - {id: some, stance: medically-necessary, lines_of_business: [commercial], criteria: {fact: blue}, otherwise: cosmetic}
  - {id: none, stance: investigational, lines_of_business: [other]}
authorization: [{setting: inpatient, rule: auth-needed, lines_of_business: [LINES]}]
"""


def test_authorization_is_looked_at_line_by_line(tmp_path: Path) -> None:
    both = Short(version=LINES.replace("[LINES]", "[commercial, other]"))
    (finding,) = findings_of(tmp_path / "both", both, "authorization-for-never-covered")
    assert finding.message == (
        "Authorization is demanded inpatient (other), where everything is investigational and so never covered."
    )
    assert [place.path for place in finding.places] == ["authorization[0]", "provisions[none]"]
    one = Short(version=LINES.replace("[LINES]", "[commercial]"))
    assert findings_of(tmp_path / "one", one, "authorization-for-never-covered") == []


DEFAULT = "lines_of_business: [LINE]\nprovisions: [{id: ones, stance: cosmetic, procedures: ['0550T-0559T'], at: 3}]"
WITH_PROVISIONS = "code_listings: [{id: some, system: cpt, decides: with-provisions, NAMED codes: [{code: '0555T', at: 3}]}]\n"
STATEMENTS = """
facts: [{id: blue, type: boolean}]
provisions:
  - {id: one, stance: medically-necessary, criteria: {fact: blue}, otherwise: cosmetic}
  - {id: two, stance: cosmetic, criteria: {fact: blue, is: false}}
"""


@pytest.mark.parametrize(
    ("version", "line", "count"),
    [
        (STATEMENTS + WITH_PROVISIONS.replace("NAMED", ""), "commercial", 1),
        (STATEMENTS + WITH_PROVISIONS.replace("NAMED", ""), "other", 0),
        (STATEMENTS + WITH_PROVISIONS.replace("NAMED", "provisions: [one],"), "commercial", 1),
        (STATEMENTS + WITH_PROVISIONS.replace("NAMED", "provisions: [two],"), "commercial", 0),
        ("provisions: [{id: one, stance: investigational, procedures: ['0555T']}]", "commercial", 1),
        ("provisions: [{id: one, stance: cosmetic, procedures: ['0555T']}]", "commercial", 0),
        ("provisions: [{id: one, stance: investigational, procedures: ['0555T']}]", "other", 0),
    ],
)
def test_the_issuers_default_and_what_the_policy_says(tmp_path: Path, version: str, line: str, count: int) -> None:
    others = [("authority: issuer-default", DEFAULT.replace("LINE", line))]
    found = findings_of(tmp_path, Short(version=version, others=others), "code-outside-issuer-default")
    assert len(found) == count
    for finding in found:
        own, default = finding.places
        assert (own.policy, default.policy) == (None, "101")
        assert default.path == "provisions[ones]"


EVERY = """
review_interval: MONTHS months
history:
  - {date: 2020-01, review: true}
  - {date: LATER, review: true}
"""


@pytest.mark.parametrize(
    ("months", "later", "stretches"),
    [
        (6, "2020-12", []),
        (6, "2021-05-31", ["2020-07 to 2020-12"]),
        (3, "2020-09", ["2020-04 to 2020-06"]),
        (3, "2020-11", ["2020-04 to 2020-06", "2020-07 to 2020-09"]),
        (18, "2021-12", []),
        (24, "2022-12-31", []),
        (24, "2023-01", ["the calendar years 2021 to 2022"]),
        (36, "2023-12", []),
    ],
)
def test_reviews_left_out_by_any_interval(tmp_path: Path, months: int, later: str, stretches: list[str]) -> None:
    policy = EVERY.replace("MONTHS", str(months)).replace("LATER", later)
    found = findings_of(tmp_path, Short(version=CODED.replace(", SAID", ""), policy=policy), "review-gap")
    assert [finding.message.partition("none in ")[2].partition(":")[0] for finding in found] == stretches


OF_A_STATE = """
lines_of_business: [senior]
facts: [{id: blue, type: boolean}, {id: small, type: boolean}]
provisions:
  - {id: blue-ones, stance: medically-necessary, criteria: {fact: blue}, otherwise: cosmetic}
  - {id: small-ones, stance: investigational, when: {all: [WHERE{fact: small}]}}
"""


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        ("", ["provisions-conflict"]),
        ("{service_state: [FL]}, ", ["provisions-conflict"]),
        ("{service_state: [MA]}, ", ["provision-never-applies"]),
    ],
)
def test_a_policy_of_one_state_is_tried_in_it(tmp_path: Path, where: str, codes: list[str]) -> None:
    short = Short(version=OF_A_STATE.replace("WHERE", where), policy="authority: lcd\njurisdiction: [FL]")
    found = report_of(tmp_path, short).findings
    assert [finding.kind.code for finding in found] == codes
    assert found[0].request is not None
    assert found[0].request["service_state"] == "FL"


FOR_CONDITIONS = "# Widgets\nThese codes are covered for the conditions listed above:\n11111\n"
CODES_OF = """
facts: [{id: sore, type: boolean}]
provisions: [{id: all, stance: STANCE, CRITERIA}]
code_listings: [{id: some, system: cpt, decides: with-provisions, at: 2, codes: [{code: '11111', at: 3}]}]
"""


@pytest.mark.parametrize(
    ("stance", "criteria", "count"),
    [
        ("medically-necessary", "criteria: {fact: sore}", 0),  # what it covers is the conditions
        ("investigational", "criteria: {fact: sore}", 1),
        ("investigational", "criteria: {diagnosis: ['I87.2']}", 0),
        ("medically-necessary", "", 1),
    ],
)
def test_conditions_that_a_statement_lists(tmp_path: Path, stance: str, criteria: str, count: int) -> None:
    version = CODES_OF.replace("STANCE", stance).replace("CRITERIA", criteria)
    found = findings_of(tmp_path, Short(version=version, document=FOR_CONDITIONS), "conditions-promised-and-not-listed")
    assert len(found) == count


SECTIONS = """# Widgets
Two.
## Contents
| Section | Page |
|---|---|
| 1 | Position |
| 2 | Coding |
| 3 | LAST |
## Position
Position.
## Coding
11111
## References
1. One.
"""


@pytest.mark.parametrize(("last", "count"), [("References", 0), ("Background", 1)])
def test_contents_that_are_set_as_a_table(tmp_path: Path, last: str, count: int) -> None:
    short = Short(version=CODED.replace(", SAID", ""), document=SECTIONS.replace("LAST", last))
    found = findings_of(tmp_path, short, "heading-promised-and-absent")
    assert [finding.places[0].text for finding in found] == ["Background"] * count


WITHOUT_CODES = """
facts:
  - {id: blue, type: boolean}
  - {id: grade, type: choice, ordered: true, choices: [{value: I, meaning: one}, {value: II, meaning: two}]}
provisions:
  - {id: one, stance: medically-necessary, FIRST}
  - {id: two, stance: investigational, SECOND}
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A request has to tell more than an age or a diagnosis, and these ask nothing else.
        ("criteria: {age: {at_least: 18}}", "criteria: {age: {at_most: 18}}"),
        ("criteria: {diagnosis: ['I87.2']}", "criteria: {sex: female}"),
        # Met by any grade, and unknown without one.
        ("criteria: {fact: grade, at_least: I}", "criteria: {fact: blue}"),
        ("criteria: {any: [{fact: blue}, {fact: blue, is: false}]}", "criteria: {fact: grade, is: II}"),
    ],
)
def test_a_conflict_that_the_shortest_request_does_not_show(tmp_path: Path, first: str, second: str) -> None:
    version = WITHOUT_CODES.replace("FIRST", first).replace("SECOND", second)
    (finding,) = findings_of(tmp_path, Short(version=version), "provisions-conflict")
    assert finding.request is not None
    assert finding.request["facts"]
