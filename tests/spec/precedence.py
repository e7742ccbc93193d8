"""Specs of the design's section "Precedence"."""

from __future__ import annotations

from tests.spec.form import LEFT_OUT, Example, Spec, ask

COMMERCIAL = (
    "Commercial lines: law and mandate, the member's contract, the plan's policy, the issuer's defaults (such as one rule for "
    "all Category III CPT codes; none ships for BCBSMA)."
)
MEDICARE = (
    "Medicare Advantage: statute, NCD, LCD and article of the jurisdiction where the service is given, then the plan's policy "
    "only where Medicare's criteria are not fully established (42 CFR 422.101(b)(6)); a contract may only add."
)
NAMING_FIRST = "Within one rank a provision that names the code stands before a general one."
CONFLICT = "Two that apply and disagree on coverage: `indeterminate`, quoting both. Never silently picked."


def listing(number: str, stance: str, code: str = "0001T", head: str = "", body: str = "") -> str:
    """A policy that lists one code with a stance, deciding alone."""
    return f"""
number: "{number}"
{head}
code_listings:
  - {{id: listing-of-{number}, stance: {stance}, codes: ["{code}"]}}
{body}
"""


def lcd(stance: str, head: str = "", number: str = "L1") -> str:
    return listing(number, stance, head=f"issuer: cms\nauthority: lcd\n{head}")


def ncd(stance: str, head: str = "", number: str = "N1") -> str:
    return listing(number, stance, head=f"issuer: cms\nauthority: ncd\n{head}")


PLAN = listing("300", "investigational")
MANDATE_IF = """
number: "100"
authority: law
facts: [{id: cancer, type: boolean}]
provisions:
  - {id: mandate, stance: medically-necessary, procedures: ["0001T"], criteria: {fact: cancer}}
"""
CONTRACT_IF = MANDATE_IF.replace("authority: law", "authority: contract").replace("mandate", "rider")
DEFAULT = """
number: "900"
authority: issuer-default
provisions:
  - {id: category-iii, stance: not-medically-necessary, procedures: ["0001T-0999T"]}
"""
NOT_ESTABLISHED = """
issuer: cms
number: "N2"
authority: ncd
fully_established: false
facts: [{id: enrolled, type: boolean}]
provisions:
  - {id: coverage-in-trials, stance: medically-necessary, procedures: ["0001T"], criteria: {fact: enrolled}}
"""
NAMING = """
facts:
  - {id: pain, type: boolean}
  - {id: new_method, type: boolean}
provisions:
  - {id: general, stance: investigational, criteria: {fact: new_method}}
  - {id: naming, stance: medically-necessary, procedures: ["20001"], criteria: {fact: pain}}
code_listings:
  - {id: methods, decides: with-provisions, codes: ["20001", "20002"]}
"""
DISAGREE = """
facts:
  - {id: pain, type: boolean}
  - {id: new_method, type: boolean}
provisions:
  - {id: helps, stance: medically-necessary, criteria: {fact: pain}}
  - {id: new, stance: investigational, criteria: {fact: new_method}}
code_listings:
  - {id: methods, decides: with-provisions, codes: ["20001"]}
authorization: [{setting: outpatient, rule: auth-needed}]
"""


def medicare(*procedures: object, **fields: object) -> dict[str, object]:
    return ask(*procedures, line_of_business="medicare", **fields)


