"""Specs of the design's section "Time, honestly"."""

from __future__ import annotations

from medpolicy import load_library
from medpolicy.model.policy import HistoryEvent, Part
from tests.spec.form import LEFT_OUT, Example, Spec, ask, on

LISTING = """
code_listings:
  - {id: experimental, stance: investigational, codes: ["0001T"]}
"""
# One version on file, of 2022-06; a review is due a year after each.
HISTORY = (
    """
review_interval: 12 months
history:
  - {date: 2015-01}
  - {date: 2018-03, touches: [coding]}
  - {date: 2019-03, touches: [references]}
  - {date: 2020-03, review: true, unchanged: [coding]}
  - {date: 2021-03, review: true, touches: [references], unchanged: [coding]}
  - {date: 2022-06, review: true, unchanged: [coding]}
"""
    + LISTING
)
# The same, with no review interval and an event after the version on file.
LATER = """
history: [{date: 2020-01}, {date: 2022-01, unchanged: [coding]}, {date: 2023-01}, {date: 2024-01, touches: [coding]}]
versions:
  2020-01:
    code_listings:
      - {id: experimental, stance: investigational, codes: ["0001T"]}
"""
TWO_VERSIONS = """
history:
  - {date: 2020-01}
  - {date: 2020-07, unchanged: [coding]}
  - {date: 2021-01, touches: [coding]}
  - {date: 2021-07, touches: [coding]}
  - {date: 2022-01}
  - {date: 2022-07, touches: [coding]}
versions:
  2020-01:
    code_listings: [{id: first, stance: investigational, codes: ["0001T"]}]
  2022-07:
    code_listings: [{id: second, stance: medically-necessary, codes: ["0001T"]}]
"""
BY_MONTH = """
review_interval: 12 months
history: [{date: 2020-01}, {date: 2021-05, touches: [coding], review: true}, {date: 2022-02-15, touches: [coding]}]
versions:
  2021-05:
    code_listings: [{id: experimental, stance: investigational, codes: ["0001T"]}]
  2022-02-15:
    code_listings: [{id: accepted, stance: medically-necessary, codes: ["0001T"]}]
"""
EFFECTIVE = """
history: [{date: 2020-01}, {date: 2021-05, effective: 2021-06-15, touches: [coding]}]
versions:
  2021-06-15:
    code_listings: [{id: experimental, stance: investigational, codes: ["0001T"]}]
"""
# Statements are known to be unchanged since 2021-01, products only presumed, coding not on file before 2021-06.
PARTS = """
history:
  - {date: 2019-01}
  - {date: 2021-01, touches: [statements], unchanged: [products]}
  - {date: 2021-06, touches: [coding], unchanged: [statements]}
  - {date: 2022-01, unchanged: [statements, coding]}
  - {date: 2023-01, unchanged: [statements, coding]}
facts:
  - {id: living_cells, type: boolean}
provisions:
  - {id: cells, stance: investigational, criteria: {fact: living_cells}}
product_lists:
  - {id: grafts, provision: cells, implies: {living_cells: true}, products: ["Graft A"]}
code_listings:
  - {id: generic, decides: with-provisions, codes: ["20000"]}
  - {id: experimental, stance: investigational, codes: ["0001T"]}
authorization:
  - {setting: outpatient, rule: not-covered}
"""
PRODUCTS_LOST = """
history:
  - {date: 2019-01}
  - {date: 2021-06, touches: [products], unchanged: [statements, coding]}
facts:
  - {id: living_cells, type: boolean}
provisions:
  - {id: cells, stance: investigational, criteria: {fact: living_cells}}
product_lists:
  - {id: grafts, provision: cells, implies: {living_cells: true}, products: ["Graft A"]}
code_listings:
  - {id: generic, decides: with-provisions, codes: ["20000"]}
"""
CODING_LOST = """
history:
  - {date: 2019-01, codes_added: ["33333"]}
  - {date: 2021-06, touches: [coding], unchanged: [statements]}
facts:
  - {id: living_cells, type: boolean}
provisions:
  - {id: cells, stance: investigational, criteria: {fact: living_cells}}
code_listings:
  - {id: generic, decides: with-provisions, codes: ["20000"]}
  - {id: experimental, stance: investigational, codes: ["0001T"]}
"""
REMOVED = """
history:
  - {date: 2019-01, codes_added: ["33333", "44444"]}
  - {date: 2020-01, codes_removed: ["44444"]}
  - {date: 2021-06, touches: [coding]}
code_listings:
  - {id: experimental, stance: investigational, codes: ["0001T"]}
"""


