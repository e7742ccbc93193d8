"""Numbers with comparators and units, durations, ages and scales, as medical policies print them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from medpolicy.authoring.extraction.unit_words import UNIT_WORDS
from medpolicy.authoring.extraction.wording import NUMBER_WORDS, number_of

AT_LEAST, MORE_THAN, AT_MOST, LESS_THAN, EQUAL_TO = "at_least", "more_than", "at_most", "less_than", "equal_to"

_BEFORE: Final = (
    (
        AT_LEAST,
        (
            "(?:greater|more|higher) than or equal to|equal to or (?:greater|more|higher) than|equal to or (?:above|over)|"
            "at or (?:above|over)|at least(?: an?)?|"
            "(?:no|not) (?:less|fewer|lower) than|not (?:below|under)|(?:equals|meets) or exceeds|"
            "a minimum of|minimum of|minimum|≥|>=|>/="
        ),
    ),
    (
        AT_MOST,
        (
            "(?:less|fewer|lower) than or equal to|equal to or (?:less|fewer|lower) than|equal to or (?:below|under)|"
            "at or (?:below|under)|(?:no|not) (?:more|greater|higher|longer|larger|older) than|not (?:above|over)|at most|up to|"
            "a maximum of|maximum of|not exceeding|(?:does|do|is|may|must|should) not(?: to)? exceed|not to exceed|≤|<=|</="
        ),
    ),
    (
        MORE_THAN,
        (
            "greater than|more than|higher than|older than|longer than|larger than|in excess of|exceeding|exceeds|above|over|"
            "beyond|>"
        ),
    ),
    (LESS_THAN, "less than|fewer than|lower than|younger than|shorter than|smaller than|under|below|<"),
)
_AFTER: Final = (
    (AT_LEAST, r"(?:or|and) (?:more|greater|higher|above|over|older|longer|larger|worse)|\+"),
    (AT_MOST, r"(?:or|and) (?:less|fewer|lower|below|under|younger|shorter|smaller)"),
)
_TIME: Final = r"(?:consecutive |full |calendar |continuous )?(?P<time{n}>hours?|days?|weeks?|months?|years?|minutes?)"
_NUMBER: Final = rf"\d+(?:,\d{{3}})*(?:\.\d+)?|{NUMBER_WORDS}"
_UNIT: Final = "|".join(f"(?:{pattern})" for _, pattern in UNIT_WORDS)
_SUFFIX: Final = "|".join(f"(?:{pattern})" for _, pattern in _AFTER)
_PREFIX: Final = "|".join(f"(?:{pattern})" for _, pattern in _BEFORE)
_UNIT_END: Final = r"(?![A-Za-z0-9]|/[A-Za-z])"  # "60 mL/min" is not "60 mL"

_MEASURE: Final = re.compile(
    rf"(?:(?P<prefix>(?<![A-Za-z])(?:{_PREFIX}))(?![A-Za-z])(?:\s+an?(?=\s+\d))?)?\s*(?<![\w./])(?P<sign>(?<![\w./)%])[-−–](?=\d))?(?P<low>{_NUMBER})(?:\s*\(\d+\))?"
    rf"(?:\s+(?P<inner>{_SUFFIX})(?!\s+than\b)(?=\s+\w))?"
    rf"\s*(?P<unit1>(?:{_UNIT}){_UNIT_END}|%)?(?:\s*-?\s*{_TIME.format(n=1)}{_UNIT_END})?"
    rf"(?:\s*(?:(?:to|and)\s+(?P<sign2>[-−–])(?=\d)|to|through|-|–|and)\s*(?P<high>{_NUMBER})\s*(?P<unit2>(?:{_UNIT}){_UNIT_END}|"
    rf"%)?(?:\s*-?\s*{_TIME.format(n=2)}{_UNIT_END})?)?"
    rf"(?P<old>\s+(?:of age|old)\b)?(?:\s*,?\s*(?P<suffix>{_SUFFIX})(?![A-Za-z]|\s+than\b))?(?P<age>\s+(?:of age|old)\b)?",
    re.IGNORECASE,
)
_DURATION_WORD: Final = {"day": "days", "week": "weeks", "month": "months", "year": "years"}
_CLOCK_UNITS: Final = {"hour": "h", "minute": "min"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure in a text, [start, end): kind `number` (with unit), `duration`, or `age` in years.

    `bounds`: (comparator, value) each.

    `elapsed`: the text says "in the last 120 days", that is, how long ago.
    """

    kind: str
    start: int
    end: int
    bounds: tuple[tuple[str, str], ...]
    unit: str = ""
    elapsed: bool = False


