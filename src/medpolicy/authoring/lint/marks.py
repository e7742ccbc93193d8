"""Review marks, and citations whose text is no longer the cited one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from medpolicy.authoring.lint.findings import AWAITS_REVIEW, CITATION_DIFFERS, OTHER_RENDITION, Finding, Place
from medpolicy.authoring.lint.subject import Subject, file_of
from medpolicy.formats.policy_places import step_into
from medpolicy.model.citation import Citation
from medpolicy.model.policy import PolicyVersion

_FEW = 5


def marks(subject: Subject) -> Iterator[Finding]:
    """Each review mark of the policy's files."""
    versions = {version.version: version for version in subject.policy.versions}
    for mark in subject.policy.review_marks:
        version = versions.get(mark.version or "")
        place = subject.place(version, mark.place, mark.citation, mark.reason)
        yield Finding(kind=AWAITS_REVIEW, message=f"Marked for review: {mark.reason}", places=(place,))


def digests(subject: Subject) -> Iterator[Finding]:
    """Citations of which the document says something else than it did."""
    holders: list[PolicyVersion | None] = [None, *subject.policy.versions]
    for version in holders:
        rendition = (subject.policy if version is None else version).rendition.sha256
        document = subject.documents.get(rendition)
        if document is None:
            continue
        cited = list(_citations(subject.policy.history if version is None else version, "history" if version is None else ""))
        if version is None:
            cited += [*_citations(subject.policy.related, "related"), *_citations(subject.policy.identifiers, "identifiers")]
        differing = {
            citation: path
            for path, citation in reversed(cited)
            if citation.rendition == rendition and subject.lines(citation) is None
        }
        if document.sha256 != rendition:
            yield _other_rendition(version, document.sha256, document.name, len(differing), len({one for _, one in cited}))
            if len(differing) * 2 > len({one for _, one in cited}):
                continue  # nearly nothing matches: the one finding says it all
        for citation, path in reversed(differing.items()):
            lines = document.lines[citation.first_line - 1 : citation.last_line]
            there = " ".join(line.text.strip() for line in lines[:_FEW])
            place = Place(file=file_of(version), path=path, text=there, citation=citation, is_quoted=True)
            first, last = citation.first_line, citation.last_line
            where = f"Line {first} is" if first == last else f"Lines {first} to {last} are"
            message = f"{where} not the text that is cited for {path or 'the lines of business'}."
            yield Finding(kind=CITATION_DIFFERS, message=message, places=(place,))


def _other_rendition(version: PolicyVersion | None, digest: str, name: str, differing: int, cited: int) -> Finding:
    message = (
        f"{name or 'The document'} (SHA-256 {digest[:12]}…) is not the file that is cited; {differing} of {cited} cited passages "
        "read otherwise in it."
    )
    return Finding(kind=OTHER_RENDITION, message=message, places=(Place(file=file_of(version), path="rendition", text=name),))


def _citations(value: Any, words: str) -> Iterator[tuple[str, Citation]]:
    """Every citation in a value of the model, with the place of what it cites. `Any`: every type of the model may hold one."""
    if isinstance(value, Citation):
        yield words, value
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            below = getattr(value, part.name)
            name = "" if isinstance(below, Citation) else part.name
            yield from _citations(below, step_into(words, name) if name else words)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _citations(item, step_into(words, index, _named(item)))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _citations(item, words)


def _named(item: Any) -> dict[str, str]:
    names = ("id", "code", "number", "name", "product", "date")
    return {name: str(getattr(item, name)) for name in names if getattr(item, name, None) is not None}
