"""A case of a few kilobytes: a bright tumour in a grey head, axial, with everything stated by its file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.case_input import CaseInput, StatedFacts
from inference.cases.identity import PatientIdentity, PatientKey
from inference.clinical.derivation import derive
from inference.clinical.record import ClinicalRecord, Provenance
from inference.clinical.schema import load_form, parse_value
from inference.findings import Finding
from inference.geometry import Geometry
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.scan import Acquisition, FrameSource, Stack
from inference.volume import Volume

SHAPE = (12, 48, 48)
PHANTOM = PatientIdentity(
    PatientKey("CONCILIUM", "NPC-000001"), "PHANTOM^NPC-000001", birth_date="1970-01-01", sex="M"
)
PATIENT = PatientIdentity(PatientKey("HOSPITAL", "4711"), "Muster^Erika", birth_date="1970-01-01", sex="F")
ACQUISITION = Acquisition(
    modality="MR",
    series_description="Ax T1 FS",
    body_part="HEADNECK",
    contrast_agent="GADOLINIUM",
    slice_thickness_mm=5.0,
)


def axial(
    shape: tuple[int, int, int] = SHAPE, spacing_mm: tuple[float, float, float] = (5, 5, 5)
) -> Geometry:
    """Slices upwards, rows to the back, columns to the left: the usual axial stack."""
    slice_mm, row_mm, column_mm = spacing_mm
    return Geometry.from_axes(
        origin_lps_mm=(-117.5, -117.5, -30.0),
        slice_step_mm=(0, 0, slice_mm),
        row_step_mm=(0, row_mm, 0),
        column_step_mm=(column_mm, 0, 0),
        shape=shape,
    )


def tumour_voxels(shape: tuple[int, int, int] = SHAPE) -> NDArray[np.bool_]:
    """A block of 5 slices × 10 × 8 voxels, 50 ml at 5 mm."""
    mask = np.zeros(shape, dtype=np.bool_)
    mask[4:9, 18:28, 20:28] = True
    return mask


def head_voxels(
    shape: tuple[int, int, int] = SHAPE, tumour: NDArray[np.bool_] | None = None
) -> NDArray[np.int16]:
    """Air 0, head 400 with a slope, tumour 1000 that brightens upwards."""
    voxels = np.zeros(shape, dtype=np.int16)
    rows, columns = np.mgrid[0 : shape[1], 0 : shape[2]]
    head = np.hypot(rows - (shape[1] - 1) / 2, columns - (shape[2] - 1) / 2) < 0.45 * shape[1]
    voxels[:, head] = 400
    marked = tumour_voxels(shape) if tumour is None else tumour
    for index in range(shape[0]):
        voxels[index][marked[index]] = 1000 + 10 * index
    return voxels


def volume(geometry: Geometry | None = None, voxels: NDArray[np.int16] | None = None, **more: Any) -> Volume:
    grid = geometry or axial()
    return Volume(
        head_voxels(grid.shape) if voxels is None else voxels, np.float64(1.0), np.float64(0.0), grid, **more
    )


def stack(
    geometry: Geometry | None = None,
    *,
    identity: PatientIdentity = PHANTOM,
    acquisition: Acquisition = ACQUISITION,
    findings: tuple[Finding, ...] = (),
    missing: frozenset[int] = frozenset(),
) -> Stack:
    grid = geometry or axial()
    frames = tuple(
        None
        if index in missing
        else FrameSource(index, 0, f"1.2.3.{index}", index + 1, True, 0, 0, 16, 16, True, 1.0, 0.0)
        for index in range(grid.shape[0])
    )
    return Stack(
        stack_id="stack-1",
        identity=identity,
        study_uid="1.2.3",
        series_uid="1.2.3.4",
        frame_of_reference_uid="1.2.3.5",
        geometry=grid,
        frames=frames,
        acquisition=acquisition,
        rows_columns=grid.shape[1:],
        findings=findings,
    )


def record(**values: str) -> ClinicalRecord:
    """A whole record of stage III; an empty text leaves a value out."""
    form = load_form("npc-residual")
    filled = form.empty_record()
    typed = {"age": "52", "sex": "male", "t_stage": "T3", "n_stage": "N2", **values}
    for field_id, text in typed.items():
        filled = filled.with_value(parse_value(form.field(field_id), text, "", Provenance.TYPED))
    return derive(form, filled)


def mask_layer(voxels: NDArray[np.bool_] | None = None, geometry: Geometry | None = None) -> MaskLayer:
    grid = geometry or axial()
    return MaskLayer(
        "mask.tumour", MaskOrigin.HUMAN, tumour_voxels(grid.shape) if voxels is None else voxels, grid
    )


def case(
    *,
    geometry: Geometry | None = None,
    identity: PatientIdentity = PHANTOM,
    findings: tuple[Finding, ...] = (),
    stated: StatedFacts | None = None,
    clinical: ClinicalRecord | None = None,
    mask: MaskLayer | None = None,
    voxels: NDArray[np.int16] | None = None,
    **acquisition: Any,
) -> CaseInput:
    """A case that every check accepts, but for what the keywords change."""
    return CaseInput(
        stack(
            geometry, identity=identity, acquisition=replace(ACQUISITION, **acquisition), findings=findings
        ),
        volume(geometry, voxels),
        record() if clinical is None else clinical,
        mask,
        stated or StatedFacts(),
    )
