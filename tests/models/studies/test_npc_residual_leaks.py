"""The public code's errors are done as it does them, measured beside the honest figure, and kept apart."""

import copy
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from inference.statistics.discrimination.delong import auc
from models.networks import resnet
from models.phantoms.npc_population import draw_cohort
from models.results.permuted import npc_areas
from models.studies import npc_residual_leaks
from models.studies.npc_residual import Arm
from models.studies.npc_residual_config import DEMO
from models.studies.npc_residual_groups import TREATMENTS
from models.studies.npc_residual_leaks import (
    THRESHOLD,
    EpochLeak,
    epoch_chosen_on_test,
    epochs_chosen_without_signal,
    micro_average,
    scores_stretched,
    segmentation_split_by_slice,
    stretched,
)
from models.studies.npc_residual_models import fit_model
from models.studies.npc_residual_network import (
    for_treatment,
    learning_task,
    network_scores,
    seed_of,
    start_network,
)
from models.studies.npc_residual_units import divide, in_unit
from models.training.engine.run import RunPlace, train_network
from models.training.engine.schedule import Schedule

SIDE, SLICES, EPOCHS = 32, 3, 5
LEARN = Schedule("adamw", 0.01, batch_size=16, epochs=EPOCHS)
CLASSIFIER = DEMO.preprocessing.classifier
TINY = replace(
    DEMO,
    pretraining_patients=0,
    classifier_widths={"resnet50": 1 / 16},
    dropout=0.0,
    image=replace(DEMO.image, classification=replace(LEARN, epochs=2)),
    patient=replace(DEMO.patient, classification=LEARN),
    preprocessing=DEMO.preprocessing.model_copy(
        update={"classifier": CLASSIFIER.model_copy(update={"slices": SLICES, "rows": SIDE, "columns": SIDE})}
    ),
)


