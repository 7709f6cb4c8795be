"""The guard of each treatment's networks: a line for each, and either one's doubt withholds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.assessment import Assessment, RecommendationStatus
from inference.findings import Verdict
from inference.guard.feature_distance import is_distance
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message
from inference.packs.load import LoadedPack
from inference.packs.verify import verify_pack
from inference.pipeline import assess
from inference.prediction import PredictionStatus, Variation
from inference.predictors.cohort_distance import lines_of_treatments
from inference.predictors.npc_residual import score_treatments
from inference.varying import vary
from tests.inference.synthetic_case import case, mask_layer, volume
from tests.inference.tiny_clouds import knowing, knowing_all
from tests.inference.tiny_pack import write_tiny_pack

OF_CCRT, OF_IC_CCRT = "guard.feature_distance.ccrt", "guard.feature_distance.ic_ccrt"
NEAR, FAR, VERY_FAR = 0.0, 3.2, 30.0
"""In spreads of a normal cohort: 2.6 is reached by one in 100, 3.9 by one in 10 000."""


@pytest.fixture(scope="session")
def embedding(tiny_pack: LoadedPack) -> float:
    """What every tiny network reads off the synthetic case."""
    found = score_treatments(volume(), mask_layer(), tiny_pack).embeddings
    (value,) = {float(vector[0]) for folds in found.values() for vector in folds.values()}
    return value


@pytest.fixture
def apart(tmp_path: Path, embedding: float):
    """The tiny pack whose cohorts lie so many spreads away from the synthetic case."""

    def made(ccrt: float, ic_ccrt: float) -> LoadedPack:
        clouds = knowing_all(0.1, ccrt=embedding + 0.1 * ccrt, ic_ccrt=embedding + 0.1 * ic_ccrt)
        return verify_pack(write_tiny_pack(tmp_path / "pack", gain=2.0, **clouds), threads=1)

    return made


def verdicts(assessment: Assessment) -> dict[str, Verdict]:
    return {line.name: line.verdict for line in assessment.guard if is_distance(line)}


def test_each_treatment_has_its_line_and_a_pack_without_clouds_none(apart, tiny_pack: LoadedPack) -> None:
    given = case(mask=mask_layer())
    made = assess(given, apart(NEAR, NEAR)).assessment
    assert verdicts(made) == {OF_CCRT: Verdict.FINE, OF_IC_CCRT: Verdict.FINE}
    assert made.is_answered
    without = assess(given, tiny_pack).assessment
    assert not verdicts(without) and without.guard == made.guard[:-2]


@pytest.mark.parametrize("treatment", ["ccrt", "ic_ccrt"])
def test_either_model_s_note_withholds_in_the_cautious_rules_alone(apart, treatment: str) -> None:
    given = case(mask=mask_layer())
    pack = apart(*(FAR if treatment == one else NEAR for one in ("ccrt", "ic_ccrt")))
    cautious = assess(given, pack)
    assert cautious.assessment.recommendation.status is RecommendationStatus.WITHHELD
    assert cautious.assessment.recommendation.reasons == (
        Message("rules.withheld.guard_warned", {"treatment": f"treatment.{treatment}"}),
    )
    assert all(one.score is None for one in cautious.assessment.predictions) and not cautious.heat_maps
    published = assess(given, pack, rule_set="published").assessment
    assert published.is_answered
    noted = {name for name, verdict in verdicts(published).items() if verdict is Verdict.NOTE}
    assert noted == {f"guard.feature_distance.{treatment}"}


def test_a_refusal_takes_the_scores_back_under_every_rule_set_and_names_the_treatment(apart) -> None:
    given = case(mask=mask_layer())
    pack = apart(NEAR, VERY_FAR)
    for rule_set in ("published", "cautious"):
        outcome = assess(given, pack, rule_set=rule_set)
        made = outcome.assessment
        assert verdicts(made)[OF_IC_CCRT] is Verdict.REFUSED
        assert {one.status for one in made.predictions} == {PredictionStatus.WITHHELD}
        assert all(one.score is None for one in made.predictions)
        assert not outcome.heat_maps and not outcome.readings
        assert vary(outcome, given, pack) is outcome
        (reason,) = made.recommendation.reasons
        assert "IC+CCRT" in load_catalogue("en").render(reason)
        assert "IC+CCRT" in load_catalogue("zh_CN").render(reason)


def test_what_the_guard_found_stays_when_a_variation_withholds(apart, monkeypatch) -> None:
    given, pack = case(mask=mask_layer()), apart(NEAR, NEAR)
    crossing = Variation("outline", Message("sensitivity.mask_grown", {"mm": 2}), 0.1, True)
    monkeypatch.setattr("inference.varying.vary_treatments", lambda *_, **__: {"ccrt": (crossing,)})
    before = assess(given, pack)
    after = vary(before, given, pack).assessment
    assert after.recommendation.status is RecommendationStatus.WITHHELD
    assert after.guard == before.assessment.guard and len(verdicts(after)) == 2


@pytest.mark.parametrize(
    ("away", "verdict"),
    [
        ((NEAR, VERY_FAR), Verdict.REFUSED),
        ((VERY_FAR, NEAR, NEAR), Verdict.FINE),
        ((FAR, VERY_FAR, NEAR), Verdict.NOTE),
    ],
)
def test_of_several_folds_the_middle_one_speaks(
    tmp_path: Path, away: tuple[float, ...], verdict: Verdict
) -> None:
    clouds = knowing({("ccrt", fold): one for fold, one in enumerate(away)})
    scores = {"ccrt": (0.2,) * len(away), "ic_ccrt": (0.1,)}
    pack = verify_pack(write_tiny_pack(tmp_path / "pack", scores=scores, **clouds), threads=1)
    zeros = {name: {fold: np.zeros(1) for fold in range(len(folds))} for name, folds in scores.items()}
    lines = lines_of_treatments(zeros, pack)
    assert {name: line.verdict for name, line in lines.items()} == {"ccrt": verdict}
