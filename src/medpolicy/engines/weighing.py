"""A set of provisions, compiled: their tests as functions, their criteria over the tests' statuses, and the diagram of what
they come to under every completion.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from medpolicy.engines.completions import bare, regions, unknowns
from medpolicy.engines.diagram import Diagrams
from medpolicy.engines.evaluation import test_value
from medpolicy.engines.standing import place_of, question
from medpolicy.model import criteria as c
from medpolicy.model.facts import RESERVED_SUBJECTS, FactDefinition, FactType
from medpolicy.model.issuer import Coverage, Issuer, Stance
from medpolicy.model.policy import Provision
from medpolicy.model.truth import MET, NOT_MET, UNKNOWN, CriterionStatus

Values = Mapping[str, object]
TestFunction = Callable[[Values, date], CriterionStatus]
Statuses = Sequence[CriterionStatus]
CriterionFunction = Callable[[Statuses], CriterionStatus]
# What a provision does: takes a stance, says nothing (`not-met`), or is open (`unknown`).
Application = Stance | CriterionStatus


def test_function(test: c.Test) -> TestFunction:
    """The test as a function of what is known and the service date."""
    subject = c.subject_of(test)
    if isinstance(test, c.FactIs):
        wanted = test.value

        def boolean(values: Values, day: date) -> CriterionStatus:
            value = values.get(subject)
            if value is None:
                return UNKNOWN
            return MET if value is wanted else NOT_MET

        return boolean
    if isinstance(test, c.FactOneOf):
        chosen = frozenset(test.values)

        def choice(values: Values, day: date) -> CriterionStatus:
            value = values.get(subject)
            if value is None:
                return UNKNOWN
            return MET if value in chosen else NOT_MET

        return choice

    def general(values: Values, day: date) -> CriterionStatus:
        value = values.get(subject)
        return UNKNOWN if value is None else test_value(test, value, day)

    return general


def criterion_function(criterion: c.Criterion, index: Mapping[c.Test, int]) -> CriterionFunction:
    """The criterion as a function of the tests' statuses."""
    match criterion:
        case c.AllOf():
            return _all([criterion_function(child, index) for child in criterion.of])
        case c.AnyOf():
            return _any([criterion_function(child, index) for child in criterion.of])
        case c.AtLeast():
            return _at_least(criterion.count, [criterion_function(child, index) for child in criterion.of])
        case c.Not():
            of = criterion_function(criterion.of, index)
            opposite = {MET: NOT_MET, NOT_MET: MET, UNKNOWN: UNKNOWN}
            return lambda statuses: opposite[of(statuses)]
        case _:
            at = index[bare(criterion)]
            return lambda statuses: statuses[at]


def _all(functions: list[CriterionFunction]) -> CriterionFunction:
    def conjunction(statuses: Statuses) -> CriterionStatus:
        result = MET
        for function in functions:
            status = function(statuses)
            if status is NOT_MET:
                return NOT_MET
            if status is UNKNOWN:
                result = UNKNOWN
        return result

    return conjunction


def _any(functions: list[CriterionFunction]) -> CriterionFunction:
    def disjunction(statuses: Statuses) -> CriterionStatus:
        result = NOT_MET
        for function in functions:
            status = function(statuses)
            if status is MET:
                return MET
            if status is UNKNOWN:
                result = UNKNOWN
        return result

    return disjunction


def _at_least(count: int, functions: list[CriterionFunction]) -> CriterionFunction:
    def threshold(statuses: Statuses) -> CriterionStatus:
        found = [function(statuses) for function in functions]
        met = found.count(MET)
        if met >= count:
            return MET
        return UNKNOWN if met + found.count(UNKNOWN) >= count else NOT_MET

    return threshold


@dataclass(frozen=True, slots=True)
class Weighed:
    """A provision, compiled: what it does by the tests' statuses, and the subjects that it asks about."""

    provision: Provision
    when: CriterionFunction
    criteria: CriterionFunction
    subjects: tuple[str, ...]
    names_code: bool

    def application(self, statuses: Statuses) -> Application:
        """As `opinion.View.application` says."""
        when = self.when(statuses)
        if when is NOT_MET:
            return NOT_MET
        criteria = self.criteria(statuses)
        otherwise = self.provision.otherwise
        if criteria is NOT_MET and otherwise is None:
            return NOT_MET
        if when is UNKNOWN or criteria is UNKNOWN:
            return UNKNOWN
        if criteria is MET:
            return self.provision.stance
        assert otherwise is not None
        return otherwise


