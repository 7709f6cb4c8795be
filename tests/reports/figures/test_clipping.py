"""What lies outside a frame is cut away; what lies inside is left as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.figures.clipping import Box, clip_area, clip_line, steps

BOX = Box(0.0, 0.0, 10.0, 10.0)
points = st.lists(st.tuples(st.floats(-20, 30), st.floats(-20, 30)), min_size=2, max_size=12)
inner = st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=2, max_size=12)


@given(points)
def test_pieces_of_a_line_and_of_an_area_lie_within(line: list[tuple[float, float]]) -> None:
    for piece in clip_line(line, BOX):
        assert all(BOX.holds(x, y) for x, y in piece)
    assert all(BOX.holds(x, y) for x, y in clip_area(line, BOX))


@given(inner)
def test_what_lies_inside_stays_as_it_was(line: list[tuple[float, float]]) -> None:
    assert clip_line(line, BOX) == [tuple(line)]
    assert clip_area(line, BOX) == tuple(line)


def test_a_line_that_leaves_and_returns_is_two_pieces() -> None:
    pieces = clip_line([(5.0, 5.0), (5.0, 15.0), (8.0, 15.0), (8.0, 5.0)], BOX)
    assert pieces == [((5.0, 5.0), (5.0, 10.0)), ((8.0, 10.0), (8.0, 5.0))]


def test_an_area_is_cut_at_the_edge() -> None:
    cut = clip_area(((-5.0, 2.0), (5.0, 2.0), (5.0, 4.0), (-5.0, 4.0)), BOX)
    assert sorted(cut) == [(0.0, 2.0), (0.0, 4.0), (5.0, 2.0), (5.0, 4.0)]
    assert clip_area(((-5.0, -5.0), (-1.0, -5.0), (-1.0, -1.0)), BOX) == ()


def test_steps_are_level_until_the_next_time() -> None:
    corners = ((0.0, 1.0), (2.0, 1.0), (2.0, 0.8), (3.0, 0.8), (3.0, 0.5), (4.0, 0.5))
    assert steps([2.0, 3.0], [0.8, 0.5], (0.0, 1.0), 4.0) == corners


def test_a_line_along_the_edge_stays_though_it_is_rounded() -> None:
    line = [(1.0, -1e-9), (9.0, -1e-9)]
    assert clip_line(line, BOX) == [tuple(line)]
