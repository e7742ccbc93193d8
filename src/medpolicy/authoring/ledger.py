"""The ledger: what became of each line of the document. The counts add up to the lines, always."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from medpolicy.authoring.document import SourceDocument


class LineState(Enum):
    """In order of rank: where two things are said of a line, the first of these holds."""

    USED = "used"
    NOT_UNDERSTOOD = "not-understood"
    NARRATIVE = "narrative"
    FURNITURE = "furniture"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line. `by`: the fields of the policy files that use it, the section it tells of, or the pattern of the furniture."""

    number: int
    text: str
    page: int | None
    section: str
    state: LineState
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every line of a document with its state, in order."""

    lines: tuple[LedgerLine, ...]

    @property
    def counts(self) -> dict[LineState, int]:
        counted = Counter(line.state for line in self.lines)
        return {state: counted[state] for state in LineState}


class LedgerBook:
    """Gathers what the extraction says of lines, and closes with a state for each."""

    def __init__(self, document: SourceDocument) -> None:
        self._document = document
        self._said: dict[int, dict[LineState, dict[str, None]]] = {}
        self._sections: dict[int, str] = {}

    def used(self, lines: Iterable[int], by: str) -> None:
        """The lines gave a field of the policy files; `by` is its path, such as `history[2013-10]`."""
        self._say(lines, LineState.USED, by)

    def narrative(self, lines: Iterable[int], section: str) -> None:
        """The lines describe or explain; nothing of them decides."""
        self._say(lines, LineState.NARRATIVE, section)

    def furniture(self, lines: Iterable[int], pattern: str) -> None:
        """The lines are navigation, a page header, a disclaimer; `pattern` says which."""
        self._say(lines, LineState.FURNITURE, pattern)

    def not_understood(self, lines: Iterable[int], why: str) -> None:
        """The lines stand where something decides, and what they say could not be read."""
        self._say(lines, LineState.NOT_UNDERSTOOD, why)

    def in_section(self, lines: Iterable[int], section: str) -> None:
        """The section under which the lines stand, for people to find their way."""
        for number in lines:
            self._sections[number] = section

    def said_of(self, number: int) -> LineState | None:
        """What has been said of a line so far."""
        said = self._said.get(number)
        return None if not said else next(state for state in LineState if state in said)

    def used_in_part(self) -> dict[int, tuple[str, ...]]:
        """The lines of which one sentence is used and another was not understood, with the reasons."""
        return {
            number: tuple(said[LineState.NOT_UNDERSTOOD])
            for number, said in sorted(self._said.items())
            if LineState.USED in said and LineState.NOT_UNDERSTOOD in said
        }

    def close(self) -> Ledger:
        """The ledger. A line of which nothing was said is blank, or not understood."""
        lines = []
        for line in self._document.lines:
            said = self._said.get(line.number)
            if line.is_blank:
                state, by = LineState.BLANK, tuple[str, ...]()
            elif not said:
                state, by = LineState.NOT_UNDERSTOOD, ()
            else:
                state = next(state for state in LineState if state in said)
                by = tuple(said[state])
            lines.append(LedgerLine(line.number, line.text, line.page, self._sections.get(line.number, ""), state, by))
        return Ledger(tuple(lines))

    def _say(self, lines: Iterable[int], state: LineState, by: str) -> None:
        for number in lines:
            self._said.setdefault(number, {}).setdefault(state, {})[by] = None
