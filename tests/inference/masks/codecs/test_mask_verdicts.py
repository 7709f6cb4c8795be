"""The verdict table on masks, line by line: may it be viewed, may a pack answer with it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from inference.case_input import CaseInput, StatedFacts
from inference.dicom.intake import Intake
from inference.findings import Finding, Verdict
from inference.guard.facts import gather_facts
from inference.guard.scan_check import check_scan
from inference.masks.codecs.imported import ImportedMask, as_layer
from inference.masks.codecs.nifti import encode_label_map
from inference.masks.codecs.refusal import MaskRefusedError
from inference.packs.manifest import InputConditions
from inference.scan import Plan, Stack
from tests.inference.dicom.dicom_files import write_series
from tests.inference.masks.codecs.foreign_segs import foreign_seg, odd_pixels, save
from tests.inference.masks.codecs.structure_sets import Contour, Region, outline, rectangle, structure_set
from tests.inference.synthetic_case import case
from tests.inference.tiny_pack import SCORES, manifest_document

F, N, R = Verdict.FINE, Verdict.NOTE, Verdict.REFUSED
SHAPE = (6, 12, 10)
CONDITIONS = InputConditions.model_validate(manifest_document([], SCORES, {}, 0.05, "synthetic")["inputs"])


class House:
    """A series of six slices, masks of other programs for it, and the way in."""

    def __init__(self, intake: Intake, folder: Path) -> None:
        self.intake = intake
        self.folder = folder
        self.paths = write_series(folder / "scan", SHAPE[0])
        self.plan, self.stack = self._scan()

    def _scan(self) -> tuple[Plan, Stack]:
        plan = self.intake.scan(self.folder / "scan")
        (stack,) = plan.stacks
        return plan, stack

    def rescanned(self, change: Callable[[Dataset], None]) -> None:
        """Change the files of the scan and scan them again."""
        for path in self.paths:
            dataset = pydicom.dcmread(path)
            change(dataset)
            save(dataset, path)
        self.plan, self.stack = self._scan()

    def segmentation(
        self, kind: str = "BINARY", pixels: NDArray[np.generic] | None = None, **more: object
    ) -> Dataset:
        return foreign_seg(self.paths, odd_pixels(SHAPE) if pixels is None else pixels, kind, **more)

    def on_another_grid(self) -> Dataset:
        """A segmentation of pixels half as large, of the same frame of reference."""
        other = write_series(self.folder / "other", 6, spacing=(0.4, 0.3), series="2")
        return foreign_seg(other, np.ones(SHAPE, np.uint8), "BINARY")

    def structures(self, *contours: Contour) -> Dataset:
        return structure_set(self.stack, [Region("GTV", contours)])

    def contour(self, index: float, image: str | None = None) -> Contour:
        frame = self.stack.frames[round(index)]
        assert frame is not None
        points = outline(self.stack, index, rectangle(2, 3, 7, 6))
        return Contour(points, frame.sop_uid if image is None else image)

    def read(self, dataset: Dataset) -> ImportedMask:
        return self.intake.read_mask(save(dataset, self.folder / "mask.dcm"), self.plan, self.stack)

    def refusal(self, dataset: Dataset) -> Finding:
        """What is said of a mask that cannot be opened on the scan."""
        with pytest.raises(MaskRefusedError) as raised:
            self.read(dataset)
        return raised.value.finding


@pytest.fixture
def house(intake: Intake, tmp_path: Path) -> House:
    return House(intake, tmp_path)


def only(mask: ImportedMask) -> Finding:
    (found,) = mask.findings
    return found


def verdicts(found: Finding) -> tuple[Verdict, Verdict, bool]:
    return found.view, found.answer, found.releasable


def test_segmentation_in_another_frame_of_reference(house: House) -> None:
    dataset = house.segmentation()
    dataset.FrameOfReferenceUID = "2.25.99"
    found = house.refusal(dataset)
    assert found.code == "intake.mask.other_frame_of_reference"
    assert verdicts(found) == (R, R, False)


def test_segmentation_without_a_common_frame_of_reference_on_equal_geometry(house: House) -> None:
    dataset = house.segmentation()
    house.rescanned(lambda image: delattr(image, "FrameOfReferenceUID"))
    mask = house.read(dataset)
    found = only(mask)
    assert np.array_equal(mask.voxels, odd_pixels(SHAPE) > 0)
    assert found.code == "intake.mask_frame_of_reference_absent" and verdicts(found) == (N, N, False)
    assert mask.to_confirm == (found,)


def test_segmentation_without_a_common_frame_of_reference_on_another_geometry(house: House) -> None:
    dataset = house.on_another_grid()
    house.rescanned(lambda image: delattr(image, "FrameOfReferenceUID"))
    found = house.refusal(dataset)
    assert found.code == "intake.mask.no_frame_of_reference" and verdicts(found) == (R, R, False)


def test_segmentation_on_another_grid_of_the_same_frame(house: House) -> None:
    mask = house.read(house.on_another_grid())
    by_code = {found.code: found for found in mask.findings}
    found = by_code["intake.mask_resampled"]
    assert verdicts(found) == (N, N, False)
    marked_mm3 = mask.voxels.sum() * np.prod(house.stack.geometry.spacing_mm)
    file_mm3 = np.prod(SHAPE) * 0.4 * 0.3 * 2.5
    assert mask.lost_fraction == pytest.approx(abs(1 - marked_mm3 / file_mm3))
    assert found.fields["lost_percent"] == round(100 * mask.lost_fraction, 1)


def test_segmentation_that_references_other_images_of_the_same_frame(house: House) -> None:
    other = write_series(house.folder / "other", SHAPE[0], series="2")
    mask = house.read(foreign_seg(other, odd_pixels(SHAPE), "BINARY"))
    assert np.array_equal(mask.voxels, odd_pixels(SHAPE) > 0)
    assert only(mask).code == "intake.mask_other_images" and verdicts(only(mask)) == (N, N, False)


def test_fractional_segmentation(house: House) -> None:
    values = odd_pixels(SHAPE).astype(float) * 0.5
    mask = house.read(house.segmentation("FRACTIONAL", values, fractional_type="PROBABILITY"))
    assert np.array_equal(mask.voxels, values == 0.5)
    assert only(mask).code == "intake.mask_fractional" and verdicts(only(mask)) == (F, N, False)
    assert mask.threshold == 0.5 and mask.to_confirm == mask.findings


def test_overlapping_segments(house: House) -> None:
    pixels = np.stack([odd_pixels(SHAPE), odd_pixels(SHAPE, 1)], axis=-1)
    mask = house.read(house.segmentation("BINARY", pixels, labels=("A", "B")))
    assert only(mask).code == "intake.mask_overlapping" and verdicts(only(mask)) == (F, N, False)


def test_structure_set_without_image_references(house: House) -> None:
    mask = house.read(house.structures(house.contour(2, ""), house.contour(3, "")))
    assert mask.voxels.sum(axis=(1, 2)).tolist() == [0, 0, 15, 15, 0, 0]
    assert only(mask).code == "intake.mask_by_position" and verdicts(only(mask)) == (N, N, False)


def test_structure_set_that_references_missing_images(house: House) -> None:
    mask = house.read(house.structures(house.contour(2), house.contour(3, "2.25.404")))
    assert mask.voxels.sum(axis=(1, 2)).tolist() == [0, 0, 15, 15, 0, 0]
    assert only(mask).code == "intake.mask_images_missing" and verdicts(only(mask)) == (N, R, True)


def test_structure_set_that_references_another_series_of_the_source(house: House) -> None:
    write_series(house.folder / "scan" / "second", SHAPE[0], series="2")
    dataset = house.structures(house.contour(2, "2.25.4711.2.3"), house.contour(3, "2.25.4711.2.4"))
    house.plan = house.intake.scan(house.folder / "scan")
    mask = house.read(dataset)
    assert only(mask).code == "intake.mask_other_images" and verdicts(only(mask)) == (N, N, False)


@pytest.mark.parametrize(("image", "index"), [(None, 3.2), ("", 3)])
def test_structure_set_without_a_common_frame_of_reference_that_names_images_or_meets_planes(
    house: House, image: str | None, index: float
) -> None:
    dataset = house.structures(house.contour(index, image))
    house.rescanned(lambda picture: delattr(picture, "FrameOfReferenceUID"))
    mask = house.read(dataset)
    found = {one.code: one for one in mask.findings}["intake.mask_frame_of_reference_absent"]
    assert mask.voxels.sum(axis=(1, 2)).tolist() == [0, 0, 0, 15, 0, 0]
    assert verdicts(found) == (N, N, False) and mask.to_confirm == (found,)


def test_structure_set_without_a_common_frame_of_reference_between_planes(house: House) -> None:
    dataset = house.structures(house.contour(3.2, ""))
    house.rescanned(lambda picture: delattr(picture, "FrameOfReferenceUID"))
    found = house.refusal(dataset)
    assert found.code == "intake.mask.no_frame_of_reference" and verdicts(found) == (R, R, False)


def test_structure_set_in_another_frame_of_reference(house: House) -> None:
    dataset = house.structures(house.contour(3))
    dataset.StructureSetROISequence[0].ReferencedFrameOfReferenceUID = "2.25.99"
    found = house.refusal(dataset)
    assert found.code == "intake.mask.other_frame_of_reference" and verdicts(found) == (R, R, False)


def test_contour_between_planes(house: House) -> None:
    mask = house.read(house.structures(house.contour(2), house.contour(3.4)))
    assert mask.voxels.sum(axis=(1, 2)).tolist() == [0, 0, 15, 15, 0, 0]
    assert only(mask).code == "intake.mask_contours_between" and verdicts(only(mask)) == (N, N, False)
    assert only(mask).fields == {"count": 1, "distance_mm": 1.0}


def test_contour_off_planes_by_more_than_half_a_spacing(house: House) -> None:
    beyond = Contour(
        outline(house.stack, SHAPE[0] - 1 + 0.6, rectangle(2, 3, 7, 6)), house.stack.frames[-1].sop_uid
    )
    mask = house.read(house.structures(house.contour(4), beyond))
    assert mask.voxels.sum(axis=(1, 2)).tolist() == [0, 0, 0, 0, 15, 0]
    assert only(mask).code == "intake.mask_contours_off_planes" and verdicts(only(mask)) == (N, R, False)


def test_contour_on_a_slice_that_the_scan_lacks(house: House) -> None:
    contours = [house.contour(2), house.contour(3)]
    dataset = house.structures(*contours)
    house.paths.pop(3).unlink()
    house.plan, house.stack = house._scan()
    mask = house.read(dataset)
    found = {one.code: verdicts(one) for one in mask.findings}
    assert mask.voxels.sum(axis=(1, 2)).tolist() == [0, 0, 15, 0, 0, 0]
    assert found == {
        "intake.mask_images_missing": (N, R, True),
        "intake.mask_contours_off_planes": (N, R, False),
    }


@pytest.mark.parametrize(
    ("code", "contours"),
    [
        ("intake.mask_contour_gaps", (1, 4)),
        ("intake.mask_contours_ignored", (2, 2)),
    ],
)
def test_contours_with_gaps_or_left_out_are_usable_with_a_note(
    house: House, code: str, contours: tuple[int, int]
) -> None:
    mask = house.read(house.structures(*(house.contour(index) for index in contours)))
    assert only(mask).code == code and verdicts(only(mask)) == (N, N, False)


def label_map(house: House, change: Callable[[nibabel.Nifti1Image], None], folder: Path) -> Path:
    """The scan's own grid with ``change`` applied to the header, uncompressed."""
    content = encode_label_map(odd_pixels(SHAPE), house.stack.geometry, is_packed=False)
    image = nibabel.Nifti1Image.from_stream(BytesIO(content))
    change(image)
    nibabel.save(image, folder / "mask.nii")
    return folder / "mask.nii"


