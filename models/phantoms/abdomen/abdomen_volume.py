"""CT volumes of synthetic abdomens: any phase of a case, whole, by slice or cropped, with its label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.meaning.opinion import Phase
from models.phantoms.abdomen.acquisition import reconstruct
from models.phantoms.abdomen.anatomy import Abdomen, draw_abdomen
from models.phantoms.abdomen.body_wall import paint_chest, paint_ribs, paint_wall
from models.phantoms.abdomen.bowel import paint_colon, paint_duodenum, paint_oesophagus, paint_small_bowel
from models.phantoms.abdomen.ct_scanner import CtScanner
from models.phantoms.abdomen.enhancement import AIR_HU, iodine, tissue_hu
from models.phantoms.abdomen.gastric_lesion import GastricLesion, draw_gastric_lesion
from models.phantoms.abdomen.nodes import paint_nodes
from models.phantoms.abdomen.organs import (
    paint_adrenals,
    paint_gallbladder,
    paint_heart,
    paint_kidneys,
    paint_liver,
    paint_pancreas,
    paint_spleen,
)
from models.phantoms.abdomen.pancreatic_lesion import (
    PancreaticLesion,
    draw_pancreatic_lesion,
    paint_pancreatic_lesion,
)
from models.phantoms.abdomen.parameters import AbdomenCase, GastricTumour
from models.phantoms.abdomen.skeleton import paint_back
from models.phantoms.abdomen.slice_frame import SliceFrame, slice_frame
from models.phantoms.abdomen.stomach import paint_stomach
from models.phantoms.abdomen.table import paint_table
from models.phantoms.abdomen.vessels import paint_great_vessels, paint_portal_and_arteries
from models.phantoms.shapes import Floats

SIZES = (512, 256, 128)
PAINTED_ROWS = 256
_MARGIN_MM = 20.0
TUMOUR, NODES = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class AbdomenVolume:
    """A phase in memory.

    ``voxels`` is int16 HU and ``tumour`` uint8, both (slice, row, column), slices from caudal to cranial and
    read-only. ``tumour`` holds 0 background, 1 tumour, 2 enlarged lymph nodes.
    """

    voxels: NDArray[np.int16]
    tumour: NDArray[np.uint8]
    geometry: Geometry

    def __post_init__(self) -> None:
        if self.voxels.shape != self.tumour.shape or self.voxels.shape != self.geometry.shape:
            raise ValueError("voxels, labels and geometry must have one shape")
        self.voxels.flags.writeable = False
        self.tumour.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Window:
    """Rows and columns of a crop, ends exclusive."""

    rows: tuple[int, int]
    columns: tuple[int, int]


def volume_geometry(
    scanner: CtScanner, size: int, slices: Sequence[int] | None = None, window: Window | None = None
) -> Geometry:
    """Grid of a scanner's volumes, of a contiguous run of their slices, of a crop."""
    wanted = list(range(scanner.slices)) if slices is None else list(slices)
    rows, columns = ((0, size), (0, size)) if window is None else (window.rows, window.columns)
    pixel = scanner.field_mm / size
    corner = _corner(scanner)
    return Geometry.from_axes(
        origin_lps_mm=(
            corner + columns[0] * pixel,
            corner + rows[0] * pixel,
            scanner.lowest_mm + wanted[0] * scanner.step_mm,
        ),
        slice_step_mm=(0.0, 0.0, scanner.step_mm),
        row_step_mm=(0.0, pixel, 0.0),
        column_step_mm=(pixel, 0.0, 0.0),
        shape=(len(wanted), rows[1] - rows[0], columns[1] - columns[0]),
    )


def _corner(scanner: CtScanner) -> float:
    """Position of the first sample, the same at every size, because zero filling keeps it."""
    return -0.5 * scanner.field_mm + 0.5 * scanner.field_mm / PAINTED_ROWS


def render_phase(case: AbdomenCase, phase: Phase, *, size: int = 512) -> AbdomenVolume:
    """Render the whole series of a phase."""
    voxels, tumour = render_slices(case, phase, range(case.scanner.slices), size=size)
    return AbdomenVolume(voxels, tumour, volume_geometry(case.scanner, size))


