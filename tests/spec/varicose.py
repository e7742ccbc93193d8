"""Specs of the varicose veins guideline as it ships: a policy unlike Policy 254."""

from __future__ import annotations

from typing import Any

from tests.spec.form import LEFT_OUT, Example, Expected, Spec

MET: dict[str, Any] = {
    "symptomatic": True,
    "saphenous_reflux": True,
    "ceap_class": "C3",
    "varicosity_diameter": {"value": 4, "unit": "mm"},
    "venous_stasis_ulceration": True,
}


def ask(*procedures: str, line: str = "commercial", day: str = "2025-09-01", **fields: Any) -> dict[str, Any]:
    return {
        "service_date": day,
        "line_of_business": f"florida-blue-{line}",
        "setting": "outpatient",
        "procedures": list(procedures),
        **fields,
    }


def changed(**facts: Any) -> dict[str, Any]:
    return {key: value for key, value in {**MET, **facts}.items() if value is not LEFT_OUT}


NECESSARY: Expected = {
    "coverage": "covered",
    "stance": "medically-necessary",
    "prior_authorization": "not-addressed",
    "reasons": ["provision-met of great-or-small-saphenous"],
    "questions": [],
}
COSMETIC: Expected = {
    "coverage": "not-covered",
    "stance": "cosmetic",
    "reasons": ["provision-otherwise of great-or-small-saphenous"],
    "questions": [],
}
OPEN: Expected = {"coverage": "conditional", "questions": ["conservative_management_duration"]}
# Instead of an ulcer: lasting symptoms that hinder daily life, and three months of compression without success.
TRIED = changed(
    venous_stasis_ulceration=False,
    recurrent_superficial_thrombophlebitis=False,
    variceal_hemorrhage=False,
    persistent_symptoms_with_saphenous_reflux=True,
    symptoms_interfere_with_daily_living=True,
    symptoms_unimproved_by_conservative_management=True,
)

SPECS = (
    Spec(
        id="varicose-great-saphenous",
        title="Stripping of the great saphenous vein (37722)",
        quotes=(
            "`stance`: what the policy considers the service.",
            "`not-addressed` (the policy says nothing of authorization).",
        ),
        shipped=True,
        examples=(
            Example(says="Every criterion is met.", request=ask("37722", facts=MET), expect=NECESSARY),
            *(
                Example(says=says, request=ask("37722", facts=changed(**facts)), expect=expect)
                for says, facts, expect in (
                    ("Class C2 is enough.", {"ceap_class": "C2"}, NECESSARY),
                    ("Class C1 is not.", {"ceap_class": "C1"}, COSMETIC),
                    ("0.3 cm is 3 mm.", {"varicosity_diameter": {"value": 0.3, "unit": "cm"}}, NECESSARY),
                    ("2.9 mm is too small.", {"varicosity_diameter": {"value": 2.9, "unit": "mm"}}, COSMETIC),
                    ("No reflux was shown.", {"saphenous_reflux": False}, COSMETIC),
                    ("No symptoms.", {"symptomatic": False}, COSMETIC),
                )
            ),
            *(
                Example(
                    says=f"Three months of compression, told as {tried}.",
                    request=ask("37722", facts={**TRIED, "conservative_management_duration": tried}),
                    expect=expect,
                )
                for tried, expect in (
                    ({"value": 3, "unit": "months"}, NECESSARY),
                    ({"value": 11, "unit": "weeks"}, COSMETIC),
                    ({"since": "2025-06-01"}, NECESSARY),
                    ({"since": "2025-06-02"}, COSMETIC),
                    (
                        {"value": 90, "unit": "days"},
                        OPEN,
                    ),
                )
            ),
        ),
    ),
    Spec(
        id="varicose-listed",
        title="Codes whose rows are marked",
        quotes=("A code decided by its listing cites the listing, never a statement",),
        shipped=True,
        examples=(
            *(
                Example(
                    says=f"{code} is investigational.",
                    request=ask(code),
                    expect={
                        "coverage": "not-covered",
                        "stance": "investigational",
                        "reasons": ["listed of investigational-codes"],
                    },
                )
                for code in ("36473", "36474", "0524T")
            ),
            Example(
                says="36468 is cosmetic.",
                request=ask("36468"),
                expect={"coverage": "not-covered", "stance": "cosmetic", "reasons": ["listed of non-covered-codes"]},
            ),
        ),
    ),
    Spec(
        id="varicose-delegated",
        title="The program exceptions hand over",
        quotes=("`delegated` is coverage `conditional`, naming whose criteria decide.",),
        shipped=True,
        examples=tuple(
            Example(
                says=f"{line}, {code}.",
                request=ask(code, line=line, facts=facts),
                expect={
                    "coverage": "conditional",
                    "stance": "delegated",
                    "prior_authorization": "not-addressed",
                    "reasons": ["delegated"],
                    "says": [name],
                    "questions": [],
                },
            )
            for line, name in (
                ("medicare-advantage", "L38720"),
                ("federal-employee-program", "FEP"),
                ("state-account-organization", "SAO"),
            )
            for code, facts in (("37722", MET), ("36473", {}), ("36468", {}))
        ),
    ),
)
