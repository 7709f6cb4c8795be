"""NIfTI and NRRD line by line of the verdict table: what may be viewed, what a pack may answer for."""

from __future__ import annotations

import bz2
import gzip
import os
import struct
from pathlib import Path

import nibabel
import nrrd
import numpy as np
import pytest
import SimpleITK

from inference.dicom.intake import Intake
from inference.errors import InputError
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


def test_nifti_image_of_unknown_modality_is_viewed_and_not_answered(intake: Intake, tmp_path: Path) -> None:
    (stack,) = intake.scan(write_nifti(tmp_path / "a.nii.gz", values())).stacks
    assert verdicts(stack.findings, "modality_unknown") == (F, R)
    assert verdicts(stack.findings, "identity_unknown") == (N, N)


def test_nifti_image_with_a_stated_modality_is_answered_with_a_note(intake: Intake, tmp_path: Path) -> None:
    """What remains when the user has said what it is."""
    from inference.guard.scan_check import ANSWERED_HERE

    (stack,) = intake.scan(write_nifti(tmp_path / "a.nii.gz", values())).stacks
    left = [finding.answer for finding in stack.findings if finding.code not in ANSWERED_HERE]
    assert "intake.modality_unknown" in ANSWERED_HERE and max(left) is N


def test_nifti_qform_that_differs_from_sform_is_noted(intake: Intake, tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(values(), AFFINE)
    moved = AFFINE.copy()
    moved[:3, 3] = (0, 4, 0)
    image.set_sform(AFFINE, 1)
    image.set_qform(moved, 1)
    nibabel.save(image, tmp_path / "a.nii")
    (stack,) = intake.scan(tmp_path).stacks
    assert verdicts(stack.findings, "form_codes_disagree") == (N, N)
    assert one(stack.findings, "form_codes_disagree").fields["distance_mm"] == 4.0


def test_nifti_without_a_code_is_refused(intake: Intake, tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(values(), AFFINE)
    image.set_sform(AFFINE, 0)
    image.set_qform(AFFINE, 0)
    nibabel.save(image, tmp_path / "a.nii")
    plan = intake.scan(tmp_path)
    assert verdicts(plan.skipped, "no_orientation_code") == (R, R) and not plan.stacks


@pytest.mark.parametrize(
    ("unit", "step"), [("mm", 2.0), ("meter", 0.002), ("micron", 2000.0), ("unknown", 2.0)]
)
def test_units_of_a_nifti_are_brought_to_millimetres(
    intake: Intake, tmp_path: Path, unit: str, step: float
) -> None:
    image = nibabel.Nifti1Image(values(), np.diag((-step, -step, step, 1.0)))
    image.header.set_xyzt_units(unit)
    nibabel.save(image, tmp_path / "a.nii")
    (stack,) = intake.scan(tmp_path).stacks
    assert stack.geometry.spacing_mm == pytest.approx((2.0, 2.0, 2.0), rel=1e-6)
    peer = SimpleITK.ReadImage(str(tmp_path / "a.nii")).GetSpacing()
    assert unit == "unknown" or peer == pytest.approx((2.0, 2.0, 2.0), rel=1e-5)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_nifti_with_values_that_are_no_numbers_is_refused_for_answering(
    intake: Intake, tmp_path: Path, odd: float
) -> None:
    data = values().astype(np.float32)
    data[1, 2, 3] = odd
    (stack,) = intake.scan(write_nifti(tmp_path / "a.nii", data)).stacks
    assert verdicts(stack.findings, "not_a_number") == (N, R)


@pytest.mark.parametrize("data", [np.full(SHAPE, 7, np.int16), np.full(SHAPE, -0.25, np.float32)])
def test_nifti_of_constant_values_is_refused_for_answering(
    intake: Intake, tmp_path: Path, data: np.ndarray
) -> None:
    plan = intake.scan(write_nifti(tmp_path / "a.nii", data))
    (stack,) = plan.stacks
    assert verdicts(stack.findings, "constant") == (N, R)
    assert one(stack.findings, "constant").fields["value"] == data.flat[0]
    assert np.all(stored(loaded(intake, plan, stack)) == data)


def test_nifti_of_floating_point_values_is_quantised_with_a_note(intake: Intake, tmp_path: Path) -> None:
    data = np.random.default_rng(1).normal(0, 1, SHAPE).astype(np.float32)
    (stack,) = intake.scan(write_nifti(tmp_path / "a.nii", data)).stacks
    assert verdicts(stack.findings, "quantised") == (N, N)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32])
