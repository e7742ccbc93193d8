"""Specs of the design's section "The axes of an answer"."""

from __future__ import annotations

from medpolicy import load_library
from medpolicy.explain.words import GOVERNED_BY_CONTRACT
from medpolicy.model.issuer import Setting, Stance
from tests.spec.form import LEFT_OUT, Example, Spec, ask, on
from tests.spec.policies import library_of

ONE_CODE = """
code_listings:
  - {id: experimental, stance: investigational, codes: ["0001T"]}
"""
NECESSARY_IF = """
facts:
  - {id: failed_therapy, type: boolean}
provisions:
  - {id: implant, stance: medically-necessary, criteria: {fact: failed_therapy}, otherwise: not-medically-necessary}
code_listings:
  - {id: implants, decides: with-provisions, codes: ["11111"]}
"""
SPEAKS_OR_NOT = """
facts:
  - {id: living_cells, type: boolean}
provisions:
  - {id: cells, stance: investigational, criteria: {fact: living_cells}}
code_listings:
  - {id: grafts, decides: with-provisions, codes: ["20000"]}
authorization:
  - {setting: inpatient, rule: auth-needed}
  - {setting: outpatient, rule: not-covered}
"""
RULES = """
facts:
  - {id: failed_therapy, type: boolean}
provisions:
  - {id: implant, stance: medically-necessary, criteria: {fact: failed_therapy}}
code_listings:
  - {id: implants, decides: with-provisions, codes: ["11111"]}
authorization:
  - {setting: inpatient, lines_of_business: [commercial], rule: auth-needed}
  - {setting: outpatient, lines_of_business: [commercial], rule: no-auth}
  - {setting: inpatient, lines_of_business: [medicare], rule: conditional}
  - {setting: outpatient, lines_of_business: [medicare], rule: not-covered}
"""
TOUCHED = """
history: [{date: 2010-01}, {date: 2020-01, touches: [coding, statements]}]
code_listings:
  - {id: experimental, stance: investigational, codes: ["0001T"]}
"""
STANCES = """
code_listings:
  - {id: necessary, stance: medically-necessary, codes: ["10001"]}
  - {id: unnecessary, stance: not-medically-necessary, codes: ["10002"]}
  - {id: experimental, stance: investigational, codes: ["10003"]}
  - {id: looks, stance: cosmetic, codes: ["10004"]}
  - {id: elsewhere, decides: with-provisions, codes: ["10005"]}
provisions:
  - id: handed-over
    stance: delegated
    delegated_to: [{kind: lcd, identifier: L12345, title: "Implants"}]
authorization:
  - {setting: inpatient, rule: auth-needed}
"""
TWO_STANCES = """
facts:
  - {id: new_method, type: boolean}
  - {id: for_looks, type: boolean}
provisions:
  - {id: method, stance: investigational, criteria: {fact: new_method}}
  - {id: looks, stance: cosmetic, criteria: {fact: for_looks}}
code_listings:
  - {id: methods, decides: with-provisions, codes: ["20000"]}
"""
EITHER_WAY = """
facts:
  - {id: new_method, type: boolean}
provisions:
  - {id: method, stance: investigational, criteria: {fact: new_method}, otherwise: not-medically-necessary}
code_listings:
  - {id: methods, decides: with-provisions, codes: ["20000"]}
"""
NOT_CERTAIN = """
facts:
  - {id: failed_therapy, type: boolean, review: ["Is this what the sentence means?"]}
provisions:
  - {id: implant, stance: medically-necessary, criteria: {fact: failed_therapy}, review: ["Is the line of business right?"]}
code_listings:
  - {id: implants, decides: with-provisions, codes: ["11111"]}
"""
BARE_LISTING = """
facts:
  - {id: failed_therapy, type: boolean}
provisions:
  - {id: implant, stance: medically-necessary, criteria: {fact: failed_therapy}}
code_listings:
  - {id: implants, codes: ["11111"]}
"""


def _adjustments() -> None:
    issuer = load_library().issuers["bcbsma"]
    carc = {adjustment.stance: adjustment.carc for adjustment in issuer.claim_adjustments}
    assert carc == {Stance.INVESTIGATIONAL: "55", Stance.NOT_MEDICALLY_NECESSARY: "50", None: "197"}