@pytest.fixture(scope="module", autouse=True)
def _fewer_blocks():
    """One block of each kind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resnet, "PUBLISHED_BLOCKS", (1, 1, 1, 1))
        yield


def arm_of(signal, units=("patient",)):
    """The CCRT patients of a small cohort; crops are brighter with residual tumour by ``signal``."""
    patients = tuple(one for one in draw_cohort("training", 100, 3) if one.regimen == "ccrt")
    residual = np.array([one.residual_observed for one in patients])
    crops = torch.randn(len(patients), SLICES, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    crops = (crops + signal * torch.from_numpy(residual)[:, None, None, None]).half()
    division = divide([one.patient_id for one in patients], residual, TINY, 0)
    models = []
    for unit in units:
        trunk, _ = start_network(TINY, "resnet50", unit, None, (), RunPlace())
        samples, names = in_unit(crops, unit), ("resnet50", unit, "ccrt")
        start = for_treatment(trunk, 0)
        models.append(fit_model(TINY, names, samples, residual, division, start, RunPlace()))
    return Arm("ccrt", patients, residual, crops, division, tuple(models))


@pytest.fixture(scope="module")
def arm():
    return arm_of(0.15)


def test_the_epoch_is_the_first_of_highest_accuracy_on_the_test_cohort(arm):
    leak = epoch_chosen_on_test(TINY, arm, arm.models[0], arm.residual, "leak", RunPlace())
    assert len(leak.areas) == len(leak.accuracies) == EPOCHS
    assert leak.epoch == int(np.argmax(leak.accuracies)) + 1
    assert leak.flattered == leak.areas[leak.epoch - 1]
    assert leak.honest == leak.areas[-1]


def test_the_flattered_figure_is_that_of_the_chosen_epoch_though_another_is_higher():
    leak = EpochLeak(areas=(0.9, 0.6, 0.7), accuracies=(0.5, 0.8, 0.8), epoch=2)
    assert (leak.flattered, leak.honest) == (0.6, 0.7)


def test_the_honest_figure_is_that_of_a_training_that_never_saw_the_test_cohort(arm):
    model, tested = arm.models[0], list(arm.division.test)
    before = copy.deepcopy(model.start.state_dict())
    leak = epoch_chosen_on_test(TINY, arm, model, arm.residual, "leak", RunPlace())
    assert all(torch.equal(values, before[name]) for name, values in model.start.state_dict().items())
    network = copy.deepcopy(model.start)
    samples = in_unit(arm.crops, "patient")
    task = learning_task(TINY, "patient", samples, arm.residual, arm.division.training, torch.device("cpu"))
    assert task.validate is None
    train_network(network, task, LEARN, run="leak", seed=seed_of(TINY, "leak"), stage="")
    scores = network_scores(network, samples.images[tested])
    assert leak.honest == auc(scores, arm.residual[tested]).value


def test_outcomes_dealt_out_leave_both_classes_in_the_test_cohort(arm):
    rng = np.random.default_rng(0)
    leaks = epochs_chosen_without_signal(TINY, arm, arm.models[0], 3, rng, RunPlace())
    assert len(leaks) == 3
    assert len({leak.areas for leak in leaks}) == 3
    assert all(max(leak.areas) >= leak.honest for leak in leaks)


def test_stretching_is_the_repositorys_and_leaves_the_ordinary_area_alone():
    rng = np.random.default_rng(4)
    residual = rng.random(80) < 0.3
    scores = np.clip(rng.normal(0.35 + 0.2 * residual, 0.2), 0, 1)
    free = 1 - scores
    np.testing.assert_allclose(stretched(scores), 1 - (1 + (free - 1) * 0.5 / (1 - THRESHOLD)))
    assert stretched(scores).max() > 1
    assert stretched(np.array([1 - THRESHOLD]))[0] == pytest.approx(0.5)
    leak = scores_stretched(scores, residual)
    assert leak.honest == auc(scores, residual).value == auc(stretched(scores), residual).value
    assert leak.largest == stretched(scores).max()
    assert leak.flattered == micro_average(stretched(scores), residual) != leak.micro_averaged


def test_the_micro_average_is_a_count_of_pairs_over_both_classes():
    rng = np.random.default_rng(5)
    residual, scores = rng.random(15) < 0.4, rng.random(15).round(1)
    pairs = [
        (value, is_own)
        for score, positive in zip(scores, residual, strict=True)
        for value, is_own in ((score, positive), (1 - score, not positive))
    ]
    wins = [
        1.0 if own > other + 1e-12 else 0.5 if abs(own - other) < 1e-12 else 0.0
        for own, is_own in pairs
        for other, is_other in pairs
        if is_own and not is_other
    ]
    assert micro_average(scores, residual) == pytest.approx(np.mean(wins), abs=0.02)


@pytest.mark.parametrize(("residual", "patients", "earned"), [(18, 42, 0.571), (11, 43, 0.744)])
def test_a_constant_score_earns_the_share_of_the_larger_class(residual, patients, earned):
    marked = np.arange(patients) < residual
    assert micro_average(np.full(patients, 0.2), marked) == pytest.approx(earned, abs=5e-4)
    assert scores_stretched(np.linspace(0, 1, patients), marked).constant == pytest.approx(earned, abs=5e-4)


def test_slices_are_divided_whosever_they_are_and_as_many_teach(monkeypatch):
    taught = []
    samples = torch.zeros(10, 4, 2, 8, 8)
    samples[:] = torch.arange(40).reshape(10, 4, 1, 1, 1)
    monkeypatch.setattr(npc_residual_leaks, "segmenter_samples", lambda *_: samples)
    monkeypatch.setattr(
        npc_residual_leaks, "learn_to_segment", lambda _, __, learn, *___: (taught.append(learn), ())
    )
    tested = []
    monkeypatch.setattr(
        npc_residual_leaks, "slice_dice", lambda _, slices, __: tested.append(slices) or np.array([0.8, 0.9])
    )
    compared = SimpleNamespace(architecture="unet", mean_dice=0.7)
    leak = segmentation_split_by_slice(TINY, compared, tuple(range(10)), None, RunPlace())
    learnt = {int(one[0, 0, 0]) for one in taught[0]}
    kept = {int(one[0, 0, 0]) for one in tested[0]}
    assert (len(learnt), len(kept)) == (32, 8)
    assert learnt | kept == set(range(40))
    patients = {one // 4 for one in learnt}
    assert leak.shared == np.mean([one // 4 in patients for one in kept]) > 0.5
    assert (leak.honest, leak.flattered) == (0.7, pytest.approx(0.85))


def test_only_the_results_know_the_leaks(repository):
    knowing = [
        path.relative_to(repository).as_posix()
        for folder in ("models", "inference", "reports", "gui", "headless")
        for path in (repository / folder).rglob("*.py")
        if "npc_residual_leaks" in path.read_text(encoding="utf-8")
    ]
    assert sorted(knowing) == [
        "models/studies/npc_residual_leaks_results.py",
        "models/studies/npc_residual_results.py",
    ]


def test_dealt_out_outcomes_are_not_predictable_except_by_choosing_the_epoch():
    """Both units out of fold, and the last epoch, within 0.5 ± 3 SE; the best epoch 2 SE beyond."""
    arm = arm_of(0.0)
    rng = np.random.default_rng(9)
    halves = {
        treatment: (arm.crops[half::2], arm.residual[half::2]) for half, treatment in enumerate(TREATMENTS)
    }
    areas = npc_areas(halves, TINY, 4, rng)
    assert set(areas) == {"image unit", "patient unit"}
    leaks = epochs_chosen_without_signal(TINY, arm, arm.models[0], 12, rng, RunPlace())
    areas["last epoch"] = [leak.honest for leak in leaks]
    for name, values in areas.items():
        error = np.std(values, ddof=1) / np.sqrt(len(values))
        assert abs(np.mean(values) - 0.5) < 3 * error, (name, np.mean(values), error)
    best = [max(leak.areas) for leak in leaks]
    assert np.mean(best) - 0.5 > 2 * np.std(best, ddof=1) / np.sqrt(len(best))
