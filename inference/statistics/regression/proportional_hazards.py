"""Whether hazards stay proportional: score tests of effects that change with time, Schoenfeld residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from inference.statistics.design import Design
from inference.statistics.outcomes import Floats, SurvivalData, same_length
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.chi_square_test import ChiSquareTest, chi_square_test
from inference.statistics.regression.cox import CoxFit
from inference.statistics.regression.partial_likelihood import (
    Evaluation,
    RiskSets,
    evaluate,
    information,
    means_at_risk,
    risk_sets,
)
from inference.statistics.survival.kaplan_meier import kaplan_meier

Transform = Literal["km", "rank", "identity", "log"]
"""How time is scaled: 1 − Kaplan–Meier just before it, its average rank among all times, as it is, or log."""


@dataclass(frozen=True, slots=True)
class NamedTest:
    """The test of one term, or of one coefficient; not estimable where the data hold no information on it."""

    name: str
    test: ChiSquareTest | NotEstimable


@dataclass(frozen=True, slots=True)
class ProportionalHazards:
    """Tests by term (all columns of a factor together), by coefficient, and of all coefficients at once.

    A small P speaks against proportional hazards; a large one may only mean few events.
    """

    transform: Transform
    terms: tuple[NamedTest, ...]
    coefficients: tuple[NamedTest, ...]
    overall: ChiSquareTest | NotEstimable


@dataclass(frozen=True, slots=True, eq=False)
class SchoenfeldResiduals:
    """Columns of each event less their mean at risk; m events ascend in time, ties in the order of rows.

    ``residuals`` (m, p); ``time`` (m,); ``columns`` name the p.  Under Efron's ties the mean is that over the
    thinned risk sets of the tied events.  Source: Schoenfeld, Biometrika 1982; 69: 239–241.
    """

    time: Floats
    residuals: Floats
    columns: tuple[str, ...]


def proportional_hazards(
    data: SurvivalData, design: Design, fit: CoxFit, *, transform: Transform = "km"
) -> ProportionalHazards | NotEstimable:
    """Test β(t) = β + θ g(t) against θ = 0 by the exact score test, on the data of the fit.

    U = Σ g (x − x̄) over events; its variance is I₂₂ − I₂₁ I₁₁⁻¹ I₁₂ with I₁₁, I₁₂, I₂₂ the sums of 1, g and
    g² times the covariance of the columns at risk.  A term is tested with its own block.  The test is that of
    R's ``cox.zph`` since survival 3.0; the approximation of Grambsch and Therneau (Biometrika 1994; 81:
    515–526), which takes one average covariance for all events, is another.

    Not estimable when the logarithm is asked of an event at time 0.
    """
    same_length(("time", "design"), data.time, design.matrix)
    if transform == "log" and (data.time[data.event] == 0).any():
        return NotEstimable(Reason.TIME_ZERO)
    sets, rows, at, means = _at_fit(data, design, fit)
    scaled_time = _scaled(data, transform)[sets.order][sets.deaths]
    g = scaled_time - scaled_time.mean()
    score = g @ (rows[sets.deaths] - means)
    plain, crossed, squared = (information(sets, at, rows, means, g**power) for power in (0, 1, 2))
    variance = squared - crossed @ np.linalg.solve(plain, crossed) if plain.size else squared
    by_term = [(term.name, design.columns_of(term.name)) for term in design.terms]
    by_column = [(name, slice(place, place + 1)) for place, name in enumerate(design.columns)]
    scale = np.diag(squared)
    return ProportionalHazards(
        transform,
        tuple(NamedTest(name, _test(score, variance, scale, block)) for name, block in by_term),
        tuple(NamedTest(name, _test(score, variance, scale, block)) for name, block in by_column),
        _test(score, variance, scale, slice(None)),
    )


def schoenfeld_residuals(data: SurvivalData, design: Design, fit: CoxFit) -> SchoenfeldResiduals:
    """Residuals at the coefficients of ``fit``, on the data of the fit."""
    same_length(("time", "design"), data.time, design.matrix)
    sets, rows, _, means = _at_fit(data, design, fit)
    tied = np.bincount(sets.time_of_death)
    mean_at_time = sets.by_time(means) / tied[:, None]
    residuals: Floats = rows[sets.deaths] - mean_at_time[sets.time_of_death]
    return SchoenfeldResiduals(sets.times[sets.time_of_death], residuals, design.columns)


def _at_fit(data: SurvivalData, design: Design, fit: CoxFit) -> tuple[RiskSets, Floats, Evaluation, Floats]:
    """The risk sets, their centred rows, the likelihood at the fit, and the mean columns at risk."""
    sets = risk_sets(data, fit.ties)
    rows: Floats = (design.matrix - fit.means)[sets.order]
    at = evaluate(sets, rows @ fit.coefficients)
    return sets, rows, at, means_at_risk(sets, at, rows)


def _scaled(data: SurvivalData, transform: Transform) -> Floats:
    """g of every row's time: (n,); only those of events are used."""
    if transform == "identity":
        return data.time
    if transform == "log":
        logarithms: Floats = np.log(np.where(data.time > 0, data.time, 1.0))
        return logarithms
    if transform == "rank":
        _, place, tied = np.unique(data.time, return_inverse=True, return_counts=True)
        ranks: Floats = (np.cumsum(tied) - (tied - 1) / 2)[place]
        return ranks
    return 1 - kaplan_meier(data).curve.before(data.time)


def _test(score: Floats, variance: Floats, scale: Floats, block: slice) -> ChiSquareTest | NotEstimable:
    """U′V⁻¹U of a block; not estimable where its variance is 0 but for rounding."""
    width = np.sqrt(scale[block])
    if not (width > 0).all():
        return NotEstimable(Reason.NO_VARIANCE)
    standardised = variance[block, block] / np.outer(width, width)
    if np.linalg.eigvalsh(standardised).min(initial=1.0) < 1e-12:
        return NotEstimable(Reason.NO_VARIANCE)
    u = score[block] / width
    return chi_square_test(float(u @ np.linalg.solve(standardised, u)), len(u))
