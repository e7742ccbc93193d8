"""Where in the source document something stands."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from medpolicy.errors import InvalidModel

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Lines of one rendition of a document: its digest, the section, first and last line (from 1), their digest.

    The digests are hexadecimal SHA-256. DESIGN.md, "Digests": the lines as UTF-8, NFC, right-stripped, joined by LF.
    """

    section: str
    first_line: int
    last_line: int
    sha256: str
    rendition: str

    def __post_init__(self) -> None:
        if not 1 <= self.first_line <= self.last_line:
            raise InvalidModel(f"lines [{self.first_line}, {self.last_line}] are no range that counts from 1")
        for digest in (self.sha256, self.rendition):
            if _SHA256.fullmatch(digest) is None:
                raise InvalidModel(f"{digest!r} is no SHA-256 in 64 lower-case hexadecimal digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One file of the document, named by its digest: the payer's PDF and a Markdown made from it are two."""

    sha256: str
    media_type: str
    lines: int


def digest_lines(lines: Sequence[str]) -> str:
    """The digest of these source lines, as a citation states it."""
    text = "\n".join(unicodedata.normalize("NFC", line).rstrip() for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()
