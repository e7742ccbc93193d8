"""Criteria of a draft in a line, for tests to compare."""

from __future__ import annotations

from typing import Any


def in_words(node: dict[str, Any] | None) -> str:
    """`all(a, any(b, not(c)))`; a leaf is its fact with the comparison."""
    if node is None:
        return "-"
    for kind in ("all", "any"):
        if kind in node:
            return f"{kind}({', '.join(map(in_words, node[kind]))})"
    if "not" in node:
        return f"not({in_words(node['not'])})"
    if "at_least_n" in node:
        return f"{node['at_least_n']['n']} of({', '.join(map(in_words, node['at_least_n']['of']))})"
    if "age" in node:
        return ", ".join(f"age {comparator} {years}" for comparator, years in node["age"].items())
    compared = {key: value for key, value in node.items() if key not in ("fact", "citation")}
    words = [f"{key} {len(value) if key == 'one_of' else value}" for key, value in compared.items()]
    return " ".join([*([node["fact"]] if "fact" in node else []), *words])
