"""The policy's history: dated rows or lines, the parts of the policy that each one touches, and what it says is unchanged.

An event touches the parts that it names with a word of change, and leaves unchanged those that it says are maintained. What it
does not name stands in neither; so a later reader presumes, and does not know, that it stayed as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.context import Extraction, Item, mark
from medpolicy.authoring.extraction.dates import PrintedDate, dates_in, first_day, latest, leading_date, trailing_date
from medpolicy.authoring.extraction.entries import Entry, Growing, content, line_entries, lines_of_row, lines_outside_rows
from medpolicy.authoring.extraction.event_words import read_event
from medpolicy.authoring.outline import Section, SectionKind

_NEW = re.compile(
    # "New references added from a national policy" begins nothing.
    r"\bnew (?:(?!(?:references?|codes?|criteria|statements?|information|language|added|from|to|in|of|for|indications?)\b)"
    r"[\w-]+ )*(?:policy|guideline|document)\b(?! (?:statements?|sections?|criteria))"
    r"|\b(?:policy|guideline) (?:was )?(?:created|established|adopted|developed)\b",
    re.IGNORECASE,
)
_NEW_IF_FIRST = re.compile(
    r"\b(?:new|approved|original|initial|created|established|adopted|developed|implemented|issued)\b", re.IGNORECASE
)
_IN_FORCE_IF_FIRST = re.compile(
    r"^(?:medical |coverage )?(?:policy|guideline)(?: [\w.-]*\d[\w.-]*)? (?:is |was |became )?effective\b", re.IGNORECASE
)
_REVIEW = re.compile(r"(?<!coding )\breview(?:ed)?\b", re.IGNORECASE)
_PARTIAL_REVIEW = re.compile(r"\b(?:focused|interim|ad hoc|partial|out[- ]of[- ]cycle) review\b", re.IGNORECASE)
_PERIODS = (("annual", re.compile(r"\b(?:annual|yearly)\b", re.I)), ("biennial", re.compile(r"\bbiennial\b", re.I)))
_INTERVALS = (("12 months", _PERIODS[0][1]), ("24 months", _PERIODS[1][1]))
_EFFECTIVE = re.compile(r"\beffective(?: date)?(?: is| on| of)?:?\s*$", re.IGNORECASE)
_OF_A_NEW_POLICY = ("title", "number", "lines-of-business", "description", "statements", "references")
_IF_THE_DOCUMENT_HAS_IT = (
    ("coding", SectionKind.CODING),
    ("authorization", SectionKind.AUTHORIZATION),
    ("reimbursement", SectionKind.REIMBURSEMENT),
    ("program-exceptions", SectionKind.EXCEPTIONS),
    ("definitions", SectionKind.DEFINITIONS),
)

_DATE_HEADERS = re.compile(r"(?:effective |revision |review |approval )?dates?(?: of .*)?", re.IGNORECASE)

_NEXT_REVIEW = re.compile(r"\W*next (?:scheduled |policy |annual )?review\b", re.IGNORECASE)
_IN_FORCE_ELSEWHERE = re.compile(
    r"\b(?:effective|revised|revision|reviewed|review|updated|approved|published|publish)(?: date)?(?: on| as of| of|"
    r" is)?\s*[:.]*\s*$",
    re.IGNORECASE,
)
_NEAR = 400  # characters before a date in which the word that tells what it dates is looked for
_MARKS = "review_marks"  # `review` of an event says whether it is a review


def extract_history(extraction: Extraction) -> None:
    """Fill `policy["history"]`, in the document's order."""
    events: list[tuple[Item, Entry, Section]] = []
    for section in extraction.outline.of_kind(SectionKind.HISTORY):
        if section.heading is not None:
            extraction.use(section.heading.lines, "history")
        for printed, entry in _dated(extraction, section):
            events.append((_event(extraction, section, printed, entry), entry, section))
    if not events:
        _make_event(extraction)
        return
    oldest = min((event for event, _, _ in events), key=lambda event: first_day(event["date"]))
    _settle_review_interval(extraction, events)
    every = [event for event, _, _ in events]
    for event, entry, _ in events:
        _say_new(extraction, event, entry, is_oldest=event is oldest, events=every)
        event["text"] = _text(event, entry)
    extraction.policy["history"] = [_in_order(event) for event, _, _ in events]
    _settle_version(extraction)


