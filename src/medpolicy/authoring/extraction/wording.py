"""The phrases in which medical policies say a stance, a quantifier and a connector; as data, in the order of trial."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# What an agency approves for the market, a plan may think of what it will.
_APPROVED: Final = (
    r"approved(?!\s+(?:(?:or|and)\s+[a-z]+\s+)?(?:for\s+[a-z ]{1,20}\s)?by\s+(?:the\s+)?"
    r"(?:U\.?\s?S\.?|United States|Food and Drug|FDA|European|EMA|Health Canada))"
)
# What is said of a service, the more specific first: "not medically necessary" holds "medically necessary".
STANCES: Final[tuple[tuple[str, str], ...]] = (
    (
        "not-medically-necessary",
        (
            r"(?:(?:is|are|would be|will be) )?(?:each |all |both )?(?:considered |deemed |denied as )?"
            r"(?:not|never) (?:considered |deemed )?(?:to be )?"
            r"(?:medically necessary|(?:medically )?reasonable (?:and|or|and/or) (?:medically )?necessary)"
            r"|(?:do|does) not meet the (?:definition|criteria) (?:of|for) medical necessity|"
            r"(?:is|are|will|may|can) not (?:be )?"
            rf"(?:necessary|covered|{_APPROVED}|approvable|authorized|a covered (?:service|benefit)|eligible for coverage)|"
            r"(?:is|are) (?:contra-?indicated and (?:therefore )?not covered|non-?covered)"
        ),
    ),
    (
        "investigational",
        (
            r"(?:(?:is|are|remains?|would be|will be) )(?:each |all |both )?(?:considered |deemed |regarded as )?(?:to be )?"
            r"(?:not proven|"
            r"(?:experimental|investigational|unproven)"
            r"(?:(?:\s*[,/]\s*|\s+(?:and|or|and/or)\s+|,\s*(?:and|or)\s+)(?:experimental|investigational|unproven))*)"
            r"(?: and,? (?:is |are )?(?:therefore,? )?(?:not covered|non-?covered|not medically necessary))?"
        ),
    ),
    (
        "cosmetic",
        (
            r"(?:is|are)(?: each| all| both)?(?: considered| deemed)?(?: to be)? cosmetic(?: and (?:is |are |do |"
            r"does )?(?:therefore )?not [^.;:]*?necessity)?"
        ),
    ),
    (
        "medically-necessary",
        (
            r"(?:(?:is|are|may be|will be|can be) )(?:each |all |both )?(?:only )?(?:considered |deemed )?(?:to be )?(?:only )?"
            r"(?:(?:proven|reconstructive|reasonable|appropriate|safe and effective|clinically (?:useful|appropriate|proven))"
            r"(?:,? and |, |/))*"
            rf"(?:medically necessary|(?:medically )?reasonable and (?:medically )?necessary|covered|{_APPROVED}|"
            r"(?:re-?)?authorized|renewed|eligible for coverage|a covered (?:service|benefit))"
            r"(?:,? and,? (?:is |are )?(?:therefore,? )?(?:appropriate|covered|eligible for coverage))?|"
            r"meets? the (?:definition|criteria) (?:of|for) medical necessity"
        ),
    ),
)
_STANCE_PATTERNS: Final = tuple((stance, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for stance, pattern in STANCES)
_WE_COVER: Final = re.compile(
    r"^(?:[Ww]e|[Tt]he (?:health )?[Pp]lan|[A-Z][\w-]*(?:\s+[A-Z][\w-]*){0,3})\s+"
    r"(?P<no>(?:do|does|will|may) not\s+)?(?:(?:may|will|can)\s+)?"
    r"(?P<verb>covers?|(?:approves?|authorizes?)(?:\s+(?:coverage|use)\s+(?:of|for))?)\s+"
    r"(?P<subject>.+?)(?P<tail>(?<!solely)(?<!only)(?<!primarily)(?<!exclusively),?\s+(?:when|if|for|as|unless|except)\b.*|[.:]?\s*)$",
    re.DOTALL,
)
_TAIL: Final = r"(?P<tail>,?\s+(?:when|if|for|as|unless|except|provided)\b.*|[.:]?\s*)$"
_IS: Final = r"(?:(?:may|can|will)\s+(?P<no>not\s+)?be|(?:is|are)\s+(?P<not>not)?)\s*"
# Sentences that put the member or the benefit first: the service stands behind "for".
_FOR_A_SERVICE: Final = tuple(
    re.compile(pattern + r"for\s+(?P<subject>.+?)" + _TAIL, re.IGNORECASE | re.DOTALL)
    for pattern in (
        (
            rf"\b(?:members?|individuals?|patients?|enrollees?)\s+{_IS}(?P<verb>eligible)\s+(?:under\s+(?:the|"
            rf"their)\s+(?:benefit\s+)?plan\s+)?"
        ),
        rf"^(?:coverage|benefits?)\s+{_IS}(?P<verb>provided|available|approved|allowed|granted)\s+",
    )
)
_LEAD: Final = re.compile(
    r"\s*(?P<lead>(?:for|in|if|when|where|among|otherwise)\b[^;:]*?),\s+(?:[\w'’-]+\s+){0,5}$", re.IGNORECASE
)
_ACTIVE: Final = re.compile(
    r"\bconsiders?\s+(?P<subject>.+?)\s+(?:to be |as )?"
    r"(?P<stance>not medically necessary|medically necessary|cosmetic|(?:experimental|investigational|unproven)"
    r"(?:(?:\s*[,/]\s*|\s+(?:and|or|and/or)\s+|,\s*(?:and|or)\s+)(?:experimental|investigational|unproven|"
    r"not medically necessary))*"
    r")\b(?P<tail>.*)",
    re.IGNORECASE | re.DOTALL,
)

_NOT_BEFORE: Final = re.compile(r"\b(?:(?:do|does|did|will|would) not|(?:no longer|never|rarely))\s*$", re.IGNORECASE)

ALL: Final = "all"
ANY: Final = "any"
NONE: Final = "none"
AT_MOST: Final = "at-most"

_NUMBERS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "eighteen": 18, "twenty-four": 24,
}  # fmt: skip
NUMBER_WORDS: Final = "|".join(sorted(_NUMBERS, key=len, reverse=True))

# "all of the following", "any of these"; "any one of criteria 1-3"
_OF_FOLLOWING: Final = (
    r"\s+(?:\([0-9]+\)\s+)?(?:or more\s+)?(?:of\s+)?(?:the\s+)?(?:following|these|criteria below|below|"
    r"(?:criteria|conditions|requirements)(?=\s+(?:\(?[A-Z0-9]\)?\s*(?:to|through|,|and|or)\s|[A-Z0-9]\s?[-–]\s?[A-Z0-9]\b)))"
)
_DENIED: Final = (
    r"\b(?:(?:do|does|did|must|should|may|can|has|have|had|is|are|will)\s*(?:not|n['’]t)"
    r"(?:\s+(?:have|has|had|be|been|meet|show|demonstrate|exhibit|include|involve|present with|used?|using|tak(?:e|en|ing)|"
    r"currently|receiv(?:e|ed|ing)|undergone|tried|(?:treated|diagnosed) with|exposed to|contraindicated by))*"
    r"|cannot have|without|absence of|lack of|lacks|free (?:of|from)|never had)"
)
# "Absence of all of the following" is that none of them is there.
_LACK: Final = (
    r"(?:(?:absence|lack|free)\s+of|without|no\s+(?:evidence|history|signs?|presence)\s+of|"
    r"(?:do|does|did|must|should|may|has|have)\s+not\s+(?:have|had|show)(?:\s+(?:evidence|signs|a\s+history)\s+of)?)"
)
# "when either criterion A or criterion B is met:"
_LETTER: Final = r"(?:\([A-Z0-9]\)|[A-Z0-9])(?![\w)])"
_NAMED_ITEMS: Final = (
    rf"\b(?:either\s+|both\s+)?(?:criterion|criteria|conditions?|items?)\s+{_LETTER}(?:,\s*{_LETTER})*,?\s+__word__\s+"
    rf"(?:criterion\s+|criteria\s+|condition\s+)?{_LETTER}\s+(?:below\s+)?(?:is|are)\s+met(?=\s*:?\s*$)"
)
_OF_NOTHING: Final = (
    r"(?:(?:known|prior|previous|active|current|concurrent|documented|clinical|absolute|relative|other|evidence|history|signs?|"
    r"symptoms?|presence|documentation|diagnosis|of)\s+)"
)
_QUANTIFIERS: Final = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (NONE, r"\b(?:none|neither)" + _OF_FOLLOWING),
        # "all of the following are absent"
        (
            NONE,
            (
                r"\b(?:(?:all|each|both|any)(?:\s+of)?\s+)?(?:the\s+)?(?:following|these)(?:\s+[a-z]+){0,2}?\s+"
                r"(?:is|are|has been|have been|must be)\s+(?:absent|excluded|ruled out|lacking)\b"
            ),
        ),
        # "does not have any of the following", "without the following", "no contraindications, including the following"
        (NONE, _DENIED + r"\s+(?:(?:any|one or more|either)(?:\s+one)?" + _OF_FOLLOWING + r"|(?:the\s+)?following\b)"),
        (NONE, rf"\b{_LACK}\s+(?:all|any|each|either|both|one)(?:\s+or more)?" + _OF_FOLLOWING),
        (NONE, r"\b(?:without|absence of|lack of|free (?:of|from))\s+(?:all|each|both)" + _OF_FOLLOWING),
        (NONE, r"\bno\s+" + _OF_NOTHING + r"*(?:(?:any|either|one)(?: or more)? of )?(?:the\s+)?following\b"),
        (NONE, r"\bno\s+(?:[a-z-]+\s+){0,3}(?:contraindications?|exclusions?|exclusion criteria)\b[^:.;]*?\bfollowing\b"),
        (NONE, _DENIED + r"(?=\s*:\s*$)"),
        (
            AT_MOST,
            r"\b(?:(?:no|not) more than|at most|up to|a maximum of|(?P<below>fewer than|less than))\s+"
            rf"(?P<count>{NUMBER_WORDS}|\d+)" + _OF_FOLLOWING,
        ),
        (
            "count",
            rf"\b(?:at least |any |a minimum of )?(?P<count>{NUMBER_WORDS}|\d+)(?:\s*\(\d+\))?(?: or more)?" + _OF_FOLLOWING,
        ),
        (ANY, r"\b(?:any(?: one)?(?: or more)?|either(?: one)?|at least (?:one|1)|(?:one|1) or more|one)" + _OF_FOLLOWING),
        (ALL, r"\b(?:all|both|each|every one)" + _OF_FOLLOWING),
        (ANY, _NAMED_ITEMS.replace("__word__", "or")),
        (ALL, _NAMED_ITEMS.replace("__word__", "and")),
        (ANY, r"\b(?:either|any|one|any one|one or more)(?:\s+of)?(?=\s*:\s*$)"),
        (ALL, r"\b(?:both|all)(?:\s+of)?(?=\s*:\s*$)"),
        (ANY, r"\b(?:either|any|one)\s+(?:applies|apply|is met|is present)(?=\s*:)"),
        (ALL, r"\b(?:both|all)\s+(?:apply|are met|are present)(?=\s*:)"),
        # On a line of its own, without a colon: "is considered medically necessary when / BOTH".
        (ANY, r"(?<=\bwhen\s)(?:either|any)\s*$|(?<=\bif\s)(?:either|any)\s*$|(?-i:\bEITHER)\s*$"),
        (ALL, r"(?<=\bwhen\s)(?:both|all)\s*$|(?<=\bif\s)(?:both|all)\s*$|(?-i:\b(?:BOTH|ALL))\s*$"),
    )
)
_PLAIN_FOLLOWING: Final = re.compile(
    r"\b(?:meets?\s+)?(?:all\s+)?criteria\s+[\w.]+\s+(?:through|to|and|-|–)\s+[\w.]+\s*:\s*$"
    r"|\b(?:the\s+)?following\b(?:\s+(?:[a-z-]+\s+){0,2}?(?:criteria|conditions|requirements|indications)\b)?"
    r"|\b(?:criteria|conditions|requirements|indications)\b(?=[^.]*:\s*$)|\bincluding[^.]*:\s*$",
    re.IGNORECASE,
)


# Of indications one is enough: "for the following indications:"; criteria, which are "met", are needed together.
_FOLLOWING_USES: Final = re.compile(
    r"\b(?:for|of|in|treating|to treat)\s+(?P<announced>(?:the\s+)?following\s+(?:[a-z-]+\s+){0,2}?"
    r"(?:indications?|conditions?|diagnos[ei]s|diseases?|disorders?|uses?|purposes|reasons|situations|circumstances|"
    r"populations)|(?<=\bfor )(?:the\s+)?following)"
    r"(?:\s*\([^()]*\))?(?:,?\s+(?:when|if|in|and|for|with|provided)\b[^:]*)?\s*:\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantifier:
    """How the items of a list count: `all`, `any`, `none`, or `count` or `at-most` with how many. [start, end): where it is said.

    `stated` is False where the text says only "the following".
    """

    kind: str
    start: int
    end: int
    count: int = 0
    stated: bool = True


def quantifier_in(text: str) -> Quantifier | None:
    """What the lead-in of a list says of its items; None where it announces none. The last one said governs the list."""
    found: Quantifier | None = None
    for kind, pattern in _QUANTIFIERS:
        for match in pattern.finditer(text):
            count = number_of(match["count"]) if kind in ("count", AT_MOST) else 0
            if kind == AT_MOST and match["below"]:
                count -= 1
            candidate = Quantifier(ANY if kind == "count" and count == 1 else kind, match.start(), match.end(), count)
            if found is None or candidate.end > found.end or (candidate.end == found.end and candidate.start < found.start):
                found = candidate
    if found is not None:
        return found
    uses = _FOLLOWING_USES.search(text)
    if uses is not None:
        return Quantifier(ANY, uses.start("announced"), uses.end("announced"), stated=False)
    plain = list(_PLAIN_FOLLOWING.finditer(text))
    if plain and text.rstrip().endswith((":", "met", "met.")):
        return Quantifier(ALL, plain[-1].start(), plain[-1].end(), stated=False)
    return None


def number_of(word: str) -> int:
    """A number in digits or, to twelve and some beyond, in words."""
    return _NUMBERS[word.lower()] if word.lower() in _NUMBERS else int(word)


@dataclass(frozen=True, slots=True)
class StanceSaid:
    """A sentence taken apart: of what it speaks, what it says, and what follows."""

    subject: str
    stance: str
    tail: str
    tail_start: int
    words: str


_POLICY_OF: Final = re.compile(r"^\s*it is the policy of\s+[^,;:.]{2,60}?\s+that\s+", re.IGNORECASE)


def without_opening(sentence: str) -> str:
    """The sentence without "It is the policy of the plan that", which opens every statement of some plans."""
    return _POLICY_OF.sub("", sentence)


_INSUFFICIENT: Final = re.compile(
    r"^(?:there\s+is\s+)?(?:currently\s+)?(?:insufficient|inadequate|not sufficient|not enough)\s+(?:[a-z-]+\s+){0,4}?evidence\b"
    r".*?\b(?:support|establish|determine|demonstrate|prove|recommend)\s+(?:that\s+)?(?:the\s+)?"
    r"(?:(?:safety|efficacy|effectiveness|use|utility|benefit|value|routine|clinical|and|or|,)\s*)*(?:of\s+)?"
    r"(?P<subject>\S.*?)(?P<tail>\s+(?:for|in|to treat)\s+.*|[.:]?\s*)$",
    re.IGNORECASE | re.DOTALL,
)


def insufficient_in(sentence: str) -> StanceSaid | None:
    """A statement that says only that the evidence for a service is insufficient."""
    match = _INSUFFICIENT.match(without_opening(sentence).strip())
    if match is None or _POLICY_OF.match(sentence) is None:
        return None
    return StanceSaid(match["subject"], "investigational", match["tail"], 0, "insufficient evidence")


def stance_in(sentence: str) -> StanceSaid | None:
    """The stance that a sentence takes and of what; None where it takes none."""
    best: tuple[int, int, str] | None = None
    for stance, pattern in _STANCE_PATTERNS:
        match = pattern.search(sentence)
        if match is not None and (best is None or match.start() < best[0]):
            best = (match.start(), match.end(), stance)
    active = _ACTIVE.search(sentence)
    if active is not None and (best is None or active.start() < best[0]):
        stance = _stance_of_words(active["stance"])
        if _NOT_BEFORE.search(sentence[: active.start()]) is not None:
            if stance != "medically-necessary":
                return None  # "does not consider it investigational": what it is, is not said
            stance = "not-medically-necessary"
        lead = _LEAD.match(sentence[: active.start()])  # "For members with gout, the plan considers ..."
        subject = active["subject"] if lead is None else f"{lead['lead']}, {active['subject']}"
        return StanceSaid(subject, stance, active["tail"], active.start("tail"), active["stance"])
    if best is None:
        for pattern in _FOR_A_SERVICE:
            given = pattern.search(sentence)
            if given is not None:
                negated = given["no"] or given["not"]
                words = f"{'not ' if negated else ''}{given['verb'].lower()}"
                stance = "not-medically-necessary" if negated else "medically-necessary"
                return StanceSaid(given["subject"], stance, given["tail"], given.start("tail"), words)
        cover = _WE_COVER.match(sentence.strip())
        if cover is None:
            return None
        stance = "not-medically-necessary" if cover["no"] else "medically-necessary"
        words = f"{cover['no'] or ''}{cover['verb'].split()[0].lower()}"
        return StanceSaid(cover["subject"], stance, cover["tail"], sentence.index(cover["tail"]) if cover["tail"] else 0, words)
    return StanceSaid(sentence[: best[0]].strip(), best[2], sentence[best[1] :], best[1], sentence[best[0] : best[1]])


def _stance_of_words(words: str) -> str:
    words = words.lower()
    if words.startswith("not"):
        return "not-medically-necessary"
    if words.startswith("medically"):
        return "medically-necessary"
    return "cosmetic" if words.startswith("cosmetic") else "investigational"


_ABBREVIATIONS: Final = re.compile(r"(?:\b(?:e\.g|i\.e|vs|etc|al|Dr|No|Inc|Ltd|Co|approx|U\.S|St|fig)|\b[A-Z])\.$", re.IGNORECASE)


def sentences_of(text: str) -> list[tuple[int, int]]:
    """The sentences of a text as [start, end)."""
    found = []
    start = 0
    for match in re.finditer(r"[.!?](?=\s+[A-Z0-9“\"(])", text):
        if _ABBREVIATIONS.search(text[start : match.end()]) and not text[start : match.end()].endswith(("etc.", "al.")):
            continue
        found.append((start, match.end()))
        start = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
    if text[start:].strip():
        found.append((start, len(text)))
    return found


_CONNECTOR: Final = re.compile(r"(?:[;,.:]\s*|\s+|^)(?P<word>AND/OR|and/or|AND|OR|and|or)\s*[;,:.]?\s*$")


def connector_at_end(text: str) -> tuple[str, str]:
    """The text without the connector at its end, and `and`, `or` or nothing."""
    match = _CONNECTOR.search(text)
    if match is None:
        return text, ""
    word = match["word"].lower()
    return text[: match.start()].rstrip(" ;,"), "or" if "or" in word else "and"


def is_connector(text: str) -> str:
    """`and` or `or` where the text is a connector alone on its line, else nothing."""
    word = text.strip(" -–—*.,;:").lower()
    return {"and": "and", "or": "or", "and/or": "or"}.get(word, "")
