"""The Hosmer–Lemeshow table and statistic against R, its verdict, and predictions that leave no groups."""

import numpy as np
import pytest
from scipy.special import chdtrc

from inference.statistics.calibration.hosmer_lemeshow import hosmer_lemeshow
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import DataError, NotEstimable, Reason
from tests.inference.statistics.oracles import assert_agrees, oracles

R = 1e-9


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_tables_statistics_and_p_are_those_of_r(oracle):
    for split in ("dev", "val"):
        section = oracle.golden.get(f"hosmer_lemeshow_{split}", {})
        for name in section.keys() - {"definition", "error"}:
            golden, groups = section[name], int(name.removeprefix("g"))
            fitted, validated = (
                hosmer_lemeshow(oracle.classes("p_full", split), was_fitted_here=here, groups=groups)
                for here in (True, False)
            )
            ours = {
                "n": fitted.count,
                "observed1": fitted.observed,
                "expected1": fitted.expected,
                "chisq": fitted.chi_square,
                "df": fitted.degrees_of_freedom,
                "p": fitted.nominal_p_value,
                "p_dfG": validated.nominal_p_value,
            }
            assert ours.keys() == golden.keys()
            if fitted.degrees_of_freedom < 1:
                del ours["p"]
            for key, numbers in ours.items():
                assert_agrees(numbers, golden[key], relative=R, what=f"{split} {name} {key}")
            least = min(fitted.expected.min(), (fitted.count - fitted.expected).min())
            is_few = isinstance(fitted.p_value, NotEstimable)
            assert is_few == (least < 5)


def calibrated(count=400, seed=1):
    rng = np.random.default_rng(seed)
    risk = rng.uniform(0.1, 0.9, count)
    return ClassData(risk, rng.random(count) < risk)


def test_enough_expected_in_every_group_give_a_verdict():
    test = hosmer_lemeshow(calibrated(), was_fitted_here=False, groups=5)
    assert test.degrees_of_freedom == 5
    assert test.p_value == test.nominal_p_value == pytest.approx(chdtrc(5, test.chi_square))


def test_too_few_expected_leave_the_statistic_but_no_verdict():
    test = hosmer_lemeshow(calibrated(40), was_fitted_here=False)
    assert test.p_value == NotEstimable(Reason.EXPECTED_TOO_FEW)
    assert 0 < test.nominal_p_value < 1


def test_true_probabilities_are_rejected_as_often_as_the_level_says():
    rejected = sum(
        hosmer_lemeshow(calibrated(300, seed), was_fitted_here=False, groups=6).p_value < 0.1
        for seed in range(300)
    )
    assert 0.06 < rejected / 300 < 0.15


def test_ties_leave_fewer_groups_and_fewer_degrees_of_freedom():
    data = ClassData(np.repeat([0.2, 0.5, 0.8], 40), np.tile([0, 1], 60))
    test = hosmer_lemeshow(data, was_fitted_here=False)
    assert test.count.tolist() == [80, 40]
    assert test.degrees_of_freedom == 2
    fitted = hosmer_lemeshow(data, was_fitted_here=True)
    assert fitted.p_value == NotEstimable(Reason.TOO_FEW_GROUPS)


def test_a_group_that_expects_nobody_has_no_statistic():
    test = hosmer_lemeshow(ClassData([0, 0, 0.5, 1], [0, 0, 1, 1]), was_fitted_here=False, groups=2)
    assert test.chi_square == NotEstimable(Reason.EXPECTED_TOO_FEW)
    assert test.nominal_p_value == test.p_value == test.chi_square


@pytest.mark.parametrize(
    ("risk", "outcome", "reason"),
    [([], [], Reason.TOO_FEW_ROWS), ([0.2, 0.2, 0.2], [0, 1, 0], Reason.CONSTANT_SCORES)],
)
def test_predictions_without_groups_say_why(risk, outcome, reason):
    assert hosmer_lemeshow(ClassData(risk, outcome), was_fitted_here=True) == NotEstimable(reason)


def test_what_is_no_probability_is_refused_by_row():
    with pytest.raises(DataError) as caught:
        hosmer_lemeshow(ClassData([0.2, 1.2], [0, 1]), was_fitted_here=True)
    assert caught.value.message.fields["row"] == 2
