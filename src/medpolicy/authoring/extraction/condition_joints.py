"""Where a condition comes apart that has no comma, capital or list to say so: what "or" joins, and what a series shares.

Each rule looks at the words alone and says how they join, or None where it has no say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from medpolicy.authoring.extraction.condition_text import (
    DANGLING,
    is_clause,
    joints,
    split_outside,
    what_remains,
    within_relative,
    without_negation,
)
from medpolicy.authoring.extraction.measures import Measure, begins_with_measure, measures_in
from medpolicy.authoring.extraction.wording import ALL, ANY, NONE, Quantifier, connector_at_end


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a condition and how they join: `all` or `any`. `doubt`: what a reviewer should look at."""

    kind: str
    parts: Sequence[str]
    doubt: str = ""


_OR_MORE: Final = r"(?:more|greater|less|fewer|higher|lower|older|younger|longer|above|below|over|under|equal)\b"
_MOST_ALTERNATIVES: Final = 8  # a sentence with more of them is none that these rules are made for


def _alternatives(text: str, pattern: str) -> list[tuple[int, int]]:
    found = joints(text, pattern)
    return found if len(found) <= _MOST_ALTERNATIVES else []


_INNER_CONDITION: Final = re.compile(r"\s(?:when|if|where|unless|provided that|as long as)\s", re.IGNORECASE)
_FOR_SOME: Final = re.compile(
    r"^(?:for|in|if)\s+(?P<who>[^,;:]{3,90}),\s+(?:then\s+)?(?P<what>[^,;]*\S.*)$", re.IGNORECASE | re.DOTALL
)
_OPENS_A_DEMAND: Final = re.compile(
    r"(?:an?|the|there|documentation|documented|failure|evidence|negative|completion|trial|absence|no|inadequate|confirmation)\b",
    re.I,
)


def for_some(text: str) -> tuple[str, str] | None:
    """ "For members with diabetes, HbA1c below 8 %": of whom it is asked, and what."""
    match = _FOR_SOME.match(text)
    if match is None or re.match(r"(?:and|or)\b", match["what"]) or joints(match["what"], r",\s+(?:and|or)\s"):
        return None
    is_demand = bool(measures_in(match["what"])) or is_clause(match["what"]) or _OPENS_A_DEMAND.match(match["what"]) is not None
    return (match["who"], match["what"]) if is_demand else None


_SUBJECT: Final = re.compile(
    r"(?:the|an?|there|it|this|these|either|both|no|his|her|their|members?|patients?|individuals?|beneficiar(?:y|ies)|"
    r"symptoms|treatment|surgery)\b",
    re.IGNORECASE,
)


# "Or therapy has been modified".
_NOUN_AND_VERB: Final = re.compile(
    r"(?:(?!and\b|or\b|that\b|which\b|who\b|with\b|in\b|of\b|to\b|for\b)[A-Za-z-]+\s+){1,3}(?:has|have|is|are|was|were|cannot|does|do)\b"
)


def or_of_clauses(text: str) -> Split | None:
    """ "The battery is depleted or the sensor has failed"."""
    for at, end in _alternatives(text, rf"\s+or\s+(?!{_OR_MORE})"):
        left, right = text[:at].strip(" ,;"), text[end:].strip(" ,;")
        if _INNER_CONDITION.search(left) is not None or within_relative(left):
            continue
        if _SUBJECT.match(right) is None and _NOUN_AND_VERB.match(right) is None:
            continue
        if is_clause(left) and is_clause(right):
            mixed = re.search(r"\sand\s", text) is not None
            return Split(ANY, [left, right], f"“{right}” was read as the alternative to all of “{left}”: is it?" if mixed else "")
    return None


_PREDICATE: Final = (
    r"(?:has|have|had|is|are|was|were|cannot|can not|can|does|do|did|will|would|may|must|needs?|requires?|uses?|lacks?|fails?|"
    r"failed|shows?|demonstrates?|received|receives|underwent|exceeds?|meets?)"
)
_FIRST_PREDICATE: Final = re.compile(rf"^(?P<subject>\S(?:.*?\S)?)\s+{_PREDICATE}\b\s+\S", re.IGNORECASE)


