"""NIfTI files made to order for tests, and what was found about them."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np

from inference.dicom.intake import Intake
from inference.findings import Finding, Verdict
from inference.scan import Plan, Stack
from inference.volume import Volume

AFFINE = np.diag((-1.5, -2.0, 3.0, 1.0))
SHAPE = (7, 6, 5)
F, N, R = Verdict.FINE, Verdict.NOTE, Verdict.REFUSED


def values(shape: tuple[int, ...] = SHAPE, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 4000, shape).astype(np.int16)


def write_nifti(path: Path, data: np.ndarray) -> Path:
    nibabel.save(nibabel.Nifti1Image(data, AFFINE), path)
    return path


def one(findings: tuple[Finding, ...], code: str) -> Finding:
    (found,) = [finding for finding in findings if finding.code == f"intake.{code}"]
    return found


def verdicts(findings: tuple[Finding, ...], code: str) -> tuple[Verdict, Verdict]:
    found = one(findings, code)
    return found.view, found.answer


def loaded(intake: Intake, plan: Plan, stack: Stack) -> Volume:
    return intake.load(plan, stack)


def stored(volume: Volume) -> np.ndarray:
    """Values as (i, j, k) of an axial file whose i runs to the left and j to the back."""
    found = volume.voxels * volume.slope[:, None, None] + volume.intercept[:, None, None]
    return found.transpose(2, 1, 0)
