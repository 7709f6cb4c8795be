from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import RLELossless

from inference.dicom.intake import Intake
from inference.dicom.limits import IntakeLimits
from inference.dicom.remembered.keeper import Keeper
from inference.dicom.remembered.plain_values import to_plain
from inference.dicom.remembered.sealed_store import SealedStore
from inference.dicom.remembered.source_key import listing_key, outline_key
from inference.dicom.sources.walk import list_files
from inference.errors import InputError
from inference.jobs import Progress
from inference.scan import Plan
from tests.inference.dicom.dicom_files import make_slice, write, write_series


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(SealedStore(tmp_path / "kept"))


@pytest.fixture
def remembering(keeper: Keeper) -> Iterator[Intake]:
    with Intake(keeper=keeper, limits=IntakeLimits(readers=1)) as intake:
        yield intake


def readers_started(intake: Intake) -> int:
    return sum(reader.pid is not None for reader in intake._pool.readers)


def settled(intake: Intake, keeper: Keeper, folder: Path) -> Plan:
    """Scanned once, put away, and the readers gone: what comes next is from memory or a fresh reader."""
    plan = intake.scan(folder)
    keeper.wait()
    for reader in intake._pool.readers:
        reader.end()
    return plan


def test_a_source_is_known_again_without_a_reader(
    remembering: Intake, keeper: Keeper, tmp_path: Path
) -> None:
    write_series(tmp_path / "scan", 5)
    (tmp_path / "scan" / "notes.txt").write_text("x")
    first = settled(remembering, keeper, tmp_path / "scan")
    seen: list[Progress] = []
    again = remembering.scan(tmp_path / "scan", seen.append)
    assert readers_started(remembering) == 0
    assert to_plain(again) == to_plain(first) and first.skipped
    assert seen[-1].done == seen[-1].total == 6
    volume = remembering.load(again, again.stacks[0])
    assert np.array_equal(volume.voxels, remembering.load(first, first.stacks[0]).voxels)


def spoil_header(path: Path) -> None:
    """Other bytes, the same size and times as far as a file can pretend."""
    status = path.stat()
    content = path.read_bytes().replace(b"Doe^Jane", b"Poe^Jane")
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        spoil_header,
        lambda path: os.utime(path, (0, 0)),
        lambda path: path.rename(path.with_name("other.dcm")),
        lambda path: path.unlink(),
        lambda path: path.with_name("more.dcm").write_bytes(path.read_bytes()),
    ],
    ids=["header", "time", "name", "gone", "one more"],
)
def test_a_source_that_changed_is_read_anew(
    remembering: Intake, keeper: Keeper, tmp_path: Path, change
) -> None:  # type: ignore[no-untyped-def]
    paths = write_series(tmp_path / "scan", 4)
    settled(remembering, keeper, tmp_path / "scan")
    change(paths[1])
    remembering.scan(tmp_path / "scan")
    assert readers_started(remembering) == 1


def test_a_reader_that_died_is_not_remembered(remembering: Intake, keeper: Keeper, tmp_path: Path) -> None:
    write_series(tmp_path / "scan", 3)
    process = remembering._pool.first

    def kill_at_the_second_file() -> bool:
        if process.culprit() == 1 and process.pid is not None:
            process._process.kill()  # type: ignore[union-attr]
        return False

    plan = remembering.scan(tmp_path / "scan", should_stop=kill_at_the_second_file)
    keeper.wait()
    if plan.skipped:  # the reader may have been quicker
        again = remembering.scan(tmp_path / "scan")
        assert again.skipped == () and again.stacks[0].slice_count == 3


def write_packed(folder: Path, count: int) -> None:
    folder.mkdir()
    for index in range(count):
        dataset = make_slice(index)
        dataset.compress(RLELossless)
        write(dataset, folder / f"{index}.dcm")


def test_decoded_pictures_come_back_bit_for_bit_without_a_reader(
    remembering: Intake, keeper: Keeper, tmp_path: Path
) -> None:
    write_packed(tmp_path / "scan", 5)
    plan = remembering.scan(tmp_path / "scan")
    first = remembering.load(plan, plan.stacks[0])
    keeper.wait()
    for reader in remembering._pool.readers:
        reader.end()
    seen: list[int] = []
    again = remembering.load(plan, plan.stacks[0], on_slice=seen.append)
    assert readers_started(remembering) == 0
    assert again.pixel_sha256() == first.pixel_sha256() and again.findings == first.findings
    assert sorted(seen) == [0, 1, 2, 3, 4] and seen[0] == 2


