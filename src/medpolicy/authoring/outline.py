"""The document as sections: which part of a medical policy each heading opens.

Headings are told by the words that health plans commonly use for them, not by any one plan's layout. A heading that no word
here knows opens a section of kind `OTHER`, or stays within the section above where it is deeper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import takewhile

from medpolicy.authoring.document import Block, BlockKind, SourceDocument
from medpolicy.authoring.extraction.wording import sentences_of, stance_in


class SectionKind(Enum):
    FRONT = "front"  # what stands before the first heading that is known: number, title, dates
    CONTENTS = "contents"
    POLICY = "policy"
    CODING = "coding"
    AUTHORIZATION = "authorization"
    HISTORY = "history"
    REFERENCES = "references"
    RELATED = "related"
    DEFINITIONS = "definitions"
    EXCEPTIONS = "program-exceptions"
    REIMBURSEMENT = "reimbursement"
    SUPPLEMENT = "supplement"
    DESCRIPTION = "description"
    SUMMARY = "summary"
    APPROVAL = "approval"
    DISCLAIMER = "disclaimer"
    NAVIGATION = "navigation"
    OTHER = "other"


# For what a service is covered, and for what not: "Covered Indications", "Contraindications and Exclusions".
_USE = (
    "((covered|non-?covered|coverage|clinical) )?"
    "(indications?|contra-?indications?|limitations?|exclusions?|non-?coverage|medical necessity)"
)
# In order: the first that fits the whole heading decides.
_HEADINGS: tuple[tuple[SectionKind, tuple[str, ...]], ...] = (
    (SectionKind.CONTENTS, ("(table of )?contents", "in this (policy|document)")),
    (
        SectionKind.AUTHORIZATION,
        (r".*\b(prior |pre-?)?(authorization|authorisation|certification)s?( (information|requirements?|rules?))?",),
    ),
    (
        SectionKind.HISTORY,
        (
            (
                "(policy |guideline |document |revision |update |review |change )?(history|revisions?|updates?|log)"
                "( (information|history|log|details))?"
            ),
            "(guideline|policy|medical policy|document) (update|revision|review)s?( information| history)?",
            (
                "(policy |guideline |document |medical policy )?(history|revisions?|updates?|approvals?|reviews?)"
                "(( ?[/&] ?|,? and |, )(history|revisions?|updates?|approvals?|reviews?)){1,3}"
                "( (information|history|log|details))?"
            ),
            "(change|revision) (summary|details)|summary of changes",
        ),
    ),
    (
        SectionKind.REFERENCES,
        ("(selected )?(references?|bibliography|sources|citations)( and resources)?", ".{0,60} following references"),
    ),
    (
        SectionKind.RELATED,
        (r"related( [a-z/]+){0,3} (policies|guidelines|resources|policy|documents|links|topics|rules)", "see also"),
    ),
    (
        SectionKind.CODING,
        (
            r".*\b(coding|codes)\b( information| implications| section| requirements?| guidelines?| summary)?",
            "(billing|coding|cpt|hcpcs|icd).*(codes?|coding|information)",
            r"(cpt|hcpcs|icd|diagnosis|procedure)\b.*\bcod(es?|ing)\b.{0,60}",
            r"(cpt|hcpcs|icd-?\s?10(-cm|-pcs)?)( ?(/|and) ?(cpt|hcpcs|icd-?\s?10(-cm|-pcs)?))*",
        ),
    ),
    (
        SectionKind.EXCEPTIONS,
        ("(program|product|line of business|plan|state|benefit) (exceptions?|variations?|exclusions?)", "variations?"),
    ),
    (SectionKind.REIMBURSEMENT, ("(reimbursement|payment|billing)( (information|guidelines|policy|instructions))?",)),
    (SectionKind.DEFINITIONS, ("(definitions?|glossary)( of terms)?", "abbreviations")),
    (SectionKind.SUPPLEMENT, ("supplement(al|ary)?( information)?", "appendix.*", "additional information")),
    (SectionKind.SUMMARY, (r"(summary|conclusions?|analysis)( of( the)? evidence)?( \([a-z ]+\))?",)),
    (
        SectionKind.DESCRIPTION,
        (
            (
                "(general )?(description|overview|background|introduction|rationale|discussion|clinical evidence|"
                "evidence( review)?|scientific background|regulatory (status|information)|health equity considerations?|scope|"
                "purpose)"
                "( of (procedure|services?|procedure or service|the technology|policy))?( and rationale)?"
            ),
            r"(u\.?s\.? )?food and drug administration( \(fda\))?( information| approval| status)?|fda",
            "professional (societies|organizations).*",
        ),
    ),
    (
        SectionKind.POLICY,
        (
            (
                "(medical |coverage |position |policy |clinical |payment )?(policy|policies|criteria|position statements?|"
                "policy statements?|coverage( policy| criteria| rationale| determination| position)?|"
                "indications( and limitations)?( of coverage)?|statements?)( (statements?|criteria|guidelines))?"
            ),
            # "Policy: Commercial", "Policy for Medicare Members"
            (
                r"(medical |coverage )?policy( statements?)?( ?[:–—-] ?| for )(all )?(commercial|medicare|medicaid|federal)"
                r"[\w ,&()-]*"
            ),
            # "Initial Criteria", "Criteria for Approval", "Renewal Criteria", "Clinical PA Criteria"
            r"(?!.*\b(?:diagnostic|classification|response|search|study|selection|grading) criteria)([\w'’/-]+ ){0,5}criteria",
            (
                r"([\w-]+ )?criteria (for|of) (the )?((initial|continued|renewal|subsequent|continuation) )?"
                r"(of |or )?([\w-]+ ){0,2}"
                r"(approval|coverage|authorization|reauthorization|renewal|continuation|use|therapy|treatment)"
            ),
            (
                "(initial|continued|continuation|renewal|subsequent)( or (initial|continued|renewal))? (of )?"
                "(therapy|treatment|use|approval)"
            ),
            "re-?authorization( criteria| requests?)?|renewals?|exclusion criteria",
            "medical necessity",
            "when (services|it) (are|is) (not )?covered.*",
            "((services|uses|indications|conditions) )?(not|non-?) ?covered( services| uses| indications| conditions)?",
            "coverage limitations|contraindications",
            "(clinical|medical necessity) (indications|guidelines?)",
            "criteria for (coverage|approval|medical necessity|authorization)( determinations?)?",
            "(covered|non-?covered|excluded) (services|procedures|items|treatments|uses)",
            "(services|procedures|items|treatments) (that are |which are )?(not )?covered",
            rf"(policy )?{_USE}((, | and | or | and/or | & |, and |, or |, and/or ){_USE})*",
            "coverage guidance",
        ),
    ),
    (SectionKind.OTHER, ("other( information)?",)),
    (SectionKind.APPROVAL, ("(committee |policy )?approvals?( history| dates?)?",)),
    (
        SectionKind.DISCLAIMER,
        ("(instructions? for use|disclaimers?|important (notice|information|reminder)|legal notice|notice)",),
    ),
    (
        SectionKind.NAVIGATION,
        ("information pertaining to (all|every).*", "(quick )?links|navigation|tools and resources|decision trees|index"),
    ),
)
_COMPILED = tuple((kind, re.compile("|".join(patterns), re.IGNORECASE)) for kind, patterns in _HEADINGS)
_NAMES_MEMBERS = re.compile(r"\b(?:[Mm]embers|[Ee]nrollees|[Ss]ubscribers|HMO|PPO|POS)\b")
_NUMBERING = re.compile(r"^(?:[IVX]+|[A-Z]|\d+(?:\.\d+)*)[.)]\s+")
_NOTE_MARKS = re.compile(r"\s*(?:\[\d+\]|[*†‡®™℠⁰¹²³⁴-⁹]+)\s*$")
_YEAR = re.compile(r"(?<!\d)(?:\d{1,2}[/-])(?:\d{1,2}[/-])?(?:\d{4}|\d{2})(?!\d)|\b(?:19|20)\d{2}\b")
_CODE_TABLE = re.compile(r"(?:cpt|hcpcs|icd-?\s?10)\b[\w\s®*™()/:-]*", re.IGNORECASE)


@dataclass(slots=True)
class Section:
    """A heading and what stands under it up to the next. `path`: the headings above and this one, as printed."""

    kind: SectionKind
    title: str
    path: tuple[str, ...]
    heading: Block | None
    level: int
    blocks: list[Block] = field(default_factory=list)

    @property
    def lines(self) -> tuple[int, ...]:
        own = () if self.heading is None else self.heading.lines
        return (*own, *(line for block in self.blocks for line in block.lines))


@dataclass(frozen=True, slots=True)
class Outline:
    """The sections of a document in order; each block stands in one."""

    document: SourceDocument
    sections: tuple[Section, ...]
    presumed: tuple[Section, ...] = ()  # those that were taken for statements by what they say, not by their headings

    def of_kind(self, *kinds: SectionKind) -> Iterator[Section]:
        return (section for section in self.sections if section.kind in kinds)

    @property
    def known(self) -> frozenset[SectionKind]:
        """The kinds that the document's headings open, without front matter and what is not known."""
        return frozenset(section.kind for section in self.sections) - {SectionKind.FRONT, SectionKind.OTHER}


