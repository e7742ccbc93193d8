"""Specs of each kind of criterion: met, not met, unknown. The design's section "The words" says what there is."""

from __future__ import annotations

from itertools import product as every
from typing import Any

from tests.spec.form import Example, Spec, ask, on

TREE = "a tree: all, any, at-least-n, not; leaves test a fact, a code set, a product, an age, a number, a date"
KLEENE = "`met`, `not-met`, `unknown`: Kleene's three values, never None or NULL"
TYPES = "something that may be asked or known: id, type (boolean, number with unit, choice, date), the question in words"

MET, NOT_MET, OPEN = "met", "not met", "unknown"


THREE = """  - {id: a, type: boolean}
  - {id: b, type: boolean}
  - {id: c, type: boolean}"""


def policy(criteria: str, facts: str = "") -> str:
    """A policy whose one provision has these criteria, and a code that it decides."""
    return f"""
facts:
{facts or THREE}
provisions:
  - {{id: treatment, stance: medically-necessary, criteria: {criteria}, otherwise: not-medically-necessary}}
code_listings:
  - {{id: treatments, decides: with-provisions, codes: ["11111"]}}
"""


def example(says: str, status: str, asked: list[str] | None = None, day: str = "2024-06-03", **told: Any) -> Example:
    """A request that tells this, and the status of the criteria that its answer shows."""
    expect: Any = {
        MET: {"coverage": "covered", "stance": "medically-necessary", "questions": []},
        NOT_MET: {"coverage": "not-covered", "stance": "not-medically-necessary", "questions": []},
        OPEN: {"coverage": "conditional"},
    }[status]
    if asked is not None:
        expect = {**expect, "questions": asked}
    return Example(says=f"{says}: {status}.", request=on(day, "11111", **told), expect=expect)


_VALUES: dict[str, bool | None] = {"yes": True, "no": False, "untold": None}


def table(combine: Any) -> tuple[Example, ...]:
    """The whole table of two facts; `combine` gives the status from (True, False or None) twice."""
    found = []
    for (one, first), (two, second) in every(_VALUES.items(), repeat=2):
        facts = {name: value for name, value in (("a", first), ("b", second)) if value is not None}
        found.append(example(f"a {one}, b {two}", combine(first, second), facts=facts))
    return tuple(found)


def _all(one: bool | None, two: bool | None) -> str:
    if False in (one, two):
        return NOT_MET
    return OPEN if None in (one, two) else MET


def _any(one: bool | None, two: bool | None) -> str:
    if True in (one, two):
        return MET
    return OPEN if None in (one, two) else NOT_MET


def told(**facts: Any) -> dict[str, Any]:
    return {"facts": facts}


def compared(unit: str, name: str, *cases: tuple[str, object, str]) -> tuple[Example, ...]:
    return tuple(
        example(f"{value} {of or unit}", status, **told(**{name: {"value": value, "unit": of or unit}}))
        for of, value, status in cases
    )


SIZE = "  - {id: size, type: number, unit: mm}"
SCALE = "  - {id: ceap, type: choice, ordered: true, choices: [C0, C1, C2, C2r, C3, C4, C4a, C5, C6]}"
CHOICE = "  - {id: vein, type: choice, choices: [great, small, other]}"
TRIED = "  - {id: tried, type: duration, unit: months}"
DATE = "  - {id: operated, type: date}"


def scale(criterion: str, *met: str) -> tuple[Example, ...]:
    values = ("C0", "C1", "C2", "C2r", "C3", "C4", "C4a", "C5", "C6")
    return tuple(example(value, MET if value in met else NOT_MET, **told(ceap=value)) for value in values)


def since(start: str, day: str, status: str, says: str) -> Example:
    return example(f"{says}: since {start}, on {day}", status, day=day, **told(tried={"since": start}))


def lasting(value: object, unit: str, status: str) -> Example:
    asked = ["tried"] if status == OPEN else None
    return example(f"{value} {unit}", status, asked, **told(tried={"value": value, "unit": unit}))


