"""A draft as the policy files of DESIGN.md: YAML that a person can read and edit, keys in the order of the published form."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

import yaml

from medpolicy.formats import policy_shapes as shapes

_FLOW: Final = frozenset(("citation", "otherwise_citation", "lines_of_business_citation", "citations", "lines", "age", "implies"))
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
    laid_out = _laid_out(content)
    # Part by part, since what writing one takes beside its text is many times the text.
    parts = [laid_out] if isinstance(laid_out, _Flow) else [{name: part} for name, part in laid_out.items()]
    # An empty line before each part of the file, so that it reads in paragraphs.
    lines: list[str] = []
    for part in parts:
        for line in _dumped(part).splitlines():
            if lines and line[:1].isalpha() and (line.endswith(":") or lines[-1].startswith(" ")):
                lines.append("")
            lines.append(line)
    return comment + "\n".join(lines) + "\n"


def _dumped(content: dict[str, Any]) -> str:
    dumped: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=124, default_flow_style=False, indent=2
    )
    return dumped


def _laid_out(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        items = {name: _laid_out(item, name) for name, item in value.items()}
        rest = {name: item for name, item in items.items() if name not in ("citation", "otherwise_citation", "review")}
        tail = {name: items[name] for name in ("otherwise_citation", "review", "citation") if name in items}
        items = {**rest, **tail}
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
