"""The words of a statement taken apart: the service that it names, its codes, its examples and remarks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction import statement_patterns as patterns
from medpolicy.authoring.extraction.condition_text import search_outside, split_outside
from medpolicy.authoring.extraction.context import Item
from medpolicy.authoring.extraction.interruptions import labels_sublist, only_interrupts
from medpolicy.authoring.extraction.wording import is_connector, number_of, stance_in


def statements_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence in two where each side of its semicolon takes a stance of its own."""
    at = text.find("; ", start, end)
    if at < 0:
        return [(start, end)]
    first, second = stance_in(text[start:at]), stance_in(text[at + 2 : end])
    if first is None or second is None or not first.subject.strip() or not second.subject.strip():
        return [(start, end)]
    return [(start, at), (at + 2, end)]


def is_title(block: Block) -> bool:
    """Whether a block in bold only names what stands under it."""
    return block.bold and len(block.text.split()) <= patterns.LONGEST_TITLE and re.search(r"[.:;]\s*$|\d", block.text) is None


def list_under(blocks: Sequence[Block], at: int, above: Block) -> Sequence[Block]:
    """The blocks from `at` on among which the list that `above` may announce stands; none where no list follows it.

    Of an item it is what is nested in it. No more than the list is looked at, since this is asked for every block.
    """
    deepest = above.level if above.kind is BlockKind.ITEM else above.level - 1
    solid = (later for later in range(at, len(blocks)) if blocks[later].kind is not BlockKind.FURNITURE)
    first = next(solid, None)
    if first is None or blocks[first].kind is not BlockKind.ITEM or blocks[first].level <= deepest:
        return ()
    end = at
    other: Block | None = None
    last_of_level: dict[int, Block] = {}
    last = blocks[first]
    while end < len(blocks):
        block = blocks[end]
        if block.kind is BlockKind.ITEM:
            if block.level <= deepest:
                break
            if other is not None and not only_interrupts(other, last_of_level.get(block.level), last, block):
                end += 1  # the level of the next item says to which item a connector before it belongs
                break
            last_of_level[block.level] = last = block
            other = None
        elif block.kind is not BlockKind.FURNITURE and not is_connector(block.text) and not labels_sublist(blocks, end):
            if other is not None:
                break
            other = block
        end += 1
    return blocks[at:end]


def without_codes(text: str) -> tuple[str, list[str]]:
    """The text without codes in brackets, and the codes."""
    codes = [
        code
        for match in patterns.CODES_IN_TEXT.finditer(text)
        for code in re.findall(r"\d{4}[0-9TUFA]|[A-Z]\d{4}", match["codes"])
    ]
    return patterns.CODES_IN_TEXT.sub("", text), codes


_EXCEPTED: Final = re.compile(r",\s+(?:unless|except(?: when| if| where| in| for| that)?)\b", re.IGNORECASE)


def without_examples(text: str) -> str:
    """The text without its examples; what it excepts behind them stays."""
    match = re.search(r",?\s*\b(?:including|includes?|such as)\b", text, re.IGNORECASE)
    if match is None:
        return text
    excepted = _EXCEPTED.search(text, match.end())
    return text[: match.start()] + (text[excepted.start() :] if excepted is not None else "")


def without_remarks(text: str) -> str:
    """The text without bracketed remarks that are sentences of their own."""
    return re.sub(r"\s*\((?=[^()]*\b(?:is|are|has|have)\b)[^()]{25,}\)", "", text)


def without_frequency(subject: str) -> tuple[str, str]:
    """The service that a subject names, and how often it is done; the service empty where nothing but "treatments" is named."""
    often = patterns.HOW_OFTEN.search(subject)
    if often is None:
        return subject, ""
    before, after = subject[: often.start()].strip(" ,;"), subject[often.end() :].strip(" ,;")
    words = f"{often['bound']} {number_of(often['count'])} {often['what'].strip()} {often['span'].strip()}"
    named = f"{before} {after}".strip()
    return named if content_words(named) else "", words


