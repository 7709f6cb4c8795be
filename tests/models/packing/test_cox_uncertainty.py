"""The variance of a packed Cox model's survival is R's, by hand and by brute force; its interval holds."""

import math

import numpy as np
import pytest

from inference.packs.cox_uncertainty import CoxUncertainty
from inference.packs.fitted import BaselinePoint, LinearModel, NumberTerm, Scaling
from inference.predictors.survival_interval import survival_intervals
from inference.statistics.design import Design, Numeric
from inference.statistics.outcomes import SurvivalData
from inference.statistics.regression.baseline import baseline_hazard
from inference.statistics.regression.cox import fit_cox
from models.packing import coding
from models.packing.cox_uncertainty import times_of, with_uncertainty
from models.packing.reference_data import FEWEST

RANKS = {"T1": 1.0, "T2": 2.0, "T3": 3.0}
COLUMNS = {
    "age": coding.number("age", 60.0),
    "stage": coding.ranks("ct_stage", RANKS),
    "male": coding.levels("sex", "male"),
}


def by_appendix_e(ties):
    """Data set 1 of Therneau and Grambsch, Modeling Survival Data, 2000, appendix E, at its own fit."""
    data = SurvivalData([9, 1, 1, 6, 6, 8], [1, 1, 0, 1, 1, 0])
    design = Design(np.array([[0.0], [1], [1], [1], [0], [0]]), (Numeric("x"),))
    return data, design, fit_cox(data, design, ties=ties)


@pytest.mark.parametrize(
    ("ties", "at", "survival", "errors"),
    [
        ("efron", 0.5, (0.8857, 0.4294, 0.0425), (0.117, 0.237, 0.116)),
        ("efron", 2.0, (2.23e-01, 2.87e-05, 1.08e-17), (5.97e-01, 5.69e-04, 1.04e-15)),
        ("breslow", 0.5, (0.8783, 0.4981, 0.0615), (0.122, 0.218, 0.150)),
        ("breslow", 2.0, (3.05e-01, 1.71e-03, 8.52e-12), (6.50e-01, 1.98e-02, 5.29e-10)),
    ],
)
def test_the_printed_answers_of_r_come_out(ties, at, survival, errors):
    data, design, fit = by_appendix_e(ties)
    hazard = baseline_hazard(data, fit.linear_predictor(design.matrix), ties=ties)
    found = times_of(data, design.matrix, design.matrix @ fit.coefficients, (1, 6, 9), ties=ties)
    for one, alive, error in zip(found, survival, errors, strict=True):
        cumulative = hazard.cumulative_hazard([at * fit.coefficients[0]], [one.time_months])[0, 0]
        variance = one.log_hazard_variance + fit.covariance[0, 0] * (at - one.mean_terms[0]) ** 2
        assert math.exp(-cumulative) == pytest.approx(alive, rel=5e-3)
        assert math.exp(-cumulative) * cumulative * math.sqrt(variance) == pytest.approx(error, rel=5e-3)


def test_the_closed_form_of_appendix_e_comes_out_to_the_last_digits():
    data, design, fit = by_appendix_e("efron")
    r = math.exp(fit.coefficients[0])
    hazards = np.array([1 / (3 * r + 3), 1 / (r + 3), 2 / (r + 5), 1.0])
    means = np.array([r / (r + 1), r / (r + 3), r / (r + 5), 0.0])
    found = times_of(data, design.matrix, design.matrix @ fit.coefficients, (7.5, 9.0), ties="efron")
    for one, deaths in zip(found, (3, 4), strict=True):
        whole = hazards[:deaths].sum()
        assert one.log_hazard_variance == pytest.approx((hazards[:deaths] ** 2).sum() / whole**2, rel=1e-12)
        assert one.mean_terms == pytest.approx([means[:deaths] @ hazards[:deaths] / whole], rel=1e-12)
    information = sum(mean - mean**2 for mean in means)
    assert fit.covariance[0, 0] == pytest.approx(1 / information, rel=1e-9)


@pytest.fixture(scope="module")
def fitted():
    """Invented patients with many ties, in the columns of a form."""
    rng = np.random.default_rng(8)
    matrix = np.column_stack(
        [rng.normal(62, 9, 90), rng.integers(1, 4, 90).astype(float), rng.integers(0, 2, 90).astype(float)]
    )
    hazard = np.exp(0.03 * (matrix[:, 0] - 60) + 0.4 * matrix[:, 1] - 0.5 * matrix[:, 2])
    time, end = rng.exponential(60 / hazard), rng.uniform(10, 90, 90)
    data = SurvivalData(np.ceil(np.minimum(time, end) / 3) * 3, time <= end)
    design = Design(matrix, tuple(Numeric(name) for name in COLUMNS))
    return data, design, fit_cox(data, design)


