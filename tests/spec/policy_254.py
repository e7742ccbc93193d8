"""Specs of Policy 254 as it ships: every example that the design gives for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from medpolicy import load_library
from medpolicy.library.in_force import part_in_force
from medpolicy.model.policy import Part
from tests.spec.form import LEFT_OUT, Example, Spec

BASES = (
    "For Policy 254 that gives: statements on file from 2025-03 through 2026-03 (annual review), unchanged back to 2023-09, "
    "presumed back to 2015-09-01, not on file before; coding presumed back to 2023-05; products presumed back to 2022-12; "
    "authorization, which no event mentions, presumed throughout; no policy before 2010-12-01."
)
LISTED_CODES = ("0263T", "0264T", "0265T", "0489T", "0490T", "0565T", "0566T")
TWICE = (
    "Vitoss Bioactive Foam Bone Graft Substitute",
    "NanOss BVF-E",
    "DBX Putty",
    "Formagraft Collagen Bone Graft Matrix",
    "OrthoBlast II",
    "DynaGraft II",
)
LIVING = ("AlloStem", "Map3", "Osteocel Plus", "Trinity Evolution Matrix")
MIXED = (*TWICE, "Fusion Flex", "Ignite", "Integra MOZAIK Osteoconductive Scaffold", "CopiOs Bone Void Filler")
FACTS = ["mesenchymal_stem_cell_therapy", "contains_viable_stem_cells", "combined_with_autologous_blood_or_marrow"]
STEM_CELLS = {"mesenchymal_stem_cell_therapy": True, "orthopedic_application": True}


def ask(*procedures: object, day: str = "2025-04-01", **fields: Any) -> dict[str, Any]:
    request: dict[str, Any] = {"service_date": day, "line_of_business": "commercial-hmo-pos", "setting": "outpatient"}
    if procedures:
        request["procedures"] = list(procedures)
    request.update(fields)
    return {key: value for key, value in request.items() if value is not LEFT_OUT}


def on(day: str, says: str, expect: Any, *procedures: object, **fields: Any) -> Example:
    return Example(says=f"{day}: {says}.", request=ask(*procedures, day=day, **fields), expect=expect)


def statements(day: str, basis: str) -> Example:
    """A service that a statement decides, by facts alone."""
    expect = {"coverage": "not-covered", "basis": basis, "reason_basis": {"provision-met": basis}}
    return on(day, f"statements {basis}", expect, facts=STEM_CELLS)


def coding(day: str, basis: str) -> Example:
    """A service that the listing decides."""
    return on(day, f"coding {basis}", {"coverage": "not-covered", "reason_basis": {"listed": basis}, "basis": basis}, "0565T")


def products(day: str, basis: str) -> Example:
    """A service that a statement decides by what a product alone answers: the weaker of the two."""
    return on(day, f"by a product, {basis}", {"coverage": "not-covered", "basis": basis}, products=["Map3"])


NOT_ON_FILE: dict[str, Any] = {
    "coverage": "indeterminate",
    "basis": "not-on-file",
    "reasons": ["text-not-on-file"],
    "questions": [],
}


def _every_day() -> None:
    """The table of the design, for every day from the first to long after."""
    policy = load_library().policy("254")
    starts = {
        Part.STATEMENTS: (
            ("2026-04-01", "presumed-unchanged"),
            ("2025-03-01", "on-file"),
            ("2023-09-01", "unchanged"),
            ("2015-09-01", "presumed-unchanged"),
            ("2010-12-01", "not-on-file"),
        ),
        Part.CODING: (
            ("2026-04-01", "presumed-unchanged"),
            ("2025-03-01", "on-file"),
            ("2023-05-01", "presumed-unchanged"),
            ("2010-12-01", "not-on-file"),
        ),
        Part.PRODUCTS: (
            ("2026-04-01", "presumed-unchanged"),
            ("2025-03-01", "on-file"),
            ("2022-12-01", "presumed-unchanged"),
            ("2010-12-01", "not-on-file"),
        ),
        Part.AUTHORIZATION: (
            ("2026-04-01", "presumed-unchanged"),
            ("2025-03-01", "on-file"),
            ("2010-12-01", "presumed-unchanged"),
        ),
    }
    assert policy.first_day == date(2010, 12, 1)
    day, end = policy.first_day, date(2027, 1, 1)
    while day < end:
        for part, table in starts.items():
            expected = next(basis for start, basis in table if day >= date.fromisoformat(start))
            assert part_in_force(policy, part, day).basis.value == expected, (part, day)
        day += timedelta(days=1)


SPECS = (
    Spec(
        id="254-bases",
        title="Policy 254, day by day",
        quotes=(BASES,),
        check=_every_day,
        shipped=True,
        examples=(
            statements("2025-03-01", "on-file"),
            statements("2026-03-31", "on-file"),
            on(
                "2026-04-01",
                "the annual review is overdue",
                {"coverage": "not-covered", "basis": "presumed-unchanged", "notes": ["review-overdue: 2026-03"]},
                facts=STEM_CELLS,
            ),
            statements("2025-02-28", "unchanged"),
            statements("2023-09-01", "unchanged"),
            statements("2023-08-31", "presumed-unchanged"),
            statements("2015-09-01", "presumed-unchanged"),
            on("2015-08-31", "statements not on file", NOT_ON_FILE, facts=STEM_CELLS),
            coding("2025-03-01", "on-file"),
            coding("2025-02-28", "presumed-unchanged"),
            coding("2023-05-01", "presumed-unchanged"),
            on("2023-04-30", "coding not on file", NOT_ON_FILE, "0565T"),
            products("2025-03-01", "on-file"),
            products("2025-02-28", "presumed-unchanged"),
            products("2022-12-01", "presumed-unchanged"),
            on(
                "2022-11-30",
                "the product list is not on file, so its facts are asked",
                {
                    "coverage": "conditional",
                    "notes": ["products-not-on-file: Map3"],
                    "questions": ["orthopedic_application", *FACTS],
                },
                products=["Map3"],
            ),
            on(
                "2016-01-01",
                "authorization presumed",
                {
                    "prior_authorization": "not-applicable",
                    "reason_basis": {"authorization-rule": "presumed-unchanged"},
                },
                facts=STEM_CELLS,
            ),
            on("2010-12-01", "the first day: nothing of it is on file", NOT_ON_FILE, "0565T"),
            on("2010-11-30", "no policy yet", {"coverage": "not-addressed", "reasons": ["before-first-policy"]}, "0565T"),
        ),
    ),
    Spec(
        id="254-listed-codes",
        title="The seven codes that are investigational by themselves",
        quotes=(
            (
                "A code decided by its listing cites the listing, never a statement (several listed codes are not orthopedic at "
                "all)."
            ),
        ),
        shipped=True,
        examples=tuple(
            Example(
                says=f"{code}: no fact about it is asked or weighed.",
                request=ask(code, facts={"orthopedic_application": False}),
                expect={
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "prior_authorization": "not-applicable",
                    "basis": "on-file",
                    "policy": "254 at 2025-03",
                    "reasons": ["listed of investigational-codes", "authorization-rule"],
                    "no_reasons": ["provision-met"],
                    "cited": ["CPT Codes / HCPCS Codes / ICD Codes"],
                    "not_cited": ["Policy"],
                    "questions": [],
                    "related": ["374", "737", "183"],
                },
            )
            for code in LISTED_CODES
        ),
    ),
    Spec(
        id="254-20930",
        title="20930 is decided by the statements",
        quotes=(
            (
                "A generic code (254: 20930) is decided by the provisions: any met -> that stance; all not met -> "
                "`not-addressed`, "
                "reason code `criteria-not-met`; else `conditional` with questions."
            ),
            "(254: 20930 with open facts, in either setting).",
            "the listed grafts and 20930 imply the last.",
        ),
        shipped=True,
        examples=(
            *(
                Example(
                    says=f"Nothing is told, {setting}. That the use is orthopedic is implied, and is not asked.",
                    request=ask("20930", setting=setting),
                    expect={
                        "coverage": "conditional",
                        "stance": LEFT_OUT,
                        "prior_authorization": "conditional",
                        "questions": FACTS,
                    },
                )
                for setting in ("inpatient", "outpatient")
            ),
            *(
                Example(
                    says=f"{fact} is met.",
                    request=ask("20930", facts={fact: True}),
                    expect={"coverage": "not-covered", "stance": "investigational", "questions": []},
                )
                for fact in FACTS
            ),
            Example(
                says="None is met.",
                request=ask("20930", facts=dict.fromkeys(FACTS, False)),
                expect={
                    "coverage": "not-addressed",
                    "stance": LEFT_OUT,
                    "prior_authorization": LEFT_OUT,
                    "reasons": ["criteria-not-met"],
                    "questions": [],
                },
            ),
            Example(
                says="The setting is unknown too, and asked last.",
                request=ask("20930", setting=LEFT_OUT),
                expect={"prior_authorization": "conditional", "questions": [*FACTS, "setting"]},
            ),
            Example(
                says="Investigational for certain; the setting decides whether authorization is needed.",
                request=ask("20930", setting=LEFT_OUT, products=["Map3"]),
                expect={
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "prior_authorization": "conditional",
                    "questions": ["setting"],
                },
            ),
            Example(
                says="A conditional listing adds nothing to the basis: in 2023-01 coding is not on file.",
                request=ask("20930", day="2023-04-30", facts=STEM_CELLS),
                expect={"coverage": "not-covered", "basis": "presumed-unchanged", "reasons": ["provision-met"]},
            ),
        ),
    ),
    Spec(
        id="254-no-procedure",
        title="Policy 254 without a procedure",
        quotes=("A request without a procedure is decided like 20930.", "which each statement also demands;"),
        shipped=True,
        examples=(
            Example(
                says="Whether the use is orthopedic decides, and nothing else does.",
                request=ask(facts={"mesenchymal_stem_cell_therapy": True}),
                expect={"coverage": "conditional", "questions": ["orthopedic_application"]},
            ),
            Example(
                says="Not orthopedic: no statement applies.",
                request=ask(facts={"mesenchymal_stem_cell_therapy": True, "orthopedic_application": False}),
                expect={"coverage": "not-addressed", "reasons": ["criteria-not-met"]},
            ),
        ),
    ),
    Spec(
        id="254-products",
        title="The fourteen products",
        quotes=("Naming a listed product answers the facts that it implies;",),
        shipped=True,
        examples=(
            *(
                Example(
                    says=f"{name}: contains living stem cells.",
                    request=ask("20930", products=[name]),
                    expect={
                        "coverage": "not-covered",
                        "stance": "investigational",
                        "reasons": ["provision-met of allograft-with-viable-stem-cells"],
                        "no_notes": ["conflicting-source"],
                    },
                )
                for name in LIVING
            ),
            *(
                Example(
                    says=f"{name}: has to be mixed with blood or marrow.",
                    request=ask("20930", products=[name]),
                    expect={
                        "coverage": "not-covered",
                        "stance": "investigational",
                        "reasons": ["provision-met of graft-combined-with-autologous-blood-or-marrow"],
                        **(
                            {"notes": ["conflicting-source: appears to conflict"]}
                            if name in TWICE
                            else {"no_notes": ["conflicting-source"]}
                        ),
                    },
                )
                for name in MIXED
            ),
            *(
                Example(
                    says=f"{name}, before table 1 came: no conflict.",
                    request=ask("20930", day="2023-08-31", products=[name]),
                    expect={"coverage": "not-covered", "no_notes": ["conflicting-source"]},
                )
                for name in TWICE
            ),
            *(
                Example(
                    says=f"{name}, from the first day of table 1.",
                    request=ask("20930", day="2023-09-01", products=[name]),
                    expect={"coverage": "not-covered", "notes": ["conflicting-source"]},
                )
                for name in TWICE
            ),
        ),
    ),
    Spec(
        id="254-names-alone",
        title="Parts of names",
        quotes=(
            '"DBX Mix", "Vitoss" or "Osteocel" alone are not listed.',
            "Likeness is for suggestions, never for deciding.",
        ),
        shipped=True,
        examples=tuple(
            Example(
                says=f"{name}.",
                request=ask("20930", products=[name]),
                expect={"coverage": "conditional", "questions": FACTS, "notes": ["product-not-listed"]},
            )
            for name in ("DBX Mix", "Vitoss", "Osteocel", "DBX", "Map 3", "Integra MOZAIK Osteoconductive Scaffold-Putty")
        ),
    ),
    Spec(
        id="254-several-procedures",
        title="One graft does not condemn the operation",
        quotes=(
            (
                "Products and facts of the whole request reach every procedure where there is one, and only the codes that the "
                "policy lists where there are several; a procedure's own reach it alone: one graft must not condemn the whole "
                "operation."
            ),
        ),
        shipped=True,
        examples=(
            Example(
                says="The fusion and its graft, with Map3.",
                request=ask("20930", "22633", products=["Map3"]),
                expect=[{"coverage": "not-covered", "stance": "investigational"}, {"coverage": "not-addressed"}],
            ),
            Example(
                says="The fusion alone, with Map3.",
                request=ask("22633", products=["Map3"]),
                expect={"coverage": "not-covered", "reasons": ["provision-met of allograft-with-viable-stem-cells"]},
            ),
            Example(
                says="Map3 is said of the fusion.",
                request=ask("20930", {"code": "22633", "products": ["Map3"]}),
                expect=[{"coverage": "conditional", "questions": FACTS}, {"coverage": "not-covered"}],
            ),
            Example(
                says="The request of the design.",
                request={
                    "id": "r1",
                    "issuer": "bcbsma",
                    "service_date": "2025-04-01",
                    "line_of_business": "medicare-hmo",
                    "setting": "outpatient",
                    "procedures": ["20930", {"code": "22633", "modifiers": ["22"], "products": [], "facts": {}}],
                    "diagnoses": ["M43.16"],
                    "products": ["Map3"],
                    "facts": {"contains_viable_stem_cells": True},
                    "member": {"age": 61, "sex": "female", "state": "MA"},
                },
                expect=[
                    {
                        "procedure": "20930",
                        "coverage": "not-covered",
                        "stance": "investigational",
                        "prior_authorization": "not-applicable",
                        "basis": "on-file",
                        "policy": "254 at 2025-03",
                        "notes": ["medicare-criteria-not-loaded: NA"],
                        "related": ["374", "737", "183"],
                    },
                    {"procedure": "22633", "coverage": "not-addressed"},
                ],
            ),
        ),
    ),
    Spec(
        id="254-38243",
        title="38243, which only the history names",
        quotes=("and so is a code that only a past event names (38243).",),
        shipped=True,
        examples=(
            on("2012-12-01", "added, and the listing is not on file", {**NOT_ON_FILE, "cited": ["Policy History"]}, "38243"),
            on("2023-04-30", "still so", NOT_ON_FILE, "38243"),
            on(
                "2016-01-01",
                "a statement that the facts meet decides",
                {"coverage": "not-covered", "reasons": ["provision-met of mesenchymal-stem-cell-therapy"]},
                "38243",
                facts=STEM_CELLS,
            ),
            on(
                "2025-04-01",
                "the listing in force is on file and does not have it (docs/decisions, 0004)",
                {"coverage": "not-addressed", "reasons": ["not-listed"], "notes": ["named-in-history: 2012-12"]},
                "38243",
            ),
        ),
    ),
    Spec(
        id="254-conflicting-facts",
        title="A product against a stated fact",
        quotes=("A stated fact that contradicts a named product: the naming stands, with a note `conflicting-facts`.",),
        shipped=True,
        examples=(
            Example(
                says="Map3 is said to have no living cells.",
                request=ask("20930", products=["Map3"], facts={"contains_viable_stem_cells": False}),
                expect={
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "notes": ["conflicting-facts: contains_viable_stem_cells"],
                },
            ),
        ),
    ),
)
