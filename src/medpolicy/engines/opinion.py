"""What one policy says of one service: its text of the day, for the line of business, against what is known.

The reference engine's lower half; see `reference.py` for how opinions become an answer. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from medpolicy.engines.case import SOURCE_REQUEST, Case, Known, known_of
from medpolicy.engines.completions import bare
from medpolicy.engines.evaluation import evaluate, test_value
from medpolicy.engines.standing import SETTING, cited, conflict_notes, overdue_notes
from medpolicy.library.in_force import PartInForce, naming_event, part_in_force
from medpolicy.model import criteria as c
from medpolicy.model.codes import CodeSet
from medpolicy.model.determination import (
    Basis,
    Ground,
    Note,
    NoteCode,
    PolicyCited,
    PriorAuthorization,
    Reason,
    ReasonCode,
    weakest,
)
from medpolicy.model.facts import FactDefinition, Since
from medpolicy.model.issuer import Coverage, Issuer, ListingRole, Setting, Stance
from medpolicy.model.policy import (
    AuthorizationRequirement,
    AuthorizationRule,
    CodeListing,
    HistoryEvent,
    ListedCode,
    MedicalPolicy,
    Part,
    Provision,
)
from medpolicy.model.truth import MET, NOT_MET, UNKNOWN, CriterionStatus

AUTHORIZATION_OF = {
    AuthorizationRequirement.AUTH_NEEDED: PriorAuthorization.AUTH_NEEDED,
    AuthorizationRequirement.NO_AUTH: PriorAuthorization.NO_AUTH,
    AuthorizationRequirement.NOT_COVERED: PriorAuthorization.NOT_APPLICABLE,
    AuthorizationRequirement.CONDITIONAL: PriorAuthorization.CONDITIONAL,
}

# What is taken for known while completions are looked at: bare tests, and the setting under its name.
Assumed = Mapping[c.Test | str, bool | Setting]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one policy says of a service, as far as it is known.

    `coverage` None: something unknown decides. `authorization` None: the setting decides, or the axis does not apply.
    `reasons` hold for certain; `open_reasons` are of provisions that may come to apply.
    """

    position: int
    policy: MedicalPolicy
    cited: PolicyCited | None
    coverage: Coverage | None
    names_code: bool = False  # a listing that decides alone, or a provision, names the code
    stances: frozenset[Stance] = frozenset()
    authorization: PriorAuthorization | None = None
    authorization_reasons: tuple[Reason, ...] = ()
    basis: Basis | None = None
    reasons: tuple[Reason, ...] = ()
    open_reasons: tuple[Reason, ...] = ()
    live: tuple[c.Test, ...] = ()  # the unknown tests (bare) that can still change what it says
    notes: tuple[Note, ...] = ()

    @property
    def speaks(self) -> bool:
        return self.coverage is not Coverage.NOT_ADDRESSED


