"""How alike two sets of criteria trees are: F1 over their nodes by kind, threshold, unit and parent, statement by statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from medpolicy.model import criteria as c

Node = tuple[str, ...]  # the nodes above it, from the root, and the node itself, each by kind, threshold and unit


def nodes_of(tree: c.Criterion, above: Node = ()) -> Iterator[Node]:
    """Every node of a tree; "all" within "all" and "any" within "any" say nothing of their own."""
    name = _name(tree)
    if above and name == above[-1] and name in ("all", "any"):
        for child in _children(tree):
            yield from nodes_of(child, above)
        return
    yield (*above, name)
    for child in _children(tree):
        yield from nodes_of(child, (*above, name))


def _children(tree: c.Criterion) -> tuple[c.Criterion, ...]:
    match tree:
        case c.AllOf(of=of) | c.AnyOf(of=of) | c.AtLeast(of=of):
            return of
        case c.Not(of=one):
            return (one,)
        case _:
            return ()


def _name(tree: c.Criterion) -> str:
    match tree:
        case c.AllOf():
            return "all"
        case c.AnyOf():
            return "any"
        case c.AtLeast(count=count):
            return f"at least {count}"
        case c.Not():
            return "not"
        case c.FactIs(value=value):
            return f"boolean {str(value).lower()}"
        case c.FactOneOf(values=values):
            return f"choice, one of {len(values)}"
        case c.ScaleCompares(comparator=comparator, value=value):
            return f"scale {comparator.value} {value}"
        case c.QuantityCompares(comparator=comparator, threshold=threshold):
            return f"number {comparator.value} {threshold}"
        case c.ElapsedCompares(comparator=comparator, threshold=threshold):
            return f"duration {comparator.value} {threshold}"
        case c.AgeCompares(comparator=comparator, years=years):
            return f"age {comparator.value} {years}"
        case _:
            return type(tree).__name__


def nodes_written(tree: Any, above: Node = ()) -> Iterator[Node]:
    """The nodes of a tree in an expectation file: `{all: [...]}`, `{any: [...]}`, or a leaf's name as text."""
    if isinstance(tree, str):
        yield (*above, tree)
        return
    ((name, children),) = tree.items()
    yield (*above, name)
    for child in children:
        yield from nodes_written(child, (*above, name))


@dataclass(frozen=True, slots=True)
class Score:
    """`missing` and `surplus`: the nodes of which the found trees have too few or too many, by statement."""

    right: int
    expected: int
    found: int
    missing: dict[str, list[Node]]
    surplus: dict[str, list[Node]]

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.expected + self.found) if self.expected + self.found else 1.0


def score(expected: Mapping[str, list[Node]], found: Mapping[str, list[Node]]) -> Score:
    """Compare by statement: a tree that nobody expects counts as surplus, one that was not found as missing."""
    right = 0
    missing: dict[str, list[Node]] = {}
    surplus: dict[str, list[Node]] = {}
    for name in {**expected, **found}:
        wanted, seen = Counter(expected.get(name, ())), Counter(found.get(name, ()))
        right += (wanted & seen).total()
        if wanted - seen:
            missing[name] = list((wanted - seen).elements())
        if seen - wanted:
            surplus[name] = list((seen - wanted).elements())
    return Score(right, sum(map(len, expected.values())), sum(map(len, found.values())), missing, surplus)
