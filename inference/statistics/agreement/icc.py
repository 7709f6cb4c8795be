"""Intraclass correlation: which share of the variation between ratings is variation between subjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv

from inference.statistics.agreement.mean_squares import MeanSquares, mean_squares, rating_array
from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import Bools, Floats
from inference.statistics.reasons import NotEstimable, Reason

IccForm = Literal["ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"]
"""Names of Shrout and Fleiss: 1 one-way random; 2 two-way, absolute agreement; 3 two-way, consistency."""

IccConvention = Literal["mcgraw_wong", "shrout_fleiss"]
"""How agreement (form 2) is tested and the interval of ICC(2,k) made; nothing else depends on it."""

PERFECT_AGREEMENT: Final = "perfect_agreement"


@dataclass(frozen=True, slots=True)
class FTest:
    """Variance ratio against the null hypothesis of no correlation, and its upper tail."""

    statistic: float
    numerator_freedom: float
    denominator_freedom: float
    p_value: float


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """One coefficient with its interval and test.

    Where the raters agree perfectly the coefficient is 1, flagged, without interval; where nothing but
    subjects and raters explains the ratings there is no test.
    """

    form: IccForm
    subjects: int
    raters: int
    estimate: Estimate
    test: FTest | NotEstimable


@dataclass(frozen=True, slots=True, eq=False)
class FeatureCorrelations:
    """The coefficient of each feature, arrays (features,); NaN where there is none, which ``of`` marks.

    ``statistic``, ``denominator_freedom`` and ``p_value`` belong to the F test with subjects − 1 degrees of
    freedom in the numerator.
    """

    form: IccForm
    subjects: int
    raters: int
    level: float
    value: Floats
    lower: Floats
    upper: Floats
    statistic: Floats
    denominator_freedom: Floats
    p_value: Floats

    def above(self, limit: float) -> Bools:
        """Which features have a coefficient above ``limit``; one that is not estimable has not."""
        with np.errstate(invalid="ignore"):
            chosen: Bools = self.value > limit
        return chosen

    def of(self, feature: int) -> IntraclassCorrelation | NotEstimable:
        """The feature at that index, with its interval and test."""
        if self.subjects < 2 or self.raters < 2:
            return NotEstimable(Reason.TOO_FEW_ROWS)
        value = float(self.value[feature])
        if np.isnan(value):
            return NotEstimable(Reason.NO_VARIANCE)
        lower, upper = float(self.lower[feature]), float(self.upper[feature])
        has_limits = np.isfinite(lower) and np.isfinite(upper)
        is_perfect = not (has_limits or np.isfinite(self.statistic[feature]))
        estimate = Estimate(
            value,
            None,
            lower if has_limits else None,
            upper if has_limits else None,
            self.level,
            ("satterthwaite" if self.form in _AGREEMENT else "f_distribution") if has_limits else "",
            (PERFECT_AGREEMENT,) if is_perfect else (),
        )
        return IntraclassCorrelation(self.form, self.subjects, self.raters, estimate, self._test(feature))

    def _test(self, feature: int) -> FTest | NotEstimable:
        statistic, freedom = float(self.statistic[feature]), float(self.denominator_freedom[feature])
        if not (np.isfinite(statistic) and np.isfinite(freedom)):
            return NotEstimable(Reason.NO_VARIANCE)
        return FTest(statistic, self.subjects - 1, freedom, float(self.p_value[feature]))


_AGREEMENT: Final = ("ICC(2,1)", "ICC(2,k)")


def intraclass_correlation(
    ratings: ArrayLike,
    form: IccForm = "ICC(2,1)",
    *,
    level: float = LEVEL,
    convention: IccConvention = "mcgraw_wong",
) -> IntraclassCorrelation | NotEstimable:
    """The coefficient of one feature from ``ratings`` (subjects, raters); see ``feature_correlations``."""
    matrix = np.asarray(ratings, dtype=np.float64)
    return feature_correlations(matrix[None], form, level=level, convention=convention).of(0)


def feature_correlations(
    ratings: ArrayLike,
    form: IccForm = "ICC(2,1)",
    *,
    level: float = LEVEL,
    convention: IccConvention = "mcgraw_wong",
) -> FeatureCorrelations:
    """The coefficient of every feature from ``ratings`` (features, subjects, raters), complete.

    With mean squares B of subjects, W within subjects, R of raters and E of error, n subjects, k raters:
    ICC(1,1) = (B − W)/(B + (k−1)W); ICC(3,1) = (B − E)/(B + (k−1)E);
    ICC(2,1) = (B − E)/(B + (k−1)E + k(R − E)/n); the forms with k are of the mean of k ratings.

    Intervals of forms 1 and 3 are exact by F.  That of form 2 refers to Satterthwaite's degrees of freedom
    v at the estimate.  By ``mcgraw_wong`` (as ``irr::icc``) the test of form 2 has v in the denominator too,
    and the limits of ICC(2,k) have their own v; by ``shrout_fleiss`` (as ``psych::ICC``) the test has its
    degrees of freedom under the null hypothesis, (n−1)(k−1), and the limits of ICC(2,k) are those of
    ICC(2,1) stepped up by Spearman and Brown.

    Source: Shrout and Fleiss, Psychol Bull 1979; 86: 420–428; McGraw and Wong, Psychol Methods 1996; 1:
    30–46 (with the correction on p. 390); Satterthwaite, Biometrics Bull 1946; 2: 110–114.
    """
    array = rating_array(ratings)
    features, n, k = array.shape
    if n < 2 or k < 2:
        nothing = np.full(features, np.nan)
        return FeatureCorrelations(form, n, k, level, *([nothing] * 6))
    squares = mean_squares(array)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = _coefficient(squares, form)
        statistic = squares.between / (squares.within if form.startswith("ICC(1") else squares.error)
        if form in _AGREEMENT:
            lower, upper, freedom = _agreement(squares, form, level, convention)
        else:
            freedom = np.full(features, float(n * (k - 1) if form.startswith("ICC(1") else (n - 1) * (k - 1)))
            lower, upper = _by_f(statistic, n - 1, freedom, k, level)
            if form.endswith("k)"):
                lower, upper = _stepped_up(lower, k), _stepped_up(upper, k)
        p_value = _upper_tail(statistic, n - 1, freedom)
    return FeatureCorrelations(form, n, k, level, value, lower, upper, statistic, freedom, p_value)


def _coefficient(squares: MeanSquares, form: IccForm) -> Floats:
    n, k = squares.subjects, squares.raters
    noise = squares.within if form.startswith("ICC(1") else squares.error
    spread = (squares.raters_effect - squares.error) / n if form in _AGREEMENT else 0.0
    whole = squares.between + (spread if form.endswith("k)") else (k - 1) * noise + k * spread)
    value: Floats = (squares.between - noise) / np.where(whole > 0, whole, np.nan)
    return value


def _agreement(
    squares: MeanSquares, form: IccForm, level: float, convention: IccConvention
) -> tuple[Floats, Floats, Floats]:
    """Limits, and the denominator's degrees of freedom of the test, of form 2."""
    n, k = squares.subjects, squares.raters
    steps_up = form == "ICC(2,k)" and convention == "shrout_fleiss"
    inner: IccForm = "ICC(2,1)" if steps_up else form
    v = _satterthwaite(squares, _coefficient(squares, inner))
    high, low = _f_quantile(n - 1, v, level), _f_quantile(v, n - 1, level)
    b, r, e = squares.between, squares.raters_effect, squares.error
    others = k * r + (k * n - k - n) * e if inner == "ICC(2,1)" else r - e
    lower = n * (b - high * e) / (high * others + n * b)
    upper = n * (low * b - e) / (others + n * low * b)
    if steps_up:
        lower, upper = _stepped_up(lower, k), _stepped_up(upper, k)
    is_null = convention == "shrout_fleiss"
    freedom = np.full(len(v), float((n - 1) * (k - 1))) if is_null else v
    return lower, upper, freedom


