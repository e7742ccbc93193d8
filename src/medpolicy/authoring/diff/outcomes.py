"""What one text comes to, for every request that tells everything: a decision diagram that ends in outcomes.

The meaning is that of `engines/opinion.py`, which is asked what is weighed for a code, a line and a product; only the criteria
are followed here over all that may be told. What the issuer's other policies say is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from medpolicy.authoring.diff.variables import Variable, scale_of
from medpolicy.engines.case import Case
from medpolicy.engines.completions import bare
from medpolicy.engines.diagram import Diagrams
from medpolicy.engines.evaluation import test_value
from medpolicy.engines.opinion import View, parts_on, view_of
from medpolicy.library.in_force import PartInForce, naming_event
from medpolicy.library.library import summary_of
from medpolicy.model import criteria as c
from medpolicy.model.determination import PriorAuthorization
from medpolicy.model.facts import RESERVED_SUBJECTS, FactDefinition
from medpolicy.model.issuer import Coverage, Issuer, Setting, Stance
from medpolicy.model.policy import HistoryEvent, MedicalPolicy, Part, PolicyVersion, Provision
from medpolicy.model.request import Request, RequestedService
from medpolicy.model.truth import MET, NOT_MET, UNKNOWN, conjunction, disjunction, negation, status_of

Authorization = PriorAuthorization | None
Values = Mapping[str, object]  # what is known, by subject
_NOTHING: Hashable = frozenset()  # the end where no stance applies
_NOT_ON_FILE: Hashable = "not-on-file"  # the end of a diagram where nobody can say


class Outcome(NamedTuple):
    """An answer: coverage, the only stance where there is one, and the authorization in each of `Setting`."""

    coverage: Coverage
    stance: Stance | None
    authorization: tuple[Authorization, ...]


NOT_ADDRESSED = Outcome(Coverage.NOT_ADDRESSED, None, (None,) * len(Setting))
INDETERMINATE = Outcome(Coverage.INDETERMINATE, None, (PriorAuthorization.INDETERMINATE,) * len(Setting))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComparedText:
    """A policy's text on a day, as one side of a comparison; `name` is what the reader calls it.

    `history`: the events that belong to it, which may go on after the day where no later text is on file.
    """

    policy: MedicalPolicy
    issuer: Issuer
    parts: Mapping[Part, PartInForce]
    name: str
    request: Request  # of that day, of which nothing else is told
    history: tuple[HistoryEvent, ...]

    @property
    def sources(self) -> tuple[PolicyVersion, ...]:
        """The versions on file that any part is taken from, or would be if it were known well enough; the statements' first."""
        first = self.parts[Part.STATEMENTS].version
        found = [first, *(in_force.version for in_force in self.parts.values())]
        by_name = {version.version: version for version in found if version is not None}
        return tuple(by_name.values())

    @property
    def definitions(self) -> tuple[FactDefinition, ...]:
        """The facts that the text asks, in the document's order."""
        by_id: dict[str, FactDefinition] = {}
        for version in self.sources:
            for fact in version.facts:
                by_id.setdefault(fact.id, fact)
        return tuple(by_id.values())


class TestNodes:
    """The diagram of each test, for one of the two texts. `shared`: the name of a fact that both texts share, by the own name."""

    def __init__(
        self,
        diagrams: Diagrams,
        variables: Sequence[tuple[int, Variable]],
        procedures: Mapping[c.Test, int],
        text: int,
        shared: Mapping[str, str],
    ) -> None:
        """`variables` with their numbers in the diagram; `procedures`: those of the tests on a procedure that is not told."""
        self.diagrams = diagrams
        self.procedures = procedures
        self._shared = shared
        # The last first: a diagram is built from below, and what stands above has the smaller number.
        self._diagnoses = [(at, one) for at, one in reversed(variables) if one.diagnoses is not None]
        self._variables = {
            (one.subject, "value" if one.measure is None else one.measure.scale): (at, one)
            for at, one in variables
            if one.diagnoses is None and one.text in (None, text)
        }

    def node(self, test: c.Test) -> int:
        """The diagram of a test on something that a request may tell, ending in statuses."""
        if isinstance(test, c.DiagnosisIn):
            found = self.diagrams.end(NOT_MET)
            for at, one in self._diagnoses:
                if one.diagnoses is not None and test.codes in one.diagnoses.within:
                    found = self.diagrams.choice(at, (self.diagrams.end(MET), found))
            return found
        if isinstance(test, c.ProcedureIn):
            return self.diagrams.choice(self.procedures[bare(test)], (self.diagrams.end(MET), self.diagrams.end(NOT_MET)))
        subject = c.subject_of(test)
        at, variable = self._variables[self._shared.get(subject, subject), scale_of(test)]
        return self.diagrams.choice(at, tuple(self.diagrams.end(status_of(variable.holds(test, one))) for one in variable.pieces))

    def within(self, states: Sequence[str], inside: int, outside: int) -> int:
        """`inside` where the service is given in one of the states, `outside` elsewhere."""
        at, variable = self._variables["service_state", "value"]
        branch = self.diagrams.choice(at, tuple(self.diagrams.end(piece in states) for piece in variable.pieces))
        pairs = self.diagrams.combined(_pair, inside, outside)
        return self.diagrams.combined(_first_where_met, branch, pairs)


