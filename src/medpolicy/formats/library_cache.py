"""The cache of read policy files: content digest -> JSON texts, in one SQLite file.

It holds nothing that is run. Each entry carries the digest of its texts; whatever is damaged, foreign or of another form is
thrown away and made again. Where no cache can be written, loading works without one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any


def cache_directory() -> Path | None:
    """Where the cache lies: MEDPOLICY_CACHE (empty: none), else the user's cache directory."""
    named = os.environ.get("MEDPOLICY_CACHE")
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base) / "medpolicy"
    try:
        return Path.home() / ".cache" / "medpolicy"
    except RuntimeError:  # no home directory
        return None


class LibraryCache:
    """Entries of (summary, body) by the digest of the files that they were read from."""

    def __init__(self, connection: sqlite3.Connection | None, file: Path | None) -> None:
        self._connection = connection
        self._file = file
        self._lock = threading.Lock()

    @classmethod
    def open(cls, directory: Path | None) -> LibraryCache:
        """The cache of a directory; an empty one that keeps nothing where there is no directory or it cannot be used."""
        if directory is None:
            return cls(None, None)
        file = directory / "library.sqlite"
        for _ in range(2):
            connection: sqlite3.Connection | None = None
            try:
                directory.mkdir(parents=True, exist_ok=True, mode=0o700)
                connection = sqlite3.connect(file, timeout=2, check_same_thread=False, isolation_level=None)
                form = connection.execute("PRAGMA user_version").fetchone()[0]
                tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
                if tables and form != _form_number():
                    raise sqlite3.DatabaseError("another form")
                for table, column in (("entry", "summary"), ("body", "body")):
                    columns = f"digest TEXT PRIMARY KEY, {column} TEXT, checked TEXT"
                    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns}) WITHOUT ROWID")
                connection.execute(f"PRAGMA user_version = {_form_number()}")
                return cls(connection, file)
            except (OSError, sqlite3.OperationalError):
                if connection is not None:
                    connection.close()
                return cls(None, None)  # locked, read-only, no file: go without
            except sqlite3.DatabaseError:
                if connection is not None:
                    connection.close()
                _discard(file)
        return cls(None, None)

    def summaries(self, digests: Iterable[str]) -> dict[str, Any]:
        """The summaries that it holds among these digests."""
        wanted = set(digests)
        found: dict[str, Any] = {}
        if self._connection is None or not wanted:
            return found
        try:
            if len(wanted) > 500:
                rows = self._connection.execute("SELECT digest, summary, checked FROM entry")
                found = {digest: _checked(digest, text, check) for digest, text, check in rows if digest in wanted}
            else:
                query = "SELECT digest, summary, checked FROM entry WHERE digest = ?"
                for wanted_digest in wanted:
                    for digest, text, check in self._connection.execute(query, (wanted_digest,)):
                        found[digest] = _checked(digest, text, check)
        except (sqlite3.DatabaseError, ValueError, TypeError):
            self._start_over()
            return {}
        return found

    def body(self, digest: str) -> Any | None:
        """The body of an entry; None where it is not there or damaged."""
        if self._connection is None:
            return None
        try:
            with self._lock:
                row = self._connection.execute("SELECT body, checked FROM body WHERE digest = ?", (digest,)).fetchone()
            return None if row is None else _checked(digest, *row)
        except (sqlite3.DatabaseError, ValueError, TypeError):
            return None

    def store(self, entries: Iterable[tuple[str, Any, Any]]) -> None:
        """Keep entries of (digest, summary, body), all or none of them."""
        if self._connection is None:
            return
        try:
            with self._lock:
                self._connection.execute("BEGIN IMMEDIATE")
                for digest, summary, body in entries:
                    for table, value in (("entry", summary), ("body", body)):
                        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                        self._connection.execute(
                            f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)",  # noqa: S608  # one of two names above
                            (digest, text, _check(digest, text)),
                        )
                self._connection.execute("COMMIT")
        except sqlite3.DatabaseError:
            self._start_over()

    def _start_over(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._file is not None:
            _discard(self._file)


@cache
def _form_number() -> int:
    """A number for the code that reads policy files and for the types that they become: another code, another cache."""
    stamps = []
    for room in ("formats", "model", "library"):
        with os.scandir(Path(__file__).parent.parent / room) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    stamps.append(f"{room}/{entry.name} {status.st_size} {status.st_mtime_ns}")
    return int(hashlib.sha256("\n".join(sorted(stamps)).encode()).hexdigest()[:7], 16)


def _check(digest: str, text: str) -> str:
    return hashlib.sha256(f"{digest}\n{text}".encode()).hexdigest()


def _checked(digest: object, text: object, check: object) -> Any:
    if not isinstance(digest, str) or not isinstance(text, str) or _check(digest, text) != check:
        raise ValueError("damaged entry")
    return json.loads(text)


def _discard(file: Path) -> None:
    for name in (file, file.with_name(file.name + "-journal"), file.with_name(file.name + "-wal")):
        with contextlib.suppress(OSError):
            name.unlink(missing_ok=True)