def test_label_map_whose_qform_and_sform_differ(house: House, tmp_path: Path) -> None:
    def move(image: nibabel.Nifti1Image) -> None:
        shifted = image.affine.copy()
        shifted[:3, 3] += (0, 3, 4)
        image.set_qform(shifted, 1)

    mask = house.intake.read_mask(label_map(house, move, tmp_path), house.plan, house.stack)
    found = {one.code: one for one in mask.findings}["intake.form_codes_disagree"]
    assert verdicts(found) == (N, N, False) and found.fields["distance_mm"] == 4.0
    assert mask.to_confirm == (found,)
    assert np.array_equal(mask.voxels, odd_pixels(SHAPE) > 0), "the sform counts"


def test_label_map_without_a_form_code(house: House, tmp_path: Path) -> None:
    def forget(image: nibabel.Nifti1Image) -> None:
        image.set_sform(None, 0)
        image.set_qform(None, 0)

    with pytest.raises(MaskRefusedError) as raised:
        house.intake.read_mask(label_map(house, forget, tmp_path), house.plan, house.stack)
    assert raised.value.finding.code == "intake.mask.no_grid"
    assert verdicts(raised.value.finding) == (R, R, False)


def test_label_map_states_no_frame_of_reference(house: House, tmp_path: Path) -> None:
    mask = house.intake.read_mask(label_map(house, lambda image: None, tmp_path), house.plan, house.stack)
    assert only(mask).code == "intake.mask_in_millimetres" and verdicts(only(mask)) == (N, N, False)
    assert mask.to_confirm == ()


