"""A mask from a file: found beside the series, laid on its grid, undone, refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from gui.intake.mask_candidates import mask_candidates
from gui.intake.open_source import mask_target
from gui.intake.segment_dialog import SegmentDialog
from gui.jobs.mask_import import MaskOffer
from gui.main_window import MainWindow
from inference.cases.identity import PatientIdentity, PatientKey
from inference.dicom.verdicts import finding
from inference.masks.codecs.exporting import MaskFormat
from inference.masks.codecs.imported import ImportedMask, ImportedSegment
from inference.masks.codecs.nifti import encode_label_map, write_label_map
from inference.masks.layer import MaskOrigin
from inference.messages.catalogue import load_catalogue
from tests.gui.studies import write_study
from tests.inference.synthetic_case import axial, mask_layer, tumour_voxels

NIFTI_DATA_START = 352


@pytest.fixture
def with_mask(window: MainWindow, tmp_path: Path, qtbot: Any) -> MainWindow:
    """A study beside which a label map of its tumour lies."""
    folder = write_study(tmp_path / "study")
    write_label_map(folder / "tumour.nii.gz", tumour_voxels(), axial())
    window.session.open_path(folder)
    qtbot.waitUntil(lambda: window.session.volume is not None, timeout=10_000)
    qtbot.waitUntil(lambda: window.session.intake_job is None, timeout=10_000)
    return window


def test_a_mask_beside_the_series_is_offered_and_taken(with_mask: MainWindow, qtbot: Any) -> None:
    session = with_mask.session
    assert [path.name for path in mask_candidates(session.plan)] == ["tumour.nii.gz"]
    assert with_mask.layers.found_button.isVisible()
    assert "tumour.nii.gz" in with_mask.layers.found_button.text()
    with qtbot.waitSignal(session.mask_changed, timeout=10_000):
        with_mask.layers.found_button.click()
    assert session.mask is not None and session.mask.origin is MaskOrigin.IMPORTED
    assert np.array_equal(session.mask.voxels, tumour_voxels())
    assert "50.0 ml" in with_mask.layers.details.text()
    assert not with_mask.layers.found_button.isVisible()
    session.undo_stack.undo()
    assert session.mask is None
    assert with_mask.layers.found_button.isVisible()


def test_of_several_masks_beside_the_series_one_is_chosen(
    window: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    folder = write_study(tmp_path / "study")
    for name in ("first & old.nii.gz", "second.nii.gz"):
        write_label_map(folder / name, tumour_voxels(), axial())
    session = window.session
    session.open_path(folder)
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=10_000)
    assert window.layers.found_button.accessibleName() == "Use one of 2 masks found…"
    menu = window.layers.found_menu()
    assert [action.text() for action in menu.actions()] == ["first && old.nii.gz", "second.nii.gz"]
    with qtbot.waitSignal(session.mask_changed, timeout=10_000):
        menu.actions()[1].trigger()
    assert session.mask is not None and "second" in session.mask.maker
    menu.close()


def test_a_file_that_is_no_mask_is_refused_and_nothing_changes(
    with_mask: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    text = tmp_path / "mask.nii"
    text.write_text("no mask", encoding="utf-8")
    with qtbot.waitSignal(with_mask.session.notice_raised, timeout=10_000) as raised:
        with_mask.session.import_mask(text)
    assert raised.args is not None
    assert raised.args[0].message.id.startswith("intake.mask.")
    assert with_mask.session.mask is None and with_mask.session.undo_stack.count() == 0


@pytest.mark.parametrize("case", ["missing", "empty", "elsewhere"])
def test_a_mask_that_marks_nothing_of_the_scan_is_refused_by_name(
    case: str, with_mask: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    file, grid = tmp_path / "other.nii", axial()
    if case == "elsewhere":
        affine = grid.affine.copy()
        affine[2, 3] += 10_000.0
        write_label_map(file, tumour_voxels(), replace(grid, affine=affine))
    elif case == "empty":
        written = encode_label_map(tumour_voxels(), grid, is_packed=False)
        file.write_bytes(written[:NIFTI_DATA_START].ljust(len(written), b"\0"))
    with qtbot.waitSignal(with_mask.session.notice_raised, timeout=10_000) as raised:
        with_mask.session.import_mask(file)
    assert raised.args is not None
    said = load_catalogue("en").render(raised.args[0].message)
    assert "other.nii" in said and "{" not in said
    assert with_mask.session.mask is None


def test_no_study_offers_no_mask() -> None:
    assert mask_candidates(None) == ()


def test_a_saved_mask_comes_back_as_it_was(with_mask: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    session = with_mask.session
    session.set_mask(mask_layer())
    with qtbot.waitSignal(session.report_saved, timeout=20_000):
        session.save_mask(tmp_path / "seg.dcm")
    assert session.saved_report is None
    session.set_mask(None)
    with qtbot.waitSignal(session.mask_changed, timeout=20_000):
        session.import_mask(tmp_path / "seg.dcm")
    assert session.mask is not None
    assert np.array_equal(session.mask.voxels, tumour_voxels())


@pytest.mark.parametrize("name", ["tumour-rtstruct.dcm", "tumour.nii.gz", "tumour.nii"])
def test_a_mask_saved_in_another_format_comes_back_as_it_was(
    with_mask: MainWindow, tmp_path: Path, qtbot: Any, name: str
) -> None:
    session = with_mask.session
    session.set_mask(mask_layer())
    with qtbot.waitSignal(session.report_saved, timeout=20_000):
        session.save_mask(tmp_path / name)
    session.set_mask(None)
    with qtbot.waitSignal(session.mask_changed, timeout=20_000):
        session.import_mask(tmp_path / name)
    assert session.mask is not None
    assert np.array_equal(session.mask.voxels, tumour_voxels())


def test_the_dialog_for_saving_offers_three_formats_and_the_suffix_decides(
    with_mask: MainWindow, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, asked = with_mask.session, []

    def answer(parent: object, title: str, name: str, kinds: str) -> tuple[str, str]:
        asked.append(kinds.split(";;"))
        return str(tmp_path / "contours.dcm"), asked[-1][1]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    session.set_mask(mask_layer())
    with qtbot.waitSignal(session.report_saved, timeout=20_000):
        with_mask.source.ask_mask_target()
    assert [kind.rpartition("(")[2] for kind in asked[0]] == ["*.dcm)", "*.dcm)", "*.nii.gz)"]
    assert pydicom.dcmread(tmp_path / "contours.dcm").Modality == "RTSTRUCT"


@pytest.mark.parametrize(
    ("name", "selected", "expected"),
    [
        ("a.dcm", MaskFormat.SEGMENTATION, ("a.dcm", MaskFormat.SEGMENTATION)),
        ("a.dcm", MaskFormat.STRUCTURE_SET, ("a.dcm", MaskFormat.STRUCTURE_SET)),
        ("a.dcm", MaskFormat.NIFTI, ("a.dcm", MaskFormat.SEGMENTATION)),
        ("a.nii.gz", MaskFormat.SEGMENTATION, ("a.nii.gz", MaskFormat.NIFTI)),
        ("tumour-rtstruct.dcm", MaskFormat.SEGMENTATION, ("tumour-rtstruct.dcm", MaskFormat.STRUCTURE_SET)),
        ("a", MaskFormat.NIFTI, ("a.nii.gz", MaskFormat.NIFTI)),
        ("a.b", MaskFormat.STRUCTURE_SET, ("a.b.dcm", MaskFormat.STRUCTURE_SET)),
    ],
)
def test_the_name_tells_the_format_of_a_saved_mask(
    name: str, selected: MaskFormat, expected: tuple[str, MaskFormat]
) -> None:
    path, kind = mask_target(Path(name), selected)
    assert (path.name, kind) == expected


def write_two_labels(folder: Path) -> Path:
    """A label map of two segments without names: the tumour's block and one voxel beside it."""
    labels = tumour_voxels().astype(np.uint8)
    labels[0, 0, 0] = 2
    write_label_map(folder / "labels.nii.gz", labels, axial())
    return folder / "labels.nii.gz"


