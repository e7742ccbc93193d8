"""What an event of a policy's history says, clause by clause: which parts it touches, which stayed as they were, which codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from medpolicy.authoring.extraction.code_ranges import written_out
from medpolicy.errors import InvalidModel

# Which words name which part of a policy. Longer phrases stand before shorter ones that they hold.
PARTS: Final[tuple[tuple[str, str], ...]] = (
    ("supplement", r"table \d+|supplement(?:al|ary)?(?: information)?|appendix"),
    (
        "program-exceptions",
        (
            r"program exceptions?|product variations?|(?:medicare(?: advantage)?|federal employee|fep|state account) "
            r"(?:program )?(?:exceptions?|sections?|products?)"
        ),
    ),
    ("authorization", r"(?:prior |pre-?)?(?:authori[sz]ations?|certifications?)(?: information| requirements?)?"),
    ("reimbursement", r"(?:reimbursement|payment)(?: information| guidelines)?"),
    ("related", r"related (?:guidelines?|policies|policy)"),
    ("references", r"references?|bibliography|citations?"),
    ("summary", r"summary(?: of evidence)?"),
    (
        "description",
        r"descriptions?(?! (?:for|of) (?:cpt|hcpcs|codes?))|background|overview|rationale|regulatory status|general background",
    ),
    ("definitions", r"definitions?|glossary"),
    (
        "coding",
        r"(?:billing/)?cod(?:e|es|ing)(?: descriptors?| information| sections?)?|cpt|hcpcs|icd-?\d*(?:-cm|-pcs)?|modifiers?",
    ),
    ("title", r"titles?|(?:policy|guideline|mcg) name|renamed|retitled"),
    ("number", r"(?:policy|guideline) number|renumbered"),
    ("lines-of-business", r"lines? of business"),
    ("format", r"re-?format(?:ted)?|format(?:ting)?"),
    ("products", r"(?:covered |preferred |listed )?(?:products?|brands?)(?: lists?| names?)?"),
    (
        "statements",
        (
            r"(?:clinical |medical |coverage |position |policy )*(?:statements?|criteria)|limitations?|exclusions?|positions?"
            r"|(?:investigational |medically necessary |new )?indications?|(?:policy|coverage) section|medical necessity"
            r"|coverage(?! (?:guideline|policy|policies|protocol))|policy(?= (?:unchanged|revised|updated|maintained))"
        ),
    ),
)
# An event that says one of these of a part says that it stayed as it was.
_UNCHANGED: Final = (
    r"unchanged|maintained|remains?(?: the same| in effect)?|not (?:changed|revised)|without (?:any )?changes?|retained"
    r"|no (?:further |other )?(?:clinical |substantive |significant )?(?:policy |coverage |criteria )?(?:statement |criteria )?"
    r"(?:changes?|revisions?|updates?)"
)
_ADDED: Final = r"added|adding|adds?|additions?(?: of)?|addition|new"
_REMOVED: Final = (
    r"removed|removing|removes?|removal(?: of)?|deleted|deletions?(?: of)?|deletes?|retired"
    r"|end-?dated|terminated|discontinued|expired"
)
_CHANGED: Final = (
    r"updat(?:ed|es?|ing)|revis(?:ed|es?|ing|ions?)|chang(?:ed|es?|ing)|clarif(?:ied|ies|ications?)|described|expanded|edited|modified|"
    r"replaced|rewritten|corrected|renamed|retitled|renumbered|re-?formatted|reworded"
)
_WORDS = tuple(
    (kind, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE))
    for kind, pattern in (("unchanged", _UNCHANGED), ("added", _ADDED), ("removed", _REMOVED), ("changed", _CHANGED))
)
_PARTS = tuple((part, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)) for part, pattern in PARTS)
# A position "for" or "on" something is one statement among several: what is said of it is not said of all.
_ONE_OF_SEVERAL = re.compile(r"\s+(?:for|on|of|regarding|concerning|about)\b", re.IGNORECASE)

_NAMED_TABLE = re.compile(r"\b(table|figure|appendix) (\d+|[A-Z])\.(?=\s)", re.IGNORECASE)
_CLAUSE_END = re.compile(r"(?<=[a-z\d)\]])[.;](?=\s|$)|[•▪●]|\s[–-]\s|:\s|,\s+(?=no (?:\w+ )?changes?\b)", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w-])(\d{4}[0-9AFMTU]|[A-Z]\d{4})(?:\s*[-–]\s*(\d{4}[0-9AFMTU]|[A-Z]\d{4}))?(?![\w-])")


@dataclass(slots=True)
class EventWords:
    """What an event says. `marks`: what a reviewer should look at."""

    touches: dict[str, None] = field(default_factory=dict)
    unchanged: dict[str, None] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)


def read_event(text: str) -> EventWords:
    """What the text of an event says of the parts of its policy."""
    said = EventWords()
    for clause in _CLAUSE_END.split(_NAMED_TABLE.sub(r"\1 \2", text)):
        _read_clause(clause, said)
    return said


@dataclass(frozen=True, slots=True)
class _Mention:
    """A word of a clause: a part ("part"), a code ("code"), or what is said of such ("unchanged", "added", ...)."""

    kind: str
    value: str
    start: int
    end: int


def _read_clause(clause: str, said: EventWords) -> None:
    mentions = _mentions(clause)
    words = [mention for mention in mentions if mention.kind not in ("part", "code")]
    named = [mention for mention in mentions if mention.kind in ("part", "code")]
    if not named:
        if words and words[0].kind != "changed":
            said.marks.append("it names something that is no part of a policy known here: which part does it touch?")
        return
    said_before = bool(words) and words[0].start < named[0].start
    for mention in named:
        _note(mention, _word_for(mention, words, said_before=said_before), clause, said)


def _word_for(mention: _Mention, words: list[_Mention], *, said_before: bool) -> str:
    """What the clause says of a part or a code: the nearest word on the side on which this clause puts its words."""
    before = [word for word in words if word.start <= mention.start]
    after = [word for word in words if word.start > mention.start]
    if mention.value in ("title", "number", "format") and any(w.start <= mention.start and mention.end <= w.end for w in words):
        return "changed"
    choice = (before[-1:] or after[:1]) if said_before else (after[:1] or before[-1:])
    return choice[0].kind if choice else "changed"


def _note(mention: _Mention, word: str, clause: str, said: EventWords) -> None:
    if mention.kind == "code":
        if word in ("added", "removed"):
            target = said.added if word == "added" else said.removed
            target += [code for code in _codes_of(mention.value, said) if code not in target]
        return
    if word != "unchanged":
        said.touches[mention.value] = None
    elif mention.value == "statements" and _ONE_OF_SEVERAL.match(clause, mention.end) and "position" in clause.lower():
        said.marks.append(
            "it says that one statement stayed as it was, and nothing of the others: so nothing counts as unchanged"
        )
    else:
        said.unchanged[mention.value] = None


def _mentions(clause: str) -> list[_Mention]:
    found = [_Mention("code", match.group(), match.start(), match.end()) for match in _CODE.finditer(clause)]
    for part, pattern in _PARTS:
        for match in pattern.finditer(clause):
            overlapped = any(other.start < match.end() and match.start() < other.end for other in found)
            # What a table's title says is no part of the policy.
            in_title = any(other.value == "supplement" and other.start < match.start() for other in found)
            if not overlapped and not (in_title and part in ("products", "statements")):
                found.append(_Mention("part", part, match.start(), match.end()))
    words: list[_Mention] = []
    for kind, pattern in _WORDS:
        for match in pattern.finditer(clause):
            if not any(other.start < match.end() and match.start() < other.end for other in words):
                words.append(_Mention(kind, match.group(), match.start(), match.end()))
    return sorted([*found, *words], key=lambda mention: (mention.start, mention.end))


def _codes_of(text: str, said: EventWords) -> list[str]:
    match = _CODE.fullmatch(text)
    if match is None:
        raise InvalidModel(f"{text!r} is no code")
    first, last = match.group(1), match.group(2)
    if last is None:
        return [first]
    codes = written_out(first, last)
    said.marks.append(f"the range {first}-{last} was written out, code by code: are these all of them?")
    return codes or [first, last]