def _settings() -> None:
    for issuer in (library_of((ONE_CODE,)).issuers["plan"], load_library().issuers["bcbsma"]):
        for place in ("21", "51", "61"):
            assert issuer.setting_of(place_of_service=place) is Setting.INPATIENT
        for place in ("11", "19", "22", "23", "24", "31"):
            assert issuer.setting_of(place_of_service=place) is Setting.OUTPATIENT
        for bill in ("111", "0111", "117", "0114"):
            assert issuer.setting_of(type_of_bill=bill) is Setting.INPATIENT
        for bill in ("131", "0131", "0138", "121", "211"):  # observation is billed as 13x
            assert issuer.setting_of(type_of_bill=bill) is Setting.OUTPATIENT
        assert issuer.setting_of() is None


def _said_to_a_person() -> None:
    words = GOVERNED_BY_CONTRACT.lower()
    for part in ("member's contract governs", "bundling", "units", "add-on edits", "not evaluated"):
        assert part in words


def _bcbsma_stances() -> None:
    issuer = load_library().issuers["bcbsma"]
    assert issuer.coverage_of(Stance.INVESTIGATIONAL).value == "not-covered"
    assert issuer.coverage_of(Stance.MEDICALLY_NECESSARY).value == "covered"


SPECS = (
    Spec(
        id="coverage",
        title="Coverage has five values",
        quotes=(
            (
                "`coverage`: `covered`, `not-covered`, `conditional` (an open question decides), `indeterminate` "
                "(the text in force "
                "is not on file, or policies conflict), `not-addressed` (no provision speaks to this service; the reason's code "
                "says why)."
            ),
        ),
        policies=(NECESSARY_IF, TOUCHED.replace("2010", "2011")),
        examples=(
            Example(
                says="The criteria are met.",
                request=ask("11111", facts={"failed_therapy": True}),
                expect={"coverage": "covered", "reasons": ["provision-met of implant"]},
            ),
            Example(
                says="They are not, and the provision says what holds then.",
                request=ask("11111", facts={"failed_therapy": False}),
                expect={
                    "coverage": "not-covered",
                    "stance": "not-medically-necessary",
                    "reasons": ["provision-otherwise of implant"],
                },
            ),
            Example(
                says="An open question decides.",
                request=ask("11111"),
                expect={"coverage": "conditional", "questions": ["failed_therapy"], "reasons": ["provision-open of implant"]},
            ),
            Example(
                says="The text in force is not on file: an event since touched it.",
                request=on("2015-06-01", "0001T"),
                expect={"coverage": "indeterminate", "reasons": ["text-not-on-file"]},
            ),
            Example(
                says="No provision speaks to the service.",
                request=ask("99999"),
                expect={"coverage": "not-addressed", "reasons": ["not-listed"]},
            ),
        ),
    ),
    Spec(
        id="prior-authorization",
        title="Prior authorization has six values",
        quotes=(
            (
                "`prior_authorization`: `auth-needed`, `no-auth`, `conditional`, `indeterminate`, `not-applicable` "
                "(the policy says "
                "the service is not covered there, so nothing can be authorized), `not-addressed` (the policy says nothing of "
                "authorization)."
            ),
        ),
        policies=(RULES, ONE_CODE, TOUCHED.replace("0001T", "0002T")),
        examples=(
            Example(
                says="A rule asks for it.",
                request=ask("11111", facts={"failed_therapy": True}, setting="inpatient"),
                expect={"coverage": "covered", "prior_authorization": "auth-needed", "reasons": ["authorization-rule"]},
            ),
            Example(
                says="A rule says that none is needed.",
                request=ask("11111", facts={"failed_therapy": True}),
                expect={"coverage": "covered", "prior_authorization": "no-auth"},
            ),
            Example(
                says="The policy itself makes it conditional.",
                request=ask("11111", facts={"failed_therapy": True}, line_of_business="medicare", setting="inpatient"),
                expect={"coverage": "covered", "prior_authorization": "conditional", "questions": []},
            ),
            Example(
                says=(
                    "The policy says that the service is not covered there. This is the authorization rule's word, an axis apart."
                ),
                request=ask("11111", facts={"failed_therapy": True}, line_of_business="medicare"),
                expect={"coverage": "covered", "prior_authorization": "not-applicable"},
            ),
            Example(
                says="The policy says nothing of authorization.",
                request=ask("0001T"),
                expect={
                    "coverage": "not-covered",
                    "prior_authorization": "not-addressed",
                    "no_reasons": ["authorization-rule"],
                },
            ),
            Example(
                says="Where the text is not on file, nobody can say.",
                request=on("2015-06-01", "0002T"),
                expect={"coverage": "indeterminate", "prior_authorization": "indeterminate"},
            ),
        ),
    ),
    Spec(
        id="authorization-not-on-file",
        title="An authorization rule that is not on file leaves coverage as it is",
        quotes=("The axes are independent:",),
        policies=(
            ONE_CODE
            + """
history: [{date: 2010-01}, {date: 2020-01, touches: [authorization]}]
authorization: [{setting: outpatient, rule: not-covered}]
""",
        ),
        examples=(
            Example(
                says="The coding is presumed unchanged, the authorization rule is not on file.",
                request=on("2015-06-01", "0001T"),
                expect={
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "prior_authorization": "indeterminate",
                    "basis": "presumed-unchanged",
                },
            ),
        ),
    ),
    Spec(
        id="stance",
        title="The stance is the policy's word for the service",
        quotes=("`stance`: what the policy considers the service.",),
        policies=(STANCES,),
        examples=tuple(
            Example(
                says=f"A code that is listed as {stance}.",
                request=ask(code),
                expect={"coverage": coverage, "stance": stance},
            )
            for code, stance, coverage in (
                ("10001", "medically-necessary", "covered"),
                ("10002", "not-medically-necessary", "not-covered"),
                ("10003", "investigational", "not-covered"),
                ("10004", "cosmetic", "not-covered"),
                ("10005", "delegated", "conditional"),
            )
        ),
    ),
    Spec(
        id="basis-present",
        title="A basis wherever a rule was weighed",
        quotes=(
            "`basis`: `on-file`, `unchanged`, `presumed-unchanged`, `not-on-file`; present wherever a rule was weighed.",
            "An axis that does not apply is left out, never null.",
        ),
        policies=(SPEAKS_OR_NOT,),
        examples=(
            Example(
                says="A provision was weighed and found met.",
                request=ask("20000", facts={"living_cells": True}),
                expect={"coverage": "not-covered", "basis": "on-file"},
            ),
            Example(
                says="A provision was weighed and found not met.",
                request=ask("20000", facts={"living_cells": False}),
                expect={"coverage": "not-addressed", "basis": "on-file", "reasons": ["criteria-not-met of cells"]},
            ),
            Example(
                says="A provision was weighed and is open.",
                request=ask("20000"),
                expect={"coverage": "conditional", "basis": "on-file"},
            ),
            Example(
                says="Nothing was weighed: no policy names the code, and nothing was told.",
                request=ask("99999"),
                expect={"coverage": "not-addressed", "basis": LEFT_OUT, "stance": LEFT_OUT, "prior_authorization": LEFT_OUT},
            ),
        ),
    ),
    Spec(
        id="not-addressed",
        title="Not addressed: nothing further is said",
        quotes=("`not-addressed`: no stance, no authorization, no questions.",),
        policies=(SPEAKS_OR_NOT,),
        examples=(
            Example(
                says="The criteria are not met. The policy has a rule of authorization, and it does not come into it.",
                request=ask("20000", facts={"living_cells": False}, setting=LEFT_OUT),
                expect={
                    "coverage": "not-addressed",
                    "stance": LEFT_OUT,
                    "prior_authorization": LEFT_OUT,
                    "questions": [],
                    "no_reasons": ["authorization-rule"],
                },
            ),
            Example(
                says="The code is listed nowhere.",
                request=ask("99999", setting=LEFT_OUT),
                expect={
                    "coverage": "not-addressed",
                    "stance": LEFT_OUT,
                    "prior_authorization": LEFT_OUT,
                    "questions": [],
                },
            ),
        ),
    ),
    Spec(
        id="indeterminate",
        title="Indeterminate: no stance, nothing to ask",
        quotes=("`indeterminate`: no stance, authorization `indeterminate`, no questions.",),
        policies=(TOUCHED,),
        examples=(
            Example(
                says="No answer to any question would bring the text back; so none is asked, not even the setting.",
                request=on("2015-06-01", "0001T", setting=LEFT_OUT),
                expect={
                    "coverage": "indeterminate",
                    "stance": LEFT_OUT,
                    "prior_authorization": "indeterminate",
                    "basis": "not-on-file",
                    "questions": [],
                },
            ),
        ),
    ),
    Spec(
        id="conditional-outcomes-disagree",
        title="Conditional: only what every outcome agrees on",
        quotes=(
            (
                "`conditional`: stance and authorization only as far as every remaining outcome agrees, else authorization is "
                "`conditional` (254: 20930 with open facts, in either setting)."
            ),
        ),
        policies=(SPEAKS_OR_NOT,),
        examples=tuple(
            Example(
                says=f"{setting.capitalize()}: not covered or not addressed, with an authorization rule or without.",
                request=ask("20000", setting=setting),
                expect={
                    "coverage": "conditional",
                    "stance": LEFT_OUT,
                    "prior_authorization": "conditional",
                    "questions": ["living_cells"],
                },
            )
            for setting in ("inpatient", "outpatient")
        ),
    ),
    Spec(
        id="conditional-authorization-agrees",
        title="Conditional coverage with a certain authorization",
        quotes=("`conditional`: stance and authorization only as far as every remaining outcome agrees,",),
        policies=(NECESSARY_IF + "\nauthorization: [{setting: outpatient, rule: auth-needed}]",),
        examples=(
            Example(
                says="Covered or not, the same rule of authorization holds; the stances differ, so none is given.",
                request=ask("11111"),
                expect={
                    "coverage": "conditional",
                    "stance": LEFT_OUT,
                    "prior_authorization": "auth-needed",
                    "questions": ["failed_therapy"],
                },
            ),
        ),
    ),
    Spec(
        id="equal-coverage-not-asked",
        title="What changes nothing is not asked",
        quotes=("Equal coverage under every completion is given without asking;",),
        policies=(EITHER_WAY,),
        examples=(
            Example(
                says="Investigational or not medically necessary: not covered either way.",
                request=ask("20000"),
                expect={"coverage": "not-covered", "stance": LEFT_OUT, "questions": []},
            ),
            Example(
                says="Where the fact is told, the stance is known.",
                request=ask("20000", facts={"new_method": False}),
                expect={"coverage": "not-covered", "stance": "not-medically-necessary"},
            ),
        ),
    ),
    Spec(
        id="stances-differ",
        title="Two stances, one coverage",
        quotes=("provisions that differ in stance only leave the coverage, drop the stance and quote both.",),
        policies=(TWO_STANCES,),
        examples=(
            Example(
                says="Both provisions apply: not covered either way.",
                request=ask("20000", facts={"new_method": True, "for_looks": True}),
                expect={
                    "coverage": "not-covered",
                    "stance": LEFT_OUT,
                    "reasons": ["provision-met of method", "provision-met of looks"],
                    "cited": ["provision method", "provision looks"],
                    "no_reasons": ["conflict"],
                },
            ),
            Example(
                says="Only one applies.",
                request=ask("20000", facts={"new_method": True, "for_looks": False}),
                expect={"coverage": "not-covered", "stance": "investigational", "no_reasons": ["provision-met of looks"]},
            ),
            Example(
                says="One applies and the other may: the coverage is certain and is given, the stance is not.",
                request=ask("20000", facts={"new_method": True}),
                expect={"coverage": "not-covered", "stance": LEFT_OUT, "questions": []},
            ),
        ),
    ),
    Spec(
        id="delegated",
        title="Delegated: someone else's criteria decide",
        quotes=("`delegated` is coverage `conditional`, naming whose criteria decide.",),
        policies=(STANCES,),
        examples=(
            Example(
                says="The reason names the LCD. There is nothing to ask: the policy has no criteria of its own.",
                request=ask("10005"),
                expect={
                    "coverage": "conditional",
                    "stance": "delegated",
                    "reasons": ["delegated of handed-over"],
                    "says": ["L12345"],
                    "questions": [],
                },
            ),
            Example(
                says="The policy's own rule of authorization is not delegated.",
                request=ask("10005", setting="inpatient"),
                expect={"coverage": "conditional", "prior_authorization": "auth-needed"},
            ),
        ),
    ),
    Spec(
        id="axes-independent-254",
        title="Investigational, and authorization all the same",
        quotes=(
            (
                "The axes are independent: a service can be investigational (so not covered) and still need authorization when "
                'inpatient, as Policy 254 says ("all products" in its inpatient sentence means lines of business, not grafts).'
            ),
        ),
        shipped=True,
        examples=tuple(
            Example(
                says=f"{line}, {setting}.",
                request={
                    "service_date": "2025-04-01",
                    "line_of_business": line,
                    "setting": setting,
                    "procedures": ["0565T"],
                },
                expect={"coverage": "not-covered", "stance": "investigational", "prior_authorization": authorization},
            )
            for line in ("commercial-hmo-pos", "commercial-ppo-indemnity", "medicare-hmo", "medicare-ppo")
            for setting, authorization in (("inpatient", "auth-needed"), ("outpatient", "not-applicable"))
        ),
    ),
    Spec(
        id="issuer-declares-stances",
        title="The issuer says what a stance means for coverage",
        quotes=("An issuer declares what each stance means for coverage",),
        policies=(STANCES,),
        issuer="""
coverage_by_stance: {medically-necessary: covered, not-medically-necessary: not-covered,
                     investigational: covered, cosmetic: not-covered}
""",
        examples=(
            Example(
                says="This issuer covers what it considers investigational.",
                request=ask("10003"),
                expect={"coverage": "covered", "stance": "investigational"},
            ),
        ),
    ),
    Spec(
        id="bcbsma-stances",
        title="At BCBSMA",
        quotes=("(at BCBSMA investigational means not covered, medically necessary means covered)",),
        check=_bcbsma_stances,
    ),
    Spec(
        id="listing-decides-or-informs",
        title="The issuer says whether a listing decides",
        quotes=("whether a code listing alone decides or only informs,",),
        policies=(BARE_LISTING,),
        issuer="code_listings: with-provisions",
        examples=(
            Example(
                says="A listing that does not say how it decides only informs: the provisions decide.",
                request=ask("11111", facts={"failed_therapy": True}),
                expect={"coverage": "covered", "reasons": ["provision-met of implant"], "no_reasons": ["listed"]},
            ),
        ),
    ),
    Spec(
        id="listing-decides-alone",
        title="Where listings decide alone",
        quotes=("whether a code listing alone decides or only informs,",),
        policies=(BARE_LISTING.replace("{id: implants,", "{id: implants, stance: investigational,"),),
        examples=(
            Example(
                says="The listing decides, whatever the provision would say.",
                request=ask("11111", facts={"failed_therapy": True}),
                expect={
                    "coverage": "not-covered",
                    "stance": "investigational",
                    "reasons": ["listed of implants"],
                    "no_reasons": ["provision-met"],
                },
            ),
        ),
    ),
    Spec(
        id="claim-adjustments",
        title="The issuer names the codes of a claim's adjustment",
        quotes=(
            (
                "the CARC/RARC codes of a stance and line (investigational 55, not medically necessary 50, "
                "authorization absent 197),"
            ),
        ),
        check=_adjustments,
    ),
    Spec(
        id="settings",
        title="Which places of service and bill types are inpatient",
        quotes=(
            (
                "and which places of service and bill types are inpatient (default: places of service 21, 51, 61 and bill type "
                "11x; observation is outpatient)."
            ),
        ),
        check=_settings,
    ),
    Spec(
        id="contract-governs",
        title="What every answer to a person says",
        quotes=(
            (
                "A policy speaks of services, not of one member's benefits or of payment: every answer shown to a "
                "person says that "
                "the member's contract governs, and that bundling, units and add-on edits are not evaluated."
            ),
        ),
        check=_said_to_a_person,
    ),
    Spec(
        id="awaits-review",
        title="What the author of a policy file was not certain of is said with each answer",
        quotes=(
            (
                "Nothing is guessed: what the policy does not say, what the request does not tell, and what is not on file "
                "are three different, named answers."
            ),
        ),
        policies=(NOT_CERTAIN,),
        examples=(
            Example(
                says="Two places are marked for review; the answer counts them and is otherwise as it would be.",
                request=ask("11111", facts={"failed_therapy": True}),
                expect={"coverage": "covered", "notes": ["awaits-review: 2 marks"]},
            ),
            Example(
                says="An answer that does not rest on this policy says nothing of them.",
                request=ask("99999"),
                expect={"coverage": "not-addressed", "no_notes": ["awaits-review"]},
            ),
        ),
    ),
)
