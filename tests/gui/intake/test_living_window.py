"""Whatever happens to files and readers ends in one sentence, and the window goes on living."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from gui.intake.skipped_files import SkippedGroup
from gui.main_window import MainWindow
from gui.notice import Notice, NoticeKind
from gui.session import Session
from gui.settings import Settings
from inference.clock import FixedClock, SeededIds
from inference.dicom.intake import Intake
from inference.dicom.limits import IntakeLimits
from inference.dicom.readers.reader_process import ReaderProcess
from inference.packs.store import PackStore
from tests.gui.conftest import NOON
from tests.gui.heartbeat import Heartbeat
from tests.gui.studies import write_study
from tests.inference.dicom.readers.test_containment import lying_reader, nifti_header, write_blank

Open = Callable[[IntakeLimits], MainWindow]


@pytest.fixture
def living(qapp: Any, pack_folder: Path, settings: Settings, qtbot: Any) -> Iterator[Open]:
    """Windows with readers of their own, which may come to harm."""
    made: list[tuple[MainWindow, Intake]] = []

    def open_window(limits: IntakeLimits) -> MainWindow:
        intake = Intake(limits=limits)
        session = Session(
            intake=intake, packs=PackStore([pack_folder], threads=1), clock=FixedClock(NOON), ids=SeededIds(1)
        )
        window = MainWindow(session, settings)
        window.resize(1366, 768)
        window.show()
        window.begin()
        made.append((window, intake))
        qtbot.waitUntil(lambda: session.pack is not None, timeout=20_000)
        return window

    yield open_window
    for window, _ in made:
        window.close()


@pytest.fixture(scope="module")
def slow_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that keeps a reader busy for a second or more."""
    return write_blank(tmp_path_factory.mktemp("slow") / "slow.nii.gz", slices=1000)


class Said:
    """The notices of a window."""

    def __init__(self, window: MainWindow) -> None:
        self.notices: list[Notice] = []
        self._window = window
        window.session.notice_raised.connect(self.notices.append)

    def ids(self) -> list[str]:
        return [notice.message.id for notice in self.notices]

    def texts(self) -> list[str]:
        return [self._window.session.render(notice.message) for notice in self.notices]


def is_at_rest(window: MainWindow) -> bool:
    return window.session.intake_job is None


def readers(window: MainWindow) -> tuple[ReaderProcess, ...]:
    return window.session.intake._pool.readers  # type: ignore[attr-defined]


def skipped(window: MainWindow) -> dict[str, int]:
    groups = window.viewer.problems.findChildren(SkippedGroup)
    return {group.group.code: len(group.group.findings) for group in groups}


def assert_alive(window: MainWindow, folder: Path, qtbot: Any) -> None:
    """Another study opens as if nothing had happened."""
    good = write_study(folder / "good-study")
    window.session.open_path(good)
    qtbot.waitUntil(lambda: window.session.volume is not None and is_at_rest(window), timeout=30_000)
    assert window.session.plan is not None and Path(window.session.plan.root).name == "good-study"


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_reader_is_one_sentence_and_the_rest_opens(
    living: Open, tmp_path: Path, slow_file: Path, qtbot: Any
) -> None:
    window = living(IntakeLimits(readers=1))
    source = write_study(tmp_path / "study" / "a")
    (tmp_path / "study" / "b").mkdir()
    shutil.copy(slow_file, tmp_path / "study" / "b" / "slow.nii.gz")
    slow = len(list(source.iterdir()))
    with Heartbeat() as heart:
        window.session.open_path(tmp_path / "study")
        (reader,) = readers(window)
        qtbot.waitUntil(lambda: reader.culprit() == slow and reader.pid is not None, timeout=30_000)
        assert reader.pid is not None
        os.kill(reader.pid, signal.SIGKILL)
        qtbot.waitUntil(lambda: window.session.volume is not None and is_at_rest(window), timeout=30_000)
    assert skipped(window) == {"intake.reader_died": 1}
    said = [label.text().replace("\u200b", "") for label in window.viewer.problems.findChildren(QLabel)]
    assert any("b/slow.nii.gz made the reader break down" in text for text in said)
    assert heart.beats > 20
    assert_alive(window, tmp_path, qtbot)


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_readers_killed_while_nothing_is_read_are_not_even_noticed(
    living: Open, tmp_path: Path, qtbot: Any
) -> None:
    window = living(IntakeLimits())
    said = Said(window)
    assert_alive(window, tmp_path / "first", qtbot)
    for reader in readers(window):
        if reader.pid is not None:
            os.kill(reader.pid, signal.SIGKILL)
    assert_alive(window, tmp_path / "second", qtbot)
    assert said.notices == []


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is bounded on Linux alone")
def test_a_reader_over_its_memory_limit_is_one_sentence(living: Open, tmp_path: Path, qtbot: Any) -> None:
    window = living(IntakeLimits())
    source = write_study(tmp_path / "study")
    (source / "huge.nii").write_bytes(nifti_header((30_000, 30_000, 1), 64, 64) + bytes(64))
    window.session.open_path(source)
    qtbot.waitUntil(lambda: window.session.volume is not None and is_at_rest(window), timeout=30_000)
    assert skipped(window) == {"intake.too_large": 1}
    assert_alive(window, tmp_path, qtbot)