def test_other_bytes_are_decoded_anew(remembering: Intake, keeper: Keeper, tmp_path: Path) -> None:
    write_packed(tmp_path / "scan", 3)
    plan = remembering.scan(tmp_path / "scan")
    remembering.load(plan, plan.stacks[0])
    keeper.wait()
    path = tmp_path / "scan" / "1.dcm"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"intake\.file_changed"):
        remembering.load(plan, plan.stacks[0])


def test_a_stack_with_a_slice_that_could_not_be_decoded_is_not_remembered(
    remembering: Intake, keeper: Keeper, tmp_path: Path
) -> None:
    write_packed(tmp_path / "scan", 4)
    path = tmp_path / "scan" / "0.dcm"
    content = bytearray(path.read_bytes())
    first_segment = content.rindex((64).to_bytes(4, "little"))
    content[first_segment : first_segment + 4] = (1 << 30).to_bytes(4, "little")
    path.write_bytes(content)
    plan = remembering.scan(tmp_path / "scan")
    volume = remembering.load(plan, plan.stacks[0])
    keeper.wait()
    assert volume.missing_slices
    known = keeper.known_pictures(plan, plan.stacks[0])
    assert known is not None and known.volume() is None


def test_native_pictures_are_not_kept_twice(remembering: Intake, keeper: Keeper, tmp_path: Path) -> None:
    write_series(tmp_path / "scan", 3)
    plan = remembering.scan(tmp_path / "scan")
    assert keeper.known_pictures(plan, plan.stacks[0]) is None


def anew(keeper: Keeper) -> Keeper:
    """The keeper of the next start: the same folder, nothing at hand."""
    return Keeper(keeper._store)


def test_a_plan_of_another_shape_is_left_aside(keeper: Keeper, tmp_path: Path, remembering: Intake) -> None:
    write_series(tmp_path / "scan", 3)
    plan = settled(remembering, keeper, tmp_path / "scan")
    listing = list_files(tmp_path / "scan", IntakeLimits())

    def remembered() -> Plan | None:
        known = anew(keeper).known_source(listing)
        return None if known is None else known.plan()

    assert remembered() is not None
    for content in (b"[]", b"nonsense", b"[1,2]"):
        keeper._store.put(listing_key(listing), [content])
        assert remembered() is None
    known = keeper.known_source(listing)
    assert known is not None
    known.keep_plan(replace(plan, series=()))
    keeper.wait()
    kept = remembered()
    assert kept is not None and kept.series == ()


def test_a_plan_at_hand_is_given_without_its_entry_until_the_source_changes(
    keeper: Keeper, tmp_path: Path, remembering: Intake
) -> None:
    paths = write_series(tmp_path / "scan", 3)
    settled(remembering, keeper, tmp_path / "scan")
    known = keeper.known_source(list_files(tmp_path / "scan", IntakeLimits()))
    assert known is not None and known.plan() is known.plan() is not None
    spoil_header(paths[0])
    known = keeper.known_source(list_files(tmp_path / "scan", IntakeLimits()))
    assert known is not None and known.plan() is None


def test_clearing_forgets_everything(remembering: Intake, keeper: Keeper, tmp_path: Path) -> None:
    write_series(tmp_path / "scan", 3)
    settled(remembering, keeper, tmp_path / "scan")
    keeper.clear()
    remembering.scan(tmp_path / "scan")
    assert readers_started(remembering) == 1


def test_a_source_that_changed_while_it_was_put_away_is_not_remembered(
    remembering: Intake, keeper: Keeper, tmp_path: Path
) -> None:
    paths = write_series(tmp_path / "scan", 3)
    listing = list_files(tmp_path / "scan", IntakeLimits())
    plan = remembering.scan(tmp_path / "scan")
    keeper.wait()
    keeper.clear()
    paths[1].write_bytes(paths[1].read_bytes() + b"\0\0")
    known = keeper.known_source(listing)
    assert known is not None
    known.keep_plan(plan)
    keeper.wait()
    assert not keeper.holds(outline_key(listing)) and known.plan() is None


def test_files_of_a_source_that_is_new_are_not_opened(keeper: Keeper, tmp_path: Path) -> None:
    write_series(tmp_path / "scan", 3)
    listing = list_files(tmp_path / "scan", IntakeLimits())
    known = keeper.known_source(listing)
    for path in (tmp_path / "scan").iterdir():
        path.unlink()
    assert known is not None and known.plan() is None
