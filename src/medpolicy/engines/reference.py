"""The definition of the meaning: one request at a time, written to be read. Standard library only.

For each service the ranks of authority are walked in order (`_Service.walk`). In a rank each policy that names the code gives
its opinion (`opinion.py`); where none of them speaks, the policies that the given facts and products meet do. What
something unknown decides stays open, and `_Service.explore` looks at every completion of the unknown: equal coverage under
all of them is given without asking, and only what can still change coverage or authorization is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from medpolicy.engines.case import Case, cases
from medpolicy.engines.completions import bare, regions, unknowns
from medpolicy.engines.opinion import Assumed, Opinion, View, view_of
from medpolicy.engines.standing import SETTING, notes_of_the_case, place_of, question, related_of, review_notes
from medpolicy.library.library import Library
from medpolicy.library.precedence import MEDICARE_AUTHORITIES, ranks
from medpolicy.model import criteria as c
from medpolicy.model.determination import (
    Determination,
    Note,
    NoteCode,
    PriorAuthorization,
    Question,
    Reason,
    ReasonCode,
    ServiceDetermination,
    weakest,
)
from medpolicy.model.facts import FactDefinition
from medpolicy.model.issuer import Coverage, Issuer, LineOfBusiness, Program, Setting, Stance
from medpolicy.model.policy import Authority
from medpolicy.model.products import product_key
from medpolicy.model.request import Request
from medpolicy.model.truth import UNKNOWN, CriterionStatus, status_of

_SILENCE = (
    ReasonCode.CRITERIA_NOT_MET,
    ReasonCode.LINE_NOT_NAMED,
    ReasonCode.BEFORE_FIRST_POLICY,
    ReasonCode.NOT_LISTED,
)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a completion comes to. Only coverage and authorization are worth a question."""

    coverage: Coverage
    authorization: PriorAuthorization | None
    stance: Stance | None

    @property
    def asked_for(self) -> tuple[Coverage, PriorAuthorization | None]:
        return self.coverage, self.authorization


@dataclass(frozen=True, slots=True)
class _Decision:
    """The opinions that decide, and what they come to; `outcome` None: open. `conflict`: they disagree.

    `live` are the unknown tests that can still change an opinion which may come to decide.
    """

    opinions: tuple[Opinion, ...]
    outcome: _Outcome | None
    conflict: bool = False
    live: frozenset[c.Test] = frozenset()


@dataclass(frozen=True, slots=True)
class _Unknown:
    """Something to find out: the ways in which it can turn out, each as what may then be assumed."""

    subject: str
    place: tuple[int, ...]
    answers: tuple[Assumed, ...]
    definition: FactDefinition | None
    provisions: tuple[str, ...]

    def is_live(self, live: frozenset[c.Test], assumed: Assumed) -> bool:
        """Whether it can still change the answer. The setting, which stands last, can once nothing else does."""
        if self.subject == SETTING:
            return SETTING not in assumed
        return any(test in live for test in self.answers[0])


@dataclass(frozen=True, slots=True)
class _Leaf:
    asked_for: tuple[Coverage, PriorAuthorization | None]


@dataclass(frozen=True, slots=True)
class _Branch:
    unknown: int
    below: tuple[_Leaf | _Branch, ...]


def determine(request: Request, library: Library, *, as_of: date, engine: str) -> Determination:
    """The determination of a request that was read and checked. `as_of` decides nothing but notes."""
    services = tuple(service_determination(case, library, as_of) for case in cases(request))
    return Determination(request.id, library.digest, engine, as_of, services)


def service_determination(case: Case, library: Library, as_of: date) -> ServiceDetermination:
    """The determination of one service."""
    return _Service(case, library, as_of).determination()