def _pair(one: Hashable, other: Hashable) -> Hashable:
    return one, other


def _first_where_met(met: Hashable, pair: Hashable) -> Hashable:
    assert isinstance(pair, tuple)
    chosen: Hashable = pair[0] if met else pair[1]
    return chosen


class TextOutcomes:
    """One text, followed over all that may be told."""

    def __init__(self, text: ComparedText, nodes: TestNodes) -> None:
        self.text = text
        self.nodes = nodes
        self.diagrams = nodes.diagrams
        self.too_coarse: set[str] = set()  # facts that a product or code answers too coarsely for a test
        self._names = summary_of(text.policy)
        self._stances: dict[Hashable, int] = {}

    def outcome(self, view: View, shared: Collection[str]) -> int:
        """The diagram that ends in outcomes, for a view of `view_of_request`.

        `shared`: facts, by this text's names, that code and product answer alike in both texts. They are followed as if the
        request told them, so that codes which answer them differently are still seen to behave alike.
        """
        code = view.case.code
        statements = view.part(Part.STATEMENTS)
        if not self._is_asked(code, view.case.request.products or ()) or view.case.day < view.policy.first_day:
            return self.diagrams.end(NOT_ADDRESSED)
        if statements.version is None:
            return self.diagrams.end(INDETERMINATE)
        if view.line not in statements.version.lines_of_business:
            return self.diagrams.end(NOT_ADDRESSED)
        stances = self._stances_of(view, shared)
        authorization = tuple(self._authorization(view, setting) for setting in Setting)

        def outcome_of(value: Hashable) -> Outcome:
            if value == _NOT_ON_FILE:
                return INDETERMINATE
            assert isinstance(value, frozenset)
            coverages = {view.issuer.coverage_of(stance) for stance in value}
            if not coverages:
                return NOT_ADDRESSED
            if len(coverages) > 1:
                return INDETERMINATE
            return Outcome(coverages.pop(), next(iter(value)) if len(value) == 1 else None, authorization)

        found = self.diagrams.mapped(outcome_of, stances)
        if code is None:
            found = self._whatever_procedure(found)
        if view.policy.jurisdiction:
            return self.nodes.within(view.policy.jurisdiction, found, self.diagrams.end(NOT_ADDRESSED))
        return found

    def _is_asked(self, code: str | None, products: Sequence[str]) -> bool:
        """Whether such a request comes to this policy at all: by its code, a fact that it asks or a product."""
        names = self._names
        if code is not None and (code in names.codes or any(code in codes for codes in names.code_sets)):
            return True
        return bool(names.facts) or (bool(products) and bool(names.products))

    def view_of_request(self, code: str | None, line: str, products: tuple[str, ...]) -> View:
        """The text for a request of this code (None: without one), line and these products, of which nothing else is told."""
        service = None if code is None else RequestedService(code=code)
        request = self.text.request._replace(
            line_of_business=line,
            procedures=() if service is None else (service,),
            products=products,
        )
        case = Case(request, service, alone=True)
        return view_of(0, self.text.policy, self.text.issuer, line, case, {}, self.text.parts)

    @staticmethod
    def _authorization(view: View, setting: Setting) -> Authorization:
        case = view.case._replace(request=view.case.request._replace(setting=setting))
        return replace(view, case=case).authorization()[0]

    # -- stances ------------------------------------------------------------------------------------------------

    def _stances_of(self, view: View, shared: Collection[str]) -> int:
        """The diagram that ends in the stances that apply, or in that the text is not on file."""
        weighed = view.weighed()
        coding = view.part(Part.CODING)
        if weighed is None and view.entry is not None and coding.on_file:
            return self.diagrams.end(frozenset((view.entry[0].stance,)))
        provisions = view.provisions() if weighed is None else weighed
        usable = view.usable(provisions)
        missing = [item for item in provisions if item not in usable]
        was_named = weighed is None and not coding.on_file and self._was_named(view)
        tests = [test for item in provisions for tree in (item.when, item.criteria) for test in c.tests_in(tree)]
        asked = {c.subject_of(test) for test in tests}
        values = {subject: value for subject, value in view.known.values.items() if subject in asked and subject not in shared}
        empty = not provisions and not view.part(Part.STATEMENTS).on_file
        key = (weighed is None, was_named, empty, *((item.id, item.part, item in usable) for item in provisions), *values.items())
        found = self._stances.get(key)
        if found is None:
            if weighed is not None:
                found = self._weighed(view, values, usable, of_none=_NOT_ON_FILE if missing or empty else _NOTHING)
            else:
                found = self._unlisted(view, values, usable, missing, was_named=was_named)
            self._stances[key] = found
        return found

    @staticmethod
    def _was_named(view: View) -> bool:
        code = view.case.code
        return view.entry is not None or (code is not None and naming_event(view.policy, code, view.case.day) is not None)

    def _weighed(self, view: View, values: Values, provisions: Iterable[Provision], *, of_none: Hashable) -> int:
        """As `opinion.View._by_provisions`: one that names the code stands before a general one."""
        naming = general = self.diagrams.end(frozenset())
        for item in provisions:
            taken = self.diagrams.mapped(_as_set, self._application(item, self._leaf(view, values)))
            if item.procedures is not None:
                naming = self.diagrams.combined(_union, naming, taken)
            else:
                general = self.diagrams.combined(_union, general, taken)
        return self.diagrams.combined(lambda first, second: first or second or of_none, naming, general)

    def _unlisted(
        self, view: View, values: Values, usable: Sequence[Provision], missing: Sequence[Provision], *, was_named: bool
    ) -> int:
        """As `opinion.View._of_an_unlisted_code`: only what is given can make a provision decide."""
        decided = self._met(view, values, usable, by_what_is_given=not was_named)
        if was_named:
            return self.diagrams.mapped(lambda stances: stances or _NOT_ON_FILE, decided)
        unknowable = self._met(view, values, missing, by_what_is_given=True)
        return self.diagrams.combined(
            lambda stances, lacking: stances or (_NOT_ON_FILE if lacking else _NOTHING), decided, unknowable
        )

    def _met(self, view: View, values: Values, provisions: Iterable[Provision], *, by_what_is_given: bool) -> int:
        found = self.diagrams.end(frozenset())
        for item in provisions:
            applied = self._application(item, self._leaf(view, values))
            if by_what_is_given:
                without = self._application(item, self._leaf_without_what_is_given(view, values))
                applied = self.diagrams.combined(lambda one, other: NOT_MET if one is other else one, applied, without)
            found = self.diagrams.combined(_union, found, self.diagrams.mapped(_as_set, applied))
        return found

    def _application(self, item: Provision, leaf: Callable[[c.Test], int]) -> int:
        """As `opinion.View.application`, for every status of the tests."""

        def applied(when: Hashable, criteria: Hashable) -> Hashable:
            if when is NOT_MET or (criteria is NOT_MET and item.otherwise is None):
                return NOT_MET
            if when is UNKNOWN or criteria is UNKNOWN:
                return UNKNOWN
            return item.stance if criteria is MET else item.otherwise

        return self.diagrams.combined(applied, self._status(item.when, leaf), self._status(item.criteria, leaf))

    def _status(self, criterion: c.Criterion, leaf: Callable[[c.Test], int]) -> int:
        diagrams = self.diagrams
        match criterion:
            case c.AllOf() | c.AnyOf():
                together = _all if isinstance(criterion, c.AllOf) else _any
                found = diagrams.end(MET if isinstance(criterion, c.AllOf) else NOT_MET)
                for child in criterion.of:
                    found = diagrams.combined(together, found, self._status(child, leaf))
                return found
            case c.AtLeast():
                needed = criterion.count
                counts = diagrams.end((0, 0))
                for child in criterion.of:
                    counts = diagrams.combined(_counted, counts, self._status(child, leaf))
                return diagrams.mapped(lambda count: _reached(needed, count), counts)
            case c.Not():
                return diagrams.mapped(_negated, self._status(criterion.of, leaf))
            case _:
                return leaf(criterion)

    # -- tests --------------------------------------------------------------------------------------------------

    def _leaf(self, view: View, values: Values) -> Callable[[c.Test], int]:
        """The status of a test by what product and code answer, else by what the request may tell."""

        def leaf(test: c.Test) -> int:
            subject = c.subject_of(test)
            if subject in values and subject != "diagnoses":
                status = test_value(test, values[subject], view.case.day)
                if status is not UNKNOWN:
                    return self.diagrams.end(status)
                self.too_coarse.add(subject)
            return self.nodes.node(test)

        return leaf

    def _leaf_without_what_is_given(self, view: View, values: Values) -> Callable[[c.Test], int]:
        with_it = self._leaf(view, values)

        def leaf(test: c.Test) -> int:
            subject = c.subject_of(test)
            if subject not in RESERVED_SUBJECTS or subject == "products":
                return self.diagrams.end(UNKNOWN)
            return with_it(test)

        return leaf

    def _whatever_procedure(self, root: int) -> int:
        """A request without a procedure: what every procedure that it may be comes to, as the engines complete the unknown."""
        if not self.nodes.procedures:
            return root
        asked = set(self.nodes.procedures.values())
        memo: dict[int, int] = {}

        def follow(node: int) -> int:
            found = memo.get(node)
            if found is None:
                below = self.diagrams.below[node]
                if not below:
                    found = self.diagrams.end(frozenset((self.diagrams.value[node],)))
                elif self.diagrams.variable[node] in asked:
                    found = follow(below[0])
                    for child in below[1:]:
                        found = self.diagrams.combined(_union, found, follow(child))
                else:
                    found = self.diagrams.choice(self.diagrams.variable[node], tuple(map(follow, below)))
                memo[node] = found
            return found

        return self.diagrams.mapped(_in_common, follow(root))


