"""The lines of business for which a policy speaks, matched with those that the issuer declares.

Without an issuer on file the lines that the document itself names are put aside, under `policy["_issuer"]`: a draft of the
issuer's file, without its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark, slug
from medpolicy.authoring.extraction.entries import content, labels_on_a_line
from medpolicy.authoring.outline import Section, SectionKind, kind_of_heading

SIDE_DATA: Final = "_issuer"
_COVERAGE_BY_STANCE: Final = {
    "medically-necessary": "covered",
    "not-medically-necessary": "not-covered",
    "investigational": "not-covered",
    "cosmetic": "not-covered",
}

# Words that name a programme. A list of lines changes from one programme to the next at such a word.
PROGRAMS: Final = {
    "commercial": "commercial",
    "medicare": "medicare-advantage",
    "medicaid": "medicaid",
    "federal": "federal-employee",
    "fep": "federal-employee",
    "state": "state-account",
}
_NO_WORDS: Final = frozenset[str]()
# The words of each programme that name it by themselves.
_ALONE: Final = {
    program: frozenset(word for word, named in PROGRAMS.items() if named == program) for program in PROGRAMS.values()
}
_PLAN_WORDS: Final = frozenset(PROGRAMS) | {"hmo", "ppo", "pos", "indemnity", "epo", "exchange", "marketplace"}
_INSIGNIFICANT: Final = frozenset(
    (
        *("and", "or", "the", "of", "for", "to", "in", "all", "any", "both", "members", "member", "enrollees", "plans", "plan"),
        *("products", "product", "program", "programs", "lines", "line", "business", "policies", "sm"),
    )
)
_ALL_LINES = re.compile(
    r"\bappl(?:y|ies|icable) to (?:all|every|each) (?:of (?:the|our) )?(?:lines? of business|products?|plans?)\b", re.IGNORECASE
)
_APPLIES_TO = re.compile(
    r"\bthis (?:[\w-]+ ){0,3}?(?:policy|guideline|bulletin|document) applies to (?P<lines>[^.;:]+)", re.IGNORECASE
)
_LIMITED = re.compile(r"\b(?:except|excluding|other than|not|unless|only)\b", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:applicable |this policy )?(?:lines? of business|lobs?|(?:applicable )?(?:plans|products|members)|applies to)"
    r"(?: this policy applies to)?"
    r"\s*:\s*(?P<lines>.+)$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[A-Z][\w /#&()-]{1,50}:")
_TRADEMARKS = re.compile(r"[®™℠]")
_WORD = re.compile(r"[a-z0-9]+")
_PARENTHESES = re.compile(r"\(([^)]*)\)")
_LEADING_LABEL = re.compile(r"^(?P<label>[A-Z][^:.]{3,60}?)(?: products| members)?:\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line of business that the issuer declares, or that the document names where no issuer is on file."""

    id: str
    name: str
    program: str


@dataclass(frozen=True, slots=True)
class _Stated:
    """Where the document says for which lines it speaks; `text` None: for all."""

    text: str | None
    section: Section | str
    lines: tuple[int, ...]


def extract_lines_of_business(extraction: Extraction) -> None:
    """Fill `version["lines_of_business"]` and its citation; marks of doubt stand at the version itself."""
    headings = _from_headings(extraction)
    stated = _together(headings) or _from_label(extraction) or _from_sentence(extraction)
    if extraction.issuer is None:
        extraction.policy[SIDE_DATA] = {
            "name": "Issuer whose name is not known yet",
            "lines_of_business": _named_by_document(extraction, stated),
            "coverage_by_stance": dict(_COVERAGE_BY_STANCE),
        }
    every = [line.id for line in known_lines(extraction)]
    named = every if stated is None or stated.text is None else lines_named_in(extraction, stated.text)
    if stated is None:
        if len(every) > 1:
            mark(extraction.version, "the document does not say for which lines of business it speaks; all were taken")
        stated = _title(extraction)
    elif not named:
        mark(extraction.version, "no line of business could be told from the words of the document; all were taken")
    elif stated.text is not None:
        _mark_unmatched(extraction, stated.text)
    extraction.version["lines_of_business"] = named or every
    extraction.version["lines_of_business_citation"] = extraction.cite(stated.section, stated.lines)
    for one in headings or (stated,):
        extraction.use(one.lines, "lines_of_business")


