"""Random issuers, policies and requests, small enough that every rule is met often.

Codes, facts, products and days come from short lists, so that requests hit what the policies say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from medpolicy.library.library import Library, library_of
from medpolicy.model import criteria as c
from medpolicy.model.citation import Citation, Rendition
from medpolicy.model.codes import CodeSet, CodeSystem, parse_code_range
from medpolicy.model.facts import Choice, FactDefinition, FactType
from medpolicy.model.issuer import Coverage, Issuer, LineOfBusiness, ListingRole, Program, Setting, Stance
from medpolicy.model.period import Duration, DurationUnit, PartialDate
from medpolicy.model.policy import (
    Authority,
    AuthorizationRequirement,
    AuthorizationRule,
    CodeListing,
    Delegation,
    HistoryEvent,
    Identifier,
    ListedCode,
    MedicalPolicy,
    Part,
    PolicyVersion,
    Product,
    ProductList,
    Provision,
    RelatedPolicy,
    SourceConflict,
)
from medpolicy.model.quantity import Quantity

SHA = "0" * 64
LINES = ("first-commercial", "first-medicare")
CODES = ("11111", "22222", "33333", "A4444", "0555T")
PRODUCTS = ("Alpha", "Beta®", "Gamma Matrix")
STATES = ("FL", "MA")
DIAGNOSES = ("I83.001", "I87.2", "M17.0", "M17.11")
SCALE = ("C0", "C1", "C2")
DAYS = tuple(date(2020 + month // 12, month % 12 + 1, 1) for month in range(0, 48, 4))


def citation(line: int = 1) -> Citation:
    return Citation(section="S", first_line=line, last_line=line, sha256=SHA, rendition=SHA)


FACTS = (
    FactDefinition(id="flag", type=FactType.BOOLEAN, ask="Flag?", citation=citation()),
    FactDefinition(id="other_flag", type=FactType.BOOLEAN, ask="Other?", citation=citation()),
    FactDefinition(
        id="grade",
        type=FactType.CHOICE,
        ask="Grade?",
        citation=citation(),
        choices=tuple(Choice(value=value, meaning=value) for value in SCALE),
        ordered=True,
    ),
    FactDefinition(id="size", type=FactType.NUMBER, ask="Size?", citation=citation(), unit="mm"),
    FactDefinition(id="since", type=FactType.DATE, ask="Since?", citation=citation()),
    FactDefinition(id="lasted", type=FactType.DURATION, ask="How long?", citation=citation(), unit="months"),
)

comparators = st.sampled_from(c.Comparator)
durations = st.sampled_from(
    (
        Duration(Fraction(6), DurationUnit.WEEKS),
        Duration(Fraction(3), DurationUnit.MONTHS),
        Duration(Fraction(90), DurationUnit.DAYS),
        Duration(Fraction(1), DurationUnit.YEARS),
    )
)


def _codes(*texts: str) -> CodeSet:
    return CodeSet(tuple(parse_code_range(CodeSystem.ICD_10_CM, text) for text in texts))


tests = st.one_of(
    st.builds(c.FactIs, fact=st.sampled_from(("flag", "other_flag")), value=st.booleans()),
    st.builds(
        c.FactOneOf,
        fact=st.just("grade"),
        values=st.lists(st.sampled_from(SCALE), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    st.builds(c.ScaleCompares, fact=st.just("grade"), comparator=comparators, value=st.sampled_from(SCALE), scale=st.just(SCALE)),
    st.builds(
        c.QuantityCompares,
        fact=st.just("size"),
        comparator=comparators,
        threshold=st.sampled_from((Quantity(Fraction(3), "mm"), Quantity(Fraction(1, 2), "cm"))),
    ),
    st.builds(c.DateCompares, fact=st.just("since"), comparator=comparators, day=st.sampled_from(DAYS[:4])),
    st.builds(c.ElapsedCompares, fact=st.sampled_from(("since", "lasted")), comparator=comparators, threshold=durations),
    st.builds(c.AgeCompares, comparator=comparators, years=st.sampled_from((0, 18, 65))),
    st.builds(c.SexIs, sex=st.sampled_from(("female", "male"))),
    st.builds(c.DiagnosisIn, codes=st.sampled_from((_codes("I83.001-I83.899"), _codes("M17.*"), _codes("I87.2", "M17.0")))),
    st.builds(c.ProcedureIn, codes=st.sampled_from((CodeSet((parse_code_range(CodeSystem.CPT, "11111-22222"),)),))),
    st.builds(c.ProductIn, products=st.sampled_from((("alpha",), ("beta", "gamma matrix")))),
    st.builds(c.ServiceStateIn, states=st.sampled_from((("FL",), ("FL", "MA")))),
)


def _above(children: st.SearchStrategy[c.Criterion]) -> st.SearchStrategy[c.Criterion]:
    several = st.lists(children, min_size=0, max_size=3).map(tuple)
    return st.one_of(
        st.builds(c.AllOf, of=several),
        st.builds(c.AnyOf, of=several),
        st.builds(c.Not, of=children),
        st.lists(children, min_size=1, max_size=3).flatmap(
            lambda of: st.builds(c.AtLeast, count=st.integers(1, len(of)), of=st.just(tuple(of)))
        ),
    )


criteria = st.recursive(tests, _above, max_leaves=5)
lines = st.sampled_from((LINES, LINES[:1], LINES[1:]))
some_facts = st.fixed_dictionaries(
    {},
    optional={
        "flag": st.booleans(),
        "other_flag": st.booleans(),
        "grade": st.sampled_from(SCALE),
        "size": st.just(Quantity(Fraction(4), "mm")),
    },
)


@st.composite
def provisions(draw: st.DrawFn, number: int) -> Provision:
    stance = draw(st.sampled_from(Stance))
    return Provision(
        id=f"statement-{number}",
        text=f"Statement {number}.",
        stance=stance,
        citation=citation(number + 1),
        lines_of_business=draw(lines),
        when=draw(st.one_of(st.just(c.ALWAYS), criteria)),
        criteria=draw(st.one_of(criteria, criteria, st.just(c.ALWAYS))),
        otherwise=draw(st.sampled_from((None, None, Stance.COSMETIC, Stance.MEDICALLY_NECESSARY))),
        otherwise_text=draw(st.sampled_from((None, "Otherwise."))),
        otherwise_citation=draw(st.sampled_from((None, citation(9)))),
        procedures=draw(st.sampled_from((None, None, None, CodeSet((parse_code_range(CodeSystem.CPT, "11111-33333"),))))),
        delegated_to=(Delegation(kind="lcd", title="An LCD", identifier="L1"),) if stance is Stance.DELEGATED else (),
        part=draw(st.sampled_from((Part.STATEMENTS, Part.STATEMENTS, Part.PROGRAM_EXCEPTIONS))),
    )


@st.composite
def code_listings(draw: st.DrawFn, names: tuple[str, ...]) -> tuple[CodeListing, ...]:
    found = []
    for number, code in enumerate(draw(st.lists(st.sampled_from(CODES), unique=True, max_size=3))):
        role = draw(st.sampled_from(ListingRole))
        alone = role is ListingRole.ALONE
        found.append(
            CodeListing(
                id=f"listing-{number}",
                system=CodeSystem.CPT,
                role=role,
                text=f"Listing {number}.",
                citation=citation(20 + number),
                codes=(ListedCode(code=code, citation=citation(30 + number), implies=draw(some_facts)),),
                lines_of_business=draw(lines),
                stance=draw(st.sampled_from((Stance.INVESTIGATIONAL, Stance.MEDICALLY_NECESSARY))) if alone else None,
                provisions=tuple(draw(st.lists(st.sampled_from(names), unique=True, max_size=2))) if names else (),
            )
        )
    return tuple(found)


@st.composite
def versions(draw: st.DrawFn, start: date) -> PolicyVersion:
    statements = tuple(draw(provisions(number)) for number in range(draw(st.integers(0, 3))))
    names = tuple(statement.id for statement in statements)
    products = tuple(
        Product(name=name, manufacturer="M", citation=citation(40), implies=draw(some_facts))
        for name in draw(st.lists(st.sampled_from(PRODUCTS), unique=True, max_size=2))
    )
    rules = tuple(
        AuthorizationRule(
            setting=setting,
            lines_of_business=LINES,
            requirement=draw(st.sampled_from(AuthorizationRequirement)),
            text=f"Rule for {setting.value}.",
            citation=citation(50),
            procedures=draw(st.sampled_from((None, CodeSet((parse_code_range(CodeSystem.CPT, "11111"),))))),
        )
        for setting in draw(st.lists(st.sampled_from(Setting), unique=True, max_size=2))
    )
    conflicts = tuple(
        SourceConflict(
            id="conflict", product=product.name, part=Part.SUPPLEMENT, text="Conflicts.", citations=(citation(60), citation(61))
        )
        for product in products[:1]
    )
    return PolicyVersion(
        version=start.isoformat(),
        effective=PartialDate(start.year, start.month, start.day),
        rendition=Rendition(sha256=SHA, media_type="text/plain", lines=100),
        lines_of_business=draw(st.sampled_from((LINES, LINES, LINES[:1]))),
        lines_of_business_citation=citation(),
        facts=FACTS,
        provisions=statements,
        product_lists=(ProductList(id="list", provision="statement-0", citation=citation(), products=products),)
        if products
        else (),
        code_listings=draw(code_listings(names)),
        authorization=rules,
        source_conflicts=conflicts,
    )


_PARTS = (Part.STATEMENTS, Part.CODING, Part.PRODUCTS, Part.AUTHORIZATION, Part.SUPPLEMENT, Part.PROGRAM_EXCEPTIONS)


@st.composite
def events(draw: st.DrawFn, day: date, first: bool) -> HistoryEvent:
    touched = frozenset(_PARTS) if first else draw(st.frozensets(st.sampled_from(_PARTS), max_size=2))
    return HistoryEvent(
        date=PartialDate(day.year, day.month, draw(st.sampled_from((None, day.day)))),
        text=f"Event of {day}.",
        citation=citation(70),
        review=draw(st.booleans()),
        touches=touched,
        unchanged=draw(st.frozensets(st.sampled_from(_PARTS), max_size=3)) - touched,
        codes_added=tuple(draw(st.lists(st.sampled_from(CODES), unique=True, max_size=1))),
        codes_removed=tuple(draw(st.lists(st.sampled_from(CODES), unique=True, max_size=1))),
    )


@st.composite
def policies(draw: st.DrawFn, issuer: str, number: str, authorities: Iterable[Authority]) -> MedicalPolicy:
    days = sorted(draw(st.lists(st.sampled_from(DAYS), unique=True, min_size=1, max_size=5)))
    history = tuple(draw(events(day, first=at == 0)) for at, day in enumerate(days))
    starts = sorted(draw(st.lists(st.sampled_from(days), unique=True, max_size=2)))
    authority = draw(st.sampled_from(tuple(authorities)))
    return MedicalPolicy(
        issuer=issuer,
        number=number,
        title=f"Policy {number}",
        rendition=Rendition(sha256=SHA, media_type="text/plain", lines=100),
        history=history,
        versions=tuple(draw(versions(start)) for start in starts),
        authority=authority,
        identifiers=(Identifier(system="ncd-lcd", value="NA", citation=citation()),),
        related=(RelatedPolicy(number="999", title="Another", citation=citation()),),
        review_months=draw(st.sampled_from((None, 12))),
        jurisdiction=draw(st.sampled_from(((), ("FL",)))) if authority is Authority.LCD else (),
        fully_established=draw(st.booleans()),
    )


def issuer_of(name: str, lines: tuple[str, ...] = LINES) -> Issuer:
    programs = (Program.COMMERCIAL, Program.MEDICARE_ADVANTAGE)
    return Issuer(
        id=name,
        name=name.title(),
        lines_of_business=tuple(
            LineOfBusiness(id=line, name=line, program=program) for line, program in zip(lines, programs, strict=True)
        ),
        coverage_by_stance={
            Stance.MEDICALLY_NECESSARY: Coverage.COVERED,
            Stance.NOT_MEDICALLY_NECESSARY: Coverage.NOT_COVERED,
            Stance.INVESTIGATIONAL: Coverage.NOT_COVERED,
            Stance.COSMETIC: Coverage.NOT_COVERED,
        },
    )


_OWN = (Authority.PLAN_POLICY, Authority.PLAN_POLICY, Authority.PLAN_POLICY, Authority.CONTRACT, Authority.LAW)
_MEDICARE = (Authority.NCD, Authority.LCD, Authority.ARTICLE, Authority.STATUTE)


@st.composite
def libraries(draw: st.DrawFn) -> Library:
    """One policy most often, else two of one issuer, else one and one of Medicare's."""
    shape = draw(st.sampled_from(("one", "one", "one", "two", "medicare")))
    found = [draw(policies("first", "1", _OWN if shape != "one" else (Authority.PLAN_POLICY,)))]
    issuers = [issuer_of("first")]
    if shape == "two":
        found.append(draw(policies("first", "2", _OWN)))
    if shape == "medicare":
        issuers.append(issuer_of("cms", ("cms-commercial", LINES[1])))
        found.append(draw(policies("cms", "L1", _MEDICARE)))
    return library_of(issuers, found, "sha256:" + SHA)