class _Sections(list[Section]):
    """The sections so far. All but the last are of the kind that they stay, so that each is looked at once."""

    def __init__(self, sections: Iterable[Section]) -> None:
        super().__init__(sections)
        self._places: dict[int, int] = {}  # by the identity of a section
        self._last_part = -1

    def have_part_after(self, above: Section) -> bool:
        """Whether a section behind this one opened a part of the policy."""
        for place in range(len(self._places), len(self) - 1):
            self._places[id(self[place])] = place
            if _opened_a_part(self[place]):
                self._last_part = place
        place = self._places.get(id(above), len(self) - 1)
        return self._last_part > place or (place < len(self) - 1 and _opened_a_part(self[-1]))


def _opened_a_part(section: Section) -> bool:
    return section.kind is not SectionKind.OTHER and section.kind not in _NO_PARENTS


def outline_of(document: SourceDocument) -> Outline:
    """The sections of a document. Furniture stays in the section in which it stands."""
    document = _with_bold_headings(document)
    sections = _Sections([Section(SectionKind.FRONT, "", (), None, 0)])
    headings = [_title_of(block) for block in document.blocks if block.kind is BlockKind.HEADING]
    labelled = bool(headings) and any(kind_of_heading(title) is SectionKind.POLICY for title in headings[1:])
    stack: list[Section] = []
    for at, block in enumerate(document.blocks):
        if sections[-1].heading is not None:
            _end_of_what_bold_opened(sections, stack, block)
        if _is_history(block) and sections[-1].kind is not SectionKind.HISTORY:
            title = block.rows[0].texts[0]
            sections.append(Section(SectionKind.HISTORY, title, (*sections[-1].path, title), None, sections[-1].level, [block]))
            continue
        if sections[-1].kind is SectionKind.POLICY and _announces_codes(block):
            sections.append(
                Section(SectionKind.CODING, "Codes", (*sections[-1].path, "Codes"), None, sections[-1].level, [block])
            )
            continue
        if block.kind is not BlockKind.HEADING and not _opens_a_part(block, sections[-1], stack):
            sections[-1].blocks.append(block)
            continue
        title = _title_of(block)
        level = block.level if block.kind is BlockKind.HEADING else _level_of(block, stack)
        while stack and stack[-1].level >= level:
            stack.pop()
        kind = kind_of_heading(title)
        if kind is SectionKind.POLICY and len(sections) == 1 and labelled and _is_front(_own_blocks(document.blocks, at)):
            kind = SectionKind.FRONT  # it labels the document, and the next lines name the policy
        if kind is None:
            kind = _kind_where_unknown(sections, stack, title, level, labelled=labelled)
            tables = _own_blocks(document.blocks, at)
            if kind in (SectionKind.OTHER, SectionKind.FRONT) and any(map(_lists_codes, tables)):
                kind = SectionKind.CODING
        elif kind is SectionKind.AUTHORIZATION and _AUTHORIZES.match(title) and _takes_stances(_own_blocks(document.blocks, at)):
            kind = SectionKind.POLICY  # under which criteria a drug or a device is authorized, and not for whom one must ask
        elif stack and _stays_within(kind, stack[-1].kind, _own_blocks(document.blocks, at), title):
            kind = stack[-1].kind
        section = Section(kind, title, (*(above.title for above in stack), title), block, level)
        sections.append(section)
        stack.append(section)
    return Outline(document, tuple(sections), tuple(_presumed_statements(sections)))