_AGO: Final = re.compile(r"\b(?:with)?in (?:the )?(?:last|past|previous|preceding|prior)\s*$", re.IGNORECASE)
# "In the first 24 months after transplant".
_FIRST: Final = re.compile(r"\b(?:with)?(?:in|during) the first\s*$", re.IGNORECASE)
_AFTER_EVENT: Final = re.compile(r"\s+(?:after|following|since)\s+\S", re.IGNORECASE)
_AGO_BEHIND: Final = re.compile(r"\s*(?:ago|earlier|previously|beforehand)\b", re.IGNORECASE)
_PASSED: Final = re.compile(r"\s*(?:have|has)\s+(?:passed|elapsed)\b", re.IGNORECASE)
_HOW_OFTEN: Final = re.compile(r"\bevery\s*$", re.IGNORECASE)
_AT_ONSET: Final = re.compile(
    r"\b(?:before|prior to|until|onset(?: (?:at|by|after))?|(?:began|begun|started|diagnosed|noted)(?: (?:at|by|after))?)\s+"
    r"(?:the\s+)?(?:age\s+(?:of\s+)?)?(?:an?\s+)?$",
    re.IGNORECASE,
)
_ONLY_IS: Final = re.compile(r"is|are|be|must be", re.IGNORECASE)
_AGED: Final = re.compile(r"\bage[ds]?:?(?:\s+(?:of|is|between|from))?\s*$", re.IGNORECASE)
_PER_TIME: Final = re.compile(r"\s+(?:per|a|each|every|out of (?:the|every|each))\s+(?:day|week|month|year)\b", re.IGNORECASE)
_PERSON_IS: Final = re.compile(
    r"\b(?:who|individuals?|members?|patients?|persons?|people|adults?|children|age[ds]?)(?:\s+(?:is|are))?\s*$", re.IGNORECASE
)
_COUNTED: Final = re.compile(r"\s*(?:%|[-/]|(?!(?:and|or|but|with|who|that|if|when|at|in|for|to)\b)[A-Za-z])")
_TO_COME: Final = re.compile(
    r"\b(?:need(?:s|ed)?|plan(?:s|ned|ning)?|expected|scheduled|anticipated|intended|will|to be|expires?|due)\b[^.;]*$",
    re.IGNORECASE,
)
_WITHIN: Final = re.compile(r"\bwithin\s*$", re.IGNORECASE)
_FOR: Final = re.compile(r"\b(?:for|over|lasting)(?: a (?:period|duration) of| the (?:past|last))?\s*$", re.IGNORECASE)
_AFTER_TIME: Final = re.compile(r"\bafter(?: a (?:period|minimum) of)?\s*$", re.IGNORECASE)
# "After six weeks of splinting", "failure of 3 months of rest": so long at least.
_TRIED: Final = re.compile(
    r"\b(?:failure of|failed|after|despite|following|complet(?:ed|es|ion of)|(?:trial|course) of|undergone|received|tried|"
    r"(?:unresponsive|refractory|resistant|responded|response) to)(?: an?| at)?\s*$",
    re.IGNORECASE,
)
_OF_TREATMENT: Final = re.compile(
    r"\s+of\s+(?!(?:age|life|the date|diagnosis|onset|birth|pregnancy|gestation)\b)[a-z]", re.IGNORECASE
)
# "A 6-week trial of cream".
TRIAL: Final = re.compile(r"\s*(?P<what>(?:trial|course|regimen|program)\b(?:\s+of\s+[^,;()]+)?)", re.IGNORECASE)
_LAST_YEAR: Final = re.compile(
    r"\b(?:with)?in (?:the )?(?:last|past|previous|preceding|prior) (?P<time>year|month|week)\b(?! of)", re.IGNORECASE
)
_OF_LAST: Final = re.compile(r"\bof (?:the )?(?:last|past|previous)\s*$", re.IGNORECASE)
_RANGE_WORD: Final = re.compile(r"\b(?:between|from)\s*$", re.IGNORECASE)
# "At least 2 years of therapy", "at least 2 years have passed": no age, though nothing stands before it.
_NO_AGE: Final = re.compile(
    r"\s*(?:of(?! age)|have|has|since|after|before|prior|following|from|ago|apart|between|in|duration|history)\b", re.IGNORECASE
)
_AGE_WORD: Final = re.compile(
    r"\b(?:age[ds]?|adults?|child(?:ren)?|adolescents?|individuals?|members?|patients?|persons?|people|infants?|"
    r"females?|males?|wom[ae]n|m[ae]n|girls?|boys?)\b[^.;]{0,25}$",
    re.IGNORECASE,
)


