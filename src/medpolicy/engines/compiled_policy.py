"""One policy, compiled: the stretches of days in which its text in force does not change, and each code's answers there.

The compiled engine's lower half; `compiled.py` says what it is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from medpolicy.engines.case import SOURCE_CODE, SOURCE_REQUEST, Case
from medpolicy.engines.opinion import Opinion, View, parts_on, value_in_words, view_of
from medpolicy.engines.standing import SETTING, cited, conflict_notes, question, related_of, review_notes
from medpolicy.engines.weighing import Plan, Weighing
from medpolicy.formats.answers import Words, reason_json
from medpolicy.library.in_force import PartInForce, boundaries, naming_event
from medpolicy.library.library import Library
from medpolicy.model.determination import (
    Basis,
    Ground,
    Note,
    NoteCode,
    PolicyCited,
    PreparedReason,
    PriorAuthorization,
    Question,
    Reason,
    ReasonCode,
    weakest,
)
from medpolicy.model.facts import FactValue
from medpolicy.model.issuer import Coverage, Issuer, Setting, Stance
from medpolicy.model.policy import Authority, MedicalPolicy, Part, Product, Provision
from medpolicy.model.products import product_key
from medpolicy.model.request import Request, RequestedService

UNLISTED: Final = "?"  # stands for every code that a policy does not name
SILENT: Final = frozenset((Coverage.NOT_ADDRESSED, Coverage.INDETERMINATE))
_SETTING_QUESTION: Final = question(SETTING, None, ())
_ONLY_SETTING: Final = (_SETTING_QUESTION,)
NO_FACTS: Final[Mapping[str, FactValue]] = {}
NO_NAMES: Final[Sequence[tuple[str, str]]] = ()

_Authorization = tuple[PriorAuthorization | None, tuple[Reason, ...]]


class _Known(NamedTuple):
    """As `case.Known`: what is known, who said it, which of the policy's products were named, and what is to be noted."""

    values: dict[str, object]
    sources: dict[str, str]
    products: Sequence[Product]
    notes: list[Note]


class Answer(NamedTuple):
    """What one policy comes to for a service, before what is added from the request."""

    coverage: Coverage
    stance: Stance | None
    authorization: PriorAuthorization | None
    basis: Basis | None
    cited: PolicyCited | None
    reasons: tuple[Reason, ...]
    questions: tuple[Question, ...] = ()
    notes: Sequence[Note] = ()


class CompiledPolicy:
    """One policy: the days on which its text in force changes, and what is compiled of each stretch between them."""

    def __init__(self, at: int, library: Library, words: Words | None, *, ahead: bool = True) -> None:
        self.at = at
        self.ahead = ahead
        self.words = words
        self.weighings: dict[tuple[object, ...], Weighing] = {}
        self.policy: MedicalPolicy = library.policies[at]
        self.issuer: Issuer = library.issuers[self.policy.issuer]
        self.starts: tuple[date, ...] = boundaries(self.policy)
        self.related = related_of(self.policy)
        self.review_notes = review_notes(self.policy)
        said = [f"{other.system}: {other.value}" for other in self.policy.identifiers if other.system == "ncd-lcd"]
        self.medicare_note = Note(NoteCode.MEDICARE_CRITERIA_NOT_LOADED, "; ".join(said))
        self.is_contract = self.policy.authority is Authority.CONTRACT
        self._periods: dict[str, list[_Period | None]] = {}
        self._parts: dict[date, Mapping[Part, PartInForce]] = {}
        rules = [rule for version in self.policy.versions for rule in version.authorization]
        self._with_rules = [rule.procedures for rule in rules if rule.procedures is not None]

    def has_rule_for(self, code: str) -> bool:
        """Whether an authorization rule names the code, so that it is not like every other that no listing names."""
        return any(code in codes for codes in self._with_rules)

    def parts_on(self, day: date) -> Mapping[Part, PartInForce]:
        """The parts of the text on a day on which a stretch begins."""
        if day not in self._parts:
            self._parts[day] = parts_on(self.policy, day)
        return self._parts[day]

    def period(self, stretch: int, line: str) -> _Period:
        """The text in force from `starts[stretch - 1]` on (0: before the first), for a line of business."""
        periods = self._periods.get(line)
        if periods is None:
            periods = self._periods[line] = [None] * (len(self.starts) + 1)
        found = periods[stretch]
        if found is None:
            day = self.starts[stretch - 1] if stretch else self.starts[0] - timedelta(days=1)
            found = periods[stretch] = _Period(self, day, line)
        return found


