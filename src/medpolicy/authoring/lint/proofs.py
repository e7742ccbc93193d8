"""What can be proved of provisions, over every combination of what their criteria ask, by the engine's decision diagrams.

Proved are provisions that can never apply, two that apply together with different stances, and gaps that neither a provision nor
an `otherwise` covers. Each finding comes with a request that was put to the engine and showed what is claimed; what no
request shows is not reported.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from medpolicy.authoring.diff.code_axis import code_groups
from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.candidates import Variable, fact_json, variable_of
from medpolicy.authoring.lint.families import Pair, Side, families, gaps_of_services
from medpolicy.authoring.lint.findings import Finding, FindingKind, Place
from medpolicy.authoring.lint.subject import Subject
from medpolicy.engines import compiled
from medpolicy.engines.completions import bare
from medpolicy.engines.diagram import Diagrams
from medpolicy.engines.standing import place_of
from medpolicy.errors import InvalidModel, RequestError
from medpolicy.formats.requests import read_request
from medpolicy.model import criteria as c
from medpolicy.model.determination import ReasonCode, ServiceDetermination
from medpolicy.model.facts import RESERVED_SUBJECTS, FactDefinition, FactType, FactValue
from medpolicy.model.issuer import Coverage, ListingRole, Setting, Stance
from medpolicy.model.period import Duration, DurationUnit
from medpolicy.model.policy import PolicyVersion, Provision
from medpolicy.model.quantity import Quantity

_APPLIED = frozenset((ReasonCode.PROVISION_MET, ReasonCode.PROVISION_OTHERWISE, ReasonCode.DELEGATED))
Shows = Callable[[ServiceDetermination], bool]
_Path = Mapping[int, int]  # variable: the number of its value


def proofs(subject: Subject) -> Iterator[Finding]:
    """Everything that can be proved of the provisions of each version, line of business by line of business."""
    for version in subject.policy.versions:
        alone: dict[str, Finding] = {}  # most lines of business have the same provisions, so the first tells
        pairs: dict[tuple[str, str], Pair] = {}
        for line in version.lines_of_business:
            provisions = [provision for provision in version.provisions if line in provision.lines_of_business]
            if not provisions:
                continue
            try:
                weighed = _Weighed(subject, version, line, provisions)
                alone.update(weighed.of_one(alone))
                pairs.update(weighed.pairs(pairs))
            except InvalidModel as error:
                place = subject.place(version, "provisions", version.lines_of_business_citation, line)
                yield Finding(kind=f.NOT_DECIDED, message=f"For {line} nothing could be proved: {error}", places=(place,))
        yield from (finding for finding in alone.values() if finding.kind is not f.GAP)
        yield from gaps_of_services([finding for finding in alone.values() if finding.kind is f.GAP])
        yield from families(list(pairs.values()))


def exclude_each_other(subject: Subject, version: PolicyVersion, one: Provision, other: Provision) -> bool:
    """Whether it is proved that no service can fall under both: by line of business, codes or what their criteria ask."""
    lines = [line for line in one.lines_of_business if line in other.lines_of_business]
    if not lines or not _may_meet(one, other):
        return True
    try:
        return _Weighed(subject, version, lines[0], (one, other)).are_apart
    except InvalidModel:
        return False


@dataclass(frozen=True, slots=True)
class _Roots:
    """The diagrams of a provision: whether it speaks, whether its criteria are met, and the stance that it takes, or None."""

    when: int
    criteria: int
    taken: int


class _Weighed:
    """The provisions of a version for one line of business, as decision diagrams."""

    def __init__(self, subject: Subject, version: PolicyVersion, line: str, provisions: Sequence[Provision]) -> None:
        self.subject = subject
        self.version = version
        self.line = line
        self.provisions = provisions
        self.day = version.effective.first_day
        self.variables = self._variables()
        self._place = {
            test: (at, number) for at, variable in enumerate(self.variables) for number, test in enumerate(variable.tests)
        }
        self.diagrams = Diagrams([len(variable.values) for variable in self.variables])
        self.roots = [self._roots(provision) for provision in provisions]

    def of_one(self, told: Container[str]) -> dict[str, Finding]:
        """What is proved of a single provision, by its id; nothing of those that are told already."""
        found = {
            provision.id: self._never(at) or self._gap(at)
            for at, provision in enumerate(self.provisions)
            if provision.id not in told
        }
        return {name: finding for name, finding in found.items() if finding is not None}

    def pairs(self, told: Container[tuple[str, str]]) -> dict[tuple[str, str], Pair]:
        """The provisions that apply together with different stances, by their ids; none of those that are told already."""
        found = {
            (one.id, other.id): self._together(at, at + 1 + offset)
            for at, one in enumerate(self.provisions)
            for offset, other in enumerate(self.provisions[at + 1 :])
            if (one.id, other.id) not in told
        }
        return {names: pair for names, pair in found.items() if pair is not None}

    @property
    def are_apart(self) -> bool:
        """Whether no two of the provisions can apply together."""
        taken = [roots.taken for roots in self.roots]
        pairs = (self.diagrams.combined(_both, one, other) for at, one in enumerate(taken) for other in taken[at + 1 :])
        return all(True not in self.diagrams.ends(pair, {}) for pair in pairs)

    # -- what is proved -----------------------------------------------------------------------------------------

    def _never(self, at: int) -> Finding | None:
        provision, roots = self.provisions[at], self.roots[at]
        ends = self.diagrams.ends(roots.taken, {})
        if provision.stance in ends:
            return None
        if ends == {None}:
            message = f"{provision.id} can never apply: no combination of what its criteria ask meets them."
        else:
            message = f"{provision.id} can never be {provision.stance.value}: no combination of what its criteria ask meets them."
        nearest = self._as_met_as_can_be(provision)

        def shows(answer: ServiceDetermination) -> bool:
            return not any(reason.rule == provision.id and reason.code is ReasonCode.PROVISION_MET for reason in answer.reasons)

        return self._found(f.PROVISION_NEVER_APPLIES, message, provision, nearest, shows)

    def _gap(self, at: int) -> Finding | None:
        provision, roots = self.provisions[at], self.roots[at]
        has_scope = provision.when != c.ALWAYS or provision.procedures is not None
        is_covering = self.subject.issuer.coverage_of(provision.stance) is Coverage.COVERED
        if provision.otherwise is not None or provision.criteria == c.ALWAYS or not (has_scope or is_covering):
            return None
        diagrams = self.diagrams
        root = diagrams.combined(lambda when, met: bool(when) and not met, roots.when, roots.criteria)
        for other, its_roots in zip(self.provisions, self.roots, strict=True):
            if _may_meet(provision, other):
                root = diagrams.combined(lambda gap, taken: bool(gap) and taken is None, root, its_roots.taken)
        path = self._path_to(root, lambda end: end is True)
        if path is None:
            return None
        message = f"{provision.id} speaks to this service and its criteria are not met; nothing says what holds then."

        def shows(answer: ServiceDetermination) -> bool:
            codes = {reason.code for reason in answer.reasons}
            return answer.coverage is Coverage.NOT_ADDRESSED and ReasonCode.CRITERIA_NOT_MET in codes

        return self._found(f.GAP, message, provision, path, shows)

    def _together(self, at: int, offset: int) -> Pair | None:
        one, other = self.provisions[at], self.provisions[offset]
        if (one.procedures is None) is not (other.procedures is None) or not _may_meet(one, other):
            return None  # one that names the code stands before a general one
        pair = self.diagrams.combined(_pair, self.roots[at].taken, self.roots[offset].taken)
        path = self._path_to(pair, self._is_conflict)
        if path is None:
            path = self._path_to(pair, lambda end: end is not None)
        if path is None:
            return None
        end = self._end(pair, path)
        is_conflict = self._is_conflict(end)

        def shows(answer: ServiceDetermination) -> bool:
            applied = {reason.rule for reason in answer.reasons if reason.code in _APPLIED}
            is_open = answer.coverage is Coverage.INDETERMINATE
            return {one.id, other.id} <= applied and answer.stance is None and is_open is is_conflict

        request = self._request((one, other), path, shows)
        if request is None:
            return None
        assert isinstance(end, tuple)
        coverage_of = self.subject.issuer.coverage_of
        first, second = (
            Side(provision=provision, stance=stance, coverage=coverage_of(stance), place=self._quoted(provision))
            for provision, stance in zip((one, other), end, strict=True)
        )
        return Pair((first, second), request)

    def _is_conflict(self, end: Hashable) -> bool:
        return isinstance(end, tuple) and len({self.subject.issuer.coverage_of(stance) for stance in end}) > 1

    # -- the request that shows it ------------------------------------------------------------------------------

    def _found(self, kind: FindingKind, message: str, provision: Provision, path: _Path, shows: Shows) -> Finding | None:
        """The finding, with the first request that shows it; None where none does."""
        request = self._request((provision,), path, shows)
        return (
            None if request is None else Finding(kind=kind, message=message, places=(self._quoted(provision),), request=request)
        )

    def _request(self, provisions: Sequence[Provision], path: _Path, shows: Shows) -> dict[str, Any] | None:
        """The first request along the path whose answer shows what is claimed; None where none does."""
        # What the path leaves out makes no difference, and is unknown without a value: `grade at least the lowest` is met by any.
        whole = {at: path.get(at, 0) for at, variable in enumerate(self.variables) if variable.values}
        for request in (one for told in (path, whole) for one in self._requests(provisions, told)):
            try:
                read = read_request(request, self.subject.library)
            except RequestError:
                continue  # such as a request with nothing in it but an age
            answer = compiled.determine(read, self.subject.library, as_of=self.day, engine="lint").services[0]
            if shows(answer):
                return request
        return None

    def _requests(self, provisions: Sequence[Provision], path: _Path) -> Iterator[dict[str, Any]]:
        values = {self.variables[at].subject: self.variables[at].values[number] for at, number in path.items()}
        request: dict[str, Any] = {
            "issuer": self.subject.policy.issuer,
            "service_date": self.day.isoformat(),
            "line_of_business": self.line,
            "setting": Setting.OUTPATIENT.value,
        }
        facts = {subject: fact_json(value) for subject, value in values.items() if subject not in RESERVED_SUBJECTS}  # type: ignore[arg-type]  # a fact's own values
        if facts:
            request["facts"] = facts
        member = {key: values[key] for key in ("age", "sex") if key in values}
        if member:
            request["member"] = member
        for key in ("diagnoses", "products"):
            if key in values:
                request[key] = list(values[key])  # type: ignore[call-overload]  # a tuple of codes or names
        if "service_state" in values:
            request["service_state"] = values["service_state"]
        elif self.subject.policy.jurisdiction:
            request["service_state"] = self.subject.policy.jurisdiction[0]
        for code in self._procedures(provisions, values):
            yield request if code is None else {**request, "procedures": [code]}
        if not facts and "products" not in request:
            # No request is about an age or a diagnosis alone; it is where it tells something that nothing here asks, too.
            yield from (
                {**request, "facts": {fact.id: fact_json(_some_value(fact, self.day))}} for fact in self.version.facts[:1]
            )

    def _procedures(self, provisions: Sequence[Provision], values: Mapping[str, object]) -> Iterator[str | None]:
        """Codes to ask with, the best first: one that the criteria or provisions name, none, one that provisions decide."""
        if "procedure" in values:
            yield str(values["procedure"])
            return
        named = [provision.procedures for provision in provisions if provision.procedures is not None]
        if named:
            codes = (group.example for group in code_groups((), named))
            yield from (code for code in codes if all(code in other for other in named))
            return
        yield None
        for listing in self.version.code_listings:
            if listing.role is ListingRole.WITH_PROVISIONS and self.line in listing.lines_of_business:
                yield from (entry.code for entry in listing.codes)

    def _quoted(self, provision: Provision) -> Place:
        return self.subject.place(self.version, f"provisions[{provision.id}]", provision.citation, provision.text)

    # -- diagrams -----------------------------------------------------------------------------------------------

    def _variables(self) -> tuple[Variable, ...]:
        tests: dict[str, dict[c.Test, None]] = {}
        for provision in self.provisions:
            for tree in (provision.when, provision.criteria):
                for test in c.tests_in(tree):
                    tests.setdefault(c.subject_of(test), {})[bare(test)] = None
        definitions = {definition.id: definition for definition in self.version.facts}
        ordered = sorted(tests, key=lambda subject: place_of(subject, self.version.facts))
        states = self.subject.policy.jurisdiction
        return tuple(
            variable_of(subject, tuple(tests[subject]), definitions.get(subject), self.day, states) for subject in ordered
        )

    def _roots(self, provision: Provision) -> _Roots:
        when, criteria = self._diagram(provision.when), self._diagram(provision.criteria)

        def taken(speaks: Hashable, met: Hashable) -> Stance | None:
            return None if not speaks else provision.stance if met else provision.otherwise

        return _Roots(when, criteria, self.diagrams.combined(taken, when, criteria))

    def _diagram(self, criterion: c.Criterion) -> int:
        diagrams = self.diagrams
        match criterion:
            case c.AllOf() | c.AnyOf() | c.AtLeast():
                count = diagrams.end(0)
                for child in criterion.of:
                    count = diagrams.combined(_plus, count, self._diagram(child))
                needed = _needed(criterion)
                return diagrams.mapped(lambda found: isinstance(found, int) and found >= needed, count)
            case c.Not():
                return diagrams.mapped(lambda met: not met, self._diagram(criterion.of))
            case _:
                at, number = self._place[bare(criterion)]
                ends = tuple(diagrams.end(outcome[number]) for outcome in self.variables[at].outcomes)
                return diagrams.choice(at, ends)

    def _path_to(self, root: int, is_wanted: Callable[[Hashable], bool]) -> dict[int, int] | None:
        """The shortest combination of values that leads to a wanted end; of each variable the first that does."""
        diagrams = self.diagrams
        memo: dict[int, dict[int, int] | None] = {}

        def follow(node: int) -> dict[int, int] | None:
            if node not in memo:
                below = diagrams.below[node]
                if not below:
                    memo[node] = {} if is_wanted(diagrams.value[node]) else None
                else:
                    found = [
                        {diagrams.variable[node]: number, **path}
                        for number, child in enumerate(below)
                        if (path := follow(child)) is not None
                    ]
                    memo[node] = min(found, key=len, default=None)
            return memo[node]

        return follow(root)

    def _end(self, root: int, path: _Path) -> Hashable:
        (end,) = self.diagrams.ends(root, {at: (number,) for at, number in path.items()})
        return end

    def _as_met_as_can_be(self, provision: Provision) -> dict[int, int]:
        """For each subject of the provision the value that meets the most of its tests there."""
        own = {bare(test) for tree in (provision.when, provision.criteria) for test in c.tests_in(tree)}
        best = {}
        for at, variable in enumerate(self.variables):
            if own & set(variable.tests):
                counts = [
                    sum(met for test, met in zip(variable.tests, outcome, strict=True) if test in own)
                    for outcome in variable.outcomes
                ]
                best[at] = counts.index(max(counts))
        return best


def _some_value(fact: FactDefinition, day: date) -> FactValue:
    match fact.type:
        case FactType.BOOLEAN:
            return True
        case FactType.CHOICE:
            return fact.scale[0]
        case FactType.NUMBER:
            return Quantity(Fraction(1), fact.unit or "1")
        case FactType.DURATION:
            return Duration(Fraction(1), DurationUnit(fact.unit))
        case FactType.DATE:
            return day


def _needed(criterion: c.AllOf | c.AnyOf | c.AtLeast) -> int:
    if isinstance(criterion, c.AtLeast):
        return criterion.count
    return len(criterion.of) if isinstance(criterion, c.AllOf) else 1


def _plus(count: Hashable, met: Hashable) -> Hashable:
    assert isinstance(count, int)
    return count + bool(met)


def _both(one: Hashable, other: Hashable) -> Hashable:
    return one is not None and other is not None


def _pair(one: Hashable, other: Hashable) -> Hashable:
    return None if one is None or other is None or one is other else (one, other)


def _may_meet(one: Provision, other: Provision) -> bool:
    """Whether a code may fall under both."""
    return one.procedures is None or other.procedures is None or one.procedures.overlaps(other.procedures)