def lines_of_section(extraction: Extraction, section: Section) -> list[str]:
    """The lines of business for which a section speaks by its own heading or one above it; empty where none names any."""
    titles = _titles_naming_plans(extraction, section)
    return lines_named_in(extraction, "; ".join(titles)) if titles else []


def _titles_naming_plans(extraction: Extraction, section: Section) -> list[str]:
    """The nearest heading that names plans; where headings stand one below the other without a text between, all of them."""
    title = next((title for title in reversed(section.path) if _names_plans(title)), None)
    if title is None:
        return []
    found = [title]
    sections = extraction.outline.sections
    at = next(
        (at for at, other in enumerate(sections) if other.title == title and other.path == section.path[: len(other.path)]), 0
    )
    while at and not sections[at - 1].blocks and sections[at - 1].level == sections[at].level:
        at -= 1
        if not _names_plans(sections[at].title):
            break
        found.insert(0, sections[at].title)
    return found


def known_lines(extraction: Extraction) -> list[KnownLine]:
    """The lines that the issuer declares; without one those put aside from the document."""
    return _known(extraction).lines


@dataclass(slots=True)
class _Known:
    """The known lines, the words that name each, and which of them a text named: many texts of a document are the same."""

    source: object
    lines: list[KnownLine]
    namings: list[list[set[str]]]
    named: dict[str, list[str]] = field(default_factory=dict)


def _known(extraction: Extraction) -> _Known:
    issuer = extraction.issuer
    drafted = extraction.policy.get(SIDE_DATA, {}).get("lines_of_business", ())
    source = drafted if issuer is None else issuer
    found = extraction.known_lines
    if isinstance(found, _Known) and found.source is source:
        return found
    if issuer is not None:
        lines = [KnownLine(line.id, line.name, line.program.value) for line in issuer.lines_of_business]
    else:
        lines = [KnownLine(item["id"], item["name"], item["program"]) for item in drafted]
    issuer_words = set() if issuer is None else _words(issuer.id)
    namings = [[words for words in _namings(line, issuer_words) if words] for line in lines]
    extraction.known_lines = found = _Known(source, lines, namings)
    return found


def lines_named_in(extraction: Extraction, text: str) -> list[str]:
    """The ids of the known lines that a text names, in the issuer's order.

    A line is named where all words of its name, or of its id, stand within one stretch of text about one programme; a programme
    that stands alone ("Medicare members") names all its lines.
    """
    known = _known(extraction)
    if text not in known.named:
        stretches = _with_programs_whole([words for stretch in _stretches(text) if (words := _words(stretch))])
        known.named[text] = [
            line.id
            for line, namings in zip(known.lines, known.namings, strict=True)
            if any(
                stretch <= _ALONE.get(line.program, _NO_WORDS) or any(words <= stretch for words in namings)
                for stretch in stretches
            )
        ]
    return list(known.named[text])


def _with_programs_whole(stretches: list[set[str]]) -> list[set[str]]:
    """The stretches, and behind them those about one programme together: "Commercial HMO, Commercial PPO" names both as one."""
    together: dict[str, set[str]] = {}
    for stretch in stretches:
        for program in {PROGRAMS[word] for word in stretch & set(PROGRAMS)}:
            together.setdefault(program, set()).update(stretch)
    return [*stretches, *(words for words in together.values() if words not in stretches)]


def _namings(line: KnownLine, issuer_words: set[str]) -> list[set[str]]:
    outside = _PARENTHESES.sub(" ", line.name)
    initials = "".join(word[0] for word in outside.split() if word[0].isalpha()).lower()
    namings = [_words(line.name), _words(line.id) - issuer_words]
    for inside in _PARENTHESES.findall(line.name):
        if inside.strip().lower() == initials:
            namings += [_words(outside), {initials}]
    return namings


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower())) - _INSIGNIFICANT


def _stretches(text: str) -> list[str]:
    starts = [match.start() for match in _WORD.finditer(text.lower()) if match.group() in PROGRAMS]
    if not starts or starts[0] > 0:
        starts.insert(0, 0)
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


# -- where the document says it -----------------------------------------------------------------------------------


