"""YAML as a tree of plain values with the place of each.

Scalars stay text, but for `true`, `false` and `null`: a code such as 20930 or 0263T, a date and a number are read by what
the field expects, never by how they look (YAML 1.1 would read `no` as false and 0360 as 240). Aliases are refused, so that
a small file cannot grow into a huge one; duplicate keys are refused too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from medpolicy.errors import Fault

Path = tuple[str | int, ...]
MAXIMUM_BYTES = 16 * 1024 * 1024
MAXIMUM_DEPTH = 60

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # whichever of the two is there
_COLUMNS = 1 << 25  # one number holds line and column: a file has fewer columns than that
_OWN = None  # where the place of a mapping stands among those of its keys


class PlainText(str):
    """A scalar that was written without quotes; a request in a case may take it for a number."""

    __slots__ = ()


@dataclass(slots=True)
class YamlTree:
    """The values, where each stands, and what was wrong with the file as YAML.

    `_places` has the form of the values: a number for a scalar, a list with its own place first for a list, and a dictionary
    for a mapping. One dictionary by path would take ten times the memory of the file.
    """

    file: str
    value: object = None
    faults: list[Fault] = field(default_factory=list)
    _places: Any = None

    def place(self, path: Path) -> tuple[int, int] | None:
        """Line and column, from 1, of what stands at a path; None where nothing does."""
        found = self._found(path)
        return found[0] if found and found[1] == len(path) else None

    def fault(self, code: str, path: Path, message: str) -> None:
        """Note a fault at a path, or at the nearest place above it that is known."""
        found = self._found(path)
        self._note(code, found[0] if found else (0, 0), path, message)

    def _found(self, path: Path) -> tuple[tuple[int, int], int] | None:
        """The place of the path or of the nearest above it, and how many steps of the path lead there."""
        places, steps = self._places, 0
        for step in path:
            if isinstance(places, dict) and step in places:
                places = places[step]
            elif isinstance(places, list) and isinstance(step, int) and 0 <= step < len(places) - 1:
                places = places[step + 1]
            else:
                break
            steps += 1
        own = places[0] if isinstance(places, list) else places[_OWN] if isinstance(places, dict) else places
        return None if own is None else (divmod(own, _COLUMNS), steps)

    def _note(self, code: str, place: tuple[int, int], path: Path, message: str) -> None:
        line, column = place
        self.faults.append(Fault(code=code, file=self.file, line=line, column=column, path=path_in_words(path), message=message))


def path_in_words(path: Path) -> str:
    """`provisions[0].criteria`."""
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def read_yaml(data: bytes, file: str) -> YamlTree:
    """Read one document; what cannot be read is a fault of the tree, never an exception."""
    tree = YamlTree(file)
    if len(data) > MAXIMUM_BYTES:
        tree.fault("too-large", (), f"the file has {len(data):,} bytes; at most {MAXIMUM_BYTES:,} are read")
        return tree
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        tree._note("not-utf-8", (line, 1), (), "save the file as UTF-8")
        return tree
    try:
        _Builder(tree, yaml.parse(text, Loader=_Loader)).build()
    except _Unreadable as error:
        tree.value = tree._places = None
        tree._note("invalid-yaml", error.place, (), str(error))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        tree.value = tree._places = None
        tree._note("invalid-yaml", place, (), " ".join(part for part in (error.context, error.problem) if part))
    except yaml.YAMLError as error:
        tree.value = tree._places = None
        tree._note("invalid-yaml", (0, 0), (), " ".join(str(error).split()))
    return tree


class _Unreadable(Exception):
    """YAML that is not read at all from a place on: line and column."""

    def __init__(self, message: str, place: tuple[int, int]) -> None:
        super().__init__(message)
        self.place = place


class _Builder:
    """The tree from YAML's events, one after the other: nodes of the whole file would take a hundred times its size."""

    def __init__(self, tree: YamlTree, events: Iterator[yaml.Event]) -> None:
        self._tree = tree
        self._events = events
        self._path: list[str | int] = []

    def build(self) -> None:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self._tree.fault("empty-file", (), "the file is empty")
            return
        self._tree.value, self._tree._places = self._value(next(self._events))
        next(self._events)  # the document's end
        another = next(self._events)
        if not isinstance(another, yaml.StreamEndEvent):
            raise _Unreadable("a second document begins; a file has one", _place(another))

    def _value(self, event: yaml.Event) -> tuple[object, Any]:
        """The value that begins with an event, and its places."""
        line, column = _place(event)
        place = line * _COLUMNS + column
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event), place
        if isinstance(event, yaml.AliasEvent):
            self._note("alias", (line, column), "anchors and aliases (& and *) are not read; write the text again")
            return None, place
        if len(self._path) > MAXIMUM_DEPTH:
            raise _Unreadable(f"nested more than {MAXIMUM_DEPTH} deep", (line, column))
        return self._list(place) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(place)

    def _list(self, place: int) -> tuple[list[object], list[Any]]:
        found: list[object] = []
        places: list[Any] = [place]
        self._path.append(0)
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            self._path[-1] = len(found)
            value, at = self._value(event)
            found.append(value)
            places.append(at)
        self._path.pop()
        return found, places

    def _mapping(self, place: int) -> tuple[dict[str, object], dict[str | None, Any]]:
        found: dict[str, object] = {}
        places: dict[str | None, Any] = {_OWN: place}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._note("invalid-yaml", divmod(place, _COLUMNS), "a key must be plain text")
                self._skip(event)
                self._skip(next(self._events))
                continue
            key = str(event.value)
            self._path.append(key)
            if key in found:
                self._note("duplicate-key", _place(event), f"the key {key!r} stands twice; keep one")
                self._skip(next(self._events))
            else:
                found[key], places[key] = self._value(next(self._events))
            self._path.pop()
        return found, places

    def _skip(self, event: yaml.Event) -> None:
        """Pass over the value that begins with an event."""
        depth = 0
        while True:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if not depth:
                return
            event = next(self._events)

    def _note(self, code: str, place: tuple[int, int], message: str) -> None:
        self._tree._note(code, place, tuple(self._path), message)


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    assert mark is not None
    return mark.line + 1, mark.column + 1


def _scalar(event: yaml.ScalarEvent) -> object:
    if event.style:  # quoted or block text
        return str(event.value)
    if event.value in ("true", "false"):
        return event.value == "true"
    if event.value in ("null", "~", ""):
        return None
    return PlainText(event.value)
