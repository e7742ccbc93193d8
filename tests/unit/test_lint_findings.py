"""Every kind of finding: a small policy in which it is found, with what it must say, and one in which it is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from medpolicy.authoring.lint.findings import KINDS
from tests.unit.lint_library import Short, findings_of

LISTS = """
provisions:
  - {id: glued, text: "Widgets that must be glued with your own glue.", stance: investigational, at: 2}
product_lists:
  - id: glued-widgets
    provision: glued
    at: [2, 4]
    products:
      - {name: "Wonder Widget®", manufacturer: Acme, at: 3}
      - {name: "Rest™", manufacturer: Bolt Works, at: 4}
supplement:
  - id: table-1
    title: "Wooden widgets that do not require gluing with own glue"
    text: "Examples of widgets."
    at: [5, 6]
    rows: [{product: "Wonder Widget® Deluxe", matrix_type: "Processed wood", manufacturer: Acme, at: 7}]
"""
LISTS_DOCUMENT = """# Widgets
Widgets that must be glued with your own glue are investigational:
- Wonder Widget® (Acme)
- Rest™ (Bolt Works)

Table 1. Bone widgets that do not require gluing with own glue
Wonder Widget® Deluxe\tProcessed bone\tAcme
"""
CODES = """
code_listings:
  - {id: never, system: cpt, decides: alone, stance: investigational, at: 2, codes: [{code: "11111", at: 3}]}
"""
CONTENTS = """# Widgets
Two.
## Contents
- Position
- Coding Information
- Policy: Medicare
- References
## Position
Position.
## CPT Codes
11111
## References
1. One.
"""
DIAGNOSES = """
provisions: [{id: all, stance: cosmetic}]
diagnosis_listings: [{id: legs, text: "Legs.", at: 3, codes: [CODES]}]
"""
FACTS = """
facts:
  - {id: blue, type: boolean}
  - {id: size, type: number, unit: mm}
  - {id: tried, type: duration, unit: months}
"""
COVERING = (
    FACTS
    + """
provisions:
  - {id: blue-ones, stance: medically-necessary, when: {fact: blue}, criteria: {fact: size, at_least: 3 mm}OTHERWISE}
code_listings:
  - {id: widgets, system: cpt, decides: with-provisions, codes: [{code: "11111", at: 3}]}
"""
)
TWO = (
    FACTS
    + """
provisions:
  - {id: blue-ones, stance: medically-necessary, criteria: {fact: blue}, otherwise: cosmetic}
  - {id: small-ones, stance: STANCE, criteria: {fact: size, less_than: 3 mm}}
"""
)
NEVER = (
    FACTS
    + """
provisions:
  - {id: odd, stance: investigational, criteria: {all: [{fact: size, at_least: 3 mm}, {fact: size, SIZE}, {fact: blue}]}}
"""
)
REFERENCES = """
provisions: [{id: all, stance: cosmetic}]
references:
  - {number: 1, title: One, pmid: "111", at: 5}
  - {number: SECOND, title: Two, pmid: "PMID", at: 6}
"""
REFERENCES_DOCUMENT = "# Widgets\nWidgets are odd.CITED\nThree.\n## References\n1. One.\n2. Two.\n"
REVIEWS = """
review_interval: 12 months
history:
  - {date: 2020-01}
  - {date: 2021-03, review: true}
  - {date: LATER, review: true}
