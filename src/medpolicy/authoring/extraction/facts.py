"""The facts of a draft: each question once, with an id made of its words, so that it stays the same from import to import."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from medpolicy.authoring.extraction.context import Item, mark, slug

# What opens a condition without being a part of it.
_OPENERS: Final = re.compile(
    r"^(?:(?:there (?:is|are|has been|must be)|presence of|evidence of|documentation (?:of|that)|documented|demonstrated|"
    r"demonstration of|"
    r"must (?:have|be|provide)|has|have|the (?:individual|member|patient)s? (?:has|have|is|are|must (?:have|be))|"
    r"(?:individual|member|patient)s? (?:has|have|is|are|must (?:have|be)|with)|confirmed|diagnosis of)\s+)+",
    re.IGNORECASE,
)
_DROPPED: Final = frozenset(
    re.findall(
        r"\w+",
        "the a an any all each some such this that these those is are was were be been being has have had must may will can "
        "there their his her its it also either both",
    )
)
# Whoever is asked about: "individuals with a BMI over 40" are asked for the BMI only.
_ANYBODY: Final = frozenset(
    ("individual", "individuals", "member", "members", "patient", "patients", "person", "persons", "people", "who")
)
_EDGES: Final = frozenset(re.findall(r"\w+", "of in on at to for by with from and or as than when if after before due"))


class FactBook:
    """Gathers the facts of a draft in the document's order."""

    def __init__(self, abbreviations: Mapping[str, str] | None = None) -> None:
        """`abbreviations`: what the document abbreviates, so that both forms are one fact."""
        self._patterns = [
            (
                re.compile(rf"\s*\({re.escape(short)}s?\)"),
                re.compile(rf"\b{re.escape(short)}(?P<plural>s?)\b"),
                rf"{long}\g<plural>",
            )
            for short, long in (abbreviations or {}).items()
        ]
        self._spelled_out: dict[str, str] = {}
        self._facts: dict[str, Item] = {}
        self._asked: dict[str, str] = {}  # id: all the words that it was made of, where the id had to leave some out

    @property
    def items(self) -> list[Item]:
        return list(self._facts.values())

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._facts

    def boolean(self, text: str, citation: Item, *, ask: str | None = None, identifier: str | None = None) -> str:
        """The id of the yes-no question whether the text holds."""
        text = self.spelled_out(text)
        wanted = identifier or fact_id(text)
        return self._add(wanted, {"type": "boolean", "ask": ask or question_of(text)}, citation, _words(text))

    def number(self, subject: str, unit: str, citation: Item) -> str:
        """The id of the number that the subject names, in the unit."""
        subject = self.spelled_out(subject)
        words = re.sub(r"^(?:(?:has|have|is|are)\s+)?(?:(?:the|an?)\s+)?", "", _plain(subject), flags=re.IGNORECASE)
        wanted = fact_id(words) or "measured_value"
        known = self._facts.get(wanted)
        if unit == "1" and known is not None and known["type"] == "number":
            if known["unit"] != "1":
                mark(known, f"a number is printed without a unit: taken as {known['unit']}, as elsewhere")
            return wanted
        in_unit = "" if unit == "1" else f", in {unit}"
        ask = _question_of_number(words, in_unit)
        return self._add(wanted, {"type": "number", "unit": unit, "ask": ask}, citation)

    def duration(self, subject: str, unit: str, citation: Item, *, elapsed: bool) -> str:
        """The id of the length of time; `elapsed` where it counts back from the day of the service."""
        subject = self.spelled_out(subject)
        words = _plain(subject)
        ask = _question_of_time_since(words) if elapsed else _question_of_duration(words)
        joiner = "time_since" if elapsed else ""
        wanted = f"{joiner}_{fact_id(subject)}" if elapsed else f"{fact_id(subject)}_duration"
        wanted = wanted if fact_id(subject) else ("time_since" if elapsed else "duration")
        return self._add(wanted, {"type": "duration", "unit": unit, "ask": ask}, citation)

    def choice(self, subject: str, choices: Sequence[tuple[str, str]], citation: Item, *, ordered: bool = False) -> str:
        """The id of a choice among (value, meaning); `ordered` from the least to the greatest."""
        item: Item = {
            "type": "choice",
            "choices": [{"value": value, "meaning": meaning} for value, meaning in choices],
            "ask": f"Which of these holds: {_plain(subject)}?",
        }
        if ordered:
            item["ordered"] = True
        return self._add(fact_id(subject) or "choice", item, citation)

    def unit_of(self, identifier: str) -> str:
        """The unit in which a number is asked."""
        return str(self._facts[identifier]["unit"])

    def question(self, identifier: str) -> str:
        """The question in words."""
        return str(self._facts[identifier]["ask"])

    def spelled_out(self, text: str) -> str:
        """The text with the document's abbreviations in their long form."""
        known = self._spelled_out.get(text)
        if known is None:
            known = text
            for in_brackets, alone, long in self._patterns:
                known = alone.sub(long, in_brackets.sub("", known))
            self._spelled_out[text] = known
        return known

    def asked(self, identifier: str) -> str:
        """The words in which a fact is asked."""
        return str(self._facts[identifier]["ask"])

    def mark(self, identifier: str, reason: str) -> None:
        mark(self._facts[identifier], reason)

    def _add(self, wanted: str, item: Item, citation: Item, asked: str = "") -> str:
        wanted = wanted or "condition"
        if not wanted[0].isalpha():
            wanted = f"value_{wanted}"
        identifier, number = wanted, 2
        while (known := self._facts.get(identifier)) is not None:
            same_form = _form(known) == _form(item)
            if same_form and self._asked[identifier] == asked:
                return identifier
            identifier, number = f"{wanted}_{number}", number + 1
        self._facts[identifier] = {"id": identifier, **item, "citation": citation}
        self._asked[identifier] = asked
        return identifier