def series_of_predicates(text: str) -> Split | None:
    """ "The person cannot walk, has gout, or needs a cane": all have one subject."""
    parts = split_outside(text, rf",\s+(?:or|and)\s+(?={_PREDICATE}\s)|,\s+(?={_PREDICATE}\s)")
    if len(parts) < 3:
        return None
    first = _FIRST_PREDICATE.match(parts[0])
    said = re.findall(rf",\s+(or|and)\s+(?={_PREDICATE}\s)", text)
    if first is None or len(said) != 1 or _INNER_CONDITION.search(f" {first['subject']} ") is not None:
        return None
    if any(re.search(rf",\s+(?:or|and)\s+(?!{_OR_MORE})", part) for part in parts[1:]):
        return None
    subject, doubt = first["subject"], ""
    measures = measures_in(subject)
    if measures:  # "rest for 4 weeks has failed, is harmful, or is refused"
        length = subject[measures[0].start : measures[-1].end].strip()
        subject = what_remains(subject, measures[0].start, measures[-1].end)
        doubt = f"“{length}” was read as said of “{parts[0]}” only: or of the other alternatives too?"
    return Split(ANY if said == ["or"] else ALL, [parts[0], *(f"{subject} {part}" for part in parts[1:])], doubt)


_STATE: Final = re.compile(
    r"\b(?:failure|diseases?|disorders?|syndromes?|infections?|injur(?:y|ies)|fractures?|deficiency|dependen(?:ce|cy)|"
    r"intolerance|contraindications?|cancer|tumors?|malignancy|bleeding|pregnan(?:cy|t)|dialysis|transplant(?:ation)?|surgery|"
    r"shock|pain|seizures?|palsy|impairment|symptoms?|hypertension|hypotension|diabetes|stroke|arrest|arrhythmias?|ulcers?|edema|"
    r"history|diagnosis|presence|evidence|need|obesity|instability|use|abuse|\w{3,}(?:rrhage|rrhagia|sepsis|lysis|itis|osis|emia|aemia|uria|pathy|plegia|paresis|oma|algia|pnea|trophy|"
    r"ectomy|plasty|penia|rhea))"
    r"(?P<more>\s+(?:of|with|on|to|in|for|from|due to|requiring)\s+[^,;]+)?$",
    re.IGNORECASE,
)
_MEASURED: Final = re.compile(
    r"(?:\b(?i:rate|index|score|scores|level|levels|count|pressure|fraction|ratio|concentration|titer|volume|gradient|velocity|"
    r"saturation|temperature|weight|height|stiffness|hemoglobin|haemoglobin|hematocrit|ferritin|creatinine|platelets?|potassium|"
    r"sodium|glucose|bilirubin|albumin|lactate|cholesterol|testosterone|clearance|angle|distance|thickness|diameter|capacity|"
    r"gap|length)|\b[a-z]?[A-Z][A-Z0-9a-z]*[A-Z0-9]\w*)\s*(?:\([^()]*\))?\s*(?:of|is|are|was|at|=|that is|which is)?\s*$"
)


def _is_measured_noun(words: str) -> bool:
    return _MEASURED.search(words) is not None and len(words.split()) <= 8


def state_or_measure(text: str) -> Split | None:
    """ "Kidney failure or eGFR < 15", "hemoglobin below 10 g/dL or transfusion dependence": the number is of one side only."""
    for at, end in _alternatives(text, rf"\s+or\s+(?!{_OR_MORE})"):
        left, right = text[:at].strip(" ,;"), text[end:].strip(" ,;")
        denied = without_negation(left)[1] and not is_clause(left)  # "no infection or eGFR below 15": neither of them
        if (
            denied
            or re.search(r",(?!\d{3})", text) is not None
            or within_relative(left)
            or _INNER_CONDITION.search(f"{left} ") is not None
        ):
            continue
        of_left, of_right = measures_in(left), measures_in(right)
        if of_right and not of_left and not begins_with_measure(right):
            is_apart = _is_measured_noun(right[: of_right[0].start]) and _is_state(left)
            said, other = right, left
        elif of_left and not of_right:
            is_apart = _ends_with(left, of_left[-1]) and _is_measured_noun(left[: of_left[0].start]) and _is_state(right)
            said, other = left, right
        else:
            continue
        if is_apart:
            number = next(f"“{said[one.start : one.end].strip()}”" for one in of_right or of_left)
            return Split(
                ANY, [left, right], f"{number} was read as said of “{said}” only, and “{other}” as an alternative: is it?"
            )
    return None


