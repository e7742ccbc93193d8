"""What moves alike, folded: exactly the combinations that move, each in one condition."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy.review import impact_conditions
from medpolicy.review.impact_conditions import Box, folded

CODES, LINES, SETTINGS = ("1", "2", "3", None), ("hmo", "ppo"), ("inpatient", "outpatient", None)
CELLS = list(product(CODES, LINES, SETTINGS))


def _compared(cells: set[tuple[str | None, ...]]) -> dict[str | None, dict[tuple[str | None, str | None], int]]:
    found: dict[str | None, dict[tuple[str | None, str | None], int]] = {}
    for code, line, setting in cells:
        found.setdefault(code, {})[line, setting] = 1
    return found


@pytest.mark.parametrize("most_tried", [0, 100])
@given(occur=st.sets(st.sampled_from(CELLS), min_size=1), moves=st.data())
def test_boxes_have_what_moves_once_and_nothing_else_that_occurs(
    most_tried: int, occur: set[tuple[str | None, ...]], moves: st.DataObject
) -> None:
    moving = moves.draw(st.sets(st.sampled_from(sorted(occur, key=str))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(impact_conditions, "_MOST_TRIED", most_tried)
        boxes = folded(moving, _compared(occur))
    held = Counter(cell for box in boxes for cell in box.cells() if cell in occur)
    assert held == Counter(moving)


def test_all_that_moves_alike_is_one() -> None:
    moving = set(product(("1", "2"), LINES, ("inpatient", "outpatient")))
    assert folded(moving, _compared(moving)) == [Box(("1", "2"), ("hmo", "ppo"), ("inpatient", "outpatient"))]


def test_what_no_line_has_does_not_hinder() -> None:
    moving = {("1", "hmo", "inpatient"), ("1", "ppo", "outpatient"), ("2", "hmo", "outpatient")}
    assert folded(moving, _compared(moving)) == [Box(("1", "2"), ("hmo", "ppo"), ("inpatient", "outpatient"))]


def test_what_does_not_move_stays_out() -> None:
    moving = {("1", "hmo", "inpatient"), ("1", "hmo", "outpatient"), ("2", "hmo", "inpatient")}
    assert folded(moving, _compared({*moving, ("2", "hmo", "outpatient")})) == [
        Box(("1",), ("hmo",), ("inpatient", "outpatient")),
        Box(("2",), ("hmo",), ("inpatient",)),
    ]
