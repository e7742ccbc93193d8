"""Limits: how much of a service, how often or for how long it is approved.

They say nothing of whether it is approved, so they are no criteria.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark, slug
from medpolicy.authoring.extraction.statement_text import content_words
from medpolicy.authoring.extraction.wording import NUMBER_WORDS
from medpolicy.authoring.outline import Section

_BOUND: Final = (
    r"(?:up to|a maximum of|a total of up to|(?:no|not) more than|at most|(?:not|and not) to exceed|"
    r"(?:and\s+)?(?:is|are)?\s*limited to)"
)
_COUNTED: Final = (
    r"(?:visits?|sessions?|treatments?|procedures?|units?|injections?|doses?|tests?|studies|courses?|cycles?|hours?|days?|weeks?|"
    r"months?|years?|times|applications?|devices?|pairs?|evaluations?|infusions?|replacements?|refills?|fractions?|"
    r"sets?|supplies|per\s+[a-z]+)"
)
_OF_A_PERIOD: Final = (
    r"(?:an?|the|one)\s+(?:[a-z]+\s+){0,2}?(?:period|duration|course|trial|total|"
    r"series|authorization|approval|supply|rental)\s+(?:of\s+|for\s+)?"
)
# "for an initial period of up to 6 months", ", up to 24 visits within 6 months of the operation"; not "children up to 12 years".
_LIMIT: Final = re.compile(
    rf"(?:^|(?<=[\s,;(]))[,;]?\s*(?P<lead>(?:for|to|at)\s+|^\s*|(?<=,)\s*|(?=(?:and\s+)?(?:is|are)?\s*limited\s+to))"
    rf"(?P<limit>(?:{_OF_A_PERIOD})?{_BOUND}\s+(?:an?\s+)?(?:\d+|{NUMBER_WORDS})(?:\s*\(\d+\))?\s+(?:[a-z-]+\s+){{0,2}}?{_COUNTED}\b"
    r"(?!\s+(?:of age|old|duration|after|since|before|prior))"
    r"(?:\s+(?:per|within|in|every|each|over|during|an?|of|for)\s+(?!(?:the\s+)?(?:treatment|management)\b)[^,;:.]*?)?)"
    r"(?=\s+(?:when|if|where|provided|for|unless|as long)\b|[,;:.)]|\s*$)",
    re.IGNORECASE,
)
_STATE_OF_THE_MEMBER: Final = re.compile(r"\b(?:lasting|lasted|present|persist\w*|last|aged?|existed|ongoing)\s*$", re.IGNORECASE)
# A subject that is a limit itself: "Up to 16 sessions are medically necessary".
LIMIT_AS_SUBJECT: Final = re.compile(
    r"(?:no|not|up to|any|a)?\s*(?:more|fewer|less|greater) than\b|(?:up to|a maximum of|a total of|at most)\s+\w+\b",
    re.IGNORECASE,
)
_MORE_OF_SOMETHING: Final = re.compile(
    r"(?:(?:an?|the|any)\s+)?(?:additional|further|more|subsequent|continued|ongoing|repeat(?:ed)?|initial|replacement|renewal|"
    r"continuation|extension|removal|revision)"
    rf"(?:\s+(?:{_COUNTED}|therap(?:y|ies)|use|coverage|authorizations?|approvals?|requests?|services?|rental))?",
    re.IGNORECASE,
)


# "Approval is for one implant per eye per lifetime."
APPROVED_FOR: Final = re.compile(
    r"^(?:(?:initial|continued|each|re-?)\s*)?(?:approvals?|authorizations?|coverage|benefits?)\s+(?:is|are|will be|may be)\s+"
    r"(?:(?:granted|given|approved|provided|issued)\s+)?(?:for|limited to)\s+"
    rf"(?P<limit>(?:{_BOUND}\s+)?(?:\d+|{NUMBER_WORDS})\b[^.;]*)\.?\s*$",
    re.IGNORECASE,
)


def without_limits(words: str) -> tuple[str, list[str]]:
    """What a statement says of its use, without how much of it is approved; and these limits."""
    limits = []
    match = _LIMIT.search(words)
    while match is not None:
        if _STATE_OF_THE_MEMBER.search(words[: match.start()]) is not None:
            match = _LIMIT.search(words, match.end())
            continue
        limits.append(" ".join(match["limit"].split()))
        words = f"{words[: match.start()]} {words[match.end() :]}"
        match = _LIMIT.search(words)
    return words, limits


def note_limits(extraction: Extraction, section: Section, provision: Item, limits: Sequence[str], lines: Sequence[int]) -> None:
    """Write limits down beside the statement that sets them, and say there that they are not evaluated."""
    for limit in limits:
        kept: list[Item] = extraction.version.setdefault("limitations", [])
        ids = Ids(item["id"] for item in kept)
        service = provision["text"].partition(":")[0]
        kept.append(
            {
                "id": ids.give(f"limit-of-{slug(service)}"),
                "text": f"{service}: {limit}.",
                "citation": extraction.cite(section, lines),
            }
        )
        mark(provision, f"“{limit}” limits how much or how often, not whether, and is not evaluated: is it a limit?")


def is_limit(subject: str) -> bool:
    """Whether what a sentence speaks of is a limit, and not a service."""
    return LIMIT_AS_SUBJECT.match(subject.strip()) is not None


def is_limit_of(subject: str, service: str) -> bool:
    """Whether such a limit is of the service of an earlier statement: it counts visits or the like, or names the service."""
    counted = re.search(
        rf"(?:\d+|\b(?:{NUMBER_WORDS}))\)?\s+(?P<what>.+)$", re.sub(r"\(\d+\)\s*", "", subject.strip()), re.IGNORECASE
    )
    if not is_limit(subject) or counted is None:
        return False
    named = re.split(r"\s+(?:per|within|in|every|each|over|during|of)\s+", counted["what"])[0]
    is_plain = re.fullmatch(rf"(?:(?:additional|such|more|total)\s+)?{_COUNTED}", named.strip(), re.IGNORECASE) is not None
    return is_plain or bool(content_words(named) & content_words(service))


def is_more_of_something(subject: str) -> bool:
    """Whether a sentence speaks of "additional visits", and of what they are is said elsewhere."""
    return _MORE_OF_SOMETHING.fullmatch(subject.strip()) is not None
