"""The same answers as `reference.py`, from a compiled index.

What does not depend on the request's facts is decided once for each policy, stretch of days, line of business and code, by
asking the reference's own parts (`opinion.py`); what does is compiled into functions and a decision diagram
(`weighing.py`). Compiling happens when a policy is prepared or else first asked about; no answer to a request is kept for the
next. Services that more than one policy may decide, and Medicare's own policies, go to the reference engine.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from medpolicy.engines import reference
from medpolicy.engines.case import Case
from medpolicy.engines.compiled_policy import NO_NAMES, UNLISTED, Answer, Coded, CompiledPolicy
from medpolicy.formats.answers import Words, copy_of, service_json
from medpolicy.library.in_force import PartInForce
from medpolicy.library.library import IssuerIndex, Library
from medpolicy.model.determination import (
    Determination,
    Note,
    NoteCode,
    Reason,
    ReasonCode,
    ServiceDetermination,
)
from medpolicy.model.issuer import Coverage, LineOfBusiness, Program, Setting
from medpolicy.model.policy import Part
from medpolicy.model.products import product_key
from medpolicy.model.request import Request, RequestedService

_NOT_LISTED: Final = (Reason(ReasonCode.NOT_LISTED),)
_MEDICARE_NOTE: Final = Note(NoteCode.MEDICARE_CRITERIA_NOT_LOADED, "")
_NOT_ADDRESSED: Final = Answer(Coverage.NOT_ADDRESSED, None, None, None, None, _NOT_LISTED)


def index_of(library: Library, words: Words | None = None) -> CompiledIndex:
    """The library's compiled index, made on first use. `words` put reasons into words that hold nothing of a request."""
    index = library.compiled.get("index")
    if not isinstance(index, CompiledIndex):
        index = library.compiled["index"] = CompiledIndex(library, words)
    return index


def determine(request: Request, library: Library, *, as_of: date, engine: str, words: Words | None = None) -> Determination:
    """The determination of a request that was read and checked. `as_of` decides nothing but notes."""
    index = index_of(library, words)
    procedures = request.procedures
    if len(procedures) == 1:
        services: tuple[ServiceDetermination, ...] = (index.service(Case(request, procedures[0], True), as_of),)
    elif procedures:
        services = tuple([index.service(Case(request, service, False), as_of) for service in procedures])
    else:
        services = (index.service(Case(request, None, True), as_of),)
    return Determination(request.id, library.digest, engine, as_of, services)


def answer(request: Request, library: Library, *, as_of: date, engine: str, words: Words) -> dict[str, Any]:
    """The answer to a request as plain JSON values: the determination in words, of which some were made beforehand."""
    index = index_of(library, words)
    procedures = request.procedures
    if procedures:
        alone = len(procedures) == 1
        services = [index.service_json(Case(request, service, alone), as_of, words) for service in procedures]
    else:
        services = [service_json(index.service(Case(request, None, True), as_of), words)]
    return {
        "id": request.id,
        "library": library.digest,
        "engine": engine,
        "as_of": as_of.isoformat(),
        "services": services,
    }