@dataclass(frozen=True, slots=True)
class Variable:
    """An unknown: a subject, its tests by number, and the ways in which they can turn out."""

    subject: str
    tests: tuple[int, ...]
    regions: tuple[tuple[CriterionStatus, ...], ...]
    definition: FactDefinition | None
    provisions: tuple[str, ...]


class Plan(NamedTuple):
    """What the provisions come to for given statuses of their tests, before the authorization rules.

    `rulings` and `undecided` are provisions by number: those that take a stance for certain and those that may come to;
    `among` are those that were weighed for it. `is_open`: something unknown decides. `possible`: the coverage and only stance
    of each way it can come out. `asked` are variables by number, the most decisive first (-1: the setting), where the setting
    is known or does not matter and where authorization depends on it.
    """

    applications: tuple[Application, ...]
    criteria_met: tuple[bool, ...]
    rulings: tuple[int, ...]
    undecided: tuple[int, ...]
    among: tuple[int, ...]
    is_open: bool
    possible: tuple[tuple[Coverage, Stance | None], ...]
    coverage: Coverage
    stance: Stance | None
    asked: tuple[tuple[int, ...], tuple[int, ...]]


_TABLE = 300  # combinations of statuses up to which every plan is made beforehand


class Weighing:
    """Provisions that are weighed together, in the document's order."""

    def __init__(
        self,
        provisions: Sequence[Provision],
        definitions: Sequence[FactDefinition],
        issuer: Issuer,
        *,
        of_none: Coverage = Coverage.NOT_ADDRESSED,
        ahead: bool = True,
    ) -> None:
        """`of_none`: what it comes to where none of them applies. `ahead`: whether plans are made before anybody asks."""
        self.issuer = issuer
        self.of_none = of_none
        by_id = {definition.id: definition for definition in definitions}
        trees = [(item.id, tree) for item in provisions for tree in (item.when, item.criteria)]
        tests = list(dict.fromkeys(bare(test) for _, tree in trees for test in c.tests_in(tree)))
        index = {test: at for at, test in enumerate(tests)}
        self.tests = [test_function(test) for test in tests]
        self.weighed = [
            Weighed(
                item,
                criterion_function(item.when, index),
                criterion_function(item.criteria, index),
                tuple(dict.fromkeys(c.subject_of(test) for tree in (item.when, item.criteria) for test in c.tests_in(tree))),
                item.procedures is not None,
            )
            for item in provisions
        ]
        self.subjects = frozenset(c.subject_of(test) for test in tests)
        asking: dict[int, list[str]] = {at: [] for at in range(len(tests))}
        for name, tree in trees:
            for test in c.tests_in(tree):
                asking[index[bare(test)]].append(name)
        found = []
        for (subject, position), group in unknowns(tests).items():
            definition = by_id.get(subject)
            numbers = tuple(index[test] for test in group)
            ways = tuple(tuple(MET if met else NOT_MET for met in region) for region in regions(group, definition))
            names = tuple(dict.fromkeys(name for at in numbers for name in asking[at]))
            place = (*place_of(subject, definitions), position)
            found.append((place, Variable(subject, numbers, ways, definition, names)))
        self.variables = [variable for _, variable in sorted(found, key=lambda pair: pair[0])]
        self.asks = [question(found.subject, found.definition, found.provisions) for found in self.variables]
        self.reserved = tuple(subject for subject in RESERVED_SUBJECTS if subject in self.subjects)
        self.naming = tuple(at for at, weighed in enumerate(self.weighed) if weighed.names_code)
        self.general = tuple(at for at, weighed in enumerate(self.weighed) if not weighed.names_code)
        self.told_subjects = tuple(variable.subject for variable in self.variables)
        self._plans: dict[tuple[object, ...], Plan] | None = None
        self._ahead = ahead
        self._seen: dict[tuple[CriterionStatus, ...], Plan] = {}  # where plans are not made ahead
        self._diagrams: Diagrams | None = None
        self._outcomes = 0
        self._coverages = 0

    def statuses(self, values: Values, day: date) -> tuple[CriterionStatus, ...]:
        """The statuses of the tests."""
        return tuple([test(values, day) for test in self.tests])

    # -- plans --------------------------------------------------------------------------------------------------

    def plan(self, values: Values, day: date) -> Plan:
        """What the provisions come to for what is known; looked up where there are few combinations, else worked out.

        Where plans are not made ahead, those that were asked for are kept: they rest on statuses, and on nothing of a request.
        """
        if not self._ahead:
            statuses = self.statuses(values, day)
            found = self._seen.get(statuses)
            if found is None:
                found = self._seen[statuses] = self._worked_out(statuses)
            return found
        plans = self._plans
        if plans is None:
            self.prepare()
            plans = self._plans
            assert plans is not None
        if plans:
            plan = plans.get(tuple(map(values.get, self.told_subjects)))
            if plan is not None:
                return plan
        return self._worked_out(self.statuses(values, day))

    def prepare(self) -> None:
        """Make the diagrams, and every plan where there are few; once."""
        if self._plans is not None:
            return
        self.diagrams()
        self._plans = {}
        told = [_told_values(variable) for variable in self.variables]
        combinations = 1
        for values in told:
            combinations *= len(values) + 1
        if all(told) and combinations <= _TABLE:
            # No test looks at the service date where every variable is a boolean or a choice.
            for choice in product(*([None, *values] for values in told)):
                known: dict[str, object] = dict(zip(self.told_subjects, choice, strict=True))
                self._plans[choice] = self._worked_out(self.statuses(known, date.min))

    def _worked_out(self, statuses: tuple[CriterionStatus, ...]) -> Plan:
        applications = tuple(weighed.application(statuses) for weighed in self.weighed)
        met = tuple(weighed.criteria(statuses) is MET for weighed in self.weighed)
        everything = tuple(range(len(applications)))
        for group in (self.naming, self.general):
            rulings = tuple(at for at in group if isinstance(applications[at], Stance))
            if any(applications[at] is UNKNOWN for at in group):
                among = everything if group is self.naming or not self.naming else group
                return self._open(statuses, applications, met, rulings, among)
            if rulings:
                stances = frozenset(stance for at in rulings if isinstance(stance := applications[at], Stance))
                coverage = self.coverage(stances)
                only = next(iter(stances)) if len(stances) == 1 and coverage is not Coverage.INDETERMINATE else None
                return Plan(applications, met, rulings, (), rulings, False, ((coverage, only),), coverage, only, ((), ()))
        outcome = ((self.of_none, None),)
        return Plan(applications, met, (), (), everything, False, outcome, self.of_none, None, ((), ()))

    def _open(
        self,
        statuses: tuple[CriterionStatus, ...],
        applications: tuple[Application, ...],
        met: tuple[bool, ...],
        rulings: tuple[int, ...],
        among: tuple[int, ...],
    ) -> Plan:
        allowed = self.allowed(statuses)
        ends, asked = self.questions(allowed, setting_open=False)
        _, asked_with_setting = self.questions(allowed, setting_open=True)
        possible = set()
        for stances in ends:
            coverage = self.coverage(stances)
            known = len(stances) == 1 and coverage is not Coverage.INDETERMINATE
            possible.add((coverage, next(iter(stances)) if known else None))
        coverages = {coverage for coverage, _ in possible}
        left = {stance for _, stance in possible}
        return Plan(
            applications,
            met,
            rulings,
            tuple(at for at in among if applications[at] is UNKNOWN),
            among,
            True,
            tuple(possible),
            next(iter(coverages)) if len(coverages) == 1 else Coverage.CONDITIONAL,
            next(iter(left)) if len(left) == 1 else None,
            (tuple(asked), tuple(asked_with_setting)),
        )

    def allowed(self, statuses: Statuses) -> dict[int, Sequence[int]]:
        """For each variable of which something is known: the regions that agree with it."""
        result: dict[int, Sequence[int]] = {}
        for at, variable in enumerate(self.variables):
            known = [statuses[test] for test in variable.tests]
            if all(status is UNKNOWN for status in known):
                continue
            result[at] = [
                number
                for number, region in enumerate(variable.regions)
                if all(status in (UNKNOWN, way) for status, way in zip(known, region, strict=True))
            ]
        return result

    # -- completions --------------------------------------------------------------------------------------------

    def diagrams(self) -> tuple[Diagrams, int, int]:
        """The diagrams, and the roots of the outcome (the stances that apply) and of the coverage."""
        if self._diagrams is None:
            self._diagrams = Diagrams([len(variable.regions) for variable in self.variables])
            self._outcomes = self._outcome_diagram(self._diagrams)
            self._coverages = self._diagrams.mapped(self.coverage, self._outcomes)
        return self._diagrams, self._outcomes, self._coverages

    def coverage(self, stances: Hashable) -> Coverage:
        """What a set of stances that apply together comes to."""
        assert isinstance(stances, frozenset)
        coverages = {self.issuer.coverage_of(stance) for stance in stances}
        if not coverages:
            return self.of_none
        return coverages.pop() if len(coverages) == 1 else Coverage.INDETERMINATE

    def _outcome_diagram(self, diagrams: Diagrams) -> int:
        place = {test: (at, number) for at, variable in enumerate(self.variables) for number, test in enumerate(variable.tests)}
        index: dict[c.Test, int] = {}
        for weighed in self.weighed:
            for tree in (weighed.provision.when, weighed.provision.criteria):
                for test in c.tests_in(tree):
                    index.setdefault(bare(test), len(index))
        naming = general = diagrams.end(frozenset())
        for weighed in self.weighed:
            when = self._criterion_diagram(diagrams, weighed.provision.when, index, place)
            criteria = self._criterion_diagram(diagrams, weighed.provision.criteria, index, place)
            taken = diagrams.combined(_taken(weighed.provision), when, criteria)
            if weighed.names_code:
                naming = diagrams.combined(_union, naming, taken)
            else:
                general = diagrams.combined(_union, general, taken)
        # A provision that names the code stands before a general one.
        return diagrams.combined(lambda first, second: first or second, naming, general)

    def _criterion_diagram(
        self, diagrams: Diagrams, criterion: c.Criterion, index: Mapping[c.Test, int], place: Mapping[int, tuple[int, int]]
    ) -> int:
        def diagram(node: c.Criterion) -> int:
            match node:
                case c.AllOf() | c.AnyOf():
                    function = _and if isinstance(node, c.AllOf) else _or
                    result = diagrams.end(isinstance(node, c.AllOf))
                    for child in node.of:
                        result = diagrams.combined(function, result, diagram(child))
                    return result
                case c.AtLeast():
                    count = diagrams.end(0)
                    for child in node.of:
                        count = diagrams.combined(_plus, count, diagram(child))
                    needed = node.count
                    return diagrams.mapped(lambda found: isinstance(found, int) and found >= needed, count)
                case c.Not():
                    return diagrams.mapped(lambda met: not met, diagram(node.of))
                case _:
                    variable, number = place[index[bare(node)]]
                    ends = tuple(diagrams.end(region[number] is MET) for region in self.variables[variable].regions)
                    return diagrams.choice(variable, ends)

        return diagram(criterion)

    def questions(self, allowed: Mapping[int, Sequence[int]], *, setting_open: bool) -> tuple[set[frozenset[Stance]], list[int]]:
        """The sets of stances that can still come to apply, and the variables to ask, the most decisive first.

        `setting_open`: authorization depends on the setting, which is not told; it is asked too, as variable -1.
        """
        diagrams, outcomes, coverages = self.diagrams()
        possible = {ends for ends in diagrams.ends(outcomes, allowed) if isinstance(ends, frozenset)}
        deciding = diagrams.deciding(coverages, allowed)
        asks_setting = setting_open and any(
            self.coverage(stances) not in (Coverage.NOT_ADDRESSED, Coverage.INDETERMINATE) for stances in possible
        )
        shares: dict[str, tuple[Fraction, int]] = {}
        for at in sorted(deciding):
            ways = allowed.get(at, range(len(self.variables[at].regions)))
            settled = 0
            for way in ways:
                alone, value = diagrams.is_settled(coverages, {**allowed, at: (way,)})
                if alone and not (setting_open and value not in (Coverage.NOT_ADDRESSED, Coverage.INDETERMINATE)):
                    settled += 1
            share = Fraction(settled, len(ways))
            subject = self.variables[at].subject
            if subject not in shares or share > shares[subject][0]:
                shares[subject] = (share, shares.get(subject, (share, at))[1])
        ranked = [(-share, at) for share, at in shares.values()]
        if asks_setting:
            ranked.append((Fraction(0) if deciding else Fraction(-1), len(self.variables)))
        order = [at for _, at in sorted(ranked)]
        return possible, [-1 if at == len(self.variables) else at for at in order]


def _told_values(variable: Variable) -> tuple[object, ...]:
    """Every value that can be told of a boolean or a choice; none for anything else."""
    definition = variable.definition
    if definition is None:
        return ()
    if definition.type is FactType.BOOLEAN:
        return (True, False)
    return definition.scale if definition.type is FactType.CHOICE else ()


def _taken(provision: Provision) -> Callable[[Hashable, Hashable], Hashable]:
    stance = frozenset((provision.stance,))
    otherwise = frozenset() if provision.otherwise is None else frozenset((provision.otherwise,))
    nothing: frozenset[Stance] = frozenset()
    return lambda when, criteria: nothing if not when else stance if criteria else otherwise


def _union(one: Hashable, other: Hashable) -> Hashable:
    assert isinstance(one, frozenset)
    assert isinstance(other, frozenset)
    return one | other


def _and(one: Hashable, other: Hashable) -> Hashable:
    return bool(one and other)


def _or(one: Hashable, other: Hashable) -> Hashable:
    return bool(one or other)


def _plus(count: Hashable, met: Hashable) -> Hashable:
    assert isinstance(count, int)
    return count + bool(met)
