"""The window and the command line give one answer: equal hashes for equal inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gui.demonstration import DemonstrationRun
from gui.main_window import MainWindow
from headless.assess import run_assessment
from headless.read_case import AssessRequest
from headless.read_record import read_record
from inference.clock import SeededIds, SystemClock
from inference.guard.feature_distance import is_distance
from inference.packs.store import PackStore
from tests.inference.tiny_clouds import knowing_all
from tests.inference.tiny_pack import write_tiny_pack

STUDY = "npc-residual"


@pytest.fixture(scope="module")
def pack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one small pack, whose guard knows the cohort of each treatment."""
    folder = tmp_path_factory.mktemp("known-cohorts")
    scores = {"ccrt": (0.12, 0.18), "ic_ccrt": (0.06, 0.11)}
    clouds = knowing_all(100.0, ccrt=0.0, ic_ccrt=0.0)
    write_tiny_pack(folder / "npc-residual-tiny", scores=scores, gain=1.0, **clouds)
    return folder


def test_window_and_headless_assessments_have_equal_hashes(
    window: MainWindow, study_folder: Path, pack_folder: Path, tmp_path: Path, qtbot: Any
) -> None:
    values = {"age": {"value": 52, "unit": "a"}, "sex": {"value": "male"}, "t_stage": {"value": "T3"}}
    values |= {"n_stage": {"value": "N2"}, "ebv_dna": {"missing": "not_measured"}}
    document = {"schema": "concilium.clinical", "schema_version": 1, "study": STUDY, "values": values}
    clinical = tmp_path / "clinical.json"
    clinical.write_text(json.dumps(document))

    run = DemonstrationRun(window.session, study_folder, read_record(STUDY, clinical))
    with qtbot.waitSignal(run.ended, timeout=20_000):
        run.start()
    variation = window.session.jobs.variation
    qtbot.waitUntil(lambda: not variation.is_running, timeout=20_000)
    shown = window.session.outcome
    request = AssessRequest(study_folder, STUDY, tmp_path / "out", clinical=clinical)
    packs = PackStore([pack_folder], threads=1)
    written = run_assessment(request, packs=packs, ids=SeededIds(2), clock=SystemClock()).outcome

    assert shown is not None
    assert shown.assessment.canonical_bytes() == written.assessment.canonical_bytes()
    assert shown.assessment.content_sha256() == written.assessment.content_sha256()
    assert sum(is_distance(line) for line in shown.assessment.guard) == 2
    assert window.session.is_current
    assert all(prediction.variations for prediction in shown.assessment.predictions)
