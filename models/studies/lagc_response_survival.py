"""Overall survival after neoadjuvant chemotherapy: factors screened one by one, then one Cox model.

A higher score is worse, while a higher DL signature is better: its hazard ratio lies below 1.
Source: Hu et al. 2023, Table 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.statistics.design import Design
from inference.statistics.discrimination.concordance import concordance
from inference.statistics.discrimination.integrated_auc import riskset_auc
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.baseline import BaselineHazard, baseline_hazard
from inference.statistics.regression.cox import CoxFit, fit_cox
from models.studies.lagc_response_config import LagcResponseConfig
from models.studies.lagc_response_factors import survival_columns
from models.studies.lagc_response_samples import LagcSamples
from models.training.coded_factors import Coded
from models.training.engine.failures import NoFitError
from models.training.linear_score import LinearScore
from models.training.signatures import ScreenedTerm
from models.training.splits import split_by_patient


@dataclass(frozen=True, slots=True, eq=False)
class OverallSurvival:
    """The Cox model of one 8:2 division of the patients with follow-up.

    ``training`` and ``test`` are positions in the training cohort; ``scores`` are log hazards of all its
    patients with follow-up, NaN for others.  ``high_from`` parts the risk groups.  ``spread`` is each
    column's standard deviation in the training part, per which the paper reports hazard ratios.
    """

    screened: tuple[ScreenedTerm, ...]
    fit: CoxFit
    baseline: BaselineHazard
    spread: Floats
    training: tuple[int, ...]
    test: tuple[int, ...]
    scores: Floats
    high_from: float

    @property
    def score(self) -> LinearScore:
        """The log hazard, not centred."""
        weights = dict(zip(self.fit.columns, map(float, self.fit.coefficients), strict=True))
        return LinearScore("log_hazard", 0.0, weights)


def train_overall_survival(config: LagcResponseConfig, cohort: LagcSamples, joined: Coded) -> OverallSurvival:
    """Screen and fit on four fifths of the patients with follow-up.

    ``joined`` holds the clinical columns and the out-of-fold DL signature.

    Raises
    ------
    NoFitError
        Without events, or where the factors kept have no fit together.
    """
    known = np.flatnonzero(cohort.has_follow_up)
    follow_up = {int(position): row for row, position in enumerate(known)}
    ids = [cohort.patient_ids[k] for k in known]
    rng = np.random.default_rng([config.seed, 2000])
    training, test = (
        tuple(int(known[k]) for k in part) for part in split_by_patient(ids, config.os_test_share, rng)
    )
    data = cohort.survival.rows(np.array([follow_up[k] for k in training], dtype=np.intp))
    positions = np.array(training, dtype=np.intp)
    names = joined.varying(survival_columns(joined), positions)
    screened = tuple(
        _screened(data, joined.design((name,), positions), config.significant_below) for name in names
    )
    kept = tuple(term.name for term in screened if term.is_kept)
    fit = fit_cox(data, joined.design(kept, positions))
    if isinstance(fit, NotEstimable):
        raise NoFitError("os", fit)
    baseline = baseline_hazard(data, fit.linear_predictor(joined.design(kept, positions).matrix))
    if isinstance(baseline, NotEstimable):
        raise NoFitError("os", baseline)
    scores = np.full(len(cohort), np.nan)
    scores[known] = fit.linear_predictor(joined.design(kept, known).matrix)
    return OverallSurvival(
        screened,
        fit,
        baseline,
        joined.design(kept, positions).matrix.std(axis=0, ddof=1),
        training,
        test,
        scores,
        float(np.quantile(scores[positions], config.risk_group_quantile)),
    )


def discrimination(
    data: SurvivalData, scores: Floats, horizon_months: float
) -> tuple[Estimate | None, float | None]:
    """Harrell's C with its interval, and the integrated AUC to the horizon; None where there is none."""
    found = concordance(data, scores)
    area = riskset_auc(data, scores, horizon_months)
    integrated = None if isinstance(area, NotEstimable) else area.integrated
    return (
        None if isinstance(found, NotEstimable) else found.estimate,
        None if integrated is None or isinstance(integrated, NotEstimable) else integrated.value,
    )


def follow_up_of(cohort: LagcSamples, positions: tuple[int, ...]) -> SurvivalData:
    """The follow-up of the patients at ``positions``, all of whom have one."""
    known = np.flatnonzero(cohort.has_follow_up)
    rows: NDArray[np.intp] = np.searchsorted(known, np.array(positions, dtype=np.intp))
    return cohort.survival.rows(rows)


def _screened(data: SurvivalData, alone: Design, level: float) -> ScreenedTerm:
    (term,) = alone.terms
    fit = fit_cox(data, alone)
    if isinstance(fit, NotEstimable):
        return ScreenedTerm(term.name, None, None, False)
    p_value = fit.likelihood_ratio_test.p_value
    return ScreenedTerm(term.name, p_value, None, p_value < level)
