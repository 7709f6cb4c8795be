"""The page of results computes its figures from the answers it is given."""

from types import SimpleNamespace

import numpy as np
import pytest

from inference.messages.message import Message
from inference.packs.manifest import Threshold
from inference.predictors.treatment_score import TreatmentScore
from inference.statistics.discrimination.delong import auc
from models.held_back import BoardAnswer, board_case
from models.phantoms.npc_population import draw_cohort
from models.phantoms.npc_volume import render_patient
from models.results.board_sections import board_sections

PATIENTS = draw_cohort("internal", 40, 9)
PACK = SimpleNamespace(
    name="npc-residual-demo@0.1.0",
    sha256="ab" * 32,
    manifest=SimpleNamespace(provenance=SimpleNamespace(seed=1)),
)


def threshold(treatment):
    return Threshold(
        treatment=treatment,
        value=0.5,
        positive_class="residual",
        locked_on="",
        method="",
        borderline_margin=0.05,
    )


def answers():
    rng = np.random.default_rng(2)
    given = []
    for number, patient in enumerate(PATIENTS):
        scores = tuple(
            TreatmentScore(
                treatment,
                (float(getattr(patient, f"residual_{treatment}")) * 0.4 + 0.6 * rng.random(),) * 2,
                threshold(treatment),
            )
            for treatment in ("ccrt", "ic_ccrt")
        )
        withheld = number % 4 == 0
        reasons = (Message("rules.withheld.implausible"),) if withheld else ()
        given.append(BoardAnswer(patient, 0.8, scores, "ccrt", None if withheld else "ibt", reasons))
    return given


@pytest.fixture(scope="module")
def page():
    """The page for forty fabricated answers."""
    return "\n\n".join(board_sections(answers(), PACK, "internal", 9, draws=4000))


def test_the_first_lines_say_that_the_data_are_synthetic(page):
    assert "Synthetic phantoms, not patients" in page.split("\n\n")[1]
    assert "Computed anew by `make results`" in page


def test_areas_are_those_of_the_scores(page):
    given = answers()
    residual = [answer.patient.residual_ccrt for answer in given]
    area = auc([answer.scores[0].score for answer in given], residual)
    low, high = area.interval()
    assert f"| CCRT | {sum(residual)} of 40 | {area.value:.3f} | {low:.3f} to {high:.3f} |" in page


def test_withheld_answers_are_counted_with_their_reason(page):
    assert "withheld for 10 of 40 (25%" in page
    assert "individual-based treatment 30" in page
    told = "The models disagree: no residual tumour with CCRT, yet residual tumour with IC+CCRT"
    assert f"| {told} | 10 |" in page


def test_a_policy_of_ccrt_for_everybody_equals_the_published_rules_that_say_so(page):
    rows = {
        line.split("|")[1].strip(): line.split("|")[2:] for line in page.splitlines() if line.startswith("| ")
    }
    assert rows["published rules"] == rows["everybody CCRT"]


def test_a_phantom_reaches_the_board_as_intake_would_hand_it_over():
    patient = PATIENTS[0]
    phantom = render_patient(patient, size=128)
    case = board_case(patient, phantom)
    assert case.stack.identity.subject_kind == "phantom"
    assert case.stack.slice_count == case.volume.geometry.shape[0]
    assert case.record.canonical("stage") == patient.stage
    assert case.record.canonical("age") == patient.age_years