def render_slices(
    case: AbdomenCase,
    phase: Phase,
    slices: Sequence[int],
    *,
    size: int = 512,
    window: Window | None = None,
) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Chosen slices as (voxels, tumour), each (slice, row, column), equal to the whole volume's.

    ``window`` crops them; the pixels stay those of the whole slice, of which only the window and
    ``_MARGIN_MM`` around it are painted.
    """
    if size not in SIZES:
        raise ValueError(f"size must be one of {SIZES}")
    rows, columns = ((0, size), (0, size)) if window is None else (window.rows, window.columns)
    shape = (len(slices), rows[1] - rows[0], columns[1] - columns[0])
    voxels, tumour = np.empty(shape, dtype=np.int16), np.zeros(shape, dtype=np.uint8)
    cut = slice(*rows), slice(*columns)
    painter = _painter(case, phase, size, window)
    for place, k in enumerate(slices):
        voxels[place], tumour[place] = (plane[cut] for plane in painter.slice(int(k)))
    return voxels, tumour


@dataclass(frozen=True, slots=True, eq=False)
class _Painter:
    """All that the slices of one phase share."""

    case: AbdomenCase
    phase: Phase
    size: int
    abdomen: Abdomen
    lesion: GastricLesion | PancreaticLesion
    hu: dict[str, float]
    shift_mm: tuple[float, float, float]
    positions: Floats
    part: tuple[slice, slice]
    noise_map: Floats

    def slice(self, k: int) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
        """Voxels and label of one slice."""
        case, scanner = self.case, self.case.scanner
        scale, thick = case.habitus.scale, scanner.thickness_mm
        level = (scanner.lowest_mm + k * scanner.step_mm - self.shift_mm[2]) / scale
        columns, rows = (self.positions - np.float32(shift) for shift in self.shift_mm[:2])
        canvas = self.abdomen.canvas(level, columns[self.part[1]], rows[self.part[0]])
        canvas.image[:] = AIR_HU
        paint_table(canvas, case.habitus)
        frame = slice_frame(self.abdomen, canvas, level, self.hu)
        paint_wall(frame)
        # Two sheets of a thick slice are averaged: partial volume across it.
        offsets = (-0.25 * thick, 0.25 * thick) if thick > 3.0 else (0.0,)
        inside = np.zeros(canvas.x.shape, dtype=np.float32)
        labels = []
        for offset in offsets:
            sheet = frame.sheet(level + offset / scale)
            labels.append(self._paint(sheet))
            inside += sheet.canvas.image * np.float32(1.0 / len(offsets))
        painted = self._whole(inside)
        rng = case.stream("noise", str(self.phase), k)
        return reconstruct(painted, scanner, self.noise_map, rng, self.size), self._label(labels)

    def _whole(self, inside: Floats) -> Floats:
        """The slice around what was painted: its edge goes on, so that the kernel finds no step there."""
        count = len(self.positions)
        around = [(part.start, count - part.stop) for part in self.part]
        return np.pad(inside, around, mode="edge")

    def _label(self, sheets: Sequence[tuple[Floats | None, Floats | None]]) -> NDArray[np.uint8]:
        """Label from the sheets' signed distances; what only one of two shows counts half."""
        label = np.zeros((self.size, self.size), dtype=np.uint8)
        rows = len(self.positions)
        for place, value in ((1, NODES), (0, TUMOUR)):
            found = [distance for sheet in sheets if (distance := sheet[place]) is not None]
            if not found:
                continue
            total = np.full((rows, rows), 4.0 * len(sheets), dtype=np.float32)
            for distance in found:
                total[self.part] += np.clip(distance, -4.0, 4.0) - np.float32(4.0)
            label[_enlarged(total, self.size) < 0.0] = value
        return label

    def _paint(self, frame: SliceFrame) -> tuple[Floats | None, Floats | None]:
        """Paint a thin sheet inside the wall, back to front; signed distances (mm) to tumour and nodes."""
        lesion = self.lesion
        paint_ribs(frame)
        paint_chest(frame)
        paint_back(frame)
        paint_liver(frame)
        paint_heart(frame)
        paint_small_bowel(frame)
        paint_colon(frame)
        paint_spleen(frame, self.phase == Phase.ARTERIAL)
        paint_kidneys(frame)
        paint_adrenals(frame)
        paint_gallbladder(frame)
        paint_great_vessels(frame)
        paint_oesophagus(frame)
        paint_duodenum(frame)
        gain = iodine(self.phase, self.case.scanner, self.abdomen.circulation)
        if isinstance(lesion, GastricLesion):
            paint_pancreas(frame, None)
            paint_portal_and_arteries(frame)
            tumour = paint_stomach(frame, lesion, self.phase, gain)
        else:
            paint_stomach(frame, None, self.phase, gain)
            paint_pancreas(frame, lesion.duct)
            tumour = paint_pancreatic_lesion(frame, lesion, self.phase, gain)
            paint_portal_and_arteries(frame)
        return tumour, paint_nodes(frame, lesion.nodes, self.hu["node"])


