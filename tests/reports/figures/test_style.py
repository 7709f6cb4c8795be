"""Series can be told apart by every eye, in grey by their dashes, and seen on their ground."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from reports.figures.style import PAPER, SCREEN_DARK, SCREEN_LIGHT, FigureStyle, contrast, mixed

# Machado, Oliveira and Fernandes, IEEE Trans Vis Comput Graph 2009; 15: 1291–1298, severity 1.
EYES = {
    "all": np.eye(3),
    "without-red": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "without-green": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "without-blue": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])
STYLES = pytest.mark.parametrize("style", [PAPER, SCREEN_LIGHT, SCREEN_DARK], ids=["paper", "light", "dark"])


def lab(colour: str, eye: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE 1976 L*a*b* of a colour as an eye sees it."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    x, y, z = XYZ @ np.clip(eye @ linear, 0, 1) / WHITE
    fx, fy, fz = (np.cbrt(t) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@STYLES
@pytest.mark.parametrize("eye", list(EYES))
def test_six_series_differ_for_every_eye(style: FigureStyle, eye: str) -> None:
    seen = [lab(colour, EYES[eye]) for colour in style.series]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 15


@STYLES
def test_series_and_axes_stand_out_from_their_ground(style: FigureStyle) -> None:
    assert all(contrast(colour, style.ground) >= 3 for colour in (*style.series, style.edge))
    assert contrast(style.grid, style.ground) < 1.6


@STYLES
def test_colour_and_dash_together_name_a_series(style: FigureStyle) -> None:
    looks = {(style.colour_of(place), style.dash_of(place)) for place in range(24)}
    assert len(looks) == 24
    assert len({style.dash_of(place) for place in range(6)}) == 6


def test_colours_are_mixed_by_their_share() -> None:
    assert mixed("#ff0000", "#0000ff", 0.0) == "#0000ff"
    assert mixed("#ff0000", "#0000ff", 1.0) == "#ff0000"
    assert mixed("#ffffff", "#000000", 0.5) == "#808080"
