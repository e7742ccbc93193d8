"""The words of a condition taken apart: its clauses, its joints outside brackets, what denies it, and what is left of it."""

from __future__ import annotations

import re
from typing import Final

from medpolicy.authoring.extraction.measures import Measure, measures_in
from medpolicy.authoring.extraction.wording import connector_at_end

_VERB: Final = (
    r"(?:is|are|was|were|has|have|had|does|do|did|cannot|can|could|will|would|may|might|must|should|shows?|demonstrates?|"
    r"indicates?|interferes?|causes?|requires?|results?|remains?|persists?|exists?|fails?|failed|meets?|met|exceeds?|"
    r"measures?|receives?)"
)


_CLAUSE: Final = re.compile(rf"\b[\w)\]'’/-]+\s+(?:[a-z]+ly\s+)?{_VERB}\b", re.IGNORECASE)


_NOTE_MARKS: Final = re.compile(r"(?<![A-Z]\d[0-9A-Z]\.)\*+|[†‡]+|(?<!m)[⁰¹²³⁴-⁹,]*[⁰¹²³⁴-⁹]")


_THE_AGE_OF: Final = re.compile(
    r"\b(?P<bound>under|over|above|below|at least|older than|"
    r"younger than)\s+(?:the\s+)?age\s+(?:of\s+)?(?P<years>\d{1,3})(?:\s+years)?"
    r"(?!\s*(?:months|weeks|days|to\b|-|–|\d))(?:\s+old)?",
    re.IGNORECASE,
)


def cleaned(text: str) -> str:
    """The text without marks of footnotes, connectors at its ends and spaces that say nothing."""
    text, _ = connector_at_end(_NOTE_MARKS.sub("", text).strip())
    text = re.sub(r"\s+", " ", text).strip(" .;,:")
    text = _THE_AGE_OF.sub(r"\g<bound> \g<years> years of age", text)
    return re.sub(r"^(?:and|or|but|then)\s+", "", text, flags=re.IGNORECASE)


_PREDICATE: Final = re.compile(
    r"^(?:also\s+)?(?:continues|maintains|agrees|participates|tolerates|demonstrates|uses|receives|requires|needs|meets|lacks|shows|"
    r"remains|takes|tolerated|completed|underwent|agreed|received)\b",
    re.IGNORECASE,
)


def is_predicate(text: str) -> bool:
    """Whether the words say something of a subject that stands before them: "continues the program"."""
    return _PREDICATE.match(text) is not None


def is_clause_or_participle(text: str) -> bool:
    """Whether something is said to be done: "prescribed by a surgeon" has no subject of its own."""
    return is_clause(text) or re.match(r"\s*\w+ed\b", text) is not None


def is_clause(text: str) -> bool:
    """Whether the words have a subject and a verb of their own."""
    return _CLAUSE.search(_without_relatives(re.sub(r"\([^()]*\)", " ", text))) is not None


def _without_relatives(text: str) -> str:
    return re.sub(r"\b(?:that|which|who)\s+\S+", " ", text)


def within_relative(left: str) -> bool:
    """Whether the text ends within a relative clause of a subject that has no verb yet."""
    return re.search(r"\b(?:that|which|who)\b[^,;]*$", left) is not None and not _CLAUSE.search(
        re.split(r"\b(?:that|which|who)\b", left)[0]
    )


def _depths(text: str) -> list[int]:
    depth, found = 0, []
    for character in text:
        depth += character in "(["
        found.append(depth)
        depth -= character in ")]" and depth > 0
    return found


def joints(text: str, pattern: str) -> list[tuple[int, int]]:
    """Where the pattern matches outside brackets."""
    depths = _depths(text)
    return [(match.start(), match.end()) for match in re.finditer(pattern, text) if depths[match.start()] == 0]


def split_outside(text: str, pattern: str) -> list[str]:
    """The text in parts, at what the pattern matches outside brackets."""
    parts, start = [], 0
    for at, end in joints(text, pattern):
        parts.append(text[start:at].strip(" ,;"))
        start = end
    parts.append(text[start:].strip(" ,;"))
    return [part for part in parts if part]