def _settle_version(extraction: Extraction) -> None:
    """The version is named by the day on which its text came into force, and each version has its event."""
    in_force = [str(event.get("effective", event["date"])) for event in extraction.policy["history"]]
    newest = latest(in_force) or ""
    stated = extraction.version.get("version")
    if stated is not None and first_day(stated) in [first_day(iso) for iso in in_force]:
        return
    if stated is not None:
        mark(
            extraction.version,
            f"the heading dates the text {stated}; the history has no event of that day, and its newest is {newest}",
        )
    extraction.version["version"] = newest


def _make_event(extraction: Extraction) -> None:
    """Without a history the date in the heading is the one event that is known."""
    stated = extraction.version.get("version")
    first = extraction.document.lines[0].number
    if stated is None:
        found = _date_anywhere(extraction)
        if found is None:
            return
        stated, first = found
        extraction.version["version"] = stated
        mark(
            extraction.version, f"neither the heading nor a history dates the text; {stated} stands on line {first}: is it right?"
        )
    event: Item = {
        "date": stated,
        "text": "The text came into force.",
        "citation": extraction.cite("Heading of the document", (first,)),
    }
    mark(event, "the document has no history; the date stands in its heading", key=_MARKS)
    extraction.policy["history"] = [event]


def _date_anywhere(extraction: Extraction) -> tuple[str, int] | None:
    """The latest date behind such a word as "Effective" wherever it stands, as in a page's footer, and its line."""
    found = []
    for line in extraction.document.lines:
        for printed in dates_in(line.text):
            before = line.text[max(0, printed.start - _NEAR) : printed.start]
            if _IN_FORCE_ELSEWHERE.search(before) and not re.search(r"\bnext\b[^.;]*$", before, re.IGNORECASE):
                found.append((printed.iso, line.number))
    return max(found, key=lambda one: (first_day(one[0]), len(one[0]), -one[1]), default=None)


def _settle_review_interval(extraction: Extraction, events: list[tuple[Item, Entry, Section]]) -> None:
    """Where no next review is dated, the interval is what the newest review calls itself."""
    reviews = [(event, entry) for event, entry, _ in events if event.get("review")]
    if "review_interval" in extraction.policy or not reviews:
        return
    _, newest = max(reviews, key=lambda review: first_day(review[0]["date"]))
    interval = next((months for months, pattern in _INTERVALS if pattern.search(newest.text)), None)
    if interval is not None:
        extraction.policy["review_interval"] = interval


# -- the dated entries --------------------------------------------------------------------------------------------


def _dated(extraction: Extraction, section: Section) -> Iterator[tuple[PrintedDate, Entry]]:
    loose: list[Entry] = []
    for block in content(section):
        if block.kind is BlockKind.TABLE:
            yield from _rows(extraction, block)
        else:
            loose += line_entries(block)
    yield from _lines(extraction, loose)


def _rows(extraction: Extraction, table: Block) -> Iterator[tuple[PrintedDate, Entry]]:
    column = _date_column(table)
    extraction.use(lines_outside_rows(table), "history")
    for row in table.rows:
        lines = lines_of_row(row)
        if row.is_header:
            extraction.use(lines, "history")
            continue
        printed = _date_of(row.texts[column]) if column < len(row.texts) else None
        if printed is None and _is_column_heading(" ".join(row.texts)):
            extraction.use(lines, "history")
            continue
        if printed is None:
            extraction.book.not_understood(lines, "a row of the history without a date")
            continue
        said = [text.rstrip(" .") for at, text in enumerate(row.texts) if at != column and text.strip()]
        text = ". ".join(text for text in said if not _is_date_cell(text))
        rest = row.texts[column][printed.end :].strip()
        yield printed, Entry(f"{rest} {text}".strip(), lines)


