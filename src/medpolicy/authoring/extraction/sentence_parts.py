"""A sentence that takes a stance, taken apart: the service, its conditions, and what it says besides."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from medpolicy.authoring.extraction import statement_patterns as patterns
from medpolicy.authoring.extraction.measures import measures_in
from medpolicy.authoring.extraction.statement_text import without_codes, without_frequency
from medpolicy.authoring.extraction.wording import StanceSaid, stance_in


@dataclass(frozen=True, slots=True)
class SentenceParts:
    """`subject`: the service; `tail`: what follows the stance; `lead`: a condition that stands before the service.

    `how_often`: how often it is done, which is a condition too. `otherwise`: the stance that the sentence takes of all else, and
    `second`: the words of another stance that it takes, of which it is not clear what they are said of. `doubts`: what was
    understood in a way that a reviewer should look at.
    """

    subject: str
    tail: str
    lead: str = ""
    how_often: str = ""
    procedures: list[str] = field(default_factory=list)
    otherwise: str | None = None
    second: str | None = None
    doubts: list[str] = field(default_factory=list)


def parts_of(said: StanceSaid, *, has_list: bool) -> SentenceParts:
    """The parts of a sentence. `has_list`: a list follows it, which its last words may announce."""
    subject, procedures = without_codes(patterns.NOT_PROVEN_AND.sub("", patterns.REASON_BEFORE.sub("", said.subject)))
    subject = patterns.EXCLUDED_SINCE.sub("", patterns.REQUESTS_FOR.sub("", subject))
    tail, more = without_codes(said.tail)
    tail, doubts = _without_rules(tail)
    tail, otherwise, second = _without_second_stance(said, tail)
    tail, of_other = _without_other_list(tail, has_list=has_list)
    doubts += of_other
    names_services = patterns.THE_FOLLOWING.match(subject.strip()) is not None
    listed = patterns.FOR_LISTED_USES.search(subject) if has_list and not names_services else None
    if listed is not None:  # "Widgets for the following conditions are investigational:"
        subject, tail = subject[: listed.start()], f"{tail.rstrip(' :')}{listed.group()}:"
    people = patterns.PEOPLE_IN_SUBJECT.search(subject)
    if people is not None and measures_in(people.group()):  # "Widgets in persons under 18 years of age are ..."
        subject, tail = subject[: people.start()], f"{people.group()} {tail}"
    lead = ""
    leading = patterns.LEADING_CONDITION.match(subject)
    if leading is not None and patterns.UNMET.search(leading["lead"]) is None:
        lead, subject = re.sub(r"^(?:if|when|where)\s+", "", leading["lead"].strip(), flags=re.IGNORECASE), leading["rest"]
    elif (opened := patterns.CONDITION_BEFORE_SUBJECT.match(subject)) is not None:
        says_what_is_left = patterns.UNMET.search(opened[0]) or patterns.ALL_OTHER.search(opened[0])
        if not says_what_is_left:  # "In the absence of fever, widgets are ..."
            lead, subject = opened["condition"], opened["service"]
    subject, how_often = without_frequency(subject)
    if said.words == "insufficient evidence":
        doubts.append("the document says that the evidence is insufficient, and was read as calling it investigational")
    codes = [*procedures, *(code for code in more if code not in procedures)]
    return SentenceParts(subject, tail, lead, how_often, codes, otherwise, second, doubts)


def _without_other_list(tail: str, *, has_list: bool) -> tuple[str, list[str]]:
    """The tail without "including but not limited to" before its list, and without a stance on what it excepts."""
    doubts = []
    open_list = patterns.OPEN_LIST.search(tail) if has_list else None
    if open_list is not None:
        tail = f"{tail[: open_list.start()]}{open_list['lead']}:"
        doubts.append("the list names some of the cases only, and was read as all of them: what else belongs to it?")
    other = patterns.WHICH_ARE.search(tail)
    said = stance_in(other["said"]) if other is not None else None
    if other is not None and said is not None:
        tail = tail[: other.start()]
        doubts.append(
            f"“{other['said'].strip(' .')}” calls what stands before it {patterns.STANCE_WORDS[said.stance]}: "
            "write it as a statement of its own"
        )
    return tail, doubts


def _without_rules(tail: str) -> tuple[str, list[str]]:
    """The tail without what is a rule of authorization and no condition of the service."""
    doubts = []
    asks_first = patterns.WITH_AUTHORIZATION.search(tail)
    if asks_first is not None:
        tail = f"{tail[: asks_first.start()]} {tail[asks_first.end() :]}"
        doubts.append(f"“{asks_first.group().strip()}” was read as a rule of authorization, and is no condition here")
    how_long = patterns.HOW_LONG.match(tail)
    if how_long is not None:
        tail = f" {tail[how_long.end() :]}"
        doubts.append(f"“{how_long.group().strip()}” was read as how long an authorization lasts, and is left out")
    return tail, doubts


def _without_second_stance(said: StanceSaid, tail: str) -> tuple[str, str | None, str | None]:
    """The tail without the stance that it takes of all else, that stance, and the words of a second one that is not read."""
    of_else = patterns.OTHERWISE_SAID.search(tail)
    if of_else is not None:
        return f"{tail[: of_else.start()]}{tail[of_else.end() :]}", _stance_of(of_else["words"]), None
    second = patterns.SECOND_STANCE.search(tail) if said.stance == "medically-necessary" else None
    if second is None:
        return tail, None, None
    if second["else"]:
        return f"{tail[: second.start()]}{tail[second.end() :]}", _stance_of(second["words"]), None
    return tail, None, second["words"]


def _stance_of(words: str) -> str | None:
    said = stance_in(f"it is {words}")
    return None if said is None else said.stance


def halves_of(said: StanceSaid) -> tuple[StanceSaid, StanceSaid] | None:
    """ "... necessary for adults, but are investigational in children": two statements, where each has a scope of its own."""
    second = patterns.SECOND_STANCE.search(said.tail) if said.stance == "medically-necessary" else None
    if second is None or second["else"]:
        return None
    stance, behind = stance_in(f"it is {second['words']}"), said.tail[second.end() :]
    before = said.tail[: second.start()]
    if stance is None or not before.strip() or re.match(r"\s+(?:in|for|when|if|under)\s+\S", behind) is None:
        return None
    return replace(said, tail=before), replace(said, stance=stance.stance, words=stance.words, tail=behind, tail_start=0)


def says_only_how_long(said: StanceSaid) -> bool:
    """Whether a sentence says nothing but for how long something is authorized."""
    how_long = patterns.HOW_LONG.match(said.tail)
    return (
        how_long is not None
        and not said.tail[how_long.end() :].strip(" .")
        and patterns.COVERED.search(said.words) is not None
        and "necessary" not in said.words
    )


def limits_a_quantity(said: StanceSaid) -> bool:
    """Whether a sentence says nothing but how much of a thing is covered."""
    return patterns.LIMITS_A_QUANTITY.match(said.subject) is not None and not without_frequency(said.subject)[1]