# What brackets only give as examples or in other words tests nothing of its own.
_EXAMPLES: Final = re.compile(r"\((?:e\.?\s?g\b\.?|i\.\s?e\.|for example|such as|including)[^()]*\)", re.IGNORECASE)


# "Children (6-17 years)".
_PERSON_IN_BRACKETS: Final = re.compile(
    r"\b(?:adults?|child(?:ren)?|adolescents?|members?|patients?|persons?|females?|males?|wom[ae]n|m[ae]n|girls?|boys?)\s*\(\s*$",
    re.IGNORECASE,
)


def measures_in(text: str) -> list[Measure]:
    """The measures that a text states with a comparator, a range, or "for" a time; plain numbers are none."""
    examples = [(match.start(), match.end()) for match in _EXAMPLES.finditer(text)]
    found = []
    for match in _MEASURE.finditer(text):
        measure = _measure(text, match)
        if measure is not None and not any(start <= measure.start < end for start, end in examples):
            found.append(measure)
    for past in _LAST_YEAR.finditer(text):
        time = _DURATION_WORD[past["time"].lower()]
        found.append(Measure("duration", past.start(), past.end(), ((AT_MOST, f"1 {time}"),), unit=time, elapsed=True))
    return sorted(found, key=lambda measure: measure.start)


def begins_with_measure(text: str) -> bool:
    """Whether the first thing that a text says is a measure, so that its subject must stand elsewhere."""
    measures = measures_in(text)
    return bool(measures) and not re.search(r"\w", text[: measures[0].start])