@dataclass(frozen=True, slots=True)
class View:
    """A policy's text of the service date for a line of business, and what it may take as known."""

    position: int
    policy: MedicalPolicy
    issuer: Issuer
    line: str
    case: Case
    assumed: Assumed
    parts: Mapping[Part, PartInForce]
    entry: tuple[CodeListing, ListedCode] | None
    listed: bool  # the text names the code, for whichever line
    known: Known

    def part(self, part: Part) -> PartInForce:
        return self.parts[part]

    def definitions(self) -> tuple[FactDefinition, ...]:
        """The facts that the text in force asks, in the document's order."""
        version = self.part(Part.STATEMENTS).version
        return () if version is None else version.facts

    # -- statuses -----------------------------------------------------------------------------------------------

    def status(self, test: c.Test) -> CriterionStatus:
        """The status of a test, by what is known and else by what is assumed."""
        return self._status(test, self.known.values)

    def _status(self, test: c.Test, values: Mapping[str, object]) -> CriterionStatus:
        subject = c.subject_of(test)
        if subject in values:
            status = test_value(test, values[subject], self.case.day)
            if status is not UNKNOWN:
                return status
        assumed = self.assumed.get(bare(test))
        if assumed is None:
            return UNKNOWN
        return MET if assumed else NOT_MET

    def application(self, provision: Provision, values: Mapping[str, object] | None = None) -> Stance | CriterionStatus:
        """The stance that the provision takes here; `not-met` where it says nothing; `unknown` where that is open."""
        using = self.known.values if values is None else values
        when = evaluate(provision.when, lambda test: self._status(test, using))
        if when is NOT_MET:
            return NOT_MET
        criteria = evaluate(provision.criteria, lambda test: self._status(test, using))
        if criteria is NOT_MET and provision.otherwise is None:
            return NOT_MET
        if when is UNKNOWN or criteria is UNKNOWN:
            return UNKNOWN
        return provision.stance if criteria is MET else (provision.otherwise or NOT_MET)

    def tests(self) -> Iterable[tuple[str, c.Test]]:
        """Every test that the policy may weigh here, bare, with the provision that it is in."""
        if self.policy.jurisdiction:
            yield "", c.ServiceStateIn(states=self.policy.jurisdiction)
        for provision in self.usable(self.weighed() or ()):
            for tree in (provision.when, provision.criteria):
                for test in c.tests_in(tree):
                    yield provision.id, bare(test)

    def _live(self, criterion: c.Criterion) -> Iterable[c.Test]:
        """The unknown tests on which the criterion's status still depends, bare."""
        if evaluate(criterion, self.status) is not UNKNOWN:
            return
        children = c.children_of(criterion)
        if not children:
            yield bare(criterion)  # type: ignore[arg-type]  # a criterion without children that is unknown is a test
        for child in children:
            yield from self._live(child)

    # -- what the text has --------------------------------------------------------------------------------------

    def provisions(self) -> list[Provision]:
        """The provisions for the line, and for the code where they name codes, whether or not their text is on file."""
        code = self.case.code
        return [
            provision
            for part, in_force in self.parts.items()
            if in_force.version is not None
            for provision in in_force.version.provisions
            if provision.part is part and self.line in provision.lines_of_business
            if provision.procedures is None or (code is not None and code in provision.procedures)
        ]

    def usable(self, provisions: Iterable[Provision]) -> list[Provision]:
        """Those whose text of the day is on file."""
        return [provision for provision in provisions if self.part(provision.part).on_file]

    # -- opinions -----------------------------------------------------------------------------------------------

    def opinion(self) -> Opinion:
        """What the policy says."""
        if self.case.day < self.policy.first_day:
            event = self.policy.history[0]
            reason = Reason(ReasonCode.BEFORE_FIRST_POLICY, event.text, cited(self.policy, None), citation=event.citation)
            return self._silent(reason)
        statements = self.part(Part.STATEMENTS)
        if statements.version is None:
            return self.not_on_file(statements)
        if self.line not in statements.version.lines_of_business:
            citation = statements.version.lines_of_business_citation
            where = cited(self.policy, statements)
            return self._silent(Reason(ReasonCode.LINE_NOT_NAMED, self.line, where, citation=citation))
        if self.policy.jurisdiction:
            within = self.status(c.ServiceStateIn(states=self.policy.jurisdiction))
            if within is NOT_MET:
                return self._silent(Reason(ReasonCode.NOT_LISTED))
            if within is UNKNOWN:
                return self._within(c.ServiceStateIn(states=self.policy.jurisdiction))
        return self._opinion_of_text()

    def _within(self, jurisdiction: c.ServiceStateIn) -> Opinion:
        """What the policy says if the service is given in its jurisdiction, which is not known: all of it is open."""
        inside = replace(self, assumed={**self.assumed, jurisdiction: True})._opinion_of_text()
        if not inside.speaks:
            return inside
        said = tuple(reason._replace(code=ReasonCode.PROVISION_OPEN) for reason in inside.reasons)
        return replace(
            inside, coverage=None, reasons=(), open_reasons=(*said, *inside.open_reasons), live=(jurisdiction, *inside.live)
        )

    def weighed(self) -> list[Provision] | None:
        """The provisions that are weighed together; None where a listing decides alone, or the code is in no listing."""
        provisions = self.provisions()
        if self.case.code is None:
            return provisions
        if self.entry is not None and self.part(Part.CODING).on_file:
            listing = self.entry[0]
            if listing.role is ListingRole.ALONE:
                return None
            return [item for item in provisions if not listing.provisions or item.id in listing.provisions]
        if any(item.procedures is not None for item in self.usable(provisions)):
            return provisions
        return None

    def _opinion_of_text(self) -> Opinion:
        weighed = self.weighed()
        if weighed is not None:
            return self._by_provisions(weighed)
        if self.entry is not None and self.part(Part.CODING).on_file:
            return self._by_listing(*self.entry)
        return self._of_an_unlisted_code(self.provisions())

    def _of_an_unlisted_code(self, provisions: Sequence[Provision]) -> Opinion:
        """A provision that the given facts or products meet decides; else the code is not addressed, or not on file."""
        code, coding = self.case.code, self.part(Part.CODING)
        assert code is not None
        added = naming_event(self.policy, code, self.case.day)
        was_named = not coding.on_file and (self.entry is not None or added is not None)
        usable = self.usable(provisions)
        met = self.met(usable) if was_named else self._met_by_what_is_given(usable)
        if met:
            return self._decided(met)
        if was_named:
            return self.not_on_file(coding, added if self.entry is None else None)
        missing = [item for item in provisions if not self.part(item.part).on_file]
        unknowable = self._met_by_what_is_given(missing)
        if unknowable:
            return self.not_on_file(self.part(unknowable[0][0].part))
        opinion = self._silent(Reason(ReasonCode.NOT_LISTED))
        if added is not None and code in added.codes_added:
            note = Note(NoteCode.NAMED_IN_HISTORY, f"{code} {added.date}", (added.citation,))
            return replace(opinion, notes=(*opinion.notes, note))
        return opinion

    def met(self, provisions: Iterable[Provision]) -> list[tuple[Provision, Stance]]:
        """The provisions that apply for certain."""
        found = [(provision, self.application(provision)) for provision in provisions]
        return [(provision, stance) for provision, stance in found if isinstance(stance, Stance)]

    def _met_by_what_is_given(self, provisions: Iterable[Provision]) -> list[tuple[Provision, Stance]]:
        """The provisions that apply for certain, and would not if no fact and no product were given."""
        given = {*self.case.request.facts, *(self.case.service.facts if self.case.service else ()), "products"}
        given.update(self.known.sources)
        bare_values = {subject: value for subject, value in self.known.values.items() if subject not in given}
        return [
            (provision, stance)
            for provision, stance in self.met(provisions)
            if self.application(provision, bare_values) is not stance
        ]

    def _by_listing(self, listing: CodeListing, listed: ListedCode) -> Opinion:
        assert listing.stance is not None
        coding = self.part(Part.CODING)
        where = cited(self.policy, coding)
        reason = Reason(ReasonCode.LISTED, listing.text, where, listing.id, coding.basis, listed.citation)
        opinion = self._speaking(where, [listing.stance], coding.basis, (reason,), (coding,))
        return replace(opinion, names_code=True)

    def _by_provisions(self, provisions: Sequence[Provision]) -> Opinion:
        """The provisions decide: any that applies, by its stance; none, and the service is not addressed; else open."""
        usable = self.usable(provisions)
        missing = [item for item in provisions if item not in usable]
        naming = [item for item in usable if item.procedures is not None]
        general = [item for item in usable if item.procedures is None]
        for group in (naming, general):
            found = [(item, self.application(item)) for item in group]
            rulings = [(item, stance) for item, stance in found if isinstance(stance, Stance)]
            undecided = [item for item, status in found if status is UNKNOWN]
            if undecided:
                return self._open(rulings, usable if group is naming else group)
            if rulings:
                return self._decided(rulings)
        if missing or (not provisions and not self.part(Part.STATEMENTS).on_file):
            return self.not_on_file(self.part(missing[0].part if missing else Part.STATEMENTS))
        where = cited(self.policy, self.part(Part.STATEMENTS))
        basis = self._basis(usable)
        reasons = tuple(
            Reason(
                ReasonCode.CRITERIA_NOT_MET,
                item.text,
                cited(self.policy, self.part(item.part)),
                item.id,
                self._basis([item]),
                item.citation,
            )
            for item in usable
        )
        opinion = self._silent(*(reasons or (Reason(ReasonCode.CRITERIA_NOT_MET, policy=where),)))
        return replace(opinion, cited=where, basis=basis)

    def _decided(self, rulings: Sequence[tuple[Provision, Stance]]) -> Opinion:
        reasons = tuple(self._reason(provision, stance) for provision, stance in rulings)
        basis = weakest(*(reason.basis for reason in reasons if reason.basis is not None))
        part = self.part(rulings[0][0].part)
        parts = [self.part(provision.part) for provision, _ in rulings]
        opinion = self._speaking(cited(self.policy, part), [stance for _, stance in rulings], basis, reasons, parts)
        return replace(opinion, names_code=any(provision.procedures is not None for provision, _ in rulings))

    def _speaking(
        self,
        where: PolicyCited,
        stances: Sequence[Stance],
        basis: Basis,
        reasons: tuple[Reason, ...],
        parts: Iterable[PartInForce],
    ) -> Opinion:
        coverages = {self.issuer.coverage_of(stance) for stance in stances}
        authorization: PriorAuthorization | None
        authorization_reasons: tuple[Reason, ...]
        if len(coverages) > 1:
            coverage, authorization, authorization_reasons = (
                Coverage.INDETERMINATE,
                PriorAuthorization.INDETERMINATE,
                (),
            )
        else:
            coverage = coverages.pop()
            authorization, authorization_reasons = self.authorization()
        return Opinion(
            position=self.position,
            policy=self.policy,
            cited=where,
            coverage=coverage,
            stances=frozenset(stances),
            authorization=authorization,
            authorization_reasons=authorization_reasons,
            basis=basis,
            reasons=reasons,
            notes=self._notes(parts),
        )

    def _open(self, rulings: Sequence[tuple[Provision, Stance]], weighed: Sequence[Provision]) -> Opinion:
        where = cited(self.policy, self.part(weighed[0].part if weighed else Part.STATEMENTS))
        # By identity: two versions may use one id, and a day may take one part of the text from each of them.
        certain = {id(provision) for provision, _ in rulings}
        undecided = [item for item in weighed if id(item) not in certain and self.application(item) is UNKNOWN]
        authorization, authorization_reasons = self.authorization()
        return Opinion(
            position=self.position,
            policy=self.policy,
            cited=where,
            coverage=None,
            names_code=any(item.procedures is not None for item in weighed),
            stances=frozenset(stance for _, stance in rulings),
            authorization=authorization,
            authorization_reasons=authorization_reasons,
            basis=self._basis(weighed),
            reasons=tuple(self._reason(provision, stance) for provision, stance in rulings),
            open_reasons=tuple(
                Reason(
                    ReasonCode.PROVISION_OPEN,
                    item.text,
                    cited(self.policy, self.part(item.part)),
                    item.id,
                    self._basis([item]),
                    item.citation,
                    self._grounds(item),
                )
                for item in undecided
            ),
            live=tuple(test for item in undecided for tree in (item.when, item.criteria) for test in self._live(tree)),
            notes=self._notes(self.part(item.part) for item in weighed),
        )

    def _silent(self, *reasons: Reason) -> Opinion:
        return Opinion(
            position=self.position,
            policy=self.policy,
            cited=reasons[0].policy,
            coverage=Coverage.NOT_ADDRESSED,
            reasons=reasons,
            notes=self.known.notes,
        )

    def not_on_file(self, part: PartInForce, named_by: HistoryEvent | None = None) -> Opinion:
        """Nobody can say: the text of the day is not on file; the reason cites the event that tells so."""
        event = named_by or part.event
        reason = Reason(
            ReasonCode.TEXT_NOT_ON_FILE,
            "" if event is None else event.text,
            cited(self.policy, None),
            basis=Basis.NOT_ON_FILE,
            citation=None if event is None else event.citation,
        )
        return Opinion(
            position=self.position,
            policy=self.policy,
            cited=cited(self.policy, None),
            coverage=Coverage.INDETERMINATE,
            names_code=self.entry is not None,
            authorization=PriorAuthorization.INDETERMINATE,
            basis=Basis.NOT_ON_FILE,
            reasons=(reason,),
            notes=self.known.notes,
        )

    # -- their parts --------------------------------------------------------------------------------------------

    def authorization(self) -> tuple[PriorAuthorization | None, tuple[Reason, ...]]:
        """What the policy says of authorization in the setting, and where; None where the setting decides."""
        part = self.part(Part.AUTHORIZATION)
        if not part.on_file:
            says = "" if part.event is None else part.event.text
            citation = None if part.event is None else part.event.citation
            reason = Reason(ReasonCode.TEXT_NOT_ON_FILE, says, cited(self.policy, None), None, part.basis, citation)
            return PriorAuthorization.INDETERMINATE, (reason,)
        told = self.case.request.setting or self.assumed.get(SETTING)
        settings = [told] if isinstance(told, Setting) else list(Setting)
        found = [self._authorization_rule(setting) for setting in settings]
        answers = {PriorAuthorization.NOT_ADDRESSED if rule is None else AUTHORIZATION_OF[rule.requirement] for rule in found}
        where = cited(self.policy, part)
        reasons = tuple(
            Reason(ReasonCode.AUTHORIZATION_RULE, rule.text, where, None, part.basis, rule.citation)
            for rule in found
            if rule is not None
        )
        return (answers.pop() if len(answers) == 1 else None), reasons

    def _authorization_rule(self, setting: Setting) -> AuthorizationRule | None:
        """The rule for the line and setting; one that names the code before a general one."""
        version = self.part(Part.AUTHORIZATION).version
        assert version is not None
        rules = [rule for rule in version.authorization if rule.setting is setting and self.line in rule.lines_of_business]
        naming = [rule for rule in rules if _names(rule.procedures, self.case.code)]
        general = [rule for rule in rules if rule.procedures is None]
        return next(iter(naming + general), None)

    def _reason(self, provision: Provision, stance: Stance) -> Reason:
        part = self.part(provision.part)
        code, says, citation = ReasonCode.PROVISION_MET, provision.text, provision.citation
        if stance is Stance.DELEGATED:
            code = ReasonCode.DELEGATED
        elif evaluate(provision.criteria, self.status) is not MET:
            code = ReasonCode.PROVISION_OTHERWISE
            says = provision.otherwise_text or says
            citation = provision.otherwise_citation or citation
        return Reason(
            code,
            says,
            cited(self.policy, part),
            provision.id,
            self._basis([provision]),
            citation,
            self._grounds(provision),
            provision.delegated_to if stance is Stance.DELEGATED else (),
        )

    def _basis(self, provisions: Sequence[Provision]) -> Basis:
        """The weakest of the provisions' texts, and of the product list where something rests on what only it says."""
        bases = [self.part(provision.part).basis for provision in provisions]
        bases = bases or [self.part(Part.STATEMENTS).basis]
        for provision in provisions:
            if self.application(provision) is not self.application(provision, self.known.without_products):
                bases.append(self.part(Part.PRODUCTS).basis)
        return weakest(*bases)

    def _grounds(self, provision: Provision) -> tuple[Ground, ...]:
        """The facts of the provision that are known, in its order, with who said each."""
        subjects = dict.fromkeys(c.subject_of(test) for tree in (provision.when, provision.criteria) for test in c.tests_in(tree))
        return tuple(
            Ground(subject, value_in_words(self.known.values[subject]), self.known.sources.get(subject, SOURCE_REQUEST))
            for subject in subjects
            if subject in self.known.values
        )

    def _notes(self, parts: Iterable[PartInForce]) -> tuple[Note, ...]:
        conflicts = conflict_notes(self.policy, self.known.products, self.case.day)
        return (*self.known.notes, *conflicts, *overdue_notes(parts))


