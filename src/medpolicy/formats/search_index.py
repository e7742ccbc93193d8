"""A full-text index of a library, in a SQLite file beside the library cache, for people who look something up.

It belongs to one library by its digest, and a foreign or damaged file is made again. It never decides
anything. A word that stands nowhere is looked for under the words that are most like it.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_FORM = 0x6D705301  # "mp", search, form 1
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_MOST_LIKE = 4
_KEPT = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """Something of a policy that can be found: what kind it is, a short name, its words."""

    policy: int
    kind: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A policy that was found, by its position in the library, with the entries that match best."""

    policy: int
    words: int  # how many of the words that were looked for it has
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, best first; how many policies there were in all; and for each word that stands nowhere, what was taken for it."""

    hits: tuple[Hit, ...]
    total: int
    instead: dict[str, tuple[str, ...]]


class SearchIndex:
    """The index of one library."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, directory: Path | None, digest: str, entries: Iterable[Entry]) -> SearchIndex:
        """The index of the library with that digest; made from `entries` where there is none that is whole.

        Where no file can be kept, it is made in memory.
        """
        if directory is None:
            return cls(_built(":memory:", digest, entries))
        file = directory / f"search-{digest.removeprefix('sha256:')[:16]}.sqlite"
        found = _whole(file, digest)
        if found is not None:
            return cls(found)
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, part = tempfile.mkstemp(prefix=".search.", dir=directory)
            os.close(handle)
        except OSError:
            return cls(_built(":memory:", digest, entries))
        try:
            _built(part, digest, entries).close()
            Path(part).replace(file)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(part).unlink(missing_ok=True)
            raise
        _forget_the_oldest(directory)
        found = _whole(file, digest)
        return cls(found if found is not None else _built(":memory:", digest, entries))

    def search(self, words: Sequence[str], *, most: int = 20) -> Found:
        """The policies that have most of the words; among those, the ones that they tell most of."""
        wanted = [word for text in words for word in _WORD.findall(text.casefold())]
        wanted = list(dict.fromkeys(wanted))
        scores: dict[int, tuple[int, float]] = {}
        terms: list[str] = []
        instead: dict[str, tuple[str, ...]] = {}
        for word in wanted:
            found = self._terms(word)
            if found and not any(term.startswith(word) for term in found):
                instead[word] = found
            if not found:
                instead[word] = ()
                continue
            query = " OR ".join(f'"{term}"*' if term == word else f'"{term}"' for term in found)
            terms.append(query)
            rows = self._connection.execute(
                "SELECT policy, min(rank) FROM (SELECT policy, rank FROM entry WHERE entry MATCH ?) GROUP BY policy", (query,)
            )
            for policy, rank in rows:
                count, score = scores.get(policy, (0, 0.0))
                scores[policy] = (count + 1, score + rank)
        ranked = sorted(scores, key=lambda policy: (-scores[policy][0], scores[policy][1], policy))
        hits = tuple(Hit(policy, scores[policy][0], self._best(policy, terms)) for policy in ranked[:most])
        return Found(hits, len(ranked), instead)

    def _best(self, policy: int, terms: Sequence[str], most: int = 3) -> tuple[Entry, ...]:
        query = " OR ".join(f"({term})" for term in terms)
        rows = self._connection.execute(
            "SELECT policy, kind, label, text FROM entry WHERE entry MATCH ? AND policy = ? ORDER BY rank, rowid LIMIT ?",
            (query, policy, most),
        )
        return tuple(Entry(*row) for row in rows)

    def _terms(self, word: str) -> tuple[str, ...]:
        """The words of the index that a word stands for: itself, those that begin with it, or else those most like it."""
        stem = word.rstrip("*")
        begins = self._connection.execute(
            "SELECT term FROM vocabulary WHERE term >= ? AND term < ? LIMIT 1", (stem, stem + "\U0010ffff")
        ).fetchone()
        if begins is not None:
            return (stem,)
        if len(stem) < 3:
            return ()
        rows = self._connection.execute(
            "SELECT term FROM vocabulary WHERE length(term) BETWEEN ? AND ?", (len(stem) - 3, len(stem) + 3)
        )
        pairs = _pairs(stem)
        near = [term for (term,) in rows if len(pairs & _pairs(term)) * 3 >= len(pairs)]
        return tuple(difflib.get_close_matches(stem, near, n=_MOST_LIKE, cutoff=0.72))


def _pairs(word: str) -> set[str]:
    return {word[at : at + 2] for at in range(len(word) - 1)}


def _forget_the_oldest(directory: Path) -> None:
    """Keep the indexes of the last few libraries only."""
    with contextlib.suppress(OSError):
        files = sorted(directory.glob("search-*.sqlite"), key=lambda file: file.stat().st_mtime_ns)
        for file in files[:-_KEPT]:
            file.unlink(missing_ok=True)


def _whole(file: Path, digest: str) -> sqlite3.Connection | None:
    """The file's index where it is one of ours, of this library, and whole."""
    if not file.is_file():
        return None
    connection = None
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        form = connection.execute("PRAGMA application_id").fetchone()[0]
        (of, count) = connection.execute("SELECT digest, entries FROM library").fetchone()
        if (form, of) == (_FORM, digest):
            check = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            there = connection.execute("SELECT count(*) FROM entry_docsize").fetchone()[0]
            if check == "ok" and there == count:
                connection.execute("CREATE TEMP TABLE IF NOT EXISTS probe (x)")
                connection.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, entry, row)")
                connection.execute("SELECT count(*) FROM entry WHERE entry MATCH 'a'").fetchone()
                return connection
    except (sqlite3.Error, TypeError):
        pass
    if connection is not None:
        connection.close()
    return None


def _built(file: str, digest: str, entries: Iterable[Entry]) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")  # it is renamed into its place once it is whole
    connection.execute("BEGIN")
    connection.execute(
        "CREATE VIRTUAL TABLE entry USING fts5("
        "policy UNINDEXED, kind UNINDEXED, label, text, tokenize = \"unicode61 remove_diacritics 2\", prefix = '3')"
    )
    count = 0

    def rows() -> Iterator[tuple[int, str, str, str]]:
        nonlocal count
        for entry in entries:
            count += 1
            yield entry.policy, entry.kind, entry.label, entry.text

    connection.executemany("INSERT INTO entry (policy, kind, label, text) VALUES (?, ?, ?, ?)", rows())
    connection.execute("CREATE TABLE library (digest TEXT, entries INTEGER)")
    connection.execute("INSERT INTO library VALUES (?, ?)", (digest, count))
    connection.execute(f"PRAGMA application_id = {_FORM}")
    connection.execute("COMMIT")
    connection.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, entry, row)")
    return connection
