"""How coding sections put things: stances and conditions above codes, marks behind them, codes at a line's start; as data."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from medpolicy.authoring.extraction.code_ranges import system_of_form, written_out

# In order: "not medically necessary" holds "medically necessary".
STANCES: Final = (
    (
        "investigational",
        r"\b(?:investigational|experimental|unproven)\b[^.;:]{0,30}\b(?:and|or|/) ?not medically necessary\b",
    ),
    ("not-medically-necessary", r"\bnot (?:considered )?(?:to be )?medically necessary\b"),
    ("investigational", r"\b(?:investigational|experimental|unproven|not proven)\b"),
    ("cosmetic", r"\bcosmetic\b"),
    ("non-covered", r"\b(?:not|non-?) ?(?:a )?covered\b|\bnon-?reimbursable\b|\bnot reimbursed\b"),
    ("medically-necessary", r"\bmedically necessary\b|\b(?:is|are|may be|considered) covered\b|\bcovered (?:when|if|codes?)\b"),
)
_STANCES = tuple((stance, re.compile(pattern, re.IGNORECASE)) for stance, pattern in STANCES)
# A listing under such words decides only together with the statements.
_CONDITIONS = re.compile(
    r"\bfor (?:the )?(?:\w+ )?(?:conditions|indications|diagnoses|uses|services) (?:listed|named|described|above|below)\b"
    r"|\baccording to\b|\bin accordance with\b|\bas (?:described|outlined|listed|specified|defined)\b|\bsubject to\b"
    r"|\bbased on\b"
    r"|\bcriteria\b[^.]*\bmet\b|\b(?:when|if)\b[^.]*\b(?:criteria|guidelines|requirements)\b"
    r"|\b(?:may|might|can) be (?:considered )?(?:medically|covered)",
    re.IGNORECASE,
)
# A condition of the listing's own, which no statement need have.
_OWN_CONDITIONS = re.compile(
    r"\bfor (?:the )?(?:treatment|diagnosis|management|evaluation) of\b|\bwhen (?:used|performed|billed|reported|provided)\b"
    r"|\bunless\b|\bexcept\b|\bonly (?:when|if|for)\b",
    re.IGNORECASE,
)
_MARK_OF_ROW = re.compile(
    r"\((?P<mark>investigational|experimental(?:[ /,]*(?:and|or)?[ /]*(?:investigational|unproven))*|non-?covered|not covered|"
    r"not medically necessary|cosmetic)\)\s*$",
    re.IGNORECASE,
)
_MARK_WITH_CONDITION = re.compile(
    r"\((?P<said>(?:investigational|experimental|unproven|non-?covered|not covered|not medically necessary|cosmetic|covered|"
    r"medically necessary)\b,?\s+(?:only\s+)?(?:when|if|for|unless|except|with|without)\b[^()]*)\)\s*$",
    re.IGNORECASE,
)
_WORTH_OF_LISTS = re.compile(
    r"\b(?:does|do) not (?:imply|constitute|guarantee|indicate|denote|mean)\b|\bfor (?:reference|"
    r"information(?:al)?) purposes only\b"
    r"|\b(?:may|might) not be (?:all[- ]inclusive|complete)\b|\bnot an? (?:all[- ]inclusive|complete) list\b",
    re.IGNORECASE,
)
_DIAGNOSES = re.compile(r"\bicd(?:-?\s?10)?\b(?!-?\s?pcs)|\bdiagnos[ei]s\b", re.IGNORECASE)
_PCS = re.compile(r"\bicd-?\s?10-?\s?(?:pcs\b|procedures?\b)", re.IGNORECASE)
_PROCEDURES = re.compile(r"\bcpt\b|\bhcpcs\b|\bprocedure codes?\b", re.IGNORECASE)
_OTHER_SYSTEMS = re.compile(
    r"\bloinc\b|\brevenue codes?\b|\bmodifiers?\b|\bplaces? of service\b|\bicd-?9\b|\bndc\b|\bdrg\b", re.IGNORECASE
)
_ONLY_SYSTEMS = re.compile(
    r"(?:(?:cpt|hcpcs|icd-?\s?\d*(?:-?\s?(?:cm|pcs))?|loinc|diagnos[ei]s|procedure|procedural|level ii|codes?|codings?|billing"
    r"|information|section|descriptions?|number|and|or|the|following|applicable|covered)\b|[®*™:/,&\s†‡]|\(s\))+",
    re.IGNORECASE,
)

PROCEDURES: Final = "procedures"
DIAGNOSES: Final = "diagnoses"
PCS: Final = "icd-10-pcs"
OTHER_SYSTEMS: Final = "other-systems"

_AFTER = r"(?!\w|\.\w|[-–]\d(?!\d{3}))"
_FORMS: Final = {
    PROCEDURES: rf"(?:\d{{4}}[0-9AFMTU]|[A-Z]\d{{4}}){_AFTER}",
    DIAGNOSES: r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![\w]|\.\w)",
    PCS: r"(?=[0-9A-HJ-NP-Z]*\d)[0-9A-HJ-NP-Z]{7}(?!\w)",
}
SYMBOLS: Final = "†‡§*^+"


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A code at a row's start, or a range of codes (`last` other than None), with the footnote symbol behind it."""

    first: str
    last: str | None
    symbol: str

    def codes(self) -> list[str]:
        """The code, or the range written out; empty where that cannot be done."""
        return [self.first] if self.last is None else written_out(self.first, self.last)

    @property
    def system(self) -> str | None:
        return system_of_form(self.first)