def text_on(policy: MedicalPolicy, issuer: Issuer, request: Request, name: str) -> ComparedText:
    """The policy's text as it was in force on the request's service date."""
    parts = parts_on(policy, request.service_date)
    history = tuple(event for event in policy.history if event.in_force <= request.service_date)
    return ComparedText(policy=policy, issuer=issuer, parts=parts, name=name, request=request, history=history)


def _in_common(outcomes: Hashable) -> Hashable:
    """What several ways to come out have in common, as a determination says it."""
    assert isinstance(outcomes, frozenset)
    if len(outcomes) == 1:
        only: Hashable = next(iter(outcomes))
        return only
    coverages = {one.coverage for one in outcomes}
    stances = {one.stance for one in outcomes}
    authorization: list[Authorization] = []
    for at in range(len(Setting)):
        said = {one.authorization[at] for one in outcomes}
        if PriorAuthorization.NOT_ADDRESSED in said:
            said.discard(None)
        authorization.append(said.pop() if len(said) == 1 else PriorAuthorization.CONDITIONAL)
    return Outcome(
        coverages.pop() if len(coverages) == 1 else Coverage.CONDITIONAL,
        stances.pop() if len(stances) == 1 else None,
        tuple(authorization),
    )


def _as_set(value: Hashable) -> Hashable:
    return frozenset((value,)) if isinstance(value, Stance) else frozenset()


