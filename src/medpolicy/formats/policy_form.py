"""A YAML tree -> the form that a file must have, every fault of form noted, entry by entry.

An entry of a list whose form is faulty is set aside with its fault, so that the others can still be read and checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from medpolicy.formats.policy_shapes import Shape
from medpolicy.formats.yaml_tree import Path, YamlTree

File = TypeVar("File", bound=Shape)
Entry = TypeVar("Entry", bound=Shape)


@dataclass(slots=True)
class Form(Generic[File]):
    """A file in its form. `indexes`: where the entries of each list stood; `aside`: the ids of those set aside."""

    shape: File
    indexes: dict[str, list[int]] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()

    def entries(self, key: str, items: Sequence[Entry]) -> Iterator[tuple[Path, Entry]]:
        """The entries of a list with the path of each in the file."""
        indexes = self.indexes.get(key, range(len(items)))
        for index, item in zip(indexes, items, strict=True):
            yield (key, index), item

    def is_whole(self, key: str, tree: YamlTree) -> bool:
        """Whether no entry of the list was set aside."""
        raw = tree.value.get(key) if isinstance(tree.value, dict) else None
        return len(self.indexes.get(key, ())) == (len(raw) if isinstance(raw, list) else 0)


def read_form(kind: type[File], tree: YamlTree) -> Form[File] | None:
    """The file in its form; None where what is left cannot be read at all. Faults are noted in the tree."""
    if tree.value is None and tree.faults:
        return None
    if not isinstance(tree.value, dict):
        tree.fault("form", (), "the file must be a mapping of keys to values")
        return None
    value: dict[str, object] = dict(tree.value)
    indexes: dict[str, list[int]] = {}
    aside: set[str] = set()
    for key, info in kind.model_fields.items():
        entry_kind = _entry_kind(info)
        items = value.get(key)
        if entry_kind is None or not isinstance(items, list):
            continue
        kept: list[Shape] = []
        indexes[key] = []
        for index, item in enumerate(items):
            try:
                kept.append(entry_kind.model_validate(item))
                indexes[key].append(index)
            except ValidationError as error:
                _note(error, (key, index), tree)
                if isinstance(item, dict):
                    aside.update(str(item[name]) for name in ("id", "code", "name") if name in item)
        value[key] = kept
        if not kept and items and info.is_required():
            return None  # each entry was faulty, and each fault is noted
    try:
        return Form(kind.model_validate(value), indexes, frozenset(aside))
    except ValidationError as error:
        _note(error, (), tree)
    for path in {_path_of(detail["loc"], ()) for detail in _errors(kind, value)}:
        if path and path[0] in value and (path[0] not in kind.model_fields or not kind.model_fields[str(path[0])].is_required()):
            del value[str(path[0])]
    try:
        return Form(kind.model_validate(value), {key: at for key, at in indexes.items() if key in value}, frozenset(aside))
    except ValidationError:
        return None


def _errors(kind: type[Shape], value: Mapping[str, object]) -> list[Mapping[str, tuple[int | str, ...]]]:
    try:
        kind.model_validate(value)
    except ValidationError as error:
        return [{"loc": detail["loc"]} for detail in error.errors()]
    return []


def _entry_kind(info: FieldInfo) -> type[Shape] | None:
    arguments = get_args(info.annotation)
    kind = arguments[0] if len(arguments) == 1 else None
    return kind if isinstance(kind, type) and issubclass(kind, Shape) else None


def _note(error: ValidationError, prefix: Path, tree: YamlTree) -> None:
    noted: set[tuple[Path, str]] = set()
    for detail in error.errors():
        path = _path_of(detail["loc"], prefix)
        code, at, message = _fault(str(detail["type"]), str(detail["msg"]), path)
        if (at, code) not in noted:
            noted.add((at, code))
            tree.fault(code, at, message)


def _path_of(location: Sequence[int | str], prefix: Path) -> Path:
    """Pydantic's location as a path of the file: without the steps that name a branch of a union."""
    steps = [step for step in location if isinstance(step, int) or (not any(mark in step for mark in "[(:") and step != "bool")]
    return (*prefix, *(step for step in steps if step not in ("str", "ExpectationShape")))


def _fault(kind: str, message: str, path: Path) -> tuple[str, Path, str]:
    last = path[-1] if path else ""
    if kind == "missing" and str(last).endswith("citation"):
        return "uncited", path[:-1], "a citation is missing: section, lines and the digest of the lines"
    if kind == "missing":
        return "missing-key", path[:-1], f"the key {last!r} is missing"
    if kind == "extra_forbidden":
        return "unknown-key", path, f"{last!r} is no key that is known here; is it misspelled?"
    return "form", path, message[:1].lower() + message[1:]
