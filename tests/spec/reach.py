"""Specs of what the design's section "The request, as JSON" says beyond the form of a request: what reaches what."""

from __future__ import annotations

from tests.spec.form import LEFT_OUT, Example, Expected, Spec, ask

REACH = (
    "Products and facts of the whole request reach every procedure where there is one, and only the codes that the policy lists "
    "where there are several; a procedure's own reach it alone: one graft must not condemn the whole operation."
)
GENERIC = """
facts:
  - {id: living_cells, type: boolean}
  - {id: frozen, type: boolean}
provisions:
  - {id: cells, stance: investigational, criteria: {fact: living_cells}}
product_lists:
  - {id: grafts, provision: cells, implies: {living_cells: true}, products: ["Graft A"]}
code_listings:
  - {id: generic, decides: with-provisions, codes: ["20000", "20001"]}
  - {id: experimental, stance: investigational, codes: ["0001T"]}
"""
NAMED_LINE = """
lines_of_business: [commercial]
code_listings: [{id: experimental, stance: investigational, codes: ["0001T"]}]
"""
CMS = "issuer: cms\nnumber: N1\nauthority: ncd\ncode_listings: [{id: ncd, stance: medically-necessary, codes: ['0001T']}]"
NOT_ADDRESSED: Expected = {"coverage": "not-addressed"}

