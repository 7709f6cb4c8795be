import numpy as np
import pytest

from models.phantoms.shapes import Loft, Section, SliceCanvas, section_distance, smooth_union


@pytest.fixture
def canvas() -> SliceCanvas:
    """A straight canvas of 1 mm pixels over ± 60 mm."""
    grid = np.arange(-60.0, 61.0, dtype=np.float32)
    x, y = np.meshgrid(grid, grid)
    return SliceCanvas(grid, grid, x, y)


def test_distance_to_a_circle_is_exact() -> None:
    x, y = np.array([0.5, 3.0, 10.0], np.float32), np.array([0.0, 4.0, 0.0], np.float32)
    assert section_distance(Section(0, 0, 5, 5), x, y) == pytest.approx([-4.5, 0.0, 5.0], abs=1e-3)


@pytest.mark.parametrize("exponent", [2.0, 3.0])
def test_a_turned_section_ends_at_its_radii(exponent: float) -> None:
    turn = np.deg2rad(30.0)
    along = np.array([12.0 * np.cos(turn), -4.0 * np.sin(turn)], np.float32)
    across = np.array([12.0 * np.sin(turn), 4.0 * np.cos(turn)], np.float32)
    section = Section(0, 0, 12, 4, 30.0, exponent)
    assert section_distance(section, along, across) == pytest.approx([0.0, 0.0], abs=1e-3)


def test_a_mirrored_section_covers_the_mirrored_points() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(0, 20, (2, 50)).astype(np.float32)
    section = Section(14, -3, 9, 4, 25.0)
    assert section_distance(section.mirrored(), -x, y) == pytest.approx(
        section_distance(section, x, y), abs=1e-3
    )


def test_a_loft_interpolates_between_levels_and_ends_at_them() -> None:
    solid = Loft(((0, 0, 0, 2, 2, 0), (10, 20, 0, 4, 2, 0)))
    middle = solid.section(5.0)
    assert middle is not None
    assert (middle.x, middle.rx) == (10.0, 3.0)
    assert solid.section(10.1) is None


def test_the_box_of_a_section_holds_all_of_it_on_a_bent_grid(canvas: SliceCanvas) -> None:
    bent = SliceCanvas(
        canvas.grid_x, canvas.grid_y, canvas.x + 7.0 + 2.0 * np.sin(canvas.y / 38.0), canvas.y - 6.0
    )
    section = Section(10, -8, 14, 5, 40.0)
    box = bent.section_box(section)
    assert box is not None
    outside = section_distance(section, bent.x, bent.y) < 0.5
    outside[box] = False
    assert not outside.any()


def test_a_section_off_the_grid_has_no_box(canvas: SliceCanvas) -> None:
    assert canvas.section_box(Section(200, 0, 5, 5)) is None


def test_paint_blends_by_opacity(canvas: SliceCanvas) -> None:
    box = slice(0, 2), slice(0, 2)
    canvas.paint(box, np.full((2, 2), 0.25, np.float32), 80.0)
    assert canvas.image[:3, :3].tolist() == [[20.0, 20.0, 0.0], [20.0, 20.0, 0.0], [0.0, 0.0, 0.0]]


def test_chain_distance_is_the_distance_to_the_nearest_segment(canvas: SliceCanvas) -> None:
    whole = slice(0, 121), slice(0, 121)
    distance = canvas.chain_distance([(-10, 0), (10, 0), (10, 20)], whole)
    # Row and column of (x, y) are (y + 60, x + 60).
    assert [distance[63, 60], distance[70, 73], distance[60, 45]] == pytest.approx([3.0, 3.0, 5.0], abs=1e-4)


def test_smooth_union_is_the_smaller_distance_away_from_the_seam() -> None:
    a, b = np.array([-5.0, 3.0], np.float32), np.array([5.0, -4.0], np.float32)
    assert smooth_union(a, b, 2.0) == pytest.approx([-5.0, -4.0])