"""
AUTHORIZATION = """
provisions: [{id: all, stance: STANCE}]
authorization: [{setting: inpatient, rule: auth-needed}]
"""


@dataclass(frozen=True)
class Case:
    """`found` has the finding, `says` in its message and at a place; `other` has it not."""

    code: str
    found: Short
    says: str
    other: Short
    place: str = ""
    count: int = 1


def lists(**replaced: str) -> Short:
    version, document = LISTS, LISTS_DOCUMENT
    for old, new in replaced.items():
        version, document = version.replace(old.replace("_", " "), new), document.replace(old.replace("_", " "), new)
    return Short(version=version, document=document)


CASES = [
    Case(
        "awaits-review",
        Short(version='provisions: [{id: all, stance: cosmetic, review: ["Is it all?"]}]'),
        "Is it all?",
        Short(version="provisions: [{id: all, stance: cosmetic}]"),
        "provisions[all]",
    ),
    Case(
        "citation-differs",
        Short(version="provisions: [{id: all, stance: cosmetic, at: 3}]", given=Short().document.replace("three", "3")),
        "Line 3 is not the text",
        Short(version="provisions: [{id: all, stance: cosmetic, at: 3}]"),
        "provisions[all]",
    ),
    Case(
        "other-rendition",
        Short(version="provisions: [{id: all, stance: cosmetic}]", given=Short().document + "More.\n"),
        "is not the file that is cited",
        Short(version="provisions: [{id: all, stance: cosmetic}]"),
        "rendition",
        count=2,  # of the policy's own file, and of the version's
    ),
    Case(
        "product-in-contradicting-lists",
        lists(),
        "appears to say that",
        lists(do_not_require="require"),
        "supplement[table-1]",
    ),
    Case(
        "manufacturer-differs",
        Short(version=LISTS.replace('Processed wood", manufacturer: Acme', 'Processed wood", manufacturer: Bolt')),
        "is of Acme in the list, and of Bolt",
        Short(version=LISTS),
        "product_lists[glued-widgets].products[Wonder Widget®]",
    ),
    Case(
        "manufacturer-spelled-differently",
        Short(version=LISTS.replace('Processed wood", manufacturer: Acme', 'Processed wood", manufacturer: BoltWorks')),
        "“Bolt Works”, “BoltWorks”",
        Short(version=LISTS),
        "supplement[table-1].rows[Wonder Widget® Deluxe]",
    ),
    Case(
        "product-spelled-differently",
        Short(version=LISTS.replace("Wonder Widget® Deluxe", "WonderWidget")),
        "wonder widget",
        Short(version=LISTS),
        "supplement[table-1].rows[WonderWidget]",
    ),
    Case(
        "product-in-no-table",
        Short(version=LISTS),
        "Rest™ stands in the list and in none of the 1 tables; the tables call themselves a sample",
        Short(version=LISTS.replace("rows: [", "rows: [{product: Rest, matrix_type: Wood, manufacturer: Bolt Works, at: 4}, ")),
        "product_lists[glued-widgets].products[Rest™]",
    ),
    Case(
        "row-outside-table-title",
        replace(lists(), version=LISTS.replace("Processed wood", "Bovine collagen")),
        "(collagen), under a title that says bone",
        replace(lists(), version=LISTS.replace("Processed wood", "Collagen and bone")),
        "supplement[table-1].rows[Wonder Widget® Deluxe]",
    ),
    Case(
        "heading-promised-and-absent",
        Short(version="provisions: [{id: all, stance: cosmetic}]", document=CONTENTS),
        "“Policy: Medicare”",
        Short(
            version="provisions: [{id: all, stance: cosmetic}]",
            document=CONTENTS.replace("## References", "## Policy: Medicare\nNone.\n## References"),
        ),
    ),
    Case(
        "heading-renamed",
        Short(version="provisions: [{id: all, stance: cosmetic}]", document=CONTENTS),
        "“Coding Information”; the heading is “CPT Codes”",
        Short(
            version="provisions: [{id: all, stance: cosmetic}]",
            document=CONTENTS.replace("## CPT Codes", "## Coding Information"),
        ),
    ),
    Case(
        "conditions-promised-and-not-listed",
        Short(version=CODES, document="# Widgets\nThese codes are odd for the conditions listed:\n11111\nFour.\n"),
        "“conditions listed”",
        Short(
            version=CODES + 'diagnosis_listings: [{id: legs, text: "Legs.", at: 4, codes: [I87.2]}]\n',
            document="# Widgets\nThese codes are odd for the conditions listed:\n11111\nFour.\n",
        ),
        "code_listings[never]",
    ),
    Case(
        "listing-ignores-condition",
        Short(version=CODES, document="# Widgets\nThese codes are odd when criteria are met:\n11111\n"),
        "“when”",
        Short(
            version=CODES.replace("decides: alone, stance: investigational", "decides: with-provisions"),
            document="# Widgets\nThese codes are odd when criteria are met:\n11111\n",
        ),
        "code_listings[never]",
    ),
    Case(
        "code-in-history-not-listed",
        Short(version=CODES, policy="history: [{date: 2018-01, codes_added: ['22222'], at: 4}, {date: 2020-01}]"),
        "22222 was added in 2018-01",
        Short(
            version=CODES,
            policy="""
history:
  - {date: 2018-01, codes_added: ['22222']}
  - {date: 2019-01, codes_removed: ['22222']}
  - {date: 2020-01}
