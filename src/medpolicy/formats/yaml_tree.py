"""YAML as a tree of plain values with the place of each.

Scalars stay text, but for `true`, `false` and `null`: a code such as 20930 or 0263T, a date and a number are read by what
the field expects, never by how they look (YAML 1.1 would read `no` as false and 0360 as 240). Aliases are refused, so that
a small file cannot grow into a huge one; duplicate keys are refused too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from medpolicy.errors import Fault

Path = tuple[str | int, ...]
MAXIMUM_BYTES = 16 * 1024 * 1024
MAXIMUM_DEPTH = 60

_SAFE: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SAFE):  # type: ignore[misc]  # whichever of the two is there
    """A loader that does not guess the type of a scalar: `_scalar` and the form of the file say it. That also halves the time."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return "tag:yaml.org,2002:str"

    def descend_resolver(self, current_node: object, current_index: object) -> None:
        """Nothing is resolved by its place."""

    def ascend_resolver(self) -> None:
        """Nothing is resolved by its place."""


class PlainText(str):
    """A scalar that was written without quotes; a request in a case may take it for a number."""

    __slots__ = ()


@dataclass(slots=True)
class YamlTree:
    """The values, where each stands (line and column from 1), and what was wrong with the file as YAML."""

    file: str
    value: object = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    seen: set[int] = field(default_factory=set, repr=False)

    def fault(self, code: str, path: Path, message: str) -> None:
        """Note a fault at a path, or at the nearest place above it that is known."""
        at = path
        while at not in self.places and at:
            at = at[:-1]
        line, column = self.places.get(at, (0, 0))
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
        tree.faults.append(Fault(code="not-utf-8", file=file, line=line, column=1, path="", message="save the file as UTF-8"))
        return tree
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            tree.fault("empty-file", (), "the file is empty")
        else:
            tree.value = _value(node, (), tree)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        message = " ".join(part for part in (error.context, error.problem) if part)
        tree.faults.append(Fault(code="invalid-yaml", file=file, line=line, column=column, path="", message=message))
    except (yaml.YAMLError, RecursionError) as error:
        message = "nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())
        tree.faults.append(Fault(code="invalid-yaml", file=file, line=0, column=0, path="", message=message))
    return tree


def _value(node: yaml.Node, path: Path, tree: YamlTree) -> object:
    mark = node.start_mark
    tree.places[path] = (mark.line + 1, mark.column + 1)
    if id(node) in tree.seen:
        tree.fault("alias", path, "anchors and aliases (& and *) are not read; write the text again")
        return None
    tree.seen.add(id(node))
    if len(path) > MAXIMUM_DEPTH:
        tree.fault("invalid-yaml", path, f"nested more than {MAXIMUM_DEPTH} deep")
        return None
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, index), tree) for index, child in enumerate(node.value)]
    result: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            tree.fault("invalid-yaml", path, "a key must be plain text")
            continue
        key = str(key_node.value)
        if key in result:
            mark = key_node.start_mark
            tree.faults.append(
                Fault(
                    code="duplicate-key",
                    file=tree.file,
                    line=mark.line + 1,
                    column=mark.column + 1,
                    path=path_in_words((*path, key)),
                    message=f"the key {key!r} stands twice; keep one",
                )
            )
            continue
        result[key] = _value(value_node, (*path, key), tree)
    return result


def _scalar(node: yaml.ScalarNode) -> object:
    if node.style:  # quoted or block text; plain is None or empty, as the loader has it
        return str(node.value)
    if node.value in ("true", "false"):
        return node.value == "true"
    if node.value in ("null", "~", ""):
        return None
    return PlainText(node.value)