def test_label_maps_are_listed_as_masks(intake: Intake, tmp_path: Path, dtype: type) -> None:
    data = np.zeros(SHAPE, dtype)
    data[2:4, 2:4, 2] = 3
    plan = intake.scan(write_nifti(tmp_path / "a.nii.gz", data))
    assert verdicts(plan.skipped, "label_map") == (F, F) and plan.skipped[0].fields["labels"] == 1


@pytest.mark.parametrize("fields", ["RGB", "RGBA"])
def test_nifti_in_colour_is_shown_as_grey_and_not_answered(
    intake: Intake, tmp_path: Path, fields: str
) -> None:
    colours = np.random.default_rng(2).integers(0, 256, (*SHAPE, len(fields))).astype(np.uint8)
    data = np.zeros(SHAPE, np.dtype([(name, "u1") for name in fields]))
    for index, name in enumerate(fields):
        data[name] = colours[..., index]
    plan = intake.scan(write_nifti(tmp_path / "a.nii", data))
    (stack,) = plan.stacks
    assert verdicts(stack.findings, "colour") == (N, R)
    luminance = np.rint(colours[..., :3].astype(float) @ (0.299, 0.587, 0.114))
    assert np.abs(stored(loaded(intake, plan, stack)) - luminance).max() <= 1


def test_nifti_of_complex_values_is_refused_by_name(intake: Intake, tmp_path: Path) -> None:
    plan = intake.scan(write_nifti(tmp_path / "a.nii", values().astype(np.complex64)))
    assert verdicts(plan.skipped, "values_unsupported") == (R, R)
    assert "complex64" in str(plan.skipped[0].fields["values"])


def test_several_time_points_become_stacks_of_which_the_user_picks(intake: Intake, tmp_path: Path) -> None:
    data = values((7, 6, 5, 3))
    plan = intake.scan(write_nifti(tmp_path / "a.nii.gz", data))
    assert len(plan.stacks) == 3 and len({stack.stack_id for stack in plan.stacks}) == 3
    for number, stack in enumerate(plan.stacks):
        found = one(stack.findings, "volume_of_several")
        assert (found.view, found.answer) == (F, F)
        assert found.fields == {"number": number + 1, "volumes": 3}
        assert np.array_equal(stored(loaded(intake, plan, stack)), data[..., number])
    assert np.array_equal(
        intake.load_slice(plan, plan.stacks[2], 0), loaded(intake, plan, plan.stacks[2]).voxels[0]
    )


@pytest.mark.parametrize("shape", [(4, 4, 4, 1, 3), (4, 4, 4, 2, 2)])
def test_more_than_four_dimensions_are_refused_by_name(
    intake: Intake, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    plan = intake.scan(write_nifti(tmp_path / "a.nii", values(shape)))
    assert verdicts(plan.skipped, "dimensions_unsupported") == (R, R)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_nifti_that_ends_early_is_refused(intake: Intake, tmp_path: Path, name: str, share: float) -> None:
    path = write_nifti(tmp_path / name, values())
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    plan = intake.scan(path)
    assert verdicts(plan.skipped, "malformed") == (R, R) and not plan.stacks


@pytest.mark.parametrize("place", [-8, -200])
def test_a_packed_nifti_whose_check_sum_is_wrong_is_refused(
    intake: Intake, tmp_path: Path, place: int
) -> None:
    """All values are there, and some are not what was written."""
    path = write_nifti(tmp_path / "a.nii.gz", values())
    content = bytearray(gzip.compress(gzip.decompress(path.read_bytes()), 0))
    content[place] ^= 1
    path.write_bytes(content)
    plan = intake.scan(path)
    assert verdicts(plan.skipped, "malformed") == (R, R) and not plan.stacks


def spoiled(offset: int, layout: str, *new: float) -> bytes:
    image = nibabel.Nifti1Image(values(), AFFINE)
    content = bytearray(image.to_bytes())
    struct.pack_into(layout, content, offset, *new)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        spoiled(0, "<i", 17),
        spoiled(40, "<h", 9),
        spoiled(40, "<h", -1),
        spoiled(42, "<h", -7),
        spoiled(42, "<h", 0),
        spoiled(42, "<h", 32767),
        spoiled(70, "<h", 4711),
        spoiled(108, "<f", -5.0),
        spoiled(108, "<f", 1e9),
        spoiled(108, "<f", float("nan")),
        spoiled(280, "<f", float("nan")),
        spoiled(280, "<12f", *[0.0] * 12),
        bytes(400),
        b"\xff" * 400,
        b"n+1\0",
        b"\x1f\x8b" + bytes(100),
        gzip.compress(b"x" * 400),
    ],
)
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_nonsense_nifti_headers_are_refused(
    intake: Intake, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    plan = intake.scan(tmp_path)
    (found,) = plan.skipped
    assert (found.view, found.answer) == (R, R) and not plan.stacks
    assert found.code in {
        f"intake.{code}" for code in ("malformed", "dimensions_unsupported", "orientation_invalid")
    }


def nrrd_header(**changes: str) -> str:
    fields = {
        "type": "short", "dimension": "3", "sizes": "7 6 5", "encoding": "raw", "endian": "little",
        "space": "left-posterior-superior", "space directions": "(1.5,0,0) (0,2,0) (0,0,3)",
        "space origin": "(0,0,0)",
    } | {name.replace("_", " "): value for name, value in changes.items()}  # fmt: skip
    return "NRRD0004\n" + "".join(f"{name}: {value}\n" for name, value in fields.items() if value) + "\n"


def raw(data: np.ndarray) -> bytes:
    return data.tobytes(order="F")


def text(data: np.ndarray) -> bytes:
    return " ".join(map(str, data.ravel(order="F"))).encode()


def gzipped(data: np.ndarray) -> bytes:
    return gzip.compress(raw(data))


def bzipped(data: np.ndarray) -> bytes:
    return bz2.compress(raw(data))


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("raw", raw), ("gzip", gzipped), ("gz", gzipped), ("bzip2", bzipped), ("bz2", bzipped),
        ("ascii", text), ("text", text), ("txt", text),
    ],
)  # fmt: skip
@pytest.mark.parametrize("detached", [False, True])
def test_every_nrrd_encoding_is_read_attached_and_from_beside(
    intake: Intake, tmp_path: Path, encoding: str, pack, detached: bool
) -> None:  # type: ignore[no-untyped-def]
    data = values()
    if detached:
        (tmp_path / "a.nhdr").write_text(nrrd_header(encoding=encoding, data_file="a.dat"))
        (tmp_path / "a.dat").write_bytes(pack(data))
    else:
        (tmp_path / "a.nrrd").write_bytes(nrrd_header(encoding=encoding).encode() + pack(data))
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert np.array_equal(stored(loaded(intake, plan, stack)), data)
    assert stack.geometry.spacing_mm == (3.0, 2.0, 1.5)


