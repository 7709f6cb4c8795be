"""Contrast-enhanced T1 volumes of synthetic nasopharyngeal carcinoma patients, with their tumour labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from models.phantoms.mr_scanner import FIELD_OF_VIEW_MM, SCANNERS, acquire, bias_field, slice_levels_mm
from models.phantoms.npc_head import draw_head, paint_head
from models.phantoms.npc_population import STUDY, NpcPatient
from models.phantoms.npc_tumour import draw_lesions, label_from_distances, paint_lesions
from models.phantoms.randomness import random_stream
from models.phantoms.shapes import Floats

# The anatomy is painted on at most this many rows; 512 is reached by zero filling, as scanners do.
PAINTED_ROWS = 256
SIZES = (512, 256, 128)


@dataclass(frozen=True, slots=True, eq=False)
class PhantomVolume:
    """A synthetic series in memory.

    ``voxels`` is int16 and ``tumour`` uint8, both (slice, row, column), slices from caudal to cranial and
    read-only. ``tumour`` holds 0 background, 1 primary tumour, 2 cervical nodes above 1 cm.
    """

    voxels: NDArray[np.int16]
    tumour: NDArray[np.uint8]
    geometry: Geometry

    def __post_init__(self) -> None:
        if self.voxels.shape != self.tumour.shape or self.voxels.shape != self.geometry.shape:
            raise ValueError("voxels, labels and geometry must have one shape")
        self.voxels.flags.writeable = False
        self.tumour.flags.writeable = False


def volume_geometry(cohort: str, size: int, slices: Sequence[int] | None = None) -> Geometry:
    """Grid of a cohort's volumes, or of a contiguous run of their slices."""
    scanner = SCANNERS[cohort]
    levels = slice_levels_mm(scanner)
    wanted = list(range(scanner.slices)) if slices is None else list(slices)
    pixel = FIELD_OF_VIEW_MM / size
    corner = _grid_corner()
    return Geometry.from_axes(
        origin_lps_mm=(corner, corner, float(levels[wanted[0]])),
        slice_step_mm=(0.0, 0.0, scanner.step_mm),
        row_step_mm=(0.0, pixel, 0.0),
        column_step_mm=(pixel, 0.0, 0.0),
        shape=(len(wanted), size, size),
    )


def _grid_corner() -> float:
    """Position of the first sample, the same at every size, because zero filling keeps it."""
    return -0.5 * FIELD_OF_VIEW_MM + 0.5 * FIELD_OF_VIEW_MM / PAINTED_ROWS


def render_patient(
    patient: NpcPatient, *, cohort: str | None = None, seed: int | None = None, size: int = 512
) -> PhantomVolume:
    """Render the whole series of a patient.

    ``cohort`` and ``seed`` default to the patient's own and exist to be explicit; others are refused.
    """
    count = SCANNERS[patient.cohort].slices
    voxels, tumour = render_slices(patient, range(count), cohort=cohort, seed=seed, size=size)
    return PhantomVolume(voxels, tumour, volume_geometry(patient.cohort, size))


def render_slices(
    patient: NpcPatient,
    slices: Sequence[int],
    *,
    cohort: str | None = None,
    seed: int | None = None,
    size: int = 512,
) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Render chosen slices as (voxels, tumour), each (slice, row, column), equal to the whole volume's."""
    if (cohort or patient.cohort) != patient.cohort or (
        patient.seed if seed is None else seed
    ) != patient.seed:
        raise ValueError("a patient can be rendered in the cohort and with the seed it was drawn for only")
    if size not in SIZES:
        raise ValueError(f"size must be one of {SIZES}")
    scanner = SCANNERS[patient.cohort]
    levels = slice_levels_mm(scanner)
    rows = min(size, PAINTED_ROWS)
    positions = (_grid_corner() + np.arange(rows) * (FIELD_OF_VIEW_MM / rows)).astype(np.float32)
    head = draw_head(patient)
    lesions = draw_lesions(patient, scanner.contrast_gain)
    shading = random_stream(STUDY, patient.cohort, patient.seed, patient.index, "coil").standard_normal(8)
    gain = _gain(patient)
    voxels = np.empty((len(slices), size, size), dtype=np.int16)
    tumour = np.zeros((len(slices), size, size), dtype=np.uint8)
    for place, k in enumerate(slices):
        z = float(levels[k])
        canvas = head.canvas(z, positions, positions)
        paint_head(canvas, head, z)
        primary, nodes = paint_lesions(canvas, lesions, z, k)
        canvas.image *= bias_field(shading, positions, positions, z, scanner.bias)
        rng = random_stream(STUDY, patient.cohort, patient.seed, patient.index, "noise", k)
        seen = acquire(canvas.image, scanner.noise, rng, size // rows)
        voxels[place] = np.rint(np.clip(seen * (scanner.signal_scale * gain), 0.0, 32_000.0))
        air = canvas.image < 40.0
        tumour[place] = _label(primary, nodes, air, size)
    return voxels, tumour


def _gain(patient: NpcPatient) -> float:
    """Receiver gain of the session: MR signal has no absolute unit."""
    rng = random_stream(STUDY, patient.cohort, patient.seed, patient.index, "gain")
    return float(np.exp(0.12 * rng.standard_normal()))


def _label(
    primary: Floats | None, nodes: Floats | None, air: NDArray[np.bool_], size: int
) -> NDArray[np.uint8]:
    """Label map at the output size from distances on the painted grid."""
    factor = size // air.shape[0]
    fine = [None if d is None else (d if factor == 1 else _double(d)) for d in (primary, nodes)]
    return label_from_distances(fine[0], fine[1], (size, size))


def _double(d: Floats) -> Floats:
    """Linear interpolation to twice the rows and columns, sample 2i on sample i."""
    wide = np.empty((d.shape[0] * 2, d.shape[1] * 2), dtype=np.float32)
    wide[::2, ::2] = d
    wide[::2, 1:-1:2] = 0.5 * (d[:, :-1] + d[:, 1:])
    wide[::2, -1] = d[:, -1]
    wide[1:-1:2] = 0.5 * (wide[:-2:2] + wide[2::2])
    wide[-1] = wide[-2]
    return wide
