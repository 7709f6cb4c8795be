"""A picture of the nasopharynx phantom: one head level by level, and one tumour under different signals.

Run ``python -m models.phantoms.montage docs/images/phantom-npc.png`` from the checkout.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.storage import write_atomically
from models.phantoms.npc_population import NpcPatient, draw_cohort
from models.phantoms.npc_volume import render_patient, render_slices

Pixels = NDArray[np.uint8]

_LEVELS = (3, 7, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28)
_SIGNALS = (-1.5, 0.0, 1.5)
_CROP_MM = 110.0
_TILE_PIXELS = 180


def whole_head(patient: NpcPatient, levels: Sequence[int] = _LEVELS) -> list[Pixels]:
    """Tiles of whole slices, caudal to cranial."""
    voxels, _ = render_slices(patient, levels)
    return [_tile(plane, 12, 500, 12, 500, float(np.percentile(voxels, 99.7))) for plane in voxels]


def signal_tiles(patient: NpcPatient) -> list[Pixels]:
    """Crops around one tumour for rising image signal (first row) and IC sensitivity (second row)."""
    label = render_patient(patient, size=128).tumour == 1
    level = int(np.argmax(label.sum(axis=(1, 2))))
    rows, columns = (np.flatnonzero(label[level].any(axis=axis)) for axis in (1, 0))
    half = round(0.5 * _CROP_MM / 240.0 * 512)
    row, column = (int(4 * 0.5 * (i[0] + i[-1])) for i in (rows, columns))
    tiles = []
    for i, b in (*((signal, 0.0) for signal in _SIGNALS), *((0.0, signal) for signal in _SIGNALS)):
        changed = replace(patient, image_signal_i=i, ic_sensitivity_b=b)
        for plane in render_slices(changed, (level - 2, level + 1))[0]:
            top = float(np.percentile(plane, 99.5))
            tiles.append(_tile(plane, row - half, row + half, column - half, column + half, top))
    return tiles


def _tile(plane: NDArray[np.int16], top: int, bottom: int, left: int, right: int, white: float) -> Pixels:
    from PIL import Image

    grey = np.clip(plane[top:bottom, left:right] / white, 0.0, 1.0) * 255.0
    image = Image.fromarray(grey.astype(np.uint8))
    return np.asarray(image.resize((_TILE_PIXELS, _TILE_PIXELS), Image.Resampling.LANCZOS))


def montage(tiles: Sequence[Pixels], columns: int) -> Pixels:
    """Tiles in rows of ``columns``."""
    rows = [np.concatenate(tiles[i : i + columns], axis=1) for i in range(0, len(tiles), columns)]
    return np.concatenate(rows, axis=0)


def picture() -> bytes:
    """The documentation's picture as PNG: two rows of levels, a row by I, a row by B."""
    from PIL import Image

    cohort = draw_cohort("training", 40, seed=0)
    patient = next(p for p in cohort if p.t_stage == 3 and p.n_stage == 2)
    tiles = [*whole_head(patient), *signal_tiles(patient)]
    content = BytesIO()
    # 64 grey levels halve the file and cannot be told from 256 at this size.
    Image.fromarray(montage(tiles, 6) // 4 * 4).save(content, "PNG", optimize=True)
    return content.getvalue()


def main() -> None:
    """Write the picture to the file named on the command line."""
    parser = argparse.ArgumentParser(description="Draw the nasopharynx phantom.")
    parser.add_argument("file", type=Path)
    write_atomically(parser.parse_args().file, picture())


if __name__ == "__main__":
    main()
