"""One multi-frame image sent in several files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.sequence import Sequence as Items

from inference.dicom.intake import Intake
from inference.findings import Verdict, worst_answer, worst_view
from tests.inference.dicom.dicom_files import codes, picture, write
from tests.inference.dicom.enhanced_files import along_z, make_enhanced


def write_parts(folder: Path, *, state_total: bool = True, with_groups: bool = True) -> list[Path]:
    """Nine frames in three files of three, named against their order."""
    paths = []
    for number in (1, 2, 3):
        frames = np.stack([picture(3 * (number - 1) + index) for index in range(3)])
        part = make_enhanced(along_z(9)[3 * (number - 1) : 3 * number], instance=number, pixels=frames)
        part.ConcatenationUID = "2.25.123"
        part.SOPInstanceUIDOfConcatenationSource = "2.25.124"
        part.InConcatenationNumber, part.ConcatenationFrameOffsetNumber = number, 3 * (number - 1)
        if state_total:
            part.InConcatenationTotalNumber = 3
        if not with_groups:
            part.PerFrameFunctionalGroupsSequence = Items([])
        paths.append(write(part, folder / f"{9 - number}.dcm"))
    return paths


def test_a_whole_concatenation_is_one_stack_and_fine(intake: Intake, tmp_path: Path) -> None:
    write_parts(tmp_path)
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert codes(stack.findings) == set() and stack.slice_count == 9
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (Verdict.FINE, Verdict.FINE)
    assert np.array_equal(intake.load(plan, stack).voxels, np.stack([picture(k) for k in range(9)]))


@pytest.mark.parametrize(("lost", "state_total"), [(0, True), (1, True), (2, True), (1, False)])
def test_a_concatenation_that_lacks_a_part_may_be_viewed_and_is_refused_an_answer(
    intake: Intake, tmp_path: Path, lost: int, state_total: bool
) -> None:
    write_parts(tmp_path, state_total=state_total)[lost].unlink()
    (stack,) = intake.scan(tmp_path).stacks
    (lacking,) = [one for one in stack.findings if one.code == "intake.concatenation_incomplete"]
    assert (lacking.view, lacking.answer) == (Verdict.NOTE, Verdict.REFUSED)
    assert lacking.fields == {"present": 2, "parts": 3 if state_total else "–"}
    assert worst_view(stack.findings) is Verdict.NOTE


def test_frames_of_a_concatenation_without_positions_keep_their_order(intake: Intake, tmp_path: Path) -> None:
    write_parts(tmp_path, with_groups=False)
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert np.array_equal(intake.load(plan, stack).voxels, np.stack([picture(k) for k in range(9)]))
