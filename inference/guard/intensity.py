"""Do the marked voxels of a CT hold values that the pack reads?  A broken rescale moves all of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from inference.assessment import GuardLine
from inference.findings import Verdict
from inference.masks.layer import MaskLayer
from inference.messages.message import Message
from inference.packs.manifest import Manifest
from inference.packs.phases import Window
from inference.volume import Volume

LEAST_INSIDE: Final = 0.25
"""Share of a mask inside the pack's window; a rough box holds fat and air beside the tumour."""

HARDLY_INSIDE: Final = 0.05


def window_of(manifest: Manifest, phase: str | None) -> Window | None:
    """The window through which a pack reads one phase; None where it names none."""
    steps = (step for one in manifest.phases if one.phase == phase for step in one.steps)
    return next((step for step in steps if isinstance(step, Window)), None)


def check_intensity(mask: MaskLayer, volume: Volume, window: Window) -> tuple[GuardLine, ...]:
    """One line on the marked voxels whose HU lie in the window, ends included; none for an empty mask."""
    if not mask.voxels.any():
        return ()
    share = _share_inside(mask, volume, window)
    verdict = Verdict.FINE if share >= LEAST_INSIDE else Verdict.NOTE
    low, high = (f"{hu:.0f}".replace("-", "\u2212") for hu in (window.lower_hu, window.upper_hu))
    return (
        GuardLine(
            "guard.intensity",
            Message("guard.measured.in_window", {"value": f"{100 * share:.0f}", "low": low, "high": high}),
            Message("guard.allowed.at_least_percent", {"minimum": f"{100 * LEAST_INSIDE:g}"}),
            verdict if share >= HARDLY_INSIDE else Verdict.REFUSED,
        ),
    )


def _share_inside(mask: MaskLayer, volume: Volume, window: Window) -> float:
    inside = 0
    for k in mask.marked_slices:
        hu = volume.slab(k, k + 1)[0][mask.voxels[k]]
        inside += int(np.count_nonzero((hu >= window.lower_hu) & (hu <= window.upper_hu)))
    return inside / int(np.count_nonzero(mask.voxels))
