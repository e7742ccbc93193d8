"""What a reviewer decided about a draft, kept apart from it, so that importing the document again does not lose it.

A YAML file:

    confirmed: all                    # or paths as `medpolicy lint` prints them: the reading is right, the mark goes away
    rename:
      facts: {long_id_of_the_words: short_id}
      provisions: {...}               # also: product_lists, code_listings, definitions
    set:
      - at: "provisions[some-id]"     # or code_listings[..], facts[..], "policy", "version"
        values: {text: "In our own words."}
    add:
      - to: source_conflicts
        items: [...]
    remove: ["provisions[some-id]"]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from medpolicy.errors import DocumentError
from medpolicy.formats.policy_shapes import Shape
from medpolicy.formats.yaml_tree import read_yaml

_RENAMED: Final = ("facts", "provisions", "product_lists", "code_listings", "definitions")
_PLACE: Final = re.compile(r"(?P<part>[a-z_]+)\[(?P<item>[^\]]+)\](?P<rest>.*)")


class _SetShape(Shape):
    at: str
    values: dict[str, Any]


class _AddShape(Shape):
    to: str
    items: list[Any]


class ConfirmationsFile(Shape):
    """What a reviewer decided about a draft."""

    confirmed: Annotated[Literal["all"] | list[str], Field(default_factory=list)]
    rename: Annotated[dict[str, dict[str, str]], Field(default_factory=dict)]
    set: Annotated[list[_SetShape], Field(default_factory=list)]
    add: Annotated[list[_AddShape], Field(default_factory=list)]
    remove: Annotated[list[str], Field(default_factory=list, description="places of the draft, such as provisions[some-id]")]


def read_confirmations(data: bytes, name: str) -> ConfirmationsFile:
    """The decisions of a file; `DocumentError` names what cannot be read."""
    tree = read_yaml(data, name)
    if tree.faults:
        raise DocumentError(f"the confirmations cannot be read: {tree.faults[0]}")
    try:
        return ConfirmationsFile.model_validate(tree.value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DocumentError(f"{name}: {place}: {first['msg']}") from None


def apply_confirmations(policy: dict[str, Any], version: dict[str, Any], decided: ConfirmationsFile, name: str) -> None:
    """Change the draft as decided; `DocumentError` where a decision speaks of something that the draft does not have."""
    for part, names in decided.rename.items():
        if part not in _RENAMED:
            raise DocumentError(f"{name}: rename: {part!r} is none of {', '.join(_RENAMED)}")
        for old, new in names.items():
            _item(policy, version, part, old, f"{name}: rename")
            _rename(version, part, old, new)
    for change in decided.set:
        target = _target(policy, version, change.at, f"{name}: set")
        target.update(change.values)
    for more in decided.add:
        holder = policy if more.to in ("history", "related", "identifiers") else version
        holder.setdefault(more.to, []).extend(more.items)
    for place in decided.remove:
        match = _PLACE.fullmatch(place)
        if match is None or match["rest"]:
            raise DocumentError(f"{name}: remove: {place!r} is no place such as provisions[some-id]")
        item = _item(policy, version, match["part"], match["item"], f"{name}: remove")
        holder = policy if match["part"] in policy else version
        holder[match["part"]] = [one for one in holder[match["part"]] if one is not item]
    if decided.confirmed == "all":
        _without_marks(policy)
        _without_marks(version)
    else:
        for place in decided.confirmed:
            _without_marks(_target(policy, version, place, f"{name}: confirmed"))


def _target(policy: dict[str, Any], version: dict[str, Any], place: str, where: str) -> dict[str, Any]:
    if place in ("policy", "version"):
        return policy if place == "policy" else version
    match = _PLACE.fullmatch(place)
    if match is None:
        raise DocumentError(f"{where}: {place!r} is no place such as provisions[some-id]")
    found = _item(policy, version, match["part"], match["item"], where)
    inner = re.fullmatch(r"\.(?P<part>[a-z_]+)\[(?P<item>[^\]]+)\]", match["rest"])
    if inner is not None:
        return _of(found.get(inner["part"], []), inner["item"], f"{where}: {place}")
    if match["rest"]:
        raise DocumentError(f"{where}: {place!r} goes deeper than an item")
    return found


def _item(policy: dict[str, Any], version: dict[str, Any], part: str, item: str, where: str) -> dict[str, Any]:
    return _of(policy.get(part) or version.get(part) or [], item, f"{where}: {part}")


def _of(items: list[dict[str, Any]], wanted: str, where: str) -> dict[str, Any]:
    for at, item in enumerate(items):
        names = (item.get("id"), item.get("code"), item.get("name"), item.get("number"), item.get("date"), at)
        if wanted in {str(name) for name in names if name is not None}:
            return item
    raise DocumentError(f"{where}: the draft has no {wanted!r}")


def _rename(version: dict[str, Any], part: str, old: str, new: str) -> None:
    for item in version.get(part, []):
        if item.get("id") == old:
            item["id"] = new
    if part == "facts":
        _replace(version, old, new, values=("fact",), keys=("implies",))
    elif part == "provisions":
        _replace(version, old, new, values=("provision", "provisions"), keys=())
    elif part == "definitions":
        _replace(version, old, new, values=("see",), keys=())


def _replace(node: Any, old: str, new: str, *, values: tuple[str, ...], keys: tuple[str, ...]) -> None:
    if isinstance(node, list):
        for child in node:
            _replace(child, old, new, values=values, keys=keys)
    elif isinstance(node, dict):
        for key, value in list(node.items()):
            if key in values and value == old:
                node[key] = new
            elif key in values and isinstance(value, list):
                node[key] = [new if one == old else one for one in value]
            elif key in keys and isinstance(value, Mapping):
                node[key] = {new if name == old else name: one for name, one in value.items()}
            else:
                _replace(value, old, new, values=values, keys=keys)


def _without_marks(node: Any) -> None:
    if isinstance(node, list):
        for child in node:
            _without_marks(child)
    elif isinstance(node, dict):
        for key in ("review", "review_marks"):
            if isinstance(node.get(key), list):
                del node[key]
        for value in node.values():
            _without_marks(value)
