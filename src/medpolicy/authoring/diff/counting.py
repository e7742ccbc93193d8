"""Conditions that only count: exactly two of these four hold. Said by alternatives they are more than anybody reads.

A criterion "at least 2 of" that becomes "at least 3 of" differs where exactly two are met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

from medpolicy.authoring.diff.cover import Cube

_MOST = 10  # parts that are tried: every combination is
_Table = Mapping[tuple[bool, ...], bool]  # for each combination of parts: whether one of the conditions holds


class Counted(NamedTuple):
    """Where all of `common` and from `at_least` to `at_most` of `parts` hold; each part is a variable with its regions."""

    common: Cube
    at_least: int
    at_most: int
    parts: tuple[tuple[int, frozenset[int]], ...]


def counted(cubes: Sequence[Cube], preferred: Mapping[int, int], widths: Mapping[int, int]) -> Counted | None:
    """The conditions as a count; None where they are none, or where `all of` or `any of` says it as well.

    `preferred`: of each variable a region that the part on it should have, where that makes no other difference.
    """
    common = {variable: regions for variable, regions in cubes[0].items() if all(cube.get(variable) == regions for cube in cubes)}
    rest = [{variable: regions for variable, regions in cube.items() if variable not in common} for cube in cubes]
    parts = _parts(rest, preferred, widths)
    if parts is None:
        return None
    table: _Table = {
        combination: any(_holds(cube, parts, combination) for cube in rest)
        for combination in product((True, False), repeat=len(parts))
    }
    parts, table = _same_way(parts, table, widths)
    found = {sum(combination) for combination, holds in table.items() if holds}
    if any(holds != (sum(combination) in found) for combination, holds in table.items()):
        return None
    low, high, every = min(found), max(found), len(parts)
    if (
        len(found) != high - low + 1
        or (low <= 1 and high == every)
        or high == 0
        or (low == 0 and high == every - 1)
        or low == every
    ):
        return None
    return Counted(common, low, high, tuple(parts.items()))


def _parts(cubes: Sequence[Cube], preferred: Mapping[int, int], widths: Mapping[int, int]) -> Mapping[int, frozenset[int]] | None:
    """Of each variable the regions of the part on it; None where it is asked in more than one way."""
    parts: dict[int, frozenset[int]] = {}
    for variable in sorted({variable for cube in cubes for variable in cube}):
        asked = {cube[variable] for cube in cubes if variable in cube}
        one = next(iter(asked))
        other = frozenset(range(widths[variable])) - one
        if not asked <= {one, other}:
            return None
        parts[variable] = one if preferred[variable] in one else other
    return parts if 2 <= len(parts) <= _MOST else None


def _holds(cube: Cube, parts: Mapping[int, frozenset[int]], combination: Sequence[bool]) -> bool:
    return all(
        (cube[variable] == regions) is holds
        for (variable, regions), holds in zip(parts.items(), combination, strict=True)
        if variable in cube
    )


def _same_way(
    parts: Mapping[int, frozenset[int]], table: _Table, widths: Mapping[int, int]
) -> tuple[Mapping[int, frozenset[int]], _Table]:
    """The parts, those turned round that count the other way than the first one does."""
    turned = [at > 0 and not _alike(table, at, turned=False) and _alike(table, at, turned=True) for at in range(len(parts))]
    found = {
        variable: frozenset(range(widths[variable])) - regions if is_turned else regions
        for (variable, regions), is_turned in zip(parts.items(), turned, strict=True)
    }
    flipped = {
        tuple(holds is not is_turned for holds, is_turned in zip(combination, turned, strict=True)): value
        for combination, value in table.items()
    }
    return found, flipped


def _alike(table: _Table, at: int, *, turned: bool) -> bool:
    """Whether the first part and another one can change places."""
    for combination, value in table.items():
        first, other = combination[0], combination[at]
        changed = list(combination)
        changed[0], changed[at] = (not other, not first) if turned else (other, first)
        if table[tuple(changed)] != value:
            return False
    return True