def search_outside(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match that does not begin within brackets."""
    depths = _depths(text)
    return next((match for match in pattern.finditer(text) if not depths or depths[match.start()] == 0), None)


DANGLING: Final = re.compile(
    r"(?:[\s,;]+(?:for those aged|those aged|aged|and|or|of|for|with|in|at|by|to|from|over|is|are|was|were|has|have|"
    r"had|been|be|a|an|the|between|lasting|"
    r"measuring))+\s*$",
    re.IGNORECASE,
)


def what_remains(text: str, start: int, end: int) -> str:
    """The text without [start, end), brackets that it leaves empty, and words that now hang in the air."""
    before, after = text[:start], text[end:]
    joined_text = f"{DANGLING.sub('', before.rstrip(' (')) if not after.strip(' .;,)') else before} {after}"
    joined_text = re.sub(r"\(\s*\)", " ", joined_text)
    return re.sub(r"\s+", " ", DANGLING.sub("", joined_text)).strip(" .;,")


def says_something(text: str) -> bool:
    """Whether words are left that are more than articles and auxiliaries."""
    return (
        re.search(r"[A-Za-z]{3}", re.sub(r"\b(?:there|is|are|the|and|or|of|with|an?)\b", " ", text, flags=re.IGNORECASE))
        is not None
    )


def without_articles(text: str) -> str:
    """The text without articles."""
    return re.sub(r"\b(?:the|an?)\s+", "", text)


_NEGATIONS: Final = (
    re.compile(
        r"^(?P<before>(?:(?!\b(?:that|which|who)\b).)*\b(?:has|have))\s+not\s+(?P<after>(?:had|been|received|"
        r"undergone|used|taken|responded)\b.+)$",
        re.IGNORECASE,
    ),
    re.compile(r"^(?P<before>.*\b(?:is|are|was|were))\s+not\s+(?P<after>.+)$", re.IGNORECASE),
    re.compile(r"^(?P<before>)not\s+(?:currently\s+)?(?P<after>[a-z].+)$", re.IGNORECASE),
    re.compile(r"^(?P<before>)(?:the )?(?:\w+\s+)?(?:does not|do not|did not) have\s+(?P<after>.+)$", re.IGNORECASE),
    re.compile(
        r"^(?P<before>)(?:the )?(?:\w+\s+)?(?:(?:has|have)(?: had)?|there is|there are) no\s+(?P<after>.+)$", re.IGNORECASE
    ),
    re.compile(
        r"^(?P<before>)(?:(?:the )?(?:member|individual|patient)s?\s+)?(?:must|should|may) not (?:be|"
        r"have)\s+(?P<after>.+)$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?P<before>)(?:no(?!\s+(?:fewer|less|more|later|earlier|longer|greater|higher|lower)\b)|without|"
        r"absence of)\s+(?P<after>.+)$",
        re.IGNORECASE,
    ),
)


def without_negation(text: str) -> tuple[str, bool]:
    """The condition without what negates it as a whole, and whether something did."""
    for pattern in _NEGATIONS:
        match = pattern.match(text)
        # "A is new and B is not ready": what is denied is a part, and the whole stays as it is said.
        if match is not None and not any(
            is_clause(match["before"][:at]) for at, _ in joints(match["before"], r"\s+(?:and|or|but)\s+")
        ):
            return f"{match['before']} {match['after']}".strip(), True
    return text, False


_ONLY_A_PREDICATE: Final = re.compile(
    r"(?:medically |clinically )?(?:contra-?indicated|not (?:be )?tolerated|"
    r"not (?:medically |clinically )?(?:appropriate|indicated|available|feasible|possible|an option)|harmful)\b",
    re.IGNORECASE,
)


_TRIED: Final = re.compile(
    r"^(?:documented\s+|an?\s+)*(?:failure|trial|lack|use|response|treatment|course)\s+(?:of|to|with)\s+", re.IGNORECASE
)


_LONGEST_NOUN: Final = 8  # words
_ONLY_A_PERSON: Final = re.compile(r"(?:the\s+|an?\s+)?(?:members?|patients?|individuals?|persons?)(?:\s+must)?", re.IGNORECASE)


def with_subject(exception: str, rule: str) -> str:
    """ "Failure of rest, unless contraindicated": what is contraindicated is the rest."""
    if _ONLY_A_PREDICATE.match(exception) is None:
        return exception
    noun = re.sub(r"\s+(?:has|have|had|is|are|was|were)\b.*$", "", _TRIED.sub("", rule)).strip(" ,;")
    measures = measures_in(noun)
    if measures and noun[: measures[0].start].strip():  # "rest for 4 weeks"
        noun = DANGLING.sub("", noun[: measures[0].start]).strip(" ,;(")
    if not noun or len(noun.split()) > _LONGEST_NOUN or _ONLY_A_PERSON.fullmatch(noun):
        return exception
    return f"{noun} {'are' if re.search(r'[^su]s$', noun) else 'is'} {exception}"


def brackets_around(text: str, measure: Measure) -> tuple[int, int] | None:
    """Where the brackets stand that hold a measure; None where none do."""
    opened, closed = text.rfind("(", 0, measure.start), text.find(")", measure.end)
    if opened < 0 or closed < 0 or ")" in text[opened : measure.start] or "(" in text[measure.end : closed]:
        return None
    return opened, closed
