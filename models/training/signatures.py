"""Signatures and fusions: LASSO on many features, then regression on few factors, for times and classes.

Each function fits on the patients it is given and no others; give it the training part of a fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from inference.statistics.design import Design
from inference.statistics.outcomes import Bools, Floats, SurvivalData
from inference.statistics.penalised.cross_validation import (
    CrossValidation,
    cross_validate_lasso_cox,
    cross_validate_lasso_logistic,
)
from inference.statistics.penalised.folds import balanced_folds
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.baseline import BaselineHazard, baseline_hazard
from inference.statistics.regression.cox import CoxFit, fit_cox
from inference.statistics.regression.logistic import LogisticFit, fit_logistic
from inference.statistics.regression.proportional_hazards import ProportionalHazards, proportional_hazards
from inference.statistics.regression.stepwise import Selection, select_by_aic
from models.training.linear_score import LinearScore

SIGNIFICANT_BELOW: Final = 0.05
"""P of a single factor below which it enters the regression of several."""

PROPORTIONAL_ABOVE: Final = 0.05
"""P of the test of Schoenfeld residuals above which a factor may enter a Cox model (gNEN study)."""

FOLDS: Final = 10
"""Folds that choose the penalty: glmnet's default, which the studies do not say they changed."""

PenaltyRule = Literal["min", "1se"]
"""The penalty with the best mean over the folds, or the largest within one standard error of it."""


@dataclass(frozen=True, slots=True, eq=False)
class LassoSignature:
    """``score`` at the penalty that the ``rule`` chose from ``cross_validation``; it may hold nothing."""

    score: LinearScore
    rule: PenaltyRule
    cross_validation: CrossValidation

    @property
    def selected(self) -> tuple[str, ...]:
        """Columns with a coefficient."""
        return tuple(self.score.coefficients)


@dataclass(frozen=True, slots=True)
class ScreenedTerm:
    """One factor alone: P of its likelihood-ratio test, P of proportional hazards where that was asked.

    P is None where the regression, or the test, could not be had; then the factor is not kept.
    """

    name: str
    p_value: float | None
    proportionality_p: float | None
    is_kept: bool


@dataclass(frozen=True, slots=True, eq=False)
class CoxFusion:
    """Factors screened one by one, those kept fitted together, some eliminated; then the baseline.

    ``proportionality`` tests the final model.  P values of ``selection.fit`` ignore the selection.
    """

    screened: tuple[ScreenedTerm, ...]
    selection: Selection[CoxFit]
    proportionality: ProportionalHazards | NotEstimable
    baseline: BaselineHazard

    @property
    def score(self) -> LinearScore:
        """The log hazard, not centred."""
        fit = self.selection.fit
        return LinearScore("log_hazard", 0.0, _named(fit.columns, fit.coefficients))

    def as_document(self, horizons: Sequence[float]) -> dict[str, Any]:
        """For the pack's JSON: coefficients, and the baseline at ``horizons`` in the unit of the times.

        Survival at a horizon is exp(−cumulative hazard × exp(score − centre)).
        """
        hazard = self.baseline.cumulative.at(np.asarray(horizons, dtype=np.float64))
        return self.score.as_document() | {
            "baseline": {
                "centre": self.baseline.centre,
                "last_time": self.baseline.last_time,
                "horizons": list(map(float, horizons)),
                "cumulative_hazard": [float(value) for value in hazard],
            }
        }


@dataclass(frozen=True, slots=True, eq=False)
class LogisticFusion:
    """Factors screened one by one, or chosen by LASSO, and those kept fitted together."""

    screened: tuple[ScreenedTerm, ...]
    kept: tuple[str, ...]
    fit: LogisticFit

    @property
    def score(self) -> LinearScore:
        """The log odds of the positive class."""
        coefficients = _named(self.fit.columns[1:], self.fit.coefficients[1:])
        return LinearScore("logit", float(self.fit.coefficients[0]), coefficients)


def lasso_cox_signature(
    data: SurvivalData,
    design: Design,
    rng: np.random.Generator,
    *,
    folds: int = FOLDS,
    rule: PenaltyRule = "min",
) -> LassoSignature | NotEstimable:
    """A radiomics score for times: LASSO-Cox at the penalty that cross-validated deviance chooses.

    Folds are drawn so that events spread evenly, and are no more than the events.
    """
    count = _fold_count(folds, int(data.event.sum()))
    chosen = cross_validate_lasso_cox(data, design, balanced_folds(data.event, count, rng))
    return chosen if isinstance(chosen, NotEstimable) else _signature(chosen, rule, "log_hazard")