def test_a_reader_that_answers_nonsense_is_one_sentence(
    living: Open, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = living(IntakeLimits(readers=1))
    said = Said(window)
    for reader in readers(window):
        reader.end()
    with monkeypatch.context() as patch:
        nonsense = struct.pack(">I", 7) + b"garbage"
        patch.setattr(ReaderProcess, "_command", lambda self: lying_reader(nonsense))
        window.session.open_path(write_study(tmp_path / "study"))
        qtbot.waitUntil(lambda: bool(said.notices) and is_at_rest(window), timeout=30_000)
    assert said.ids() == ["intake.no_reader"] and "⟦" not in said.texts()[0]
    assert window.notices.isVisible() and window.session.plan is None
    assert_alive(window, tmp_path, qtbot)


@pytest.mark.parametrize("harm", ["vanishes", "shrinks", "is replaced"])
def test_a_file_that_changes_while_it_is_loaded_is_one_sentence(
    window: MainWindow, tmp_path: Path, qtbot: Any, harm: str
) -> None:
    """As when a disc is ejected between scanning and reading."""
    source = write_study(tmp_path / "study")
    said = Said(window)

    def do_harm() -> None:
        victim = source / "1-003.dcm"
        if window.session.plan is None or Path(window.session.plan.root) != source or not victim.exists():
            return
        if harm == "vanishes":
            victim.unlink()
        elif harm == "shrinks":
            victim.write_bytes(victim.read_bytes()[:-100])
        elif victim.stat().st_size > 100:
            victim.write_bytes(bytes(victim.stat().st_size))
            os.utime(victim, ns=(1, 1))

    window.session.plan_changed.connect(do_harm)
    window.session.open_path(source)
    qtbot.waitUntil(lambda: bool(said.notices) and is_at_rest(window), timeout=30_000)
    window.session.plan_changed.disconnect(do_harm)
    assert said.notices[0].kind in (NoticeKind.REFUSED, NoticeKind.FAILED)
    assert "1-003.dcm" in said.texts()[0] and len(said.notices) == 1
    assert window.session.volume is None, "nothing half read is shown as whole"
    assert_alive(window, tmp_path, qtbot)


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten thousand pictures of five hundred series, each with an identifier and place of its own."""
    folder = tmp_path_factory.mktemp("many")
    template = write_study(folder / "template") / "1-000.dcm"
    raw = template.read_bytes()
    shutil.rmtree(folder / "template")
    uid = raw_value(raw, b"\x08\x00\x18\x00UI")
    series = raw_value(raw, b"\x20\x00\x0e\x00UI")
    place = raw_value(raw, b"\x20\x00\x32\x00DS")
    for number in range(10_000):
        group, index = divmod(number, 20)
        here = folder / f"{group:03}"
        here.mkdir(exist_ok=True)
        data = raw.replace(uid, b"1.2.%06d" % number + b"\0" * (len(uid) - 10))
        data = data.replace(series, b"1.3.%06d" % group + b"\0" * (len(series) - 10))
        spot = b"-117.5\\-117.5\\%d" % (index * 5)
        data = data.replace(place, spot + b" " * (len(place) - len(spot)))
        (here / f"{index:02}.dcm").write_bytes(data)
    return folder


def raw_value(raw: bytes, tag: bytes) -> bytes:
    """The value of an explicit element with a short length."""
    start = raw.index(tag) + len(tag)
    (length,) = struct.unpack_from("<H", raw, start)
    return raw[start + 2 : start + 2 + length]


def test_scanning_ten_thousand_files_never_keeps_the_window_waiting(
    window: MainWindow, ten_thousand: Path, qtbot: Any
) -> None:
    session = window.session
    session.open_path(ten_thousand)
    with Heartbeat() as heart:
        qtbot.waitUntil(
            lambda: session.intake_job is not None and bool(session.intake_job.fraction), timeout=30_000
        )
        assert window.series.progress.isVisible()
        text = window.series.progress.text.text()
        assert "10\u202f000" in text
        qtbot.waitUntil(lambda: session.plan is not None and is_at_rest(window), timeout=60_000)
    # Scanning takes no time of the window's thread; showing 500 series takes a tenth of a second at once.
    # Twice that here, for processor time stretches on a machine that is shared.
    assert heart.busy_s < 0.2
    assert heart.away_s < 0.5
    assert window.series.model.stack_count == 500
    qtbot.waitUntil(lambda: session.inputs.needs_pick, timeout=30_000)
    assert len(session.inputs.matches[0].candidates) == 500


def test_the_heartbeat_notices_a_window_that_is_kept_waiting(qtbot: Any) -> None:
    with Heartbeat() as heart:
        qtbot.wait(50)
        time.sleep(0.15)
        qtbot.wait(50)
    assert heart.away_s >= 0.1
    with Heartbeat() as heart:
        qtbot.wait(50)
        until_s = time.thread_time() + 0.12
        while time.thread_time() < until_s:
            pass
        qtbot.wait(50)
    assert heart.busy_s >= 0.1


def test_scanning_ten_thousand_files_can_be_cancelled(
    window: MainWindow, ten_thousand: Path, tmp_path: Path, qtbot: Any
) -> None:
    session, said = window.session, Said(window)
    session.open_path(ten_thousand)
    qtbot.waitUntil(
        lambda: session.intake_job is not None and bool(session.intake_job.fraction), timeout=30_000
    )
    started_s = time.monotonic()
    window.series.progress.cancel_button.click()
    assert not window.series.progress.cancel_button.isEnabled()
    qtbot.waitUntil(lambda: is_at_rest(window), timeout=10_000)
    took_s = time.monotonic() - started_s
    assert [notice.kind for notice in said.notices] == [NoticeKind.CANCELLED]
    assert took_s < 2.0, "half a second where the machine has nothing else to do"
    assert session.plan is None and window.viewer.hint.isVisible()
    assert_alive(window, tmp_path, qtbot)


def test_another_folder_opened_while_one_is_scanned_is_the_one_that_opens(
    window: MainWindow, ten_thousand: Path, tmp_path: Path, qtbot: Any
) -> None:
    said = Said(window)
    window.session.open_path(ten_thousand)
    qtbot.waitUntil(
        lambda: window.session.intake_job is not None and bool(window.session.intake_job.fraction),
        timeout=30_000,
    )
    assert_alive(window, tmp_path, qtbot)
    assert said.notices == []


def test_another_folder_opened_while_one_is_read_is_the_one_that_opens(
    window: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    first = write_study(tmp_path / "first", series="1")
    window.session.open_path(first)
    qtbot.waitUntil(lambda: window.session.stack is not None, timeout=30_000)
    assert_alive(window, tmp_path, qtbot)


def test_one_folder_opened_twice_at_once_opens_once(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    source = write_study(tmp_path / "study")
    said = Said(window)
    for _ in range(2):
        window.session.open_path(source)
    qtbot.waitUntil(lambda: window.session.volume is not None and is_at_rest(window), timeout=30_000)
    assert window.series.model.stack_count == 1 and said.notices == []


def test_a_folder_without_pictures_is_one_sentence(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    source = tmp_path / "letters"
    source.mkdir()
    for number in range(30):
        (source / f"{number}.txt").write_text("Dear colleague", encoding="utf-8")
    said = Said(window)
    window.session.open_path(source)
    qtbot.waitUntil(lambda: bool(said.notices) and is_at_rest(window), timeout=30_000)
    assert said.ids() == ["gui.notice.nothing_usable"]
    assert skipped(window) == {"intake.not_an_image_file": 30}
    assert window.series.hint.text() == "No series of this source can be shown."
    assert_alive(window, tmp_path, qtbot)


@pytest.mark.parametrize("kind", ["empty", "absent"])
def test_an_empty_or_absent_folder_is_one_sentence(
    window: MainWindow, tmp_path: Path, qtbot: Any, kind: str
) -> None:
    source = tmp_path / "nothing"
    if kind == "empty":
        source.mkdir()
    said = Said(window)
    window.session.open_path(source)
    qtbot.waitUntil(lambda: bool(said.notices) and is_at_rest(window), timeout=30_000)
    assert said.ids() == [{"empty": "intake.nothing_found", "absent": "intake.not_found"}[kind]]
    assert window.session.plan is None and window.viewer.hint.isVisible()
    assert_alive(window, tmp_path, qtbot)


def test_a_bomb_in_a_zip_is_one_sentence(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("picture.dcm", bytes(64 << 20))
    said = Said(window)
    window.session.open_path(bomb)
    qtbot.waitUntil(lambda: bool(said.notices) and is_at_rest(window), timeout=60_000)
    assert len(said.notices) == 1 and "⟦" not in said.texts()[0]
    assert window.session.stack is None
    assert_alive(window, tmp_path, qtbot)


def test_a_zip_dropped_on_the_window_is_opened(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    source = write_study(tmp_path / "study")
    packed = tmp_path / "study.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(source.iterdir()):
            archive.write(file, file.name)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(packed))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    qtbot.waitUntil(lambda: window.session.volume is not None and is_at_rest(window), timeout=60_000)
    assert window.series.model.stack_count == 1