class _Period:
    """A policy over a stretch of days in which its text in force does not change, for one line of business."""

    def __init__(self, compiled: CompiledPolicy, day: date, line: str) -> None:
        self.compiled = compiled
        self.day = day
        self.line = line
        self.by_code: dict[str | None, Coded] = {}
        self.parts = parts = compiled.parts_on(day)
        products = parts[Part.PRODUCTS]
        self.products_on_file = products.on_file
        self.products_basis = products.basis
        self.products: dict[str, Product] = {}
        self.conflicts: dict[str, list[Note]] = {}
        for products_of in () if products.version is None else products.version.product_lists:
            for product in products_of.products:
                for name in (product.name, *product.aliases):
                    self.products[product_key(name)] = product
                self.conflicts[product.name] = conflict_notes(compiled.policy, [product], day)
        self.overdue = {
            part: None if in_force.overdue is None else Note(NoteCode.REVIEW_OVERDUE, str(in_force.overdue))
            for part, in_force in parts.items()
        }

        self.is_overdue = any(note is not None for note in self.overdue.values())

    def view(self, code: str | None, setting: Setting | None = None) -> View:
        """The reference's view of a service of which nothing is told but its code and setting."""
        service = None if code is None else RequestedService(code=code)
        request = Request(
            issuer=self.compiled.policy.issuer,
            service_date=self.day,
            line_of_business=self.line,
            setting=setting,
            procedures=() if service is None else (service,),
        )
        case = Case(request, service, alone=True)
        compiled = self.compiled
        return view_of(compiled.at, compiled.policy, compiled.issuer, self.line, case, {}, self.parts)

    def coded(self, code: str | None) -> Coded:
        """What is compiled for a code that the policy names, for none, or for one that it does not name."""
        found = self.by_code.get(code)
        if found is None:
            found = self.by_code[code] = Coded(self, code)
        return found


@dataclass(slots=True)
class _Item:
    """A provision as it is quoted: what does not depend on the request."""

    provision: Provision
    basis: Basis
    cited: PolicyCited
    subjects: tuple[str, ...]
    part: Part


