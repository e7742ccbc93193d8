"""Conditions that leave a choice: "either A or B", a series of single words in brackets."""

from __future__ import annotations

import re
from typing import Final

from medpolicy.authoring.extraction.condition_text import is_clause, without_articles
from medpolicy.authoring.extraction.context import Item, slug
from medpolicy.authoring.extraction.criteria_nodes import joined
from medpolicy.authoring.extraction.facts import FactBook

_SERIES_IN_BRACKETS: Final = re.compile(r"\((?P<series>[a-z-]+(?:,\s+[a-z-]+)+,?\s+or\s+[a-z-]+)\)")


def either(text: str, facts: FactBook, citation: Item) -> Item | None:
    """ "either A or B" of phrases that are no clauses: a choice; so is a series of single words in brackets."""
    brackets = _SERIES_IN_BRACKETS.search(text)
    plain = text if brackets is None else f"{text[: brackets.start()].rstrip()} {text[brackets.end() :].lstrip()}"
    match = re.search(r"\beither\s+(?P<first>[^,;]+?)\s+or\s+(?P<second>[^,;]+)", plain)
    if match is None or is_clause(match["first"]) or is_clause(match["second"]):
        return None
    phrases = [match["first"].strip(), re.sub(r"\s*\([^()]*\)", "", match["second"]).strip(" .,")]
    values = [(slug(without_articles(phrase), limit=60), phrase) for phrase in phrases]
    fact = facts.choice(" or ".join(phrases), [*values, ("neither", "neither")], citation)
    facts.mark(fact, "read as a choice; if both may hold at once, make it two yes-no questions")
    found: list[Item] = [{"fact": fact, "one_of": [value for value, _ in values]}]
    if brackets is not None:
        words = re.split(r",\s+(?:or\s+)?|\s+or\s+", brackets["series"])
        noun = re.sub(r"\s+", " ", f"{text[: brackets.start()].split(' or ')[-1]} {text[brackets.end() :]}").strip(" .,")
        noun = re.sub(r"^(?:following|after|with|during|in)\s+", "", noun)
        fact = facts.choice(f"kind of {noun}", [*((word, word) for word in words), ("other", "another")], citation)
        found.append({"fact": fact, "one_of": words})
    return joined("all", found)
