"""Places in a policy file by the names that its entries have: `provisions[implant].criteria.all[0]`.

An entry of a list goes by its id, code, name, number, product or date, else by its position from 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from medpolicy.formats.yaml_tree import Path, YamlTree
from medpolicy.model.citation import Citation

_NAMES = ("id", "code", "number", "name", "product", "date")
_REASONS = ("review", "review_marks")  # an event's `review` says something else, so its marks have a key of their own


def step_into(words: str, key: str | int, entry: object = None) -> str:
    """The place one step below `words`; `entry` is what stands there, for its name."""
    if isinstance(key, str):
        return f"{words}.{key}" if words else key
    named = [str(entry[name]) for name in _NAMES if isinstance(entry.get(name), str)] if isinstance(entry, dict) else []
    return f"{words}[{named[0] if named else key}]"


def lines_by_place(tree: YamlTree) -> dict[str, int]:
    """The line of every place of the file; of entries with the same name the first counts."""
    found: dict[str, int] = {}

    def walk(value: object, path: Path, words: str) -> None:
        found.setdefault(words, (tree.place(path) or (1, 1))[0])
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, below in items:
            walk(below, (*path, key), step_into(words, key, below))

    walk(tree.value, (), "")
    return found


def marks_in(value: object, rendition: str) -> Iterator[tuple[str, str, Citation | None]]:
    """The review marks of a file whose form was found good: place, reason, and the nearest citation around it."""
    yield from _marks(value, rendition, "", None)


def _marks(value: object, rendition: str, words: str, around: Citation | None) -> Iterator[tuple[str, str, Citation | None]]:
    if isinstance(value, dict):
        citation = _citation(value.get("citation"), rendition) or around
        for key in _REASONS:
            reasons = value.get(key)
            if isinstance(reasons, list):
                yield from ((words, str(reason), citation) for reason in reasons)
        for key, below in value.items():
            if isinstance(below, dict | list) and key not in _REASONS:
                yield from _marks(below, rendition, step_into(words, key), citation)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            if isinstance(below, dict | list):
                yield from _marks(below, rendition, step_into(words, index, below), around)


def _citation(value: object, rendition: str) -> Citation | None:
    if not isinstance(value, dict):
        return None
    first, last = value["lines"]
    section, sha256 = str(value["section"]), str(value["sha256"])
    return Citation(section=section, first_line=int(first), last_line=int(last), sha256=sha256, rendition=rendition)
