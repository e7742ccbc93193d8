"""Prior authorization: by sentences for a setting, and by tables of lines of business against settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from medpolicy.authoring.document import Block, BlockKind, Cell, Row
from medpolicy.authoring.extraction.context import Extraction, Item, mark
from medpolicy.authoring.extraction.entries import content, lines_of_row, lines_outside_rows
from medpolicy.authoring.extraction.lines_of_business import KnownLine, known_lines, lines_named_in, unmatched_lines
from medpolicy.authoring.extraction.wording import sentences_of
from medpolicy.authoring.outline import Section, SectionKind

SETTINGS: Final = ("inpatient", "outpatient")
_SETTING_WORDS: Final = (
    ("inpatient", re.compile(r"\binpatient\b|\bhospital admission", re.IGNORECASE)),
    ("outpatient", re.compile(r"\boutpatient\b|\bambulatory\b|\boffice\b", re.IGNORECASE)),
)
_AUTHORIZATION = r"(?:pre-?|prior )?(?:authori[sz]ation|certification|notification|approval|auth)s?"
# In order: the first that fits says what the rule is.
_RULES: Final = (
    ("not-covered", re.compile(r"\bnot (?:a )?covered\b|\bnon-?covered\b|\bnot a (?:covered )?benefit\b", re.IGNORECASE)),
    (
        "no-auth",
        re.compile(
            rf"\bnot (?:be )?(?:required|needed|necessary)\b|\bno {_AUTHORIZATION}\b|\b(?:does|do) not (?:require|need)\b"
            r"|^\s*(?:no|none)\.?\s*$",
            re.IGNORECASE,
        ),
    ),
    ("conditional", re.compile(r"\b(?:may|might|could|can) (?:be )?(?:required?|needed?)\b", re.IGNORECASE)),
    (
        "auth-needed",
        re.compile(
            r"\b(?:required|needed|mandatory|requires?)\b|\bmust (?:be (?:obtained|requested|submitted)|obtain|request)\b"
            r"|^\s*yes\.?\s*$",
            re.IGNORECASE,
        ),
    ),
)
_WORDS_OF_RULES: Final = {
    "not-covered": "not covered",
    "no-auth": "no authorization is needed",
    "conditional": "it depends whether authorization is needed",
    "auth-needed": "authorization is needed beforehand",
}
# Among the statements only a sentence that begins so speaks of authorization and of nothing else.
_STATES_A_RULE: Final = re.compile(
    r"^\W*(?:prior authori[sz]ation|pre-?certification|pre-?authori[sz]ation)\s+(?:is|are|may|will)\b[^.;]*\.?\s*$", re.IGNORECASE
)
# What the words of a table mean: "Yes indicates that prior authorization is required."
_LEGEND = re.compile(r"^\W*(?:yes|no|x|y|n|✓)\W+(?:indicates?|means?|denotes?|=)\b", re.IGNORECASE)
_EITHER_WAY = re.compile(r"\b(?:may|might) (?:be|or may not be|or might not be)\b.*\bnot be (?:required|needed)\b", re.IGNORECASE)
_POINTS_ELSEWHERE = re.compile(r"\bsee (?:the )?(?:table )?(?:below|above|following|table)\b|\brefer to\b", re.IGNORECASE)
_FOR_A_SERVICE = re.compile(
    r"\bfor\s+(?!(?:all|any|each|every|services?|these|this|those|members?|in-?patient|out-?patient|procedures?|the\s+(?:services?|"
    r"procedures?|following))\b)[^.;,]+",
    re.IGNORECASE,
)
_PRODUCTS = re.compile(r"\bproducts?\b", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w-])(?:\d{4}[0-9AFMTU]|[A-Z]\d{4})(?![\w-])")


_NO_SETTING: Final = "it names no setting; it was read for inpatient and outpatient"
_COLUMN: Final = re.compile(
    rf"(?:requires?\s+|is\s+)?(?:a\s+)?{_AUTHORIZATION}(?:\s+(?:is\s+)?(?:required|needed|requirements?|status|rule))?\s*\??|PA(?:\s+required)?\??",
    re.IGNORECASE,
)
_OF_CODES: Final = "a column of the table of codes says so"
_Place = tuple[str, str, tuple[str, ...]]  # of a rule in the grid: setting, line of business, procedures


@dataclass(frozen=True, slots=True)
class _Said:
    """What one place says: the rule, for which settings and lines, and where it stands."""

    rule: str
    settings: tuple[str, ...]
    lines_of_business: tuple[str, ...]
    procedures: tuple[str, ...]
    lines: tuple[int, ...]
    section: Section
    doubts: tuple[str, ...] = ()


_MAY_STATE_A_RULE: Final = (
    SectionKind.FRONT,
    SectionKind.POLICY,
    SectionKind.DESCRIPTION,
    SectionKind.REIMBURSEMENT,
    SectionKind.OTHER,
)


def extract_authorization(extraction: Extraction) -> None:
    """Fill `version["authorization"]`: one rule for each setting and line of business that the document speaks of."""
    rules: dict[_Place, Item] = {}
    for section in extraction.outline.of_kind(SectionKind.AUTHORIZATION):
        if section.heading is not None:
            extraction.use(section.heading.lines, "authorization")
        above: tuple[str, ...] = ()
        for block in content(section):
            if _ONLY_A_SETTING.fullmatch(block.text.strip()):
                above = _settings_in(block.text)
                extraction.use(block.lines, "authorization")
                continue
            for said in _said(extraction, section, block):
                _add(extraction, rules, said if not above else _in_setting(said, above))
    for section in extraction.outline.of_kind(SectionKind.CODING):
        for block in content(section):
            for said in _beside_codes(extraction, section, block):
                _add(extraction, rules, said)
    for section in extraction.outline.of_kind(*_MAY_STATE_A_RULE):
        for block in content(section):
            for start, end in sentences_of(block.text):
                if states_a_rule(block.text[start:end]):
                    for said in _sentence(extraction, section, block.text[start:end], block.lines_of(start, end)):
                        _add(extraction, rules, said)
    if rules:
        extraction.version["authorization"] = list(rules.values())


_ONLY_A_SETTING = re.compile(r"(?:inpatient|outpatient)(?: services| procedures| setting)?\s*:?", re.IGNORECASE)


def _in_setting(said: _Said, above: tuple[str, ...]) -> _Said:
    """The rule for the setting that stands alone above it, where it names none itself."""
    if _NO_SETTING not in said.doubts:
        return said
    return replace(said, settings=above, doubts=tuple(doubt for doubt in said.doubts if doubt != _NO_SETTING))


def states_a_rule(sentence: str) -> bool:
    """Whether a sentence among the statements speaks of authorization and of nothing else."""
    return _STATES_A_RULE.match(sentence) is not None and rule_of(sentence) is not None


def rule_of(text: str) -> str | None:
    """The rule that a text states; None where it states none."""
    return next((rule for rule, pattern in _RULES if pattern.search(text)), None)


def _speaks_of_several_services(extraction: Extraction) -> bool:
    provisions = extraction.version.get("provisions", ())
    return len({str(provision.get("when")) for provision in provisions}) > 1


def _said(extraction: Extraction, section: Section, block: Block) -> Iterator[_Said]:
    if block.kind is BlockKind.TABLE:
        yield from _table(extraction, section, block)
        return
    sentences = [(block.text[start:end], block.lines_of(start, end)) for start, end in sentences_of(block.text)]
    rules = {rule_of(text) for text, _ in sentences if re.search(_AUTHORIZATION, text, re.IGNORECASE)} - {None}
    # "Required when outpatient. Not required when inpatient.": each sentence speaks for itself.
    for text, lines in sentences if len(rules) > 1 else [(block.text, block.lines)]:
        yield from _sentence(extraction, section, text, lines)


def _sentence(extraction: Extraction, section: Section, text: str, lines: tuple[int, ...]) -> Iterator[_Said]:
    rule = rule_of(text)
    only_points = _POINTS_ELSEWHERE.search(text) and (rule in (None, "conditional") or _EITHER_WAY.search(text))
    if _LEGEND.match(text) or only_points:
        extraction.use(lines, "authorization")
    elif rule is None or not re.search(_AUTHORIZATION, text, re.IGNORECASE):
        extraction.book.not_understood(lines, "no rule on prior authorization could be read from it")
    else:
        settings = _settings_in(text) or _settings_in(" ".join(section.path))
        named = lines_named_in(extraction, text)
        doubts = [f"“{one}” matches no line of business that is declared" for one in unmatched_lines(extraction, text)]
        if not settings:
            doubts.append(_NO_SETTING)
        own = _FOR_A_SERVICE.search(text)
        if own is not None and not named and _speaks_of_several_services(extraction):
            doubts.append(f"it speaks “{own.group().strip(' .')}”, and was read for every service of the policy")
        if rule == "conditional":
            doubts.append("it says that authorization may be required: when is it?")
        if _PRODUCTS.search(text) and not named and extraction.version.get("product_lists"):
            doubts.append("“products” was read as lines of business, though the policy lists products of another kind too")
        yield _Said(
            rule,
            settings or SETTINGS,
            tuple(named) or _every_line(extraction),
            tuple(_CODE.findall(text)),
            lines,
            section,
            tuple(doubts),
        )


def _table(extraction: Extraction, section: Section, table: Block) -> Iterator[_Said]:
    extraction.use(lines_outside_rows(table), "authorization")
    above = _settings_in(" ".join(section.path))
    columns: dict[int, tuple[str, ...]] = {}
    for row in table.rows:
        header = {at: _settings_in(text) for at, text in enumerate(row.texts) if _settings_in(text)}
        if row.is_header or (header and not any(rule_of(text) for text in row.texts)):
            columns = header or columns
            extraction.use(lines_of_row(row), "authorization")
            continue
        cells = list(_cells_with_rules(row, columns, above))
        if not cells or not row.texts[0].strip():
            extraction.book.not_understood(lines_of_row(row), "a row of the authorization table that names no rule")
        for cell, settings in cells:
            yield from _cell(extraction, section, row, cell, settings)


def _beside_codes(extraction: Extraction, section: Section, table: Block) -> Iterator[_Said]:
    """The rules of a table of codes that has a column for them: one for all codes of which it says the same."""
    column: int | None = None
    codes: dict[str, tuple[list[str], list[int]]] = {}
    for row in table.rows:
        named = [at for at, text in enumerate(row.texts) if names_authorization(text) and rule_of(text) in (None, "auth-needed")]
        if column is None and len(named) == 1 and not any(_CODE.search(text) for text in row.texts):
            column = named[0]
            extraction.use(lines_of_row(row), "authorization")
            continue
        cell = "" if column is None or column >= len(row.texts) else row.texts[column].strip()
        rule = rule_of(cell)
        if cell and rule is None:
            mark(extraction.version, f"line {lines_of_row(row)[0]} says “{cell}” of authorization, which was not read")
        elif rule is not None:
            found, lines = codes.setdefault(rule, ([], []))
            found += [code for at, text in enumerate(row.texts) if at != column for code in _CODE.findall(text)[:1]][:1]
            lines += lines_of_row(row)
    for rule, (found, lines) in codes.items():
        if found:
            doubt = f"{_OF_CODES}; it names no setting, and was read for inpatient and outpatient"
            yield _Said(rule, SETTINGS, _every_line(extraction), tuple(dict.fromkeys(found)), tuple(lines), section, (doubt,))


def names_authorization(text: str) -> bool:
    """Whether the heading of a column asks if authorization is needed."""
    return _COLUMN.fullmatch(text.strip()) is not None


def _cells_with_rules(
    row: Row, columns: dict[int, tuple[str, ...]], above: tuple[str, ...]
) -> Iterator[tuple[Cell, tuple[str, ...]]]:
    """The cells behind the first, each with the settings of its column."""
    for at, cell in enumerate(row.cells):
        if at == 0 or not cell.text.strip() or (columns and at not in columns):
            continue
        yield cell, columns.get(at, above)


def _cell(extraction: Extraction, section: Section, row: Row, cell: Cell, settings: tuple[str, ...]) -> Iterator[_Said]:
    subject = row.texts[0]
    procedures = tuple(_CODE.findall(subject))
    named = tuple(lines_named_in(extraction, subject))
    lines = lines_of_row(row)
    if not procedures and not named:
        extraction.book.not_understood(lines, f"“{subject}” matches no line of business that is declared")
        return
    rule = rule_of(cell.text)
    doubts = []
    if rule is None:
        rule = "conditional"
        doubts.append("its words state no rule that is known here: what is the rule?")
    elif rule == "conditional":
        doubts.append("it says that authorization may be required: when is it?")
    if not settings:
        doubts.append(_NO_SETTING)
    yield _Said(rule, settings or SETTINGS, named or _every_line(extraction), procedures, lines, section, tuple(doubts))


def _settings_in(text: str) -> tuple[str, ...]:
    return tuple(setting for setting, pattern in _SETTING_WORDS if pattern.search(text))


def _every_line(extraction: Extraction) -> tuple[str, ...]:
    of_version = extraction.version.get("lines_of_business")
    return tuple(of_version) if of_version else tuple(line.id for line in known_lines(extraction))


def _add(extraction: Extraction, rules: dict[_Place, Item], said: _Said) -> None:
    names = {line.id: line for line in known_lines(extraction)}
    of_version = _every_line(extraction)
    doubts = said.doubts  # once for each place, at its first rule
    for setting in said.settings:
        for line in said.lines_of_business:
            if line not in of_version:
                continue
            extraction.use(said.lines, f"authorization[{setting}, {line}]")
            earlier = rules.get((setting, line, said.procedures))
            if earlier is None:
                rules[setting, line, said.procedures] = _rule(extraction, said, setting, names[line], doubts)
                doubts = ()
            elif earlier["rule"] != said.rule:
                here, there = _WORDS_OF_RULES[earlier["rule"]], _WORDS_OF_RULES[said.rule]
                mark(earlier, f"two places disagree: here {here}; on line {said.lines[0]} {there}: which holds?")
                earlier["rule"] = "conditional"


def _rule(extraction: Extraction, said: _Said, setting: str, line: KnownLine, doubts: tuple[str, ...]) -> Item:
    rule: Item = {"setting": setting, "lines_of_business": [line.id], "rule": said.rule}
    if said.procedures:
        rule["procedures"] = list(said.procedures)
    of_codes = f" for {', '.join(said.procedures)}" if said.procedures else ""
    rule["text"] = f"{setting.capitalize()}, {line.name}{of_codes}: {_WORDS_OF_RULES[said.rule]}."
    rule["citation"] = extraction.cite(said.section, said.lines)
    for doubt in doubts:
        mark(rule, doubt)
    return rule