def _measure(text: str, match: re.Match[str]) -> Measure | None:
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    before = text[:start]
    unit, time = _unit_of(match["unit2"] or match["unit1"]), match["time2"] or match["time1"]
    comparator = _comparator(match["prefix"], _BEFORE) or _comparator(match["inner"] or match["suffix"], _AFTER)
    end = match.end() - (len(match[0]) - len(match[0].rstrip()))
    between = _RANGE_WORD.search(before) if match["high"] is not None else None
    if between is not None:
        start = between.start()
    if time is not None and time.lower().rstrip("s") in _CLOCK_UNITS:
        if comparator is None and match["high"] is None:
            return None
        return _range("number", start, end, match, comparator, "", _CLOCK_UNITS[time.lower().rstrip("s")])
    if time is not None and _HOW_OFTEN.search(before):
        return None  # "every 2 to 3 years" is no length of time
    per = match.start("time1") if time is not None and match["time1"] and _PER_TIME.match(text[end:]) else -1
    if per > start and (comparator is not None or match["high"] is not None):  # "on 15 or more days per month": a count
        counted = _range("number", start, per, match, comparator, "", "1")
        return replace(counted, end=start + len(text[start:per].rstrip()))
    if time is not None and re.match(r"\s*apart\b", text[end:], re.IGNORECASE):
        return None  # "two tests at least 30 days apart": the time between them is not how long anything lasts
    if time is not None and _OF_LAST.search(before):
        return None  # "on 60 of the last 90 days": two numbers that only mean something together
    if time is not None:
        years = _DURATION_WORD[time.lower().rstrip("s")]
        said = match["old"] or match["age"] or ""
        alone = not before.strip() and _NO_AGE.match(text[end:]) is None
        of_person = _AGE_WORD.search(before) is not None or alone or _ONLY_IS.fullmatch(before.strip()) is not None
        is_age = (
            "of age" in said.lower()
            or (match["high"] is not None and _AGED.search(before) is not None)
            or (of_person and bool(said or (years == "years" and comparator is not None)))
            or (years == "years" and _is_older_or_younger(before, match["prefix"]))
            or (match["high"] is not None and years == "years" and _PERSON_IN_BRACKETS.search(before) is not None)
        )
        if is_age and _AT_ONSET.search(before) is not None:
            return None  # how old somebody was then, not how old the member is
        if is_age and years == "years":
            return _range("age", start, end, match, comparator, "", "")
        if is_age:
            return None  # an age in months or days: not representable as completed years
        behind = _AGO_BEHIND.match(text[end:])
        if behind is not None and (comparator is not None or match["high"] is not None):
            return _range("duration", start, end + behind.end(), match, comparator, years, "", elapsed=True)
        ago = _AGO.search(before) or (_FIRST.search(before) if _AFTER_EVENT.match(text[end:]) is not None else None)
        if ago is not None:
            return _range("duration", ago.start(), end, match, AT_MOST, years, "", elapsed=True)
        within = _WITHIN.search(before)
        if within is not None and _TO_COME.search(before):
            return None  # "needed within 12 weeks": not how long ago
        if within is not None:
            return _range("duration", within.start(), end, match, AT_MOST, years, "", elapsed=True)
        if comparator is None and match["high"] is None:
            after = text[match.end() :]
            tried = _TRIED.search(before) is not None and _OF_TREATMENT.match(after) is not None
            is_trial = TRIAL.match(after) is not None and _TO_COME.search(before) is None
            lead = _FOR.search(before) or _AFTER_TIME.search(before)
            if not (tried or is_trial) and lead is None and _PASSED.match(after) is None:
                return None
            return _range("duration", start, end, match, AT_LEAST, years, "")
        return _range("duration", start, end, match, comparator, years, "")
    if not unit and re.match(r"/\d", text[match.end() :]) is not None:
        return None  # "140/90": two numbers that are said together
    if not unit and _is_of_age(before, text[end:], match):
        return _range("age", start, end, match, comparator, "", "")
    if match["high"] is None and comparator is None:
        return None
    if match["high"] is not None and not unit and comparator is None and between is None:
        return None
    if not unit and comparator is not None and not match["low"].replace(",", "").replace(".", "").isdigit():
        return None  # "more than one of" is no measure
    return _range("number", start, end, match, comparator, "", unit or "1")


def _is_of_age(before: str, after: str, match: re.Match[str]) -> bool:
    """ "Age 6 to 17", "who are under 65": years without the word; nothing that could be counted follows."""
    if match["high"] is not None:
        return _AGED.search(before) is not None and not _COUNTED.match(after)
    behind = match["inner"] or match["suffix"]
    if behind is not None and match["low"].isdigit() and not _COUNTED.match(after):  # "Age 18 or older", "12 or younger"
        return _AGED.search(before) is not None or re.search(r"older|younger", behind, re.IGNORECASE) is not None
    is_bound = match["prefix"] is not None and match["low"].isdigit()
    if is_bound and _is_older_or_younger(before, match["prefix"]):
        return not _COUNTED.match(after)
    return is_bound and _PERSON_IS.search(before) is not None and not _COUNTED.match(after)


