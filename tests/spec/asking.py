"""Specs of the design's section "Asking"."""

from __future__ import annotations

from medpolicy import load_library
from tests.spec.form import LEFT_OUT, Example, Spec, ask

GENERIC = """
facts:
  - {id: stem_cells, type: boolean}
  - {id: living_cells, type: boolean}
provisions:
  - {id: stem-cells, stance: investigational, criteria: {fact: stem_cells}}
  - {id: living-cells, stance: investigational, criteria: {fact: living_cells}}
product_lists:
  - {id: grafts, provision: living-cells, implies: {living_cells: true}, products: ["Graft® A", "Graft B Plus™", "Ünit Fi"]}
code_listings:
  - {id: generic, decides: with-provisions, codes: ["20000"]}
  - {id: experimental, stance: investigational, codes: ["0001T"]}
authorization:
  - {setting: inpatient, rule: auth-needed}
  - {setting: outpatient, rule: not-covered}
"""
# Coverage turns on `consent` first: without it nothing else matters.
ORDERED = """
facts:
  - {id: pain, type: boolean}
  - {id: weakness, type: boolean}
  - {id: consent, type: boolean}
provisions:
  - id: implant
    stance: medically-necessary
    criteria: {all: [{any: [{fact: pain}, {fact: weakness}]}, {fact: consent}]}
    otherwise: not-medically-necessary
code_listings:
  - {id: implants, decides: with-provisions, codes: ["11111"]}
"""
TWO_NEEDED = """
facts:
  - {id: therapy_failed, type: boolean}
  - {id: imaging_done, type: boolean}
  - {id: in_registry, type: boolean}
provisions:
  - id: implant
    stance: medically-necessary
    criteria: {all: [{fact: therapy_failed}, {fact: imaging_done}]}
    otherwise: not-medically-necessary
  - {id: registry, stance: investigational, criteria: {all: [{fact: in_registry}, {not: {fact: in_registry}}]}}
code_listings:
  - {id: implants, decides: with-provisions, codes: ["11111"]}
"""
SETTING = """
code_listings:
  - {id: necessary, stance: medically-necessary, codes: ["10001"]}
  - {id: same-everywhere, stance: medically-necessary, codes: ["10002"]}
authorization:
  - {setting: inpatient, rule: auth-needed, procedures: ["10001"]}
  - {setting: outpatient, rule: no-auth, procedures: ["10001"]}
  - {setting: inpatient, rule: auth-needed, procedures: ["10002"]}
  - {setting: outpatient, rule: auth-needed, procedures: ["10002"]}
"""
LISTS = """
facts:
  - {id: failed_therapy, type: boolean}
provisions:
  - {id: by-product, stance: investigational, criteria: {product: ["Graft A"]}}
  - {id: by-diagnosis, stance: not-medically-necessary, criteria: {diagnosis: ["M17.*"]}}
code_listings:
  - {id: by-product, decides: with-provisions, provisions: [by-product], codes: ["20001"]}
  - {id: by-diagnosis, decides: with-provisions, provisions: [by-diagnosis], codes: ["20002"]}
"""
IMPLIED = """
facts:
  - {id: orthopedic, type: boolean}
  - {id: living_cells, type: boolean}
  - {id: form, type: choice, choices: [putty, gel]}
provisions:
  - {id: cells, stance: investigational, criteria: {all: [{fact: living_cells}, {fact: orthopedic}]}}
  - {id: gels, stance: cosmetic, criteria: {fact: form, is: gel}}
product_lists:
  - id: grafts
    provision: cells
    implies: {living_cells: true}
    products:
      - Graft A
      - {name: Graft Dead, implies: {living_cells: false}}
      - {name: Graft Gel, implies: {form: gel}}
      - {name: Graft Putty, implies: {form: putty}}
code_listings:
  - id: generic
    decides: with-provisions
    provisions: [cells]
    implies: {orthopedic: true}
    codes: ["20000", {code: "20001", implies: {orthopedic: false}}]
  - {id: forms, decides: with-provisions, provisions: [gels], codes: ["20002"]}
"""
LISTED_AND_MET = """
facts:
  - {id: orthopedic, type: boolean}
provisions:
  - {id: ortho, stance: investigational, criteria: {fact: orthopedic}}
code_listings:
  - {id: experimental, stance: investigational, codes: ["0001T"]}
"""


