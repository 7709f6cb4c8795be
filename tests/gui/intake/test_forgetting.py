"""What is remembered of opened scans can be removed from the File menu; the open case stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gui.session import Session
from inference.clock import SeededIds
from inference.dicom.intake import Intake
from inference.dicom.remembered.keeper import Keeper
from inference.dicom.remembered.sealed_store import SealedStore
from inference.packs.store import PackStore


def test_forgetting_removes_every_sealed_entry_and_says_so(
    qapp: Any, pack_folder: Path, study_folder: Path, tmp_path: Path, qtbot: Any
) -> None:
    keeper = Keeper(SealedStore(tmp_path / "kept"))
    session = Session(
        intake=Intake(keeper=keeper), packs=PackStore([pack_folder], threads=1), ids=SeededIds(1)
    )
    try:
        session.open_path(study_folder)
        qtbot.waitUntil(lambda: session.volume is not None, timeout=20_000)
        keeper.wait()
        assert list((tmp_path / "kept").iterdir())
        notices: list[Any] = []
        session.notice_raised.connect(notices.append)
        session.jobs.forget_sources()
        qtbot.waitUntil(lambda: bool(notices), timeout=5_000)
        assert notices[0].message.id == "gui.notice.forgotten"
        assert not list((tmp_path / "kept").iterdir()) and session.volume is not None
    finally:
        session.shut_down()
        session.intake.close()