def _is_older_or_younger(before: str, prefix: str | None) -> bool:
    """Whether "older than" or "younger than" is said of nothing but a person, or of nothing at all."""
    if prefix is None or not re.match(r"(?:no |not )?(?:older|younger)", prefix, re.IGNORECASE):
        return False
    return not re.search(r"[A-Za-z]", _OF_A_PERSON.sub(" ", before))


_OF_A_PERSON: Final = re.compile(
    r"\b(?:the|an?|who|individuals?|members?|patients?|persons?|people|adults?|children|must|be|is|are|and|but|or|not|no|older|younger|"
    r"than|years?)\b",
    re.IGNORECASE,
)


def _range(
    kind: str, start: int, end: int, match: re.Match[str], comparator: str | None, time: str, unit: str, *, elapsed: bool = False
) -> Measure:
    def value(text: str) -> str:
        number = text.replace(",", "") if text[0].isdigit() else str(number_of(text))
        return f"{number} {time}" if time else number if unit in ("", "1") else f"{number} {unit}"

    bounds: tuple[tuple[str, str], ...]
    low = f"{'-' if match['sign'] else ''}{value(match['low'])}"
    if match["high"] is not None:
        high = f"{'-' if match['sign2'] else ''}{value(match['high'])}"
        if match["sign2"] and (not match["sign"] or float(low.split()[0]) > float(high.split()[0])):
            low, high = high, low  # "from -1 to -2.5"
        bounds = ((AT_LEAST, low), (AT_MOST, high))
    else:
        bounds = ((comparator or AT_LEAST, low),)
    return Measure(kind, start, end, bounds, unit=time if kind == "duration" else unit, elapsed=elapsed)


def _unit_of(printed: str | None) -> str:
    if printed is None:
        return ""
    return next(unit for unit, pattern in UNIT_WORDS if re.fullmatch(pattern, printed.strip(), re.IGNORECASE))


def _comparator(printed: str | None, table: tuple[tuple[str, str], ...]) -> str | None:
    if printed is None:
        return None
    return next(comparator for comparator, pattern in table if re.fullmatch(pattern, printed.strip(), re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class ScaleTest:
    """ "class C2 or greater": a place on a scale, [start, end). `name` is the scale's, as printed."""

    start: int
    end: int
    name: str
    value: str
    comparator: str


_SCALE: Final = re.compile(
    r"(?P<name>(?:[A-Z][\w'-]*\s+){0,3}(?:\([^)]*\)\s+)?(?P<word>[Cc]lass|[Gg]rade|[Ss]tage|[Ll]evel|[Cc]ategory|[Tt]ype))\s+"
    rf"(?P<prefix>(?:{_PREFIX})\s+)?(?P<value>[A-Z]?\d{{1,2}}[a-z]?|[IVX]+[a-z]?)[*†]*\s*(?P<suffix>{_SUFFIX})?"
    rf"(?![A-Za-z0-9]|\.\d|\s*(?i:{_UNIT}){_UNIT_END}|\s*%)"
)


def scales_in(text: str) -> list[ScaleTest]:
    """The places on scales that a text asks for, with a comparator."""
    found = []
    for match in _SCALE.finditer(text):
        comparator = _comparator(match["prefix"], _BEFORE) or _comparator(match["suffix"], _AFTER)
        is_amount = match["word"].lower() == "level" and match["prefix"] is not None and match["value"].isdigit()
        if comparator is not None and not is_amount:  # "PSA level above 4" is measured, not graded
            name = re.sub(r"\s*\([^)]*\)", "", match["name"])
            found.append(ScaleTest(match.start(), match.end(), name.strip(), match["value"], comparator))
    return found