def _from_headings(extraction: Extraction) -> list[_Stated]:
    """The headings above statements that name plans or their members."""
    found: list[_Stated] = []
    before: Section | None = None
    for section in extraction.outline.sections:
        if section.kind is SectionKind.POLICY and section.heading is not None and _names_plans(section.title):
            above = before if before is not None and before.kind is SectionKind.POLICY and not before.blocks else section
            found.append(_Stated(section.title, above, section.heading.lines))
        before = section
    return found


def _together(headings: Sequence[_Stated]) -> _Stated | None:
    """All headings as one statement, cited by the first."""
    if not headings:
        return None
    return _Stated("; ".join(heading.text or "" for heading in headings), headings[0].section, headings[0].lines)


def _names_plans(title: str) -> bool:
    words = set(_WORD.findall(title.lower()))
    return bool(words & _PLAN_WORDS) and bool(words & {"members", "member", "plans", "products", "hmo", "ppo", "pos"})


def _from_label(extraction: Extraction) -> _Stated | None:
    for section, block in _front_blocks(extraction):
        for text, numbers in _texts_of(block):
            match = _LABEL.match(text)
            named = _words(match["lines"]) if match is not None else set()
            if match is not None and (not named or named & (_PLAN_WORDS | {"all"})):
                return _Stated(None if _words(match["lines"]) <= {"all"} else match["lines"], section, numbers)
    return None


def _texts_of(block: Block) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A block's text; of a table its rows; of lines that each begin with a label one by one."""
    if block.rows:
        yield from ((" ".join(text for text in row.texts if text), row.lines) for row in block.rows)
        return
    spans = [(block.text[span.start : span.end].strip(), (span.line,)) for span in block.spans]
    pieces = labels_on_a_line(block.text.strip()) if len(block.lines) == 1 else []
    if len(spans) > 1 and all(_LABELLED.match(text) for text, _ in spans):
        yield from spans
    elif len(pieces) > 1 and all(_LABELLED.match(piece) for piece in pieces):
        yield from ((piece, block.lines) for piece in pieces)
    else:
        yield block.text, block.lines


def _from_sentence(extraction: Extraction) -> _Stated | None:
    for section in extraction.outline.sections:
        for block in content(section):
            match = _ALL_LINES.search(block.text)
            if match is not None:
                return _Stated(None, section, block.lines_of(*_sentence_around(block.text, match)))
    for section, block in _front_blocks(extraction):
        applies = _APPLIES_TO.search(block.text)
        if applies is None or not _words(applies["lines"]) & _PLAN_WORDS:
            continue
        if _LIMITED.search(applies["lines"]) is None:
            return _Stated(applies["lines"], section, block.lines_of(applies.start(), applies.end()))
        mark(extraction.version, f"“{applies.group().strip()}” says for whom the policy speaks, and was not read")
    return None


def _sentence_around(text: str, match: re.Match[str]) -> tuple[int, int]:
    before, end = text.rfind(". ", 0, match.start()), text.find(". ", match.end())
    return before + 2 if before >= 0 else 0, end if end >= 0 else len(text)


def _front_blocks(extraction: Extraction) -> list[tuple[Section, Block]]:
    kinds = (SectionKind.FRONT, SectionKind.POLICY, SectionKind.OTHER)
    return [(section, block) for section in extraction.outline.of_kind(*kinds) for block in content(section)]


def _title(extraction: Extraction) -> _Stated:
    for section in extraction.outline.sections:
        lines = section.heading.lines if section.heading is not None else tuple(block.lines[0] for block in content(section))[:1]
        if lines:
            return _Stated(None, section, lines)
    return _Stated(None, "Heading of the document", (1,))


def _mark_unmatched(extraction: Extraction, text: str) -> None:
    for named in unmatched_lines(extraction, text):
        mark(extraction.version, f"“{named}” stands among the lines of business and matches none that is declared")


