"""A disc that is taken out: while files are listed, scanned and loaded, each ends in one sentence."""

from __future__ import annotations

import builtins
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import RLELossless

from inference.dicom.intake import Intake
from inference.dicom.readers import worker
from inference.errors import InputError
from inference.findings import Verdict
from inference.jobs import Progress
from inference.messages.catalogue import load_catalogue
from tests.inference.dicom.dicom_files import codes, write_series


def compressed(dataset: Dataset, _: int) -> None:
    dataset.compress(RLELossless, generate_instance_uid=False)


def one_sentence(error: InputError, name: str) -> None:
    """It names the file, in both languages, and every field is filled."""
    for language in ("en", "zh_CN"):
        text = load_catalogue(language).render(error.message)
        assert name in text and "{" not in text and "⟦" not in text


def once_scanning_begins(act: Callable[[], None]) -> Callable[[Progress], None]:
    """Files are known by then and none has been asked for."""
    done: list[bool] = []

    def on_progress(progress: Progress) -> None:
        if progress.stage == "stage.scanning" and not done:
            done.append(True)
            act()

    return on_progress


def test_a_disc_ejected_while_scanning_is_said_with_the_file(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "cd", 5)
    eject = once_scanning_begins(lambda: shutil.rmtree(tmp_path / "cd"))
    with pytest.raises(InputError, match=r"intake\.file_gone") as raised:
        intake.scan(tmp_path / "cd", eject)
    one_sentence(raised.value, "000.dcm")


def test_a_disc_ejected_from_a_folder_that_stays_is_said_with_the_file(
    intake: Intake, tmp_path: Path
) -> None:
    """The place where a disc is mounted remains, and is empty."""
    paths = write_series(tmp_path, 5)
    with pytest.raises(InputError, match=r"intake\.file_gone") as raised:
        intake.scan(tmp_path, once_scanning_begins(lambda: [path.unlink() for path in paths].clear()))
    one_sentence(raised.value, "000.dcm")


def test_a_file_that_vanishes_while_scanning_leaves_the_scan_marked_as_perhaps_incomplete(
    intake: Intake, tmp_path: Path
) -> None:
    paths = write_series(tmp_path / "a", 5)
    write_series(tmp_path / "b", 3, series="2")
    plan = intake.scan(tmp_path, once_scanning_begins(paths[4].unlink))
    assert [(one.code, one.fields["file"]) for one in plan.skipped] == [("intake.unreadable", "a/004.dcm")]
    short, whole = plan.stacks
    assert short.slice_count == 4 and codes(short.findings) == {"may_be_incomplete"}
    assert (short.findings[0].view, short.findings[0].answer) == (Verdict.NOTE, Verdict.REFUSED)
    assert short.findings[0].releasable and whole.findings == ()


def test_a_scan_from_a_source_that_was_cut_off_is_marked(tmp_path: Path) -> None:
    from inference.dicom.limits import IntakeLimits

    write_series(tmp_path, 5)
    with Intake(limits=IntakeLimits(files=4)) as small:
        (stack,) = small.scan(tmp_path).stacks
    assert codes(stack.findings) == {"source_cut_off"} and stack.findings[0].answer is Verdict.REFUSED


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), PermissionError(13, "denied")])
def test_a_file_with_a_bad_sector_is_named_and_the_reader_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    (path,) = write_series(tmp_path, 1)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(worker, "open", fail, raising=False)
    answer = worker._file_answer(3, str(path), 100, 1000)
    assert answer.skipped is not None and answer.skipped.code == "intake.unreadable"


def test_a_file_that_shrinks_while_scanning_is_not_loaded(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path, 5)
    plan = intake.scan(tmp_path, once_scanning_begins(lambda: os.truncate(paths[2], 400)))
    with pytest.raises(InputError) as raised:
        for stack in plan.stacks:
            intake.load(plan, stack)
        raise InputError("intake.file_changed", file="002.dcm")  # it was no part of any stack
    one_sentence(raised.value, "002.dcm")


def replaced(path: Path) -> None:
    """Another file of the same size and time of modification in its place."""
    status = path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    other = path.with_suffix(".other")
    other.write_bytes(content)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


HARMS = {
    "vanishes": (Path.unlink, "file_gone"),
    "shrinks": (lambda path: os.truncate(path, path.stat().st_size - 100), "file_changed"),
    "is replaced": (replaced, "file_changed"),
    "goes with its folder": (lambda path: shutil.rmtree(path.parent), "file_gone"),
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("kind", ["native", "compressed", "nifti"])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_file_that_changes_while_loading_ends_in_one_sentence_and_no_volume(
    intake: Intake, tmp_path: Path, harm: str, kind: str, when: str
) -> None:
    """The outermost slice is read last, so that the harm is done while others are there already."""
    act, code = HARMS[harm]
    folder = tmp_path / "cd"
    if kind == "nifti":
        folder.mkdir()
        path = folder / "a.nii"
        values = np.random.default_rng(1).integers(0, 999, (9, 8, 7)).astype(np.int16)
        nibabel.save(nibabel.Nifti1Image(values, np.diag((-1.0, -1.0, 2.0, 1.0))), path)
    else:
        path = write_series(folder, 7, compressed if kind == "compressed" else None)[0]
    plan = intake.scan(folder)
    (stack,) = plan.stacks
    harmed: list[int] = []

    def on_slice(index: int) -> None:
        if not harmed:
            harmed.append(index)
            act(path)

    if when == "before":
        on_slice(0)
    with pytest.raises(InputError, match=rf"intake\.{code}") as raised:
        intake.load(plan, stack, on_slice=on_slice)
    one_sentence(raised.value, path.suffix if harm == "goes with its folder" else path.name)
    assert harmed


class BadSector(io.FileIO):
    """A file that opens and cannot be read, as a scratched disc has them."""

    def readinto(self, _: object) -> int:
        raise OSError(5, "Input/output error")


def fail_reading(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    opened = builtins.open

    def open_badly(path: str, *arguments: object, **options: object) -> object:
        return BadSector(path) if str(path).endswith(name) else opened(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", open_badly)


def test_a_read_error_while_loading_names_the_file(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path, 3)
    plan = intake.scan(tmp_path)
    fail_reading(monkeypatch, "001.dcm")
    with pytest.raises(InputError, match=r"intake\.file_gone") as raised:
        intake.load(plan, plan.stacks[0])
    one_sentence(raised.value, "001.dcm")