_MONTH_AND_SHORT_YEAR = re.compile(r"\s*(?P<month>0?[1-9]|1[0-2])/(?P<year>\d{2})\s*")


def _date_of(cell: str) -> PrintedDate | None:
    """The date with which a cell begins; a cell that holds nothing but "09/19" is a month and its year."""
    short = _MONTH_AND_SHORT_YEAR.fullmatch(cell)
    if short is not None:
        return PrintedDate(f"20{short['year']}-{int(short['month']):02}", 0, len(cell))
    return leading_date(cell)


def _is_date_cell(text: str) -> bool:
    printed = _date_of(text)
    return printed is not None and not text[printed.end :].strip(" .")


def _date_column(table: Block) -> int:
    """The column headed "Date", else the one in which most rows begin with a date."""
    for row in table.rows:
        for at, text in enumerate(row.texts):
            if row.is_header and _DATE_HEADERS.fullmatch(text.strip()):
                return at
    width = max(len(row.texts) for row in table.rows)
    return max(range(width), key=lambda at: sum(1 for row in table.rows if at < len(row.texts) and _date_of(row.texts[at])))


def _lines(extraction: Extraction, loose: list[Entry]) -> Iterator[tuple[PrintedDate, Entry]]:
    """Entries that begin with a date, or, where the date stands in the last column, that end with one."""
    leading = sum(1 for entry in loose if leading_date(entry.text))
    trailing = sum(1 for entry in loose if trailing_date(entry.text) and not leading_date(entry.text))
    alone = sum(1 for entry in loose if _is_only_a_date(entry.text))
    closing = trailing + alone > leading - alone and not (loose and leading_date(loose[0].text))
    gathered: Growing | None = None
    for entry in loose:
        if _NEXT_REVIEW.match(entry.text):
            extraction.book.narrative(entry.lines, "the next review")
        elif closing:
            if gathered is None:
                gathered = Growing(entry)
            else:
                gathered.add(entry)
            if trailing_date(entry.text) is None:
                continue
            whole = gathered.entry()
            last = trailing_date(whole.text)
            if last is not None:
                yield last, Entry(_without_heading_words(whole.text[: last.start]), whole.lines)
            gathered = None
        elif leading_date(entry.text):
            if gathered is not None:
                yield from _begun(gathered.entry())
            gathered = Growing(entry)
        elif gathered is not None:
            gathered.add(entry)
        elif _is_column_heading(entry.text):
            extraction.use(entry.lines, "history")
    if gathered is not None and not closing:
        yield from _begun(gathered.entry())


def _begun(entry: Entry) -> Iterator[tuple[PrintedDate, Entry]]:
    printed = leading_date(entry.text)
    if printed is not None:
        yield printed, Entry(entry.text[printed.end :].strip(" :–-"), entry.lines)


_COLUMN_WORDS = re.compile(
    r"(?:type of (?:revision|change)|summary of changes?|(?:revision|review|effective)? ?date|action|description|reason"
    r"|comments?|revision|status|version|changes?|section|notes?)+",
    re.IGNORECASE,
)


def _is_column_heading(text: str) -> bool:
    return _COLUMN_WORDS.fullmatch(text.replace(" ", " ").strip()) is not None or not _COLUMN_WORDS.sub("", text).strip()


def _without_heading_words(text: str) -> str:
    match = re.match(r"\s*type of (?:revision|change)\s+summary of changes?\s+date\s+", text, re.IGNORECASE)
    return text[match.end() :].strip() if match else text.strip()


def _is_only_a_date(text: str) -> bool:
    printed = leading_date(text)
    return printed is not None and not text[printed.end :].strip(" .")