def packed_of(fitted, horizons=(12.0, 36.0)):
    data, design, fit = fitted
    baseline = baseline_hazard(data, fit.linear_predictor(design.matrix))
    coefficients = dict(zip(fit.columns, map(float, fit.coefficients), strict=True))
    packed = coding.cox_model("os", coefficients, COLUMNS, baseline, horizons)
    return with_uncertainty(packed, fit, COLUMNS, data, design, horizons)


@pytest.mark.parametrize("patient", [(60, 1, 0), (48, 2, 1), (81, 3, 1)])
def test_the_interval_is_that_of_a_derivative_taken_by_small_steps(fitted, patient):
    """Var log H = deaths' own + g′Vg, with g by moving each coefficient and estimating H again."""
    data, design, fit = fitted
    row, step = np.array(patient, dtype=float), 1e-5

    def log_hazard(coefficients, month):
        baseline = baseline_hazard(data, design.matrix @ coefficients)
        return math.log(baseline.cumulative_hazard([row @ coefficients], [month])[0, 0])

    model = packed_of(fitted).model
    age, stage, male = patient
    terms = (age - 60.0, float(stage == 2), float(stage == 3), float(male))
    score = sum(term.coefficient * value for term, value in zip(model.terms, terms, strict=True))
    for found, month in zip(survival_intervals(model, terms, score), (12.0, 36.0), strict=True):
        moves = step * np.eye(3)
        slope = np.array(
            [
                (log_hazard(fit.coefficients + move, month) - log_hazard(fit.coefficients - move, month))
                / (2 * step)
                for move in moves
            ]
        )
        error = math.sqrt(own_variance(fitted, month) + slope @ fit.covariance @ slope)
        middle = log_hazard(fit.coefficients, month)
        low, high = (math.exp(-math.exp(middle + side * 1.959963984540054 * error)) for side in (1, -1))
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6)


def own_variance(fitted, month):
    """The deaths' own part of Var log H, death by death, thinned by Efron's rule; whoever it is for."""
    data, design, fit = fitted
    weights = np.exp((design.matrix - design.matrix.mean(axis=0)) @ fit.coefficients)
    steps = []
    for time in np.unique(data.time[data.event & (data.time <= month)]):
        dying = weights[(data.time == time) & data.event]
        at_risk = weights[data.time >= time].sum()
        steps += [1 / (at_risk - k / len(dying) * dying.sum()) for k in range(len(dying))]
    return (np.array(steps) ** 2).sum() / np.sum(steps) ** 2


def test_other_patients_than_those_of_the_fit_are_refused(fitted):
    data, design, fit = fitted
    fewer = np.arange(80)
    with pytest.raises(ValueError, match="fitted to other patients"):
        packed_of((data.rows(fewer), design.rows(fewer), fit))


def test_a_column_that_its_terms_do_not_make_up_is_refused(fitted):
    data, design, _ = fitted
    odd = Design(design.matrix + np.array([0, 0.5, 0]), design.terms)
    with pytest.raises(ValueError, match="make up their column"):
        packed_of((data, odd, fit_cox(data, odd)))


def test_a_horizon_with_fewer_at_risk_than_may_be_told_of_has_none(fitted):
    data = fitted[0]
    fifth = float(np.sort(data.time)[-FEWEST])
    told = packed_of(fitted, (12.0, fifth, fifth + 0.5)).model.uncertainty
    assert [one.time_months for one in told.times] == [12.0, fifth]
    assert packed_of(fitted, (fifth + 0.5,)).model.uncertainty is None
    before = float(data.time[data.event].min()) - 0.5
    assert packed_of(fitted, (before,)).model.uncertainty is None


def test_nineteen_of_twenty_intervals_hold_the_truth():
    """200 simulated studies of 60 patients: 95 % but for 2.5 times the chance of so many."""
    rng, at, month, slope = np.random.default_rng(11), 1.0, 24.0, 0.7
    truth, held = math.exp(-(month / 40) * math.exp(slope * at)), 0
    for _ in range(200):
        x = rng.normal(size=(60, 1))
        time, end = rng.exponential(40 / np.exp(slope * x[:, 0])), rng.uniform(12, 72, 60)
        data = SurvivalData(np.minimum(time, end), time <= end)
        fit = fit_cox(data, Design(x, (Numeric("x"),)))
        (one,) = times_of(data, x, x @ fit.coefficients, [month], ties="efron")
        baseline = baseline_hazard(data, fit.linear_predictor(x)).survival([0.0], [month])[0, 0]
        model = LinearModel(
            name="os",
            family="cox",
            terms=(
                NumberTerm(
                    field="x", scaling=Scaling(centre=0, scale=1), coefficient=float(fit.coefficients[0])
                ),
            ),
            baseline=(BaselinePoint(time_months=month, survival=float(baseline)),),
            uncertainty=CoxUncertainty(covariance=((float(fit.covariance[0, 0]),),), times=(one,)),
        )
        (found,) = survival_intervals(model, (at,), float(fit.coefficients[0]) * at)
        held += found.low <= truth <= found.high
    assert held / 200 == pytest.approx(0.95, abs=2.5 * math.sqrt(0.95 * 0.05 / 200))