def _event(date: str) -> HistoryEvent:
    return next(event for event in load_library().policy("254").history if str(event.date) == date)


def _named_parts() -> None:
    assert Part.STATEMENTS in _event("2015-09").touches  # "New investigational indications described"
    assert Part.TITLE in _event("2015-09").touches
    assert Part.STATEMENTS in _event("2013-10").touches
    assert _event("2023-05").touches == {Part.CODING}  # "Clarified coding information"
    assert Part.REFERENCES in _event("2018-02").touches  # "New references added"
    assert _event("2012-12").touches == {Part.CODING}
    # "Policy clarified", and a table added: the table is the supplement's, the clarification names no part.
    assert _event("2023-09").touches == {Part.SUPPLEMENT}
    assert not _event("2023-09").unchanged


def _adds_and_leaves() -> None:
    event = _event("2022-12")
    assert event.touches == {Part.PRODUCTS}
    assert event.unchanged == {Part.STATEMENTS}


SPECS = (
    Spec(
        id="events-between",
        title="From a version on file, event by event",
        quotes=(
            "For a service date the library takes the version on file and walks the events between.",
            (
                "Each event touches parts (statements, coding, products, authorization, supplement, description, "
                "references, title, "
                '...) and may say of a part that it is unchanged ("maintained" is the same).'
            ),
        ),
        policies=(HISTORY,),
        examples=(
            Example(
                says="Between this day and the version on file there are two events, and both say that coding is unchanged.",
                request=on("2021-01-15", "0001T"),
                expect={"coverage": "not-covered", "basis": "unchanged", "policy": "100 at 2022-06"},
            ),
            Example(
                says="One day before the event of 2020-03 there are three, and all three say so.",
                request=on("2020-02-29", "0001T"),
                expect={"basis": "unchanged"},
            ),
            Example(
                says="An event that touches another part says nothing of this one.",
                request=on("2019-02-28", "0001T"),
                expect={"basis": "presumed-unchanged"},
            ),
            Example(
                says="An event that touched coding lies between.",
                request=on("2018-02-28", "0001T"),
                expect={"coverage": "indeterminate", "basis": "not-on-file", "policy": "100"},
            ),
        ),
    ),
    Spec(
        id="on-file",
        title="On file",
        quotes=("`on-file`: the date lies in a version whose text is on file, before its next review falls due.",),
        policies=(HISTORY,),
        examples=(
            Example(
                says="The first day of the version on file.",
                request=on("2022-06-01", "0001T"),
                expect={"basis": "on-file", "no_notes": ["review-overdue"]},
            ),
            Example(
                says="The last day of the month in which the next review falls due.",
                request=on("2023-06-30", "0001T"),
                expect={"basis": "on-file", "no_notes": ["review-overdue"]},
            ),
        ),
    ),
    Spec(
        id="unchanged",
        title="Unchanged",
        quotes=("`unchanged`: each event since says that this part is unchanged.",),
        policies=(HISTORY, LATER.replace("0001T", "0002T")),
        examples=(
            Example(
                says="Backwards from the version on file.",
                request=on("2022-05-31", "0001T"),
                expect={"basis": "unchanged"},
            ),
            Example(
                says="Forwards: the version is of 2020-01, and the one event since says so.",
                request=on("2022-01-01", "0002T"),
                expect={"coverage": "not-covered", "basis": "unchanged", "policy": "101 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="presumed-unchanged",
        title="Presumed unchanged",
        quotes=("`presumed-unchanged`: no event since says that it changed, but not all say that it did not;",),
        policies=(HISTORY, LATER.replace("0001T", "0002T")),
        examples=(
            Example(
                says="Backwards: the event of 2019-03 speaks of references only.",
                request=on("2018-03-01", "0001T"),
                expect={"coverage": "not-covered", "basis": "presumed-unchanged"},
            ),
            Example(
                says="Forwards: the event of 2023-01 names no part.",
                request=on("2023-06-01", "0002T"),
                expect={"coverage": "not-covered", "basis": "presumed-unchanged"},
            ),
        ),
    ),
    Spec(
        id="review-overdue",
        title="After the next review fell due",
        quotes=("also after the next review fell due (note `review-overdue`).",),
        policies=(HISTORY,),
        examples=(
            Example(
                says="The review was due in 2023-06, and the history shows none since.",
                request=on("2023-07-01", "0001T"),
                expect={
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "basis": "presumed-unchanged",
                    "notes": ["review-overdue: 2023-06"],
                },
            ),
        ),
    ),
    Spec(
        id="review-by-day",
        title="A review dated by day",
        quotes=("before its next review falls due.",),
        policies=("review_interval: 1 year\nhistory: [{date: 2020-02-29, review: true}]\n" + LISTING,),
        examples=(
            Example(
                says="The year after has no 29 February; the review falls due on the 28th.",
                request=on("2021-02-27", "0001T"),
                expect={"basis": "on-file", "no_notes": ["review-overdue"]},
            ),
            Example(
                says="After that day.",
                request=on("2021-03-01", "0001T"),
                expect={"basis": "presumed-unchanged", "notes": ["review-overdue: 2021-02-28"]},
            ),
        ),
    ),
    Spec(
        id="no-review-interval",
        title="Where the document shows no interval, nothing falls due",
        quotes=("before its next review falls due.",),
        policies=("history: [{date: 2010-01, review: true}]\n" + LISTING,),
        examples=(
            Example(
                says="Fourteen years later.",
                request=ask("0001T"),
                expect={"basis": "on-file", "no_notes": ["review-overdue"]},
            ),
        ),
    ),
    Spec(
        id="not-on-file",
        title="Not on file",
        quotes=("`not-on-file`: an event since touched it.",),
        policies=(LATER,),
        examples=(
            Example(
                says="The last day before the event that touched coding.",
                request=on("2023-12-31", "0001T"),
                expect={"coverage": "not-covered", "basis": "presumed-unchanged"},
            ),
            Example(
                says="Its first day. The reason quotes the event.",
                request=on("2024-01-01", "0001T"),
                expect={
                    "coverage": "indeterminate",
                    "basis": "not-on-file",
                    "reasons": ["text-not-on-file"],
                    "cited": ["event 2024-01"],
                    "policy": "100",
                },
            ),
        ),
    ),
    Spec(
        id="before-first-policy",
        title="Before the first event",
        quotes=("before the first event: `not-addressed`, reason code `before-first-policy`.",),
        policies=(HISTORY,),
        examples=(
            Example(
                says="The day before.",
                request=on("2014-12-31", "0001T"),
                expect={"coverage": "not-addressed", "reasons": ["before-first-policy"], "cited": ["event 2015-01"]},
            ),
            Example(
                says="The day itself: there is a policy, and its coding of that day is not on file.",
                request=on("2015-01-01", "0001T"),
                expect={"coverage": "indeterminate", "reasons": ["text-not-on-file"]},
            ),
        ),
    ),
    Spec(
        id="two-versions",
        title="Two versions on file",
        quotes=("For a service date the library takes the version on file and walks the events between.",),
        policies=(TWO_VERSIONS,),
        examples=(
            Example(
                says="In the first version.",
                request=on("2020-03-01", "0001T"),
                expect={"coverage": "not-covered", "basis": "on-file", "policy": "100 at 2020-01"},
            ),
            Example(
                says="After an event that leaves coding unchanged.",
                request=on("2020-12-31", "0001T"),
                expect={"coverage": "not-covered", "basis": "unchanged", "policy": "100 at 2020-01"},
            ),
            Example(
                says="Between two events that touched coding neither version tells.",
                request=on("2021-03-01", "0001T"),
                expect={"coverage": "indeterminate", "basis": "not-on-file"},
            ),
            Example(
                says="The second version made the listing new, so it tells nothing of the days before.",
                request=on("2022-06-30", "0001T"),
                expect={"coverage": "indeterminate", "basis": "not-on-file"},
            ),
            Example(
                says="In the second version.",
                request=on("2022-07-01", "0001T"),
                expect={"coverage": "covered", "basis": "on-file", "policy": "100 at 2022-07"},
            ),
        ),
    ),
    Spec(
        id="from-the-later-version",
        title="The later version may know a day better than the earlier",
        quotes=("For a service date the library takes the version on file and walks the events between.",),
        policies=(
            """
history:
  - {date: 2020-01}
  - {date: 2021-01, touches: [coding]}
  - {date: 2022-01, unchanged: [coding]}
versions:
  2020-01:
    code_listings: [{id: first, stance: investigational, codes: ["0001T"]}]
  2022-01:
    code_listings: [{id: second, stance: medically-necessary, codes: ["0001T"]}]
""",
        ),
        examples=(
            Example(
                says="Coding changed in 2021-01, and the version of 2022-01 says that it has not changed since.",
                request=on("2021-06-01", "0001T"),
                expect={"coverage": "covered", "basis": "unchanged", "policy": "100 at 2022-01"},
            ),
            Example(
                says="Before that change the earlier version is in force.",
                request=on("2020-12-31", "0001T"),
                expect={"coverage": "not-covered", "basis": "on-file", "policy": "100 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="parts-named-by-events",
        title="What an event touches",
        quotes=(
            '"New ... described", "added" and "clarified X" touch the part that they name; "Policy clarified" alone names none.',
        ),
        check=_named_parts,
    ),
    Spec(
        id="adds-and-leaves-unchanged",
        title="An event that adds and leaves unchanged",
        quotes=(
            (
                "Where one event both adds and says that statements are unchanged, the word on statements governs them and the "
                "addition touches its part."
            ),
        ),
        check=_adds_and_leaves,
    ),
    Spec(
        id="date-by-month",
        title="A date by month",
        quotes=("A date by month counts from its first day and keeps its precision.",),
        policies=(BY_MONTH,),
        examples=(
            Example(
                says="The last day of the month before.",
                request=on("2021-04-30", "0001T"),
                expect={"coverage": "indeterminate"},
            ),
            Example(
                says="The first of the month. The version keeps the precision of its date.",
                request=on("2021-05-01", "0001T"),
                expect={"coverage": "not-covered", "basis": "on-file", "policy": "100 at 2021-05"},
            ),
            Example(
                says="A date by day counts from that day.",
                request=on("2022-02-14", "0001T"),
                expect={"coverage": "not-covered", "policy": "100 at 2021-05"},
            ),
            Example(
                says="And on it.",
                request=on("2022-02-15", "0001T"),
                expect={"coverage": "covered", "policy": "100 at 2022-02-15"},
            ),
            Example(
                says="A review that falls due in a month is named by that month.",
                request=on("2022-06-01", "0001T"),
                expect={"notes": ["review-overdue: 2022-05"]},
            ),
        ),
    ),
    Spec(
        id="effective-date",
        title="An event that names the day from which it counts",
        quotes=("A date by month counts from its first day and keeps its precision.",),
        policies=(EFFECTIVE,),
        examples=(
            Example(
                says="Dated 2021-05, effective 2021-06-15: not yet in force.",
                request=on("2021-06-14", "0001T"),
                expect={"coverage": "indeterminate"},
            ),
            Example(
                says="In force.",
                request=on("2021-06-15", "0001T"),
                expect={"coverage": "not-covered", "basis": "on-file"},
            ),
        ),
    ),
    Spec(
        id="coverage-rests-on",
        title="What coverage rests on",
        quotes=(
            (
                "Coverage rests on the deciding listing, or on the deciding provision, plus the product list if a fact came only "
                "from it; a conditional listing (20930) adds nothing."
            ),
            "`basis` is the weakest of these; each reason carries its own, the authorization rule's too.",
        ),
        policies=(PARTS,),
        examples=(
            Example(
                says="On the listing: every event since 2021-06 says that coding is unchanged.",
                request=on("2021-06-01", "0001T"),
                expect={
                    "coverage": "not-covered",
                    "basis": "unchanged",
                    "reason_basis": {"listed of experimental": "unchanged", "authorization-rule": "presumed-unchanged"},
                },
            ),
            Example(
                says="On the provision: the fact is stated, the product list does not come into it.",
                request=on("2021-06-01", "20000", facts={"living_cells": True}),
                expect={
                    "basis": "unchanged",
                    "reason_basis": {"provision-met of cells": "unchanged", "authorization-rule": "presumed-unchanged"},
                },
            ),
            Example(
                says="On the provision and the product list, from which alone the fact is known.",
                request=on("2021-06-01", "20000", products=["Graft A"]),
                expect={"basis": "presumed-unchanged", "reason_basis": {"provision-met of cells": "presumed-unchanged"}},
            ),
            Example(
                says="The product is named and the fact is stated: it does not come only from the list.",
                request=on("2021-06-01", "20000", products=["Graft A"], facts={"living_cells": True}),
                expect={"basis": "unchanged"},
            ),
            Example(
                says=(
                    "A conditional listing adds nothing: coding is not on file here, and the provision is known to be unchanged."
                ),
                request=on("2021-05-31", "20000", facts={"living_cells": True}),
                expect={"coverage": "not-covered", "basis": "unchanged"},
            ),
        ),
    ),
    Spec(
        id="products-not-on-file",
        title="A product whose list is not on file",
        quotes=("A product whose list is not on file answers no fact, so its facts are asked.",),
        policies=(PRODUCTS_LOST,),
        examples=(
            Example(
                says="The list changed since: naming the product tells nothing.",
                request=on("2021-05-31", "20000", products=["Graft A"]),
                expect={
                    "coverage": "conditional",
                    "questions": ["living_cells"],
                    "notes": ["products-not-on-file: Graft A"],
                },
            ),
            Example(
                says="From its first day the list answers.",
                request=on("2021-06-01", "20000", products=["Graft A"]),
                expect={"coverage": "not-covered", "questions": [], "no_notes": ["products-not-on-file"]},
            ),
        ),
    ),
    Spec(
        id="listing-not-on-file",
        title="A code whose listing is not on file",
        quotes=(
            (
                "A code whose listing is not on file is tested against the provisions: met decides, with their basis; else "
                "`indeterminate`,"
            ),
        ),
        policies=(CODING_LOST,),
        examples=(
            Example(
                says="A provision is met: it decides, with the basis of the statements.",
                request=on("2021-05-31", "20000", facts={"living_cells": True}),
                expect={
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "basis": "unchanged",
                    "reasons": ["provision-met of cells"],
                },
            ),
            Example(
                says="None is met.",
                request=on("2021-05-31", "20000", facts={"living_cells": False}),
                expect={"coverage": "indeterminate", "reasons": ["text-not-on-file"], "basis": "not-on-file"},
            ),
            Example(
                says="Nothing is told: a question would not bring the listing back, so none is asked.",
                request=on("2021-05-31", "20000"),
                expect={"coverage": "indeterminate", "questions": []},
            ),
            Example(
                says="So with a code that decides alone today.",
                request=on("2021-05-31", "0001T"),
                expect={"coverage": "indeterminate", "cited": ["event 2021-06"]},
            ),
            Example(
                says="And there too a provision that is met decides.",
                request=on("2021-05-31", "0001T", facts={"living_cells": True}),
                expect={"coverage": "not-covered", "reasons": ["provision-met of cells"], "no_reasons": ["listed"]},
            ),
        ),
    ),
    Spec(
        id="named-in-history",
        title="A code that only a past event names",
        quotes=("and so is a code that only a past event names (38243).",),
        policies=(CODING_LOST,),
        examples=(
            Example(
                says="Added in 2019-01; the listing of this day is not on file.",
                request=on("2020-01-01", "33333"),
                expect={"coverage": "indeterminate", "reasons": ["text-not-on-file"], "cited": ["event 2019-01"]},
            ),
            Example(
                says="A provision that is met decides.",
                request=on("2020-01-01", "33333", facts={"living_cells": True}),
                expect={"coverage": "not-covered", "reasons": ["provision-met of cells"]},
            ),
            Example(
                says="The listing of this day is on file and does not have the code: see docs/decisions, 0004.",
                request=on("2021-06-01", "33333"),
                expect={"coverage": "not-addressed", "reasons": ["not-listed"], "notes": ["named-in-history: 33333"]},
            ),
        ),
    ),
    Spec(
        id="removed-in-history",
        title="A code that a later event removed",
        quotes=("and so is a code that only a past event names (38243).",),
        policies=(REMOVED,),
        examples=(
            Example(
                says="Before the removal the event that added it stands.",
                request=on("2019-12-31", "44444"),
                expect={"coverage": "indeterminate"},
            ),
            Example(
                says="With the listing on file, a removed code is one that is not listed.",
                request=on("2021-06-01", "44444"),
                expect={"coverage": "not-addressed", "notes": [], "no_notes": ["named-in-history"]},
            ),
        ),
    ),
    Spec(
        id="future-service-date",
        title="A service date after the day of asking",
        quotes=("before its next review falls due.",),
        policies=(LISTING,),
        examples=(
            Example(
                says="The day of asking decides nothing; a note says that the policy may still change.",
                request=on("2024-06-03", "0001T"),
                as_of="2024-06-02",
                expect={"coverage": "not-covered", "basis": "on-file", "notes": ["future-service-date: 2024-06-03"]},
            ),
            Example(
                says="On the day itself there is no such note.",
                request=on("2024-06-03", "0001T"),
                as_of="2024-06-03",
                expect={"coverage": "not-covered", "no_notes": ["future-service-date"], "stance": "investigational"},
            ),
        ),
    ),
    Spec(
        id="nothing-on-file",
        title="A policy of which only the history is on file",
        quotes=("`not-on-file`: an event since touched it.",),
        policies=(
            """
history: [{date: 2019-01, codes_added: ["33333"]}]
versions: {}
""",
            LISTING,
        ),
        examples=(
            Example(
                says="Its history names the code; no text is on file.",
                request=on("2020-01-01", "33333"),
                expect={"coverage": "indeterminate", "reasons": ["text-not-on-file"], "stance": LEFT_OUT},
            ),
        ),
    ),
)