def _presumed_statements(sections: Sequence[Section]) -> list[Section]:
    """Where no known heading opens statements: the sections under unknown headings that take a stance are theirs."""
    if any(section.kind is SectionKind.POLICY and _takes_a_stance(section) for section in sections):
        return []
    unknown = (section for section in sections if section.kind in (SectionKind.FRONT, SectionKind.OTHER))
    found = [section for section in unknown if section.heading is not None and _takes_a_stance(section)]
    for section in found:
        section.kind = SectionKind.POLICY
    return found


def _takes_a_stance(section: Section) -> bool:
    return any(
        (said := stance_in(block.text[start:end])) is not None and _WEIGHTY.search(said.words) is not None
        for block in section.blocks
        for start, end in sentences_of(block.text)
    )


_WEIGHTY = re.compile(r"necess|investigational|experimental|unproven|cosmetic", re.IGNORECASE)


def _with_bold_headings(document: SourceDocument) -> SourceDocument:
    """The document; where none of its blocks is a heading, what is set in bold alone on its line is one."""
    if any(block.kind is BlockKind.HEADING for block in document.blocks):
        return document
    bold = [block for block in document.blocks if _may_be_heading(block)]
    if len({kind_of_heading(_title_of(block)) for block in bold} - {None}) < _LEAST_PARTS:
        return document
    text = next((at for at, block in enumerate(document.blocks) if not _may_be_heading(block)), len(document.blocks))
    blocks = (
        replace(block, kind=BlockKind.HEADING, level=1 if at < text or kind_of_heading(_title_of(block)) is not None else 2)
        if _may_be_heading(block)
        else block
        for at, block in enumerate(document.blocks)
    )
    return replace(document, blocks=tuple(blocks))


