"""Lead-ins of lists: what they say besides announcing the list, and what they say of each of its items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from medpolicy.authoring.extraction.condition_text import search_outside
from medpolicy.authoring.extraction.conditions import UNLESS
from medpolicy.authoring.extraction.list_items import ListItem
from medpolicy.authoring.extraction.measures import begins_with_measure, measures_in
from medpolicy.authoring.extraction.wording import (
    ALL,
    ANY,
    NUMBER_WORDS,
    Quantifier,
    number_of,
    quantifier_in,
)


def announces_a_list(item: ListItem) -> bool:
    """Whether an item such as "One of the following:" only announces others."""
    return item.text.rstrip().endswith(":") and quantifier_in(item.text) is not None


_COUNTED_NOUN: Final = re.compile(
    r"^(?:(?:has|have|with|presence of|documentation of)\s+)?(?:at least |a minimum of )?"
    rf"(?P<count>{NUMBER_WORDS}|\d+)(?: or more)?\s+"
    r"(?:[a-z-]+\s+){0,2}?[a-z-]+s\b.*:\s*$",
    re.IGNORECASE,
)


def counted_noun(item: ListItem) -> Quantifier | None:
    """ "Two or more cytopenias in two blood counts:" asks for so many of what is listed under it."""
    match = _COUNTED_NOUN.match(item.text.strip())
    count = 0 if match is None else number_of(match["count"])
    return Quantifier("count", 0, 0, count) if 1 < count <= len(item.children) else None


_UNLESS_LIST: Final = re.compile(
    r"[,;]?\s*\b(?:unless|except (?:when|if|where|in|for)|other than (?:when|if))\s+"
    r"(?:(?:there is|there are|"
    r"(?:the )?(?:members?|patients?|individuals?) (?:has|have|meets?)|meets?|it meets|they meet)\s*)?$",
    re.IGNORECASE,
)


_OR_BEHIND: Final = re.compile(
    r"^(?P<noun>\s*[a-z -]{0,40}?),?\s+or\s+(?P<alternative>(?:an?|has|have|is|there|the)\s+[^:]+?)\s*:\s*$", re.I
)


def alternative_behind(text: str, quantifier: Quantifier | None) -> tuple[str, str]:
    """ "Two of the following, or has a contraindication to all of them:": the lead-in without its alternative, and that."""
    match = _OR_BEHIND.match(text[quantifier.end :]) if quantifier is not None else None
    if quantifier is None or match is None:
        return text, ""
    return f"{text[: quantifier.end]}{match['noun']}:", match["alternative"]


EXAMPLES_LEAD: Final = re.compile(
    r",?\s*\(?(?:such as|for example|e\.g\.,?|including,?\s+but\s+not\s+limited\s+to)\)?\s*:\s*$", re.IGNORECASE
)


def last_alternative(text: str, quantifier: Quantifier | None) -> tuple[str, str] | None:
    """ "AHI of 15 or more, or AHI of 5 to 14 with one of the following:": what needs no list, and what the list belongs to."""
    if quantifier is None:
        return None
    before = text[: quantifier.start]
    for match in re.finditer(r",?\s+or\s+", before):
        left, right = before[: match.start()].strip(" ,;"), before[match.end() :]
        found = _WITH_LIST.match(right)
        if found is not None and measures_in(left) and measures_in(found["right"]) and not begins_with_measure(found["right"]):
            return left, found["right"].strip(" ,;")
    return None


_WITH_LIST: Final = re.compile(
    r"^(?P<right>.+?)\s+(?:with|and|plus|accompanied by|along with|in the presence of)\s*$", re.IGNORECASE | re.DOTALL
)


_NOT_MET: Final = re.compile(
    r"(?:\b(?:the\s+|an?\s+)?(?:members?|patients?|individuals?|requests?|services?)\s+)?\b"
    r"(?:(?:do|does|did)\s+not\s+(?:meet|satisfy|fulfill)|fails?\s+to\s+meet)\s*$",
    re.IGNORECASE,
)


def exception_before(text: str, quantifier: Quantifier | None) -> str | None:
    """What stands before "unless all of the following are met:"; None where the list is no exception."""
    if quantifier is None:
        return None
    match = _UNLESS_LIST.search(text[: quantifier.start])
    if match is None and quantifier.kind == ALL:  # "does not meet all of the following"
        match = _NOT_MET.search(text[: quantifier.start])
    return None if match is None else text[: match.start()]


def subject_of_list(text: str, quantifier: Quantifier | None) -> str:
    """Of what a list speaks: "Body mass index is one of the following:" asks nothing of its own."""
    if quantifier is None:
        return ""
    match = re.fullmatch(
        r"(?P<subject>\S.*?)\s+(?:is|are|of|must be|has been|meets|equals|measures)\s*", text[: quantifier.start]
    )
    return match["subject"] if match is not None else ""


DENIES: Final = re.compile(r"\b(?:not|no|never|cannot|without)\s+(?:[a-z]+\s+){0,4}$|\bnot\s*$", re.IGNORECASE)


_PREDICATE_OF_LIST: Final = re.compile(
    r"^\s*(?:(?:[a-z-]+\s+){0,2}?(?:treatments?|therap(?:y|ies)|medications?|drugs?|agents?|methods?|options?|measures?)\s+)?"
    r"(?P<predicate>(?:has|have|had|is|are|was|were)\s+(?:(?:not|been|be|both|all)\s+)*+"
    r"(?!(?:met|present|documented|satisfied|fulfilled|demonstrated|true|apply|applicable|required)\b)\w[^:]*?)\s*:\s*$",
    re.IGNORECASE,
)


_PLURAL: Final = re.compile(r"(?:[^su]s|ies)\s*$", re.IGNORECASE)


# "Failure of two of the following", "The member has tried and failed one of the following for 12 weeks".
_TRIED: Final = re.compile(
    r"^(?:(?:documentation of|documented|there (?:is|has been)|an?)\s+)*"
    r"(?:(?:the\s+|an?\s+)?(?:member|patient|individual|person)s?\s+(?:has|have|must have|had)\s+)?"
    r"(?P<head>(?:tried and failed|failed|tried|"
    r"(?:had\s+)?(?:an?\s+)?(?:inadequate|insufficient|unsatisfactory) (?:clinical )?response (?:to|with)|"
    r"failure (?:of|to respond to)|trial(?: and failure)? of|failed (?:an? )?(?:adequate )?trial of|intolerance (?:of|to)|"
    r"unresponsive(?:ness)? to|refractory to|(?:known |personal |family |prior |documented )*history of|diagnosis of|"
    r"diagnosed with|contraindications? to|inability to (?:tolerate|use|take)))\s*$",
    re.IGNORECASE,
)


_TIME_BEHIND: Final = re.compile(
    r"^\s*(?P<what>(?:[a-z-]+\s+){0,2}?)(?P<time>for\s+(?:at least\s+|a minimum of\s+|no less than\s+|≥\s*)?[\w-]+\s+"
    r"(?:days?|weeks?|months?|years?))(?:\s+each)?\s*:?\s*$",
    re.IGNORECASE,
)


def give_trial(items: Sequence[ListItem], text: str, quantifier: Quantifier | None) -> str:
    """ "Failure of two of the following for 6 weeks each:" says of each item that it failed, and for how long it was tried."""
    if quantifier is None or any(item.children for item in items):
        return text
    tried = _TRIED.match(text[: quantifier.start].strip())
    behind = text[quantifier.end :].strip(" :")
    time = _TIME_BEHIND.match(behind) if behind else None
    if tried is None or (behind and time is None) or any(_IS_SAID.search(item.text) for item in items):
        return text
    if time is not None and not time["what"].strip() and re.search(r"\beach\b", behind) is None and quantifier.kind != ANY:
        return text  # of all together, or of each?
    for item in items:
        excepted = search_outside(UNLESS, item.text)
        noun = (item.text if excepted is None else item.text[: excepted.start()]).strip(" .;,")
        exception = "" if excepted is None else f", {item.text[excepted.start() :].strip(' ,;')}"
        lasting = "" if time is None else f" {time['time']}"
        item.text = f"{tried['head']} {noun}{lasting}{exception}"
    return f"{text[quantifier.start : quantifier.end]}:"


_IS_SAID: Final = re.compile(r"\b(?:is|are|has|have|was|were|failed|tried|failure)\b", re.IGNORECASE)


# "One of the following is NOT present:" is said of each: it is absent.
_NOT_PRESENT: Final = re.compile(r"\b(?:is|are)\s+not\s+present\b", re.IGNORECASE)


def give_predicate(items: Sequence[ListItem], text: str, quantifier: Quantifier | None) -> str:
    """ "Two of the following have failed:" says of each item that it failed. The lead-in without what was given to the items."""
    if quantifier is None or any(item.children for item in items):
        return text
    text = f"{text[: quantifier.end]}{_NOT_PRESENT.sub('is absent', text[quantifier.end :])}"
    match = _PREDICATE_OF_LIST.match(text[quantifier.end :])
    if match is None or any(re.search(r"\b(?:is|are|has|have|was|were)\b", item.text) for item in items):
        return text
    for item in items:
        excepted = search_outside(UNLESS, item.text)
        noun = (item.text if excepted is None else item.text[: excepted.start()]).strip(" .;,")
        exception = "" if excepted is None else f", {item.text[excepted.start() :].strip(' ,;')}"
        item.text = f"{noun} {_agreeing(match['predicate'], is_plural=_PLURAL.search(noun) is not None)}{exception}"
    return f"{text[: quantifier.end]}:"


_TIME_OF_LIST: Final = re.compile(
    r"^\s*(?P<time>,?\s*(?:with)?in (?:the )?(?:last|past|previous|preceding|prior)\s+[^:,;]*?)\s*:?\s*$", re.IGNORECASE
)


def give_time(items: Sequence[ListItem], text: str, quantifier: Quantifier | None) -> str:
    """ "Any of the following in the past 12 months:" dates each item. The lead-in without what was given to the items."""
    if quantifier is None or any(item.children for item in items):
        return text
    match = _TIME_OF_LIST.match(text[quantifier.end :])
    if match is None:
        return text
    for item in items:
        item.text = _before_exception(item.text, match["time"].strip(" ,"))
    return f"{text[: quantifier.end]}:"


_LENGTH_BEHIND: Final = re.compile(
    r"^[\sa-z-]*?,?\s*(?:each\s+)?(?:(?:used|taken|tried|given|applied|performed)\s+)?(?:for|lasting|over)\s+"
    r"(?P<length>[^:,;]+?)\s*:?\s*$",
    re.IGNORECASE,
)


OR_UNREAD: Final = re.compile(r"^\s*,?\s*or\b", re.IGNORECASE)


def give_length(items: Sequence[ListItem], text: str, quantifier: Quantifier | None) -> str:
    """ "Two of the following, each for 6 weeks:", "despite 3 months of any of the following:": each item lasts so long.

    The lead-in without what was given to the items.
    """
    if quantifier is None or any(item.children or measures_in(item.text) for item in items):
        return text
    behind = _LENGTH_BEHIND.match(text[quantifier.end :])
    if behind is not None and _is_length(f"for {behind['length']}"):
        for item in items:
            item.text = _before_exception(item.text, f"for {behind['length']}")
        return f"{text[: quantifier.end]}:"
    before = text[: quantifier.start]
    measures = measures_in(before)
    if not measures or before[measures[-1].end :].strip().lower() != "of" or not _is_length(before[measures[-1].start :]):
        return text
    length = before[measures[-1].start : measures[-1].end].strip()
    for item in items:
        item.text = _before_exception(item.text, f"for {length}")
    return f"{before[: measures[-1].start]:{quantifier.start}}{text[quantifier.start :]}"  # the quantifier stays in its place


def _is_length(text: str) -> bool:
    measures = measures_in(text)
    return len(measures) == 1 and measures[0].kind == "duration" and not measures[0].elapsed


def _before_exception(text: str, more: str) -> str:
    """The item with what its lead-in says of it, before what it excepts."""
    excepted = search_outside(UNLESS, text)
    noun = (text if excepted is None else text[: excepted.start()]).strip(" .;,")
    exception = "" if excepted is None else f", {text[excepted.start() :].strip(' ,;')}"
    return f"{noun} {more}{exception}"


def _agreeing(predicate: str, *, is_plural: bool) -> str:
    """The predicate with its verbs in the number of the noun that it is said of."""
    pairs = (("has", "have"), ("is", "are"), ("was", "were"))
    for one, many in pairs:
        predicate = re.sub(rf"\b(?:{one}|{many})\b", many if is_plural else one, predicate, flags=re.IGNORECASE)
    return predicate


_AFTER_QUANTIFIER: Final = re.compile(
    r"^\s*(?:[a-z/-]+\s+){0,2}?(?:criteria|conditions|indications|requirements|circumstances|situations|findings|symptoms|"
    r"[a-z]+s)?\s*"
    r"(?:(?:in|of)\s+the\s+(?:following\s+)?table(?:\s+below)?\s*)?"
    r"(?:(?:is|are|has been|have been|must be|was|were)\s+(?:all\s+)?)?(?:met|documented|present|satisfied|fulfilled|"
    r"demonstrated|true|apply|applies)?\s*(?=[:.,;]|$|\b(?:in|for|when|if|with|of|and|AND)\b)",
)


DANGLING_LEAD: Final = re.compile(
    r"(?:[\s,;]*\b(?:(?:when|if)\s+(?:it\s+is\s+|they\s+are\s+)?(?:performed|used|administered|ordered|given|done)|"
    r"when|if|where|with|for|of|and|by|the|there is|there are|is|are|must have|must meet|meets?|has|have|having|"
    r"documentation|documented|documentation of|defined as|defined|presence of|evidence of|as evidenced by|"
    r"as demonstrated by|based on|"
    r"provided|provided that|subject|meeting|"
    r"at least|following|in|to|despite|(?:for|as|in|of) (?:the )?treatment|"
    r"as an?|an?|that|who|including|only|treating|shown by|causing|resulting in|"
    r"manifested by|as follows|characterized by|seen (?:on|in|by)|evidenced by|individual|individuals|"
    r"member|members|patient|"
    r"patients|persons?))+\s*$",
    re.IGNORECASE,
)


_WHO_DOCUMENTS: Final = re.compile(
    r"(?:(?:when|if)\s+)?(?:the\s+|an?\s+)?(?:(?:treating|prescribing|requesting|ordering)\s+)?(?:physician|provider|"
    r"clinician|specialist)s?",
    re.I,
)


_LETTERS_OF_ITEMS: Final = re.compile(
    r"\s*\((?:[A-Za-z0-9]{1,3}\s*(?:,|and|or|through|to|-|–)\s*)+(?:and\s+|or\s+)?[A-Za-z0-9]{1,3}\)"
)


_NUMBERS_OF_ITEMS: Final = re.compile(  # "criteria 1 through 3", "criteria A, B, and C"
    r"^\s*(?:\d{1,2}|[A-Z])(?:\s*(?:,\s*and|,\s*or|,|and|or|through|to|-|–)\s*(?:\d{1,2}|[A-Z])(?![\w]))+(?=[\s:.]|$)"
)


REMARK_ON_LIST: Final = re.compile(
    r"\s*\((?:(?:this|the|these|list)\s+)*(?:is|are|may)?\s*not(?: be)?\s+(?:an?\s+)?"
    r"(?:all[- ]inclusive|exhaustive|complete)[^()]*\)",
    re.IGNORECASE,
)


_SUBJECT_OF_CONDITION: Final = re.compile(r"\b(?:when|if|where)\s+(?:the\s+)?(?:[a-z]+\s+){0,4}(?:is|are)\s*$", re.IGNORECASE)


def content_of_lead_in(text: str, quantifier: Quantifier | None) -> str:
    """What a lead-in says besides announcing the list: "PVCs when either of the following are met:" -> "PVCs"."""
    if quantifier is None:
        return DANGLING_LEAD.sub("", text.strip(" :")) if text.rstrip().endswith(":") else text.strip()
    before = _SUBJECT_OF_CONDITION.sub("", text[: quantifier.start])
    before = DANGLING_LEAD.sub("", f" {before}").strip(" ,;")
    before = "" if _WHO_DOCUMENTS.fullmatch(before) else before
    behind = _NUMBERS_OF_ITEMS.sub("", _LETTERS_OF_ITEMS.sub("", text[quantifier.end :]))
    after = REMARK_ON_LIST.sub("", behind)
    after = _AFTER_QUANTIFIER.sub("", after).strip(" :.,;")
    return " ".join(part for part in (before, after) if part)
