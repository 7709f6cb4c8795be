import numpy as np
import pytest

from models.phantoms.abdomen.tubes import Tube, _through_points, _through_three, tube_slice
from models.phantoms.shapes import SliceCanvas


@pytest.fixture
def canvas() -> SliceCanvas:
    grid = np.arange(-60.0, 61.0, dtype=np.float32)
    x, y = np.meshgrid(grid, grid)
    return SliceCanvas(grid, grid, x, y)


BENT = Tube.smooth(((-30, -20, -30, 6), (0, 10, 0, 9), (25, -5, 20, 7)), 4.0)


def naive_distance(tube: Tube, x: float, y: float, z: float) -> float:
    """Least distance to densely sampled round cones."""
    best = np.inf
    for a, b in zip(tube.points[:-1], tube.points[1:], strict=True):
        for t in np.linspace(0.0, 1.0, 21):
            p = a + t * (b - a)
            best = min(best, float(np.linalg.norm(p[:3] - (x, y, z)) - p[3]))
    return best


def test_distances_equal_those_to_densely_sampled_cones(canvas: SliceCanvas) -> None:
    shape = tube_slice(canvas, BENT, 3.0, 8.0)
    assert shape is not None
    rng = np.random.default_rng(0)
    near = np.argwhere(shape.distance < 5.0)
    for row, column in rng.choice(near, 25):
        x, y = canvas.x[shape.box][row, column], canvas.y[shape.box][row, column]
        assert shape.distance[row, column] == pytest.approx(naive_distance(BENT, x, y, 3.0), abs=0.05)


def test_the_box_holds_all_that_lies_within_reach(canvas: SliceCanvas) -> None:
    shape = tube_slice(canvas, BENT, -8.0, 4.0)
    assert shape is not None
    inside = np.zeros(canvas.x.shape, dtype=bool)
    inside[shape.box] = shape.distance < 3.5
    for row in range(1, 121, 11):
        for column in range(1, 121, 11):
            near = naive_distance(BENT, float(column - 60), float(row - 60), -8.0) < 3.4
            assert not near or inside[row, column]


def test_arc_length_rises_along_the_tube_and_a_far_plane_meets_nothing(canvas: SliceCanvas) -> None:
    straight = Tube.of(np.array([[-40.0, 0, 0, 5], [0, 0, 0, 5], [40, 0, 0, 5]]))
    shape = tube_slice(canvas, straight, 0.0)
    assert shape is not None
    middle = np.flatnonzero(canvas.grid_y[shape.box[0]] == 0.0)[0]
    columns = canvas.grid_x[shape.box[1]]
    wanted = np.clip(columns + 40.0, 0.0, 80.0)
    near = shape.distance[middle] < 100.0
    assert shape.arc_mm[middle][near] == pytest.approx(wanted[near], abs=1e-3)
    assert tube_slice(canvas, straight, 20.0) is None


def test_bundled_tubes_are_not_joined(canvas: SliceCanvas) -> None:
    left = Tube.of(np.array([[-40.0, 0, 0, 4], [-30, 0, 0, 4]]))
    right = Tube.of(np.array([[30.0, 0, 0, 4], [40, 0, 0, 4]]))
    shape = tube_slice(canvas, Tube.bundle([left, right]), 0.0)
    assert shape is not None
    gap = np.abs(canvas.x[shape.box]) < 20.0
    assert shape.distance[gap].min() > 0.0


def test_three_points_are_joined_as_scipy_would_join_them():
    rng = np.random.default_rng(0)
    for number in range(200):
        points = rng.normal(0.0, 20.0, (3, 4))
        points[:, 3] = np.abs(points[:, 3])
        points[1, 3] = points[0, 3] if number % 7 == 0 else points[1, 3]
        steps = np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1)
        knots = np.concatenate([[0.0], np.cumsum(steps)])
        places = np.linspace(0.0, knots[-1], 9)
        found = _through_three(knots, points, places)
        np.testing.assert_allclose(found, _through_points(knots, points, places), atol=1e-11)
