"""Words, names and sentences compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from medpolicy.authoring.lint.vocabulary import DEMAND, EMPTY_WORDS, LEGAL_FORMS, NO_DEMAND
from medpolicy.model.products import product_key

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_DEMAND = re.compile(DEMAND, re.IGNORECASE)
_NO_DEMAND = re.compile(NO_DEMAND, re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;:](?:\s|$)")
_CLAUSE_END = re.compile(r"[,;:.()]|\b(?:is|are|was|were|and are|products)\b", re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case, signs and punctuation left out."""
    plain = unicodedata.normalize("NFKD", re.sub("[®™℠]", " ", text)).casefold()
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def telling_words(text: str) -> frozenset[str]:
    """The words that say something."""
    return frozenset(words_of(text)) - EMPTY_WORDS


def squashed(name: str) -> str:
    """The name without spaces, signs and case: two spellings of one name are equal so."""
    return "".join(words_of(name))


def maker_key(name: str) -> str:
    """The name of a maker as `squashed`, without the legal form at its end: `Acme, Inc.` is Acme."""
    words = words_of(name.replace(".", ""))
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return "".join(words)


def same_product(one: str, other: str) -> bool:
    """Whether two names may mean one product: their first words are equal, and the shorter's words are all in the longer."""
    ours, theirs = words_of(product_key(one)), words_of(product_key(other))
    if not ours or not theirs:
        return False
    if squashed(one) == squashed(other):
        return True
    return ours[0] == theirs[0] and (set(ours) <= set(theirs) or set(theirs) <= set(ours))


@dataclass(frozen=True, slots=True)
class Demand:
    """What a text says of a demand: whether there is one, or none, and of what."""

    is_made: bool
    of: str


def demand_in(text: str) -> Demand | None:
    """The demand that the text makes, or says that nobody makes; None where it speaks of neither."""
    denied, made = _NO_DEMAND.search(text), _DEMAND.search(text)
    if denied is None and made is None:
        return None
    match = denied or made
    assert match is not None
    of = text[match.start() :] if denied and match[0].casefold().startswith("no ") else text[match.end() :]
    return Demand(denied is None, _SENTENCE_END.split(of, maxsplit=1)[0])


def phrase_with(text: str, shared: Iterable[str]) -> str:
    """The phrase of the text that begins with the first of the shared words and ends with its clause; empty if none does."""
    found = [match for word in shared if (match := re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE))]
    if not found:
        return ""
    start = min(match.start() for match in found)
    end = _CLAUSE_END.search(text, start)
    return text[start : end.start() if end else len(text)].strip()


def names_any(text: str, terms: Iterable[str]) -> bool:
    """Whether the text has one of the words; a word with a star stands for every word that begins so."""
    words = words_of(text)
    return any(any(word.startswith(term[:-1]) for word in words) if term.endswith("*") else term in words for term in terms)