@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd"])
def test_nifti_and_nrrd_image_until_the_modality_is_entered(
    intake: Intake, shared_data: Path, suffix: str
) -> None:
    path = {
        ".nii.gz": shared_data / "nifti_ct_mr_with_labels" / "example_ct_sm.nii.gz",
        ".nrrd": next((shared_data / "nrrd_image_label_radiomics").glob("*image*.nrrd")),
    }[suffix]
    (stack,) = intake.scan(path).stacks
    (found,) = [one for one in stack.findings if one.code == "intake.modality_unknown"]
    assert verdicts(found) == (F, R, False)
    for stated, expected in (("", R), ("MR", N)):
        made = case(modality="", findings=(found,), stated=StatedFacts(modality=stated))
        lines = check_scan(gather_facts(made), made.findings, CONDITIONS)
        assert {line.name: line.verdict for line in lines}["guard.modality"] is expected
        assert "guard.intake" not in {line.name for line in lines}


def test_empty_mask(house: House) -> None:
    dataset = house.segmentation(pixels=np.zeros(SHAPE, np.uint8), omit_empty_frames=False)
    found = house.refusal(dataset)
    assert found.code == "intake.mask.empty" and verdicts(found) == (R, R, False)


def test_empty_structure_set(house: House) -> None:
    found = house.refusal(house.structures())
    assert found.code == "intake.mask.empty" and verdicts(found) == (R, R, False)