def _satterthwaite(squares: MeanSquares, value: Floats) -> Floats:
    n, k = squares.subjects, squares.raters
    odds = k * value / (n * (1 - value))
    of_raters, of_error = odds * squares.raters_effect, (1 + odds * (n - 1)) * squares.error
    v: Floats = (of_raters + of_error) ** 2 / (of_raters**2 / (k - 1) + of_error**2 / ((n - 1) * (k - 1)))
    return v


def _by_f(
    statistic: Floats, numerator: float, denominator: Floats, k: int, level: float
) -> tuple[Floats, Floats]:
    low = statistic / _f_quantile(numerator, denominator, level)
    high = statistic * _f_quantile(denominator, numerator, level)
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _stepped_up(single: Floats, k: int) -> Floats:
    """Spearman and Brown: reliability of the mean of k ratings from that of one."""
    return k * single / (1 + (k - 1) * single)


def _f_quantile(numerator: float | Floats, denominator: float | Floats, level: float) -> Floats:
    """The F quantile with (1 − level)/2 above it."""
    share = betaincinv(np.asarray(denominator) / 2, np.asarray(numerator) / 2, (1 - level) / 2)
    quantile: Floats = np.asarray(denominator * (1 - share) / (numerator * share))
    return quantile


def _upper_tail(statistic: Floats, numerator: float, denominator: Floats) -> Floats:
    tail: Floats = betainc(
        denominator / 2, numerator / 2, denominator / (denominator + numerator * statistic)
    )
    return tail
