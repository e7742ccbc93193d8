"""A second number beside the first: when the first was measured, on how many days it was so, in which time it is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from medpolicy.authoring.extraction.condition_text import what_remains
from medpolicy.authoring.extraction.measures import Measure


@dataclass(frozen=True, slots=True)
class Beside:
    """What is left of the condition without the second number (`rest`), and of what that is (`subject`)."""

    rest: str
    measure: Measure
    subject: str
    doubt: str = ""
    of_days: bool = False  # the second number counts days


# What is counted or changes within a time says nothing without that time: "a loss of 10 % within 6 months", "2 falls in a year".
_CHANGE: Final = re.compile(
    r"\b(?:loss|gain|increas\w*|decreas\w*|reduc\w*|declin\w*|fall|drop\w*|rise|risen|changed?|improve\w*|growth|grown|growing|"
    r"progress\w*|doubling|worsen\w*|number of|episodes?|events?|visits?|attacks?|exacerbations?|courses?|times|doses?|"
    r"occasions?|sessions?)\b",
    re.IGNORECASE,
)
_DATES_THE_SERVICE: Final = re.compile(
    r"\s*(?:(?:of|before|prior to|preceding|from)\s+(?:the\s+|an?\s+|any\s+)?(?:[a-z-]+\s+)?"
    r"(?:surgery|procedure|operation|services?|requests?|treatment|implant(?:ation)?|placement|initiation|start|date|application|referral|evaluation|admission|therapy)"
    r"(?:\s+of\s+[^,;]+)?)?\s*$",
    re.IGNORECASE,
)
_MEASURED_THEN: Final = re.compile(
    r"(?:[\s,]+(?:performed|obtained|measured|done|taken|documented|recorded|conducted|completed|drawn|tested|confirmed))+\s*$",
    re.I,
)


def dated_number(text: str, first: Measure, second: Measure) -> Beside | None:
    """ "HbA1c above 8 % within 90 days of surgery": the value, and how long ago it was measured."""
    if first.kind != "number" or not second.elapsed or second.start < first.end:
        return None
    without = what_remains(text, first.start, first.end)
    is_rate = first.unit.startswith("/")  # "15 events per hour" are no events within that time
    if _CHANGE.search(text[: first.start] if is_rate else without) is not None or "(" in text[first.end : second.start]:
        return None
    counts = re.match(r"\s*[a-z-]+s\b", text[first.end :]) or re.search(r"[a-z][^su\W]s\W*(?:of\s*)?$", text[: first.start])
    if first.unit == "1" and (counts is not None or not re.search(r"[A-Za-z]{2}", text[: first.start])):
        return None  # a count of things within that time
    head = _MEASURED_THEN.sub("", text[: second.start]).strip(" ,;")
    subject = re.sub(r"\s+of(?=\s+(?:on|in|by|at|from)\s)", "", what_remains(head, first.start, min(first.end, len(head))))
    return Beside(head, second, subject, "" if dates_the_service(text[second.end :]) else counted_back(text, second))


_ANOTHER_EVENT: Final = re.compile(r"\s*(?:of|before|prior to|preceding|from)\s+\S", re.IGNORECASE)


def dates_the_service(after: str) -> bool:
    """Whether a time that counts back counts from the service, by what follows it: nothing, or "before surgery"."""
    return _DATES_THE_SERVICE.match(after) is not None or _ANOTHER_EVENT.match(after) is None


def names_the_service(after: str) -> bool:
    """Whether what follows a time is "before surgery" or the like, and nothing else."""
    return bool(after.strip(" .;,")) and _DATES_THE_SERVICE.match(after) is not None


def counted_back(text: str, measure: Measure) -> str:
    """What to ask where a time counts from something else."""
    what = text[measure.end :].strip(" .;,")
    return f"“{text[measure.start : measure.end].strip()}” was counted back from the service, though “{what}” follows: is it so?"


def number_on_days(text: str, first: Measure, second: Measure) -> Beside | None:
    """ "At least 5 hours per day on 20 or more days": the value, and on how many days it is reached."""
    between = text[first.end : second.start]
    if first.kind != "number" or second.elapsed or second.unit != "days" or not re.fullmatch(r"\s*,?\s*on\s*", between):
        return None
    head = text[: first.end].strip(" ,;")
    return Beside(head, second, f"days on which {head[:1].lower()}{head[1:]}{text[second.end :].rstrip(' .;,')}", of_days=True)


_TRIAL: Final = re.compile(
    r",?\s*\b(?:during|in|after|following|over|with)\s+an?\s+(?P<what>(?:[a-z-]+\s+){0,2}?(?:trial|course|test)(?:\s+period)?)\s+"
    r"(?:of|lasting|for)\s*$",
    re.IGNORECASE,
)


def number_in_trial(text: str, first: Measure, second: Measure) -> Beside | None:
    """ "At least a 50 % reduction in pain during a trial of 3 or more days": the number, and how long the trial was."""
    trial = _TRIAL.search(text[: second.start])
    if first.kind != "number" or second.kind != "duration" or second.elapsed or trial is None or trial.start() < first.end:
        return None
    rest = f"{text[: trial.start()]} during the {trial['what']}{text[second.end :]}"
    return Beside(rest, second, trial["what"])


def number_beside(text: str, first: Measure, second: Measure) -> Beside | None:
    """What the second number is to the first, where one of the manners here tells it."""
    return dated_number(text, first, second) or number_on_days(text, first, second) or number_in_trial(text, first, second)


_WINDOW: Final = re.compile(r"\b(?:in|within|during)\s*$", re.IGNORECASE)
_OVER: Final = re.compile(r"over\b", re.IGNORECASE)
_APART: Final = re.compile(r"\b(?:with|and|or|of which|but)\b", re.IGNORECASE)


def is_window(text: str, first: Measure, measure: Measure) -> bool:
    """Whether a measure is the time within which something is counted, and not a demand of its own."""
    if measure.kind != "duration" or _APART.search(text[first.end : measure.start]) is not None:
        return False
    return measure.elapsed or _OVER.match(text, measure.start) is not None or _WINDOW.search(text[: measure.start]) is not None
