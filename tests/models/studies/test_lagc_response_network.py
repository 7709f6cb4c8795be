"""One fold's network of the response protocol: few patients of a class, and going on after a cut."""

from dataclasses import replace

import numpy as np
import pytest

from inference.messages.catalogue import load_catalogue
from models.networks import resnet
from models.studies.lagc_response_network import network_scores, train_network_of
from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.failures import TrainingError
from models.training.engine.run import RunPlace
from models.training.splits import Fold
from tests.models.studies.test_lagc_response import TINY, samples


@pytest.fixture(scope="module", autouse=True)
def _fewer_blocks():
    """Every kind of block is there, fewer of them than published."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resnet, "PUBLISHED_BLOCKS", (2, 1, 1, 1))
        yield


@pytest.fixture(scope="module")
def cohort():
    return samples()


@pytest.mark.parametrize("share", [TINY.validation_share, 0.0], ids=["one class stops", "nobody stops"])
def test_a_fold_whose_stopping_part_lacks_a_class_is_trained_and_recalibrated(cohort, share):
    fold = fold_with_responders(cohort, 2)
    model = train_network_of(replace(TINY, validation_share=share), cohort, fold, RunPlace())
    validated = {point.validation_loss is not None for point in model.curve if point.run == "fold 0"}
    assert validated == {share > 0}
    taught = 2 / (2 + 40 - round(40 * share))
    assert model.log_odds_shift == pytest.approx(np.log(taught / (1 - taught)))
    assert np.isfinite(network_scores(model, cohort.images)).all()


def test_a_fold_that_was_trained_is_not_trained_again_nor_is_its_oversampler(cohort, tmp_path):
    def never():
        raise AssertionError("a batch was learnt from")

    fold, kept = fold_with_responders(cohort, 8), CheckpointPlace(tmp_path, "one")
    plain, whole, again = (
        train_network_of(TINY, cohort, fold, place)
        for place in (
            RunPlace(),
            RunPlace(checkpoints=kept),
            RunPlace(checkpoints=kept, should_stop=never),
        )
    )
    assert (whole.curve, whole.log_odds_shift) == (again.curve, again.log_odds_shift)
    for model in (plain, again):
        scores = network_scores(model, cohort.images)
        assert (scores == network_scores(whole, cohort.images)).all()


def test_one_responder_alone_cannot_be_balanced(cohort):
    with pytest.raises(TrainingError) as raised:
        train_network_of(TINY, cohort, fold_with_responders(cohort, 1), RunPlace())
    said = load_catalogue("en").render(raised.value.message)
    assert said.startswith("Fold 0: its learning part has 1 of one outcome, and at least 2 are needed.")


def fold_with_responders(cohort, count):
    """Forty patients without a response to learn from, and ``count`` with."""
    good, poor = np.flatnonzero(cohort.good_response), np.flatnonzero(~cohort.good_response)
    learn = sorted(map(int, (*good[:count], *poor[:40])))
    return Fold(0, tuple(learn), tuple(sorted({*range(len(cohort))} - {*learn})))
