"""The cases of a policy: whether it decides them as its author says, and what of the policy no case reaches.

Reached is a provision that decides in some case; a criterion or test that was seen met in one case and not met in another; a
code listing, a product list and an authorization rule that some case used. Every criterion of a provision that was weighed
counts, whether or not the answer depended on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from medpolicy.engines.case import cases as services_of
from medpolicy.engines.evaluation import evaluate
from medpolicy.engines.opinion import View, view_of
from medpolicy.errors import NotFound, PolicyFileError, RequestError
from medpolicy.explain.criteria import in_words
from medpolicy.formats.case_files import NO_STANCE, Expectation, PolicyCase, read_cases
from medpolicy.formats.requests import read_request
from medpolicy.library.library import Library
from medpolicy.model import criteria as c
from medpolicy.model.determination import Determination, ReasonCode, ServiceDetermination
from medpolicy.model.issuer import ListingRole
from medpolicy.model.policy import MedicalPolicy, Part, PolicyVersion, Provision
from medpolicy.model.request import Request
from medpolicy.model.truth import MET, NOT_MET, CriterionStatus
from medpolicy.review.determine import determination_of

CASES_FILE = "cases.yaml"
_DECIDING = (ReasonCode.PROVISION_MET, ReasonCode.PROVISION_OTHERWISE, ReasonCode.DELEGATED)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a case expected and did not get. `service` counts from 0; None where the case as a whole differs."""

    service: int | None
    axis: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case that was decided; it passed where nothing differs."""

    case: PolicyCase
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class Unreached:
    """Something of a policy's version that no case reaches: its kind, where it is, and what is missing."""

    version: str
    kind: str  # provision, criterion, code-listing, product-list, authorization
    place: str
    missing: str


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """What the cases of one policy came to. `counted` is how many things there were to reach."""

    issuer: str
    number: str
    results: tuple[CaseResult, ...]
    unreached: tuple[Unreached, ...]
    counted: int

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        return tuple(result for result in self.results if not result.passed)


def run_cases(policy: MedicalPolicy, cases: Sequence[PolicyCase], library: Library, *, engine: str = "compiled") -> PolicyTest:
    """Decide the cases of a policy with the library that it belongs to. A case is asked on its service date."""
    reach = _Reach(policy, library)
    results = []
    for case in cases:
        request = {"issuer": policy.issuer, **case.request}
        try:
            read = read_request(request, library)
        except RequestError as error:
            got = f"refused: {error.code} {error.field or ''}: {error.message}"
            results.append(CaseResult(case, (Difference(None, "answer", "an answer", got),)))
            continue
        determination = determination_of(read, library, as_of=read.service_date, engine=engine)
        results.append(CaseResult(case, tuple(_differences(case.expect, determination))))
        reach.note(read, determination)
    return PolicyTest(policy.issuer, policy.number, tuple(results), tuple(reach.missing()), reach.counted)


def cases_of(directory: Path) -> list[PolicyCase]:
    """The cases that lie beside a policy; none where there is no file. `PolicyFileError` with every fault of it."""
    file = directory / CASES_FILE
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise NotFound(f"{file}: {error.strerror}") from None
    found, faults = read_cases(data, str(file))
    if faults:
        raise PolicyFileError(faults)
    return found


# -- expectations -------------------------------------------------------------------------------------------------


def _differences(expected: Sequence[Expectation], determination: Determination) -> Iterator[Difference]:
    services = determination.services
    if len(expected) != len(services):
        yield Difference(None, "services", f"{len(expected)}", f"{len(services)}")
        return
    for at, (one, service) in enumerate(zip(expected, services, strict=True)):
        yield from _of_service(at, one, service)


def _of_service(at: int, expected: Expectation, service: ServiceDetermination) -> Iterator[Difference]:
    axes = (
        ("coverage", expected.coverage, service.coverage),
        ("stance", expected.stance, service.stance),
        ("prior_authorization", expected.prior_authorization, service.prior_authorization),
        ("basis", expected.basis, service.basis),
    )
    for axis, wanted, value in axes:
        got = NO_STANCE if value is None else str(value.value)
        if wanted is not None and wanted != got:
            yield Difference(at, axis, wanted, got)
    among = (
        ("reasons", expected.reasons, [reason.code.value for reason in service.reasons]),
        ("provisions", expected.provisions, [reason.rule for reason in service.reasons if reason.rule is not None]),
        ("notes", expected.notes, [note.code.value for note in service.notes]),
    )
    for axis, wanted_names, given in among:
        if wanted_names is not None and not set(wanted_names) <= set(given):
            yield Difference(at, axis, _listed(wanted_names), _listed(dict.fromkeys(given)))
    questions = [question.fact for question in service.questions]
    if expected.questions is not None and list(expected.questions) != questions:
        yield Difference(at, "questions", _listed(expected.questions), _listed(questions))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or NO_STANCE


