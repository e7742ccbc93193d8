"""YAML as a tree of plain values with the place of each.

Scalars stay text, but for `true`, `false` and `null`: a code such as 20930 or 0263T, a date and a number are read by what
the field expects, never by how they look (YAML 1.1 would read `no` as false and 0360 as 240). Aliases are refused, so that
a small file cannot grow into a huge one; duplicate keys are refused too.
"""

from __future__ import annotations

import sys
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
    """The values, what was wrong with the file as YAML, and where each value stands.

    The places are looked up in the text when the first is asked for: a file without faults needs none, and all of them take as
    much memory as the values. `_places` has the form of the values: a number for a scalar, a list with its own place first for
    a list, and a dictionary for a mapping.
    """

    file: str
    value: object = None
    faults: list[Fault] = field(default_factory=list)
    _text: str = field(default="", repr=False)
    _places: Any = field(default=None, repr=False)

    def place(self, path: Path) -> tuple[int, int] | None:
        """Line and column, from 1, of what stands at a path; None where nothing does."""
        found = self._found(path)
        return found[0] if found and found[1] == len(path) else None

    def fault(self, code: str, path: Path, message: str) -> None:
        """Note a fault at a path, or at the nearest place above it that is known."""
        found = self._found(path)
        self.fault_at(code, found[0] if found else (0, 0), path, message)

    def _found(self, path: Path) -> tuple[tuple[int, int], int] | None:
        """The place of the path or of the nearest above it, and how many steps of the path lead there."""
        if self._places is None and self._text:
            _, self._places = _Builder(YamlTree(self.file), self._text, with_places=True).build()
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

    def fault_at(self, code: str, place: tuple[int, int], path: Path, message: str) -> None:
        """Note a fault at a line and column, from 1; 0 where there is none."""
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
        tree.fault_at("not-utf-8", (line, 1), (), "save the file as UTF-8")
        return tree
    try:
        tree.value, _ = _Builder(tree, text, with_places=False).build()
        tree._text = text
    except _Unreadable as error:
        tree.fault_at("invalid-yaml", error.place, (), str(error))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        tree.fault_at("invalid-yaml", place, (), " ".join(part for part in (error.context, error.problem) if part))
    except yaml.YAMLError as error:
        tree.fault_at("invalid-yaml", (0, 0), (), " ".join(str(error).split()))
    return tree


class _Unreadable(Exception):
    """YAML that is not read at all from a place on: line and column."""

    def __init__(self, message: str, place: tuple[int, int]) -> None:
        super().__init__(message)
        self.place = place


class _Builder:
    """The tree from YAML's events, one after the other: nodes of the whole file would take a hundred times its size.

    Faults are noted in the tree; `_Unreadable` and `yaml.YAMLError` end the reading.
    """

    def __init__(self, tree: YamlTree, text: str, *, with_places: bool) -> None:
        self._tree = tree
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_Loader)
        self._path: list[str | int] = []
        self._with_places = with_places
        self._plain: dict[str, PlainText] = {}

    def build(self) -> tuple[object, Any]:
        """The value of the one document, and its places."""
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self._tree.fault("empty-file", (), "the file is empty")
            return None, None
        found = self._value(next(self._events))
        next(self._events)  # the document's end
        another = next(self._events)
        if not isinstance(another, yaml.StreamEndEvent):
            raise _Unreadable("a second document begins; a file has one", _place(another))
        return found

    def _value(self, event: yaml.Event) -> tuple[object, Any]:
        """The value that begins with an event, and its places."""
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event), self._kept_place(event)
        if isinstance(event, yaml.AliasEvent):
            self._fault_at("alias", _place(event), "anchors and aliases (& and *) are not read; write the text again")
            return None, self._kept_place(event)
        if len(self._path) > MAXIMUM_DEPTH:
            raise _Unreadable(f"nested more than {MAXIMUM_DEPTH} deep", _place(event))
        return self._list(event) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(event)

    def _list(self, start: yaml.Event) -> tuple[list[object], list[Any]]:
        found: list[object] = []
        places: list[Any] = [self._kept_place(start)]
        self._path.append(0)
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            self._path[-1] = len(found)
            value, place = self._value(event)
            found.append(value)
            if self._with_places:
                places.append(place)
        self._path.pop()
        return found, places

    def _mapping(self, start: yaml.Event) -> tuple[dict[str, object], dict[str | None, Any]]:
        found: dict[str, object] = {}
        places: dict[str | None, Any] = {_OWN: self._kept_place(start)}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._fault_at("invalid-yaml", _place(start), "a key must be plain text")
                self._skip(event)
                self._skip(next(self._events))
                continue
            key = sys.intern(str(event.value))  # the same few keys thousands of times
            self._path.append(key)
            if key in found:
                self._fault_at("duplicate-key", _place(event), f"the key {key!r} stands twice; keep one")
                self._skip(next(self._events))
            else:
                found[key], place = self._value(next(self._events))
                if self._with_places:
                    places[key] = place
            self._path.pop()
        return found, places

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        if event.style:  # quoted or block text
            return str(event.value)
        if event.value in ("true", "false"):
            return event.value == "true"
        if event.value in ("null", "~", ""):
            return None
        return self._plain.setdefault(event.value, PlainText(event.value))

    def _kept_place(self, event: yaml.Event) -> int:
        if not self._with_places:
            return 0
        line, column = _place(event)
        return line * _COLUMNS + column

    def _skip(self, event: yaml.Event) -> None:
        """Pass over the value that begins with an event."""
        depth = 0
        while True:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if not depth:
                return
            event = next(self._events)

    def _fault_at(self, code: str, place: tuple[int, int], message: str) -> None:
        self._tree.fault_at(code, place, tuple(self._path), message)


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    assert mark is not None
    return mark.line + 1, mark.column + 1
