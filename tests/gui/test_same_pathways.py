"""Each CT pathway walked in the window gives the answer of the command line: equal hashes, equal inputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gui.main_window import MainWindow
from gui.session import Session
from gui.settings import Settings
from headless.assess import run_assessment
from headless.read_case import AssessRequest, read_record
from inference.clock import FixedClock, SeededIds
from inference.packs.store import BUNDLED_PACKS, PackStore
from models.phantoms.command import write_cohort
from tests.gui.conftest import NOON, KeptIntake

TUMOUR = "Primary tumour"
MASKS = {
    "lagc-response": {"portal_venous": "portal-venous-seg.dcm"},
    "gc-recurrence": {"portal_venous": "portal-venous-seg.dcm"},
    "pnen-recurrence": {"arterial": "arterial-seg.dcm"},
    "gnen-os": {"arterial": "arterial-seg.dcm", "venous": "portal-venous-seg.dcm"},
}


@pytest.fixture
def own_packs(qapp: object, kept_intake: KeptIntake, settings: Settings, qtbot: Any) -> Iterator[MainWindow]:
    """The window with the packs that come with the program."""
    session = Session(
        intake=kept_intake,
        packs=PackStore([BUNDLED_PACKS], threads=1),
        clock=FixedClock(NOON),
        ids=SeededIds(1),
    )
    made = MainWindow(session, settings)
    made.resize(1366, 768)
    with qtbot.waitSignal(session.pack_changed, timeout=60_000):
        made.show()
        made.begin()
    yield made
    made.close()
    session.shut_down()


def one_patient(study: str, out: Path) -> Path:
    # The pancreas of seed 5 lies further from the 37 that taught than any of them: the guard refuses it.
    cohort, seed = ("external", 6) if study == "pnen-recurrence" else ("internal", 5)
    (folder,) = write_cohort(
        study,
        cohort=cohort,
        patients=1,
        seed=seed,
        out=out,
        size=512,
        on_progress=lambda _: None,
        should_stop=lambda: False,
    )
    return folder


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


@pytest.mark.parametrize("study", sorted(MASKS))
def test_a_pathway_gives_the_same_answer_on_screen(
    study: str, own_packs: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    folder = one_patient(study, tmp_path / "cohort")
    session = own_packs.session
    session.choose_study(study)
    qtbot.waitUntil(lambda: session.pack is not None and session.pack.manifest.study == study, timeout=60_000)
    session.open_path(folder)
    qtbot.waitUntil(lambda: session.plan is not None and session.intake_job is None, timeout=120_000)
    qtbot.waitUntil(lambda: bool(best_of(session)), timeout=60_000)
    for name, stack_id in best_of(session).items():
        session.use_scan(name, stack_id)
        qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=120_000)
        if name in MASKS[study]:
            bring_mask(own_packs, folder / MASKS[study][name], qtbot)
    session.set_record(read_record(study, folder / "clinical.json"))
    qtbot.waitUntil(lambda: not session.inputs.needs_pick and not session.is_busy, timeout=60_000)
    session.set_rule_set("published")
    session.run()
    qtbot.waitUntil(lambda: session.last_end is not None and not session.is_busy, timeout=120_000)
    qtbot.waitUntil(lambda: not session.jobs.variation.is_running, timeout=120_000)

    request = AssessRequest(
        folder,
        study,
        tmp_path / "out",
        clinical=folder / "clinical.json",
        masks={name: folder / file for name, file in MASKS[study].items()},
        mask_segment=TUMOUR,
        rule_set="published",
    )
    packs = PackStore([BUNDLED_PACKS], threads=1)
    written = run_assessment(request, packs=packs, ids=SeededIds(2), clock=FixedClock(NOON)).outcome
    shown = session.outcome
    assert shown is not None and session.is_current
    assert shown.assessment.predictions[0].score is not None
    assert shown.assessment.canonical_bytes() == written.assessment.canonical_bytes()
    assert shown.assessment.content_sha256() == written.assessment.content_sha256()
