"""A picture of one abdomen phantom: axial levels, coronal and sagittal sections, or any phase.

Run ``python -m models.phantoms.abdomen.montage gnen-os abdomen.png --phase arterial`` from the checkout.
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.meaning.opinion import Phase
from inference.storage import write_atomically
from models.phantoms.abdomen.abdomen_volume import TUMOUR, AbdomenVolume, render_phase
from models.phantoms.abdomen.ct_scanner import COHORTS, STUDIES
from models.phantoms.abdomen.parameters import PHASES, AbdomenCase
from models.phantoms.montage import Pixels, montage

_CENTRE_HU, _WIDTH_HU = 40.0, 350.0
_TILE_PIXELS, _AXIAL_TILES = 256, 10


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


def main() -> None:
    """Write the picture of a drawn patient to the file named on the command line."""
    from models.phantoms.ct_populations import POPULATIONS

    parser = argparse.ArgumentParser(description="Draw an abdomen phantom.")
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("file", type=Path)
    parser.add_argument("--cohort", choices=COHORTS, default="training")
    parser.add_argument("--index", type=int, default=0)
    parser.add_argument("--phase", choices=[str(phase) for phase in PHASES], default="portal_venous")
    asked = parser.parse_args()
    population = POPULATIONS[asked.study]
    patient = population.draw_cohort(asked.cohort, asked.index + 1, 0)[asked.index]
    write_atomically(asked.file, picture(population.case_of(patient), Phase(asked.phase)))


if __name__ == "__main__":
    main()
