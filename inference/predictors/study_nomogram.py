"""The nomogram of a pack's linear model, and a patient read off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inference.clinical.schema import FormSchema
from inference.errors import PackError
from inference.packs.fitted import CutTerm, LevelTerm, LinearModel, NumberTerm, ScoreTerm
from inference.packs.study_models import ReferenceData
from inference.pathways.pathway import Pathway
from inference.predictors.linear_predictor import log_odds
from inference.predictors.patient_values import PatientValues
from inference.statistics.design import Factor, Numeric
from inference.statistics.design import Term as DesignTerm
from inference.statistics.nomogram import Nomogram, PatientPoints, nomogram
from inference.statistics.nomogram_model import BaselineSurvival, NomogramModel, Value
from inference.statistics.reasons import NotEstimable
from inference.statistics.round_values import round_values

_UNITS_EITHER_SIDE = 3.0
"""Of its own scale that a score's axis spans where the pack holds no quantiles to take it from (?)."""


@dataclass(frozen=True, slots=True)
class StudyNomogram:
    """``patient`` read off ``nomogram``.

    An axis is named by its field of the form or its score; one of ``log_odds`` is a probability whose marks
    are log odds; one of ``cuts`` is a number of which only the side of the cut counts, named by the axis.
    """

    nomogram: Nomogram
    patient: PatientPoints
    log_odds: frozenset[str]
    cuts: Mapping[str, str]


@dataclass(slots=True)
class _Drawn:
    """The variables of a nomogram as they are collected."""

    terms: list[DesignTerm]
    coefficients: list[float]
    axes: dict[str, Sequence[float]]
    values: dict[str, Value]
    intercept: float
    log_odds: set[str]
    cuts: dict[str, str]


def study_nomogram(
    model: LinearModel,
    values: PatientValues,
    scores: Mapping[str, float],
    *,
    form: FormSchema,
    reference: ReferenceData,
) -> StudyNomogram | NotEstimable:
    """Lay out ``model`` for a patient of whom every field and score it reads is known.

    Axes of clinical numbers span what the pathway says, those of scores what the training cohort's quantiles
    span.  A Cox model's outcome axes are at the pathway's horizons that its baseline reaches.

    Raises
    ------
    PackError
        When the pathway has no axis for a number of the model.
    """
    drawn = _Drawn([], [], {}, {}, model.intercept or 0.0, set(), {})
    by_field: dict[str, list[LevelTerm]] = {}
    for term in model.terms:
        match term:
            case ScoreTerm():
                _add_score(drawn, term, scores[term.score], model, reference)
            case NumberTerm():
                _add_number(drawn, term, values)
            case CutTerm():
                _add_cut(drawn, term, values)
            case LevelTerm():
                by_field.setdefault(term.field, []).append(term)
    for field, terms in by_field.items():
        if values.value(field) is not None:
            _add_levels(drawn, field, terms, values, form)
    made = nomogram(
        NomogramModel(
            tuple(drawn.terms),
            tuple(drawn.coefficients),
            drawn.intercept,
            None if model.family == "logistic" else _survival(model, values.pathway),
        ),
        drawn.axes,
    )
    if isinstance(made, NotEstimable):
        return made
    return StudyNomogram(made, made.points_of(drawn.values), frozenset(drawn.log_odds), drawn.cuts)


def _add_number(drawn: _Drawn, term: NumberTerm, values: PatientValues) -> None:
    span = values.pathway.axes.get(term.field)
    if span is None:
        raise PackError("error.pack.no_axis", field=f"clinical.{term.field}")
    value = values.value(term.field)
    assert value is not None
    _add_numeric(drawn, term.field, term.coefficient / term.scaling.scale, term.scaling.centre)
    drawn.axes[term.field] = round_values(span.low, span.high)
    drawn.values[term.field] = value


def _add_numeric(drawn: _Drawn, name: str, coefficient: float, centre: float) -> None:
    drawn.terms.append(Numeric(name))
    drawn.coefficients.append(coefficient)
    drawn.intercept -= coefficient * centre


def _add_score(
    drawn: _Drawn, term: ScoreTerm, value: float, model: LinearModel, reference: ReferenceData
) -> None:
    coefficient = term.coefficient / term.scaling.scale
    _add_numeric(drawn, term.score, coefficient, term.scaling.centre)
    if term.as_log_odds:
        drawn.log_odds.add(term.score)
    drawn.values[term.score] = log_odds(value) if term.as_log_odds else value
    known = _spanned(reference, term.score)
    if known is not None:
        ends = (log_odds(known[0]), log_odds(known[1])) if term.as_log_odds else known
    else:
        # A score that the pack does not describe spans what the model that reads it spans.
        whole = _spanned(reference, model.name) if model.family == "cox" else None
        reach = _UNITS_EITHER_SIDE * term.scaling.scale
        low, high = (-reach, reach) if whole is None else sorted(end / coefficient for end in whole)
        ends = (term.scaling.centre + low, term.scaling.centre + high)
    drawn.axes[term.score] = round_values(ends[0], ends[1])


def _spanned(reference: ReferenceData, score: str) -> tuple[float, float] | None:
    """Between the outermost quantiles of the training cohort, whatever the outcome."""
    own = [
        one.values
        for one in reference.quantiles
        if (one.stated.score, one.stated.cohort) == (score, "training")
    ]
    if not own:
        return None
    every = np.concatenate(own)
    return (float(every.min()), float(every.max())) if np.ptp(every) > 0 else None


def _add_cut(drawn: _Drawn, term: CutTerm, values: PatientValues) -> None:
    below, above = ("<", "≥") if term.includes_cut else ("≤", ">")
    name = f"{term.field} {above} {term.cut:g}"
    levels = f"{below} {term.cut:g}", f"{above} {term.cut:g}"
    value = values.value(term.field)
    assert value is not None and not isinstance(value, str)
    is_above = value > term.cut or (term.includes_cut and value == term.cut)
    drawn.terms.append(Factor(name, levels))
    drawn.coefficients.append(term.coefficient)
    drawn.values[name] = levels[is_above]
    drawn.cuts[name] = term.field


def _add_levels(
    drawn: _Drawn, field: str, terms: Sequence[LevelTerm], values: PatientValues, form: FormSchema
) -> None:
    """All choices of the form; one that adds nothing comes first, as the reference."""
    effects = {
        choice: sum(term.coefficient for term in terms if choice in term.levels)
        for choice in form.field(field).choices
    }
    reference = next((choice for choice, effect in effects.items() if effect == 0), next(iter(effects)))
    others = [choice for choice in effects if choice != reference]
    drawn.terms.append(Factor(field, (reference, *others)))
    drawn.coefficients += [effects[choice] - effects[reference] for choice in others]
    drawn.intercept += effects[reference]
    value = values.value(field)
    assert isinstance(value, str)
    drawn.values[field] = value


def _survival(model: LinearModel, pathway: Pathway) -> BaselineSurvival:
    beside = {one.score: one.horizons_months for one in pathway.beside}
    horizons = beside.get(model.name, pathway.horizons_months)
    told = {point.time_months: point.survival for point in model.baseline if point.survival < 1}
    reached = tuple(month for month in horizons if month in told)
    return BaselineSurvival(reached, tuple(told[month] for month in reached))