def _facts_of_254() -> None:
    policy = load_library().policy("254")
    version = policy.versions[-1]
    assert [fact.id for fact in version.facts] == [
        "mesenchymal_stem_cell_therapy",
        "contains_viable_stem_cells",
        "combined_with_autologous_blood_or_marrow",
        "orthopedic_application",
    ]
    for provision in version.provisions:
        assert "orthopedic_application" in str(provision.criteria), provision.id
    for products_of in version.product_lists:
        for product in products_of.products:
            assert product.implies["orthopedic_application"] is True, product.name
    (generic,) = (entry for listing in version.code_listings for entry in listing.codes if entry.code == "20930")
    assert generic.implies == {"orthopedic_application": True}


ORTHO = "and `orthopedic_application`, which each statement also demands; the listed grafts and 20930 imply the last."
NAMES = (
    "Names match after removal of trademark signs, NFKC, case folding and collapsed spaces, against the policy's name and the "
    "aliases in its file, which vary only in those ways:"
)

SPECS = (
    Spec(
        id="a-fact-becomes-a-question",
        title="A fact that is needed and unknown",
        quotes=("A fact that is needed and unknown becomes a question, with the provision it would settle.",),
        policies=(GENERIC,),
        examples=(
            Example(
                says="Each question names its provision.",
                request=ask("20000"),
                expect={
                    "coverage": "conditional",
                    "questions": ["stem_cells", "living_cells"],
                    "settles": {"stem_cells": ["stem-cells"], "living_cells": ["living-cells"]},
                },
            ),
            Example(
                says="What is told is not asked.",
                request=ask("20000", facts={"stem_cells": False}),
                expect={"coverage": "conditional", "questions": ["living_cells"]},
            ),
        ),
    ),
    Spec(
        id="only-what-can-change",
        title="Only what can still change the answer is asked",
        quotes=("Only questions that can still change coverage or authorization are asked,",),
        policies=(TWO_NEEDED,),
        examples=(
            Example(
                says="No answer about the registry can change anything, so it is never asked.",
                request=ask("11111"),
                expect={"coverage": "conditional", "questions": ["therapy_failed", "imaging_done"]},
            ),
            Example(
                says="One condition fails: the other no longer matters.",
                request=ask("11111", facts={"therapy_failed": False}),
                expect={"coverage": "not-covered", "stance": "not-medically-necessary", "questions": []},
            ),
            Example(
                says="One condition holds: the other decides.",
                request=ask("11111", facts={"therapy_failed": True}),
                expect={"coverage": "conditional", "questions": ["imaging_done"]},
            ),
        ),
    ),
    Spec(
        id="most-decisive-first",
        title="The most decisive question first",
        quotes=("the most decisive first, ties in the document's order.",),
        policies=(ORDERED,),
        examples=(
            Example(
                says="Without consent the answer is settled; no answer about pain or weakness alone settles it. These two tie, "
                "and follow in the document's order.",
                request=ask("11111"),
                expect={"coverage": "conditional", "questions": ["consent", "pain", "weakness"]},
            ),
            Example(
                says="With consent, a yes to pain or to weakness settles it: a tie.",
                request=ask("11111", facts={"consent": True}),
                expect={"questions": ["pain", "weakness"]},
            ),
            Example(
                says="Pain is told, so weakness no longer matters.",
                request=ask("11111", facts={"pain": True}),
                expect={"questions": ["consent"]},
            ),
        ),
    ),
    Spec(
        id="generic-code",
        title="A generic code is decided by the provisions",
        quotes=(
            (
                "A generic code (254: 20930) is decided by the provisions: any met -> that stance; all not met -> "
                "`not-addressed`, "
                "reason code `criteria-not-met`; else `conditional` with questions."
            ),
        ),
        policies=(GENERIC,),
        examples=(
            Example(
                says="One is met; the other need not be known.",
                request=ask("20000", facts={"living_cells": True}),
                expect={
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "prior_authorization": "not-applicable",
                    "reasons": ["provision-met of living-cells"],
                    "questions": [],
                },
            ),
            Example(
                says="All are known not to be met.",
                request=ask("20000", facts={"living_cells": False, "stem_cells": False}),
                expect={
                    "coverage": "not-addressed",
                    "reasons": ["criteria-not-met of living-cells", "criteria-not-met of stem-cells"],
                },
            ),
            Example(
                says="One is not met, the other unknown.",
                request=ask("20000", facts={"stem_cells": False}),
                expect={"coverage": "conditional", "questions": ["living_cells"]},
            ),
        ),
    ),
    Spec(
        id="code-in-no-listing",
        title="A code in no listing",
        quotes=(
            (
                "A code in no listing: a provision that the given facts or products meet decides; otherwise `not-addressed`, and "
                "nothing is asked."
            ),
        ),
        policies=(GENERIC,),
        examples=(
            Example(
                says="A given fact meets a provision.",
                request=ask("99999", facts={"living_cells": True}),
                expect={"coverage": "not-covered", "reasons": ["provision-met of living-cells"]},
            ),
            Example(
                says="A given product does.",
                request=ask("99999", products=["Graft A"]),
                expect={"coverage": "not-covered", "reasons": ["provision-met of living-cells"]},
            ),
            Example(
                says="A given fact meets none.",
                request=ask("99999", facts={"living_cells": False}),
                expect={"coverage": "not-addressed", "reasons": ["not-listed"], "questions": []},
            ),
            Example(
                says="Nothing is given.",
                request=ask("99999"),
                expect={"coverage": "not-addressed", "reasons": ["not-listed"], "questions": []},
            ),
        ),
    ),
    Spec(
        id="unlisted-code-general-provision",
        title="A provision without a condition does not reach a code in no listing",
        quotes=("A code in no listing: a provision that the given facts or products meet decides;",),
        policies=(
            """
facts:
  - {id: living_cells, type: boolean}
provisions:
  - {id: everything, stance: investigational}
  - {id: cells, stance: cosmetic, criteria: {fact: living_cells}}
code_listings:
  - {id: generic, decides: with-provisions, codes: ["20000"]}
""",
        ),
        examples=(
            Example(
                says="No given fact or product meets it.",
                request=ask("99999"),
                expect={"coverage": "not-addressed", "reasons": ["not-listed"]},
            ),
        ),
    ),
    Spec(
        id="no-procedure",
        title="A request without a procedure",
        quotes=("A request without a procedure is decided like 20930.",),
        policies=(GENERIC,),
        examples=(
            Example(
                says="A provision is met.",
                request=ask(facts={"living_cells": True}),
                expect={
                    "procedure": LEFT_OUT,
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "reasons": ["provision-met of living-cells"],
                },
            ),
            Example(
                says="A product is named.",
                request=ask(products=["Graft A"]),
                expect={"coverage": "not-covered", "stance": "investigational"},
            ),
            Example(
                says="All are known not to be met.",
                request=ask(facts={"living_cells": False, "stem_cells": False}),
                expect={"coverage": "not-addressed", "reasons": ["criteria-not-met of living-cells"]},
            ),
            Example(
                says="Something is open.",
                request=ask(facts={"stem_cells": False}),
                expect={"coverage": "conditional", "questions": ["living_cells"]},
            ),
        ),
    ),
    Spec(
        id="setting-unknown",
        title="The setting unknown",
        quotes=(
            (
                "The setting unknown -> coverage as far as known, authorization `conditional` where it depends on it, and the "
                "setting is asked."
            ),
        ),
        policies=(SETTING, GENERIC),
        examples=(
            Example(
                says="Authorization depends on it.",
                request=ask("10001", setting=LEFT_OUT),
                expect={
                    "coverage": "covered",
                    "stance": "medically-necessary",
                    "prior_authorization": "conditional",
                    "questions": ["setting"],
                },
            ),
            Example(
                says="The rule is the same in both: it is given, and nothing is asked.",
                request=ask("10002", setting=LEFT_OUT),
                expect={"coverage": "covered", "prior_authorization": "auth-needed", "questions": []},
            ),
            Example(
                says="Coverage is open too: the facts first, in the document's order, the setting last.",
                request=ask("20000", setting=LEFT_OUT),
                expect={
                    "coverage": "conditional",
                    "prior_authorization": "conditional",
                    "questions": ["stem_cells", "living_cells", "setting"],
                },
            ),
        ),
    ),
    Spec(
        id="product-answers-facts",
        title="A named product answers facts",
        quotes=("Naming a listed product answers the facts that it implies; one listed among several decides.",),
        policies=(IMPLIED,),
        examples=(
            Example(
                says="The code implies one fact, the product the other.",
                request=ask("20000", products=["Graft A"]),
                expect={"coverage": "not-covered", "stance": "investigational", "questions": []},
            ),
            Example(
                says="One listed among several decides.",
                request=ask("20000", products=["Saline", "Graft A", "Thread"]),
                expect={"coverage": "not-covered", "notes": ["product-not-listed: Saline", "product-not-listed: Thread"]},
            ),
            Example(
                says="Also against another listed one that implies the contrary.",
                request=ask("20000", products=["Graft Dead", "Graft A"]),
                expect={"coverage": "not-covered"},
            ),
            Example(
                says="In whichever order they are named.",
                request=ask("20000", products=["Graft A", "Graft Dead"]),
                expect={"coverage": "not-covered"},
            ),
            Example(
                says="Alone, the other one settles the contrary.",
                request=ask("20000", products=["Graft Dead"]),
                expect={"coverage": "not-addressed", "reasons": ["criteria-not-met of cells"]},
            ),
            Example(
                says="The fact that a product does not imply is still asked.",
                request=ask("99999", products=["Graft A"], facts={"orthopedic": True}),
                expect={"coverage": "not-covered"},
            ),
            Example(
                says="A product that is listed answers a choice as well.",
                request=ask("20002", products=["Graft Gel"]),
                expect={"coverage": "not-covered", "stance": "cosmetic"},
            ),
        ),
    ),
    Spec(
        id="code-implies-facts",
        title="A code may answer facts",
        quotes=(ORTHO,),
        policies=(IMPLIED,),
        examples=(
            Example(
                says="All codes of the listing imply it.",
                request=ask("20000", facts={"living_cells": True}),
                expect={"coverage": "not-covered", "questions": []},
            ),
            Example(
                says="One code implies otherwise.",
                request=ask("20001", facts={"living_cells": True}),
                expect={"coverage": "not-addressed", "reasons": ["criteria-not-met of cells"]},
            ),
            Example(
                says="The code's own meaning stands against a stated fact, with a note.",
                request=ask("20000", facts={"living_cells": True, "orthopedic": False}),
                expect={"coverage": "not-covered", "notes": ["conflicting-facts: orthopedic"]},
            ),
        ),
    ),
    Spec(
        id="names-match",
        title="When two product names are the same",
        quotes=(NAMES,),
        policies=(GENERIC,),
        examples=tuple(
            Example(
                says=f"{name!r} is listed.",
                request=ask("20000", products=[name]),
                expect={"coverage": "not-covered", "no_notes": ["product-not-listed"]},
            )
            for name in (
                "Graft® A",
                "Graft A",
                "GRAFT™ a",
                "  graft \u00a0 A ",
                "Graft (R) A",
                "Ｇｒａｆｔ Ａ",
                "graft b plus",
                "Graft B  PLUS(tm)",
                "ÜNIT ﬁ",
                "U\u0308nit Fi",
            )
        ),
    ),
    Spec(
        id="names-do-not-match",
        title="Likeness decides nothing",
        quotes=(
            '"DBX Mix", "Vitoss" or "Osteocel" alone are not listed.',
            "Likeness is for suggestions, never for deciding.",
        ),
        policies=(GENERIC,),
        examples=tuple(
            Example(
                says=f"{name!r} is not listed.",
                request=ask("20000", products=[name]),
                expect={
                    "coverage": "conditional",
                    "questions": ["stem_cells", "living_cells"],
                    "notes": ["product-not-listed"],
                },
            )
            for name in ("Graft", "Graft B", "Graft AA", "Graft A Plus", "GraftA", "Graft-A", "Graft B Plus TM", "Unit Fi", "")
        ),
    ),
    Spec(
        id="conflicting-facts",
        title="A stated fact against a named product",
        quotes=("A stated fact that contradicts a named product: the naming stands, with a note `conflicting-facts`.",),
        policies=(GENERIC,),
        examples=(
            Example(
                says="The product implies living cells.",
                request=ask("20000", products=["Graft A"], facts={"living_cells": False}),
                expect={
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "notes": ["conflicting-facts: living_cells"],
                },
            ),
            Example(
                says="A stated fact that agrees is no conflict.",
                request=ask("20000", products=["Graft A"], facts={"living_cells": True}),
                expect={"coverage": "not-covered", "no_notes": ["conflicting-facts"]},
            ),
        ),
    ),
    Spec(
        id="open-world",
        title="What is left out is unknown; a list that is given is complete",
        quotes=("Open world: a key left out is unknown; a list that is given is complete (`[]` means none);",),
        policies=(LISTS,),
        examples=(
            Example(
                says="Products are left out: they are asked.",
                request=ask("20001"),
                expect={"coverage": "conditional", "questions": ["products"]},
            ),
            Example(
                says="There are none.",
                request=ask("20001", products=[]),
                expect={"coverage": "not-addressed", "reasons": ["criteria-not-met of by-product"], "questions": []},
            ),
            Example(
                says="The list is complete: there is no other product.",
                request=ask("20001", products=["Saline"]),
                expect={"coverage": "not-addressed", "questions": []},
            ),
            Example(
                says="It has the product.",
                request=ask("20001", products=["Saline", "graft a"]),
                expect={"coverage": "not-covered"},
            ),
            Example(
                says="Diagnoses are left out.",
                request=ask("20002"),
                expect={"coverage": "conditional", "questions": ["diagnoses"]},
            ),
            Example(
                says="There are none.",
                request=ask("20002", diagnoses=[]),
                expect={"coverage": "not-addressed", "questions": []},
            ),
            Example(
                says="One of them is of the set.",
                request=ask("20002", diagnoses=["I10", "m1711"]),
                expect={"coverage": "not-covered"},
            ),
        ),
    ),
    Spec(
        id="null-is-a-wrong-type",
        title="Null is a wrong type",
        quotes=("null is a wrong type.",),
        policies=(GENERIC,),
        examples=(
            *tuple(
                Example(says=f"`{key}` is null.", request={**ask("20000"), key: None}, refused=("wrong-type", key))
                for key in (
                    "service_date",
                    "line_of_business",
                    "setting",
                    "procedures",
                    "diagnoses",
                    "products",
                    "facts",
                    "member",
                )
            ),
            Example(
                says="A fact is null.",
                request=ask("20000", facts={"living_cells": None}),
                refused=("wrong-type", "facts.living_cells"),
            ),
        ),
    ),
    Spec(
        id="facts-of-254",
        title="The facts of Policy 254",
        quotes=(
            "Policy 254's facts: `mesenchymal_stem_cell_therapy`, `contains_viable_stem_cells`, "
            "`combined_with_autologous_blood_or_marrow`, " + ORTHO,
        ),
        check=_facts_of_254,
    ),
    Spec(
        id="listing-cites-itself",
        title="A code decided by its listing cites the listing",
        quotes=(
            (
                "A code decided by its listing cites the listing, never a statement (several listed codes are not orthopedic at "
                "all)."
            ),
        ),
        policies=(LISTED_AND_MET,),
        examples=(
            Example(
                says="Even where a statement would be met.",
                request=ask("0001T", facts={"orthopedic": True}),
                expect={
                    "coverage": "not-covered",
                    "reasons": ["listed of experimental"],
                    "no_reasons": ["provision-met"],
                    "cited": ["row 0001T"],
                    "not_cited": ["provision ortho"],
                },
            ),
            Example(
                says="And where none is: nothing is asked.",
                request=ask("0001T", facts={"orthopedic": False}),
                expect={"coverage": "not-covered", "reasons": ["listed of experimental"], "questions": []},
            ),
        ),
    ),
)