def _may_be_heading(block: Block) -> bool:
    words = block.text.split()
    return block.kind is BlockKind.PARAGRAPH and block.bold and block.level == 0 and 0 < len(words) <= _LONGEST_HEADING


def _title_of(block: Block) -> str:
    return block.text.strip().rstrip(":").strip()


_LEAST_PARTS = 2  # of different kinds
_LONGEST_HEADING = 15  # words
_BELOW_HEADINGS = 10  # the level of what is set in bold only, under every real heading
_LONGEST_PART_NAME = 8  # words


def _opens_a_part(block: Block, section: Section, stack: Sequence[Section]) -> bool:
    """Whether a paragraph or an item in bold is a heading in all but name: the name of another part of a policy, alone."""
    in_capitals = block.kind is BlockKind.PARAGRAPH and block.level == 0 and block.text.isupper()
    if block.kind is BlockKind.ITEM and section.kind is SectionKind.POLICY:
        kind = kind_of_heading(_title_of(block)) if len(block.text.split()) <= _LONGEST_PART_NAME else None
        if kind is SectionKind.RELATED:  # "V. Related Policies", in a numbered list of all that the policy says
            return True
    if not (block.bold or in_capitals) or block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
        return False
    text = _title_of(block)
    kind = kind_of_heading(text) if len(text.split()) <= _LONGEST_PART_NAME else None
    if kind is None or kind is section.kind:
        return False
    if in_capitals:
        return True
    # Within the description or the codes, names of parts are as often words of the text.
    return section.kind in _MAY_HOLD_BOLD_HEADINGS or (bool(stack) and stack[-1].level >= _BELOW_HEADINGS)


def _level_of(block: Block, stack: Sequence[Section]) -> int:
    """The level of what is a heading in all but name: in capitals that of the heading before it, else under all headings."""
    if not block.bold and stack:
        return min(stack[-1].level, _BELOW_HEADINGS)
    return _BELOW_HEADINGS + block.level