SPECS = (
    Spec(
        id="needed",
        title="What a request needs",
        quotes=("Needed: `service_date`, `line_of_business`, and at least one procedure, product or fact.",),
        policies=(GENERIC,),
        examples=(
            Example(says="No date.", request=ask("20000", service_date=LEFT_OUT), refused=("missing-field", "service_date")),
            Example(
                says="No line of business.",
                request=ask("20000", line_of_business=LEFT_OUT),
                refused=("missing-field", "line_of_business"),
                message_has=("commercial", "medicare", "other"),
            ),
            Example(says="Nothing to decide.", request=ask(), refused=("missing-field", "procedures")),
            Example(
                says="Empty lists are nothing to decide.",
                request=ask(products=[], facts={}, procedures=[]),
                refused=("missing-field", "procedures"),
            ),
            Example(says="A procedure is enough.", request=ask("99999"), expect=NOT_ADDRESSED),
            Example(says="A product is.", request=ask(products=["Graft A"]), expect={"coverage": "not-covered"}),
            Example(says="A fact is.", request=ask(facts={"living_cells": True}), expect={"coverage": "not-covered"}),
        ),
    ),
    Spec(
        id="code-forms",
        title="How a code may be written",
        quotes=("A code may be lower case, padded, or carry modifiers (`0565T-RT`).",),
        policies=(GENERIC,),
        examples=tuple(
            Example(
                says=f"{written!r}.",
                request=ask(written),
                expect={"procedure": "0001T", "coverage": "not-covered"},
            )
            for written in ("0001T", "0001t", "  0001T\t", "0001T-RT", "0001t-rt-22")
        ),
    ),
    Spec(
        id="one-service-each",
        title="One service for each procedure, in order",
        quotes=("Several procedures get one service each, in order.",),
        policies=(GENERIC,),
        examples=(
            Example(
                says="Also where one stands twice.",
                request=ask("99999", "0001T", "20000", "0001T"),
                expect=[
                    {"procedure": "99999", "coverage": "not-addressed"},
                    {"procedure": "0001T", "coverage": "not-covered"},
                    {"procedure": "20000", "coverage": "conditional"},
                    {"procedure": "0001T", "coverage": "not-covered"},
                ],
            ),
        ),
    ),
    Spec(
        id="reach-of-one",
        title="One procedure: everything reaches it",
        quotes=(REACH,),
        policies=(GENERIC,),
        examples=(
            Example(
                says="A code that no policy lists, with a product.",
                request=ask("99999", products=["Graft A"]),
                expect={"coverage": "not-covered", "reasons": ["provision-met of cells"]},
            ),
            Example(
                says="With a fact.",
                request=ask("99999", facts={"living_cells": True}),
                expect={"coverage": "not-covered"},
            ),
        ),
    ),
    Spec(
        id="reach-of-several",
        title="Several procedures: what is said of all reaches the listed codes",
        quotes=(REACH,),
        policies=(GENERIC,),
        examples=(
            Example(
                says="The product of the whole request reaches the listed code, and not the rest of the operation.",
                request=ask("20000", "99999", products=["Graft A"]),
                expect=[{"coverage": "not-covered", "reasons": ["provision-met of cells"]}, NOT_ADDRESSED],
            ),
            Example(
                says="So does a fact.",
                request=ask("99999", "20000", facts={"living_cells": True}),
                expect=[NOT_ADDRESSED, {"coverage": "not-covered"}],
            ),
            Example(
                says="A procedure's own product reaches it alone, listed or not.",
                request=ask("20000", {"code": "99999", "products": ["Graft A"]}),
                expect=[{"coverage": "conditional", "questions": ["living_cells"]}, {"coverage": "not-covered"}],
            ),
            Example(
                says="So does its own fact.",
                request=ask(
                    {"code": "20000", "facts": {"living_cells": True}}, {"code": "20001", "facts": {"living_cells": False}}
                ),
                expect=[{"coverage": "not-covered"}, NOT_ADDRESSED],
            ),
            Example(
                says="A code that is not listed, with a fact of its own: the whole request's fact still does not reach it.",
                request=ask("20000", {"code": "99999", "facts": {"frozen": True}}, facts={"living_cells": True}),
                expect=[{"coverage": "not-covered"}, NOT_ADDRESSED],
            ),
            Example(
                says="Nor does its product.",
                request=ask("20000", {"code": "99999", "facts": {"frozen": True}}, products=["Graft A"]),
                expect=[{"coverage": "not-covered"}, NOT_ADDRESSED],
            ),
            Example(
                says="Both the whole request's and its own products reach a listed code.",
                request=ask({"code": "20000", "products": ["Saline"]}, "99999", products=["Graft A"]),
                expect=[{"coverage": "not-covered", "notes": ["product-not-listed: Saline"]}, NOT_ADDRESSED],
            ),
        ),
    ),
    Spec(
        id="own-fact-before-the-requests",
        title="A procedure's own fact against the whole request's",
        quotes=("a procedure's own reach it alone:",),
        policies=(GENERIC,),
        examples=(
            Example(
                says="Its own is nearer; the note says that they disagree.",
                request=ask({"code": "20000", "facts": {"living_cells": False}}, "20001", facts={"living_cells": True}),
                expect=[
                    {"coverage": "not-addressed", "notes": ["conflicting-facts: living_cells"]},
                    {"coverage": "not-covered", "no_notes": ["conflicting-facts"]},
                ],
            ),
        ),
    ),
    Spec(
        id="lines-of-business",
        title="Lines of business: undeclared, and not named",
        quotes=(
            (
                "A line of business that no issuer declares is an error that lists the declared ones; one that the "
                "issuer declares "
                "and the policy does not name is `not-addressed`."
            ),
        ),
        policies=(NAMED_LINE,),
        examples=(
            Example(
                says="Nobody declares it.",
                request=ask("0001T", line_of_business="comercial"),
                refused=("unknown-line-of-business", "line_of_business"),
                message_has=("commercial", "medicare", "other"),
            ),
            Example(
                says="Declared, and not named.",
                request=ask("0001T", line_of_business="other"),
                expect={"coverage": "not-addressed", "reasons": ["line-not-named"], "cited": ["lines of business"]},
            ),
            Example(says="Named.", request=ask("0001T"), expect={"coverage": "not-covered"}),
        ),
    ),
    Spec(
        id="issuer-left-out",
        title="The issuer may be left out",
        quotes=("`issuer` may be left out where the line of business belongs to one issuer only.",),
        policies=(NAMED_LINE, CMS),
        examples=(
            Example(says="The line tells the issuer.", request=ask("0001T"), expect={"coverage": "not-covered"}),
            Example(says="It may be given.", request=ask("0001T", issuer="plan"), expect={"coverage": "not-covered"}),
            Example(
                says="A line of another issuer.",
                request=ask("0001T", issuer="cms"),
                refused=("unknown-line-of-business", "line_of_business"),
                message_has=("original-medicare",),
            ),
            Example(says="An issuer that there is not.", request=ask("0001T", issuer="p"), refused=("unknown-issuer", "issuer")),
        ),
    ),
    Spec(
        id="ambiguous-issuer",
        title="A line of two issuers",
        quotes=("`issuer` may be left out where the line of business belongs to one issuer only.",),
        policies=(NAMED_LINE, CMS),
        issuer="""
lines_of_business:
  - {id: commercial, name: Commercial, program: commercial}
  - {id: medicare, name: Medicare, program: medicare-advantage}
  - {id: original-medicare, name: Medicare, program: medicare-advantage}
""",
        examples=(
            Example(
                says="Two issuers declare it.",
                request=ask("0001T", line_of_business="original-medicare"),
                refused=("ambiguous-issuer", "issuer"),
                message_has=("cms", "plan"),
            ),
            Example(
                says="One is named.",
                request=ask("0001T", line_of_business="original-medicare", issuer="cms"),
                expect={"coverage": "covered", "policy": "N1 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="nothing-is-coerced",
        title="Nothing is coerced",
        quotes=('Nothing is coerced ("yes" is no boolean, 1743465600 no date). `field` is a path such as `procedures[0]`.',),
        policies=(GENERIC,),
        examples=(
            Example(
                says='"yes" is no boolean.',
                request=ask("20000", facts={"living_cells": "yes"}),
                refused=("wrong-type", "facts.living_cells"),
            ),
            Example(
                says="A number is no date.",
                request=ask("20000", service_date=1743465600),
                refused=("wrong-type", "service_date"),
            ),
            Example(
                says="The path of a procedure.",
                request=ask("20000", "2000"),
                refused=("malformed-code", "procedures[1]"),
            ),
        ),
    ),
    Spec(
        id="error-codes",
        title="The error codes",
        quotes=(
            (
                "Error codes: `invalid-json`, `duplicate-key`, `missing-field`, `unknown-field`, `wrong-type`, "
                "`invalid-date` (only "
                "YYYY-MM-DD), `malformed-code`, `unknown-setting`, `unknown-line-of-business`, `unknown-fact`, "
                "`ambiguous-issuer`, "
                "`too-large` (over 1 MiB)."
            ),
        ),
        policies=(GENERIC,),
        examples=(
            Example(
                says="Only YYYY-MM-DD.", request=ask("20000", service_date="2024-6-3"), refused=("invalid-date", "service_date")
            ),
            Example(says="A field that there is not.", request=ask("20000", date=1), refused=("unknown-field", "date")),
            Example(
                says="A setting that there is not.", request=ask("20000", setting="home"), refused=("unknown-setting", "setting")
            ),
            Example(
                says="A fact that no policy of the issuer asks.",
                request=ask("20000", facts={"age_of_graft": True}),
                refused=("unknown-fact", "facts.age_of_graft"),
            ),
        ),
    ),
)