def _form(item: Item) -> tuple[object, ...]:
    return item["type"], item.get("unit"), tuple(choice["value"] for choice in item.get("choices", ()))


def _words(text: str) -> str:
    """The text's words for comparison: what an id leaves out for its length still tells two facts apart."""
    kept = slug(re.sub(r"\([^()]*\)", " ", _OPENERS.sub("", text.strip())), limit=2000, joiner="_").split("_")
    return "_".join(word for word in kept if word not in _DROPPED)


def says_nothing(text: str) -> bool:
    """Whether a text only opens a condition, as "The member has had"."""
    words = {word.lower() for word in re.findall(r"\w+", _OPENERS.sub("", f"{text.strip()} ").strip())}
    return words <= _DROPPED | _EDGES | _ANYBODY


def fact_id(text: str) -> str:
    """An id of the text's own words, without articles and auxiliaries; at most 60 characters."""
    plain = re.sub(r"\([^()]*\)", " ", _OPENERS.sub("", text.strip()))
    words = slug(plain, limit=400, joiner="_").split("_")
    kept = [word for word in words if word and word not in _DROPPED]
    found: list[str] = []
    for word in kept:
        if found and len("_".join((*found, word))) > 60:
            break
        found.append(word)
    while found and found[-1] in _EDGES:
        found.pop()
    while found and found[0] in _EDGES and found[:2] != ["at", "least"]:
        found.pop(0)
    return "_".join(found)


_COPULA: Final = re.compile(
    r"^(?P<subject>(?:(?!\b(?:that|which|who)\b).)+?)\s+(?P<verb>is|are|was|were|has|have|had|does|do)\s+(?P<rest>.+)$"
)