def _is_state(words: str) -> bool:
    return DANGLING.search(words) is None and (
        is_clause(words) or (_STATE.search(words) is not None and not _is_measured_noun(words))
    )


def _ends_with(text: str, measure: Measure) -> bool:
    return not text[measure.end :].strip(" .,;)")


_HEAD_WITH: Final = re.compile(r"^(?P<head>[A-Za-z].*?\S),?\s+with\s+(?P<first>\S.*)$", re.DOTALL)


def alternatives_with(left: str, right: str) -> tuple[str, str] | None:
    """ "Gout, shown by X-ray, with pain for 6 weeks OR more than 2 attacks": what both alternatives share, and the first.

    None where what stands behind "or" may well be an alternative to all that stands before it.
    """
    match = _HEAD_WITH.match(left)
    if match is None or not (begins_with_measure(right) and measures_in(match["first"])) or is_clause(match["first"]):
        return None
    return match["head"].strip(" ,"), match["first"]


_COUNT_OF: Final = re.compile(
    r"^(?:at least\s+)?(?:\d+|[a-z]+)\s+(?:or more\s+)?"
    r"(?P<noun>(?:(?!in\b|within\b|per\b|over\b|during\b)\S+\s+)+?)(?:in|within|per|over|during)\s",
    re.IGNORECASE,
)


def count_of_the_same(text: str) -> Split | None:
    """ "Three or more falls in 6 months, or 4 or more in 12 months": the second count is of falls, too."""
    for at, end in _alternatives(text, r",?\s+or\s+(?=(?:at least\s+)?\d)"):
        left, right = text[:at].strip(" ,;"), text[end:].strip(" ,;")
        named = _COUNT_OF.match(left)
        elided = re.match(r"(?P<count>(?:at least\s+)?\d+(?:\s+or more)?)\s+(?=(?:in|within|per|over|during)\s)", right)
        if named is not None and elided is not None:
            return Split(ANY, [left, f"{elided['count']} {named['noun']}{right[elided.end() :]}"])
    return None


_DENIES: Final = re.compile(
    r"\b(?:not|no|nor|never|neither|none|without|absence|absent|free|lacks?|exclu\w+|ruled? out|other than|except|unless|"
    r"unrelated|contraindicat\w+|cannot|unable|either|both|between|combination)\b",
    re.IGNORECASE,
)
_LEADS_TO_SERIES: Final = re.compile(
    r"^(?P<lead>(?:.*\s)?(?:due to|caused by|secondary to|because of|resulting from|diagnosis of|history of|signs of|symptoms of|"
    r"evidence of|has|have|had|with))\s+(?P<first>\S.*)$",
    re.IGNORECASE,
)
_LAST_IS_NO_NOUN: Final = re.compile(r"(?:ic|al|ar|ed|ous|ive|ary|able|ible|ly|acute|severe|mild|moderate)$", re.IGNORECASE)
_PREPOSITION: Final = re.compile(
    r"\b(?:of|in|on|at|after|before|following|with|to|from|by|during|for|that|which|who|whose)\b", re.I
)
_LONGEST_NOUN: Final = 6  # words


def series_of_nouns(text: str) -> Split | None:
    """ "Due to failed back surgery, regional pain syndrome, or neuropathy": each is a case of its own.

    Not of adjectives ("displaced, unstable, or open fracture"), and not where something is denied of all.
    """
    parts = split_outside(text, r",\s+(?:(?:and/)?or\s+)?")
    if len(parts) < 3 or re.search(r",\s+(?:and/)?or\s", text) is None or _DENIES.search(text) or measures_in(text):
        return None
    leading = _LEADS_TO_SERIES.match(parts[0])
    lead, members = ("", parts) if leading is None else (f"{leading['lead']} ", [leading["first"], *parts[1:]])
    if not all(_is_noun(member, may_go_on=member is members[-1]) for member in members):
        return None
    behind = _PREPOSITION.search(members[-1])
    doubt = ""
    if behind is not None:
        doubt = f"“{members[-1][behind.start() :]}” was read as said of “{members[-1]}” only: or of what stands before it too?"
    return Split(ANY, [f"{lead}{member}" for member in members], doubt)