def lasso_logistic_signature(
    is_positive: Bools,
    design: Design,
    rng: np.random.Generator,
    *,
    folds: int = FOLDS,
    rule: PenaltyRule = "min",
) -> LassoSignature | NotEstimable:
    """A score for two classes: LASSO-logistic at the penalty that cross-validated deviance chooses.

    Folds are drawn so that classes spread evenly, and are no more than the rarer class has members.
    """
    rarer = min(int(is_positive.sum()), int((~is_positive).sum()))
    count = _fold_count(folds, rarer)
    chosen = cross_validate_lasso_logistic(is_positive, design, balanced_folds(is_positive, count, rng))
    return chosen if isinstance(chosen, NotEstimable) else _signature(chosen, rule, "logit")


def lasso_then_logistic(
    is_positive: Bools,
    design: Design,
    rng: np.random.Generator,
    *,
    folds: int = FOLDS,
    rule: PenaltyRule = "min",
) -> LogisticFusion | NotEstimable:
    """A clinical signature: LASSO selects, an unpenalised logistic regression of the selected gives weights.

    A factor is selected when one of its columns is, and enters with all of them.
    """
    signature = lasso_logistic_signature(is_positive, design, rng, folds=folds, rule=rule)
    if isinstance(signature, NotEstimable):
        return signature
    kept = tuple(term.name for term in design.terms if set(term.columns) & set(signature.selected))
    fit = fit_logistic(is_positive, _only(design, kept))
    return fit if isinstance(fit, NotEstimable) else LogisticFusion((), kept, fit)


def logistic_fusion(
    is_positive: Bools, design: Design, *, level: float = SIGNIFICANT_BELOW
) -> LogisticFusion | NotEstimable:
    """Factors that alone have P < ``level``, together in one logistic regression; perhaps none."""
    screened = []
    for term in design.terms:
        alone = fit_logistic(is_positive, _only(design, (term.name,)))
        p_value = None if isinstance(alone, NotEstimable) else alone.likelihood_ratio_test.p_value
        screened.append(ScreenedTerm(term.name, p_value, None, p_value is not None and p_value < level))
    kept = tuple(term.name for term in screened if term.is_kept)
    fit = fit_logistic(is_positive, _only(design, kept))
    return fit if isinstance(fit, NotEstimable) else LogisticFusion(tuple(screened), kept, fit)


def cox_fusion(
    data: SurvivalData,
    design: Design,
    *,
    level: float = SIGNIFICANT_BELOW,
    proportional_above: float = PROPORTIONAL_ABOVE,
) -> CoxFusion | NotEstimable:
    """Factors that alone have P < ``level`` and proportional hazards, then backward elimination by AIC.

    Where no factor is left the model is the null model, in which all patients score alike.

    Source: the protocol of the gNEN study; Venables and Ripley, Modern Applied Statistics with S, 2002, §6.8.
    """
    screened = tuple(
        _screened_cox(data, _only(design, (term.name,)), level, proportional_above) for term in design.terms
    )
    eligible = _only(design, tuple(term.name for term in screened if term.is_kept))
    selection = select_by_aic(eligible, lambda candidate: fit_cox(data, candidate))
    if isinstance(selection, NotEstimable):
        return selection
    final = _only(eligible, selection.kept)
    baseline = baseline_hazard(data, selection.fit.linear_predictor(final.matrix))
    if isinstance(baseline, NotEstimable):
        return baseline
    proportionality = proportional_hazards(data, final, selection.fit)
    return CoxFusion(screened, selection, proportionality, baseline)


def _screened_cox(data: SurvivalData, alone: Design, level: float, proportional_above: float) -> ScreenedTerm:
    (term,) = alone.terms
    fit = fit_cox(data, alone)
    if isinstance(fit, NotEstimable):
        return ScreenedTerm(term.name, None, None, False)
    p_value = fit.likelihood_ratio_test.p_value
    tests = proportional_hazards(data, alone, fit)
    test = tests if isinstance(tests, NotEstimable) else tests.terms[0].test
    if isinstance(test, NotEstimable):
        return ScreenedTerm(term.name, p_value, None, False)
    is_kept = p_value < level and test.p_value > proportional_above
    return ScreenedTerm(term.name, p_value, test.p_value, is_kept)


def _signature(
    chosen: CrossValidation, rule: PenaltyRule, link: Literal["logit", "log_hazard"]
) -> LassoSignature:
    index = chosen.index_min if rule == "min" else chosen.index_1se
    score = LinearScore(link, float(chosen.path.intercepts[index]), chosen.path.selected(index))
    return LassoSignature(score, rule, chosen)


def _fold_count(asked: int, rarer: int) -> int:
    return max(2, min(asked, rarer))


def _only(design: Design, names: tuple[str, ...]) -> Design:
    for term in design.terms:
        if term.name not in names:
            design = design.without(term.name)
    return design


def _named(columns: Sequence[str], coefficients: Floats) -> dict[str, float]:
    return {name: float(value) for name, value in zip(columns, coefficients, strict=True)}