@pytest.mark.parametrize("kind", ["segmentation", "structure set"])
def test_mask_of_the_wrong_patient(house: House, kind: str) -> None:
    dataset = house.segmentation() if kind == "segmentation" else house.structures(house.contour(2))
    dataset.PatientID = "P2"
    found = house.refusal(dataset)
    assert found.code == "intake.mask.other_patient" and verdicts(found) == (R, R, False)


@pytest.mark.parametrize("kind", ["segmentation", "structure set"])
def test_mask_of_the_wrong_patient_who_shares_the_identifier_by_the_date_of_birth(
    house: House, kind: str
) -> None:
    dataset = house.segmentation() if kind == "segmentation" else house.structures(house.contour(2))
    dataset.PatientBirthDate = "19900101"
    found = house.refusal(dataset)
    assert found.code == "intake.mask.other_patient" and verdicts(found) == (R, R, False)
    dataset.PatientBirthDate = ""
    assert house.read(dataset).voxels.any()


@pytest.mark.parametrize("kind", ["segmentation", "structure set"])
@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_mask_file_without_preamble_and_meta_parses_whole(house: House, kind: str, syntax: str) -> None:
    dataset = house.segmentation() if kind == "segmentation" else house.structures(house.contour(2))
    expected = house.read(dataset).voxels
    dataset.file_meta.TransferSyntaxUID = syntax
    path = save(dataset, house.folder / "mask.dcm")
    content = path.read_bytes()
    path.write_bytes(content[144 + int.from_bytes(content[140:144], "little") :])
    mask = house.intake.read_mask(path, house.plan, house.stack)
    found = only(mask)
    assert np.array_equal(mask.voxels, expected) and expected.any()
    assert found.code == "intake.no_preamble" and verdicts(found) == (N, N, False)


def test_a_refusal_at_import_bars_the_answer_and_a_note_is_printed(house: House) -> None:
    mask = house.read(house.structures(house.contour(2, ""), house.contour(3, "2.25.404")))
    layer = as_layer(mask, "mask.dcm", house.stack.geometry)
    volume = house.intake.load(house.plan, house.stack)
    made = case()
    whole = CaseInput(house.stack, volume, made.record, layer)
    lines = check_scan(gather_facts(whole), whole.findings, CONDITIONS)
    refused = [line.measured.id for line in lines if line.name == "guard.intake"]
    assert "finding.intake.mask_images_missing" in refused
    assert "finding.intake.mask_by_position" not in refused
    assert "intake.mask_by_position" in {finding.code for finding in whole.findings}