def unmatched_lines(extraction: Extraction, text: str) -> list[str]:
    """What a text names as a line of business and none that is known matches."""
    if not set(_WORD.findall(text.lower())) & set(PROGRAMS):
        return []
    found: dict[str, set[str]] = {}  # by programme the stretches about it
    for stretch in _stretches(text):
        words = _words(stretch)
        program = next((PROGRAMS[word] for word in _WORD.findall(stretch.lower()) if word in PROGRAMS), "")
        if words & _PLAN_WORDS and not lines_named_in(extraction, stretch):
            found.setdefault(program, set()).add(stretch.strip(" ,;:"))
    whole = {
        program for line in known_lines(extraction) if line.id in lines_named_in(extraction, text) for program in [line.program]
    }
    return [one for program, stretches in found.items() if program not in whole for one in sorted(stretches)]


def names_only_lines(extraction: Extraction, text: str) -> list[str]:
    """The lines of business that a text names, where it says nothing else ("Medicare HMO members"); else none."""
    known = {word for naming in _known(extraction).namings for words in naming for word in words} | _PLAN_WORDS
    words = _words(text) - {"enrollee", "subscribers", "subscriber", "individuals", "patients"}
    return lines_named_in(extraction, text) if words and words <= known else []


# -- without an issuer on file ------------------------------------------------------------------------------------


def _named_by_document(extraction: Extraction, stated: _Stated | None) -> list[Item]:
    """Lines by the rows of the authorization table, else by the heading, else by the exceptions; at least one."""
    names = _table_rows(extraction)
    source = "a row of the authorization table"
    if not names and stated is not None and stated.text is not None:
        names = [stretch.strip(" ,;:&") for stretch in _stretches(stated.text)]
        names = [re.sub(r"\s+(?:and|or)$", "", name) for name in names if _words(name) & _PLAN_WORDS]
        source = "the words that name them"
    elif stated is not None and stated.text is not None:
        known = [_words(name) for name in names]
        names += [
            re.sub(r"\s+(?:and|or)$", "", stretch.strip(" ,;:&"))
            for stretch in _stretches(stated.text)
            if _words(stretch) & _PLAN_WORDS and not any(words <= _words(stretch) for words in known)
        ]
    if not names:
        others = _exceptions(extraction)
        names = ["Commercial", *others]
        source = "the program exceptions, with a commercial line assumed" if others else ""
    found: list[Item] = []
    ids = Ids()
    for name in names:
        line_id = ids.give(slug(name))
        program = next((PROGRAMS[word] for word in _WORD.findall(name.lower()) if word in PROGRAMS), "commercial")
        found.append({"id": line_id, "name": _TRADEMARKS.sub("", name).strip(), "program": program})
    if source:
        mark(extraction.version, f"no issuer is on file; its lines of business were read from {source}")
    else:
        mark(
            extraction.version,
            "no issuer is on file, and the document names no lines of business: one commercial line was assumed",
        )
    return found


def _table_rows(extraction: Extraction) -> list[str]:
    names: list[str] = []
    for section in extraction.outline.of_kind(SectionKind.AUTHORIZATION):
        for block in content(section):
            if block.kind is not BlockKind.TABLE:
                label = _line_with_its_rule(block)
                if label and label not in names:
                    names.append(label)
                continue
            for row in block.rows:
                name = row.texts[0].strip() if row.texts else ""
                if not row.is_header and set(_WORD.findall(name.lower())) & _PLAN_WORDS and name not in names:
                    names.append(name)
    return names


def _line_with_its_rule(block: Block) -> str:
    """The first line of a paragraph that names members alone, above the sentence with their rule; else empty."""
    if len(block.spans) < _LABEL_AND_RULE:
        return ""
    text = block.text[block.spans[0].start : block.spans[0].end].strip(" :*")
    is_label = _names_plans(text) and not re.search(r"[.;]$|\b(?:is|are|require)\b", text)
    return text if is_label else ""


_LABEL_AND_RULE: Final = 2  # lines


def _exceptions(extraction: Extraction) -> list[str]:
    names: list[str] = []
    for section in extraction.outline.of_kind(SectionKind.EXCEPTIONS):
        labels = [match["label"] for block in content(section) if (match := _LEADING_LABEL.match(block.text)) is not None]
        if section.heading is not None and kind_of_heading(section.title) is None:  # a label alone on its line, in bold
            labels.insert(0, re.sub(r"\s+(?:products|members)$", "", section.title, flags=re.IGNORECASE))
        for label in labels:
            if set(_WORD.findall(label.lower())) & _PLAN_WORDS and label.strip() not in names:
                names.append(label.strip())
    return names