_facts_told = st.fixed_dictionaries(
    {},
    optional={
        "flag": st.booleans(),
        "other_flag": st.booleans(),
        "grade": st.sampled_from(SCALE),
        "size": st.sampled_from(({"value": 2.9, "unit": "mm"}, {"value": 0.3, "unit": "cm"}, {"value": 6, "unit": "mm"})),
        "since": st.sampled_from(("2019-12-31", "2020-01-01", "2021-02-28")),
        "lasted": st.sampled_from(
            (
                {"value": 90, "unit": "days"},
                {"value": 3, "unit": "months"},
                {"value": 2, "unit": "years"},
                {"since": "2020-11-30"},
            )
        ),
    },
)
_products_told = st.lists(st.sampled_from((*PRODUCTS, "beta", "Unknown Graft")), max_size=2)
_procedures = st.one_of(
    st.sampled_from((*CODES, "99999", "11111-RT")),
    st.fixed_dictionaries(
        {"code": st.sampled_from((*CODES, "99999"))}, optional={"products": _products_told, "facts": _facts_told}
    ),
)


@st.composite
def requests(draw: st.DrawFn, library: Library) -> dict[str, Any]:
    """A request as a dict; it always has something to ask about."""
    request: dict[str, Any] = {
        "id": "r",
        "issuer": "first",
        "service_date": draw(st.dates(date(2019, 6, 1), date(2025, 12, 31))).isoformat(),
        "line_of_business": draw(st.sampled_from(LINES)),
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "setting": st.sampled_from(("inpatient", "outpatient")),
                    "procedures": st.lists(_procedures, min_size=1, max_size=3),
                    "diagnoses": st.lists(st.sampled_from(DIAGNOSES), max_size=2),
                    "products": _products_told,
                    "member": st.fixed_dictionaries(
                        {}, optional={"age": st.sampled_from((0, 18, 64, 70)), "sex": st.sampled_from(("female", "other"))}
                    ),
                    "service_state": st.sampled_from(STATES),
                },
            )
        ),
    }
    known = library.index["first"].fact_forms
    told = draw(_facts_told)
    if known:
        request["facts"] = told
    else:  # a library whose policies have no version on file asks nothing
        for procedure in request.get("procedures", ()):
            if isinstance(procedure, dict):
                procedure.pop("facts", None)
    if not (request.get("procedures") or request.get("products") or request.get("facts")):
        request["procedures"] = [draw(st.sampled_from(CODES))]
    return request