def test_lines_and_bytes_before_the_data_are_skipped(intake: Intake, tmp_path: Path) -> None:
    data = values()
    (tmp_path / "a.raw").write_bytes(b"first line\nsecond\n1234" + raw(data))
    for fields in ({"line_skip": "2", "byte_skip": "4"}, {"byte_skip": "-1"}):
        (tmp_path / "a.nhdr").write_text(nrrd_header(data_file="./a.raw", **fields))
        plan = intake.scan(tmp_path / "a.nhdr")
        assert np.array_equal(stored(loaded(intake, plan, plan.stacks[0])), data)


@pytest.mark.parametrize(
    "named",
    ["../secret.raw", "/etc/passwd", "C:\\x.raw", "absent.raw", "LIST", "a%03d.raw 1 3 1", "link.raw"],
)
def test_nrrd_data_outside_or_absent_are_refused(intake: Intake, tmp_path: Path, named: str) -> None:
    (tmp_path / "secret.raw").write_bytes(raw(values()))
    folder = tmp_path / "in"
    folder.mkdir()
    if os.name == "posix":
        (folder / "link.raw").symlink_to(tmp_path / "secret.raw")
    (folder / "a.nhdr").write_text(nrrd_header(data_file=named))
    plan = intake.scan(folder / "a.nhdr")
    assert not plan.stacks and verdicts(plan.skipped, "detached_header") == (R, R)


@pytest.mark.parametrize(
    ("space", "signs"),
    [
        ("left-posterior-superior", (1, 1, 1)), ("LPS", (1, 1, 1)), ("right-anterior-superior", (-1, -1, 1)),
        ("RAS", (-1, -1, 1)), ("left-anterior-superior", (1, -1, 1)), ("LAS", (1, -1, 1)),
    ],
)  # fmt: skip
def test_every_space_of_the_patient_is_known(
    intake: Intake, tmp_path: Path, space: str, signs: tuple[int, int, int]
) -> None:
    (tmp_path / "a.nrrd").write_bytes(
        nrrd_header(space=space, space_origin="(10,20,30)").encode() + raw(values())
    )
    plan = intake.scan(tmp_path)
    geometry = plan.stacks[0].geometry
    corners = geometry.index_to_lps(np.array([[0, 0, 0], [4, 5, 6]]))
    first = np.array((10, 20, 30)) * signs
    last = first + np.array((9, 10, 12)) * signs
    assert np.allclose(corners.min(axis=0), np.minimum(first, last))
    assert np.allclose(corners.max(axis=0), np.maximum(first, last))


