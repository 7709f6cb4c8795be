"""A mask that is missing, empty, or of another series: said with its file, and nothing is answered."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest

from tests.headless.conftest import Ran
from tests.headless.test_assess import arguments, one_sentence, written

Run = Callable[..., Ran]


def changed(phantom: Path, out: Path, change: Callable[[pydicom.Dataset], None]) -> Path:
    """A copy of the phantom's segmentation with something in it otherwise."""
    dataset = pydicom.dcmread(phantom / "t1c-seg.dcm")
    change(dataset)
    dataset.save_as(out)
    return out


def emptied(dataset: pydicom.Dataset) -> None:
    dataset.PixelData = bytes(len(dataset.PixelData))


def of_another_series(dataset: pydicom.Dataset) -> None:
    dataset.FrameOfReferenceUID = "1.2.3.4"
    dataset.ReferencedSeriesSequence[0].SeriesInstanceUID = "1.2.3.5"
    dataset.SeriesInstanceUID = "1.2.3.6"
    dataset.SOPInstanceUID = "1.2.3.7"
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        for derived in frame.DerivationImageSequence:
            for number, source in enumerate(derived.SourceImageSequence):
                source.ReferencedSOPInstanceUID = f"1.2.3.8.{number}"


def assess_with(run: Run, phantom: Path, out: Path, mask: Path | str) -> Ran:
    return run(*arguments(phantom / "t1c", out, "--mask", mask, "--mask-segment", "1"))


@pytest.mark.parametrize("case", ["missing", "empty", "of_another_series"])
def test_a_mask_that_marks_nothing_of_the_scan_is_refused_by_name(
    case: str, run: Run, phantom: Path, tmp_path: Path
) -> None:
    mask = tmp_path / "tumour.dcm"
    if case != "missing":
        changed(phantom, mask, emptied if case == "empty" else of_another_series)
    out = tmp_path / "out"
    ran = assess_with(run, phantom, out, mask)
    assert ran.code == 2 and "tumour.dcm" in ran.err and one_sentence(ran.err)
    assert written(out) == set()


def test_a_mask_for_a_scan_that_the_study_does_not_read_is_refused_with_those_it_reads(
    run: Run, phantom: Path, tmp_path: Path
) -> None:
    ran = assess_with(run, phantom, tmp_path / "out", f"portal_venous={phantom / 't1c-seg.dcm'}")
    assert ran.code == 2 and one_sentence(ran.err)
    assert "no scan called portal_venous; it has: t1c" in ran.err


def test_a_mask_on_a_slice_that_is_missing_is_left_out_and_the_reasons_are_still_written(
    run: Run, phantom: Path, tmp_path: Path
) -> None:
    scan, out = tmp_path / "scan", tmp_path / "out"
    shutil.copytree(phantom / "t1c", scan)
    marked = int(pydicom.dcmread(phantom / "t1c-seg.dcm").NumberOfFrames) // 4
    frame = pydicom.dcmread(phantom / "t1c-seg.dcm").PerFrameFunctionalGroupsSequence[marked]
    uid = frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
    next(path for path in scan.iterdir() if pydicom.dcmread(path).SOPInstanceUID == uid).unlink()
    ran = run(*arguments(scan, out, "--mask", phantom / "t1c-seg.dcm", "--mask-segment", "1,2"))
    assert ran.code == 3 and "marks a slice that the scan lacks" in ran.out, ran.err
    assert written(out) == {"assessment.json", "report.pdf"}