@lru_cache(maxsize=4)
def _painter(case: AbdomenCase, phase: Phase, size: int, window: Window | None) -> _Painter:
    abdomen = draw_abdomen(case)
    draw = draw_gastric_lesion if isinstance(case.tumour, GastricTumour) else draw_pancreatic_lesion
    rng = case.stream("breath", str(phase))
    x, y, z = rng.normal(0.0, (0.8, 0.8, 2.0))
    scanner, rows = case.scanner, min(size, PAINTED_ROWS)
    positions = (_corner(scanner) + np.arange(rows) * (scanner.field_mm / rows)).astype(np.float32)
    return _Painter(
        case=case,
        phase=phase,
        size=size,
        abdomen=abdomen,
        lesion=draw(case, abdomen),
        hu=tissue_hu(phase, scanner, abdomen.circulation, abdomen.fatty_liver_hu),
        shift_mm=(float(x), float(y), float(z)),
        positions=positions,
        part=_painted_part(case, positions, size, window),
        noise_map=_noise_map(case, size),
    )


def _painted_part(
    case: AbdomenCase, positions: Floats, size: int, window: Window | None
) -> tuple[slice, slice]:
    """Rows and columns to paint: what body and table can reach, and the window with its margin."""
    rows, columns = _body_rows(case, positions), slice(0, len(positions))
    if window is None:
        return rows, columns
    step = size // len(positions)
    margin = math.ceil(_MARGIN_MM / float(positions[1] - positions[0]))

    def near(part: slice, ends: tuple[int, int]) -> slice:
        first, last = ends[0] // step - margin, -(-ends[1] // step) + margin
        return slice(min(max(part.start, first), part.stop - 2), max(min(part.stop, last), part.start + 2))

    return near(rows, window.rows), near(columns, window.columns)


def _body_rows(case: AbdomenCase, positions: Floats) -> slice:
    """Rows that body and table can reach; the rest is air."""
    habitus = case.habitus
    front = -(126.0 + 1.3 * habitus.subcutaneous_fat_mm) * habitus.scale - 16.0
    back = (150.0 + habitus.subcutaneous_fat_mm) * habitus.scale + 16.0
    first, last = np.searchsorted(positions, (front, back))
    return slice(int(first), int(last))


def _noise_map(case: AbdomenCase, size: int) -> Floats:
    """Standard deviation of the noise: highest in the middle, and the higher the larger the patient."""
    scanner, habitus = case.scanner, case.habitus
    x = np.linspace(-0.5, 0.5, size, dtype=np.float32) * scanner.field_mm
    inside = np.exp(-((x[None, :] / 150.0) ** 2) - (x[:, None] / 110.0) ** 2)
    width = 330.0 * habitus.scale + 1.6 * (habitus.subcutaneous_fat_mm - 15.0)
    size_factor = float(np.exp(0.006 * (width - 330.0)))
    return np.asarray(scanner.noise_hu * size_factor * (0.55 + 0.45 * inside), dtype=np.float32)


def _enlarged(distance: Floats, size: int) -> Floats:
    """Linear interpolation to twice the rows and columns where asked, sample 2i on sample i."""
    while distance.shape[0] < size:
        d = distance
        wide = np.empty((d.shape[0] * 2, d.shape[1] * 2), dtype=np.float32)
        wide[::2, ::2] = d
        wide[::2, 1:-1:2] = 0.5 * (d[:, :-1] + d[:, 1:])
        wide[::2, -1] = d[:, -1]
        wide[1:-1:2] = 0.5 * (wide[:-2:2] + wide[2::2])
        wide[-1] = wide[-2]
        distance = wide
    return distance
