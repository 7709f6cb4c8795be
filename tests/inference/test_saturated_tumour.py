"""A tumour whose values were cut off at the end of the stored range is noted in the assessment."""

from __future__ import annotations

from inference.packs.load import LoadedPack
from inference.pipeline import assess
from tests.inference.synthetic_case import axial, case, head_voxels, mask_layer, tumour_voxels


def test_a_tumour_that_was_cut_off_is_noted_and_another_is_not(tiny_pack: LoadedPack) -> None:
    voxels = head_voxels(axial().shape)
    marked = tumour_voxels(axial().shape)
    mask = mask_layer(marked)

    def notes() -> set[str]:
        outcome = assess(case(voxels=voxels.copy(), mask=mask), tiny_pack)
        return {note.id for note in outcome.assessment.findings}

    assert "finding.intake.saturated" not in notes()
    voxels[marked] = 4095
    assert "finding.intake.saturated" in notes()