def _end_of_what_bold_opened(sections: list[Section], stack: list[Section], block: Block) -> None:
    """Close again what no real heading opened, so that the part above goes on.

    What an item opened ends at the next item of its level; a list of names or links among the statements ends at the next one.
    """
    opened = stack[-1] if stack else None
    if opened is None or opened.heading is None or opened.heading.kind is BlockKind.HEADING:
        return
    if opened.heading.kind is BlockKind.ITEM and block.kind is BlockKind.ITEM:
        ends = block.level <= opened.heading.level and not _opens_a_part(block, opened, stack)
    else:
        above = stack[-2].kind if len(stack) > 1 else None
        ends = (
            block.kind is BlockKind.PARAGRAPH
            and above is SectionKind.POLICY
            and opened.kind in _NAMES_AND_LINKS
            and any(stance_in(block.text[start:end]) is not None for start, end in sentences_of(block.text))
        )
    if not ends:
        return
    stack.pop()
    outer = stack[-1] if stack else sections[0]
    sections.append(Section(outer.kind, outer.title, outer.path, None, outer.level))


def _kind_where_unknown(sections: _Sections, stack: list[Section], title: str, level: int, *, labelled: bool) -> SectionKind:
    """The kind of a heading whose words are not known, by what stands above it.

    `labelled`: another heading opens the policy, so that the first of all may only label the document ("Medical Policy").
    """
    before = sections[-1]
    is_second = len(sections) == 2 and all(
        block.kind is BlockKind.FURNITURE or _is_front([block]) for block in sections[0].blocks
    )
    if (
        is_second
        and before.kind is SectionKind.POLICY
        and (not before.blocks or level < before.level or (labelled and level == before.level))
    ):
        before.kind = SectionKind.FRONT  # it stands above the title, and so only labels the document ("Medical Policy")
    is_label = before.kind is SectionKind.POLICY and labelled and not before.blocks and level == before.level
    if is_label and len(sections) > 2 and all(section.kind is SectionKind.FRONT for section in sections[:-1]):
        before.kind = SectionKind.FRONT  # the same, where the name of the plan stands above it
    if before.heading is not None and not before.blocks and before.kind is not SectionKind.OTHER:
        return before.kind  # the second line of a heading, whatever its level
    is_top = not stack or stack[-1].kind is SectionKind.FRONT
    if is_top and before.kind is SectionKind.POLICY and _NAMES_MEMBERS.search(title):
        return SectionKind.POLICY  # the same policy, for other members
    if stack:
        return SectionKind.OTHER if _holds_other_parts(sections, stack[-1]) else stack[-1].kind
    return SectionKind.FRONT if before.kind is SectionKind.FRONT else SectionKind.OTHER


_NO_PARENTS = frozenset(
    (SectionKind.FRONT, SectionKind.DISCLAIMER, SectionKind.CONTENTS, SectionKind.NAVIGATION, SectionKind.RELATED)
)


def _holds_other_parts(sections: _Sections, above: Section) -> bool:
    """Whether headings under this one opened other parts: it was only set larger, and a heading that is not known is not its."""
    if above.kind not in _NO_PARENTS:
        return False
    return sections.have_part_after(above)


def _own_blocks(blocks: Sequence[Block], at: int) -> Iterator[Block]:
    """What stands between a heading and the next; no more is looked at than is asked for."""
    later = (blocks[place] for place in range(at + 1, len(blocks)))
    for block in takewhile(lambda block: block.kind is not BlockKind.HEADING, later):
        if block.kind is not BlockKind.FURNITURE:
            yield block


def _is_history(block: Block) -> bool:
    """Whether a table is the history by its own first row, as "Reviews, Revisions, and Approvals | Revision Date"."""
    if block.kind is not BlockKind.TABLE or len(block.rows) < _LEAST_ROWS:
        return False
    first = [text.strip() for text in block.rows[0].texts if text.strip()]
    names_it = any(kind_of_heading(text) is SectionKind.HISTORY for text in first)
    return names_it and len(first) > 1 and any(re.search(r"\bdates?\b", text, re.IGNORECASE) for text in first)


def _announces_codes(block: Block) -> bool:
    """Whether a table says in its first row which codes follow, and then lists codes."""
    if block.kind is not BlockKind.TABLE or len(block.rows) < _LEAST_ROWS:
        return False
    first, *others = ((row.texts[0].strip() if row.texts else "") for row in block.rows)
    coded = sum(1 for text in others if _BEGINS_WITH_CODE.match(text))
    return _NAMES_CODES.search(first) is not None and coded * 2 >= len(others)


