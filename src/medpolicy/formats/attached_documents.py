"""The local store of attached documents: the lines of a rendition, one JSON file each, named by the rendition's digest.

The payers' texts do not ship; what a user attaches stays on their machine. Each file carries a digest of what it holds, so
that a damaged one is noticed and never quoted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from medpolicy.errors import DocumentError

_FORM = 1
_NAME = re.compile(r"[0-9a-f]{64}\.json")


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """A document that was attached: the digest of its file, the name that it had, its lines."""

    rendition: str
    name: str
    lines: tuple[str, ...]


def data_directory() -> Path | None:
    """Where attached documents lie: MEDPOLICY_DATA (empty: none), else the user's data directory."""
    named = os.environ.get("MEDPOLICY_DATA")
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("XDG_DATA_HOME")
    if base:
        return Path(base) / "medpolicy"
    try:
        return Path.home() / ".local" / "share" / "medpolicy"
    except RuntimeError:  # no home directory
        return None


class AttachedDocuments:
    """The store in a directory. `damaged` names the files that were found damaged while looking things up."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._known: dict[str, AttachedDocument | None] = {}
        self.damaged: list[Path] = []

    def __bool__(self) -> bool:
        """Whether anything may be attached at all."""
        return any(True for _ in self._files())

    def lines(self, rendition: str) -> Sequence[str] | None:
        """The lines of a rendition; None where it is not attached, or where what is stored is damaged."""
        found = self.document(rendition)
        return None if found is None else found.lines

    def document(self, rendition: str) -> AttachedDocument | None:
        """The document of that rendition; None where it is not attached, or damaged."""
        if rendition not in self._known:
            self._known[rendition] = None if self._directory is None else self._read(self._file(rendition))
        return self._known[rendition]

    def documents(self) -> list[AttachedDocument]:
        """Everything that is attached and whole."""
        found = (self.document(file.stem) for file in self._files())
        return [document for document in found if document is not None]

    def keep(self, document: AttachedDocument) -> Path:
        """Store a document, whole or not at all; `DocumentError` where that is impossible."""
        if self._directory is None:
            raise DocumentError("there is no directory for attached documents; set MEDPOLICY_DATA")
        value = {"form": _FORM, **_content(document), "sha256": _digest(document)}
        file = self._file(document.rendition)
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, part = tempfile.mkstemp(prefix=".attach.", dir=self._directory)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    json.dump(value, stream, ensure_ascii=False)
                Path(part).replace(file)
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise DocumentError(f"{file}: cannot be written: {error.strerror}") from None
        self._known[document.rendition] = document
        return file

    def remove(self, rendition: str) -> bool:
        """Forget a document, damaged or not; whether there was one."""
        self._known.pop(rendition, None)
        if self._directory is None:
            return False
        file = self._file(rendition)
        there = file.exists()
        with contextlib.suppress(FileNotFoundError):
            file.unlink()
        return there

    def _file(self, rendition: str) -> Path:
        assert self._directory is not None
        return self._directory / f"{rendition}.json"

    def _files(self) -> Iterator[Path]:
        if self._directory is None:
            return
        try:
            names = sorted(entry.name for entry in os.scandir(self._directory))
        except OSError:
            return
        yield from (self._directory / name for name in names if _NAME.fullmatch(name))

    def _read(self, file: Path) -> AttachedDocument | None:
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            self.damaged.append(file)
            return None
        try:
            value = json.loads(data)
            document = AttachedDocument(value["rendition"], value["name"], tuple(value["lines"]))
            texts = all(isinstance(line, str) for line in (document.name, document.rendition, *document.lines))
            whole = texts and type(value["lines"]) is list
            if whole and value["form"] == _FORM and document.rendition == file.stem and value["sha256"] == _digest(document):
                return document
        except (ValueError, TypeError, KeyError, RecursionError):
            pass
        self.damaged.append(file)
        return None


def _content(document: AttachedDocument) -> dict[str, object]:
    return {"rendition": document.rendition, "name": document.name, "lines": list(document.lines)}


def _digest(document: AttachedDocument) -> str:
    text = json.dumps(_content(document), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
