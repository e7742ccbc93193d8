"""Program exceptions: lines of business for which a policy hands the decision to someone else's guidelines or to Medicare."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from medpolicy.authoring.document import BlockKind
from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark, slug
from medpolicy.authoring.extraction.determination_tables import extract_determination_tables
from medpolicy.authoring.extraction.entries import Entry, content, lines_of_row, lines_outside_rows
from medpolicy.authoring.extraction.lines_of_business import lines_named_in
from medpolicy.authoring.extraction.wording import sentences_of, stance_in
from medpolicy.authoring.outline import Section, SectionKind

PART: Final = "program-exceptions"
_LABEL = re.compile(r"^(?P<label>[^:.]{3,80}?)\s*:\s+(?P<said>\S.*)$", re.DOTALL)
_FOLLOW = re.compile(
    r"\b(?:follow|refer to|see|use|apply|defer to|according to)\s+(?:the\s+)?"
    r"(?P<whose>[^.;]{2,80}?\b(?:guidelines?|criteria|polic(?:y|ies)|manual))\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[a-z)])\.\s+(?=[A-Z])|;\s+(?:and\s+)?")
# Determinations and articles of Medicare, by the words before them or by the form of their numbers.
_DOCUMENTS: Final = (
    ("lcd", re.compile(r"\bL\d{5}\b"), r"local coverage determinations?(?: \(LCDs?\))?|LCDs?"),
    ("article", re.compile(r"\bA\d{5}\b"), r"local coverage articles?|(?:billing and coding )?articles?"),
    ("nca", re.compile(r"\bCAG-\d{5}\w*\b"), r"national coverage analys[ei]s(?: \(NCA\))?(?: decision memo(?:randum)?)?|NCA"),
    (
        "ncd",
        re.compile(r"(?<![\w.])\d{2,3}\.\d{1,2}(?:\.\d{1,2})?(?![\w.]*\d)"),
        r"national coverage determinations?(?: \(NCDs?\))?|NCDs?",
    ),
)
_NAMED = re.compile("|".join(rf"(?P<{kind}>\b(?:{words}))" for kind, _, words in _DOCUMENTS), re.IGNORECASE)
_NONE_FOUND = re.compile(
    r"\bno\b[^.]*\b(?:was|were|is|are|has been|have been)\s+(?:found|identified|available|issued)\b", re.IGNORECASE
)
_CONNECTORS = re.compile(
    r"^[\s,:;)-]+|[\s,:;(-]+$|\((?=[^()]*$)|\s*\b(?:and|located at|located|found at|at|for|on)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the draft has already: the ids of its provisions, the policy's identifiers."""

    ids: Ids
    identifiers: set[str]

    @classmethod
    def of(cls, extraction: Extraction) -> _Known:
        ids = Ids(provision["id"] for provision in extraction.version.get("provisions", ()))
        return cls(ids, {item["value"] for item in extraction.policy.get("identifiers", ())})


def extract_exceptions(extraction: Extraction) -> None:
    """Append a delegated provision for each exception, and the Medicare determinations to the policy's identifiers."""
    known = _Known.of(extraction)
    for section in extraction.outline.of_kind(SectionKind.EXCEPTIONS):
        if section.heading is not None:
            extraction.use(section.heading.lines, "provisions")
        for entry in _with_labels(extraction, section):
            _exception(extraction, section, entry, known)
    extract_determination_tables(extraction)
    _leave_lines_to_exceptions(extraction)


def _with_labels(extraction: Extraction, section: Section) -> list[Entry]:
    """The entries; those under a label that stands alone on its line, which may look like a heading, each with that label."""
    found: list[Entry] = []
    label = None if not lines_named_in(extraction, section.title) else Entry(f"{section.title}:", ())
    for entry in _entries(extraction, section):
        text = entry.text.strip()
        match = _LABEL.match(text)
        if text.endswith(":") and lines_named_in(extraction, text):
            label = entry
            extraction.use(entry.lines, "provisions")
        elif (
            label is not None and _medicare_documents(text) and (match is None or not lines_named_in(extraction, match["label"]))
        ):
            found.append(Entry(f"{label.text.strip()} {text}", entry.lines))
        else:
            label = None
            found.append(entry)
    return found


def _leave_lines_to_exceptions(extraction: Extraction) -> None:
    """Statements that name no lines of business of their own do not speak for those that an exception hands over."""
    provisions = extraction.version.get("provisions", [])
    handed_over = {line for one in provisions if one.get("part") == PART for line in one.get("lines_of_business", ())}
    remaining = [line for line in extraction.version.get("lines_of_business", ()) if line not in handed_over]
    if not handed_over or not remaining:
        return
    for provision in provisions:
        if provision.get("part") != PART:
            provision.setdefault("lines_of_business", list(remaining))


