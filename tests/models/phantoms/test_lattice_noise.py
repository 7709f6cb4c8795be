import numpy as np
import pytest

from models.phantoms.lattice_noise import LatticeNoise, bspline_taps, interpolate_rows


def test_weights_sum_to_one_everywhere_inside() -> None:
    _, weights = bspline_taps(np.linspace(-130.0, 130.0, 333), 7.0, 140.0)
    assert weights.sum(axis=1) == pytest.approx(np.ones(333), abs=1e-5)


def test_a_straight_ramp_on_the_lattice_stays_straight() -> None:
    positions = np.linspace(-30.0, 30.0, 25)
    taps = bspline_taps(positions, 5.0, 40.0)
    ramp = interpolate_rows(np.arange(20, dtype=np.float32)[:, None], taps)[:, 0]
    assert np.diff(ramp) == pytest.approx(np.full(24, 2.5 / 5.0), abs=1e-5)


def test_a_field_has_about_unit_variance_and_no_mean() -> None:
    positions = np.arange(-110.0, 110.0, 1.0, dtype=np.float32)
    field = LatticeNoise.draw(np.random.default_rng(0), 3.0, 4.0)
    planes = np.stack([field.plane(z, positions, positions) for z in np.arange(-60.0, 60.0, 10.0)])
    assert planes.std() == pytest.approx(1.0, abs=0.08)
    assert planes.mean() == pytest.approx(0.0, abs=0.05)


def test_a_plane_agrees_with_direct_evaluation_at_a_point() -> None:
    field = LatticeNoise.draw(np.random.default_rng(1), 6.0, 9.0)
    x, y = np.linspace(-50, 50, 11, dtype=np.float32), np.linspace(-30, 30, 7, dtype=np.float32)
    plane = field.plane(12.0, x, y)
    layer = interpolate_rows(field.coefficients, bspline_taps(np.array([12.0]), 9.0, 110.0))[0]
    row = interpolate_rows(layer, bspline_taps(y[2:3], 6.0, 140.0))[0]
    direct = interpolate_rows(row, bspline_taps(x[4:5], 6.0, 140.0))[0]
    assert plane[2, 4] == pytest.approx(float(direct), abs=1e-4)


def test_neighbouring_planes_resemble_each_other_and_far_ones_do_not() -> None:
    positions = np.arange(-100.0, 100.0, 2.0, dtype=np.float32)
    field = LatticeNoise.draw(np.random.default_rng(2), 5.0, 10.0)
    near, here, far = (field.plane(z, positions, positions).ravel() for z in (2.0, 0.0, 60.0))
    assert np.corrcoef(here, near)[0, 1] > 0.9
    assert abs(np.corrcoef(here, far)[0, 1]) < 0.15
