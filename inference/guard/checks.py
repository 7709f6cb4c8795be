"""The guard's lines on a case: every scan against the pack's and the study's conditions, every mask."""

from __future__ import annotations

from dataclasses import replace

from inference.assessment import GuardLine
from inference.case_input import CaseInput
from inference.clinical.taken_over import finding_of, releases_of
from inference.findings import Verdict
from inference.guard.facts import gather_facts
from inference.guard.intensity import check_intensity, window_of
from inference.guard.mask_check import check_mask
from inference.guard.mask_plausibility import check_plausibility, plausible_mask
from inference.guard.scan_check import check_scan
from inference.inputs.study_inputs import load_study_inputs
from inference.inputs.taken_together import findings_by_scan
from inference.packs.load import LoadedPack


def check_inputs(case: CaseInput, pack: LoadedPack) -> tuple[GuardLine, ...]:
    """What the guard says, without running a network; the mask is checked when there is one."""
    conditions = pack.manifest.inputs
    study = load_study_inputs(pack.manifest.study)
    lines: list[GuardLine] = []
    for name, scan, found in findings_by_scan(case):
        named = study.named(name)
        wanted = (
            conditions.model_copy(update={"contrast_enhanced": False})
            if named.contrast == "no"
            else conditions
        )
        own = check_scan(gather_facts(scan), found, wanted, scan.stated.releases, phase=named.phase)
        if scan.mask is not None:
            own = (*own, check_mask(scan.mask, conditions))
        lines += [replace(line, scan=name) for line in own]
        if not name:
            lines += _values_of_another(case)
    return tuple(lines)


def _values_of_another(case: CaseInput) -> list[GuardLine]:
    """Clinical values that a named user took from a source of another patient: noted, never fine."""
    return [
        GuardLine("guard.intake", finding_of(case.record, one).message, one.message, Verdict.NOTE)
        for one in releases_of(case.record)
    ]


def check_masks(case: CaseInput, pack: LoadedPack) -> tuple[GuardLine, ...]:
    """How plausible each scan's mask is, and what it marks; slower than :func:`check_inputs`, for it looks at
    the picture.
    """
    manifest = pack.manifest
    bounds, study = plausible_mask(manifest.study), load_study_inputs(manifest.study)
    is_ct = manifest.inputs.modality == "CT"
    lines: list[GuardLine] = []
    for name, scan in case.by_scan():
        if scan.mask is None:
            continue
        own = check_plausibility(scan.mask, scan.volume, bounds, is_ct=is_ct)
        window = window_of(manifest, study.named(name).phase) if is_ct else None
        if window is not None:
            own = (*own, *check_intensity(scan.mask, scan.volume, window))
        lines += [replace(line, scan=name) for line in own]
    return tuple(lines)