_NAMES_CODES = re.compile(r"\b(?:cpt|hcpcs|icd-?\s?10)\b.*\bcodes?\b|^(?:cpt|hcpcs|icd-?\s?10)\b", re.IGNORECASE)
_BEGINS_WITH_CODE = re.compile(r"\+?(?:\d{4}[0-9A-Z]|[A-Z]\d{4}|[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?)(?:\b|$)")
_LEAST_ROWS = 2
_AUTHORIZES = re.compile(r"(?:criteria for|initial|continu\w+|subsequent|renewal)\b", re.IGNORECASE)


def _takes_stances(blocks: Iterable[Block]) -> bool:
    return any(
        (said := stance_in(block.text[start:end])) is not None and bool(said.subject.strip())
        for block in blocks
        for start, end in sentences_of(block.text)
    )


def _is_front(blocks: Iterable[Block]) -> bool:
    """Whether the blocks name the policy: a subject, a number, dates, each behind its label."""
    texts = [text for block in blocks for text in ([cell for row in block.rows for cell in row.texts] or [block.text])]
    return any(_LABEL_OF_FRONT.match(text.strip()) for text in texts)


_LABEL_OF_FRONT = re.compile(
    r"(?:subject|title|topic|status|number|publish date|(?:current )?effective date|next review date|"
    r"(?:coverage )?(?:policy|guideline|document|bulletin) (?:title|name|number|no\.?|#|id))\s*(?::|\.{4,}|(?:\. ){4,}|…{2,})",
    re.IGNORECASE,
)


def _lists_codes(block: Block) -> bool:
    """Whether the block is a table of codes by its first row."""
    return bool(block.rows) and _CODE_TABLE.fullmatch(block.rows[0].texts[0].strip()) is not None


def _stays_within(kind: SectionKind, above: SectionKind, own: Iterable[Block], title: str) -> bool:
    """Whether a deeper heading of a kind that is known opens no part of its own."""
    if kind is SectionKind.DESCRIPTION and above is SectionKind.POLICY:  # it introduces the statements, which follow it
        return _INTRODUCES.match(title) is not None
    if kind is SectionKind.OTHER:
        return above is not SectionKind.FRONT
    if kind is SectionKind.HISTORY and above is SectionKind.POLICY:  # "Revision" of an implant
        return not any(
            _YEAR.search(text) for block in own for text in ([cell for row in block.rows for cell in row.texts] or [block.text])
        )
    return kind in (SectionKind.POLICY, SectionKind.DESCRIPTION, SectionKind.SUMMARY) and above in _CLOSED


_INTRODUCES = re.compile(r"(?:scope|overview|introduction|purpose)\b", re.IGNORECASE)
_MAY_HOLD_BOLD_HEADINGS = frozenset(
    (SectionKind.FRONT, SectionKind.OTHER, SectionKind.CONTENTS, SectionKind.RELATED, SectionKind.POLICY, SectionKind.DISCLAIMER)
)
_NAMES_AND_LINKS = frozenset((SectionKind.RELATED, SectionKind.CONTENTS, SectionKind.NAVIGATION, SectionKind.DISCLAIMER))
# Within these a deeper heading such as "Criteria" or "Overview" opens no other part of the policy.
_CLOSED = frozenset((SectionKind.DESCRIPTION, SectionKind.REFERENCES, SectionKind.HISTORY))


def kind_of_heading(title: str) -> SectionKind | None:
    """The part of a policy that a heading names; None where its words are not known."""
    plain = re.sub(r"(?<=[a-z])\((s|es)\)", r"\1", re.sub(r"\s+", " ", title))  # "Policy Statement(s)"
    words = _NOTE_MARKS.sub("", _NUMBERING.sub("", plain).strip(" :*")).strip(" :*").lower()
    parts = (words, *(part.strip() for part in words.split("/"))) if "/" in words else (words,)
    return next((kind for part in parts if (kind := _kind_of_words(part)) is not None), None)


def _kind_of_words(words: str) -> SectionKind | None:
    return next((kind for kind, pattern in _COMPILED if pattern.fullmatch(words)), None)
