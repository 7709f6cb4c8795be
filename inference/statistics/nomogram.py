"""A nomogram: every variable on one scale of points, and total points against what they foretell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.design import Factor, Term
from inference.statistics.nomogram_model import NomogramModel, Value
from inference.statistics.outcomes import Floats, finite_column
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.round_values import round_values

WIDEST: Final = 100.0
"""Points of the variable whose axis spans the widest range of the linear predictor."""

_DISTINCT_VALUES: Final = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """A value written on an axis, and where it stands on the scale of points."""

    value: Value
    points: float


@dataclass(frozen=True, slots=True)
class Axis:
    """A variable: numbers ascending, or the levels of a factor in their order."""

    name: str
    marks: tuple[Mark, ...]

    @property
    def is_factor(self) -> bool:
        """True when the marks are levels."""
        return isinstance(self.marks[0].value, str)


@dataclass(frozen=True, slots=True)
class OutcomeAxis:
    """Survival at ``horizon``, or with None the probability; points of the marks are total points."""

    horizon: float | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class VariablePoints:
    """A patient's value in one variable; extrapolated when it lies outside the axis."""

    name: str
    value: Value
    points: float
    is_extrapolated: bool


@dataclass(frozen=True, slots=True)
class PatientPoints:
    """One patient read off a nomogram; ``outcomes`` are in the order of the outcome axes."""

    variables: tuple[VariablePoints, ...]
    total: float
    linear_predictor: float
    outcomes: tuple[float, ...]

    @property
    def is_extrapolated(self) -> bool:
        """True when any value lies outside its axis."""
        return any(variable.is_extrapolated for variable in self.variables)


@dataclass(frozen=True, slots=True)
class Nomogram:
    """Axes on one scale of points; lp = ``lp_at_zero`` + total points / ``points_per_unit``."""

    model: NomogramModel
    axes: tuple[Axis, ...]
    total_points_axis: tuple[float, ...]
    outcome_axes: tuple[OutcomeAxis, ...]
    points_per_unit: float
    lp_at_zero: float

    def points_of(self, values: Mapping[str, Value]) -> PatientPoints:
        """Read off one patient; beyond the ends of an axis points go on linearly, and say so.

        Raises
        ------
        DataError
            When a value is missing, not a finite number, or not a level of its factor.
        """
        variables = tuple(
            self._variable(term, axis, values) for term, axis in zip(self.model.terms, self.axes, strict=True)
        )
        linear_predictor = self.model.linear_predictor(values)
        return PatientPoints(
            variables,
            sum(variable.points for variable in variables),
            linear_predictor,
            self.model.outcomes(linear_predictor),
        )

    def _variable(self, term: Term, axis: Axis, values: Mapping[str, Value]) -> VariablePoints:
        if term.name not in values:
            raise DataError(Fault.NOT_FINITE, field=term.name, row=1)
        value, end = values[term.name], axis.marks[0]
        here, there = self.model.effects(term, [value, end.value])
        points = end.points + float(here - there) * self.points_per_unit
        return VariablePoints(term.name, value, points, _is_outside(value, axis))


def axis_values(values: ArrayLike) -> tuple[float, ...]:
    """Marks for the axis of a numeric variable, from the values (n,) that patients have.

    At most 10 distinct values stand as they are; more are covered by round values.
    """
    distinct = np.unique(finite_column(values, "values"))
    if not distinct.size:
        raise DataError(Fault.TOO_FEW_ROWS, count=0, least=1)
    if distinct.size <= _DISTINCT_VALUES:
        return tuple(map(float, distinct))
    return round_values(float(distinct[0]), float(distinct[-1]))


def nomogram(
    model: NomogramModel,
    axes: Mapping[str, Sequence[float]],
    *,
    linear_predictors: ArrayLike | None = None,
) -> Nomogram | NotEstimable:
    """Lay out the nomogram of ``model``.

    Points of a value are ``WIDEST`` × (its effect − the least effect on its axis) / (the widest range of
    effects on any axis).  The total's axis starts at 0 and covers what the axes can reach or, when
    ``linear_predictors`` (n,) of patients are given, what they reach.  Outcomes are marked at round values.

    ``axes`` gives the marks of each numeric variable (``axis_values``); a factor's are its levels.
    Not estimable when no variable changes the linear predictor on its axis.
    Source: the layout of Harrell, Regression Modeling Strategies, 2015, §5.3 (R: ``rms::nomogram``).

    Raises
    ------
    DataError
        When an axis has no marks, or marks or linear predictors are not finite.
    """
    marks = [_values_on_axis(term, axes) for term in model.terms]
    effects = [model.effects(term, values) for term, values in zip(model.terms, marks, strict=True)]
    widest = max((float(np.ptp(added)) for added in effects), default=0.0)
    if widest == 0:
        return NotEstimable(Reason.NO_VARIANCE)
    scale = WIDEST / widest
    lp_at_zero = model.intercept + sum(float(added.min()) for added in effects)
    drawn = tuple(
        Axis(term.name, _marks(values, (added - added.min()) * scale))
        for term, values, added in zip(model.terms, marks, effects, strict=True)
    )
    low, high = _span(lp_at_zero, effects, linear_predictors)
    return Nomogram(
        model,
        drawn,
        round_values(0.0, (high - lp_at_zero) * scale),
        tuple(
            _outcome_axis(model, place, (low, high), lp_at_zero, scale)
            for place in range(len(model.horizons))
        ),
        scale,
        lp_at_zero,
    )


def _values_on_axis(term: Term, axes: Mapping[str, Sequence[float]]) -> Sequence[Value]:
    if isinstance(term, Factor):
        return term.levels
    if not len(axes[term.name]):
        raise DataError(Fault.TOO_FEW_ROWS, count=0, least=1)
    return sorted(axes[term.name])


def _marks(values: Sequence[Value], points: Floats) -> tuple[Mark, ...]:
    return tuple(Mark(value, float(place)) for value, place in zip(values, points, strict=True))


def _span(
    lp_at_zero: float, effects: Sequence[Floats], linear_predictors: ArrayLike | None
) -> tuple[float, float]:
    """The linear predictors that the lower axes cover."""
    if linear_predictors is None:
        return lp_at_zero, lp_at_zero + sum(float(np.ptp(added)) for added in effects)
    reached = finite_column(linear_predictors, "linear predictor")
    if not reached.size:
        raise DataError(Fault.TOO_FEW_ROWS, count=0, least=1)
    covered = round_values(float(reached.min()), float(reached.max()))
    return covered[0], covered[-1]


def _outcome_axis(
    model: NomogramModel, place: int, span: tuple[float, float], lp_at_zero: float, scale: float
) -> OutcomeAxis:
    least, most = sorted(model.outcomes(lp)[place] for lp in span)
    values = [value for value in round_values(least, most) if least < value < most]
    points = (model.linear_predictors_at(place, values) - lp_at_zero) * scale
    return OutcomeAxis(model.horizons[place], _marks(values, points))


def _is_outside(value: Value, axis: Axis) -> bool:
    first, last = axis.marks[0].value, axis.marks[-1].value
    if isinstance(value, str) or isinstance(first, str) or isinstance(last, str):
        return False
    return not first <= value <= last
