"""NRRD line by line of the verdict table, in every encoding, attached and detached."""

from __future__ import annotations

import bz2
import gzip
import os
from pathlib import Path

import nrrd
import numpy as np
import pytest

from inference.dicom.intake import Intake
from inference.errors import InputError
from tests.inference.dicom.research_files import (
    SHAPE,
    N,
    R,
    loaded,
    stored,
    values,
    verdicts,
)


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