def _entries(extraction: Extraction, section: Section) -> list[Entry]:
    found: list[Entry] = []
    for block in content(section):
        if block.kind is BlockKind.TABLE:
            extraction.use(lines_outside_rows(block), "provisions")
            for row in block.rows:
                if row.is_header:
                    extraction.use(lines_of_row(row), "provisions")
                else:
                    found.append(Entry(": ".join(text for text in row.texts if text), lines_of_row(row)))
        else:
            found.append(Entry(block.text, block.lines))
    return found


def _exception(extraction: Extraction, section: Section, entry: Entry, known: _Known) -> None:
    match = _LABEL.match(entry.text)
    label, said = (match["label"], match["said"]) if match is not None else ("", entry.text)
    delegations = [] if _NONE_FOUND.search(said) else _medicare_documents(said)
    follow = _FOLLOW.search(said)
    if follow is not None and not delegations:
        whose = " ".join(follow["whose"].split())
        identifier = re.sub(r"\s*(?:guidelines?|criteria|polic(?:y|ies)|manual)$", "", whose, flags=re.IGNORECASE)
        delegations = [{"kind": "guidelines", "title": whose, "identifier": identifier}]
    named = lines_named_in(extraction, label)
    if _NONE_FOUND.search(said):
        extraction.book.narrative(entry.lines, "no determination of Medicare's is named")
        return
    if not delegations or not label:
        _not_an_exception(extraction, entry, is_about_a_line=bool(named))
        return
    if not named:
        extraction.book.not_understood(entry.lines, f"“{label}” matches no line of business that is declared")
        return
    _delegate(extraction, section, entry, label, named, delegations, known, is_told_to_follow=follow is not None)


def _not_an_exception(extraction: Extraction, entry: Entry, *, is_about_a_line: bool) -> None:
    if is_about_a_line:
        extraction.book.not_understood(entry.lines, "an exception for a line of business that does not say whose criteria decide")
    else:
        extraction.book.narrative(entry.lines, "program exceptions")


def _delegate(
    extraction: Extraction,
    section: Section,
    entry: Entry,
    label: str,
    named: list[str],
    delegations: list[Item],
    known: _Known,
    *,
    is_told_to_follow: bool,
) -> None:
    provisions: list[Item] = extraction.version.setdefault("provisions", [])
    provision_id = known.ids.give(slug(label))
    names = ", ".join(to.get("identifier") or to["title"] for to in delegations)
    provision: Item = {
        "id": provision_id,
        "text": f"For {label.strip()} others decide: {names}.",
        "stance": "delegated",
        "lines_of_business": named,
        "delegated_to": delegations,
        "part": PART,
        "citation": extraction.cite(section, entry.lines),
    }
    for start, end in sentences_of(entry.text):
        sentence = entry.text[start:end].strip()
        if stance_in(sentence) is not None and not _medicare_documents(sentence):
            mark(provision, f"“{sentence}” takes a stance of its own, which was not read: write it as a statement")
    if not is_told_to_follow:
        mark(provision, "the document names these determinations without saying that they decide: do they?")
    provisions.append(provision)
    extraction.use(entry.lines, f"provisions[{provision_id}]")
    identifiers = [to["identifier"] for to in delegations if to["kind"] in ("ncd", "lcd") and "identifier" in to]
    for identifier in identifiers:
        if identifier not in known.identifiers:
            known.identifiers.add(identifier)
            cited = extraction.cite(section, entry.lines)
            extraction.policy.setdefault("identifiers", []).append({"system": "ncd-lcd", "value": identifier, "citation": cited})


def _medicare_documents(text: str) -> list[Item]:
    """Each determination or article that a text names: its kind, title, and number where it bears one."""
    text = " ".join(text.split())
    mentions = list(_NAMED.finditer(text))
    found: list[Item] = []
    for at, mention in enumerate(mentions):
        kind = mention.lastgroup or ""
        end = mentions[at + 1].start() if at + 1 < len(mentions) else len(text)
        stretch = _SENTENCE_END.split(text[mention.end() : end], maxsplit=1)[0]
        number = next(pattern for name, pattern, _ in _DOCUMENTS if name == kind).search(stretch)
        title = _stripped(stretch[: number.start()] if number is not None else stretch)
        if number is None and not title:
            continue
        item: Item = {"kind": kind, "title": title or mention.group().strip()}
        if number is not None:
            item["identifier"] = number.group()
        found.append(item)
    return found


def _stripped(text: str) -> str:
    before = None
    while before != text:
        before, text = text, _CONNECTORS.sub("", text)
    return text