# -- one event ----------------------------------------------------------------------------------------------------


def _event(extraction: Extraction, section: Section, printed: PrintedDate, entry: Entry) -> Item:
    text, effective = _without_effective_date(entry.text)
    said = read_event(text)
    event: Item = {"date": printed.iso}
    if effective:
        event["effective"] = effective
    if _REVIEW.search(text):
        if not _PARTIAL_REVIEW.search(text):
            event["review"] = True
        else:
            said.marks.append(
                "it calls itself a review of a part of the policy, so it is not taken for a review of the whole: is it one?"
            )
    event["touches"] = [part for part in said.touches if part not in said.unchanged]
    event["unchanged"] = list(said.unchanged)
    event["codes_added"] = said.added
    event["codes_removed"] = said.removed
    event["citation"] = extraction.cite(section, entry.lines)
    for reason in said.marks:
        mark(event, reason, key=_MARKS)
    extraction.use(entry.lines, f"history[{printed.iso}]")
    return event


def _without_effective_date(text: str) -> tuple[str, str | None]:
    for printed in dates_in(text):
        before = _EFFECTIVE.search(text[: printed.start])
        if before is not None:
            return f"{text[: before.start()].rstrip(' ,')}{text[printed.end :]}", printed.iso
    return text, None


# -- the first event, and the words -------------------------------------------------------------------------------


def _say_new(extraction: Extraction, event: Item, entry: Entry, *, is_oldest: bool, events: list[Item]) -> None:
    """A new policy makes every part that the policy has."""
    if not (
        _NEW.search(entry.text) or (is_oldest and (_NEW_IF_FIRST.search(entry.text) or _IN_FORCE_IF_FIRST.match(entry.text)))
    ):
        event["is_new"] = False
        return
    if not is_oldest:
        event["is_new"] = False
        mark(event, "it speaks of a new policy, and older events stand in the history: what began here?", key=_MARKS)
        return
    has = {section.kind for section in extraction.outline.sections}
    parts = [*_OF_A_NEW_POLICY, *(part for part, kind in _IF_THE_DOCUMENT_HAS_IT if kind in has)]
    if extraction.version.get("product_lists") or any("products" in other["touches"] for other in events):
        parts.append("products")
    event.update(is_new=True, touches=parts, unchanged=[])
    event.pop(_MARKS, None)


def _text(event: Item, entry: Entry) -> str:
    is_new = event.pop("is_new")
    if is_new:
        return "The policy was new."
    sentences = [_kind_of_event(event, entry.text)]
    if event["touches"]:
        sentences.append(f"It touches {_listed(event['touches'])}.")
    if event["codes_added"]:
        sentences.append(f"Added: {_listed(event['codes_added'])}.")
    if event["codes_removed"]:
        sentences.append(f"Removed: {_listed(event['codes_removed'])}.")
    if event["unchanged"]:
        sentences.append(f"Unchanged: {_listed(event['unchanged'])}.")
    if not event["touches"] and not event["unchanged"]:
        sentences.append("It names no part.")
        mark(event, "no part of the policy could be read from it: does it touch one?", key=_MARKS)
    return " ".join(sentences)


def _kind_of_event(event: Item, text: str) -> str:
    period = next((name for name, pattern in _PERIODS if pattern.search(text)), "")
    noun = "review" if event.get("review") else "update"
    return f"{period} {noun}.".strip().capitalize()


def _listed(words: list[str]) -> str:
    plain = [word.replace("-", " ") if word.islower() else word for word in words]
    return plain[0] if len(plain) == 1 else f"{', '.join(plain[:-1])} and {plain[-1]}"


def _in_order(event: Item) -> Item:
    order = ("date", "effective", "review", "touches", "unchanged", "codes_added", "codes_removed", "text", "citation", _MARKS)
    return {key: event[key] for key in order if event.get(key)}