# -- reach --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reach:
    """What the cases so far have reached of a policy."""

    policy: MedicalPolicy
    library: Library
    decided: set[tuple[str, str]] = field(default_factory=set)
    listings: set[tuple[str, str]] = field(default_factory=set)
    products: set[tuple[str, str]] = field(default_factory=set)
    rules: set[tuple[str, int]] = field(default_factory=set)
    seen: dict[tuple[str, str, str], set[CriterionStatus]] = field(default_factory=dict)
    counted: int = 0

    def note(self, request: Request, determination: Determination) -> None:
        position = self.library.keys.index((self.policy.issuer, self.policy.number))
        issuer = self.library.issuers[self.policy.issuer]
        line = self._line(request)
        for case, service in zip(services_of(request), determination.services, strict=True):
            self._note_reasons(service)
            if case.day < self.policy.first_day:
                continue
            view = view_of(position, self.policy, issuer, line, case, {})
            statements = view.part(Part.STATEMENTS).version
            if statements is None or line not in statements.lines_of_business:
                continue
            self._note_view(view)

    def _line(self, request: Request) -> str:
        """The policy's own line of business; for Medicare's policies, their line of the same programme."""
        if request.issuer == self.policy.issuer:
            return request.line_of_business
        asked = self.library.issuers[request.issuer].line(request.line_of_business)
        own = self.library.issuers[self.policy.issuer].lines_of_business
        return next((line.id for line in own if asked is not None and line.program is asked.program), "")

    def _note_reasons(self, service: ServiceDetermination) -> None:
        """What decided, by the reasons of the answer."""
        for reason in service.reasons:
            cited = reason.policy
            if cited is None or (cited.issuer, cited.number) != (self.policy.issuer, self.policy.number) or cited.version is None:
                continue
            if reason.rule is not None and reason.code in _DECIDING:
                self.decided.add((cited.version, reason.rule))
            if reason.rule is not None and reason.code is ReasonCode.LISTED:
                self.listings.add((cited.version, reason.rule))
            if reason.code is ReasonCode.AUTHORIZATION_RULE:
                version = next(version for version in self.policy.versions if version.version == cited.version)
                for at, rule in enumerate(version.authorization):
                    if (rule.text, rule.citation) == (reason.says, reason.citation):
                        self.rules.add((version.version, at))

    def _note_view(self, view: View) -> None:
        """What was weighed: every criterion of the provisions that may decide, and the lists that told something."""
        products = view.part(Part.PRODUCTS).version
        named = {product.name for product in view.known.products}
        for product_list in () if products is None else products.product_lists:
            if products is not None and named & {product.name for product in product_list.products}:
                self.products.add((products.version, product_list.id))
        coding = view.part(Part.CODING)
        if view.entry is not None and coding.on_file and coding.version is not None:
            self.listings.add((coding.version.version, view.entry[0].id))
        for provision in _weighed(view):
            version = view.part(provision.part).version
            assert version is not None, "a provision comes from a version"
            for place, node in _nodes(provision):
                self.seen.setdefault((version.version, provision.id, place), set()).add(evaluate(node, view.status))

    def missing(self) -> Iterator[Unreached]:
        """Everything that was not reached, in the order of the files."""
        for version in self.policy.versions:
            yield from self._missing_of(version)

    def _missing_of(self, version: PolicyVersion) -> Iterator[Unreached]:
        name = version.version
        for provision in version.provisions:
            self.counted += 1
            if (name, provision.id) not in self.decided:
                yield Unreached(name, "provision", provision.id, "decides in no case")
            for place, node in _nodes(provision):
                self.counted += 1
                seen = self.seen.get((name, provision.id, place), set())
                never = [status.value for status in (MET, NOT_MET) if status not in seen]
                if never:
                    yield Unreached(
                        name, "criterion", f"{provision.id}: {place}: {in_words(node)}", f"never {' and never '.join(never)}"
                    )
        for listing in version.code_listings:
            self.counted += 1
            if (name, listing.id) not in self.listings:
                yield Unreached(name, "code-listing", listing.id, "used by no case")
        for products in version.product_lists:
            self.counted += 1
            if (name, products.id) not in self.products:
                yield Unreached(name, "product-list", products.id, "used by no case")
        for at, rule in enumerate(version.authorization):
            self.counted += 1
            if (name, at) not in self.rules:
                place = f"authorization[{at}]: {rule.setting.value}, {', '.join(rule.lines_of_business)}"
                yield Unreached(name, "authorization", place, "used by no case")


def _weighed(view: View) -> list[Provision]:
    """The provisions that may decide the service, as the reference engine chooses them."""
    provisions = view.provisions()
    if view.case.code is None:
        return view.usable(provisions)
    if view.entry is not None and view.part(Part.CODING).on_file:
        listing = view.entry[0]
        if listing.role is ListingRole.ALONE:
            return []
        return view.usable(item for item in provisions if not listing.provisions or item.id in listing.provisions)
    naming = view.usable(item for item in provisions if item.procedures is not None)
    return naming or view.usable(provisions)


def _nodes(provision: Provision) -> Iterator[tuple[str, c.Criterion]]:
    """Every criterion of a provision with its path; an empty tree is no criterion."""
    for name, tree in (("when", provision.when), ("criteria", provision.criteria)):
        yield from _below(name, tree)


def _below(place: str, criterion: c.Criterion) -> Iterator[tuple[str, c.Criterion]]:
    children = c.children_of(criterion)
    if isinstance(criterion, c.AllOf | c.AnyOf | c.AtLeast | c.Not) and not children:
        return
    yield place, criterion
    match criterion:
        case c.AllOf():
            steps = [f"all[{at}]" for at in range(len(children))]
        case c.AnyOf():
            steps = [f"any[{at}]" for at in range(len(children))]
        case c.AtLeast():
            steps = [f"at_least_n.of[{at}]" for at in range(len(children))]
        case _:
            steps = ["not"] * len(children)
    for step, child in zip(steps, children, strict=True):
        yield from _below(f"{place}.{step}", child)
