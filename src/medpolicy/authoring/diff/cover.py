"""A function of many variables, as few readable conditions: a cover of its diagram.

A condition (a cube) says of some variables which regions are allowed. One is taken from what is not covered yet, along the
shortest way through the diagram, and widened: by dropping every variable that the function allows to drop, and region by region
where that covers something new (two conditions that overlap for nothing are harder to read). Those which the others cover
together are left out at the end. This is the greedy half of the method of R. K. Brayton et al., "Logic Minimization
Algorithms for VLSI Synthesis" (1984), with diagrams for the tests of containment. The cover is exact. It is small, though not
proven to be the smallest.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from medpolicy.engines.diagram import Diagrams

Cube = Mapping[int, frozenset[int]]  # variable: the regions that are allowed; not in it: all


@dataclass(frozen=True, slots=True)
class Cover:
    """Conditions of which at least one holds exactly where the function does; `complete`: whether the limit left all in."""

    cubes: tuple[Cube, ...]
    complete: bool


def cover_of(diagrams: Diagrams, root: int, possible: int, *, maximum: int, widened_first: Sequence[int] = ()) -> Cover:
    """Cover where `root` is true as far as `possible` is, another diagram; elsewhere a condition may hold or not.

    `widened_first`: variables that gather what behaves alike before anything else is left out of a condition.
    """
    true = diagrams.end(True)
    wanted = diagrams.combined(_both, root, possible)
    permitted = diagrams.combined(_either, root, diagrams.mapped(_opposite, possible))
    left = wanted
    cubes: list[Cube] = []
    while left != diagrams.end(False):
        if len(cubes) == maximum:
            return Cover(tuple(cubes), complete=False)
        cube = _widened(diagrams, permitted, left, _shortest(diagrams, left, true), widened_first)
        cubes.append(cube)
        left = diagrams.combined(_without, left, diagram_of(diagrams, cube))
    return Cover(tuple(_irredundant(diagrams, wanted, cubes)), complete=True)


def narrowed(diagrams: Diagrams, wanted: int, groups: Sequence[Sequence[Cube]], variable: int) -> list[list[Cube]]:
    """The groups, each without the regions of the variable for which the others say it all.

    The cubes of a group agree on the variable, before and after. A group that allows every region stays as it is; one that the
    others cover altogether, as may be where a limit left cubes out, goes.
    """
    nothing = diagrams.end(False)
    before = [nothing]
    for group in groups:
        before.append(diagrams.combined(_either, before[-1], _any_of(diagrams, group)))
    found: list[list[Cube]] = []
    after = nothing
    for at in reversed(range(len(groups))):
        group = list(groups[at])
        if variable in group[0]:
            left = diagrams.combined(_without, wanted, diagrams.combined(_either, before[at], after))
            needed = frozenset(
                region
                for region in group[0][variable]
                if any(_meets(diagrams, left, {**cube, variable: frozenset((region,))}) for cube in group)
            )
            group = [{**cube, variable: needed} for cube in group] if needed else []
        after = diagrams.combined(_either, after, _any_of(diagrams, group))
        if group:
            found.insert(0, group)
    return found


def _any_of(diagrams: Diagrams, cubes: Sequence[Cube]) -> int:
    root = diagrams.end(False)
    for cube in cubes:
        root = diagrams.combined(_either, root, diagram_of(diagrams, cube))
    return root


def diagram_of(diagrams: Diagrams, cube: Cube) -> int:
    """The diagram that is true where the condition holds."""
    node, false = diagrams.end(True), diagrams.end(False)
    for variable in sorted(cube, reverse=True):
        allowed = cube[variable]
        node = diagrams.choice(variable, tuple(node if at in allowed else false for at in range(diagrams.widths[variable])))
    return node


def _shortest(diagrams: Diagrams, root: int, true: int) -> dict[int, frozenset[int]]:
    """The condition of a way through the diagram to the end `true` that asks the fewest variables."""
    far = 1 << 30
    steps: dict[int, int] = {true: 0}

    def distance(node: int) -> int:
        found = steps.get(node)
        if found is None:
            below = diagrams.below[node]
            found = steps[node] = min((distance(child) + 1 for child in below), default=far)
        return found

    distance(root)
    cube: dict[int, frozenset[int]] = {}
    node = root
    while node != true:
        below = diagrams.below[node]
        nearest = min(dict.fromkeys(below), key=lambda child: (steps[child], -below.count(child)))
        cube[diagrams.variable[node]] = frozenset(at for at, child in enumerate(below) if child == nearest)
        node = nearest
    return cube


def _widened(diagrams: Diagrams, permitted: int, left: int, cube: Cube, first: Sequence[int]) -> Cube:
    wide: dict[int, frozenset[int]] = dict(cube)
    gathering = [variable for variable in first if variable in cube]
    others = [variable for variable in sorted(cube, reverse=True) if variable not in first]
    for variable in gathering:
        _widen(diagrams, permitted, permitted, wide, variable)
    for variable in others:
        regions = wide.pop(variable)
        if not _within(diagrams, permitted, wide):
            wide[variable] = regions
    for variable in reversed(others):
        _widen(diagrams, permitted, left, wide, variable)
    return {variable: wide[variable] for variable in sorted(wide)}


def _widen(diagrams: Diagrams, permitted: int, useful: int, wide: dict[int, frozenset[int]], variable: int) -> None:
    """Allow every further region of the variable with which the condition stays within the function and is of use."""
    if variable not in wide:
        return
    for region in range(diagrams.widths[variable]):
        wider = {**wide, variable: frozenset((region,))}
        if region not in wide[variable] and _within(diagrams, permitted, wider) and _meets(diagrams, useful, wider):
            wide[variable] |= {region}
    if len(wide[variable]) == diagrams.widths[variable]:
        del wide[variable]


def _meets(diagrams: Diagrams, root: int, cube: Cube) -> bool:
    return True in diagrams.ends(root, {variable: sorted(regions) for variable, regions in cube.items()})


def _within(diagrams: Diagrams, permitted: int, cube: Cube) -> bool:
    settled, value = diagrams.is_settled(permitted, {variable: sorted(regions) for variable, regions in cube.items()})
    return settled and value is True


def _irredundant(diagrams: Diagrams, wanted: int, cubes: Sequence[Cube]) -> list[Cube]:
    """The cubes without those that the others cover together; the later ones go first."""
    nothing = diagrams.end(False)
    before = [nothing]
    for cube in cubes:
        before.append(diagrams.combined(_either, before[-1], diagram_of(diagrams, cube)))
    kept: list[Cube] = []
    after = nothing
    for at in reversed(range(len(cubes))):
        others = diagrams.combined(_either, before[at], after)
        if diagrams.combined(_without, wanted, others) != nothing:
            kept.insert(0, cubes[at])
            after = diagrams.combined(_either, after, diagram_of(diagrams, cubes[at]))
    return kept


def _both(one: Hashable, other: Hashable) -> Hashable:
    return bool(one and other)


def _either(one: Hashable, other: Hashable) -> Hashable:
    return bool(one or other)


def _without(one: Hashable, other: Hashable) -> Hashable:
    return bool(one and not other)


def _opposite(one: Hashable) -> Hashable:
    return not one