def parts_on(policy: MedicalPolicy, day: date) -> Mapping[Part, PartInForce]:
    """Each part of the policy's text as it was in force on a day."""
    if day < policy.first_day:
        return dict.fromkeys(Part, PartInForce(None, Basis.NOT_ON_FILE))
    return {part: part_in_force(policy, part, day) for part in Part}


def view_of(
    position: int,
    policy: MedicalPolicy,
    issuer: Issuer,
    line: str,
    case: Case,
    assumed: Assumed,
    parts: Mapping[Part, PartInForce] | None = None,
) -> View:
    """The policy's text of the day for the line, and what it may take as known of the case.

    `parts`: those of `parts_on` for the day, where the caller has them already.
    """
    parts = parts_on(policy, case.day) if parts is None else parts
    coding = parts[Part.CODING]
    listings = () if coding.version is None else coding.version.code_listings
    found = [(listing, entry) for listing in listings for entry in listing.codes if case.code in (entry.code,)]
    entry = next((pair for pair in found if line in pair[0].lines_of_business), None)
    statements = parts[Part.STATEMENTS].version
    listed = bool(found) or any(
        _names(provision.procedures, case.code) for provision in (() if statements is None else statements.provisions)
    )
    known = known_of(
        case,
        products=parts[Part.PRODUCTS],
        entry=entry[1] if entry is not None and coding.on_file else None,
        listed=listed,
    )
    return View(position, policy, issuer, line, case, assumed, parts, entry, listed, known)


def _names(codes: CodeSet | None, code: str | None) -> bool:
    return codes is not None and code is not None and code in codes


def value_in_words(value: object) -> str:
    """A known value as a reader would say it; lists of codes and names are not repeated."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return f"{len(value)} given"
    if isinstance(value, Since):
        return f"since {value.start}"
    return str(value)
