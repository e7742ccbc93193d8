"""Conditions that only count are told as a count, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy.authoring.diff.counting import Counted, counted
from medpolicy.authoring.diff.cover import Cube

YES, NO = frozenset((0,)), frozenset((1,))


def cubes_where(counts: set[int], turned: Sequence[bool]) -> list[Cube]:
    """Every combination of as many variables that has one of the counts; `turned`: of which variables a no counts."""
    return [
        {at: YES if holds is not no else NO for at, (holds, no) in enumerate(zip(combination, turned, strict=True))}
        for combination in product((True, False), repeat=len(turned))
        if sum(combination) in counts
    ]


def told(cubes: Sequence[Cube], variables: int) -> Counted | None:
    return counted(cubes, dict.fromkeys(range(variables), 0), dict.fromkeys(range(variables), 2))


@pytest.mark.parametrize(("counts", "said"), [({2}, (2, 2)), ({2, 3, 4}, (2, 4)), ({0, 1, 2}, (0, 2)), ({1, 2}, (1, 2))])
def test_a_count_is_told(counts: set[int], said: tuple[int, int]) -> None:
    found = told(cubes_where(counts, [False] * 4), 4)
    assert found == Counted({}, *said, tuple((at, YES) for at in range(4)))


@pytest.mark.parametrize("counts", [{4}, {1, 2, 3, 4}, {0}, {0, 1, 2, 3}, {0, 2}])
def test_all_of_and_any_of_are_no_count(counts: set[int]) -> None:
    assert told(cubes_where(counts, [False] * 4), 4) is None


def test_what_all_share_is_no_part_of_the_count() -> None:
    found = told([{**cube, 3: NO} for cube in cubes_where({2}, [False] * 3)], 4)
    assert found == Counted({3: NO}, 2, 2, tuple((at, YES) for at in range(3)))


def test_a_variable_that_is_asked_in_two_ways_is_not_counted() -> None:
    one, two = frozenset((0,)), frozenset((1,))
    assert counted([{0: one, 1: NO}, {0: two, 1: YES}], {0: 0, 1: 0}, {0: 3, 1: 2}) is None


def assert_told_rightly(cubes: Sequence[Cube], variables: int) -> None:
    found = told(cubes, variables)
    if found is None:
        return
    for value in product((0, 1), repeat=variables):
        held = sum(value[at] in regions for at, regions in found.parts)
        common = all(value[at] in regions for at, regions in found.common.items())
        wanted = any(all(value[at] in regions for at, regions in cube.items()) for cube in cubes)
        assert (common and found.at_least <= held <= found.at_most) == wanted


@given(st.sets(st.integers(0, 3), min_size=1, max_size=4), st.lists(st.booleans(), min_size=3, max_size=3))
def test_a_count_holds_where_the_conditions_do(counts: set[int], turned: list[bool]) -> None:
    assert_told_rightly(cubes_where(counts, turned), 3)


some_cubes = st.lists(st.dictionaries(st.integers(0, 4), st.sampled_from((YES, NO)), max_size=4), min_size=1, max_size=6)


@given(some_cubes)
def test_any_conditions_are_told_rightly_or_not_at_all(cubes: list[Cube]) -> None:
    assert_told_rightly(cubes, 5)


def test_every_two_of_four() -> None:
    """A cover says two of four by six conditions, each of which leaves nothing out."""
    cubes = [{at: YES if at in pair else NO for at in range(4)} for pair in combinations(range(4), 2)]
    assert told(cubes, 4) == Counted({}, 2, 2, tuple((at, YES) for at in range(4)))
