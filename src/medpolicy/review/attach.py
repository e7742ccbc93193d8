"""A document that a user has, matched with the citations of a policy, so that answers can quote it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medpolicy.authoring.source_lines import file_digest, source_lines
from medpolicy.errors import DocumentError
from medpolicy.formats.attached_documents import AttachedDocument
from medpolicy.model.citation import Citation, Rendition, digest_lines
from medpolicy.model.policy import MedicalPolicy


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that is a rendition of the policy; the citations into it that match, and those that do not."""

    document: AttachedDocument
    matching: tuple[Citation, ...]
    differing: tuple[Citation, ...]


def attach(policy: MedicalPolicy, data: bytes, name: str) -> Attachment:
    """The document as numbered lines, each citation checked.

    Raises `DocumentError` where it is not a rendition that the policy cites, or where it cannot be read.
    """
    digest = file_digest(data)
    cited = renditions_of(policy)
    if digest not in cited:
        expected = "; ".join(f"{one.sha256} ({one.media_type}, {one.lines} lines)" for one in cited.values())
        raise DocumentError(
            f"{name} is not a document that policy {policy.issuer}/{policy.number} cites: its SHA-256 is {digest}; "
            f"expected {expected}. Another edition, another format or a converted copy is another rendition."
        )
    lines = source_lines(data)
    citations = [citation for citation in citations_of(policy) if citation.rendition == digest]
    matching = [citation for citation in citations if _matches(citation, lines)]
    differing = [citation for citation in citations if not _matches(citation, lines)]
    return Attachment(AttachedDocument(digest, name, tuple(lines)), tuple(matching), tuple(differing))


def renditions_of(policy: MedicalPolicy) -> dict[str, Rendition]:
    """The renditions that the policy and its versions cite, by digest."""
    return {one.sha256: one for one in (policy.rendition, *(version.rendition for version in policy.versions))}


def citations_of(value: Any) -> Iterator[Citation]:
    """Every citation in a value of the model, in order. `Any`, because every type of the model may hold one."""
    if isinstance(value, Citation):
        yield value
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from citations_of(getattr(value, part.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from citations_of(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from citations_of(item)


def _matches(citation: Citation, lines: Sequence[str]) -> bool:
    cited = lines[citation.first_line - 1 : citation.last_line]
    return len(cited) == citation.last_line - citation.first_line + 1 and digest_lines(cited) == citation.sha256
