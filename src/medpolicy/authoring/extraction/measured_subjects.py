"""Of what a measure in a condition is, and what the condition claims besides it."""

from __future__ import annotations

import re
from typing import Final

from medpolicy.authoring.extraction.measures import TRIAL, Measure

_PREDICATE: Final = re.compile(
    r"\b(?:has|have|had|is|are|was|were|does|do|did)\b\s+\S+|\b\w+ed\b|"
    r"^(?:failure|trial|unresponsive|refractory|resistant|intolerant|lack|absence|inadequate|unsuccessful|"
    r"insufficient|no)\b|\b(?:persists?|despite|fails?|response)\b",
    re.IGNORECASE,
)
SINCE: Final = re.compile(r"\s*(?:(?:has|have)\s+(?:passed|elapsed)\s+)?(?:after|since|following)\s+(?P<what>[^,;]+)")
_LEAD: Final = re.compile(
    r"\s*\b(?P<word>for|over|of|with|lasting|in|during|despite|after|following)(?: a (?:period|"
    r"duration) of)?\s*$",
    re.IGNORECASE,
)
_DIMENSION: Final = re.compile(r"^\s*in (?P<dimension>size|diameter|length|width|height|depth|area|volume|weight)\b")


# What a bare number in brackets counts: "(at least 8 visits within 3 months)".
_COUNTED: Final = re.compile(
    r"^\s*(?P<what>[a-z-]+s)\b(?P<window>\s+(?:with)?in\s+(?:the\s+)?(?:(?:last|past|previous|prior)\s+)?\d+\s+[a-z]+)?",
    re.IGNORECASE,
)


def subject_of_measure(text: str, measure: Measure) -> tuple[str, str]:
    """Of what the measure is, and what else the clause claims; the latter empty where it only says the measure."""
    before, after = text[: measure.start], text[measure.end :]
    opened = before.rstrip().endswith("(")
    if opened:
        before = before.rstrip()[:-1]
        after = after.lstrip()[1:] if after.lstrip().startswith(")") else after
    dimension = _DIMENSION.match(after)
    lead = _LEAD.search(before)
    copula = re.search(r"\b(?:is|are|was|were)\s*$", before.rstrip())
    if copula is not None or dimension is not None:
        named = before[: copula.start()] if copula is not None else before
        of = re.sub(r"^(?:the|an?)\s+", "", named.strip(), flags=re.IGNORECASE)
        if dimension is not None:
            return f"{dimension['dimension']} of the {of}{after[dimension.end() :]}".strip(" .,;"), ""
        return f"{named} {after}".strip(" .,;"), ""
    apart = _claim_and_number(before, after) if measure.kind == "number" else None
    if apart is not None:
        return apart
    if measure.kind == "number":
        beside = re.match(r"(?P<claim>\S.*?)\s+(?:with|having)\s+(?:an?\s+|the\s+)?(?P<what>[^,;()]+?)\s*(?:\bof|=)?\s*$", before)
        if beside is not None and not after.strip(" .,;"):
            return beside["what"], beside["claim"].strip(" ,;")
    trial = TRIAL.match(after) if measure.kind == "duration" and not measure.elapsed else None
    if trial is not None:  # "inadequate response to a 6-week trial of cream"
        article = re.search(r"\ban?\s*$", before, re.IGNORECASE)
        claim = f"{before if article is None else before[: article.start()]}{after.lstrip()}".strip(" .;,")
        return trial["what"].strip(), claim if before.strip(" aA") and _PREDICATE.search(claim) else ""
    bare = before[: lead.start()] if lead is not None else before
    whole = re.sub(r"\s+", " ", f"{bare} {after}").strip(" .;,")
    if measure.kind == "number" and re.fullmatch(r"(?:(?:the\s+)?\w+\s+)?weighs", whole, re.IGNORECASE):
        return "body weight", ""
    word = lead["word"].lower() if lead is not None else ""
    possessed = re.match(r"\s*of\s+(?P<what>[^,;]+)", after)
    if measure.kind == "duration" and possessed is not None and not measure.elapsed:
        claim = f"{before}{after[possessed.start('what') :]}".strip(" .;,")
        return re.sub(r"\s*\([^()]*\)?", "", possessed["what"]).strip(), claim if bare.strip() and _PREDICATE.search(
            claim
        ) else ""
    if opened and bare.strip() and after.strip(" .,;") and measure.kind == "duration":  # "recent (within 6 weeks) infection"
        return whole, whole
    counted = _COUNTED.match(after)
    if opened and bare.strip() and measure.kind == "number" and measure.unit == "1" and counted is not None:
        window = " ".join((counted["window"] or "").split())
        return f"number of {counted['what']} of {bare.strip(' ,;')} {window}".strip(), bare.strip(" ,;")
    if opened and bare.strip():
        return f"{bare.strip(' ,;')}{' value' if measure.kind == 'number' else ''}", bare.strip(" ,;")
    if word == "with" and after.strip(" .,;"):
        return after.strip(" .,;"), bare.strip(" ,;")
    if (
        measure.kind == "number"
        and measure.unit == "1"
        and word == "of"
        and re.match(r"\s+(?!(?:on|in|at|by|for|or|and)\b)[a-z]", after)
    ):
        return f"number of {after.strip(' .,;')} ({bare.strip()})" if bare.strip() else f"number of {after.strip(' .,;')}", ""
    if measure.kind == "duration" and (measure.elapsed or word in ("for", "over", "lasting", "during", "of")):
        subject = bare.strip(" ,;(") if measure.elapsed else _noun_before(bare)
        if _PERSON.fullmatch(subject):  # "the individual has abstained for 6 weeks"
            subject = re.sub(r"^.*\b(?:has|have|had|was|were|is|are)\s+", "", whole)
        beside = None if measure.elapsed else _WITH.search(subject)
        if beside is not None:  # "gout, shown by X-ray, with daily pain for 6 weeks"
            return beside["what"].strip(), whole
        claims = measure.elapsed or _PREDICATE.search(whole) is not None
        return subject or whole, whole if claims else ""
    return whole, ""


