"""Code listings: which codes a policy names, and whether the listing decides alone or only together with the statements.

What stands above codes says how they are meant. A stance without a condition decides alone; a stance with one, or none at all,
leaves the decision to the statements. A mark in a code's own row decides for that code. Descriptors are never kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.authorization import names_authorization
from medpolicy.authoring.extraction.code_text import (
    DIAGNOSES,
    OTHER_SYSTEMS,
    PCS,
    PROCEDURES,
    SYMBOLS,
    PrintedCode,
    announces_codes,
    codes_at_start,
    codes_within,
    has_own_condition,
    is_conditional,
    is_mark,
    kind_announced,
    kind_of_codes,
    looks_like_a_code,
    mark_of_row,
    mark_with_condition,
    names_only_systems,
    says_what_a_list_is_for,
    stance_of,
)
from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark
from medpolicy.authoring.extraction.entries import Entry, content, line_entries, lines_of_row, lines_outside_rows, split_at
from medpolicy.authoring.extraction.lines_of_business import lines_named_in
from medpolicy.authoring.outline import Section, SectionKind
from medpolicy.errors import InvalidModel
from medpolicy.model.codes import CodeSystem, parse_code_range

ALONE: Final = "alone"
WITH_PROVISIONS: Final = "with-provisions"

_FOOTNOTE = re.compile(rf"(?P<symbol>[{SYMBOLS}]{{1,4}})\s*(?:Notes?\b\s*:?)?\s*(?P<text>\S.*)", re.IGNORECASE | re.DOTALL)
# Local coverage determinations say in a paragraph of each group what they say of its codes.
_GROUP = re.compile(r"group\s+\d+\s+(?P<what>paragraph|codes)\s*:?", re.IGNORECASE)
_OF_AUTHORIZATION = re.compile(r"\b(?:pre-?|prior )(?:authori[sz]ation|certification)\b", re.IGNORECASE)
_COPYRIGHT = re.compile(r"©|\bcopyright\b|\bcurrent procedural terminology\b|\ball rights reserved\b", re.IGNORECASE)
_SEE_ALSO = re.compile(
    r"\bmay (?:also )?be (?:billed|reported|coded|submitted)\b.*\bcodes?\b|\bsee also\b.*\bcodes?\b|\balso see\b.*\bcodes?\b",
    re.IGNORECASE,
)
_UNLISTED = re.compile(r"\bunlisted\b", re.IGNORECASE)
_CONDITION_OF_NOTE = re.compile(r"\b(?:when|if|for|unless|only)\b.*", re.IGNORECASE | re.DOTALL)
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])")
_STARTS_WITH_CODE = re.compile(r"\W*(?=[\w.]*\d)[A-Z0-9][\w.]{2,7}\b")
_BESIDE = re.compile(r"\brelated\b|\bassociated\b", re.IGNORECASE)
_STANCE_WORDS: Final = {
    "not-medically-necessary": "not medically necessary",
    "investigational": "investigational",
    "cosmetic": "cosmetic",
    "medically-necessary": "medically necessary",
}


@dataclass(slots=True)
class _Words:
    """What stands above codes: a sentence or a heading with its stance, and whether it leaves the decision to the statements."""

    section: Section
    lines: tuple[int, ...]
    stance: str | None = None
    conditional: bool = False
    own_condition: bool = False
    lines_of_business: tuple[str, ...] = ()
    beside: bool = False  # the codes are called related, and no more

    @property
    def decides(self) -> str:
        return WITH_PROVISIONS if self.stance is None or self.conditional else ALONE


@dataclass(slots=True)
class _Listed:
    """A code of a row: its footnote symbol, and what its row says of it."""

    code: str
    symbol: str
    item: Item


@dataclass(slots=True)
class _Listing:
    """A listing that grows. `codes`: those of its rows, for looking up."""

    item: Item
    listed: list[_Listed] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)


def extract_coding(extraction: Extraction) -> None:
    """Fill `version["code_listings"]`, `version["diagnosis_listings"]`, and notes under `version["limitations"]`."""
    _CodingReader(extraction).read()


def _codes_behind_a_label(text: str) -> tuple[str, str, str] | None:
    """A label without a stance that names the kind of the codes behind it, that kind, and the codes; None for anything else."""
    label, colon, codes = text.partition(":")
    kind = kind_of_codes(label)
    is_one = colon and kind is not None and stance_of(text) is None and bool(codes_at_start(codes.strip(), kind)[0])
    return (f"{label}:", kind, codes.strip()) if is_one and kind is not None else None


class _CodingReader:
    """Goes through the coding sections in order, keeping in mind what was last said of the codes that follow."""

    def __init__(self, extraction: Extraction) -> None:
        self._extraction = extraction
        self._listings: list[_Listing] = []
        self._by_key: dict[tuple[object, ...], _Listing] = {}
        self._ids, self._diagnosis_ids = Ids(), Ids()
        self._limitation_ids = Ids(item["id"] for item in extraction.version.get("limitations", ()))
        self._diagnoses: list[Item] = []
        self._since_topic: list[_Listed] = []  # codes to which the footnotes of this topic belong
        self._kind: str | None = None
        self._words: _Words | None = None

    def read(self) -> None:
        for section in self._extraction.outline.of_kind(SectionKind.CODING):
            self._heading(section)
            for block in content(section):
                self._block(section, block)
        self._settle_disagreements()
        self._hand_over_exceptions()
        version = self._extraction.version
        if self._listings:
            version["code_listings"] = [listing.item for listing in self._listings]
        if self._diagnoses:
            version["diagnosis_listings"] = self._diagnoses

    # -- what stands above codes --

    def _heading(self, section: Section) -> None:
        if section.heading is None:
            return
        title, lines = section.title, section.heading.lines
        self._extraction.use(lines, "code_listings")
        group = _GROUP.fullmatch(title.strip())
        if group is not None:  # what its paragraph says holds of its codes; of which kind they are stands above all groups
            if group["what"].lower() == "paragraph":
                self._words, self._since_topic = _Words(section, lines), []
            return
        if self._words is not None and _GROUP.fullmatch(self._words.section.title.strip()) is not None:
            self._words = None
        kind = kind_of_codes(title)
        if stance_of(title) is not None and kind != DIAGNOSES:
            self._words = self._said(section, title, lines)
            self._kind = kind or self._kind
        elif names_only_systems(title) or kind is not None:
            # What is said of procedures is not said of the diagnoses that stand under a heading of their own.
            of_procedures = kind == DIAGNOSES and self._kind not in (None, DIAGNOSES) and bool(self._since_topic)
            self._kind = kind
            if self._words is None or self._words.stance is None or of_procedures:
                self._words = _Words(section, lines)
        else:
            self._words = _Words(section, lines)
            self._kind = None
            self._since_topic = []

    def _said(self, section: Section, text: str, lines: tuple[int, ...]) -> _Words:
        stance = stance_of(text)
        named = tuple(lines_named_in(self._extraction, text))
        every = tuple(self._extraction.version.get("lines_of_business", named))
        own = () if set(named) >= set(every) else named
        return _Words(section, lines, stance, is_conditional(text), has_own_condition(text), own)

    # -- blocks --

    def _block(self, section: Section, block: Block) -> None:
        if self._kind == OTHER_SYSTEMS and stance_of(block.text) is None:
            self._extraction.book.narrative(block.lines, "coding")
        elif block.kind is BlockKind.TABLE:
            self._table(section, block)
        else:
            before, rows = split_at(line_entries(block), lambda text: self._codes_of_row(text)[0])
            if before:
                self._sentence(section, Entry(" ".join(entry.text for entry in before), _all_lines(before)))
            for row in rows:
                self._row(section, row)

    def _table(self, section: Section, table: Block) -> None:
        self._extraction.use(lines_outside_rows(table), "code_listings")
        for row in table.rows:
            lines = lines_of_row(row)
            if row.is_header and any(_OF_AUTHORIZATION.search(cell) and not names_authorization(cell) for cell in row.texts):
                mark(
                    self._extraction.version,
                    f"a column of the table at line {lines[0]} says which codes need authorization, and was not read",
                )
            texts = [_COLUMN_OF_CODES.sub(", ", cell) if _ONLY_CODES.fullmatch(cell.strip()) else cell for cell in row.texts]
            texts = [cell for cell in texts if cell.strip()]
            if len(texts) > 1 and names_only_systems(texts[0]) and kind_of_codes(texts[0]) and _STARTS_WITH_CODE.match(texts[1]):
                self._kind = kind_of_codes(texts[0])  # "CPT | 12345 | ...": the first column says of which kind they are
                texts = texts[1:]
            text = " ".join(texts)
            cells = [cell for cell in row.texts if self._codes_of_row(cell)[0] and not self._codes_of_row(cell)[1]]
            if self._codes_of_row(text)[0]:
                marked = next((f"{text.removesuffix(cell).strip()} ({cell})" for cell in row.texts[1:] if is_mark(cell)), text)
                for part in cells if len(cells) > 1 else [marked]:
                    self._row(section, Entry(part, lines))
            elif (row.is_header and stance_of(text) is None) or names_only_systems(text):
                self._kind = kind_of_codes(text) or self._kind
                self._extraction.use(lines, "code_listings")
            else:
                self._sentence(section, Entry(text, lines))

    def _codes_of_row(self, text: str) -> tuple[list[PrintedCode], str]:
        if self._kind is not None:
            return codes_at_start(text, self._kind)
        codes, rest = codes_at_start(text, PROCEDURES)
        if codes:
            return codes, rest
        codes, rest = codes_at_start(text, DIAGNOSES)
        return (codes, rest) if all("." in code.first for code in codes) else ([], text)

    def _sentence(self, section: Section, entry: Entry) -> None:
        """Text in a coding section that begins with no code."""
        book, text = self._extraction.book, entry.text
        footnote = _FOOTNOTE.match(text)
        if _COPYRIGHT.search(text):
            book.furniture(entry.lines, "copyright of the code system")
        elif footnote is not None:
            self._footnote(footnote["symbol"], footnote["text"], entry)
        elif (labelled := _codes_behind_a_label(text)) is not None:  # "ICD-10 codes covered: M17.0, M17.11"
            label, kind, codes = labelled
            self._sentence(section, Entry(label, entry.lines))
            self._kind = kind
            self._row(section, Entry(codes, entry.lines))
        elif says_what_a_list_is_for(text) and not codes_within(text, PROCEDURES):
            book.narrative(entry.lines, "coding: what the lists are for")
        elif _SEE_ALSO.search(text) and codes_within(text, PROCEDURES):
            self._see_also(section, entry)
        elif names_only_systems(text):
            self._kind = kind_of_codes(text) or self._kind
            self._extraction.use(entry.lines, "code_listings")
        elif stance_of(text) is not None:
            self._words = self._said(section, text, entry.lines)
            self._kind = kind_announced(text) or self._kind
            self._extraction.use(entry.lines, "code_listings")
            for printed in codes_within(text, self._kind or PROCEDURES) if self._kind != OTHER_SYSTEMS else []:
                self._add(section, printed, Entry("", entry.lines))
        elif kind_of_codes(text) == DIAGNOSES and announces_codes(text):  # "... That Support Medical Necessity: (12345)"
            self._words, self._kind = _Words(section, entry.lines), DIAGNOSES
            self._extraction.use(entry.lines, "diagnosis_listings")
        elif codes_within(text, PROCEDURES):
            book.not_understood(entry.lines, "it names codes, and what it says of them could not be read")
        elif looks_like_a_code(text):
            book.not_understood(entry.lines, "it has the form of a code, and not of the kind that is announced above")
        elif announces_codes(text):  # what was said of the codes before holds no longer
            self._words = _Words(section, entry.lines, beside=_BESIDE.search(text) is not None)
            self._kind = kind_of_codes(text)
            self._extraction.use(entry.lines, "code_listings")
        else:
            book.narrative(entry.lines, "coding")

    def _row(self, section: Section, row: Entry) -> None:
        codes, rest = self._codes_of_row(row.text)
        for printed in codes:
            self._add(section, printed, Entry(rest, row.lines))

    # -- codes --

    def _add(self, section: Section, printed: PrintedCode, row: Entry) -> None:
        if self._kind == DIAGNOSES or (self._kind is None and printed.system is None):
            self._add_diagnosis(section, printed, row)
            return
        codes = printed.codes()
        if not codes:
            self._extraction.book.not_understood(row.lines, f"the range {printed.first}-{printed.last} could not be written out")
            return
        listing = self._listing_for(section, self._kind if self._kind == PCS else printed.system or "", row)
        for at, code in enumerate(codes):
            if code in listing.codes:
                self._extraction.use(row.lines, f"code_listings[{listing.item['id']}].codes[{code}]")
                continue
            item: Item = {"code": code, "citation": self._extraction.cite(section, row.lines)}
            if printed.last is not None and at == 0:
                mark(item, f"the range {printed.first}-{printed.last} was written out: {len(codes)} codes from here")
            said = mark_with_condition(row.text)
            if said is not None:
                mark(item, f"its row says “{said}”: does a statement say so?")
            if listing.item["decides"] == ALONE and _UNLISTED.search(row.text):
                mark(item, "it is an unlisted code, which serves for many services: does the listing alone decide?")
            listing.item["codes"].append(item)
            listed = _Listed(code, printed.symbol, item)
            listing.listed.append(listed)
            listing.codes.add(code)
            self._since_topic.append(listed)
            self._extraction.use(row.lines, f"code_listings[{listing.item['id']}].codes[{code}]")

    def _listing_for(self, section: Section, system: str, row: Entry) -> _Listing:
        words = self._words = self._words or _Words(section, row.lines)
        row_stance = mark_of_row(row.text)
        stance = row_stance or words.stance
        decides = ALONE if row_stance else words.decides
        key = (words.lines, system, stance, decides)
        found = self._by_key.get(key)
        if found is not None:
            return found
        item = self._new_listing(words, system, stance if decides == ALONE else None)
        if row_stance:
            item["text"] = f"Codes whose rows are marked: {_STANCE_WORDS.get(row_stance, 'not covered')}."
        elif words.stance is not None and decides == WITH_PROVISIONS:
            item["text"] = f"Codes that are {_STANCE_WORDS.get(words.stance, 'not covered')} as far as the statements say so."
            if words.own_condition:
                mark(item, "the words above these codes name a use of their own: does a statement cover it?")
        elif words.beside:
            mark(item, "the words above these codes call them related, and no more: is the policy about them?")
        listing = self._by_key[key] = _Listing(item)
        self._listings.append(listing)
        return listing

    def _new_listing(self, words: _Words, system: str, stance: str | None) -> Item:
        own = "codes" if stance is None else f"{stance}-codes"
        own = own if system == "cpt" else f"{own}-{system}"
        item: Item = {"id": self._ids.give(own), "system": system}
        if stance is None:
            item.update(decides=WITH_PROVISIONS, text="Codes that the policy is about; its statements decide.")
        else:
            item.update(
                decides=ALONE, stance=stance, text=f"Codes that the listing alone makes {_STANCE_WORDS.get(stance, stance)}."
            )
        if stance == "non-covered":
            item["stance"] = "not-medically-necessary"
            mark(item, "the document says “not covered” and names no stance; “not medically necessary” was put: which is it?")
        elif stance == "medically-necessary":
            mark(item, "no condition stands above these codes: are they medically necessary whatever the statements say?")
        if words.lines_of_business:
            item["lines_of_business"] = list(words.lines_of_business)
        item["citation"] = self._extraction.cite(words.section, words.lines)
        item["codes"] = []
        return item

    def _add_diagnosis(self, section: Section, printed: PrintedCode, row: Entry) -> None:
        codes = printed.first if printed.last is None else f"{printed.first}-{printed.last}"
        try:
            parse_code_range(CodeSystem.ICD_10_CM, codes)
        except InvalidModel as fault:
            self._extraction.book.not_understood(row.lines, str(fault))
            return
        words = self._words or _Words(section, row.lines)
        heading = section.heading.lines if section.heading is not None else words.lines
        above = words.lines if words.stance is not None else heading
        cited = self._extraction.cite(section, above)
        listing = next((item for item in self._diagnoses if item["citation"]["lines"] == cited["lines"]), None)
        if listing is None:
            listing = self._new_diagnoses(section, words, cited)
        if codes not in listing["codes"]:
            listing["codes"].append(codes)
        self._extraction.use(row.lines, f"diagnosis_listings[{listing['id']}]")

    def _new_diagnoses(self, section: Section, words: _Words, cited: Item) -> Item:
        stance = words.stance or stance_of(section.title)
        above = " ".join(self._extraction.document.text_of(words.lines)).lower()
        said = (
            above
            if "support" in above
            else next((title.lower() for title in section.path[::-1] if "support" in title.lower()), "")
        )
        opposes = "not support" in said
        supports = "support" in said and not opposes
        name = "diagnoses" if stance is None else f"{stance}-diagnoses"
        name = "supporting-diagnoses" if supports else "non-supporting-diagnoses" if opposes else name
        item: Item = {"id": self._diagnosis_ids.give(name), "system": "icd-10-cm", "codes": []}
        item["text"] = "Diagnoses that the policy lists."
        if supports or opposes:
            item["text"] = f"Diagnoses that {'support' if supports else 'do not support'} medical necessity."
        item["citation"] = cited
        if not supports:
            mark(item, "what follows from these diagnoses is not read: should a statement refer to them?")
        self._diagnoses.append(item)
        return item

    # -- notes --

    def _footnote(self, symbol: str, text: str, entry: Entry) -> None:
        noted = [listed for listed in self._since_topic if listed.symbol == symbol]
        if not noted:
            self._extraction.book.not_understood(entry.lines, f"a note for the sign {symbol}, which no code above bears")
            return
        for listed in noted:
            for sentence in _SENTENCE.split(text):
                stance, condition = stance_of(sentence), _CONDITION_OF_NOTE.search(sentence)
                said = _STANCE_WORDS.get(stance or "", "something else")
                where = f" {condition.group().strip(' .')}" if condition else ""
                mark(listed.item, f"a footnote (line {entry.lines[0]}) calls it {said}{where}: does a statement say so?")
            self._extraction.use(entry.lines, f"code_listings.codes[{listed.code}]")

    def _see_also(self, section: Section, entry: Entry) -> None:
        codes = [printed.first for printed in codes_within(entry.text, PROCEDURES)]
        limitations: list[Item] = self._extraction.version.setdefault("limitations", [])
        name = self._limitation_ids.give(f"see-also-{codes[0].lower()}")
        note: Item = {
            "id": name,
            "text": f"The document also points to: {', '.join(codes)}.",
            "citation": self._extraction.cite(section, entry.lines),
        }
        mark(note, "a service of the policy may come in under these codes: should they be listed?")
        limitations.append(note)
        self._extraction.use(entry.lines, f"limitations[{name}]")

    # -- the whole --

    def _settle_disagreements(self) -> None:
        """A code that two listings treat differently is left to the statements in both."""
        said: dict[str, set[tuple[str, str | None]]] = {}
        for listing in self._listings:
            for listed in listing.listed:
                said.setdefault(listed.code, set()).add((listing.item["decides"], listing.item.get("stance")))
        differing = {code for code, meanings in said.items() if len(meanings) > 1}
        for listing in [listing for listing in self._listings if listing.item["decides"] == ALONE]:
            moved = [listed for listed in listing.listed if listed.code in differing]
            if not moved:
                continue
            item = self._new_listing(_Words(self._extraction.outline.sections[0], (1,)), listing.item["system"], None)
            item.update(citation=listing.item["citation"], codes=[listed.item for listed in moved])
            if "lines_of_business" in listing.item:
                item["lines_of_business"] = listing.item["lines_of_business"]
            mark(item, "by the words above them they decide alone, but another place of the document treats them otherwise")
            listing.listed = [listed for listed in listing.listed if listed.code not in differing]
            listing.item["codes"] = [listed.item for listed in listing.listed]
            self._listings.append(_Listing(item, moved))
        self._listings = [listing for listing in self._listings if listing.listed]

    def _hand_over_exceptions(self) -> None:
        """Where program exceptions hand lines of business over, no listing decides alone there: the exceptions do."""
        exceptions = [
            provision
            for provision in self._extraction.version.get("provisions", ())
            if provision.get("part") == "program-exceptions"
            and provision["stance"] == "delegated"
            and "lines_of_business" in provision
        ]
        over = {line for provision in exceptions for line in provision["lines_of_business"]}
        for listing in [listing for listing in self._listings if listing.item["decides"] == ALONE]:
            own = listing.item.get("lines_of_business") or self._extraction.version.get("lines_of_business", [])
            handed = [line for line in own if line in over]
            left = [line for line in own if line not in over]
            if not handed or not left:
                continue
            listing.item["lines_of_business"] = left
            item = dict(listing.item, id=f"{listing.item['id']}-of-exceptions", decides=WITH_PROVISIONS, lines_of_business=handed)
            item.pop("stance")
            item.pop("review", None)
            item["provisions"] = [
                provision["id"] for provision in exceptions if set(provision["lines_of_business"]) & set(handed)
            ]
            item["text"] = "The same codes on the lines of business that the program exceptions hand over."
            self._listings.append(_Listing(item, listing.listed))


# A cell with a code on each of its lines, which a reader sets one behind the other.
_ONLY_CODES = re.compile(
    r"(?:\d{4}[0-9A-Z]|[A-Z]\d{4}|[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4})(?:\s+(?:\d{4}[0-9A-Z]|[A-Z]\d{4}|[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}))+"
)
_COLUMN_OF_CODES = re.compile(r"\s+")


def _all_lines(entries: list[Entry]) -> tuple[int, ...]:
    return tuple(line for entry in entries for line in entry.lines)
