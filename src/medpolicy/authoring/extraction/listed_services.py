"""Items of "the following are ...": which service each one names, and what it demands of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from medpolicy.authoring.extraction.condition_text import search_outside
from medpolicy.authoring.extraction.list_items import ListItem
from medpolicy.authoring.extraction.statement_patterns import ALL_OTHER

_PEOPLE: Final = r"(?:individuals?|members?|patients?|persons?|people|adults?|children|adolescents?|infants?|women|men|those)\b"
# What makes of an item more than the name of a service. A "for" alone may be a part of the name.
_DEMANDS: Final = re.compile(
    r",?\s+(?:when|if|unless|except|provided that|only (?:when|if|for|in)|"
    rf"(?:for|in)\s+(?:[a-z-]+\s+){{0,2}}{_PEOPLE}\s+(?:who|with|that))\b",
    re.IGNORECASE,
)
_END_OF_SERVICE: Final = re.compile(
    rf",?\s+(?:when|if|unless|except|provided that|only (?:when|if|for|in)|as an?\b|(?:for|in)\s+(?:[a-z-]+\s+){{0,2}}{_PEOPLE}|"
    r"for\s+(?:the\s+)?(?:treatment|management|diagnosis|evaluation|repair|prevention|following|use)\b|for\s+(?:all|any|either|one|"
    r"each)\b|to treat\b)",
    re.IGNORECASE,
)
_FOR_ANY_USE: Final = re.compile(
    r"\s+(?:for|in)\s+(?:any|all)\s+(?:indications?|uses?|conditions?|purposes?|applications?|circumstances)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ServiceDemands:
    """A service, and the rest of the item: under which conditions."""

    service: str
    demands: str


def demands_of(item: ListItem) -> ServiceDemands | None:
    """The item taken apart where it sets conditions or speaks of all other uses; None where it only names a service."""
    text = item.text.strip()
    other = ALL_OTHER.search(text)
    if not item.children and search_outside(_DEMANDS, text) is None and other is None:
        return None
    end = search_outside(_END_OF_SERVICE, text)
    at = min([match.start() for match in (end, other) if match is not None], default=len(text.rstrip(": ")))
    if not text[:at].strip():
        return None
    demands = text[at:]
    return ServiceDemands(text[:at].strip(" ,;:"), f"{demands.rstrip(' :')}:" if item.children else demands)


def name_of_service(text: str) -> str:
    """The service that an item names, without "for any indication"."""
    return _FOR_ANY_USE.sub("", text.strip(" .;,"))