_NAMES_AN_ACTIVITY: Final = re.compile(
    r"(?:the\s+)?(?:diagnos[ei]s|prognosis|monitoring|treatment|evaluation|screening|management|assessment|detection|surveillance|"
    r"prevention|prediction|staging|repair)\b",
    re.IGNORECASE,
)
_QUALIFIES: Final = re.compile(
    r"\b(?:acute|subacute|chronic|upper|lower|left|right|mild|moderate|severe|early|late|\w+(?:ary|oid))$", re.I
)


def uses_in_series(text: str) -> list[str]:
    """The members of a series such as "gout, lupus, and rash"; none where it is no series, or its last noun is of all."""
    each_for = split_outside(text, r",?\s+(?:or|and|and/or)\s+(?:for|in)\s+(?=(?:the\s+)?\w)")
    if len(each_for) > 1:  # "gout or for pain"
        return each_for
    if re.search(r"[;:]|\b(?:who|that|which|when|if|with)\b|\d", text):
        return []
    members = [part.strip() for part in split_outside(text, r",\s+(?:and\s+|or\s+|and/or\s+)?") if part.strip()]
    if len(members) < _LEAST_MEMBERS or re.search(r",\s+(?:and|or|and/or)\s", text) is None:
        return []
    *earlier, last = members
    shares_its_noun = len(last.split()) > 1 and any(len(re.sub(r"\([^()]*\)", "", one).split()) == 1 for one in earlier)
    if shares_its_noun or any(_NAMES_AN_ACTIVITY.match(one) or _QUALIFIES.search(one) for one in members):
        return []
    return members if all(len(one.split()) <= _LONGEST_MEMBER for one in members) else []


_LEAST_MEMBERS: Final = 3
_LONGEST_MEMBER: Final = 7  # words


def core_of(subject: str) -> str:
    """The service that a subject names, without examples, remarks and what it says of criteria."""
    text = patterns.UNMET.sub("", patterns.ALL_OTHER.sub("", subject))
    end = search_outside(patterns.END_OF_CORE, text)
    text = text if end is None else text[: end.start()]
    text = re.sub(r"^[A-Z][\w /-]{2,40}:\s+(?=\S)", "", text.strip())
    text = re.sub(r"^(?:the\s+)?(?:use of\s+(?:the\s+)?|the\s+)", "", text.strip(), flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", text).strip(" ,;:.")


def text_of_statement(name: str, stance: str, has_criteria: bool) -> str:
    where = " where its conditions hold" if has_criteria else ""
    return f"{name[:1].upper()}{name[1:]}: {patterns.STANCE_WORDS[stance]}{where}."


_PLAIN_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "the a an of and or by for in with to that is are be not any all other use using treatment treatments when do does "
        "meet criteria described above",
    )
)


_PLAIN_STEMS: Final = frozenset(word.rstrip("s") for word in _PLAIN_WORDS)


@lru_cache(maxsize=4096)  # of each statement they are asked again for each later sentence that may refer to it
def content_words(text: str) -> frozenset[str]:
    plain = re.sub(r"\([^()]*\)", " ", text.lower())
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z][a-z-]+", plain)) - _PLAIN_STEMS


def objects(subject: str) -> frozenset[str]:
    return content_words(subject)


def singular(words: str) -> str:
    head, _, last = words.rpartition(" ")
    if last.endswith("ies"):
        last = f"{last[:-3]}y"
    elif last.endswith("s") and not last.endswith(("ss", "us", "is")):
        last = last[:-1]
    return f"{head} {last}".strip()


def with_article(words: str) -> str:
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"


def facts_of(node: Item) -> list[str]:
    """The facts that a tree tests."""
    if "fact" in node:
        return [str(node["fact"])]
    return [fact for child in (*node.get("all", ()), *node.get("any", ())) for fact in facts_of(child)]


def tests_of(node: Item) -> list[Item]:
    """The tests of a tree of "all"; nothing under "any"."""
    if "fact" in node:
        return [node]
    return [test for child in node.get("all", []) for test in tests_of(child)]