SPECS = (
    Spec(
        id="all",
        title="all",
        quotes=(TREE, KLEENE),
        policies=(policy("{all: [{fact: a}, {fact: b}]}"),),
        examples=(*table(_all), example("Nothing is told; both decide", OPEN, ["a", "b"])),
    ),
    Spec(
        id="any",
        title="any",
        quotes=(TREE, KLEENE),
        policies=(policy("{any: [{fact: a}, {fact: b}]}"),),
        examples=table(_any),
    ),
    Spec(
        id="at-least-n",
        title="at_least_n",
        quotes=(TREE, KLEENE),
        policies=(policy("{at_least_n: {n: 2, of: [{fact: a}, {fact: b}, {fact: c}]}}"),),
        examples=(
            example("two of three, the third untold", MET, **told(a=True, c=True)),
            example("one of three, two not", NOT_MET, **told(a=True, b=False, c=False)),
            example("two are not, so two can no longer be", NOT_MET, **told(a=False, b=False)),
            example("one is, one is not", OPEN, ["c"], **told(a=True, b=False)),
            example("one is", OPEN, ["b", "c"], **told(a=True)),
            example("all three", MET, **told(a=True, b=True, c=True)),
        ),
    ),
    Spec(
        id="not",
        title="not",
        quotes=(TREE, KLEENE),
        policies=(policy("{not: {any: [{fact: a}, {fact: b}]}}"),),
        examples=(
            example("neither", MET, **told(a=False, b=False)),
            example("one of them", NOT_MET, **told(b=True)),
            example("unknown stays unknown", OPEN, ["b"], **told(a=False)),
        ),
    ),
    Spec(
        id="boolean",
        title="A boolean fact, and `is: false`",
        quotes=(TYPES, KLEENE),
        policies=(policy("{all: [{fact: a}, {fact: b, is: false}]}"),),
        examples=(
            example("a yes, b no", MET, **told(a=True, b=False)),
            example("b yes", NOT_MET, **told(b=True)),
            example("b untold", OPEN, ["b"], **told(a=True)),
        ),
    ),
    Spec(
        id="see",
        title="see: criteria that are used in several places",
        quotes=(TREE,),
        policies=(
            policy("{all: [{see: painful}, {fact: c}]}").replace(
                "provisions:", "definitions: [{id: painful, criteria: {any: [{fact: a}, {fact: b}]}}]\nprovisions:", 1
            ),
        ),
        examples=(
            example("the definition holds, and c", MET, **told(b=True, c=True)),
            example("it does not", NOT_MET, **told(a=False, b=False, c=True)),
        ),
    ),
    Spec(
        id="choice",
        title="A choice",
        quotes=(TYPES,),
        policies=(policy("{fact: vein, one_of: [great, small]}", CHOICE),),
        examples=(
            example("great", MET, **told(vein="great")),
            example("other", NOT_MET, **told(vein="other")),
            example("untold", OPEN, ["vein"]),
            Example(
                says="No choice of the fact.",
                request=ask("11111", facts={"vein": "Great"}),
                refused=("wrong-type", "facts.vein"),
            ),
        ),
    ),
    Spec(
        id="choices-cover-everything",
        title="A choice has no other values than its own",
        quotes=("Equal coverage under every completion is given without asking;",),
        policies=(policy("{any: [{fact: vein, is: great}, {fact: vein, is: small}, {fact: vein, is: other}]}", CHOICE),),
        examples=(example("whichever vein it is", MET),),
    ),
    Spec(
        id="scale-at-least",
        title="A scale: at least",
        quotes=(TYPES,),
        policies=(policy("{fact: ceap, at_least: C2}", SCALE),),
        examples=(*scale("at_least", "C2", "C2r", "C3", "C4", "C4a", "C5", "C6"), example("untold", OPEN, ["ceap"])),
    ),
    Spec(
        id="scale-others",
        title="A scale: above, below, equal",
        quotes=(TYPES,),
        policies=(
            policy("{any: [{fact: ceap, more_than: C5}, {fact: ceap, less_than: C1}, {fact: ceap, equal_to: C2r}]}", SCALE),
        ),
        examples=scale("others", "C0", "C2r", "C6"),
    ),
    Spec(
        id="number",
        title="A number with its unit, converted",
        quotes=(TYPES,),
        policies=(policy("{fact: size, at_least: 3 mm}", SIZE),),
        examples=(
            *compared(
                "mm",
                "size",
                ("", 3, MET),
                ("", 2.999, NOT_MET),
                ("", 3.0, MET),
                ("cm", 0.3, MET),  # 0.3 x 10 is 3 exactly, whatever binary fractions make of it
                ("cm", 0.29, NOT_MET),
                ("in", 0.11, NOT_MET),  # 2.794 mm
                ("in", 0.12, MET),  # 3.048 mm
                ("m", 0.003, MET),
            ),
            example("untold", OPEN, ["size"]),
            Example(
                says="A weight is no length.",
                request=ask("11111", facts={"size": {"value": 3, "unit": "kg"}}),
                refused=("wrong-type", "facts.size.unit"),
            ),
            Example(
                says="A number without its unit is not read.",
                request=ask("11111", facts={"size": 3}),
                refused=("wrong-type", "facts.size"),
            ),
        ),
    ),
    Spec(
        id="number-interval",
        title="Between two sizes",
        quotes=(TYPES, "Only questions that can still change coverage or authorization are asked,"),
        policies=(policy("{all: [{fact: size, more_than: 3 mm}, {fact: size, at_most: 0.5 cm}]}", SIZE),),
        examples=(
            *compared("mm", "size", ("", 3, NOT_MET), ("", 3.1, MET), ("", 5, MET), ("", 5.01, NOT_MET), ("cm", 0.5, MET)),
            example("untold", OPEN, ["size"]),
        ),
    ),
    Spec(
        id="number-impossible",
        title="What no size can meet is not asked",
        quotes=("Equal coverage under every completion is given without asking;",),
        policies=(policy("{all: [{fact: size, more_than: 5 mm}, {fact: size, less_than: 4 mm}]}", SIZE),),
        examples=(example("no size is both", NOT_MET),),
    ),
    Spec(
        id="duration",
        title="A duration in calendar months",
        quotes=("leaves test a fact, a code set, a product, an age, a number, a date",),
        policies=(policy("{fact: tried, at_least: 3 months}", TRIED),),
        examples=(
            lasting(3, "months", MET),
            lasting(2, "months", NOT_MET),
            lasting(1, "years", MET),
            lasting(88, "days", NOT_MET),  # no three calendar months are so short
            lasting(89, "days", OPEN),  # February, March and April of a common year
            lasting(90, "days", OPEN),
            lasting(91, "days", OPEN),
            lasting(92, "days", MET),  # none are longer
            lasting(12, "weeks", NOT_MET),
            lasting(13, "weeks", OPEN),
            lasting(14, "weeks", MET),
            lasting(2.5, "months", NOT_MET),
            example("untold", OPEN, ["tried"]),
        ),
    ),
    Spec(
        id="duration-days",
        title="A duration in days, told in months",
        quotes=("leaves test a fact, a code set, a product, an age, a number, a date",),
        policies=(policy("{fact: tried, at_least: 90 days}", TRIED),),
        examples=(
            lasting(90, "days", MET),
            lasting(89, "days", NOT_MET),
            lasting(3, "months", OPEN),
            lasting(2, "months", NOT_MET),
            lasting(4, "months", MET),
            since("2023-01-31", "2023-04-30", NOT_MET, "89 days"),
            since("2023-01-31", "2023-05-01", MET, "90 days"),
        ),
    ),
    Spec(
        id="since",
        title="A duration told by its first day",
        quotes=("leaves test a fact, a code set, a product, an age, a number, a date",),
        policies=(policy("{fact: tried, at_least: 3 months}", TRIED),),
        examples=(
            since("2024-03-03", "2024-06-03", MET, "three months to the day"),
            since("2024-03-04", "2024-06-03", NOT_MET, "one day short"),
            since("2024-01-31", "2024-04-30", MET, "April has no 31st, so its last day counts"),
            since("2024-01-31", "2024-04-29", NOT_MET, "one day before that"),
            since("2023-11-30", "2024-02-29", MET, "the 29th of a leap year is February's last day"),
            since("2022-11-30", "2023-02-28", MET, "in a common year it is the 28th"),
            since("2023-11-30", "2024-02-28", NOT_MET, "in a leap year the 28th is not yet the last day"),
            since("2024-06-04", "2024-06-03", NOT_MET, "it begins after the service"),
        ),
    ),
    Spec(
        id="since-leap-day",
        title="A year from a leap day",
        quotes=("leaves test a fact, a code set, a product, an age, a number, a date",),
        policies=(policy("{fact: tried, at_least: 1 year}", TRIED),),
        examples=(
            since("2024-02-29", "2025-02-28", MET, "the year after has no 29 February"),
            since("2024-02-29", "2025-02-27", NOT_MET, "the day before"),
            lasting(12, "months", MET),
            lasting(11, "months", NOT_MET),
            lasting(366, "days", MET),
            lasting(365, "days", OPEN),  # a year, unless it is a leap year
            lasting(364, "days", NOT_MET),
        ),
    ),
    Spec(
        id="duration-limits",
        title="More than, at most, less than three months",
        quotes=("leaves test a fact, a code set, a product, an age, a number, a date",),
        policies=(policy("{all: [{fact: tried, more_than: 1 month}, {fact: tried, less_than: 3 months}]}", TRIED),),
        examples=(
            lasting(1, "months", NOT_MET),
            lasting(2, "months", MET),
            lasting(3, "months", NOT_MET),
            since("2024-05-03", "2024-06-03", NOT_MET, "one month to the day is not more"),
            since("2024-05-02", "2024-06-03", MET, "one day more"),
            since("2024-03-03", "2024-06-03", NOT_MET, "three months to the day are not less"),
            since("2024-03-04", "2024-06-03", MET, "one day less"),
        ),
    ),
    Spec(
        id="date",
        title="A date against a fixed day",
        quotes=(TYPES,),
        policies=(policy("{all: [{fact: operated, on_or_after: 2020-01-01}, {fact: operated, before: 2021-01-01}]}", DATE),),
        examples=(
            example("the first day", MET, **told(operated="2020-01-01")),
            example("the day before", NOT_MET, **told(operated="2019-12-31")),
            example("the last day", MET, **told(operated="2020-12-31")),
            example("the day after", NOT_MET, **told(operated="2021-01-01")),
            example("untold", OPEN, ["operated"]),
        ),
    ),
    Spec(
        id="date-others",
        title="After, and on or before",
        quotes=(TYPES,),
        policies=(policy("{all: [{fact: operated, after: 2020-01-01}, {fact: operated, on_or_before: 2021-01-01}]}", DATE),),
        examples=(
            example("the day itself is not after", NOT_MET, **told(operated="2020-01-01")),
            example("the day after is", MET, **told(operated="2020-01-02")),
            example("on the last day", MET, **told(operated="2021-01-01")),
            example("one day later", NOT_MET, **told(operated="2021-01-02")),
        ),
    ),
    Spec(
        id="date-elapsed",
        title="So long before the service date",
        quotes=("leaves test a fact, a code set, a product, an age, a number, a date",),
        policies=(policy("{fact: operated, at_least: 6 months}", DATE),),
        examples=(
            example("six months to the day", MET, day="2024-08-31", **told(operated="2024-02-29")),
            example("the last day of a shorter month", MET, day="2024-02-29", **told(operated="2023-08-31")),
            example("one day short", NOT_MET, day="2024-02-28", **told(operated="2023-08-31")),
            example("untold", OPEN, ["operated"]),
        ),
    ),
    Spec(
        id="age",
        title="Age on the service date",
        quotes=(TREE,),
        policies=(policy("{all: [{age: {at_least: 18}}, {age: {less_than: 65}}]}"),),
        examples=(
            example("17", NOT_MET, member={"age": 17}),
            example("18", MET, member={"age": 18}),
            example("64", MET, member={"age": 64}),
            example("65", NOT_MET, member={"age": 65}),
            example("untold", OPEN, ["age"]),
            example("a member without an age", OPEN, ["age"], member={"sex": "female"}),
        ),
    ),
    Spec(
        id="sex",
        title="Sex",
        quotes=(TREE,),
        policies=(policy("{sex: female}"),),
        examples=(
            example("female", MET, member={"sex": "female"}),
            example("male", NOT_MET, member={"sex": "male"}),
            example("other", NOT_MET, member={"sex": "other"}),
            example("known to be unknown", OPEN, ["sex"], member={"sex": "unknown"}),
            example("untold", OPEN, ["sex"]),
        ),
    ),
    Spec(
        id="diagnosis",
        title="Diagnoses: a code, a range, a prefix",
        quotes=(TREE,),
        policies=(policy('{diagnosis: ["I87.2", "I83.001-I83.899", "M17.*"]}'),),
        examples=(
            *(
                example(f"{codes}", status, diagnoses=codes)
                for codes, status in (
                    (["I87.2"], MET),
                    (["i872"], MET),
                    (["I87.20"], NOT_MET),
                    (["I83.001"], MET),
                    (["I83.0"], NOT_MET),
                    (["I83.12"], MET),
                    (["I83.899"], MET),
                    (["I83.9"], NOT_MET),
                    (["M17"], MET),
                    (["M17.11"], MET),
                    (["M16.9"], NOT_MET),
                    (["Z99.9", "M17.0"], MET),
                    ([], NOT_MET),
                )
            ),
            example("untold", OPEN, ["diagnoses"]),
        ),
    ),
    Spec(
        id="diagnosis-listing",
        title="A listing of diagnoses",
        quotes=(TREE,),
        policies=(
            policy("{diagnosis_listing: supporting}").replace(
                "provisions:", 'diagnosis_listings: [{id: supporting, codes: ["I87.2"]}]\nprovisions:', 1
            ),
        ),
        examples=(
            example("listed", MET, diagnoses=["I87.2"]),
            example("not listed", NOT_MET, diagnoses=["I87.1"]),
        ),
    ),
    Spec(
        id="procedure",
        title="The procedure code",
        quotes=(TREE,),
        policies=(
            policy('{procedure: ["11111"]}'),
            policy('{procedure: ["0001T-0009T"]}').replace("11111", "0005T"),
        ),
        examples=(
            example("the code of the set", MET),
            Example(
                says="A code within the range: met.",
                request=ask("0005T"),
                expect={"coverage": "covered", "questions": []},
            ),
        ),
    ),
    Spec(
        id="procedure-not-in-set",
        title="Another procedure code",
        quotes=(TREE,),
        policies=(policy('{procedure: ["22222"]}'),),
        examples=(example("a code that is not in the set", NOT_MET),),
    ),
    Spec(
        id="product",
        title="A product by name",
        quotes=(TREE,),
        policies=(policy('{product: ["Graft® A"]}'),),
        examples=(
            example("named", MET, products=["GRAFT A"]),
            example("another", NOT_MET, products=["Graft B"]),
            example("none", NOT_MET, products=[]),
            example("untold", OPEN, ["products"]),
        ),
    ),
    Spec(
        id="service-state",
        title="The state where the service is given",
        quotes=("LCD and article of the jurisdiction where the service is given,",),
        policies=(policy("{service_state: [FL, GA]}"),),
        examples=(
            example("Florida", MET, service_state="FL"),
            example("Massachusetts", NOT_MET, service_state="MA"),
            example("the member's home says nothing of it", OPEN, ["service_state"], member={"state": "FL"}),
        ),
    ),
    Spec(
        id="when",
        title="when: what a provision speaks of at all",
        quotes=("`not-addressed` (no provision speaks to this service; the reason's code says why).",),
        policies=(
            """
facts:
  - {id: a, type: boolean}
  - {id: b, type: boolean}
provisions:
  - {id: treatment, stance: medically-necessary, when: {fact: a}, criteria: {fact: b}, otherwise: cosmetic}
code_listings:
  - {id: treatments, decides: with-provisions, codes: ["11111"]}
""",
        ),
        examples=(
            Example(
                says="Outside its scope the provision says nothing, not even otherwise.",
                request=ask("11111", facts={"a": False, "b": False}),
                expect={"coverage": "not-addressed", "reasons": ["criteria-not-met of treatment"]},
            ),
            Example(
                says="Within it, the criteria are met.",
                request=ask("11111", facts={"a": True, "b": True}),
                expect={"coverage": "covered", "stance": "medically-necessary", "reasons": ["provision-met of treatment"]},
            ),
            Example(
                says="Within it, they are not.",
                request=ask("11111", facts={"a": True, "b": False}),
                expect={
                    "coverage": "not-covered",
                    "stance": "cosmetic",
                    "reasons": ["provision-otherwise of treatment"],
                    "says": ["otherwise"],
                },
            ),
            Example(
                says="Outside its scope whatever else: the other fact is not asked.",
                request=ask("11111", facts={"a": False}),
                expect={"coverage": "not-addressed", "questions": []},
            ),
            Example(
                says="Whether it speaks is open.",
                request=ask("11111", facts={"b": True}),
                expect={"coverage": "conditional", "questions": ["a"]},
            ),
        ),
    ),
    Spec(
        id="stance-only-without-otherwise",
        title="Criteria that are not met leave a service unaddressed, unless the policy says otherwise",
        quotes=("all not met -> `not-addressed`, reason code `criteria-not-met`;",),
        policies=(
            """
facts: [{id: a, type: boolean}]
provisions: [{id: treatment, stance: medically-necessary, criteria: {fact: a}}]
code_listings: [{id: treatments, decides: with-provisions, codes: ["11111"]}]
""",
        ),
        examples=(
            Example(
                says="A policy that says when a service is necessary does not thereby say what it is when not.",
                request=ask("11111", facts={"a": False}),
                expect={"coverage": "not-addressed", "reasons": ["criteria-not-met of treatment"]},
            ),
        ),
    ),
)
