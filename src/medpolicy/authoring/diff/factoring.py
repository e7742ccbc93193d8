"""Many conditions that share parts, as a short nested one: what all share once, then the alternatives.

Algebraic factoring, as in R. K. Brayton and C. McMullen, "The Decomposition and Factorization of Boolean Expressions" (1982):
nothing is added or lost, so the nested condition holds where one of the given ones does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Literal = TypeVar("Literal")


@dataclass(frozen=True, slots=True)
class SomeOf(Generic[Literal]):
    """So many of these literals: from `at_least` to `at_most`."""

    at_least: int
    at_most: int
    literals: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class AllTogether(Generic[Literal]):
    """Each of `literals`, for each of `alternatives` at least one of its members, and so many as `some_of` says."""

    literals: tuple[Literal, ...]
    alternatives: tuple[tuple[AllTogether[Literal], ...], ...] = ()
    some_of: SomeOf[Literal] | None = None


def factored(cubes: Iterable[frozenset[Literal]], order: dict[Literal, int]) -> AllTogether[Literal]:
    """The conditions, each the literals that must hold together, as one. `order`: the place of each literal in what is made."""
    left = frozenset(cubes)
    common = frozenset.intersection(*left)
    left = frozenset(cube - common for cube in left)
    literals = tuple(sorted(common, key=order.__getitem__))
    if frozenset() in left:  # the rest adds nothing to it
        return AllTogether(literals)
    divisor = _divisor(left)
    if divisor is None:
        return AllTogether(literals, (tuple(_in_order(left, order)),))
    quotient = frozenset.intersection(*(frozenset(cube - part for cube in left if part <= cube) for part in divisor))
    covered = frozenset(part | rest for part in divisor for rest in quotient)
    product = _product(factored(quotient, order), factored(divisor, order))
    rest = left - covered
    if not rest:
        return _product(AllTogether(literals), product)
    return AllTogether(literals, ((product, *_members(factored(rest, order))),))


def _divisor(cubes: frozenset[frozenset[Literal]]) -> frozenset[frozenset[Literal]] | None:
    """Alternatives that may be shared: what the conditions with the most common literal have beside their common part."""
    counts = Counter(literal for cube in cubes for literal in cube)
    most = max(counts.values())
    if most < 2:
        return None
    chosen = max((literal for literal in counts if counts[literal] == most), key=lambda literal: (counts[literal], repr(literal)))
    found = frozenset(cube - {chosen} for cube in cubes if chosen in cube)
    return frozenset(cube - frozenset.intersection(*found) for cube in found)


def _in_order(cubes: Iterable[frozenset[Literal]], order: dict[Literal, int]) -> list[AllTogether[Literal]]:
    in_order = [tuple(sorted(cube, key=order.__getitem__)) for cube in cubes]
    return [AllTogether(cube) for cube in sorted(in_order, key=lambda cube: [order[literal] for literal in cube])]


def _product(one: AllTogether[Literal], other: AllTogether[Literal]) -> AllTogether[Literal]:
    return AllTogether((*one.literals, *other.literals), (*one.alternatives, *other.alternatives))


def _members(one: AllTogether[Literal]) -> tuple[AllTogether[Literal], ...]:
    """The alternatives of a condition that is nothing but alternatives, else itself alone."""
    return one.alternatives[0] if not one.literals and len(one.alternatives) == 1 else (one,)
