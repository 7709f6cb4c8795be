"""Names stand where their curves end, and never on each other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures.drawing import Text
from reports.figures.legend import Entry, labels_room, legend, legend_height, spread_apart
from reports.figures.style import PAPER
from tests.reports.figures.boxes import text_box, touch

ENTRIES = [Entry(name, "#0072b2") for name in ("low", "a group with a rather long name", "high", "middle")]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8))
def test_moved_labels_lie_apart_in_order_and_within(places: list[float]) -> None:
    moved = spread_apart(places, 10.0, 0.0, 100.0)
    ordered = sorted(moved)
    assert all(after - before >= 10.0 - 1e-9 for before, after in pairwise(ordered))
    assert ordered[0] >= -1e-9 and ordered[-1] <= 100 + 1e-9
    for a, place in enumerate(places):
        for b, other in enumerate(places):
            assert not (place < other and moved[a] > moved[b])


def test_labels_move_no_further_than_they_must() -> None:
    assert spread_apart([80.0, 10.0, 40.0], 10.0, 0.0, 100.0) == [80.0, 10.0, 40.0]
    assert spread_apart([50.0, 50.0], 10.0, 0.0, 100.0) == [45.0, 55.0]


def test_more_labels_than_room_are_spaced_evenly() -> None:
    assert spread_apart([5.0, 5.0, 5.0], 10.0, 0.0, 8.0) == pytest.approx([0.0, 4.0, 8.0])


@pytest.mark.parametrize("width", [90.0, 140.0, 300.0])
def test_rows_of_a_legend_fit_the_width(width: float) -> None:
    texts = [s for s in legend(ENTRIES, 5.0, 0.0, width, PAPER) if isinstance(s, Text)]
    boxes = [text_box(text) for text in texts]
    assert max(box[2] for box in boxes) <= 5.0 + width + 0.01
    assert max(box[3] for box in boxes) <= legend_height(ENTRIES, width)
    assert not any(touch(a, b) for place, a in enumerate(boxes) for b in boxes[place + 1 :])


def test_long_names_do_not_stand_beside_their_curves() -> None:
    assert labels_room(ENTRIES[:1], 300.0) > 0
    assert labels_room(ENTRIES, 300.0) == 0.0


def test_nothing_stands_beside_the_curves_of_a_narrow_figure() -> None:
    assert labels_room(ENTRIES[:1], 299.0) == 0.0