class _Service:
    """One service being decided."""

    def __init__(self, case: Case, library: Library, as_of: date) -> None:
        self.case = case
        self.library = library
        self.as_of = as_of
        self.issuer: Issuer = library.issuers[case.request.issuer]
        line = self.issuer.line(case.request.line_of_business)
        assert line is not None, "the line of business is checked when the request is read"
        self.line: LineOfBusiness = line
        self.naming = self._naming()
        self.by_facts = [at for at in self._knowing_what_is_given() if at not in self.naming]
        self.unknown: list[_Unknown] = []
        self._views: dict[int, View] = {}
        self._tests: dict[int, tuple[c.Test, ...]] = {}
        self._opinions: dict[tuple[object, ...], Opinion] = {}
        self._explored: dict[object, tuple[_Leaf | _Branch, frozenset[_Outcome]]] = {}

    # -- the answer ---------------------------------------------------------------------------------------------

    def determination(self) -> ServiceDetermination:
        now = self.walk({})
        if now.outcome is not None:
            return self._answer(now, {now.outcome}, ())
        self.unknown = self._unknowns()
        outcomes: set[_Outcome] = set()
        tree = self.explore({}, outcomes)
        return self._answer(now, outcomes, self._questions(tree))

    def _answer(self, now: _Decision, outcomes: set[_Outcome], questions: tuple[Question, ...]) -> ServiceDetermination:
        coverages = {outcome.coverage for outcome in outcomes}
        stances = {outcome.stance for outcome in outcomes}
        authorizations = {outcome.authorization for outcome in outcomes}
        coverage = coverages.pop() if len(coverages) == 1 else Coverage.CONDITIONAL
        stance = stances.pop() if len(stances) == 1 else None
        if PriorAuthorization.NOT_ADDRESSED in authorizations:
            authorizations.discard(None)  # where it is not addressed the policy says nothing of authorization, either
        authorization = authorizations.pop() if len(authorizations) == 1 else PriorAuthorization.CONDITIONAL
        opinions = now.opinions
        bases = [opinion.basis for opinion in opinions if opinion.basis is not None]
        positions = [opinion.position for opinion in opinions if opinion.cited is not None]
        notes = [note for opinion in opinions for note in opinion.notes]
        notes += [note for at in positions for note in review_notes(self.library.policies[at])]
        listed = any(opinion.position in self.naming for opinion in opinions)
        notes += notes_of_the_case(self.case, self.library, self.line, positions, listed=listed)
        if self.case.day > self.as_of:
            notes.append(Note(NoteCode.FUTURE_SERVICE_DATE, self.case.day.isoformat()))
        related = dict.fromkeys(other for at in positions for other in related_of(self.library.policies[at]))
        return ServiceDetermination(
            procedure=self.case.code,
            modifiers=self.case.service.modifiers if self.case.service is not None else (),
            coverage=coverage,
            stance=stance,
            prior_authorization=authorization,
            basis=weakest(*bases) if bases else None,
            policy=opinions[0].cited if opinions else None,
            reasons=self._reasons(now, coverage, stance),
            questions=questions,
            notes=tuple(dict.fromkeys(notes)),
            related=tuple(related),
        )

    def _reasons(self, now: _Decision, coverage: Coverage, stance: Stance | None) -> tuple[Reason, ...]:
        """What holds for certain; what is still open, where it matters; then the authorization rules."""
        if not now.opinions:
            return (Reason(ReasonCode.NOT_LISTED),)
        first = now.opinions[0]
        reasons: list[Reason] = []
        if coverage is Coverage.NOT_ADDRESSED and now.outcome is None:
            # Each part is open, yet under no completion does anything apply.
            reasons.append(Reason(ReasonCode.CRITERIA_NOT_MET, policy=first.cited, basis=first.basis))
        if now.conflict or (coverage is Coverage.INDETERMINATE and now.outcome is None):
            reasons.append(Reason(ReasonCode.CONFLICT, policy=first.cited))
        for opinion in now.opinions:
            reasons += opinion.reasons
            if coverage is Coverage.CONDITIONAL or stance is None or not opinion.reasons:
                reasons += opinion.open_reasons
        if coverage not in (Coverage.NOT_ADDRESSED, Coverage.INDETERMINATE):
            reasons += [reason for opinion in now.opinions for reason in opinion.authorization_reasons]
        return tuple(reasons)

    # -- which policies are weighed -----------------------------------------------------------------------------

    def _naming(self) -> list[int]:
        """The policies that name the code; without a code, those that know a given fact or product."""
        if self.case.code is None:
            return self._knowing_what_is_given()
        return self._in_reach(at for name in self._issuers() for at in self.library.index[name].naming(self.case.code))

    def _knowing_what_is_given(self) -> list[int]:
        """The policies that define a fact, or list a product, which reaches the service though no code is listed."""
        case = self.case
        facts = [*(case.request.facts if case.alone else ()), *(case.service.facts if case.service else ())]
        products = case.products(listed=False) or ()
        found: set[int] = set()
        for name in self._issuers():
            index = self.library.index[name]
            found.update(at for fact in facts for at in index.facts.get(fact, ()))
            found.update(at for product in products for at in index.products.get(product_key(product), ()))
        if not found and case.code is None and products:
            # A product that no policy lists: where one policy only speaks of products, it is that one which asks.
            index = self.library.index[self.issuer.id]
            found.update(index.with_products if len(index.with_products) == 1 else ())
        return self._in_reach(found)

    def _issuers(self) -> list[str]:
        """The issuer; for Medicare Advantage also those that publish Medicare's own policies."""
        names = {self.issuer.id: None}
        if self.line.program is Program.MEDICARE_ADVANTAGE:
            names.update(dict.fromkeys(self.library.keys[at][0] for at in self.library.medicare))
        return list(names)

    def _in_reach(self, positions: Iterable[int]) -> list[int]:
        """The issuer's own policies, and Medicare's for a line of Medicare Advantage; in the library's order."""
        medicare = set(self.library.medicare)
        is_medicare = self.line.program is Program.MEDICARE_ADVANTAGE
        return [
            at for at in sorted(set(positions)) if (is_medicare if at in medicare else self.library.keys[at][0] == self.issuer.id)
        ]

    # -- the walk -----------------------------------------------------------------------------------------------

    def walk(self, assumed: Assumed) -> _Decision:
        """Walk the ranks; the first in which a policy speaks decides, unless Medicare's word there may be completed."""
        silent: list[Opinion] = []
        found: _Decision | None = None
        held: _Decision | None = None
        live: set[c.Test] = set()
        below: list[Opinion] = []
        for rank in ranks(self.line.program):
            speaking = self._speaking(rank, assumed, silent)
            if not speaking:
                continue
            live.update(test for opinion in speaking for test in opinion.live)
            decision = _combined(speaking)
            if found is not None:
                below += speaking
            if found is None and _may_be_completed(speaking):
                held = held or decision
                continue
            found = found or decision
            if not any(opinion.coverage is None for opinion in speaking):
                break  # else it may come to be silent, and a lower rank to decide
        decision = found or held or _unaddressed(silent)
        if decision.outcome is None:  # a lower rank may come to decide: it is quoted, too
            decision = replace(decision, opinions=(*decision.opinions, *below))
        decision = self._with_contract(decision, assumed, live)
        return replace(decision, live=frozenset(live))

    def _speaking(self, rank: tuple[Authority, ...], assumed: Assumed, silent: list[Opinion]) -> list[Opinion]:
        """The opinions of a rank that speak: of the policies that name the code, else of those met by what is given."""
        for positions in (self.naming, self.by_facts):
            opinions = [self._opinion(at, assumed) for at in positions if self.library.policies[at].authority in rank]
            silent += [opinion for opinion in opinions if not opinion.speaks]
            speaking = [opinion for opinion in opinions if opinion.speaks]
            # Within one rank a provision that names the code stands before a general one.
            naming = [opinion for opinion in speaking if opinion.names_code]
            if any(opinion.coverage is not None for opinion in naming):
                return naming
            if speaking:
                return speaking
        return []

    def _with_contract(self, decision: _Decision, assumed: Assumed, live: set[c.Test]) -> _Decision:
        """A Medicare Advantage contract may only add: where it covers, that stands; whatever else it says does not."""
        if self.line.program is not Program.MEDICARE_ADVANTAGE:
            return decision
        if decision.outcome is not None and decision.outcome.coverage is Coverage.COVERED:
            return decision
        contracts = [
            self._opinion(at, assumed) for at in self.naming if self.library.policies[at].authority is Authority.CONTRACT
        ]
        adding = [opinion for opinion in contracts if opinion.coverage is Coverage.COVERED]
        if adding:
            return _combined(adding)
        undecided = [opinion for opinion in contracts if opinion.coverage is None]
        live.update(test for opinion in undecided for test in opinion.live)
        return _Decision((*decision.opinions, *undecided), None) if undecided else decision

    def _opinion(self, at: int, assumed: Assumed) -> Opinion:
        """A policy's opinion, worked out once for what is assumed of its own tests and of the setting."""
        key = (at, assumed.get(SETTING), self._assumed_of(at, assumed))
        found = self._opinions.get(key)
        if found is None:
            found = self._opinions[key] = self._view(at, assumed).opinion()
        return found

    def _assumed_of(self, at: int, assumed: Assumed) -> tuple[object, ...]:
        """What is assumed of the tests that the policy makes anywhere."""
        if at not in self._tests:
            provisions = [one for version in self.library.policies[at].versions for one in version.provisions]
            made = [test for one in provisions for tree in (one.when, one.criteria) for test in c.tests_in(tree)]
            made += [test for _, test in self._view(at, {}).tests()]
            self._tests[at] = tuple(dict.fromkeys(bare(test) for test in made))
        return tuple(assumed.get(test) for test in self._tests[at])

    def _view(self, at: int, assumed: Assumed) -> View:
        if at in self._views:
            return replace(self._views[at], assumed=assumed)
        policy = self.library.policies[at]
        issuer = self.library.issuers[policy.issuer]
        line = self.line.id
        if issuer.id != self.issuer.id:  # Medicare's: its own line of the same programme
            line = next((own.id for own in issuer.lines_of_business if own.program is self.line.program), "")
        self._views[at] = view_of(at, policy, issuer, line, self.case, {})
        return replace(self._views[at], assumed=assumed)

    # -- completions --------------------------------------------------------------------------------------------

    def explore(self, assumed: Assumed, outcomes: set[_Outcome]) -> _Leaf | _Branch:
        """What every completion comes to, as a tree that is ordered by `unknown` and reduced.

        A branch whose trees are all equal is left out; so the tree has a branch on an unknown exactly if the unknown
        can still change coverage or authorization.
        """
        decision = self.walk(assumed)
        if decision.outcome is not None:
            outcomes.add(decision.outcome)
            return _Leaf(decision.outcome.asked_for)
        left_open = self._left_open(assumed)
        if left_open not in self._explored:
            found: set[_Outcome] = set()
            at = next(at for at, unknown in enumerate(self.unknown) if unknown.is_live(decision.live, assumed))
            below = tuple(self.explore({**assumed, **answer}, found) for answer in self.unknown[at].answers)
            tree = below[0] if all(one == below[0] for one in below) else _Branch(at, below)
            self._explored[left_open] = tree, frozenset(found)
        tree, known = self._explored[left_open]
        outcomes |= known
        return tree

    def _left_open(self, assumed: Assumed) -> object:
        """What the rest of the completions depends on: equal for assumptions that leave the same to be found out.

        A policy that nothing unknown can change any more counts by what it says alone, whichever policy it is; so completions of
        several policies are as many as their sum, not as their product.
        """
        said: set[object] = set()
        open_: list[tuple[int, tuple[object, ...]]] = []
        for at in (*self.naming, *self.by_facts):
            opinion = self._opinion(at, assumed)
            if opinion.live:
                open_.append((at, self._assumed_of(at, assumed)))
                continue
            ways = [self._opinion(at, {**assumed, SETTING: setting}).authorization for setting in Setting]
            authorization = opinion.authorization if SETTING in assumed else tuple(ways)
            policy = opinion.policy
            whose = (policy.authority, policy.fully_established, at in self.naming)
            said.add((whose, opinion.names_code, opinion.coverage, opinion.stances, authorization))
        return assumed.get(SETTING), frozenset(said), tuple(open_)

    def _unknowns(self) -> list[_Unknown]:
        """Everything unknown that a policy weighed here tests, in the document's order; the setting last."""
        asking: dict[c.Test, list[str]] = {}
        statuses: dict[c.Test, CriterionStatus] = {}
        definitions: dict[str, FactDefinition] = {}
        places: dict[str, tuple[int, ...]] = {}
        for at in (*self.naming, *self.by_facts):
            view = self._view(at, {})
            tested = list(view.tests())
            found_out = {test: view.status(test) for _, test in tested}
            open_subjects = {c.subject_of(test) for test, status in found_out.items() if status is UNKNOWN}
            for name, test in tested:
                subject = c.subject_of(test)
                if subject in open_subjects:
                    places.setdefault(subject, (at, *place_of(subject, view.definitions())))
                    if statuses.get(test) is not UNKNOWN:
                        statuses[test] = found_out[test]
                    asking.setdefault(test, []).append(name)
            definitions = {definition.id: definition for definition in view.definitions()} | definitions
        found = []
        for (subject, position), tests in unknowns(statuses).items():
            ways = regions(tests, definitions.get(subject))
            # A value that is known, yet too coarse for one of the tests, leaves only the ways that agree with it.
            agreeing = [
                way
                for way in ways
                if all(statuses[test] in (UNKNOWN, status_of(met)) for test, met in zip(tests, way, strict=True))
            ]
            answers: list[Assumed] = [dict(zip(tests, way, strict=True)) for way in agreeing or ways]
            names = dict.fromkeys(name for test in tests for name in asking[test] if name)
            place = (*places[subject], position)
            found.append(_Unknown(subject, place, tuple(answers), definitions.get(subject), tuple(names)))
        settings: tuple[Assumed, ...] = tuple({SETTING: setting} for setting in Setting)
        last = _Unknown(SETTING, (len(self.library.keys),), settings, None, ())
        return [*sorted(found, key=lambda unknown: unknown.place), last]

    def _questions(self, tree: _Leaf | _Branch) -> tuple[Question, ...]:
        """One for each subject in the tree: first those most of whose answers settle the rest, then by order."""
        shares: dict[str, tuple[Fraction, int]] = {}
        for at in sorted(_unknowns_in(tree)):
            unknown = self.unknown[at]
            settled = sum(isinstance(self.explore(answer, set()), _Leaf) for answer in unknown.answers)
            share = Fraction(settled, len(unknown.answers))
            if unknown.subject not in shares or share > shares[unknown.subject][0]:
                shares[unknown.subject] = (share, shares.get(unknown.subject, (share, at))[1])
        ranked = sorted(shares.values(), key=lambda entry: (-entry[0], entry[1]))
        asked = [self.unknown[at] for _, at in ranked]
        return tuple(question(unknown.subject, unknown.definition, unknown.provisions) for unknown in asked)


