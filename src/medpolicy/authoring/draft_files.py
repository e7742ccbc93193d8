"""A draft as the policy files of DESIGN.md: YAML that a person can read and edit, keys in the order of the published form."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from medpolicy.formats import policy_shapes as shapes

_FLOW: Final = frozenset(("citation", "otherwise_citation", "lines_of_business_citation", "citations", "lines", "age", "implies"))
_LAST: Final = ("otherwise_citation", "review", "citation")
_TOGETHER: Final = 200  # entries of a list that are written at once
_SHORT: Final = 100  # characters of a tree that still reads well on one line


_SAFE: Final[type] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_SAFE):  # type: ignore[misc]  # whichever of the two is there
    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Flow(dict[str, Any]):
    """A mapping that is written on one line."""


class _FlowList(list[Any]):
    """A list that is written on one line."""


_Dumper.add_representer(_Flow, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True))
_Dumper.add_representer(_FlowList, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True))


def policy_yaml(content: Mapping[str, Any], heading: str) -> str:
    """The text of `policy.yaml`. `heading`: comment lines for the top, without the number sign."""
    return _written(_ordered(content, tuple(shapes.PolicyFile.model_fields)), heading)


def version_yaml(content: Mapping[str, Any], heading: str) -> str:
    """The text of `<version>.yaml`."""
    return _written(_ordered(content, tuple(shapes.PolicyVersionFile.model_fields)), heading)


def issuer_yaml(content: Mapping[str, Any], heading: str) -> str:
    """The text of `issuer.yaml`."""
    return _written(_ordered(content, tuple(shapes.IssuerFile.model_fields)), heading)


def _ordered(content: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    known = [name for name in fields if name in content and content[name] not in ([], {})]
    return {name: content[name] for name in known}


def _written(content: dict[str, Any], heading: str) -> str:
    comment = "".join(f"# {line}".rstrip() + "\n" for line in heading.splitlines())
    # An empty line before each part of the file, so that it reads in paragraphs.
    lines: list[str] = []
    for piece in _pieces(content):
        for line in piece.splitlines():
            if lines and line[:1].isalpha() and (line.endswith(":") or lines[-1].startswith(" ")):
                lines.append("")
            lines.append(line)
    return comment + "\n".join(lines) + "\n"


def _pieces(content: dict[str, Any]) -> Iterator[str]:
    """The text part by part, and a long list some entries at a time: writing takes many times the text beside it."""
    if len(content) == len(whole := _laid_out(_short_parts(content))) and isinstance(whole, _Flow):
        yield _dumped(whole)
        return
    for name, part in _in_order(content).items():
        if name in whole:
            yield _dumped({name: whole[name]})
            continue
        yield f"{name}:"
        for start in range(0, len(part), _TOGETHER):
            yield _dumped([_laid_out(entry) for entry in part[start : start + _TOGETHER]])


def _short_parts(content: dict[str, Any]) -> dict[str, Any]:
    """The parts that are no long lists of entries."""
    return {name: part for name, part in content.items() if not (isinstance(part, list) and len(part) > _TOGETHER)}


def _dumped(content: Any) -> str:
    dumped: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=124, default_flow_style=False, indent=2
    )
    return dumped


def _in_order(items: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a mapping, with what is marked and cited after what is said."""
    rest = {name: item for name, item in items.items() if name not in _LAST}
    return rest | {name: items[name] for name in _LAST if name in items}


def _laid_out(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        items = {name: _laid_out(item, name) for name, item in _in_order(value).items()}
        if key in _FLOW or (_is_plain(items) and len(str(items)) <= _SHORT and "id" not in items):
            return _Flow(items)
        return items
    if isinstance(value, list | tuple):
        found = [_laid_out(item) for item in value]
        if key in _FLOW or (all(isinstance(item, str | int) for item in found) and len(str(found)) <= _SHORT and key != "review"):
            return _FlowList(found)
        return found
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value  # text that was read from YAML is of a type of its own


def _is_plain(items: Mapping[str, Any]) -> bool:
    return all(isinstance(item, str | int | bool) for item in items.values())