def _union(one: Hashable, other: Hashable) -> Hashable:
    assert isinstance(one, frozenset)
    assert isinstance(other, frozenset)
    return one | other


def _all(one: Hashable, other: Hashable) -> Hashable:
    return conjunction((one, other))  # type: ignore[arg-type]  # the ends are statuses


def _any(one: Hashable, other: Hashable) -> Hashable:
    return disjunction((one, other))  # type: ignore[arg-type]  # the ends are statuses


def _negated(one: Hashable) -> Hashable:
    return negation(one)  # type: ignore[arg-type]  # the ends are statuses


def _counted(counts: Hashable, status: Hashable) -> Hashable:
    assert isinstance(counts, tuple)
    met, unknown = counts
    return met + (status is MET), unknown + (status is UNKNOWN)


def _reached(needed: int, counts: Hashable) -> Hashable:
    assert isinstance(counts, tuple)
    met, unknown = counts
    if met >= needed:
        return MET
    return UNKNOWN if met + unknown >= needed else NOT_MET


def text_of_version(policy: MedicalPolicy, issuer: Issuer, version: PolicyVersion, name: str) -> ComparedText:
    """One version on file as it stands, whatever the policy's later history says."""
    day = version.effective.first_day
    history = tuple(event for event in policy.history if event.in_force <= day)
    alone = replace(policy, versions=(version,), history=history)
    request = Request(issuer=issuer.id, service_date=day, line_of_business="")
    later = min((one.effective.first_day for one in policy.versions if one.effective.first_day > day), default=None)
    own = tuple(event for event in policy.history if later is None or event.in_force < later)
    return replace(text_on(alone, issuer, request, name), history=own)
