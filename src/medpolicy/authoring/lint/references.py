"""The bibliography: numbers that are missing, doubled, or cited nowhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from medpolicy.authoring.document import BlockKind, SourceDocument
from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.findings import Finding, Place
from medpolicy.authoring.lint.subject import Subject
from medpolicy.model.citation import Citation
from medpolicy.model.policy import PolicyVersion, Reference

_NUMBERS = r"\d{1,3}(?:\s*[,;\u2013-]\s*\d{1,3})*"
# Superscripts of Markdown and HTML, and numbers in brackets that are no link; a square or cubic unit is no citation.
_CITED = re.compile(
    rf"(?<![\s/]m)(?<!cm)(?<!mm)<sup>\s*({_NUMBERS})\s*</sup>|\^\^({_NUMBERS})\^\^|"
    rf"(?<![#\w])\[({_NUMBERS})\](?!\()(?:\s?[\u2013-]\s?\[(\d{{1,3}})\](?!\())?",
    re.IGNORECASE,
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = re.compile(r"(?<=[.,;:)\w])(?<!\bm)(?<!cm)(?<!mm)[⁰¹²³⁴⁵⁶⁷⁸⁹]+")


def numbers(subject: Subject) -> Iterator[Finding]:
    """Numbers that the bibliography skips, and works that stand in it twice."""
    for version in subject.policy.versions:
        references = version.references
        if not references:
            continue
        known = {reference.number for reference in references}
        missing = sorted(set(range(1, max(known) + 1)) - known)
        if missing:
            message = f"The bibliography goes to {max(known)} and lacks {in_ranges(missing)}."
            around = [reference for reference in references if {reference.number + 1, reference.number - 1} & set(missing)]
            places = tuple(_place(subject, version, reference) for reference in around or references[:1])
            yield Finding(kind=f.REFERENCE_MISSING, message=message, places=places)
        yield from _doubled(subject, version)


def _doubled(subject: Subject, version: PolicyVersion) -> Iterator[Finding]:
    by_key: dict[tuple[str, str], list[Reference]] = defaultdict(list)
    for reference in version.references:
        for name, value in (("number", str(reference.number)), ("PMID", reference.pmid), ("DOI", reference.doi)):
            if value:
                by_key[name, value.casefold()].append(reference)
    told: set[tuple[int, ...]] = set()
    for (name, value), same in by_key.items():
        which = tuple(reference.number for reference in same)
        if len(same) > 1 and which not in told:
            told.add(which)
            message = f"The {name} {value} stands at {len(same)} references: {', '.join(map(str, which))}."
            places = tuple(_place(subject, version, reference) for reference in same)
            yield Finding(kind=f.REFERENCE_DOUBLED, message=message, places=places)


def cited(subject: Subject) -> Iterator[Finding]:
    """References that the body cites nowhere, and numbers that it cites and the bibliography lacks."""
    for version in subject.policy.versions:
        document = subject.document_of(version)
        if document is None or not version.references:
            continue
        own = {
            number
            for reference in version.references
            for number in range(reference.citation.first_line, reference.citation.last_line + 1)
        }
        found: dict[int, int] = {}
        for line in document.lines:
            if line.number not in own:
                for number in cited_numbers(line.text):
                    found.setdefault(number, line.number)
        known = {reference.number for reference in version.references}
        if not found.keys() & known:
            continue  # this document does not cite by number, or not so that its text layer shows it
        uncited = [reference for reference in version.references if reference.number not in found]
        if uncited:
            listed = in_ranges([reference.number for reference in uncited])
            message = f"{len(uncited)} of {len(known)} references are cited nowhere in the body: {listed}."
            places = tuple(_place(subject, version, reference) for reference in uncited)
            yield Finding(kind=f.REFERENCES_NOT_CITED, message=message, places=places)
        for number, line_number in found.items():
            if number not in known and number <= 2 * max(known):
                last = max(version.references, key=lambda reference: reference.number)
                message = f"Line {line_number} cites reference {number}; the bibliography goes to {last.number}."
                places = (_line_place(subject, version, document, line_number), _place(subject, version, last))
                yield Finding(kind=f.REFERENCE_MISSING, message=message, places=places)


def cited_numbers(line: str) -> Iterator[int]:
    """The numbers of references that a line cites: superscripts, and numbers in brackets that are no link."""
    raised = (match[0].translate(_SUPERSCRIPTS) for match in _RAISED.finditer(line))
    for text in (*("-".join(filter(None, match.groups())) for match in _CITED.finditer(line)), *raised):
        for part in re.split(r"\s*[,;]\s*", text):
            first, *last = re.split(r"\s*[\u2013-]\s*", part)
            yield from range(int(first), int(last[-1] if last else first) + 1)


def in_ranges(values: Sequence[int]) -> str:
    """Numbers in words: 1, 3 to 5."""
    runs: list[list[int]] = []
    for value in sorted(values):
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _line_place(subject: Subject, version: PolicyVersion, document: SourceDocument, number: int) -> Place:
    """A line of the body, under the heading above it."""
    headings = (block for block in document.blocks if block.kind is BlockKind.HEADING and block.first_line <= number)
    above = max(headings, key=lambda block: block.first_line, default=None)
    citation = Citation(
        section="The body" if above is None else above.text[:80],
        first_line=number,
        last_line=number,
        sha256=document.digest(number, number),
        rendition=version.rendition.sha256,
    )
    return subject.place(version, "references", citation, document.lines[number - 1].text)


def _place(subject: Subject, version: PolicyVersion, reference: Reference) -> Place:
    words = reference.title or reference.organization or f"reference {reference.number}"
    return subject.place(version, f"references[{reference.number}]", reference.citation, words)
