"""Mask files that lie beside the pictures: found by the scan, offered where a mask is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from inference.scan import Plan

_CODES: Final = ("intake.segmentation_object", "intake.structure_set", "intake.label_map")


def mask_candidates(plan: Plan | None) -> tuple[Path, ...]:
    """Files of the source that can be opened as a mask, in the order of the source."""
    if plan is None:
        return ()
    names = [str(finding.fields.get("file", "")) for finding in plan.skipped if finding.code in _CODES]
    wanted = frozenset(names)
    places = {file.name: file.path for file in plan.files if file.name in wanted} if wanted else {}
    return tuple(Path(places[name]) for name in names if name in places)
