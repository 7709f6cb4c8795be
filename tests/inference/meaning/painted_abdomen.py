"""A painted abdomen: ellipsoids with the HU of a phase and noise, on any grid that a scanner may write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.scan import Acquisition, FrameSource, Stack
from inference.volume import Volume
from tests.inference.synthetic_case import PATIENT


@dataclass(frozen=True)
class Tissues:
    """HU of what enhances."""

    aorta: float
    liver: float
    veins: float
    cortex: float
    medulla: float
    urine: float
    spleen: float


PHASES = {
    "unenhanced": Tissues(40, 56, 38, 32, 30, 5, 45),
    "arterial": Tissues(310, 68, 80, 190, 80, 10, 120),
    "portal_venous": Tissues(155, 108, 165, 185, 165, 15, 122),
    "delayed": Tissues(102, 92, 104, 130, 128, 700, 95),
}

LOWEST_MM, HIGHEST_MM = -110.0, 90.0


def paint(
    tissues: Tissues,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    z: NDArray[np.float64],
    *,
    mirrored: bool = False,
    kidneys: bool = True,
) -> NDArray[np.float64]:
    """HU at LPS places (broadcast together); ``mirrored`` exchanges the patient's own sides."""
    if mirrored:
        x = -x
    hu = np.full(np.broadcast_shapes(x.shape, y.shape, z.shape), -1000.0)

    def ellipsoid(cx: float, cy: float, cz: float, rx: float, ry: float, rz: float) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2 <= 1
        return inside

    def tube(cx: float, cy: float, radius: float) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = ((x - cx) ** 2 + (y - cy) ** 2 <= radius**2) & (z > -1e9)
        return inside

    body = ((x / 170) ** 2 + (y / 120) ** 2 <= 1) & (z > -1e9)
    wall = ((x / 150) ** 2 + (y / 100) ** 2 <= 1) & (z > -1e9)
    hu[body] = -100.0
    hu[body & ~wall & ((x / 160) ** 2 + (y / 110) ** 2 <= 1)] = 55.0
    hu[wall] = -95.0
    for side in (-1, 1):
        hu[tube(side * 38, 52, 24)] = 58.0
        hu[tube(side * 95, 84, 6)] = 420.0
    hu[ellipsoid(-70, -5, 40, 75, 72, 75) & wall & (x < 20)] = tissues.liver
    for vein in (ellipsoid(-70, -10, 40, 45, 6, 40), ellipsoid(-55, 15, 45, 6, 35, 40)):
        hu[vein] = tissues.veins
    hu[ellipsoid(98, 25, 50, 32, 38, 40)] = tissues.spleen
    if kidneys:
        for side in (-1, 1):
            hu[ellipsoid(side * 62, 45, -40, 34, 34, 58)] = -95.0
            hu[ellipsoid(side * 62, 45, -40, 27, 27, 50)] = tissues.cortex
            hu[ellipsoid(side * 62, 45, -40, 18, 18, 40)] = tissues.medulla
            hu[ellipsoid(side * 58, 42, -40, 6, 6, 25)] = tissues.urine
    hu[tube(0, 50, 22)] = 380.0
    hu[tube(0, 50, 19)] = 190.0
    hu[tube(0, 80, 13)] = 420.0
    hu[tube(0, 80, 8)] = 35.0
    hu[tube(0, 100, 5)] = 400.0
    hu[tube(9, 17, 11)] = tissues.aorta
    hu[tube(-20, 20, 10)] = 0.75 * tissues.veins + 12
    hu[ellipsoid(45, -60, 30, 28, 20, 50)] = 20.0
    hu[ellipsoid(45, -68, 30, 18, 9, 40)] = -990.0
    table = (np.abs(y - 135) < 4) & (np.abs(x) < 200) & (z > -1e9)
    hu[table] = 120.0
    return hu


def grid(
    *,
    slices: int = 30,
    rows: int = 110,
    columns: int = 140,
    direction: NDArray[np.float64] | None = None,
    lowest_mm: float = LOWEST_MM,
    highest_mm: float = HIGHEST_MM,
) -> Geometry:
    """Axes (slice, row, column) as columns of ``direction``; the usual (S, P, L) by default, about 3 mm."""
    axes = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]], dtype=float) if direction is None else direction
    step = (highest_mm - lowest_mm) / (slices - 1)
    spacing = np.array([step, 2.8, 2.8])
    extent = np.array([slices - 1, rows - 1, columns - 1]) / 2
    centre = np.array([0.0, 5.0, (lowest_mm + highest_mm) / 2])
    steps = axes * spacing
    origin = centre - steps @ extent
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = steps, origin
    return Geometry(affine, (slices, rows, columns))


def abdomen(
    phase: str | Tissues,
    *,
    geometry: Geometry | None = None,
    noise_hu: float = 14.0,
    seed: int = 3,
    mirrored: bool = False,
    kidneys: bool = True,
    missing: frozenset[int] = frozenset(),
    **acquisition: Any,
) -> tuple[Stack, Volume]:
    """A stack whose tags say nothing but CT (and what the keywords add), with its volume."""
    where = geometry or grid()
    tissues = PHASES[phase] if isinstance(phase, str) else phase
    index = np.stack(np.meshgrid(*(np.arange(n) for n in where.shape), indexing="ij"), axis=-1)
    places = where.index_to_lps(index)
    hu = paint(tissues, places[..., 0], places[..., 1], places[..., 2], mirrored=mirrored, kidneys=kidneys)
    hu += np.random.default_rng(seed).normal(0, noise_hu, hu.shape)
    volume = Volume(np.clip(hu, -1024, 3071).round().astype(np.int16), 1.0, 0.0, where, missing)  # type: ignore[arg-type]
    return stack_of(where, missing=missing, **acquisition), volume


def stack_of(geometry: Geometry, *, missing: frozenset[int] = frozenset(), **acquisition: Any) -> Stack:
    """A CT stack on a grid, its frames nowhere."""
    frames = tuple(
        None
        if index in missing
        else FrameSource(index, 0, f"1.2.{index}", index, True, 0, 0, 16, 16, True, 1.0, 0.0)
        for index in range(geometry.shape[0])
    )
    return Stack(
        stack_id="painted",
        identity=PATIENT,
        study_uid="1.2",
        series_uid="1.2.3",
        frame_of_reference_uid="1.2.4",
        geometry=geometry,
        frames=frames,
        acquisition=replace(Acquisition(modality="CT"), **acquisition),
        rows_columns=geometry.shape[1:],
    )