def test_volumes_and_colours_of_an_nrrd_are_known(intake: Intake, tmp_path: Path) -> None:
    data = values((7, 6, 5, 2))
    four = {"dimension": "4", "space_directions": "(1.5,0,0) (0,2,0) (0,0,3) none", "sizes": "7 6 5 2"}
    (tmp_path / "a.nrrd").write_bytes(
        nrrd_header(**four, kinds="domain domain domain list").encode() + raw(data)
    )
    plan = intake.scan(tmp_path / "a.nrrd")
    found = [stored(loaded(intake, plan, stack)) for stack in plan.stacks]
    assert np.array_equal(found, data.transpose(3, 0, 1, 2))
    colours = np.random.default_rng(5).integers(0, 256, (3, *SHAPE)).astype(np.uint8)
    first = {"dimension": "4", "space_directions": "none (1.5,0,0) (0,2,0) (0,0,3)", "sizes": "3 7 6 5"}
    (tmp_path / "b.nrrd").write_bytes(
        nrrd_header(**first, type="uchar", kinds="RGB-color space space space").encode() + raw(colours)
    )
    (stack,) = intake.scan(tmp_path / "b.nrrd").stacks
    assert verdicts(stack.findings, "colour") == (N, R)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"space": ""}, "no_orientation_code"),
        ({"space": "scanner-xyz"}, "no_orientation_code"),
        ({"space_directions": "", "space_origin": ""}, "no_orientation_code"),
        ({"space_directions": "(1,0,0) (2,0,0) (0,0,1)"}, "orientation_invalid"),
        ({"space_directions": "(nan,0,0) (0,1,0) (0,0,1)"}, "orientation_invalid"),
        ({"endian": ""}, "malformed"),
        ({"type": "block"}, "values_unsupported"),
        ({"type": "pudding"}, "malformed"),
        ({"sizes": "7 6"}, "dimensions_unsupported"),
        ({"sizes": "7 6 500"}, "malformed"),
        ({"sizes": "7 6 50000"}, "too_large"),
        ({"sizes": "-7 6 5"}, "dimensions_unsupported"),
        ({"sizes": "0 6 5"}, "dimensions_unsupported"),
        ({"encoding": "hex"}, "syntax_unsupported"),
        ({"encoding": "gzip"}, "malformed"),
        ({"encoding": "bzip2"}, "malformed"),
        ({"encoding": "ascii"}, "malformed"),
        ({"byte_skip": "-7"}, "malformed"),
        ({"line_skip": "9999"}, "malformed"),
        ({"dimension": "x"}, "malformed"),
    ],
)
def test_nonsense_nrrd_headers_are_refused(
    intake: Intake, tmp_path: Path, changes: dict[str, str], code: str
) -> None:
    (tmp_path / "a.nrrd").write_bytes(nrrd_header(**changes).encode() + raw(values()))
    plan = intake.scan(tmp_path)
    assert verdicts(plan.skipped, code) == (R, R) and not plan.stacks


def test_an_nrrd_that_a_peer_wrote_is_read(intake: Intake, tmp_path: Path) -> None:
    data = values()
    header = {"space": "LPS", "space directions": np.diag((1.5, 2, 3)), "space origin": [0, 0, 0]}
    nrrd.write(str(tmp_path / "a.nhdr"), data, header | {"encoding": "gzip"}, detached_header=True)
    plan = intake.scan(tmp_path / "a.nhdr")
    assert np.array_equal(stored(loaded(intake, plan, plan.stacks[0])), data)


def test_data_that_shrink_between_scan_and_load_end_in_one_sentence(intake: Intake, tmp_path: Path) -> None:
    (tmp_path / "a.nhdr").write_text(nrrd_header(data_file="a.raw"))
    (tmp_path / "a.raw").write_bytes(raw(values()))
    plan = intake.scan(tmp_path)
    os.truncate(tmp_path / "a.raw", 50)
    with pytest.raises(InputError, match=r"intake\.nothing_decoded"):
        intake.load(plan, plan.stacks[0])


def test_data_beside_a_header_are_read_anew_however_well_the_header_is_known(tmp_path: Path) -> None:
    """What is remembered is known by the header alone, which says nothing about the data beside it."""
    from inference.dicom.remembered.keeper import Keeper
    from inference.dicom.remembered.sealed_store import SealedStore

    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.nhdr").write_text(nrrd_header(data_file="a.raw"))
    keeper = Keeper(SealedStore(tmp_path / "kept"))
    with Intake(keeper=keeper) as remembering:
        for source in (folder / "a.nhdr", folder):
            for seed in (3, 4):
                (folder / "a.raw").write_bytes(raw(values(seed=seed)))
                plan = remembering.scan(source)
                volume = loaded(remembering, plan, plan.stacks[0])
                assert np.array_equal(stored(volume), values(seed=seed))
                keeper.wait()
