"""Cross-fitting keeps its promises: left-out scores, a cut-off that the test part cannot move, no leak."""

import numpy as np
import pytest

from models.permutation import permuted_areas, ridge_scorer
from models.training.cross_fit import borderline_margin, cross_fit, lock_cutoff, lock_cutoffs, out_of_fold
from models.training.splits import folds_by_patient

PATIENTS = 60
IDS = [f"NPC-{number}" for number in range(PATIENTS)]


def remembering_learner(outcome):
    """A learner that knows by heart whom it learnt from, and nothing of anybody else."""

    def learn(positions, number):
        known = set(positions)

        def score(positions):
            return np.array([float(outcome[p]) if p in known else 0.25 + 0.5 * (p % 2) for p in positions])

        return score

    return learn


def fit(learn, seed=0):
    return cross_fit(IDS, learn, test_share=0.2, folds=2, rng=np.random.default_rng(seed))


def test_out_of_fold_scores_come_from_the_model_that_left_the_patient_out():
    outcome = np.arange(PATIENTS) % 3 == 0
    fitted = fit(remembering_learner(outcome))
    expected = [0.25 + 0.5 * (position % 2) for position in fitted.training]
    assert fitted.out_of_fold == pytest.approx(expected)
    assert fitted.test_scores.shape == (2, len(fitted.test))


def test_the_cutoff_is_the_same_whatever_became_of_the_test_part():
    rng = np.random.default_rng(4)
    features = rng.standard_normal((PATIENTS, 3))
    outcome = features[:, 0] + 0.5 * rng.standard_normal(PATIENTS) > 0.5
    fitted = fit(lambda positions, number: ridge_scorer(features, outcome, positions))
    other = outcome.copy()
    other[list(fitted.test)] = ~other[list(fitted.test)]
    assert lock_cutoff(fitted, other) == lock_cutoff(fitted, outcome)
    changed = outcome.copy()
    changed[list(fitted.training)] = rng.permutation(changed[list(fitted.training)])
    assert lock_cutoff(fitted, changed) != lock_cutoff(fitted, outcome)


def test_nothing_is_fitted_on_the_left_out_patients():
    rng = np.random.default_rng(5)
    features = rng.standard_normal((PATIENTS, 2))
    outcome = rng.random(PATIENTS) < 0.4
    fitted = fit(lambda positions, number: ridge_scorer(features, outcome, positions))
    left_out = list(fitted.folds[0].left_out)
    moved = features.copy()
    moved[left_out] += 100.0
    again = fit(lambda positions, number: ridge_scorer(moved, outcome, positions))
    assert again.scorers[0](fitted.test) == pytest.approx(fitted.scorers[0](fitted.test))


def test_margin_is_half_the_median_distance_of_the_folds_within_its_bounds():
    scores = {0: 0.30, 1: 0.42}

    def learn(positions, number):
        return lambda positions: np.full(len(positions), scores[number])

    fitted = fit(learn)
    assert borderline_margin(fitted, 0.02, 0.10) == pytest.approx(0.06)
    assert borderline_margin(fitted, 0.02, 0.05) == pytest.approx(0.05)
    assert borderline_margin(fitted, 0.08, 0.10) == pytest.approx(0.08)


def test_permuted_outcomes_are_not_predictable_in_the_mean():
    rng = np.random.default_rng(6)
    areas = permuted_areas(
        rng.standard_normal((PATIENTS, 4)), np.arange(PATIENTS) % 3 == 0, IDS, 300, np.random.default_rng(7)
    )
    error = areas.std(ddof=1) / np.sqrt(len(areas))
    assert abs(areas.mean() - 0.5) < 3 * error + 0.01
    assert error < 0.01


def test_every_patient_is_scored_by_the_fold_that_left_them_out():
    folds = folds_by_patient([f"p{k}" for k in range(7)], range(7), 3, np.random.default_rng(0))
    scores = out_of_fold(folds, lambda place, rows: 10.0 * place + rows)
    for place, fold in enumerate(folds):
        assert scores[list(fold.left_out)].tolist() == [10.0 * place + k for k in fold.left_out]


def test_a_model_that_scores_all_alike_has_no_cut_off():
    event = np.array([False, False, True, True])
    locked = lock_cutoffs({"flat": np.full(4, 0.3), "good": np.arange(4.0)}, event)
    assert set(locked) == {"good"}
    assert 1.0 < locked["good"].value <= 2.0