SPECS = (
    Spec(
        id="commercial-order",
        title="Commercial: each authority before the next",
        quotes=(COMMERCIAL,),
        policies=(
            listing("100", "medically-necessary", "10001", "authority: law"),
            listing("200", "investigational", "10001", "authority: contract"),
            listing("201", "medically-necessary", "10002", "authority: contract"),
            listing("300", "investigational", "10002"),
            listing("301", "investigational", "10003"),
            listing("400", "medically-necessary", "10003", "authority: issuer-default"),
            listing("401", "not-medically-necessary", "10004", "authority: issuer-default"),
        ),
        examples=(
            Example(
                says="A mandate before the contract.",
                request=ask("10001"),
                expect={"coverage": "covered", "policy": "100 at 2020-01", "no_reasons": ["conflict"]},
            ),
            Example(
                says="The contract before the plan's policy.",
                request=ask("10002"),
                expect={"coverage": "covered", "policy": "201 at 2020-01"},
            ),
            Example(
                says="The plan's policy before the issuer's defaults.",
                request=ask("10003"),
                expect={"coverage": "not-covered", "stance": "investigational", "policy": "301 at 2020-01"},
            ),
            Example(
                says="The defaults where nothing else speaks.",
                request=ask("10004"),
                expect={"coverage": "not-covered", "stance": "not-medically-necessary", "policy": "401 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="contract-excludes",
        title="A commercial contract may take away",
        quotes=(COMMERCIAL,),
        policies=(listing("200", "cosmetic", head="authority: contract"), listing("300", "medically-necessary")),
        examples=(
            Example(
                says="The plan's policy would cover; the contract does not.",
                request=ask("0001T"),
                expect={"coverage": "not-covered", "stance": "cosmetic", "policy": "200 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="mandate-with-criteria",
        title="A mandate speaks only where its criteria are met",
        quotes=(COMMERCIAL,),
        policies=(MANDATE_IF, PLAN),
        examples=(
            Example(
                says="They are: the mandate decides.",
                request=ask("0001T", facts={"cancer": True}),
                expect={"coverage": "covered", "reasons": ["provision-met of mandate"], "policy": "100 at 2020-01"},
            ),
            Example(
                says="They are not: the plan's policy decides.",
                request=ask("0001T", facts={"cancer": False}),
                expect={"coverage": "not-covered", "stance": "investigational", "policy": "300 at 2020-01"},
            ),
            Example(
                says="It is open whether the mandate applies, so its fact is asked.",
                request=ask("0001T"),
                expect={"coverage": "conditional", "questions": ["cancer"], "settles": {"cancer": ["mandate"]}},
            ),
        ),
    ),
    Spec(
        id="mandate-of-one-line",
        title="A mandate for some lines of business",
        quotes=(COMMERCIAL,),
        policies=(listing("100", "medically-necessary", head="authority: law", body="lines_of_business: [medicare]"), PLAN),
        examples=(
            Example(
                says="It does not name this line; the plan's policy decides.",
                request=ask("0001T"),
                expect={"coverage": "not-covered", "policy": "300 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="issuer-default",
        title="One rule for all Category III codes",
        quotes=("the issuer's defaults (such as one rule for all Category III CPT codes;",),
        policies=(DEFAULT, listing("300", "medically-necessary", "0005T")),
        examples=(
            Example(
                says="No policy names the code; the default does.",
                request=ask("0123T"),
                expect={
                    "coverage": "not-covered",
                    "stance": "not-medically-necessary",
                    "reasons": ["provision-met of category-iii"],
                },
            ),
            Example(
                says="The plan's policy stands before it.",
                request=ask("0005T"),
                expect={"coverage": "covered", "policy": "300 at 2020-01"},
            ),
            Example(
                says="A code of another kind within the same numbers (0050U, a laboratory analysis) is none of them.",
                request=ask("0050U"),
                expect={"coverage": "not-addressed"},
            ),
            Example(
                says="A Category I code is none of them.",
                request=ask("11111"),
                expect={"coverage": "not-addressed"},
            ),
        ),
    ),
    Spec(
        id="no-default-ships",
        title="No such default ships for BCBSMA",
        quotes=("none ships for BCBSMA).",),
        shipped=True,
        examples=(
            Example(
                says="A Category III code that no policy names.",
                request={"service_date": "2025-04-01", "line_of_business": "commercial-hmo-pos", "procedures": ["0999T"]},
                expect={"coverage": "not-addressed", "reasons": ["not-listed"]},
            ),
        ),
    ),
    Spec(
        id="ncd-before-plan",
        title="Medicare Advantage: an NCD stands before the plan's policy",
        quotes=(MEDICARE,),
        policies=(ncd("medically-necessary"), PLAN),
        examples=(
            Example(
                says="On the Medicare line.",
                request=medicare("0001T"),
                expect={
                    "coverage": "covered",
                    "policy": "N1 at 2020-01",
                    "no_notes": ["medicare-criteria-not-loaded"],
                    "no_reasons": ["listed of listing-of-300"],
                },
            ),
            Example(
                says="On a commercial line Medicare's word does not count.",
                request=ask("0001T"),
                expect={"coverage": "not-covered", "policy": "300 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="medicare-order",
        title="Medicare Advantage: statute, NCD, LCD",
        quotes=(MEDICARE,),
        policies=(
            listing("S1", "not-medically-necessary", "10001", "issuer: cms\nauthority: statute"),
            listing("N1", "medically-necessary", "10001", "issuer: cms\nauthority: ncd"),
            listing("N2", "medically-necessary", "10002", "issuer: cms\nauthority: ncd"),
            listing("L2", "not-medically-necessary", "10002", "issuer: cms\nauthority: lcd"),
            listing("A3", "medically-necessary", "10003", "issuer: cms\nauthority: article"),
            listing("300", "investigational", "10003"),
        ),
        examples=(
            Example(
                says="The statute before the NCD.",
                request=medicare("10001"),
                expect={"coverage": "not-covered", "policy": "S1 at 2020-01"},
            ),
            Example(
                says="The NCD before the LCD.",
                request=medicare("10002"),
                expect={"coverage": "covered", "policy": "N2 at 2020-01"},
            ),
            Example(
                says="An article before the plan's policy.",
                request=medicare("10003"),
                expect={"coverage": "covered", "policy": "A3 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="jurisdiction",
        title="An LCD holds where the service is given",
        quotes=(MEDICARE,),
        policies=(lcd("medically-necessary", "jurisdiction: [FL, GA]"), PLAN),
        examples=(
            Example(
                says="Within the jurisdiction.",
                request=medicare("0001T", service_state="FL"),
                expect={"coverage": "covered", "policy": "L1 at 2020-01"},
            ),
            Example(
                says="Outside it the plan's policy decides, and the answer says that Medicare's criteria are not loaded.",
                request=medicare("0001T", service_state="MA"),
                expect={"coverage": "not-covered", "policy": "300 at 2020-01", "notes": ["medicare-criteria-not-loaded"]},
            ),
            Example(
                says=(
                    "The state is not told: it decides, so it is asked. Where the member lives is not where the service is given."
                ),
                request=medicare("0001T", member={"state": "FL"}),
                expect={"coverage": "conditional", "questions": ["service_state"]},
            ),
        ),
    ),
    Spec(
        id="jurisdiction-agrees",
        title="A jurisdiction that changes nothing is not asked",
        quotes=("Equal coverage under every completion is given without asking;",),
        policies=(lcd("not-medically-necessary", "jurisdiction: [FL]"), PLAN),
        examples=(
            Example(
                says="Not covered in either case; the stances differ.",
                request=medicare("0001T"),
                expect={"coverage": "not-covered", "stance": LEFT_OUT, "questions": []},
            ),
        ),
    ),
    Spec(
        id="lcd-and-article",
        title="An LCD and an article are of one rank",
        quotes=(MEDICARE, CONFLICT),
        policies=(
            lcd("medically-necessary"),
            listing("A1", "not-medically-necessary", head="issuer: cms\nauthority: article"),
            listing("300", "investigational", "10001"),
        ),
        examples=(
            Example(
                says="They disagree.",
                request=medicare("0001T"),
                expect={
                    "coverage": "indeterminate",
                    "reasons": ["conflict", "listed of listing-of-L1", "listed of listing-of-A1"],
                },
            ),
        ),
    ),
    Spec(
        id="not-fully-established",
        title="Medicare's criteria that are not fully established may be completed",
        quotes=(MEDICARE,),
        policies=(
            NOT_ESTABLISHED,
            """
number: "300"
facts: [{id: failed_therapy, type: boolean}]
provisions:
  - id: plan
    stance: medically-necessary
    procedures: ["0001T"]
    criteria: {fact: failed_therapy}
    otherwise: not-medically-necessary
""",
        ),
        examples=(
            Example(
                says="The plan's criteria decide where it has some.",
                request=medicare("0001T", facts={"enrolled": True, "failed_therapy": False}),
                expect={"coverage": "not-covered", "policy": "300 at 2020-01"},
            ),
            Example(
                says="And where they are met.",
                request=medicare("0001T", facts={"enrolled": True, "failed_therapy": True}),
                expect={"coverage": "covered", "policy": "300 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="not-fully-established-alone",
        title="Not fully established, and the plan says nothing",
        quotes=(MEDICARE,),
        policies=(NOT_ESTABLISHED, "number: '300'\ncode_listings: [{id: x, stance: cosmetic, codes: ['10001']}]"),
        examples=(
            Example(
                says="Medicare's own word stands.",
                request=medicare("0001T", facts={"enrolled": True}),
                expect={"coverage": "covered", "policy": "N2 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="medicare-contract-adds",
        title="A Medicare Advantage contract may only add",
        quotes=("a contract may only add.",),
        policies=(
            ncd("not-medically-necessary"),
            CONTRACT_IF,
            listing("N3", "medically-necessary", "10002", "issuer: cms\nauthority: ncd"),
            listing("201", "cosmetic", "10002", "authority: contract"),
        ),
        examples=(
            Example(
                says="The contract covers what Medicare does not.",
                request=medicare("0001T", facts={"cancer": True}),
                expect={"coverage": "covered", "reasons": ["provision-met of rider"], "policy": "100 at 2020-01"},
            ),
            Example(
                says="It does not apply: Medicare's word stands.",
                request=medicare("0001T", facts={"cancer": False}),
                expect={"coverage": "not-covered", "policy": "N1 at 2020-01"},
            ),
            Example(
                says="Whether it adds is open, so it is asked.",
                request=medicare("0001T"),
                expect={"coverage": "conditional", "questions": ["cancer"]},
            ),
            Example(
                says="It takes nothing away.",
                request=medicare("10002"),
                expect={"coverage": "covered", "policy": "N3 at 2020-01", "no_reasons": ["listed of listing-of-201"]},
            ),
        ),
    ),
    Spec(
        id="medicare-criteria-not-loaded",
        title="Where no NCD or LCD is loaded",
        quotes=(
            (
                "Where no NCD or LCD is loaded the answer says so (note `medicare-criteria-not-loaded`, with the policy's own "
                '"NCD/LCD: NA").'
            ),
        ),
        policies=(PLAN + "\nidentifiers: [{system: ncd-lcd, value: NA}]",),
        examples=(
            Example(
                says="The plan's policy decides, and its own word on NCD and LCD is repeated.",
                request=medicare("0001T"),
                expect={"coverage": "not-covered", "notes": ["medicare-criteria-not-loaded: NA"]},
            ),
            Example(
                says="Not on a commercial line.",
                request=ask("0001T"),
                expect={"no_notes": ["medicare-criteria-not-loaded"]},
            ),
            Example(
                says="Also where no policy speaks.",
                request=medicare("99999"),
                expect={"coverage": "not-addressed", "notes": ["medicare-criteria-not-loaded"]},
            ),
        ),
    ),
    Spec(
        id="naming-before-general",
        title="A provision that names the code stands before a general one",
        quotes=(NAMING_FIRST,),
        policies=(NAMING,),
        examples=(
            Example(
                says="Both apply; the one that names the code decides.",
                request=ask("20001", facts={"pain": True, "new_method": True}),
                expect={
                    "coverage": "covered",
                    "reasons": ["provision-met of naming"],
                    "no_reasons": ["conflict", "provision-met of general"],
                },
            ),
            Example(
                says="It does not apply; the general one decides.",
                request=ask("20001", facts={"pain": False, "new_method": True}),
                expect={"coverage": "not-covered", "reasons": ["provision-met of general"]},
            ),
            Example(
                says="Of another code it does not speak.",
                request=ask("20002", facts={"pain": True, "new_method": True}),
                expect={
                    "coverage": "not-covered",
                    "reasons": ["provision-met of general"],
                    "no_reasons": ["provision-met of naming"],
                },
            ),
            Example(
                says="It applies: the general one need not be known.",
                request=ask("20001", facts={"pain": True}),
                expect={"coverage": "covered", "questions": []},
            ),
            Example(
                says="Whether it applies is open, and decides; if it does not, the general one does.",
                request=ask("20001", facts={"new_method": True}),
                expect={"coverage": "conditional", "questions": ["pain"]},
            ),
        ),
    ),
    Spec(
        id="naming-before-general-across-policies",
        title="Of two policies of one rank, too",
        quotes=(NAMING_FIRST,),
        policies=(
            """
number: "300"
provisions: [{id: general, stance: medically-necessary}]
code_listings: [{id: methods, decides: with-provisions, codes: ["20001"]}]
""",
            """
number: "301"
provisions: [{id: naming, stance: investigational, procedures: ["20001"]}]
""",
        ),
        examples=(
            Example(
                says="One policy lists the code beside its general provision; the other's provision names it.",
                request=ask("20001"),
                expect={"coverage": "not-covered", "reasons": ["provision-met of naming"], "policy": "301 at 2020-01"},
            ),
        ),
    ),
    Spec(
        id="naming-not-met-unlisted",
        title="A code in no listing that a provision names",
        quotes=(
            "A code in no listing: a provision that the given facts or products meet decides;",
            NAMING_FIRST,
        ),
        policies=(NAMING.replace('"20001", "20002"', '"20002"'),),
        examples=(
            Example(
                says="The provision that names it is met.",
                request=ask("20001", facts={"pain": True, "new_method": True}),
                expect={"coverage": "covered", "reasons": ["provision-met of naming"]},
            ),
            Example(
                says="It is not met; a general one is, by a given fact.",
                request=ask("20001", facts={"pain": False, "new_method": True}),
                expect={"coverage": "not-covered", "reasons": ["provision-met of general"]},
            ),
            Example(
                says="Neither is met.",
                request=ask("20001", facts={"pain": False, "new_method": False}),
                expect={"coverage": "not-addressed", "reasons": ["criteria-not-met of naming"]},
            ),
        ),
    ),
    Spec(
        id="conflict",
        title="Two that disagree on coverage",
        quotes=(CONFLICT,),
        policies=(DISAGREE,),
        examples=(
            Example(
                says="Both apply.",
                request=ask("20001", facts={"pain": True, "new_method": True}),
                expect={
                    "coverage": "indeterminate",
                    "prior_authorization": "indeterminate",
                    "stance": LEFT_OUT,
                    "reasons": ["conflict", "provision-met of helps", "provision-met of new"],
                    "cited": ["provision helps", "provision new"],
                    "basis": "on-file",
                    "questions": [],
                },
            ),
            Example(
                says="One applies.",
                request=ask("20001", facts={"pain": True, "new_method": False}),
                expect={"coverage": "covered", "no_reasons": ["conflict"]},
            ),
        ),
    ),
    Spec(
        id="conflict-of-two-policies",
        title="Two policies of one rank that disagree",
        quotes=(CONFLICT,),
        policies=(listing("300", "investigational"), listing("301", "medically-necessary")),
        examples=(
            Example(
                says="Both list the code.",
                request=ask("0001T"),
                expect={
                    "coverage": "indeterminate",
                    "reasons": ["conflict", "listed of listing-of-300", "listed of listing-of-301"],
                },
            ),
        ),
    ),
    Spec(
        id="agreement-of-two-policies",
        title="Two policies of one rank that agree on coverage",
        quotes=("provisions that differ in stance only leave the coverage, drop the stance and quote both.",),
        policies=(listing("300", "investigational"), listing("301", "cosmetic")),
        examples=(
            Example(
                says="Not covered by either; both are quoted.",
                request=ask("0001T"),
                expect={
                    "coverage": "not-covered",
                    "stance": LEFT_OUT,
                    "reasons": ["listed of listing-of-300", "listed of listing-of-301"],
                    "no_reasons": ["conflict"],
                },
            ),
        ),
    ),
    Spec(
        id="conflict-of-one-line",
        title="A conflict on one line of business",
        quotes=(CONFLICT,),
        policies=(
            listing("300", "investigational"),
            listing("301", "medically-necessary", body="lines_of_business: [medicare]"),
        ),
        examples=(
            Example(
                says="On the commercial line only one policy speaks.",
                request=ask("0001T"),
                expect={"coverage": "not-covered", "no_reasons": ["conflict"]},
            ),
            Example(says="On the other line both do.", request=medicare("0001T"), expect={"coverage": "indeterminate"}),
        ),
    ),
    Spec(
        id="conflict-hidden-by-rank",
        title="A conflict below a rank that decides is none",
        quotes=(COMMERCIAL,),
        policies=(
            listing("100", "medically-necessary", head="authority: law"),
            listing("300", "investigational"),
            listing("301", "medically-necessary"),
        ),
        examples=(
            Example(
                says="The mandate decides.",
                request=ask("0001T"),
                expect={"coverage": "covered", "policy": "100 at 2020-01", "no_reasons": ["conflict"]},
            ),
        ),
    ),
)
