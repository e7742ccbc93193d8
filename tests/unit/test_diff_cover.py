"""Covers hold exactly where their function does, and nothing is lost where they are nested."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from medpolicy.authoring.diff.cover import Cube, cover_of, diagram_of, narrowed
from medpolicy.authoring.diff.factoring import AllTogether, factored
from medpolicy.engines.diagram import Diagrams

WIDTHS = (2, 3, 2, 4)
POINTS = list(product(*(range(width) for width in WIDTHS)))
tables = st.lists(st.booleans(), min_size=len(POINTS), max_size=len(POINTS))


def _diagram(diagrams: Diagrams, table: dict[tuple[int, ...], bool], known: tuple[int, ...] = ()) -> int:
    if len(known) == len(WIDTHS):
        return diagrams.end(table[known])
    return diagrams.choice(len(known), tuple(_diagram(diagrams, table, (*known, at)) for at in range(WIDTHS[len(known)])))


def _holds(cube: Cube, point: tuple[int, ...]) -> bool:
    return all(point[variable] in regions for variable, regions in cube.items())


@given(tables, tables, st.sampled_from(((), (0,), (3, 1))))
def test_a_cover_holds_exactly_where_the_function_does(
    function: list[bool], possible: list[bool], first: tuple[int, ...]
) -> None:
    diagrams = Diagrams(WIDTHS)
    wanted, care = dict(zip(POINTS, function, strict=True)), dict(zip(POINTS, possible, strict=True))
    cover = cover_of(diagrams, _diagram(diagrams, wanted), _diagram(diagrams, care), maximum=1000, widened_first=first)
    assert cover.complete
    for point in POINTS:
        if care[point]:
            assert any(_holds(cube, point) for cube in cover.cubes) == wanted[point]
    for cube in cover.cubes:  # none is covered by the others
        others = [other for other in cover.cubes if other is not cube]
        assert any(care[point] and _holds(cube, point) and not any(_holds(other, point) for other in others) for point in POINTS)


@given(tables)
def test_what_can_be_dropped_is_dropped(function: list[bool]) -> None:
    diagrams = Diagrams(WIDTHS)
    wanted = dict(zip(POINTS, function, strict=True))
    cover = cover_of(diagrams, _diagram(diagrams, wanted), diagrams.end(True), maximum=1000)
    for cube in cover.cubes:
        for variable in cube:
            wider = {at: regions for at, regions in cube.items() if at != variable}
            assert not all(wanted[point] for point in POINTS if _holds(wider, point))


@given(tables, tables, st.integers(1, 40))
def test_what_other_groups_say_is_not_said_again(function: list[bool], possible: list[bool], maximum: int) -> None:
    diagrams = Diagrams(WIDTHS)
    wanted = diagrams.combined(
        lambda one, other: one and other, *(_diagram(diagrams, dict(zip(POINTS, of, strict=True))) for of in (function, possible))
    )
    holds = dict(zip(POINTS, (one and other for one, other in zip(function, possible, strict=True)), strict=True))
    cover = cover_of(diagrams, wanted, diagrams.end(True), maximum=maximum, widened_first=(3,))
    groups: dict[frozenset[int] | None, list[Cube]] = {}
    for cube in cover.cubes:
        groups.setdefault(cube.get(3), []).append(cube)
    found = narrowed(diagrams, wanted, list(groups.values()), 3)
    before = {point for point in POINTS if holds[point] and any(_holds(cube, point) for cube in cover.cubes)}
    assert {point for point in POINTS if any(_holds(cube, point) for group in found for cube in group)} == before
    for at, group in enumerate(found):
        (regions,) = {cube.get(3) for cube in group}
        assert regions is None or regions
        others = [cube for other in (*found[:at], *found[at + 1 :]) for cube in other]
        for region in group[0].get(3, ()):
            own = [point for point in POINTS if point[3] == region and any(_holds(cube, point) for cube in group)]
            assert any(not any(_holds(other, point) for other in others) for point in own)


def test_a_group_that_others_cover_altogether_goes() -> None:
    diagrams = Diagrams(WIDTHS)
    wide, within = {3: frozenset((0, 1))}, {0: frozenset((0,)), 3: frozenset((0,))}
    assert narrowed(diagrams, diagram_of(diagrams, wide), [[wide], [within]], 3) == [[wide]]


def test_a_limit_that_is_reached_is_said() -> None:
    diagrams = Diagrams(WIDTHS)
    table = {point: sum(point) % 2 == 0 for point in POINTS}
    cover = cover_of(diagrams, _diagram(diagrams, table), diagrams.end(True), maximum=2)
    assert not cover.complete
    assert len(cover.cubes) == 2


def test_the_diagram_of_a_condition() -> None:
    diagrams = Diagrams(WIDTHS)
    root = diagram_of(diagrams, {1: frozenset((0, 2)), 3: frozenset((1,))})
    assert diagrams.ends(root, {1: (0,), 3: (1,)}) == {True}
    assert diagrams.ends(root, {1: (1,)}) == {False}


LETTERS = "abcdef"
cubes = st.lists(st.frozensets(st.sampled_from(LETTERS), max_size=4), min_size=1, max_size=8)


def _true(where: AllTogether[str], known: frozenset[str]) -> bool:
    return set(where.literals) <= known and all(any(_true(one, known) for one in of) for of in where.alternatives)


@given(cubes, st.frozensets(st.sampled_from(LETTERS)))
def test_a_nested_condition_holds_where_one_of_the_given_does(given_cubes: list[frozenset[str]], known: frozenset[str]) -> None:
    where = factored(given_cubes, {letter: at for at, letter in enumerate(LETTERS)})
    assert _true(where, known) == any(cube <= known for cube in given_cubes)


def test_shared_alternatives_are_said_once() -> None:
    given_cubes = [frozenset(("a", one, other)) for one in "bc" for other in "def"]
    where = factored(given_cubes, {letter: at for at, letter in enumerate(LETTERS)})
    assert where.literals == ("a",)
    assert sorted(len(of) for of in where.alternatives) == [2, 3]