def question_of(text: str) -> str:
    """A yes-no question that asks whether the text holds."""
    words = _plain(text)
    match = _COPULA.match(words)
    if match is not None and match["subject"].lower() not in ("there", "it"):
        return f"{match['verb'].capitalize()} {_lower_first(match['subject'])} {match['rest']}?"
    if match is not None and match["subject"].lower() == "it" and match["verb"] in ("is", "was"):
        return f"{match['verb'].capitalize()} it {match['rest']}?"
    having = _THOSE_WITH.match(words)
    if having is not None:
        return f"Does the member have {having['what']}?"
    if _FOUND_OR_NOT.match(words):
        return f"Is there {_lower_first(words)}?"
    opened = re.match(r"there (?P<verb>is|are|has been) (?P<rest>.+)$", words, re.IGNORECASE)
    if opened is not None:
        verb = opened["verb"].lower()
        return f"Has there been {opened['rest']}?" if verb == "has been" else f"{verb.capitalize()} there {opened['rest']}?"
    must = re.match(r"(?:must|should) (?P<rest>.+)$", words, re.IGNORECASE)
    if must is not None:
        return f"Does this hold: {must['rest']}?"
    return f"Does this apply: {_lower_first(words)}?"


_THOSE_WITH: Final = re.compile(
    r"(?:in\s+|for\s+)?(?:an?\s+|the\s+)?(?:individuals?|members?|patients?|persons?|people|those)\s+(?:with|"
    r"who have|having)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_FOUND_OR_NOT: Final = re.compile(
    r"(?:an?\s+)?(?:(?:known|documented|high|increased|personal|family|previous|prior)\s+)*"
    r"(?:inability|intolerance|failure|lack|absence|presence|evidence|documentation|history|risk|loss|need|diagnosis|"
    r"suspicion)\b",
    re.IGNORECASE,
)


def _question_of_number(words: str, in_unit: str) -> str:
    subject = _lower_first(words) or "measured value"
    if _COPULA.match(words) is not None:
        return f"Which number holds{in_unit}: {subject}?"
    first = re.match(r"(?:number of\s+)?(?P<many>[a-z-]+[^siu\W]s)\b", subject)
    if first is not None and not in_unit:
        return f"How many {re.sub(r'^number of ', '', subject)}?"
    return f"What is the {subject}{in_unit}?"


def _question_of_duration(words: str) -> str:
    match = _COPULA.match(words)
    if match is not None and match["verb"] in ("has", "have") and match["subject"].lower() != "it":
        return f"For how long {match['verb']} {_lower_first(match['subject'])} {match['rest']}?"
    return f"For how long: {_lower_first(words)}?"


def _question_of_time_since(words: str) -> str:
    match = _COPULA.match(words)
    if match is not None and match["subject"].lower() != "it":
        been = match["rest"].startswith("been ") and match["verb"] in ("has", "have")
        verb = {"has": "was", "have": "were"}[match["verb"]] if been else match["verb"]
        if verb in ("was", "were"):
            return f"How long ago {verb} {_lower_first(match['subject'])} {match['rest'].removeprefix('been ')}?"
    return f"How long ago: {_lower_first(words)}?"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .;,:*†")


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:] if len(text) > 1 and text[1:2].islower() else text


_ABBREVIATED: Final = re.compile(r"(?P<long>(?:[A-Za-z][\w-]*\s+){1,7})\((?P<short>(?=[a-z]?[A-Z])[A-Za-z][A-Za-z-]{1,7}?)s?\)")


def abbreviations_in(text: str) -> dict[str, str]:
    """What a text abbreviates: "apnea-hypopnea index (AHI)" gives AHI its long form, where the initials agree."""
    found: dict[str, str] = {}
    for match in _ABBREVIATED.finditer(text):
        words, letters = match["long"].split(), match["short"].lower().replace("-", "")
        for count in range(1, len(words) + 1):
            initials = "".join(part[:1] for word in words[-count:] for part in word.lower().split("-") if part)
            if initials == letters:
                found.setdefault(match["short"], " ".join(words[-count:]).lower())
                break
    return found