def _item(form: str, *, named: bool) -> str:
    first, last, symbol = (f"?P<{name}>" if named else "?:" for name in ("first", "last", "symbol"))
    return rf"(?<!\w)({first}{form})(?:\s*(?:[-–]|\bto\b|\bthrough\b)\s*({last}{form}))?({symbol}[{SYMBOLS}]*)"


_ITEMS = {kind: re.compile(_item(form, named=True)) for kind, form in _FORMS.items()}
_STARTS = {
    kind: re.compile(
        rf"\s*(?P<sign>[{SYMBOLS}]*)"
        rf"(?P<codes>{_item(form, named=False)}(?:\s*[,;]\s*{_item(form, named=False)})*)(?=[\s,;:.(–-]|$)"
    )
    for kind, form in _FORMS.items()
}


def codes_at_start(text: str, kind: str) -> tuple[list[PrintedCode], str]:
    """The codes with which a row begins, and the text behind them."""
    match = _STARTS[kind].match(text) if kind in _STARTS else None
    if match is None:
        return [], text
    codes = codes_within(match["codes"], kind)
    if match["sign"] and not codes[0].symbol:
        codes[0] = replace(codes[0], symbol=match["sign"])
    return codes, text[match.end() :].strip()


def codes_within(text: str, kind: str) -> list[PrintedCode]:
    """All codes and ranges of a text, wherever they stand."""
    return [PrintedCode(match["first"], match["last"], match["symbol"]) for match in _ITEMS[kind].finditer(text)]


def looks_like_a_code(text: str) -> bool:
    """Whether a row begins with what has the form of a code of any kind."""
    return any(
        (match := start.match(text)) is not None and re.search(r"\d", match["codes"]) is not None for start in _STARTS.values()
    )


_LONGEST_HEADING: Final = 12  # words
_ANNOUNCED: Final = re.compile(
    r"\b(?:cpt|hcpcs|icd-?\s?10(?:-?\s?(?:cm|pcs))?|diagnosis|procedure)\b[®*\s]*(?:(?:diagnosis|procedure)\s+)?codes?\b",
    re.IGNORECASE,
)


def kind_announced(text: str) -> str | None:
    """The kind of the codes that a sentence names as such ("ICD-10 codes covered if ..."); None for several or none."""
    kinds = {kind_of_codes(match.group()) for match in _ANNOUNCED.finditer(text)}
    return kinds.pop() if len(kinds) == 1 else None


def announces_codes(text: str) -> bool:
    """Whether words that take no stance announce codes ("Other codes related to this policy:")."""
    if kind_of_codes(text) is None or re.search(r"\bcodes?\b[^.]*$", text, re.IGNORECASE) is None:
        return False
    return text.rstrip().endswith(":") or (kind_announced(text) is not None and len(text.split()) <= _LONGEST_HEADING)


def stance_of(text: str) -> str | None:
    """The stance that a text names, `non-covered` where it names only that; None where it names none."""
    return next((stance for stance, pattern in _STANCES if pattern.search(text)), None)


def is_conditional(text: str) -> bool:
    """Whether the words above codes leave the decision to the statements."""
    return _CONDITIONS.search(text) is not None or has_own_condition(text)


def has_own_condition(text: str) -> bool:
    """Whether the words above codes name a use of their own, such as "for the treatment of ..."."""
    return _OWN_CONDITIONS.search(text) is not None and _CONDITIONS.search(text) is None


def mark_with_condition(text: str) -> str | None:
    """What a row's end says in brackets of a stance that holds in some cases, such as "(Investigational when ...)"."""
    match = _MARK_WITH_CONDITION.search(text)
    return None if match is None else match["said"]


def is_mark(cell: str) -> bool:
    """Whether a cell of a row holds nothing but a mark, such as "Not covered" in a column of comments."""
    return _MARK_OF_ROW.fullmatch(f"({cell.strip(' .')})") is not None


def says_what_a_list_is_for(text: str) -> bool:
    """Whether a sentence only says what lists of codes are worth: it takes no stance, whatever stances it names."""
    return _WORTH_OF_LISTS.search(text) is not None


def mark_of_row(text: str) -> str | None:
    """The stance that a mark at a row's end gives, such as "(Investigational)"."""
    match = _MARK_OF_ROW.search(text)
    return None if match is None else stance_of(match["mark"])


def kind_of_codes(text: str) -> str | None:
    """Of which kind the codes are that a heading announces; None where it says nothing, or several."""
    if _OTHER_SYSTEMS.search(text):
        return OTHER_SYSTEMS
    if _PCS.search(text):
        return PCS
    diagnoses, procedures = _DIAGNOSES.search(text), _PROCEDURES.search(text)
    if diagnoses and procedures:
        return None
    return DIAGNOSES if diagnoses else PROCEDURES if procedures else None


def names_only_systems(text: str) -> bool:
    """Whether a heading says nothing but which codes follow ("CPT Codes:", "Code Description")."""
    return bool(text.strip()) and _ONLY_SYSTEMS.fullmatch(text.strip()) is not None
