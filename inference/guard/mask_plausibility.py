"""Is a tumour mask plausible?  Volume, number of parts, touching the scan's border, share outside the body.

Doubts are noted, never repaired; a mask that lies mostly outside the body marks something else: refused.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final, Literal

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from inference.assessment import GuardLine
from inference.findings import Verdict
from inference.masks.bounding_box import bounding_box
from inference.masks.layer import MaskLayer
from inference.meaning.body import BODY_HU, filled_holes
from inference.messages.message import LIST_MARK, Message
from inference.pathways.studies import unknown_study
from inference.volume import Volume

MOST_OUTSIDE: Final = 0.05
"""Share of a mask that may lie outside the body without a word: an outline drawn a little too far."""

MOSTLY_OUTSIDE: Final = 0.5

_MR_FOREGROUND: Final = 0.1
"""Of the 99th percentile: what is brighter in MR is patient, as for the scaling of intensities."""

Bools = NDArray[np.bool_]


class PlausibleMask(BaseModel):
    """Bounds of one study."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    largest_ml: float = Field(gt=0)
    most_parts: int = Field(ge=1)


class PlausibleMasks(BaseModel):
    """Bounds by study."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: Literal[1]
    studies: dict[str, PlausibleMask]


@cache
def plausible_mask(study: str) -> PlausibleMask:
    """The bounds of ``study``.

    Raises
    ------
    InputError
        When there is no such study.
    """
    source = resources.files("inference.guard") / "plausible_masks.yaml"
    known = PlausibleMasks.model_validate(yaml.safe_load(source.read_text(encoding="utf-8"))).studies
    if study not in known:
        raise unknown_study(study)
    return known[study]


def check_plausibility(
    mask: MaskLayer, volume: Volume, bounds: PlausibleMask, *, is_ct: bool
) -> tuple[GuardLine, ...]:
    """Four lines with what was measured and what is allowed; none for an empty mask, which has its own line.

    ``is_ct`` says that values are HU, so that air is known by its value.
    """
    if not mask.voxels.any():
        return ()
    return (
        _volume(mask, bounds),
        _parts(mask, bounds),
        _border(mask),
        _outside(mask, volume, is_ct=is_ct),
    )


def _volume(mask: MaskLayer, bounds: PlausibleMask) -> GuardLine:
    return GuardLine(
        "guard.mask_volume",
        Message("guard.measured.ml", {"value": f"{mask.volume_ml:.1f}"}),
        Message("guard.allowed.at_most_ml", {"maximum": f"{bounds.largest_ml:g}"}),
        Verdict.FINE if mask.volume_ml <= bounds.largest_ml else Verdict.NOTE,
    )


def _parts(mask: MaskLayer, bounds: PlausibleMask) -> GuardLine:
    """Voxels that touch by face, edge or corner are one part."""
    box = bounding_box(mask.voxels)
    assert box is not None
    from scipy import ndimage

    _, count = ndimage.label(mask.voxels[box], structure=np.ones((3, 3, 3), dtype=np.bool_))
    return GuardLine(
        "guard.mask_parts",
        Message("guard.measured.parts", {"count": int(count)}),
        Message("guard.allowed.at_most_parts", {"maximum": bounds.most_parts}),
        Verdict.FINE if count <= bounds.most_parts else Verdict.NOTE,
    )


def _border(mask: MaskLayer) -> GuardLine:
    """A mask on the first or last slice, or at an edge of the picture, may go on beyond the scan."""
    edges = mask.voxels[:, [0, -1], :].any() or mask.voxels[:, :, [0, -1]].any()
    sides = {
        "guard.side.first_slice": mask.voxels[0].any(),
        "guard.side.last_slice": mask.voxels[-1].any(),
        "guard.side.edge": edges,
    }
    touched = [name for name, is_touched in sides.items() if is_touched]
    return GuardLine(
        "guard.mask_border",
        Message("guard.measured.text", {"value": LIST_MARK.join(touched or ["guard.side.none"])}),
        Message("guard.allowed.text", {"value": "guard.side.none"}),
        Verdict.NOTE if touched else Verdict.FINE,
    )


def _outside(mask: MaskLayer, volume: Volume, *, is_ct: bool) -> GuardLine:
    share = share_outside_body(mask, volume, is_ct=is_ct)
    verdict = Verdict.FINE if share <= MOST_OUTSIDE else Verdict.NOTE
    return GuardLine(
        "guard.mask_outside",
        Message("guard.measured.percent", {"value": f"{100 * share:.1f}"}),
        Message("guard.allowed.at_most_percent", {"maximum": f"{100 * MOST_OUTSIDE:g}"}),
        verdict if share <= MOSTLY_OUTSIDE else Verdict.REFUSED,
    )


def share_outside_body(mask: MaskLayer, volume: Volume, *, is_ct: bool) -> float:
    """Share in [0, 1] of the marked voxels that lie outside the largest body in their slice, holes filled."""
    threshold = BODY_HU if is_ct else _MR_FOREGROUND * _bright(volume)
    outside = 0
    for k in mask.marked_slices:
        outside += int(np.count_nonzero(mask.voxels[k] & ~_body(volume.slab(k, k + 1)[0] > threshold)))
    return outside / int(np.count_nonzero(mask.voxels))


def _body(bright: Bools) -> Bools:
    from scipy import ndimage

    labels, count = ndimage.label(bright)
    if not count:
        return bright
    largest = int(np.bincount(labels.ravel())[1:].argmax()) + 1
    return filled_holes(labels == largest)


def _bright(volume: Volume) -> float:
    """The 99th percentile of the slices that were read, from every fourth row and column."""
    present = [k for k in range(volume.geometry.shape[0]) if k not in volume.missing_slices]
    return float(np.percentile([volume.slab(k, k + 1)[0, ::4, ::4] for k in present], 99))