class Coded:
    """A policy over a stretch of days, for a line and a code: decided already, or as far as it can be."""

    def __init__(self, period: _Period, code: str | None) -> None:
        self.period = period
        self.code = code
        self.untold: dict[Setting | None, Answer | None] = {}  # filled by `prepare`, never by a request
        self.ready: dict[Setting | None, dict[str, Any]] = {}  # the same as JSON, filled by `CompiledIndex.prepare`
        view = period.view(code)
        self.listed = view.listed
        self.implies: Mapping[str, FactValue] = (
            view.entry[1].implies if view.entry is not None and view.part(Part.CODING).on_file else NO_FACTS
        )
        self.authorization: dict[Setting | None, _Authorization] = {}
        self.fixed: dict[Setting | None, Answer] = {}
        self.weighing: Weighing | None = None
        self.reserved: frozenset[str] = frozenset()  # the parts of the request that a criterion here asks about
        self.is_unlisted = False
        in_text = (
            period.day >= view.policy.first_day and view.part(Part.STATEMENTS).version is not None and view.line in _lines(view)
        )
        self.at_reference = in_text and bool(view.policy.jurisdiction)
        weighed = view.weighed() if in_text else None
        named = view.entry is not None or (code is not None and naming_event(view.policy, code, period.day) is not None)
        self.was_named = not view.part(Part.CODING).on_file and named
        decides_alone = view.entry is not None and view.part(Part.CODING).on_file and weighed is None
        if in_text and not decides_alone:
            self.is_unlisted = weighed is None
            provisions = view.provisions() if weighed is None else weighed
            self._compile(view, provisions)
        for setting in (None, *Setting):
            seen = period.view(code, setting)
            if in_text:
                told, rules = seen.authorization()
                self.authorization[setting] = told, self._prepared(rules)
            if not in_text or decides_alone or self.is_unlisted:
                self.fixed[setting] = self._fixed(seen.opinion())
        self.asks_of_the_request = bool(self.reserved)

    def _compile(self, view: View, provisions: Sequence[Provision]) -> None:
        period = self.period
        usable = view.usable(provisions)
        self.missing = [item for item in provisions if item not in usable]
        nothing_on_file = bool(self.missing) or (not provisions and not view.part(Part.STATEMENTS).on_file)
        of_none = Coverage.INDETERMINATE if nothing_on_file else Coverage.NOT_ADDRESSED
        self.weighing = self._weighing(view, usable, of_none)
        self.items = [
            _Item(
                weighed.provision,
                view.part(weighed.provision.part).basis,
                cited(view.policy, view.part(weighed.provision.part)),
                weighed.subjects,
                weighed.provision.part,
            )
            for weighed in self.weighing.weighed
        ]
        bases = {item.basis for item in self.items} or {view.part(Part.STATEMENTS).basis}
        self.one_basis = next(iter(bases)) if len(bases) == 1 else None
        self.products_weaken = any(period.products_basis.weakness > basis.weakness for basis in bases)
        self.coverage_of = {stance: view.issuer.coverage_of(stance) for stance in Stance}
        self.statements_basis = view.part(Part.STATEMENTS).basis
        self.statements_cited = cited(view.policy, view.part(Part.STATEMENTS))
        part = view.part(self.missing[0].part if self.missing else Part.STATEMENTS)
        self.not_on_file = self._fixed(view.not_on_file(part)) if nothing_on_file else None
        self.missing_weighing = self._weighing(view, self.missing, Coverage.NOT_ADDRESSED) if self.missing else None
        missing = () if self.missing_weighing is None else self.missing_weighing.reserved
        self.reserved = frozenset((*self.weighing.reserved, *missing))
        self.missing_not_on_file = [self._fixed(view.not_on_file(view.part(item.part))) for item in self.missing]
        self.needs = frozenset(self.weighing.subjects)

    def _weighing(self, view: View, provisions: Sequence[Provision], of_none: Coverage) -> Weighing:
        """The provisions, compiled once for all stretches, lines and codes for which they are weighed together."""
        version = view.part(Part.STATEMENTS).version
        key = (version.version if version is not None else None, of_none, *(id(provision) for provision in provisions))
        found = self.period.compiled.weighings.get(key)
        if found is None:
            found = Weighing(provisions, view.definitions(), view.issuer, of_none=of_none, ahead=self.period.compiled.ahead)
            self.period.compiled.weighings[key] = found
        return found

    def prepare(self) -> None:
        """Decide now, from the policy alone, what it comes to in each setting where no fact and no product is told."""
        if self.weighing is not None:
            self.weighing.prepare()
        if self.asks_of_the_request:
            return
        for setting in (None, *Setting):
            answer = self.answer(self.period.view(self.code, setting).case, NO_NAMES, NO_NAMES)
            self.untold[setting] = None if answer is None else answer._replace(reasons=self._prepared(answer.reasons))

    def _prepared(self, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
        """The reasons with their words, as far as nothing of a request is in them."""
        words = self.period.compiled.words
        if words is None:
            return tuple(reasons)
        found = []
        for reason in reasons:
            prepared = PreparedReason(*reason)
            prepared.json = reason_json(reason, words.reason(reason, self.code))
            found.append(prepared)
        return tuple(found)

    def _fixed(self, opinion: Opinion) -> Answer:
        """The answer that an opinion comes to which rests on nothing that the request could tell but the setting."""
        coverage = opinion.coverage
        assert coverage is not None
        reasons, authorization = opinion.reasons, opinion.authorization
        questions: tuple[Question, ...] = ()
        if coverage not in SILENT:
            reasons = (*reasons, *opinion.authorization_reasons)
            if authorization is None:
                authorization, questions = PriorAuthorization.CONDITIONAL, _ONLY_SETTING
        stance = next(iter(opinion.stances)) if len(opinion.stances) == 1 and coverage not in SILENT else None
        return Answer(
            coverage=coverage,
            stance=stance,
            authorization=authorization,
            basis=opinion.basis,
            cited=opinion.cited,
            reasons=reasons,
            questions=questions,
            notes=opinion.notes,
        )

    # -- one request --------------------------------------------------------------------------------------------

    def answer(self, case: Case, named: Sequence[tuple[str, str]], own: Sequence[tuple[str, str]]) -> Answer | None:
        """What the policy comes to; None where only the reference engine can say."""
        if self.at_reference:
            return None
        request, weighing = case.request, self.weighing
        reaches = case.alone or self.listed
        names = named if reaches else NO_NAMES
        if own:
            names = [*names, *own]
        notes: list[Note] = []
        values, sources = self._told(case, reaches, notes)
        if self.reserved:
            self._of_the_request(case, values, reaches, names)
        products: Sequence[Product] = ()
        without: Plan | None = None
        if names:
            products = self._products_named(names, notes)
            if products:
                if weighing is not None:
                    without = weighing.plan(values, request.service_date)
                self._add_implied(products, values, sources, notes)
        known = _Known(values, sources, products, notes)
        setting = request.setting
        if weighing is None:
            return self._with_notes(self.fixed[setting], known, conflicts=self.fixed[setting].coverage not in SILENT)
        plan = weighing.plan(values, request.service_date)
        if without is None:
            without = plan
        if self.is_unlisted:
            return self._unlisted(case, known, plan, without)
        if plan.is_open:
            return self._open(setting, known, plan, without)
        if plan.rulings:
            return self._decided(setting, known, plan, without, plan.rulings)
        if self.not_on_file is not None:
            return self._with_notes(self.not_on_file, known, conflicts=False)
        code = ReasonCode.CRITERIA_NOT_MET
        reasons = tuple([self._quoted(code, at, known, plan, without, grounds=False) for at in plan.among])
        return Answer(
            coverage=Coverage.NOT_ADDRESSED,
            stance=None,
            authorization=None,
            basis=self._basis(plan.among, plan, without),
            cited=self.statements_cited,
            reasons=reasons or (Reason(code, policy=self.statements_cited),),
            notes=notes,
        )

    def _with_notes(self, answer: Answer, known: _Known, *, conflicts: bool) -> Answer:
        if not known.notes and not known.products:
            return answer
        extra = [*known.notes]
        if conflicts:
            extra += [note for product in known.products for note in self.period.conflicts[product.name]]
        return answer._replace(notes=[*extra, *answer.notes])

    def _unlisted(self, case: Case, known: _Known, plan: Plan, without: Plan) -> Answer:
        assert self.weighing is not None
        setting = case.request.setting
        rulings = [at for at, stance in enumerate(plan.applications) if isinstance(stance, Stance)]
        if rulings and not self.was_named:
            else_applied = self.weighing.plan(_not_given(case, known), case.request.service_date).applications
            rulings = [at for at in rulings if else_applied[at] is not plan.applications[at]]
        if rulings:
            return self._decided(setting, known, plan, without, rulings)
        if self.missing_weighing is not None and not self.was_named:
            unknowable = self._missing(case, known)
            if unknowable is not None:
                return self._with_notes(unknowable, known, conflicts=False)
        return self._with_notes(self.fixed[setting], known, conflicts=False)

    def _missing(self, case: Case, known: _Known) -> Answer | None:
        """That nobody can say, where a provision whose text of the day is not on file would be met by what is given."""
        weighing = self.missing_weighing
        assert weighing is not None
        applied = weighing.plan(known.values, case.request.service_date).applications
        if any(isinstance(stance, Stance) for stance in applied):
            ungiven = weighing.plan(_not_given(case, known), case.request.service_date).applications
            for at, stance in enumerate(applied):
                if isinstance(stance, Stance) and ungiven[at] is not stance:
                    return self.missing_not_on_file[at]
        return None

    def _decided(self, setting: Setting | None, known: _Known, plan: Plan, without: Plan, rulings: Sequence[int]) -> Answer:
        reasons = [self._ruling(at, known, plan, without) for at in rulings]
        basis = self._basis(rulings, plan, without)
        where = self.items[rulings[0]].cited
        notes = self._notes(known, rulings)
        stance = plan.applications[rulings[0]]
        assert isinstance(stance, Stance)
        coverage = self.coverage_of[stance]
        only: Stance | None = stance
        for at in rulings[1:]:
            other = plan.applications[at]
            assert isinstance(other, Stance)
            if other is not stance:
                only = None
                if self.coverage_of[other] is not coverage:
                    conflict = Reason(ReasonCode.CONFLICT, policy=where)
                    uncertain = PriorAuthorization.INDETERMINATE
                    return Answer(Coverage.INDETERMINATE, None, uncertain, basis, where, (conflict, *reasons), notes=notes)
        authorization, rules = self.authorization[setting]
        questions: tuple[Question, ...] = ()
        if authorization is None:
            authorization, questions = PriorAuthorization.CONDITIONAL, _ONLY_SETTING
        return Answer(coverage, only, authorization, basis, where, (*reasons, *rules), questions, notes)

    def _open(self, setting: Setting | None, known: _Known, plan: Plan, without: Plan) -> Answer:
        authorization, rules = self.authorization[setting]
        coverage = plan.coverage
        if coverage is not Coverage.CONDITIONAL and coverage not in SILENT:
            told: PriorAuthorization | None = (
                authorization or PriorAuthorization.CONDITIONAL
            )  # it applies in every way this can come out
        else:
            told = self._authorization_of(plan, authorization)
        where = self.items[plan.among[0]].cited
        basis = self._basis(plan.among, plan, without)
        reasons: list[Reason] = []
        if coverage is Coverage.NOT_ADDRESSED:
            reasons.append(Reason(ReasonCode.CRITERIA_NOT_MET, policy=where, basis=basis))
        if coverage is Coverage.INDETERMINATE:
            reasons.append(Reason(ReasonCode.CONFLICT, policy=where))
        reasons += [self._ruling(at, known, plan, without) for at in plan.rulings]
        if coverage is Coverage.CONDITIONAL or plan.stance is None or not plan.rulings:
            reasons += [self._quoted(ReasonCode.PROVISION_OPEN, at, known, plan, without) for at in plan.undecided]
        if coverage not in SILENT:
            reasons += rules
        questions = tuple([self._question(at) for at in plan.asked[authorization is None]])
        notes = self._notes(known, plan.among)
        return Answer(coverage, plan.stance, told, basis, where, tuple(reasons), questions, notes)

    def _authorization_of(self, plan: Plan, authorization: PriorAuthorization | None) -> PriorAuthorization | None:
        """The authorization on which every way that it can come out agrees, else conditional."""
        found: set[PriorAuthorization | None] = set()
        for outcome, _ in plan.possible:
            if outcome is Coverage.NOT_ADDRESSED:
                found.add(None)
            elif outcome is Coverage.INDETERMINATE:
                found.add(PriorAuthorization.INDETERMINATE)
            elif authorization is not None:
                found.add(authorization)
            else:
                found.update(self.authorization[way][0] for way in Setting)
        if PriorAuthorization.NOT_ADDRESSED in found:
            found.discard(None)
        return next(iter(found)) if len(found) == 1 else PriorAuthorization.CONDITIONAL

    def _question(self, at: int) -> Question:
        assert self.weighing is not None
        return _SETTING_QUESTION if at < 0 else self.weighing.asks[at]

    def _notes(self, known: _Known, items: Sequence[int]) -> list[Note]:
        notes = [*known.notes]
        for product in known.products:
            notes += self.period.conflicts[product.name]
        if self.period.is_overdue:
            overdue = [self.period.overdue[self.items[at].part] for at in items]
            notes += [note for note in overdue if note is not None]
        return notes

    def _basis(self, items: Iterable[int], plan: Plan, without: Plan) -> Basis:
        if self.one_basis is not None and (plan is without or not self.products_weaken):
            return self.one_basis
        bases = [self._basis_of(at, plan, without) for at in items]
        return weakest(*bases) if bases else self.statements_basis

    def _basis_of(self, at: int, plan: Plan, without: Plan) -> Basis:
        """The basis of the provision's text, and of the product list where what it comes to rests on that alone."""
        basis = self.items[at].basis
        if plan is not without and self.products_weaken and plan.applications[at] is not without.applications[at]:
            return weakest(basis, self.period.products_basis)
        return basis

    def _ruling(self, at: int, known: _Known, plan: Plan, without: Plan) -> Reason:
        provision = self.items[at].provision
        stance = plan.applications[at]
        if stance is Stance.DELEGATED:
            return self._quoted(ReasonCode.DELEGATED, at, known, plan, without)
        if provision.otherwise is not None and not plan.criteria_met[at]:
            return self._quoted(ReasonCode.PROVISION_OTHERWISE, at, known, plan, without)
        return self._quoted(ReasonCode.PROVISION_MET, at, known, plan, without)

    def _quoted(self, code: ReasonCode, at: int, known: _Known, plan: Plan, without: Plan, *, grounds: bool = True) -> Reason:
        item = self.items[at]
        provision = item.provision
        says, citation = provision.text, provision.citation
        if code is ReasonCode.PROVISION_OTHERWISE:
            says = provision.otherwise_text or says
            citation = provision.otherwise_citation or citation
        return Reason(
            code,
            says,
            item.cited,
            provision.id,
            self._basis_of(at, plan, without),
            citation,
            self._grounds(item, known) if grounds else (),
            provision.delegated_to if code is ReasonCode.DELEGATED else (),
        )

    def _grounds(self, item: _Item, known: _Known) -> tuple[Ground, ...]:
        values, sources = known.values, known.sources
        found = []
        for subject in item.subjects:
            value = values.get(subject)
            if value is not None:
                words = "yes" if value is True else "no" if value is False else value_in_words(value)
                found.append(Ground(subject, words, sources.get(subject, SOURCE_REQUEST)))
        return tuple(found)

    def _told(self, case: Case, reaches: bool, notes: list[Note]) -> tuple[dict[str, object], dict[str, str]]:
        """The facts that the request states and that the code implies, and who said each; as `case.known_of`."""
        values: dict[str, object] = {**case.request.facts} if reaches else {}
        service = case.service
        if service is not None and service.facts:
            for fact, value in service.facts.items():
                if values.get(fact, value) != value:
                    notes.append(Note(NoteCode.CONFLICTING_FACTS, fact))
                values[fact] = value
        sources = dict.fromkeys(values, SOURCE_REQUEST)
        for fact, value in self.implies.items():
            stated = values.get(fact)
            if stated is None:
                sources[fact] = SOURCE_CODE
            elif stated != value:
                notes.append(Note(NoteCode.CONFLICTING_FACTS, fact))
                sources[fact] = SOURCE_CODE
            values[fact] = value
        return values, sources

    def _of_the_request(self, case: Case, values: dict[str, object], reaches: bool, names: Sequence[tuple[str, str]]) -> None:
        """Add the parts of the request that a criterion here asks about."""
        request = case.request
        own_told = case.service is not None and case.service.products is not None
        told: dict[str, object | None] = {
            "age": request.member.age,
            "sex": request.member.sex,
            "diagnoses": request.diagnoses,
            "procedure": case.code,
            "products": tuple(key for _, key in names) if own_told or (reaches and request.products is not None) else None,
            "service_state": request.service_state,
        }
        for subject in self.reserved:
            if told[subject] is not None:
                values[subject] = told[subject]

    def _products_named(self, names: Sequence[tuple[str, str]], notes: list[Note]) -> Sequence[Product]:
        """The policy's products among the names; none, with a note for each, where their list is not on file."""
        known = self.period.products
        found = {product.name: product for _, key in names if (product := known.get(key)) is not None}
        if found and not self.period.products_on_file:
            notes += [Note(NoteCode.PRODUCTS_NOT_ON_FILE, name) for name in found]
            return ()
        return tuple(found.values())

    def _add_implied(
        self, products: Sequence[Product], values: dict[str, object], sources: dict[str, str], notes: list[Note]
    ) -> None:
        """Add what the products imply; naming a product stands against a stated fact."""
        whose: Mapping[str, str] = {}
        if len(products) == 1:
            implied = products[0].implies
        else:
            implied, whose, disputes = _implied(products)
            notes += disputes
        only = products[0].name
        for fact, value in implied.items():
            stated = values.get(fact)
            if stated is not None and stated != value:
                notes.append(Note(NoteCode.CONFLICTING_FACTS, fact))
                if fact in self.implies:
                    if value is False:
                        continue
                    if value is not True:
                        del values[fact], sources[fact]
                        continue
            if stated != value:
                sources[fact] = whose.get(fact, only)
            values[fact] = value


def _not_given(case: Case, known: _Known) -> dict[str, object]:
    """What is known without any fact and product that was given, as `opinion.View` has it for codes in no listing."""
    given = {*case.request.facts, "products", *known.sources}
    if case.service is not None:
        given.update(case.service.facts)
    return {subject: value for subject, value in known.values.items() if subject not in given}


def _implied(products: Iterable[Product]) -> tuple[dict[str, FactValue], dict[str, str], list[Note]]:
    """As `case._implied_by_products`."""
    implied: dict[str, FactValue] = {}
    whose: dict[str, str] = {}
    disputed: set[str] = set()
    notes = []
    for product in products:
        for fact, value in product.implies.items():
            if fact in implied and implied[fact] != value:
                notes.append(Note(NoteCode.CONFLICTING_FACTS, fact))
                if not isinstance(value, bool):
                    disputed.add(fact)
                if value is not True:
                    continue
            if implied.get(fact) != value:
                implied[fact], whose[fact] = value, product.name
    for fact in disputed:
        del implied[fact]
    return implied, whose, notes


def _lines(view: View) -> tuple[str, ...]:
    version = view.part(Part.STATEMENTS).version
    return () if version is None else version.lines_of_business
