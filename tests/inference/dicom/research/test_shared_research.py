"""Real research files: stacks, verdicts, and every voxel in its place as nibabel and SimpleITK have it."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK

from inference.dicom.intake import Intake
from inference.findings import Verdict, worst_answer, worst_view
from inference.geometry import Geometry
from inference.scan import Plan, Stack
from inference.volume import Volume
from tests.inference.dicom.dicom_files import codes

CT_MR = "nifti_ct_mr_with_labels"
TUMOUR = "mr_brain_tumour_t1_pre_post_nifti"
GADOLINIUM = "mr_t1_gadolinium_nifti"
RADIOMICS = "nrrd_image_label_radiomics"

IMAGES = {
    f"{CT_MR}/example_ct.nii.gz": (112, 101, 122),
    f"{CT_MR}/example_ct_sm.nii.gz": (30, 101, 122),
    f"{CT_MR}/example_mr_sm.nii.gz": (20, 91, 117),
    f"{TUMOUR}/Post_Scan_T1.nii.gz": (24, 256, 256),
    f"{TUMOUR}/Pre_Scan_T1.nii.gz": (24, 256, 256),
    f"{GADOLINIUM}/MR_Gd.nii.gz": (144, 188, 176),
    f"{RADIOMICS}/brain1_image.nrrd": (25, 256, 256),
    f"{RADIOMICS}/breast1_image.nrrd": (21, 120, 45),
}
MASKS = {
    CT_MR: {
        "example_seg_mr.nii.gz": 23,
        **{
            f"example_ct_sm_labels/{name}.nii.gz": 1
            for name in (
                "aorta", "kidney_left", "kidney_right", "liver", "portal_vein_and_splenic_vein", "spleen",
                "vertebrae_L1",
            )
        },
    },
    TUMOUR: {"Pre_Mask.nii.gz": 1, "Post_Mask.nii.gz": 1},
    GADOLINIUM: {},
    RADIOMICS: {"brain1_label.nrrd": 1, "breast1_label.nrrd": 1},
}  # fmt: skip


def stack_of(plan: Plan, name: str) -> Stack:
    def file_name(stack: Stack) -> str:
        return next(plan.files[frame.file].name for frame in stack.frames if frame is not None)

    return next(stack for stack in plan.stacks if file_name(stack) == name)


@pytest.mark.parametrize("folder", MASKS)
def test_images_and_label_maps_of_a_set_are_told_apart(
    intake: Intake, shared_data: Path, folder: str
) -> None:
    plan = intake.scan(shared_data / folder)
    images = [name.removeprefix(f"{folder}/") for name in IMAGES if name.startswith(folder)]
    assert len(plan.stacks) == len(images) and all(stack_of(plan, name) for name in images)
    masks = {
        one.fields["file"]: one.fields["labels"] for one in plan.skipped if one.code == "intake.label_map"
    }
    assert masks == MASKS[folder]
    others = {one.code for one in plan.skipped} - {"intake.label_map"}
    assert others == {"intake.not_an_image_file"} and len(plan.patients) == 1 and plan.findings == ()


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_is_viewed_with_a_note_and_answered_when_its_modality_is_stated(
    intake: Intake, shared_data: Path, name: str
) -> None:
    (stack,) = intake.scan(shared_data / name).stacks
    assert stack.geometry.shape == IMAGES[name] and stack.geometry.plane == "axial"
    spacing = SimpleITK.ReadImage(str(shared_data / name)).GetSpacing()
    assert stack.geometry.spacing_mm == pytest.approx(spacing[::-1], rel=1e-5)
    assert codes(stack.findings) == {"identity_unknown", "frame_of_reference_missing", "modality_unknown"}
    assert worst_view(stack.findings) is Verdict.NOTE and worst_answer(stack.findings) is Verdict.REFUSED
    stated = [one for one in stack.findings if one.code != "intake.modality_unknown"]
    assert worst_answer(stated) is Verdict.NOTE


def at_places(volume: Volume, lps_of_ijk: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Our values at the places of all stored indices (i, j, k)."""
    geometry: Geometry = volume.geometry
    to_index = np.linalg.inv(geometry.affine) @ lps_of_ijk
    indices = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1).reshape(-1, 3)
    places = indices @ to_index[:3, :3].T + to_index[:3, 3]
    assert np.abs(places - np.rint(places)).max() < 1e-2
    slices, rows, columns = np.rint(places).astype(int).T
    found = volume.voxels[slices, rows, columns] * volume.slope[slices] + volume.intercept[slices]
    return found.reshape(shape)


@pytest.mark.parametrize("name", [name for name in IMAGES if name.endswith(".gz")])
def test_every_voxel_is_the_one_of_nibabel(intake: Intake, shared_data: Path, name: str) -> None:
    plan = intake.scan(shared_data / name)
    volume = intake.load(plan, plan.stacks[0])
    theirs = nibabel.load(shared_data / name)
    expected = np.asarray(theirs.dataobj, dtype=np.float64)
    ours = at_places(volume, np.diag((-1.0, -1.0, 1.0, 1.0)) @ theirs.affine, expected.shape)
    assert np.abs(ours - expected).max() <= 1e-6 * np.abs(expected).max()


@pytest.mark.parametrize("name", [name for name in IMAGES if name.endswith(".nrrd")])
def test_every_voxel_is_the_one_of_simpleitk(intake: Intake, shared_data: Path, name: str) -> None:
    plan = intake.scan(shared_data / name)
    volume = intake.load(plan, plan.stacks[0])
    image = SimpleITK.ReadImage(str(shared_data / name))
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    expected = SimpleITK.GetArrayFromImage(image).T
    assert np.array_equal(at_places(volume, affine, expected.shape), expected)


def test_the_two_dates_of_one_patient_lie_on_one_grid(intake: Intake, shared_data: Path) -> None:
    plan = intake.scan(shared_data / TUMOUR)
    first, second = (stack.geometry for stack in plan.stacks)
    assert first.shape == second.shape and np.allclose(first.spacing_mm, second.spacing_mm)
    assert all(not stack.identity.is_known for stack in plan.stacks)


@pytest.mark.parametrize(
    ("image", "mask", "voxels"),
    [
        (f"{TUMOUR}/Pre_Scan_T1.nii.gz", f"{TUMOUR}/Pre_Mask.nii.gz", None),
        (f"{TUMOUR}/Post_Scan_T1.nii.gz", f"{TUMOUR}/Post_Mask.nii.gz", None),
        (f"{CT_MR}/example_ct_sm.nii.gz", f"{CT_MR}/example_ct_sm_labels/liver.nii.gz", None),
        # PyRadiomics' reference values name the voxels of its label: baseline_shape.csv beside it.
        (f"{RADIOMICS}/brain1_image.nrrd", f"{RADIOMICS}/brain1_label.nrrd", 4137),
        (f"{RADIOMICS}/breast1_image.nrrd", f"{RADIOMICS}/breast1_label.nrrd", 143),
    ],
)
def test_label_maps_lie_on_their_image(
    intake: Intake, shared_data: Path, image: str, mask: str, voxels: int | None
) -> None:
    plan = intake.scan(shared_data / image)
    imported = intake.read_mask(shared_data / mask, plan, plan.stacks[0])
    expected = int((SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(shared_data / mask))) > 0).sum())
    found = sum(segment.count for segment in imported.segments)
    assert found == expected and (voxels is None or found == voxels)
