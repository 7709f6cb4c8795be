"""Intraclass correlations against irr and psych in R, against Shrout and Fleiss, and in hard corners."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from inference.statistics.agreement.icc import (
    PERFECT_AGREEMENT,
    FTest,
    IccForm,
    IntraclassCorrelation,
    feature_correlations,
    intraclass_correlation,
)
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, assert_agrees, oracles, read_table

FORMS: tuple[IccForm, ...] = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)")
PSYCH: dict[str, IccForm] = {
    "ICC1": "ICC(1,1)",
    "ICC2": "ICC(2,1)",
    "ICC3": "ICC(3,1)",
    "ICC1k": "ICC(1,k)",
    "ICC2k": "ICC(2,k)",
    "ICC3k": "ICC(3,k)",
}
# Shrout and Fleiss, Psychol Bull 1979; 86: 420-428, table 2.
TABLE_2 = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])

tables = arrays(np.float64, (5, 3), elements=st.integers(-20, 20).map(float))


def judged(oracle: Oracle) -> list[tuple[str, NDArray[Any], dict[str, Any]]]:
    """Every rated feature of a set: its name, its ratings (subjects, raters) and R's numbers."""
    found = []
    for section, golden in oracle.golden.items():
        if section == "meta":
            continue
        beside = oracle.folder / f"{section}.csv"
        table = read_table(beside if beside.exists() else oracle.folder / "data.csv", frozenset({"feature"}))
        if "k" in golden:
            found.append((section, _wide(table), golden))
            continue
        for feature, of_feature in golden.items():
            rows = table["feature"] == feature
            chosen = {name: column[rows] for name, column in table.items() if name != "feature"}
            found.append((f"{section} {feature}", _wide(chosen), of_feature))
    return found