def test_of_several_segments_none_is_taken_before_the_user_chose(
    with_mask: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    session, source = with_mask.session, with_mask.source
    session.import_mask(write_two_labels(tmp_path))
    qtbot.waitUntil(lambda: source.segments is not None, timeout=10_000)
    dialog = source.segments
    assert dialog is not None and dialog.list.count() == 2
    assert dialog.numbers == () and not dialog.take_button.isEnabled()
    assert session.mask is None
    assert "50.0 ml" in dialog.list.item(0).text()
    dialog.list.item(0).setCheckState(Qt.CheckState.Checked)
    assert dialog.take_button.isEnabled()
    with qtbot.waitSignal(session.mask_changed, timeout=5_000):
        dialog.take_button.click()
    assert session.mask is not None and np.array_equal(session.mask.voxels, tumour_voxels())
    session.undo_stack.undo()
    assert session.mask is None


def test_a_segment_dialog_that_is_left_changes_nothing(
    with_mask: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    session, source = with_mask.session, with_mask.source
    session.import_mask(write_two_labels(tmp_path))
    qtbot.waitUntil(lambda: source.segments is not None, timeout=10_000)
    assert source.segments is not None
    source.segments.reject()
    qtbot.waitUntil(lambda: source.segments is None, timeout=5_000)
    assert session.mask is None and session.undo_stack.count() == 0


def test_a_choice_for_a_series_no_longer_open_is_dropped(
    with_mask: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    session, source = with_mask.session, with_mask.source
    session.import_mask(write_two_labels(tmp_path))
    qtbot.waitUntil(lambda: source.segments is not None, timeout=10_000)
    dialog = source.segments
    assert dialog is not None
    offer = dialog.offer
    session.close_case()
    assert source.segments is None and not dialog.isVisible()
    session.jobs.mask_import.take(offer, (1,))
    assert session.mask is None


def test_the_one_segment_that_is_named_like_a_tumour_is_ticked_beforehand(
    with_mask: MainWindow, qtbot: Any
) -> None:
    session = with_mask.session
    assert session.stack is not None
    segments = tuple(
        ImportedSegment(number, name, (0, 0, 0), np.ones((1, 1, 1), bool), axial().shape, colour=(1, 2, 3))
        for number, name in ((1, "Lung"), (4, "GTV-1"))
    )
    mask = ImportedMask(tumour_voxels(), segments, "")
    dialog = SegmentDialog(session, MaskOffer(mask, "rs.dcm", session.stack))
    qtbot.addWidget(dialog)
    assert dialog.numbers == (4,) and not dialog.list.item(0).icon().isNull()


def test_segments_are_ticked_by_keys_and_a_long_name_keeps_its_volume_in_sight(
    with_mask: MainWindow, qtbot: Any
) -> None:
    session = with_mask.session
    assert session.stack is not None
    segments = tuple(
        ImportedSegment(number, name, (0, 0, 0), np.ones((1, 1, 1), bool), axial().shape)
        for number, name in ((1, "Spinal cord " * 20), (2, "Lung"))
    )
    mask = ImportedMask(tumour_voxels(), segments, "")
    dialog = SegmentDialog(session, MaskOffer(mask, "rs.dcm", session.stack))
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.list.horizontalScrollBar().isVisible()
    assert dialog.list.item(0).toolTip().endswith("0.1 ml") and dialog.numbers == ()
    assert dialog.focusWidget() is dialog.list and not dialog.take_button.isEnabled()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert dialog.numbers == (2,) and dialog.take_button.isEnabled()
    session.set_language("zh_CN")
    tr = session.tr
    assert dialog.numbers == (2,) and dialog.windowTitle() == tr("gui.segments.title")
    assert dialog.heading.text() == tr("gui.segments.heading", file="rs.dcm", count=2)
    assert dialog.take_button.text() == tr("gui.segments.take")
    assert dialog.leave_button.text() == tr("gui.segments.leave")
    assert dialog.list.item(1).text() == tr("gui.segments.line", name="Lung", volume="0.1")
    session.set_language("en")
    unplaced = replace(session.stack, findings=(finding("intake.no_pixel_spacing"),))
    other = SegmentDialog(session, MaskOffer(mask, "rs.dcm", unplaced))
    qtbot.addWidget(other)
    assert other.list.item(1).text() == "Lung", "without a pixel size there is no volume"


def test_a_fractional_mask_is_asked_about_though_it_is_one_segment(with_mask: MainWindow, qtbot: Any) -> None:
    session, source = with_mask.session, with_mask.source
    assert session.stack is not None
    segment = ImportedSegment(1, "Tumour", (0, 0, 0), np.ones((1, 1, 1), bool), axial().shape)
    found = (finding("intake.mask_fractional", percent=50),)
    session.jobs.mask_import.accept(
        MaskOffer(ImportedMask(tumour_voxels(), (segment,), "", found), "f.dcm", session.stack)
    )
    assert source.segments is not None and session.mask is None
    assert "50 %" in source.segments.remarks.text()
    source.segments.accept()
    assert session.mask is not None and session.mask.findings == found


def test_a_structure_set_beside_the_series_is_offered_and_taken(
    window: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    session = window.session
    folder = write_study(tmp_path / "study")
    for _ in range(2):
        session.open_path(folder)
        qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
        qtbot.waitUntil(lambda: session.intake_job is None, timeout=10_000)
        if mask_candidates(session.plan):
            break
        session.set_mask(mask_layer())
        with qtbot.waitSignal(session.report_saved, timeout=20_000):
            session.save_mask(folder / "tumour-rtstruct.dcm")
        session.close_case()
    assert [path.name for path in mask_candidates(session.plan)] == ["tumour-rtstruct.dcm"]
    with qtbot.waitSignal(session.mask_changed, timeout=10_000):
        window.layers.found_button.click()
    assert session.mask is not None and np.array_equal(session.mask.voxels, tumour_voxels())


@pytest.mark.parametrize("kind", [MaskFormat.SEGMENTATION, MaskFormat.STRUCTURE_SET])
def test_a_mask_of_nobody_is_saved_once_an_identity_is_entered_and_minting_is_told(
    window: MainWindow, tmp_path: Path, qtbot: Any, kind: MaskFormat
) -> None:
    def nameless(dataset: Dataset, index: int) -> None:
        dataset.PatientID = dataset.PatientName = dataset.IssuerOfPatientID = dataset.PatientBirthDate = ""
        dataset.FrameOfReferenceUID = ""

    session = window.session
    session.open_path(write_study(tmp_path / "study", change=nameless))
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
    session.set_mask(mask_layer())
    with qtbot.waitSignal(session.notice_raised, timeout=20_000) as raised:
        session.save_mask(tmp_path / "mask.dcm", kind)
    assert raised.args is not None and raised.args[0].message.id == "intake.mask.identity_unknown"
    assert not (tmp_path / "mask.dcm").exists()
    session.set_identity(PatientIdentity(PatientKey("", "E1"), "Entered^By Hand"))
    with qtbot.waitSignal(session.notice_raised, timeout=20_000) as raised:
        session.save_mask(tmp_path / "mask.dcm", kind)
    assert raised.args is not None and raised.args[0].message.id == "gui.notice.saved"
    assert raised.args[0].advice.id == "finding.intake.uids_minted"
    assert pydicom.dcmread(tmp_path / "mask.dcm").PatientID == "E1"


def test_without_a_mask_there_is_nothing_to_save(with_mask: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    with qtbot.waitSignal(with_mask.session.notice_raised, timeout=5_000) as raised:
        with_mask.session.save_mask(tmp_path / "seg.dcm")
    assert raised.args is not None and raised.args[0].message.id == "gui.why_not.mask"
    assert not (tmp_path / "seg.dcm").exists()
