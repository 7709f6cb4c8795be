"""How sure a packed Cox model's survival is, from the fit and the patients that it was fitted to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from inference.packs.cox_uncertainty import CoxUncertainty, TimeUncertainty
from inference.packs.fitted import LinearModel
from inference.statistics.design import Design
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.cox import CoxFit, fit_cox
from inference.statistics.regression.partial_likelihood import Ties, evaluate, means_at_risk, risk_sets
from models.packing.coding import CodedColumn, PackedCox
from models.packing.reference_data import FEWEST

_SAME = 1e-8


def with_uncertainty(
    packed: PackedCox,
    fit: CoxFit,
    columns: Mapping[str, CodedColumn],
    data: SurvivalData,
    design: Design,
    horizons_months: Sequence[float],
) -> PackedCox:
    """``packed`` with what an interval needs, at the horizons with at least ``FEWEST`` patients at risk.

    ``data`` and ``design`` are those that ``fit`` was fitted to; where no horizon has enough patients the
    model stays without.

    Raises
    ------
    ValueError
        When ``data`` and ``design`` do not give the fit again, or terms do not make up their column.
    """
    again = fit_cox(data, design, ties=fit.ties)
    if isinstance(again, NotEstimable) or not (
        np.allclose(again.coefficients, fit.coefficients, rtol=_SAME, atol=_SAME)
        and np.allclose(again.covariance, fit.covariance, rtol=_SAME, atol=_SAME)
    ):
        raise ValueError(f"{packed.model.name} was fitted to other patients")
    last = float(np.sort(data.time)[-FEWEST]) if len(data) >= FEWEST else 0.0
    first = float(data.time[data.event].min())
    told = [month for month in horizons_months if first <= month <= last]
    if not told:
        return packed
    coded = [columns[name] for name in fit.columns]
    terms = np.hstack([_term_values(column, design.matrix[:, k]) for k, column in enumerate(coded)])
    weights = np.zeros((terms.shape[1], len(coded)))
    places = np.repeat(np.arange(len(coded)), [len(column.terms) for column in coded])
    weights[np.arange(len(places)), places] = [term.coefficient for column in coded for term in column.terms]
    covariance = weights @ fit.covariance @ weights.T
    uncertainty = CoxUncertainty(
        covariance=tuple(tuple(map(float, row)) for row in (covariance + covariance.T) / 2),
        times=times_of(data, terms, terms @ (weights @ fit.coefficients), told, ties=fit.ties),
    )
    model = LinearModel.model_validate({**dict(packed.model), "uncertainty": uncertainty})
    return replace(packed, model=model)


def times_of(
    data: SurvivalData, terms: Floats, scores: Floats, months: Sequence[float], *, ties: Ties
) -> tuple[TimeUncertainty, ...]:
    """At ``months``, none before the first death, for ``terms`` (n, k) and the log hazards ``scores`` (n,).

    With S₀ the sum of exp(score) at risk and z̄ the mean terms weighted by it, deaths counted one by one and
    thinned as the fit's ties ask: H = Σ 1/S₀, Var H = Σ 1/S₀², mean terms Σ z̄/S₀ / H.  Ratios alone are told,
    so that it does not matter where the scores are centred.
    """
    sets = risk_sets(data, ties)
    at = evaluate(sets, scores[sets.order])
    steps = 1 / at.at_risk
    means = means_at_risk(sets, at, terms[sets.order])
    hazard, variance, moved = (
        np.cumsum(sets.by_time(values), axis=0) for values in (steps, steps**2, means * steps[:, None])
    )
    reached = np.searchsorted(sets.times, np.asarray(months), side="right") - 1
    return tuple(
        TimeUncertainty(
            time_months=float(month),
            log_hazard_variance=float(variance[k] / hazard[k] ** 2),
            mean_terms=tuple(map(float, moved[k] / hazard[k])),
        )
        for month, k in zip(months, reached, strict=True)
    )


def _term_values(column: CodedColumn, values: Floats) -> Floats:
    """The terms that make up a column (n,): (n, terms)."""
    weights = np.array([term.coefficient for term in column.terms])
    above = values - column.offset
    if len(weights) == 1:
        return above[:, None] / weights
    terms: Floats = (above[:, None] == weights).astype(np.float64)
    if not np.array_equal(terms @ weights, above):
        raise ValueError("terms do not make up their column")
    return terms
