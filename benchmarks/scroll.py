"""How long the window takes to repaint after a change of slice: median over many, off-screen, 512².

Run: ``python -m benchmarks.scroll``.
"""

from __future__ import annotations

import os
import statistics
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from inference.geometry import Geometry
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.scan import Acquisition, Stack
from inference.volume import Volume

SLICES, ROWS, COLUMNS = 60, 512, 512
REPAINTS = 200
LIMIT_MS = 16.0


def synthetic_volume(seed: int = 1) -> tuple[Stack, Volume, MaskLayer]:
    """A noisy ball in 60 slices of 512 × 512 with a mask: enough to keep every layer busy."""
    from inference.cases.identity import PatientIdentity
    from inference.scan import FrameSource

    geometry = Geometry.from_axes(
        origin_lps_mm=(-120, -120, -150),
        slice_step_mm=(0, 0, 5),
        row_step_mm=(0, 0.47, 0),
        column_step_mm=(0.47, 0, 0),
        shape=(SLICES, ROWS, COLUMNS),
    )
    random = np.random.default_rng(seed)
    z, y, x = np.ogrid[-1 : 1 : SLICES * 1j, -1 : 1 : ROWS * 1j, -1 : 1 : COLUMNS * 1j]  # type: ignore[misc]
    distance = np.sqrt(z**2 + y**2 + x**2)
    voxels = (800 * (distance < 0.8) + random.normal(0, 60, distance.shape)).astype(np.int16)
    frame = FrameSource(0, 0, "", None, True, 0, 0, 16, 16, True, 1.0, 0.0)
    stack = Stack(
        stack_id="synthetic",
        identity=PatientIdentity(),
        study_uid="",
        series_uid="",
        frame_of_reference_uid="",
        geometry=geometry,
        frames=(frame,) * SLICES,
        acquisition=Acquisition(modality="MR"),
        rows_columns=(ROWS, COLUMNS),
    )
    volume = Volume(voxels, np.ones(SLICES), np.zeros(SLICES), geometry)
    mask = MaskLayer("benchmark", MaskOrigin.HUMAN, np.asarray(distance < 0.3), geometry)
    return stack, volume, mask


def measure(repaints: int = REPAINTS, *, tiled: bool = True) -> list[float]:
    """Milliseconds from asking for the next slice until it has been painted, one per change."""
    from gui.application import make_application
    from gui.language import choose_language
    from gui.session import Session
    from gui.theme.palette import apply_theme
    from gui.theme.tokens import DARK
    from gui.viewer.layout import Viewer

    application = make_application()
    apply_theme(application, DARK)
    session = Session(intake=_Nothing(), packs=_Nothing(), language=choose_language("en"))  # type: ignore[arg-type]
    from gui.actions import Actions
    from gui.viewer.slice_source import SliceSource

    viewer = Viewer(session, Actions(session))
    viewer.resize(1100, 900)
    stack, volume, mask = synthetic_volume()
    session.stack, session.slice_source = stack, SliceSource.loading(stack)
    session.stack_changed.emit()
    session.accept_volume(volume)
    session.set_mask(mask)
    viewer.maximise(None if tiled else 0)
    viewer.show()
    application.processEvents()
    took_ms = []
    for step in range(repaints):
        started_s = time.perf_counter()
        viewer.state.go_to(0, step % SLICES)
        for viewport in viewer.viewports:
            if viewport.isVisible():
                viewport.viewport().repaint()
        took_ms.append(1000 * (time.perf_counter() - started_s))
    viewer.close()
    return took_ms


class _Nothing:
    """Collaborators that nobody asks for anything."""


def main() -> int:
    """Print the medians; exit 1 when a single plane misses the limit."""
    alone, tiled = measure(tiled=False), measure(tiled=True)
    for name, took_ms in (("one plane", alone), ("three planes", tiled)):
        high = sorted(took_ms)[int(0.95 * len(took_ms))]
        print(f"{name}: median {statistics.median(took_ms):.1f} ms, 95th percentile {high:.1f} ms")
    return int(statistics.median(alone) > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
