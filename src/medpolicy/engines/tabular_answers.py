"""Answers as columns: what a claim line comes to, without words, each column's values told apart once.

A library of ten thousand policies has a million answers of a few dozen bytes of meaning each, so they are held as numbers into
lists of distinct values, and become Arrow's dictionaries as they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from medpolicy.model.citation import Citation
from medpolicy.model.determination import NoteCode, PriorAuthorization, ServiceDetermination
from medpolicy.model.issuer import Coverage, Issuer

if TYPE_CHECKING:
    import pyarrow as pa


class Answered(NamedTuple):
    """What a line comes to, without words: what is equal here is one answer.

    `reason`: the code of the deciding reason; `provision`: the listing or provision that decides; the citation is the deciding
    reason's. `ask`: the facts that are still needed, the most decisive first, as ids with a space between; `notes` likewise.
    `carc`, `rarc`: X12's codes with which the issuer answers the stance of a service that is not covered. `authorization_carc`,
    `authorization_rarc`: those for an authorization that is needed, should it be absent; whether it is, no claim tells.
    """

    coverage: str
    stance: str | None = None
    prior_authorization: str | None = None
    basis: str | None = None
    policy_issuer: str | None = None
    policy_number: str | None = None
    policy_version: str | None = None
    reason: str | None = None
    provision: str | None = None
    citation_section: str | None = None
    citation_lines: str | None = None
    citation_sha256: str | None = None
    ask: str | None = None
    notes: str | None = None
    carc: str | None = None
    rarc: str | None = None
    authorization_carc: str | None = None
    authorization_rarc: str | None = None


COLUMNS: Final = Answered._fields


def answered_of(service: ServiceDetermination, issuer: Issuer, line_of_business: str) -> Answered:
    """The determination of a service without words, and without what only its request could say."""
    reason = service.reasons[0]
    cited, policy = reason.citation, service.policy
    notes = dict.fromkeys(note.code.value for note in service.notes if note.code is not NoteCode.FUTURE_SERVICE_DATE)
    denial = _adjustment(service, issuer, line_of_business)
    absent = _of_absent_authorization(service, issuer, line_of_business)
    return Answered(
        coverage=service.coverage.value,
        stance=None if service.stance is None else service.stance.value,
        prior_authorization=None if service.prior_authorization is None else service.prior_authorization.value,
        basis=None if service.basis is None else service.basis.value,
        policy_issuer=None if policy is None else policy.issuer,
        policy_number=None if policy is None else policy.number,
        policy_version=None if policy is None else policy.version,
        reason=reason.code.value,
        provision=reason.rule,
        citation_section=None if cited is None else cited.section,
        citation_lines=None if cited is None else lines_text(cited.first_line, cited.last_line),
        citation_sha256=None if cited is None else cited.sha256,
        ask=" ".join(question.fact for question in service.questions) or None,
        notes=" ".join(notes) or None,
        carc=denial[0],
        rarc=denial[1],
        authorization_carc=absent[0],
        authorization_rarc=absent[1],
    )


def lines_text(first: int, last: int) -> str:
    """Source lines as a citation gives them: `45`, or `45-47`."""
    return str(first) if first == last else f"{first}-{last}"


_Codes = tuple[str | None, str | None]
_NO_CODES: Final[_Codes] = (None, None)


def _adjustment(service: ServiceDetermination, issuer: Issuer, line_of_business: str) -> _Codes:
    if service.coverage is not Coverage.NOT_COVERED or service.stance is None:
        return _NO_CODES
    for adjustment in issuer.claim_adjustments:
        if adjustment.stance is service.stance and line_of_business in (adjustment.lines_of_business or (line_of_business,)):
            return adjustment.carc, adjustment.rarc
    return _NO_CODES


def _of_absent_authorization(service: ServiceDetermination, issuer: Issuer, line_of_business: str) -> _Codes:
    if service.prior_authorization is not PriorAuthorization.AUTH_NEEDED:
        return _NO_CODES
    for adjustment in issuer.claim_adjustments:
        if adjustment.stance is None and line_of_business in (adjustment.lines_of_business or (line_of_business,)):
            return adjustment.carc, adjustment.rarc
    return _NO_CODES


NO_PROCEDURE: Final = 0  # the number of the answer for a line without a procedure code
_OF_NO_PROCEDURE: Final = Answered("not-addressed", reason="not-listed", notes="no-procedure-code")


class AnswerTable(Sequence[Answered]):
    """Answers by their number. Number 0 is that of a line without a procedure code.

    One answer may stand under two numbers: `forget` lets go of what was told apart so far, so that memory does not grow with it.
    """

    def __init__(self) -> None:
        self._values: list[list[str | None]] = [[] for _ in COLUMNS]
        self._places: list[dict[str | None, int]] = [{} for _ in COLUMNS]
        self._codes: list[array[int]] = [array("i") for _ in COLUMNS]
        self._numbers: dict[Answered, int] = {}
        self.number(_OF_NO_PROCEDURE)

    def number(self, answer: Answered) -> int:
        """The number of an answer; a new one where it was not told apart since the last `forget`."""
        found = self._numbers.get(answer)
        if found is None:
            found = self._numbers[answer] = len(self)
            for at, value in enumerate(answer):
                self._codes[at].append(self._place(at, value))
        return found

    def number_citing(self, like: int, citation: Citation) -> int:
        """A new answer that is another one but for what it cites."""
        number = len(self)
        cited = (citation.section, lines_text(citation.first_line, citation.last_line), citation.sha256)
        for at, codes in enumerate(self._codes):
            codes.append(self._place(at, cited[at - _CITATION]) if _CITATION <= at < _CITATION + 3 else codes[like])
        return number

    def _place(self, at: int, value: str | None) -> int:
        """Where a value stands among its column's."""
        places = self._places[at]
        found = places.get(value)
        if found is None:
            found = places[value] = len(places)
            self._values[at].append(value)
        return found

    def forget(self) -> None:
        self._numbers.clear()
        self._numbers[_OF_NO_PROCEDURE] = NO_PROCEDURE

    def __len__(self) -> int:
        return len(self._codes[0])

    def __getitem__(self, number: Any) -> Any:  # a slice of answers is never asked for
        return Answered._make(self._values[at][codes[number]] for at, codes in enumerate(self._codes))

    def __iter__(self) -> Iterator[Answered]:
        for row in zip(*self._codes, strict=True):
            yield Answered._make(values[code] for values, code in zip(self._values, row, strict=True))

    def dictionary(self, column: str) -> pa.DictionaryArray:
        """A column as Arrow has it: for each answer, by its number, an index into the distinct values."""
        import pyarrow as pa

        at = COLUMNS.index(column)
        return pa.DictionaryArray.from_arrays(
            pa.array(memoryview(self._codes[at]), pa.int32()), pa.array(self._values[at], pa.string())
        )


_CITATION: Final = COLUMNS.index("citation_section")  # and the two columns behind it
