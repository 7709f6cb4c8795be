"""Damaged files beside a scan: a stack that lost its last slice to one of them never counts as whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inference.dicom.intake import Intake
from inference.dicom.sources.sources import Sources
from inference.dicom.sources.walk import Listing
from inference.findings import Verdict
from tests.inference.dicom.dicom_files import codes, make_slice, only_stack, write_series
from tests.inference.dicom.enhanced_files import along_z, write_enhanced

Damage = Callable[[bytes], bytes]
LITTLE_ENDIAN = b"1.2.840.10008.1.2.1\0"
ROWS = b"\x28\x00\x10\x00US\x02\x00"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda content: b"", "empty_file"),
        (lambda content: content[:200], "length_beyond_file"),
        (lambda content: content[:300], "malformed"),
        (lambda content: content[: content.index(ROWS)], "no_pixels"),
        (lambda content: content.replace(ROWS + b"\x0c", ROWS + b"\x00"), "dimensions_unsupported"),
        (lambda content: content.replace(LITTLE_ENDIAN, b"1.2.840.113619.5.2\0\0"), "syntax_unsupported"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("index", [0, 5])
def test_a_damaged_slice_at_an_end_leaves_a_stack_that_may_be_incomplete(
    intake: Intake, tmp_path: Path, damage: Damage, said: str, index: int
) -> None:
    path = write_series(tmp_path, 6)[index]
    path.write_bytes(damage(path.read_bytes()))
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert [one.code for one in plan.skipped] == [f"intake.{said}"]
    (found,) = stack.findings
    assert found.code == "intake.may_be_incomplete" and found.fields == {"file": path.name, "count": 1}
    assert (found.view, found.answer, found.releasable) == (Verdict.NOTE, Verdict.REFUSED, True)


def test_two_files_of_one_instance_leave_a_stack_that_may_be_incomplete(
    intake: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path, 6)
    other = make_slice(5)
    other.InstanceNumber = 99
    other.save_as(tmp_path / "other.dcm")
    assert "may_be_incomplete" in codes(only_stack(intake, tmp_path).findings)


@pytest.mark.parametrize("name", ["readme.txt", "LOCKFILE", "other/000.dcm"])
def test_files_that_are_no_slices_leave_a_stack_whole(intake: Intake, tmp_path: Path, name: str) -> None:
    write_series(tmp_path, 4)
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    assert only_stack(intake, tmp_path).findings == ()


def test_an_object_of_many_frames_is_whole_beside_a_damaged_file(intake: Intake, tmp_path: Path) -> None:
    whole = write_enhanced(tmp_path / "whole.dcm", along_z(4))
    (tmp_path / "cut.dcm").write_bytes(whole.read_bytes()[:300])
    assert only_stack(intake, tmp_path).findings == ()


def test_a_slice_that_is_still_being_copied_is_truncated_and_costs_no_other(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write_series(tmp_path, 6)
    content = paths[5].read_bytes()
    paths[5].write_bytes(content[:300])
    listed = Sources.listed

    def listed_before_the_rest_came(sources: Sources, *arguments: Any) -> Listing:
        listing = listed(sources, *arguments)
        paths[5].write_bytes(content)
        return listing

    monkeypatch.setattr(Sources, "listed", listed_before_the_rest_came)
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert plan.skipped == () and codes(stack.findings) == {"truncated"}
    assert intake.load(plan, stack).missing_slices == {5}


def test_a_damaged_research_file_is_no_slice_of_a_series(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4)
    (tmp_path / "mask.nii").write_bytes(b"no header at all")
    plan = intake.scan(tmp_path)
    assert [one.code for one in plan.skipped] == ["intake.malformed"] and plan.stacks[0].findings == ()