_PERSON: Final = re.compile(r"(?:the\s+|an?\s+)?(?:individual|member|patient|person)s?", re.IGNORECASE)
_ASSOCIATED: Final = re.compile(
    r"(?P<claim>\S.*?),?\s+(?:associated with|accompanied by|complicated by|together with)\s+(?:an?\s+)?(?P<what>\S.*)$",
    re.IGNORECASE,
)
_INVOLVING: Final = re.compile(r"(?P<claim>[A-Za-z].*\S)\s+(?:involving|affecting|covering)\s*$", re.IGNORECASE)


def _claim_and_number(before: str, after: str) -> tuple[str, str] | None:
    """ "Eczema involving more than 10 % of the skin", "a loss of smell associated with a weight loss of 5 %".

    Of what the number is, and then the state that has it.
    """
    associated, involving = _ASSOCIATED.match(before), _INVOLVING.match(before)
    behind = re.sub(r"^\s*of\s+(?:the\s+)?", "", after).strip(" .;,")
    if associated is not None:
        what = re.sub(r"\s+of$", "", associated["what"].strip())
        return f"{what} {after.strip()}".strip(" .;,"), associated["claim"].strip(" ,;")
    if involving is not None and re.match(r"[A-Za-z]{2}", behind):
        return f"{behind} involved", involving["claim"].strip(" ,;")
    return None


_WITH: Final = re.compile(
    r"(?<!consistent)(?<!compatible)(?<!associated)(?<!together)(?<!treated)(?<!treatment)(?<!therapy),?\s+with\s+(?:an?\s+|the\s+)?"
    r"(?P<what>[^,;]+)$",
    re.IGNORECASE,
)
_ONLY_A_VERB: Final = re.compile(r"[a-z]+ed|present|ongoing")


def _noun_before(text: str) -> str:
    """The noun phrase at the end of the text: what follows its last verb or "following"."""
    parts = re.split(
        r"\b(?:following|after|despite|is|are|was|were|has|have|had|been|not|resolved|improved|failed|received|undergone|"
        r"completed)\b",
        text,
    )
    named = [part.strip(" ,;") for part in parts if part.strip(" ,;")]
    if len(named) > 1 and _ONLY_A_VERB.fullmatch(named[-1]):  # "the condition has persisted"
        return named[-2]
    return parts[-1].strip(" ,;") or text.strip(" ,;")