class CompiledIndex:
    """A library, compiled as far as it was asked about.

    `ahead`: whether all that provisions may come to is worked out when a policy is first asked about, so that each later request
    is quick; not where few questions are asked of each of many policies.
    """

    def __init__(self, library: Library, words: Words | None, *, ahead: bool = True) -> None:
        self.library = library
        self.ahead = ahead
        self.words = words
        self._policies: dict[int, CompiledPolicy] = {}
        self._lines: dict[tuple[str, str], tuple[LineOfBusiness, IssuerIndex, bool]] = {}

    def prepare(self, at: int) -> None:
        """Compile a policy for every stretch of days, line and code, and what it comes to where nothing else is told."""
        policy = self._policy(at)
        index = self.library.index[policy.issuer.id]
        for line in () if at in self.library.medicare else policy.issuer.lines_of_business:
            if line.program is Program.MEDICARE_ADVANTAGE and (self.library.medicare or policy.is_contract):
                continue  # the reference engine answers these
            for stretch in range(len(policy.starts) + 1):
                period = policy.period(stretch, line.id)
                period.coded(None).prepare()
                period.coded(UNLISTED).prepare()
                for code in self.library.summaries[at].codes:
                    coded = period.coded(code)
                    coded.prepare()
                    alone = (index.naming(code) if index.code_sets else index.codes.get(code, ())) == (at,)
                    if alone and not (coded.asks_of_the_request or coded.at_reference):
                        self._make_ready(coded, line, period.day)

    def _make_ready(self, coded: Coded, line: LineOfBusiness, day: date) -> None:
        if self.words is None:
            return
        assert coded.code is not None
        service = RequestedService(code=coded.code)
        for setting in (None, *Setting):
            request = Request(
                issuer=coded.period.compiled.issuer.id,
                service_date=day,
                line_of_business=line.id,
                setting=setting,
                procedures=(service,),
            )
            coded.ready[setting] = service_json(self.service(Case(request, service, True), day), self.words)

    def parts_on(self, at: int, day: date) -> Mapping[Part, PartInForce]:
        """The parts of a policy's text on a day."""
        return self._policy(at).parts_on(day)

    def forget(self, at: int) -> None:
        """Let go of what was compiled for a policy; it is compiled again when it is next asked about."""
        self._policies.pop(at, None)

    def _policy(self, at: int) -> CompiledPolicy:
        found = self._policies.get(at)
        if found is None:
            found = self._policies[at] = CompiledPolicy(at, self.library, self.words, ahead=self.ahead)
        return found

    def _line(self, request: Request) -> tuple[LineOfBusiness, IssuerIndex, bool]:
        key = (request.issuer, request.line_of_business)
        found = self._lines.get(key)
        if found is None:
            line = self.library.issuers[request.issuer].line(request.line_of_business)
            assert line is not None
            is_medicare = line.program is Program.MEDICARE_ADVANTAGE
            found = self._lines[key] = (line, self.library.index[request.issuer], is_medicare)
        return found

    def service_json(self, case: Case, as_of: date, words: Words) -> dict[str, Any]:
        """The answer for one service that has a procedure; copied from one made beforehand where nothing else was told."""
        request, service, _ = case
        assert service is not None
        if not (request.facts or request.products or service.facts or service.products) and request.service_date <= as_of:
            line, index, _ = self._lines.get((request.issuer, request.line_of_business)) or self._line(request)
            code = service.code
            positions = index.naming(code) if index.code_sets else index.codes.get(code, ())
            if positions:
                policy = self._policies.get(positions[0]) or self._policy(positions[0])
                period = policy.period(bisect_right(policy.starts, request.service_date), line.id)
                coded = period.by_code.get(code)
                ready = None if coded is None else coded.ready.get(request.setting)
                if ready is not None:
                    result = copy_of(ready)
                    if service.modifiers:
                        result = {"procedure": code, "modifiers": list(service.modifiers), **result}
                    return result
        return service_json(self.service(case, as_of), words)

    def service(self, case: Case, as_of: date) -> ServiceDetermination:
        """The determination of one service."""
        request, service, alone = case
        line, index, is_medicare = self._lines.get((request.issuer, request.line_of_business)) or self._line(request)
        medicare = self.library.medicare
        if is_medicare and medicare:
            return reference.service_determination(case, self.library, as_of)
        named = own = NO_NAMES
        if request.products:
            named = [(name, product_key(name)) for name in request.products]
        if service is None:
            code = None
            positions: tuple[int, ...] = ()
            told = True
        else:
            code = service.code
            positions = index.naming(code) if index.code_sets else index.codes.get(code, ())
            if service.products:
                own = [(name, product_key(name)) for name in service.products]
            told = bool(named or own or request.facts or service.facts)
        others = self._others(case, index, named, own, positions) if told else ()
        listed = True
        if not positions:
            positions, others = others, ()
            listed = service is None
        if len(positions) > 1 or (medicare and positions and positions[0] in medicare):
            return reference.service_determination(case, self.library, as_of)
        if positions:
            policy = self._policies.get(positions[0]) or self._policy(positions[0])
            if is_medicare and policy.is_contract:
                return reference.service_determination(case, self.library, as_of)
            key = code if listed or (code is not None and policy.has_rule_for(code)) else UNLISTED
            period = policy.period(bisect_right(policy.starts, request.service_date), line.id)
            coded = period.by_code.get(key) or period.coded(key)
            answer = coded.answer(case, named, own) if told or not coded.untold else coded.untold[request.setting]
            if answer is None or (others and self._may_speak_first(positions[0], others, answer)):
                return reference.service_determination(case, self.library, as_of)
            related, review = (policy.related, policy.review_notes) if answer.cited is not None else ((), ())
            medicare_note = policy.medicare_note if answer.cited is not None else _MEDICARE_NOTE
        else:
            answer, related, review, medicare_note, listed = _NOT_ADDRESSED, (), (), _MEDICARE_NOTE, False
        notes = (*answer.notes, *review) if review else answer.notes
        if is_medicare or named or own or request.service_date > as_of:
            extended = [*notes, medicare_note] if is_medicare else list(notes)
            if named or own:
                reaching = [*named, *own] if alone or listed else own
                products = index.products
                extended += [Note(NoteCode.PRODUCT_NOT_LISTED, name) for name, key in reaching if key not in products]
            if request.service_date > as_of:
                extended.append(Note(NoteCode.FUTURE_SERVICE_DATE, request.service_date.isoformat()))
            notes = extended
        if notes:
            notes = tuple(dict.fromkeys(notes))
        return ServiceDetermination(
            code,
            () if service is None else service.modifiers,
            answer.coverage,
            answer.stance,
            answer.authorization,
            answer.basis,
            answer.cited,
            answer.reasons,
            answer.questions,
            tuple(notes),
            related,
        )

    def _may_speak_first(self, at: int, others: Sequence[int], answer: Answer) -> bool:
        """Whether a policy that does not name the code may decide: it has another authority, or this one may be silent."""
        if answer.coverage is Coverage.NOT_ADDRESSED or answer.questions:
            return True
        summaries = self.library.summaries
        return any(summaries[other].authority is not summaries[at].authority for other in others)

    def _others(
        self,
        case: Case,
        index: IssuerIndex,
        named: Sequence[tuple[str, str]],
        own: Sequence[tuple[str, str]],
        positions: tuple[int, ...],
    ) -> tuple[int, ...]:
        """The policies, besides those that name the code, that know a fact or product which reaches the service."""
        found: set[int] = set()
        if case.alone:
            for fact in case.request.facts:
                knowing = index.facts.get(fact)
                if knowing is not None and knowing != positions:
                    found.update(knowing)
            for _, key in named:
                knowing = index.products.get(key)
                if knowing is not None and knowing != positions:
                    found.update(knowing)
        if case.service is not None:
            for fact in case.service.facts:
                found.update(index.facts.get(fact, ()))
            for _, key in own:
                found.update(index.products.get(key, ()))
        if not found and case.service is None and named and len(index.with_products) == 1:
            found.update(index.with_products)  # as `reference._knowing_what_is_given`
        if not found:
            return ()
        return tuple(sorted(found.difference(positions, self.library.medicare)))
