"""From the columns of a regression to the terms of a manifest, in the fields of the clinical form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inference.packs.fitted import (
    BaselinePoint,
    CutTerm,
    LevelTerm,
    LinearModel,
    NumberTerm,
    Scaling,
    ScoreTerm,
    Term,
)
from inference.statistics.regression.baseline import BaselineHazard

MOST_MONTHS = 120
"""A baseline survival is told month by month, for ten years at most: a grid, not the patients' own times."""


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """What a column is made of: ``offset`` + the sum of the terms."""

    offset: float
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class PackedCox:
    """A Cox model as the manifest tells it: its score is the linear predictor less ``constant``."""

    model: LinearModel
    constant: float


def number(field: str, centre: float) -> CodedColumn:
    """A clinical number, told about ``centre``."""
    return CodedColumn(
        centre, (NumberTerm(field=field, scaling=Scaling(centre=centre, scale=1.0), coefficient=1.0),)
    )


def levels(field: str, *names: str) -> CodedColumn:
    """1 where a choice is one of ``names``."""
    return CodedColumn(0.0, (LevelTerm(field=field, levels=names, coefficient=1.0),))


def ranks(field: str, rank_of: Mapping[str, float]) -> CodedColumn:
    """A choice that enters as a number, such as a stage."""
    lowest = min(rank_of.values())
    steps = tuple(
        LevelTerm(field=field, levels=(level,), coefficient=rank - lowest)
        for level, rank in rank_of.items()
        if rank > lowest
    )
    return CodedColumn(lowest, steps)


def above(field: str, cut: float) -> CodedColumn:
    """1 where a clinical number exceeds ``cut``."""
    return CodedColumn(0.0, (CutTerm(field=field, cut=cut, includes_cut=False, coefficient=1.0),))


def score(name: str, centre: float = 0.0, *, as_log_odds: bool = False) -> CodedColumn:
    """Another score of the pack, told about ``centre``."""
    scaling = Scaling(centre=centre, scale=1.0)
    return CodedColumn(
        centre, (ScoreTerm(score=name, scaling=scaling, coefficient=1.0, as_log_odds=as_log_odds),)
    )


def logistic_model(
    name: str, intercept: float, coefficients: Mapping[str, float], columns: Mapping[str, CodedColumn]
) -> LinearModel:
    """``intercept`` + Σ coefficient × column, as log odds."""
    offset, terms = _weighted(coefficients, columns)
    return LinearModel(name=name, family="logistic", terms=terms, intercept=intercept + offset)


def cox_model(
    name: str,
    coefficients: Mapping[str, float],
    columns: Mapping[str, CodedColumn],
    baseline: BaselineHazard,
    horizons_months: Sequence[float],
) -> PackedCox:
    """Σ coefficient × column as a log hazard, with the survival of whom it is zero for."""
    constant, terms = _weighted(coefficients, columns)
    last = min(baseline.last_time, float(MOST_MONTHS))
    months = sorted({*map(float, range(1, int(last) + 1)), *horizons_months})
    survival = np.minimum.accumulate(baseline.survival([constant], months)[0])
    points = tuple(
        BaselinePoint(time_months=month, survival=float(share))
        for month, share in zip(months, survival, strict=True)
        if share > 0
    )
    return PackedCox(LinearModel(name=name, family="cox", terms=terms, baseline=points), constant)


def _weighted(
    coefficients: Mapping[str, float], columns: Mapping[str, CodedColumn]
) -> tuple[float, tuple[Term, ...]]:
    offset, terms = 0.0, []
    for name, weight in coefficients.items():
        offset += weight * columns[name].offset
        terms += [
            term.model_copy(update={"coefficient": weight * term.coefficient}) for term in columns[name].terms
        ]
    return offset, tuple(terms)
