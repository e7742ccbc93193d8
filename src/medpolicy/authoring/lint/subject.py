"""What is checked: a policy, with the documents that are there to compare it with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from medpolicy.authoring.document import SourceDocument
from medpolicy.authoring.lint.findings import Place
from medpolicy.library.library import Library
from medpolicy.model.citation import Citation
from medpolicy.model.issuer import Issuer
from medpolicy.model.policy import MedicalPolicy, PolicyVersion

POLICY_FILE = "policy.yaml"
_MARKUP = re.compile(r"<[^<>]{1,40}>|\*\*|__|(?<=\])\([^()\s]*\)|^\s*(?:[-*•▪\ue000-\uf8ff]|#{1,6}) ")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A policy of a library. `documents`: by the digest of the rendition that citations name. `as_of` None: no day is given."""

    policy: MedicalPolicy
    library: Library
    documents: Mapping[str, SourceDocument] = field(default_factory=dict)
    as_of: date | None = None

    @property
    def issuer(self) -> Issuer:
        return self.library.issuers[self.policy.issuer]

    @property
    def latest(self) -> PolicyVersion | None:
        return self.policy.versions[-1] if self.policy.versions else None

    def document_of(self, version: PolicyVersion) -> SourceDocument | None:
        return self.documents.get(version.rendition.sha256)

    def lines(self, citation: Citation) -> Sequence[str] | None:
        """The cited lines of the document as they stand there; None where it is not there, or the digest is another."""
        document = self.documents.get(citation.rendition)
        if document is None or citation.last_line > len(document.lines):
            return None
        if document.digest(citation.first_line, citation.last_line) != citation.sha256:
            return None
        return [line.text for line in document.lines[citation.first_line - 1 : citation.last_line]]

    def wording(self, citation: Citation) -> str | None:
        """The cited lines in one, without markup; None as `lines`."""
        lines = self.lines(citation)
        return None if lines is None else " ".join(filter(None, map(plain, lines)))

    def place(self, version: PolicyVersion | None, path: str, citation: Citation | None, words: str) -> Place:
        """A place of a file of the policy, quoted where the document is there, else in our `words`."""
        quote = None if citation is None else self.wording(citation)
        return Place(
            file=file_of(version),
            path=path,
            text=words if quote is None else quote,
            citation=citation,
            is_quoted=quote is not None,
        )


def file_of(version: PolicyVersion | None) -> str:
    """The name of the file of a version; of the policy's own file for None."""
    return POLICY_FILE if version is None else f"{version.version}.yaml"


def plain(line: str) -> str:
    """A line of a document without the markup of Markdown and HTML, its white space collapsed."""
    return " ".join(_BRACKETS.sub(r"\1", _MARKUP.sub("", line)).split())