def _unknowns_in(tree: _Leaf | _Branch) -> set[int]:
    if isinstance(tree, _Leaf):
        return set()
    return {tree.unknown}.union(*(_unknowns_in(below) for below in tree.below))


def _may_be_completed(speaking: Sequence[Opinion]) -> bool:
    """42 CFR 422.101(b)(6): where Medicare's criteria are not fully established, the plan's own may complete them."""
    return any(opinion.policy.authority in MEDICARE_AUTHORITIES and not opinion.policy.fully_established for opinion in speaking)


def _unaddressed(silent: Sequence[Opinion]) -> _Decision:
    """No policy speaks; the answer gives the silence that tells most."""
    outcome = _Outcome(Coverage.NOT_ADDRESSED, None, None)
    ranked = sorted(silent, key=lambda opinion: _SILENCE.index(opinion.reasons[0].code))
    return _Decision(tuple(ranked[:1]), outcome)


def _combined(opinions: Sequence[Opinion]) -> _Decision:
    """Opinions of one rank, none before another: they agree on coverage, or nobody can say."""
    together = tuple(opinions)
    if any(opinion.coverage is None for opinion in opinions):
        return _Decision(together, None)
    coverages = {opinion.coverage for opinion in opinions}
    if len(coverages) > 1 or Coverage.INDETERMINATE in coverages:
        outcome = _Outcome(Coverage.INDETERMINATE, PriorAuthorization.INDETERMINATE, None)
        disagree = len(coverages) > 1 or any(len(opinion.stances) > 1 for opinion in opinions)
        return _Decision(together, outcome, conflict=disagree)
    if any(opinion.authorization is None for opinion in opinions):
        return _Decision(together, None)
    said = {opinion.authorization for opinion in opinions} - {PriorAuthorization.NOT_ADDRESSED}
    authorization = next(iter(said)) if len(said) == 1 else PriorAuthorization.NOT_ADDRESSED
    if len(said) > 1:
        authorization = PriorAuthorization.INDETERMINATE  # two policies of one rank that disagree on it
    stances = {stance for opinion in opinions for stance in opinion.stances}
    coverage = next(iter(coverages))
    assert coverage is not None
    return _Decision(together, _Outcome(coverage, authorization, next(iter(stances)) if len(stances) == 1 else None))