def _is_noun(words: str, *, may_go_on: bool) -> bool:
    behind = _PREPOSITION.search(words)
    if behind is not None and not may_go_on:
        return False
    noun = words if behind is None else words[: behind.start()].strip()
    plain = re.sub(r"\s*\([^()]*\)", "", noun).strip()
    if not plain or is_clause(words) or len(plain.split()) > _LONGEST_NOUN or re.search(r"\b(?:and|or)\b", plain):
        return False
    return _STATE.search(plain) is not None or (len(plain.split()) > 1 and _LAST_IS_NO_NOUN.search(plain) is None)


RULES: Final[tuple[Callable[[str], Split | None], ...]] = (
    count_of_the_same,
    series_of_predicates,
    or_of_clauses,
    state_or_measure,
)


# -- lists within a sentence ----------------------------------------------------------------------------------------------

_LISTED: Final = re.compile(r"(?P<announced>[^:;]*):\s+(?P<listed>[^:]*)$", re.DOTALL)
_LONGEST_ITEM: Final = 12  # words of an item that only commas set apart


# "Failure of any of the following: ...", "history of ...": said of each of what is listed.
def alternative_before_list(text: str, start: int) -> tuple[str, str] | None:
    """ "BMI of 40 or more, OR BMI of 35 or more with one of the following": the alternative, and to what the list belongs.

    `start`: where the lead-in announces its list.
    """
    lead = text[:start]
    for at, end in joints(lead, rf"[,;]?\s+OR\s+(?!{_OR_MORE})|[,;]\s+or\s+(?!{_OR_MORE})"):
        first, second = lead[:at].strip(" ,;"), lead[end:].strip(" ,;")
        if first and re.search(r"[A-Za-z]{2}", DANGLING.sub("", f" {second}")) and DANGLING.search(f" {first}") is None:
            return first, second
    return None


_SAID_OF_EACH: Final = re.compile(
    r"(?:^|[\s,;])(?P<said>(?:(?:a|an|the|documented|personal|family|prior|previous|inadequate|insufficient)\s+)*"
    r"(?:failure|history|intolerance|contraindications?|response|trial|use|treatment|resistance|allergy|exposure|refractory|intolerant|"
    r"unresponsive|evidence|presence|diagnosis|loss|lack|suspicion|risk)\s+(?:of|to|with|for|from))\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a sentence lists behind its colon. `announced`: what stands between its quantifier and the colon."""

    kind: str
    count: int
    parts: list[str]
    announced: str


def listed_within(text: str, quantifier: Quantifier) -> Listed | None:
    """ "Either of the following: A; B.", "any of the following: a, b, or c"; None where nothing is listed."""
    match = _LISTED.match(text[quantifier.end :])
    if match is None:
        return None
    listed = match["listed"].strip(" .;")
    if ";" in listed:
        parts = [part for part in re.split(r";\s*", listed) if part.strip()]
        said = {connector for part in parts[:-1] if (connector := connector_at_end(part)[1])}
    else:
        parts = split_outside(listed, r",\s+(?:(?:and/or|or|and)\s+)?|\s+(?:and/or|or)\s+(?=[^,]*$)")
        said = set(re.findall(r",\s+(or|and)\s", listed))
        if any(len(part.split()) > _LONGEST_ITEM for part in parts) or len(said) > 1:
            return None
    if len(parts) < 2:
        return None
    kind = quantifier.kind if quantifier.stated or quantifier.kind == ANY else ANY if said == {"or"} else ALL
    if kind == "count" and quantifier.count > len(parts):
        return None
    return Listed(kind, quantifier.count, parts, match["announced"])


def said_of_each(lead: str) -> tuple[str, str]:
    """The lead-in of such a list without what it says of each item, and that."""
    match = _SAID_OF_EACH.search(lead)
    return (lead, "") if match is None else (lead[: match.start()].strip(" ,;"), match["said"])


def of_listed(listed: Listed, found: list[dict[str, object]]) -> dict[str, object]:
    """The criterion of what is listed."""
    if listed.kind == "count":
        return {"at_least_n": {"n": listed.count, "of": found}}
    if listed.kind == NONE:
        return {"not": {"any": found}}
    return {ALL if listed.kind == ALL else ANY: found}
