"""Pictures of abdomen phantoms: three phases at levels that show the organs, or one patient whole.

Run ``python -m models.phantoms.abdomen.montage docs/images/phantom-ct.png`` from the checkout for the
documentation's picture, with ``--study gnen-os --phase arterial`` for any patient's.
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.meaning.opinion import Phase
from inference.storage import write_atomically
from models.phantoms.abdomen.abdomen_volume import TUMOUR, AbdomenVolume, render_phase, render_slices
from models.phantoms.abdomen.ct_scanner import COHORTS, STUDIES
from models.phantoms.abdomen.parameters import PHASES, AbdomenCase
from models.phantoms.montage import Pixels, montage

_CENTRE_HU, _WIDTH_HU = 40.0, 350.0
_TILE_PIXELS, _AXIAL_TILES = 256, 10
_LANDSCAPE_PIXELS = 182

_PANCREAS, _PANCREAS_LEVELS = ("pnen-recurrence", 15), (32, 41, 55, 64)
"""A patient by study and index, and slices through uncinate process, head, body with its tumour, and tail."""

_STOMACH, _STOMACH_LEVELS = ("lagc-response", 4), (20, 24)
"""Slices through a tumour of the antrum."""


def axial_tiles(volume: AbdomenVolume) -> list[Pixels]:
    """Ten levels from below upwards."""
    levels = np.linspace(1, volume.voxels.shape[0] - 2, _AXIAL_TILES).round().astype(int)
    return [_tile(volume.voxels[k], 1.0) for k in levels]


def sections_through_tumour(volume: AbdomenVolume) -> list[Pixels]:
    """Coronal and sagittal section through the middle of the tumour, head up."""
    where = np.argwhere(volume.tumour == TUMOUR)
    _, row, column = np.median(where, axis=0).astype(int)
    slice_mm, row_mm, column_mm = volume.geometry.spacing_mm
    coronal, sagittal = volume.voxels[::-1, row, :], volume.voxels[::-1, :, column]
    return [_tile(coronal, slice_mm / column_mm), _tile(sagittal, slice_mm / row_mm)]


def _tile(plane: NDArray[np.int16], stretch: float) -> Pixels:
    """A plane at the abdomen's window, its rows ``stretch`` times as far apart as its columns."""
    from PIL import Image

    grey = np.clip((plane - (_CENTRE_HU - 0.5 * _WIDTH_HU)) / _WIDTH_HU, 0.0, 1.0) * 255.0
    rows = min(round(_TILE_PIXELS * stretch * plane.shape[0] / plane.shape[1]), _TILE_PIXELS)
    image = Image.fromarray(grey.astype(np.uint8)).resize((_TILE_PIXELS, rows), Image.Resampling.LANCZOS)
    tile = np.zeros((_TILE_PIXELS, _TILE_PIXELS), dtype=np.uint8)
    top = (_TILE_PIXELS - rows) // 2
    tile[top : top + rows] = np.asarray(image)
    return tile


def picture(case: AbdomenCase, phase: Phase, size: int = 512) -> bytes:
    """The picture as PNG."""
    from PIL import Image

    volume = render_phase(case, phase, size=size)
    content = BytesIO()
    tiles = [*axial_tiles(volume), *sections_through_tumour(volume)]
    Image.fromarray(montage(tiles, 4)).save(content, "PNG", optimize=True)
    return content.getvalue()


def documents_picture(size: int = 512) -> bytes:
    """The documentation's picture as PNG: a row per phase, and a fourth of a gastric tumour."""
    from PIL import Image

    pancreas, stomach = _drawn("training", *_PANCREAS), _drawn("training", *_STOMACH)
    tiles = [
        _landscape(_tile(plane, 1.0))
        for phase in PHASES
        for plane in render_slices(pancreas, phase, _PANCREAS_LEVELS, size=size)[0]
    ]
    volume = render_phase(stomach, Phase.PORTAL_VENOUS, size=size)
    tiles += [_landscape(_tile(volume.voxels[k], 1.0)) for k in _STOMACH_LEVELS]
    tiles += [_landscape(tile) for tile in sections_through_tumour(volume)]
    content = BytesIO()
    # 64 grey levels halve the file and cannot be told from 256 at this size.
    Image.fromarray(montage(tiles, 4) // 4 * 4).save(content, "PNG", optimize=True)
    return content.getvalue()


def _landscape(tile: Pixels) -> Pixels:
    top = (_TILE_PIXELS - _LANDSCAPE_PIXELS) // 2
    return tile[top : top + _LANDSCAPE_PIXELS]


def _drawn(cohort: str, study: str, index: int) -> AbdomenCase:
    from models.phantoms.ct_populations import POPULATIONS

    population = POPULATIONS[study]
    case: AbdomenCase = population.case_of(population.draw_cohort(cohort, index + 1, 0)[index])
    return case


def main() -> None:
    """Write the documentation's picture, or that of one patient, to the file named on the command line."""
    parser = argparse.ArgumentParser(description="Draw abdomen phantoms.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--study", choices=STUDIES)
    parser.add_argument("--cohort", choices=COHORTS, default="training")
    parser.add_argument("--index", type=int, default=0)
    parser.add_argument("--phase", choices=[str(phase) for phase in PHASES], default="portal_venous")
    asked = parser.parse_args()
    if asked.study is None:
        write_atomically(asked.file, documents_picture())
    else:
        case = _drawn(asked.cohort, asked.study, asked.index)
        write_atomically(asked.file, picture(case, Phase(asked.phase)))


if __name__ == "__main__":
    main()
