"""The machine of a fold: linear to the end, calibrated inside, blind to whom it leaves out."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.svm import SVC

from inference.statistics.discrimination.delong import auc
from models.permutation import areas_by_permutation
from models.training.cross_fit import cross_fit
from models.training.feature_filter import different_features
from models.training.linear_score import LinearScore, integrate, linear_learner
from models.training.support_vector import SupportVectorSettings, fit_support_vector, platt_sigmoid

PATIENTS, FEATURES = 48, 12
NAMES = [f"feature_{number}" for number in range(FEATURES)]
IDS = [f"PNEN-{number}" for number in range(PATIENTS)]
SETTINGS = SupportVectorSettings(penalties=(0.01, 1.0), inner_folds=3)


def cohort(seed=0, effect=1.5):
    rng = np.random.default_rng(seed)
    is_positive = rng.permutation(np.arange(PATIENTS) < 16)
    features = 50 + 10 * (
        rng.normal(size=(PATIENTS, FEATURES)) + effect * is_positive[:, None] * (np.arange(FEATURES) < 3)
    )
    return features, is_positive


def fitted(features, is_positive, seed=1):
    return fit_support_vector(features, is_positive, NAMES, SETTINGS, np.random.default_rng(seed))


def learner_on(features):
    def learner_of(is_positive):
        def fit(own, rng):
            return fit_support_vector(features[own], is_positive[own], NAMES, SETTINGS, rng).score

        return linear_learner(features, NAMES, fit, seed=3)

    return learner_of


def test_the_coefficients_order_patients_as_the_machine_does():
    features, is_positive = cohort()
    found = fitted(features, is_positive)
    kept = different_features(features, is_positive)
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    machine = SVC(C=found.penalty, kernel="linear", class_weight="balanced").fit(scaled[:, kept], is_positive)
    decisions = machine.decision_function(scaled[:, kept])
    log_odds = found.score.values(features, NAMES)
    line = np.polyfit(decisions, log_odds, 1)
    assert line[0] > 0
    assert np.polyval(line, decisions) == pytest.approx(log_odds, abs=1e-9)
    assert set(found.score.coefficients) == {
        name for name, is_kept in zip(NAMES, kept, strict=True) if is_kept
    }


def test_a_pack_holds_numbers_and_names_alone_and_gives_the_same_probabilities():
    features, is_positive = cohort()
    score = fitted(features, is_positive).score
    document = json.loads(json.dumps(score.as_document()))
    assert set(document) == {"link", "intercept", "coefficients"}
    again = LinearScore(document["link"], document["intercept"], document["coefficients"])
    assert again.probability(features, NAMES) == pytest.approx(score.probability(features, NAMES), abs=0)


def test_units_of_features_do_not_matter():
    features, is_positive = cohort()
    units = 10.0 ** np.arange(FEATURES)
    first, second = fitted(features, is_positive), fitted(features * units + 7, is_positive)
    assert second.score.values(features * units + 7, NAMES) == pytest.approx(
        first.score.values(features, NAMES), rel=1e-5, abs=1e-5
    )


def test_the_sigmoid_is_the_maximum_of_platts_likelihood():
    rng = np.random.default_rng(4)
    decisions = rng.normal(size=200)
    is_positive = rng.random(200) < expit(1.5 * decisions - 0.5)
    slope, shift = platt_sigmoid(decisions, is_positive)
    target = np.where(
        is_positive, (is_positive.sum() + 1) / (is_positive.sum() + 2), 1 / ((~is_positive).sum() + 2)
    )
    residual = expit(slope * decisions + shift) - target
    assert abs(residual.sum()) < 1e-2
    assert abs(residual @ decisions) < 1e-2


def test_decisions_against_the_outcome_give_everybody_one_probability():
    is_positive = np.arange(20) < 6
    slope, shift = platt_sigmoid(-is_positive.astype(float), is_positive)
    assert slope == 0
    assert shift == pytest.approx(logit((6 * 7 / 8 + 14 / 16) / 20), abs=1e-4)


def test_separated_classes_have_a_finite_sigmoid():
    is_positive = np.arange(20) < 6
    assert np.isfinite(platt_sigmoid(is_positive.astype(float), is_positive)).all()


def test_an_outside_patient_gets_the_mean_of_the_fold_models():
    features, _ = cohort()
    models = [LinearScore("logit", shift, {"feature_1": 0.1, "feature_0": -0.1}) for shift in (-1.0, 0.5)]
    line = 0.1 * features[:, 1] - 0.1 * features[:, 0]
    assert integrate(models, features, NAMES) == pytest.approx((expit(line - 1) + expit(line + 0.5)) / 2)


def test_features_that_tell_the_classes_apart_are_found_by_cross_fitting():
    features, is_positive = cohort()
    result = cross_fit(
        IDS, learner_on(features)(is_positive), test_share=0.2, folds=3, rng=np.random.default_rng(5)
    )
    assert auc(result.out_of_fold, is_positive[list(result.training)]).value > 0.85


def test_nothing_is_fitted_on_the_left_out_patients():
    features, is_positive = cohort()

    def scores_of_first_fold(columns):
        learn = learner_on(columns)(is_positive)
        fit = cross_fit(IDS, learn, test_share=0.2, folds=3, rng=np.random.default_rng(6))
        return fit.folds[0], fit.scorers[0](fit.folds[0].learn)

    fold, before = scores_of_first_fold(features)
    moved = features.copy()
    moved[list(fold.left_out)] *= -3
    assert scores_of_first_fold(moved)[1] == pytest.approx(before, abs=0)


def test_permuted_labels_are_not_predictable():
    features, is_positive = cohort()
    areas = areas_by_permutation(learner_on(features), is_positive, IDS, 25, np.random.default_rng(7))
    assert abs(areas.mean() - 0.5) < 3 * areas.std(ddof=1) / np.sqrt(len(areas))


def test_a_filter_that_sees_everybody_would_be_found_out():
    """The same check fails for a protocol that chooses its features before it divides the patients."""
    rng = np.random.default_rng(8)
    features = rng.normal(size=(PATIENTS, 300))
    names = [str(number) for number in range(300)]

    def leaking(is_positive):
        kept = different_features(features, is_positive, level=0.02, fewest=3)

        def fit(own, rng):
            chosen = [name for name, is_kept in zip(names, kept, strict=True) if is_kept]
            settings = SupportVectorSettings(level=1.1, penalties=(0.01,), inner_folds=2)
            return fit_support_vector(features[own][:, kept], is_positive[own], chosen, settings, rng).score

        return linear_learner(features, names, fit, seed=9)

    is_positive = np.arange(PATIENTS) < 20
    areas = areas_by_permutation(leaking, is_positive, IDS, 6, rng)
    assert areas.mean() > 0.5 + 3 * areas.std(ddof=1) / np.sqrt(len(areas))


def test_probabilities_of_noise_stay_near_the_share_of_positives():
    rng = np.random.default_rng(10)
    names = [str(number) for number in range(150)]
    is_positive = np.arange(PATIENTS) < 16
    distance = []
    for _ in range(4):
        features = rng.normal(size=(PATIENTS, 150))
        score = fit_support_vector(features, is_positive, names, SETTINGS, rng).score
        distance.append(np.abs(score.probability(rng.normal(size=(200, 150)), names) - 1 / 3).mean())
    assert np.mean(distance) < 0.1


def test_the_offset_of_a_machine_does_not_reach_the_probabilities(monkeypatch):
    features, is_positive = cohort()
    before = fitted(features, is_positive).score
    fit = SVC.fit

    def jumping(machine, *arguments):
        fit(machine, *arguments).intercept_ += np.abs(machine.coef_).sum() * len(machine.support_)
        return machine

    monkeypatch.setattr(SVC, "fit", jumping)
    assert fitted(features, is_positive).score == before


def test_whether_classes_weigh_alike_is_a_choice():
    features, is_positive = cohort(effect=0.6)
    machines = [
        fit_support_vector(
            features,
            is_positive,
            NAMES,
            replace(SETTINGS, classes_weigh_alike=alike),
            np.random.default_rng(1),
        )
        for alike in (True, False)
    ]
    assert machines[0] != machines[1]


def test_a_class_of_one_is_refused():
    features, _ = cohort()
    with pytest.raises(ValueError, match="at least two patients"):
        fitted(features, np.arange(PATIENTS) < 1)


def test_an_unfiltered_feature_enters_whatever_its_p():
    features, is_positive = cohort(effect=1.5)
    noise = np.random.default_rng(5).standard_normal(len(features))
    joined = np.column_stack([features, noise])
    names = [*map(str, range(features.shape[1])), "noise"]
    for unfiltered in ((), ("noise",)):
        machine = fit_support_vector(
            joined,
            is_positive,
            names,
            SupportVectorSettings(unfiltered=unfiltered),
            np.random.default_rng(0),
        )
        assert ("noise" in machine.score.coefficients) == bool(unfiltered)