""",
        ),
        "history[2018-01]",
    ),
    Case(
        "code-removed-and-listed",
        Short(version=CODES, policy="history: [{date: 2018-01, codes_removed: ['11111'], at: 4}, {date: 2020-01}]"),
        "11111 was removed in 2018-01",
        Short(
            version=CODES, policy="history: [{date: 2018-01, codes_removed: ['11111']}, {date: 2020-01, codes_added: ['11111']}]"
        ),
        "code_listings[never].codes[11111]",
    ),
    Case(
        "code-outside-issuer-default",
        Short(
            version=CODES,
            others=[
                (
                    "authority: issuer-default",
                    "provisions: [{id: ones, stance: cosmetic, procedures: ['11111-11119']}]",
                )
            ],
        ),
        "is investigational here; by the issuer's default 101",
        Short(
            version=CODES,
            others=[
                (
                    "authority: issuer-default",
                    "provisions: [{id: ones, stance: investigational, procedures: ['11111-11119']}]",
                )
            ],
        ),
        "code_listings[never].codes[11111]",
    ),
    Case(
        "descriptor-outside-scope",
        Short(
            version=CODES,
            policy="title: Orthopedic Uses of Widgets",
            document="# Widgets\nCodes:\n11111 Injection of bone marrow cells into the hand\n",
        ),
        "Does 11111 belong to “Orthopedic Uses of Widgets”?",
        Short(
            version=CODES,
            policy="title: Orthopedic Uses of Widgets",
            document="# Widgets\nCodes:\n11111 Injection into the knee\n",
        ),
        "code_listings[never].codes[11111]",
    ),
    Case(
        "overlapping-code-ranges",
        Short(version=DIAGNOSES.replace("CODES", "I83.001-I83.899, I83.10")),
        "I83.001-I83.899 and I83.10 overlap",
        Short(version=DIAGNOSES.replace("CODES", "I83.001-I83.899, I87.2")),
        "diagnosis_listings[legs]",
    ),
    Case(
        "unknown-diagnosis-code",
        Short(version=DIAGNOSES.replace("CODES", "I83.777")),
        "I83.777 is no code of the release",
        Short(version=DIAGNOSES.replace("CODES", "I87.2")),
        "diagnosis_listings[legs]",
    ),
    Case(
        "expired-diagnosis-code",
        Short(version=DIAGNOSES.replace("CODES", "V29.9XXA")),
        "V29.9XXA was valid in the release of 2021-01-01",
        Short(version=DIAGNOSES.replace("CODES", "I87.2")),
        "diagnosis_listings[legs]",
    ),
    Case(
        "incomplete-diagnosis-code",
        Short(version=DIAGNOSES.replace("CODES", "I83.0")),
        "I83.0 stands for a group",
        Short(version=DIAGNOSES.replace("CODES", "I83.0*")),
        "diagnosis_listings[legs]",
    ),
    Case(
        "empty-diagnosis-range",
        Short(version=DIAGNOSES.replace("CODES", "I83.950-I83.960")),
        "I83.950-I83.960 holds no code",
        Short(version=DIAGNOSES.replace("CODES", "I83.001-I83.899")),
        "diagnosis_listings[legs]",
    ),
    Case(
        "authorization-for-never-covered",
        Short(version=AUTHORIZATION.replace("STANCE", "investigational")),
        "demanded inpatient (commercial), where everything is investigational",
        Short(version=AUTHORIZATION.replace("STANCE", "medically-necessary")),
        "authorization[0]",
    ),
    Case(
        "review-overdue",
        Short(version=CODES, policy=REVIEWS.replace("LATER", "2022-03"), as_of=date(2023, 4, 1)),
        "A review fell due in 2023-03",
        Short(version=CODES, policy=REVIEWS.replace("LATER", "2022-03"), as_of=date(2023, 3, 31)),
        "history[2022-03]",
    ),
    Case(
        "review-gap",
        Short(version=CODES, policy=REVIEWS.replace("LATER", "2023-02")),
        "none in the calendar year 2022",
        Short(version=CODES, policy=REVIEWS.replace("LATER", "2022-12")),
        "history[2021-03]",
    ),
    Case(
        "event-adds-yet-unchanged",
        Short(version=CODES, policy="history: [{date: 2020-01, touches: [products], unchanged: [statements], at: 4}]"),
        "The event of 2020-01 changes the products",
        Short(version=CODES, policy="history: [{date: 2020-01, touches: [coding], unchanged: [statements], at: 4}]"),
        "history[2020-01]",
    ),
    Case(
        "version-without-text",
        Short(
            version=CODES + "version: '2020-01'\n",
            policy="history: [{date: 2020-01}, {date: 2021-01, touches: [statements], at: 4}]",
        ),
        "The event of 2021-01 changes statements, and the last version on file is 2020-01",
        Short(
            version=CODES + "version: '2020-01'\n", policy="history: [{date: 2020-01}, {date: 2021-01, touches: [references]}]"
        ),
        "history[2021-01]",
    ),
    Case(
        "references-not-cited",
        Short(
            version=REFERENCES.replace("SECOND", "2").replace("PMID", "222"),
            document=REFERENCES_DOCUMENT.replace("CITED", "<sup>1</sup>"),
        ),
        "1 of 2 references are cited nowhere in the body: 2",
        Short(
            version=REFERENCES.replace("SECOND", "2").replace("PMID", "222"),
            document=REFERENCES_DOCUMENT.replace("CITED", " [1-2]"),
        ),
        "references[2]",
    ),
    Case(
        "reference-missing",
        Short(version=REFERENCES.replace("SECOND", "3").replace("PMID", "222"), document=REFERENCES_DOCUMENT),
        "The bibliography goes to 3 and lacks 2",
        Short(version=REFERENCES.replace("SECOND", "2").replace("PMID", "222"), document=REFERENCES_DOCUMENT),
        "references[3]",
    ),
    Case(
        "reference-doubled",
        Short(version=REFERENCES.replace("SECOND", "2").replace("PMID", "111"), document=REFERENCES_DOCUMENT),
        "The PMID 111 stands at 2 references: 1, 2",
        Short(version=REFERENCES.replace("SECOND", "2").replace("PMID", "222"), document=REFERENCES_DOCUMENT),
        "references[2]",
    ),
    Case(
        "provision-never-applies",
        Short(version=NEVER.replace("SIZE", "less_than: 3 mm")),
        "odd can never apply",
        Short(version=NEVER.replace("SIZE", "at_most: 3 mm")),
        "provisions[odd]",
    ),
    Case(
        "provisions-conflict",
        Short(version=TWO.replace("STANCE", "investigational")),
        "disagree on coverage",
        Short(version=TWO.replace("STANCE", "medically-necessary").replace(", otherwise: cosmetic", "")),
        "provisions[small-ones]",
    ),
    Case(
        "stances-differ",
        Short(version=TWO.replace("STANCE", "investigational").replace("medically-necessary", "not-medically-necessary")),
        "on coverage they agree",
        Short(version=TWO.replace("STANCE", "cosmetic").replace("medically-necessary", "cosmetic")),
        "provisions[blue-ones]",
    ),
    Case(
        "gap-between-provisions",
        Short(version=COVERING.replace("OTHERWISE", "")),
        "nothing says what holds then",
        Short(version=COVERING.replace("OTHERWISE", ", otherwise: cosmetic")),
        "provisions[blue-ones]",
    ),
    Case(
        "criteria-too-entangled",
        Short(
            version="facts: ["
            + ", ".join(f"{{id: f{at}, type: boolean}}" for at in range(40))
            + "]\nprovisions:\n  - {id: pairs, stance: cosmetic, criteria: {any: ["
            + ", ".join(f"{{all: [{{fact: f{at}}}, {{fact: f{at + 20}}}]}}" for at in range(20))
            + "]}}\n"
        ),
        "nothing could be proved",
        Short(version="provisions: [{id: all, stance: cosmetic}]"),
        "provisions",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_it_is_found(case: Case, tmp_path: Path) -> None:
    found = findings_of(tmp_path, case.found, case.code)
    assert len(found) == case.count
    assert case.says in found[0].message
    assert case.place in [place.path for place in found[0].places]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_it_is_not_found(case: Case, tmp_path: Path) -> None:
    assert findings_of(tmp_path, case.other, case.code) == []


def test_every_kind_has_a_case() -> None:
    assert sorted(case.code for case in CASES) == sorted(kind.code for kind in KINDS)


def test_codes_are_unlike() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert all(kind.meaning.endswith(".") and kind.to_do.endswith(".") and kind.example for kind in KINDS)
