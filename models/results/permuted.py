"""A study's own protocol on outcomes dealt out at random: what each fold left out must be ranked by chance.

One figure per permutation and model: the mean over the folds.  The folds of one permutation err together, so
they count as one.  A model that selected nothing gives everybody one score, which is worth one half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from torch import Tensor

from inference.statistics.discrimination.concordance import concordance
from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import Bools, Floats
from inference.statistics.reasons import NotEstimable
from models.networks.se_resnet import FrozenBackboneMlp
from models.phantoms.npc_population import Regimen
from models.studies import gc_recurrence, gnen_os, lagc_response, pnen_recurrence
from models.studies.gc_recurrence_config import GcRecurrenceConfig
from models.studies.gc_recurrence_samples import GcSamples
from models.studies.gnen_os_config import GnenOsConfig
from models.studies.gnen_os_samples import GnenSamples
from models.studies.lagc_response_config import LagcResponseConfig
from models.studies.lagc_response_samples import LagcSamples
from models.studies.npc_residual_config import UNITS, NpcResidualConfig
from models.studies.npc_residual_groups import TREATMENTS
from models.studies.npc_residual_models import fit_model
from models.studies.npc_residual_network import for_treatment, start_network
from models.studies.npc_residual_units import divide, in_unit
from models.studies.pnen_recurrence_config import PnenRecurrenceConfig
from models.training.engine.failures import NoFitError, OneClassError
from models.training.engine.run import RunPlace
from models.training.splits import Fold, folds_by_patient

Areas = dict[str, list[float]]
"""One area, or C-index, per permutation, by model."""

_ATTEMPTS: Final = 5


def npc_areas(
    arms: Mapping[Regimen, tuple[Tensor, Bools]],
    config: NpcResidualConfig,
    permutations: int,
    rng: np.random.Generator,
) -> Areas:
    """Residual tumour dealt out within each treatment; networks start at random.

    ``arms`` are crops (patient, slice, row, column) and outcomes by treatment.  Areas are per patient.
    """

    def once(number: int) -> Areas:
        own = replace(config, seed=number)
        by_fold: Areas = {}
        for output, treatment in enumerate(TREATMENTS):
            crops, residual = arms[treatment]
            dealt = rng.permutation(residual)
            division = divide([str(k) for k in range(len(dealt))], dealt, own, output)
            for classifier in own.classifiers:
                for unit in UNITS:
                    trunk, _ = start_network(own, classifier, unit, None, (), RunPlace())
                    names, samples = (classifier, unit, treatment), in_unit(crops, unit)
                    start = for_treatment(trunk, output)
                    model = fit_model(own, names, samples, dealt, division, start, RunPlace())
                    found = _by_fold(model.readings["patient"].scores, dealt, division.folds)
                    by_fold.setdefault(f"{unit} unit", []).extend(found)
        return by_fold

    return _redealt(once, permutations)


def gnen_areas(
    samples: GnenSamples, config: GnenOsConfig, permutations: int, rng: np.random.Generator
) -> Areas:
    """Follow-up dealt out whole: a time goes with its own event."""
    areas: Areas = {name: [] for name in gnen_os.MODELS}
    for number in range(permutations):
        dealt = replace(samples, follow_up=samples.follow_up.rows(rng.permutation(len(samples))))
        folds = folds_by_patient(samples.patient_ids, range(len(samples)), config.folds, rng)
        by_fold: Areas = {name: [] for name in areas}
        for fold in folds:
            left_out = gnen_os.rows(dealt, fold.left_out)
            fitted = gnen_os.fit_models(dealt, fold.learn, config, 1000 * number + fold.number)
            hazards = fitted.hazards(left_out)
            for name in areas:
                found = concordance(left_out.follow_up, hazards[name])
                by_fold[name].append(0.5 if isinstance(found, NotEstimable) else found.estimate.value)
        _pool(areas, by_fold)
    return areas


def lagc_areas(
    cohort: LagcSamples, config: LagcResponseConfig, permutations: int, rng: np.random.Generator
) -> Areas:
    """Responses dealt out among the patients of the training cohort; networks start at random."""

    def once(number: int) -> Areas:
        dealt = replace(cohort, good_response=rng.permutation(cohort.good_response))
        fitted = lagc_response.train(replace(config, seed=number), dealt)
        folds = [model.fold for model in fitted.folds]
        return {n: _by_fold(scores, dealt.good_response, folds) for n, scores in fitted.out_of_fold.items()}

    return _redealt(once, permutations)


def gc_areas(
    cohort: GcSamples,
    frozen: FrozenBackboneMlp,
    config: GcRecurrenceConfig,
    permutations: int,
    rng: np.random.Generator,
) -> Areas:
    """Relapses dealt out among the patients of the training cohort, whose embeddings stay."""

    def once(number: int) -> Areas:
        dealt = replace(cohort, relapse=rng.permutation(cohort.relapse))
        fitted = gc_recurrence.train(replace(config, seed=number), frozen, dealt)
        folds = [model.fold for model in fitted.folds]
        return {n: _by_fold(scores, dealt.relapse, folds) for n, scores in fitted.out_of_fold.items()}

    return _redealt(once, permutations)


def _redealt(once: Callable[[int], Areas], permutations: int) -> Areas:
    """Areas of so many permutations; those without a fit are dealt again.

    In few patients a factor may by luck tell all of one class, and then its regression has no fit; or the
    few that stop a network are of one class.
    """
    areas: Areas = {}
    done = 0
    for number in range(_ATTEMPTS * permutations):
        try:
            by_fold = once(number)
        except (NoFitError, OneClassError):
            continue
        _pool(areas, by_fold)
        done += 1
        if done == permutations:
            break
    return areas


def pnen_areas(
    data: pnen_recurrence.PatientData,
    columns: Mapping[str, pnen_recurrence.Columns],
    config: PnenRecurrenceConfig,
    permutations: int,
    rng: np.random.Generator,
) -> Areas:
    """Recurrences dealt out among the patients who have a class; the segmenter reads no outcome."""
    areas: Areas = {name: [] for name in columns}
    for number in range(permutations):
        recurred = data.recurred.copy()
        recurred[data.is_decided] = rng.permutation(recurred[data.is_decided])
        dealt, own = replace(data, recurred=recurred), replace(config, seed=number)
        by_fold: Areas = {name: [] for name in areas}
        for fold in pnen_recurrence.draw_folds(dealt, own):
            machines = pnen_recurrence.fit_fold(columns, dealt, fold, own)
            for name, scores in pnen_recurrence.apply(machines, columns).items():
                by_fold[name] += _by_fold(scores, recurred, [fold])
        _pool(areas, by_fold)
    return areas


def _by_fold(scores: Floats, is_positive: Bools, folds: Iterable[Fold]) -> list[float]:
    """AUC within each fold that left out both classes."""
    found = []
    for fold in folds:
        own = list(fold.left_out)
        if is_positive[own].any() and not is_positive[own].all():
            found.append(auc(scores[own], is_positive[own]).value)
    return found


def _pool(areas: Areas, by_fold: Mapping[str, Sequence[float]]) -> None:
    for name, values in by_fold.items():
        if values:
            areas.setdefault(name, []).append(float(np.mean(values)))
