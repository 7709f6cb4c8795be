"""Each pathway from a phantom's DICOM files to a recommendation: by the command line, and in the window.

Both answer with the pack that comes with the program, and their answers have equal hashes.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

import main as entry
from gui.main_window import MainWindow
from gui.session import Session
from gui.settings import Settings
from headless.read_record import read_record
from inference.packs.store import BUNDLED_PACKS, PackStore
from inference.paths import HOME_VARIABLE
from models.phantoms.command import write_cohort
from tests.gui.conftest import KeptIntake, new_session, shown_window
from tests.headless.command_line import logs_closed

TUMOUR = "Primary tumour"
MAIN = {
    "npc-residual": "ccrt",
    "lagc-response": "dlcs",
    "gc-recurrence": "dlfs",
    "pnen-recurrence": "dlr_a",
    "gnen-os": "combined",
}
MASKS = {
    "npc-residual": {},
    "lagc-response": {"portal_venous": "portal-venous-seg.dcm"},
    "gc-recurrence": {"portal_venous": "portal-venous-seg.dcm"},
    "pnen-recurrence": {"arterial": "arterial-seg.dcm"},
    "gnen-os": {"arterial": "arterial-seg.dcm", "venous": "portal-venous-seg.dcm"},
}


@dataclass(frozen=True)
class Phantom:
    """One patient's files."""

    study: str
    folder: Path

    @property
    def masks(self) -> dict[str, Path]:
        """The masks by the input that each belongs to; none where the pack's segmenter draws."""
        return {name: self.folder / file for name, file in MASKS[self.study].items()}


@dataclass(frozen=True)
class Written:
    """What the command left and printed."""

    code: int
    folder: Path
    printed: str

    @property
    def document(self) -> dict[str, Any]:
        """The assessment's file."""
        made: dict[str, Any] = json.loads((self.folder / "assessment.json").read_text(encoding="utf-8"))
        return made


@pytest.fixture(scope="module", params=sorted(MASKS))
def phantom(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Phantom:
    """One phantom of a study, at the size of a real scan: the pack asks for real pixels."""
    study: str = request.param
    (folder,) = write_cohort(
        study,
        cohort="internal",
        patients=1,
        seed=7,
        out=tmp_path_factory.mktemp(study) / "cohort",
        size=512,
        on_progress=lambda _: None,
        should_stop=lambda: False,
    )
    return Phantom(study, folder)


@pytest.fixture(scope="module")
def written(phantom: Phantom, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """``main.py assess`` on the phantom, by a user who has installed nothing."""
    home = tmp_path_factory.mktemp("home")
    masks = [part for name, file in phantom.masks.items() for part in ("--mask", f"{name}={file}")]
    masks += ["--mask-segment", TUMOUR] if masks else []
    clinical, out = phantom.folder / "clinical.json", home / "out"
    command = ["assess", phantom.folder, "--study", phantom.study, "--clinical", clinical, *masks]
    command += ["--rule-set", "published", "--explain", "--out", out]
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, logs_closed():
        patch.setenv(HOME_VARIABLE, str(home))
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = entry.main([str(part) for part in command])
    return Written(code, out, printed.getvalue())


@pytest.fixture
def own_packs(qapp: object, kept_intake: KeptIntake, settings: Settings, qtbot: Any) -> Iterator[MainWindow]:
    """The window with the packs that come with the program."""
    session = new_session(kept_intake, PackStore([BUNDLED_PACKS]))
    with shown_window(session, settings, qtbot, pack_within_ms=60_000) as made:
        yield made
    session.shut_down()


def best_of(session: Session) -> dict[str, str]:
    """The stack that the checklist ranks first, by the input's id; empty while nothing is matched."""
    matches = session.inputs.matches
    return {match.input.id: match.candidates[0].read.stack.stack_id for match in matches if match.candidates}


def bring_mask(window: MainWindow, file: Path, qtbot: Any) -> None:
    """Import a mask as the user does: tick the tumour where the file names several structures."""
    session, source = window.session, window.source
    session.import_mask(file)
    qtbot.waitUntil(lambda: source.segments is not None or session.mask is not None, timeout=60_000)
    dialog = source.segments
    if dialog is not None:
        for row in range(dialog.list.count()):
            item = dialog.list.item(row)
            is_tumour = item.text().startswith(TUMOUR)
            item.setCheckState(Qt.CheckState.Checked if is_tumour else Qt.CheckState.Unchecked)
        dialog.take_button.click()
        qtbot.waitUntil(lambda: session.mask is not None, timeout=60_000)


def test_a_phantom_s_files_become_an_answer_with_a_recommendation(phantom: Phantom, written: Written) -> None:
    assert written.code == 0 and "Traceback" not in written.printed, written.printed
    made = written.document["assessment"]
    answer, recommendation = made["predictions"][0], made["recommendation"]
    assert answer["model" if phantom.masks else "treatment"] == MAIN[phantom.study]
    assert (answer["status"], answer["part"]) == ("answered", "answer")
    assert answer["is_positive"] is (answer["score"] >= answer["cutoff"])
    assert answer["variations"] and recommendation["status"] == "given"
    assert recommendation["table"][recommendation["row"] - 1]["recommend"] == recommendation["recommend"]
    assert {line["verdict"] for line in made["guard"]} <= {"fine", "note"}
    assert "synthetic" in written.printed and ("→" in written.printed or not phantom.masks)
    assert (written.folder / "report.pdf").read_bytes().startswith(b"%PDF")


def test_the_pathway_gives_the_same_answer_on_screen(
    phantom: Phantom, written: Written, own_packs: MainWindow, qtbot: Any
) -> None:
    study, session = phantom.study, own_packs.session
    session.choose_study(study)
    qtbot.waitUntil(lambda: session.pack is not None and session.pack.manifest.study == study, timeout=60_000)
    session.open_path(phantom.folder)
    qtbot.waitUntil(lambda: session.plan is not None and session.intake_job is None, timeout=120_000)
    qtbot.waitUntil(lambda: bool(best_of(session)), timeout=60_000)
    for name, stack_id in best_of(session).items():
        session.use_scan(name, stack_id)
        qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=120_000)
        if name in phantom.masks:
            bring_mask(own_packs, phantom.masks[name], qtbot)
    session.set_record(read_record(study, phantom.folder / "clinical.json"))
    qtbot.waitUntil(lambda: not session.inputs.needs_pick and not session.is_busy, timeout=60_000)
    session.set_rule_set("published")
    session.run()
    qtbot.waitUntil(lambda: session.last_end is not None and not session.is_busy, timeout=120_000)
    qtbot.waitUntil(lambda: not session.jobs.variation.is_running, timeout=120_000)

    shown = session.outcome
    assert shown is not None and session.is_current
    assert shown.assessment.predictions[0].score is not None
    assert json.loads(shown.assessment.canonical_bytes()) == written.document["assessment"]
    assert shown.assessment.content_sha256() == written.document["content_sha256"]