def _wide(table: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """Ratings (subjects, raters) from a column for each rater, or from columns subject, reader and value."""
    by_name = dict(table)
    subject = by_name.pop("subject", None)
    reader = by_name.pop("reader", by_name.pop("rater", None))
    if reader is None:
        return np.column_stack(list(by_name.values())).astype(np.float64)
    assert subject is not None
    (values,) = by_name.values()
    subjects, row = np.unique(subject, return_inverse=True)
    readers, column = np.unique(reader, return_inverse=True)
    wide = np.full((len(subjects), len(readers)), np.nan)
    wide[row, column] = values
    return wide


def numbers(result: IntraclassCorrelation | NotEstimable) -> dict[str, Any]:
    """The numbers of a result under irr's names."""
    if isinstance(result, NotEstimable):
        return dict.fromkeys(("icc", "lower", "upper", "F", "df1", "df2", "p"))
    test = result.test
    tested = (
        (test.statistic, test.numerator_freedom, test.denominator_freedom, test.p_value)
        if isinstance(test, FTest)
        else (None,) * 4
    )
    estimate = result.estimate
    return dict(
        zip(
            ("icc", "lower", "upper", "F", "df1", "df2", "p"),
            (estimate.value, estimate.lower, estimate.upper, *tested),
            strict=True,
        )
    )


def estimated(ratings: Any, form: IccForm = "ICC(2,1)") -> IntraclassCorrelation:
    """A result that must be one."""
    result = intraclass_correlation(ratings, form)
    assert isinstance(result, IntraclassCorrelation)
    return result


@pytest.mark.parametrize("oracle", oracles("icc"))
def test_every_form_agrees_with_irr(oracle: Oracle) -> None:
    checked = 0
    for name, ratings, golden in judged(oracle):
        assert ratings.shape == (golden["n"], golden["k"])
        for key, expected in golden.items():
            if not key.startswith("ICC_"):
                continue
            form: IccForm = key.replace("ICC_", "ICC(").replace("_", ",") + ")"  # type: ignore[assignment]
            ours = numbers(intraclass_correlation(ratings, form))
            for number, value in expected.items():
                assert_agrees(ours[number], value, relative=1e-9, what=f"{name} {key} {number}")
                checked += 1
    assert checked


@pytest.mark.parametrize("oracle", oracles("icc"))
def test_every_form_agrees_with_psych(oracle: Oracle) -> None:
    checked = 0
    for name, ratings, golden in judged(oracle):
        for i, kind in enumerate(golden["psych"]["type"]):
            ours = numbers(intraclass_correlation(ratings, PSYCH[kind], convention="shrout_fleiss"))
            for number in ("icc", "lower", "upper", "p"):
                expected = golden["psych"][number][i]
                assert_agrees(ours[number], expected, relative=1e-9, what=f"{name} {kind} {number}")
                checked += 1
    assert checked


def test_the_published_coefficients_are_those_of_shrout_and_fleiss() -> None:
    values = [round(estimated(TABLE_2, form).estimate.value, 2) for form in FORMS]
    assert values == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


@pytest.mark.parametrize("form", FORMS)
def test_many_features_at_once_give_what_each_gives_alone(form: IccForm) -> None:
    ratings = np.random.default_rng(3).normal(size=(40, 6, 3)) + np.arange(6)[:, None] * 0.4
    together = feature_correlations(ratings, form, level=0.9)
    for feature, alone in enumerate(ratings):
        assert numbers(together.of(feature)) == pytest.approx(
            numbers(intraclass_correlation(alone, form, level=0.9)), rel=1e-12
        )


@given(tables)
def test_coefficients_are_those_of_a_plain_analysis_of_variance(ratings: NDArray[np.float64]) -> None:
    n, k = ratings.shape
    grand = ratings.mean()
    between = sum(k * (row.mean() - grand) ** 2 for row in ratings) / (n - 1)
    of_raters = sum(n * (column.mean() - grand) ** 2 for column in ratings.T) / (k - 1)
    within = sum((x - row.mean()) ** 2 for row in ratings for x in row) / (n * (k - 1))
    error = (within * n * (k - 1) - of_raters * (k - 1)) / ((n - 1) * (k - 1))
    expected = {
        "ICC(1,1)": (between - within, between + (k - 1) * within),
        "ICC(2,1)": (between - error, between + (k - 1) * error + k * (of_raters - error) / n),
        "ICC(3,1)": (between - error, between + (k - 1) * error),
    }
    for form in FORMS[:3]:
        above, below = expected[form]
        value = numbers(intraclass_correlation(ratings, form))["icc"]
        if below < 1e-9:
            assert value is None
        else:
            assert value == pytest.approx(above / below, abs=1e-9)


@given(tables, st.floats(0.1, 10.0), st.integers(-5, 5))
def test_unit_and_origin_of_the_scale_do_not_matter(
    ratings: NDArray[np.float64], factor: float, shift: int
) -> None:
    for form in FORMS[:3]:
        one = numbers(intraclass_correlation(ratings, form))["icc"]
        other = numbers(intraclass_correlation(ratings * factor + shift, form))["icc"]
        assert other is None if one is None else other == pytest.approx(one, rel=1e-6, abs=1e-6)


@given(tables)
def test_no_number_is_nan_and_limits_enclose_the_coefficient(ratings: NDArray[np.float64]) -> None:
    for form in FORMS[:3]:
        result = intraclass_correlation(ratings, form)
        if isinstance(result, IntraclassCorrelation) and result.estimate.interval is not None:
            lower, upper = result.estimate.interval
            assert lower - 1e-9 <= result.estimate.value <= upper + 1e-9


def test_perfect_agreement_is_one_without_an_interval_or_a_test() -> None:
    ratings = np.repeat([[0.1], [0.3], [0.7], [1.1]], 2, axis=1)
    for form in FORMS:
        result = estimated(ratings, form)
        assert result.estimate.value == 1.0
        assert result.estimate.interval is None and result.estimate.flags == (PERFECT_AGREEMENT,)
        assert result.test == NotEstimable(Reason.NO_VARIANCE)


def test_a_constant_offset_spoils_agreement_but_not_consistency() -> None:
    ratings = np.arange(6.0)[:, None] + [[0.0, 3.0]]
    assert estimated(ratings, "ICC(3,1)").estimate.value == 1.0
    agreement = estimated(ratings, "ICC(2,1)").estimate
    assert agreement.value == pytest.approx(3.5 / (3.5 + 4.5)) and agreement.interval is not None


def test_a_constant_feature_has_no_coefficient_and_passes_no_filter() -> None:
    ratings = np.stack([np.full((4, 2), 0.1), np.repeat(np.arange(4.0)[:, None], 2, axis=1)])
    found = feature_correlations(ratings)
    assert found.of(0) == NotEstimable(Reason.NO_VARIANCE)
    assert found.above(0.8).tolist() == [False, True]


def test_equal_subject_means_give_the_least_single_coefficient_and_no_average_one() -> None:
    ratings = np.array([[1.0, 3.0], [3.0, 1.0], [0.0, 4.0]])
    assert estimated(ratings, "ICC(1,1)").estimate.value == -1.0
    assert intraclass_correlation(ratings, "ICC(1,k)") == NotEstimable(Reason.NO_VARIANCE)


@pytest.mark.parametrize("shape", [(1, 2), (5, 1), (0, 2)])
def test_fewer_than_two_subjects_or_raters_say_nothing(shape: tuple[int, int]) -> None:
    assert intraclass_correlation(np.ones(shape)) == NotEstimable(Reason.TOO_FEW_ROWS)


def test_a_missing_rating_is_refused_by_subject_and_rater() -> None:
    ratings = TABLE_2.copy()
    ratings[2, 1] = math.nan
    with pytest.raises(DataError) as caught:
        intraclass_correlation(ratings)
    assert caught.value.fault is Fault.NOT_FINITE
    assert caught.value.message.fields == {"field": "feature 1, rater 2", "row": 3}
