"""The protocol of ``lagc-response``: good response to neoadjuvant chemotherapy, from CT, form, and both.

Positive is good response (TRG 0-1); a higher score means a better response.  Source: Hu et al. 2023,
doi 10.1097/JS9.0000000000000432.  What the paper leaves open, the configuration names.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit
from torch import Tensor, nn
from torch.nn import functional

from inference.messages.catalogue import load_catalogue
from inference.statistics.discrimination.youden import YoudenCutoff, youden_cutoff
from inference.statistics.outcomes import Bools, Floats
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.logistic import fit_logistic
from models.export import round_weights
from models.networks.catalogue import build_classifier
from models.networks.contract import Classifier
from models.networks.deep_smote import DeepSmote
from models.networks.initial_weights import load_initial_weights
from models.phantoms.lagc_population import draw_cohort
from models.studies.lagc_response_config import PRESETS, LagcResponseConfig
from models.studies.lagc_response_factors import Coded, coded, response_columns
from models.studies.lagc_response_samples import LagcSamples, phantom_samples
from models.studies.lagc_response_survival import OverallSurvival, train_overall_survival
from models.training.augmentation import apply_views, draw_views
from models.training.deep_smote import balance, train_autoencoder
from models.training.engine.device import make_repeatable
from models.training.engine.failures import NoFitError
from models.training.engine.folds import require_both_classes
from models.training.engine.history import CurveBook, CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.linear_score import LinearScore
from models.training.signatures import lasso_then_logistic
from models.training.splits import Fold, folds_by_patient, split_by_patient

STUDY: Final = "lagc-response"
NETWORK: Final = "se_resnet50_cut"
DL_SIGNATURE: Final = "dl_signature"
MODELS: Final = ("dl", "clinical", "dlcs")
"""The DL signature, the clinical signature, and the deep learning radio-clinical signature."""

_WINDOW_MINIMUM: Final = 0.0
_AT_ONCE: Final = 64
_CLIP: Final = 1e-6
_WIDEST_LOG_ODDS: Final = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class FoldModel:
    """The network of one fold, and what it was balanced with.

    ``log_odds_shift`` was added to its last bias: trained on classes of equal size, its score is no
    probability.  It is that with which the patients who stopped it have as many responders as expected;
    the ratio of the classes alone would be wrong where the network tells invented images from real ones.
    """

    fold: Fold
    network: Classifier
    log_odds_shift: float
    invented: int
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TrainedLagc:
    """Everything that a pack and its evaluation are made of.

    ``out_of_fold`` has the training cohort's scores by model, each patient scored by what did not learn from
    that patient; ``cutoffs`` are Youden's on them, none for a model that found nothing and scores all alike.
    ``clinical`` and ``fusion`` are fitted to the whole training cohort, the fusion on out-of-fold DL
    signatures.
    """

    config: LagcResponseConfig
    folds: tuple[FoldModel, ...]
    clinical: LinearScore
    fusion: LinearScore
    out_of_fold: dict[str, Floats]
    cutoffs: dict[str, YoudenCutoff]
    survival: OverallSurvival

    def scores(self, cohort: LagcSamples) -> dict[str, Floats]:
        """Probabilities of good response of patients from outside; the DL signature is the folds' mean."""
        table = coded(cohort.factors)
        signature = self.signature(cohort)
        joined = table.with_column(DL_SIGNATURE, on_scale(signature, self.config))
        return {
            "dl": signature,
            "clinical": self.clinical.probability(table.matrix, table.names),
            "dlcs": self.fusion.probability(joined.matrix, joined.names),
        }

    def signature(self, cohort: LagcSamples) -> Floats:
        """Mean over the fold networks of the probability of good response."""
        mean: Floats = np.mean([network_scores(model, cohort.images) for model in self.folds], axis=0)
        return mean


def train(config: LagcResponseConfig, cohort: LagcSamples, place: RunPlace | None = None) -> TrainedLagc:
    """Run the whole protocol on the training cohort.

    Raises
    ------
    OneClassError
        When a fold would teach or judge good or poor responders only.
    NoFitError
        When a regression has no fit on the patients it is given.
    """
    make_repeatable(config.seed, config.threads)
    where = place or RunPlace()
    rng = np.random.default_rng(config.seed)
    everyone = range(len(cohort))
    folds = folds_by_patient(cohort.patient_ids, everyone, config.folds, rng)
    require_both_classes(folds, (), cohort.good_response)
    table = coded(cohort.factors)

    models = tuple(train_network_of(config, cohort, fold, where) for fold in folds)
    signature = _out_of_fold(folds, lambda k, rows: network_scores(models[k], cohort.images[rows]))
    joined = table.with_column(DL_SIGNATURE, on_scale(signature, config))

    clinical_of = [
        clinical_signature(config, table, cohort.good_response, fold.learn, fold.number) for fold in folds
    ]
    # Learning patients, too, enter with out-of-fold signatures: a network's own patients look too good.
    fusion_of = [fused(config, joined, cohort.good_response, fold.learn) for fold in folds]
    out_of_fold = {
        "dl": signature,
        "clinical": _out_of_fold(
            folds, lambda k, rows: clinical_of[k].probability(table.matrix[rows], table.names)
        ),
        "dlcs": _out_of_fold(
            folds, lambda k, rows: fusion_of[k].probability(joined.matrix[rows], joined.names)
        ),
    }
    return TrainedLagc(
        config,
        models,
        clinical_signature(config, table, cohort.good_response, everyone, config.folds),
        fused(config, joined, cohort.good_response, everyone),
        out_of_fold,
        {
            name: youden_cutoff(scores, cohort.good_response)
            for name, scores in out_of_fold.items()
            if np.ptp(scores) > 0
        },
        train_overall_survival(config, cohort, joined),
    )


def train_network_of(
    config: LagcResponseConfig, cohort: LagcSamples, fold: Fold, place: RunPlace
) -> FoldModel:
    """One fold's network: balanced by DeepSMOTE, augmented, stopped early on patients it does not learn from.

    Oversampling sees the learning patients alone, and no invented image is ever validated on.
    """
    seed = config.seed + 100 * (fold.number + 1)
    inner = np.random.default_rng([config.seed, fold.number])
    taught, stopping = _stopping_part(cohort, fold, config.validation_share, inner)
    inside = Fold(fold.number, tuple(map(int, taught)), tuple(map(int, stopping)))
    require_both_classes((inside,), (), cohort.good_response)
    real = torch.from_numpy(cohort.images[taught].astype(np.float32))
    is_good = torch.from_numpy(cohort.good_response[taught])

    images, labels, invented = real, is_good, 0
    curve: tuple[CurvePoint, ...] = ()
    if config.oversample:
        torch.manual_seed(seed)
        sampler = DeepSmote(config.oversampler_width, real.shape[1], real.shape[2])
        curve = train_autoencoder(
            sampler,
            real,
            is_good,
            schedule=config.oversampler,
            seed=seed,
            run=f"oversampler fold {fold.number}",
            on_progress=place.on_progress,
            should_stop=place.should_stop,
        )
        generator = torch.Generator().manual_seed(seed)
        balanced = balance(sampler, real, is_good, generator, neighbours=config.neighbours)
        images, labels = balanced.images, balanced.is_positive
        invented = int(balanced.is_invented.sum())

    torch.manual_seed(seed)
    network = build_classifier(
        NETWORK, width=config.width, in_channels=real.shape[1], dropout=config.dropout
    ).to(memory_format=torch.channels_last)
    if config.initial_weights is not None:
        load_initial_weights(network, config.initial_weights)
    watched = torch.from_numpy(cohort.images[stopping].astype(np.float32))
    watched_good = torch.from_numpy(cohort.good_response[stopping])
    result = train_network(
        network,
        Task(len(images), _loss(config, images, labels), _validation(watched, watched_good)),
        config.classification,
        run=f"fold {fold.number}",
        seed=seed,
        stage="stage.training.classifier",
        place=place,
    )
    shift = 0.0
    if config.oversample:
        shift = _intercept(_logits(network, watched).double().numpy(), watched_good.numpy())
    with torch.no_grad():
        network.get_submodule(network.last_layer).bias.add_(shift)
    round_weights(network)
    return FoldModel(fold, network, shift, invented, (*curve, *result.curve))


def network_scores(model: FoldModel, images: NDArray[np.float16]) -> Floats:
    """Probability of good response: (patients,)."""
    logits = _logits(model.network, torch.from_numpy(images.astype(np.float32)))
    probabilities: Floats = expit(logits.double().numpy())
    return probabilities


def on_scale(signature: Floats, config: LagcResponseConfig) -> Floats:
    """The DL signature as it enters regressions."""
    if config.signature_scale == "probability":
        return signature
    held = np.clip(signature, _CLIP, 1 - _CLIP)
    log_odds: Floats = np.log(held / (1 - held))
    return log_odds


def clinical_signature(
    config: LagcResponseConfig, table: Coded, is_good: Bools, patients: Sequence[int], number: int
) -> LinearScore:
    """LASSO selects among the 22 factors, a multivariable logistic regression gives the weights.

    A rare level that only one of the classes has is no candidate: alone it has no odds ratio.
    Where LASSO selects nothing, every patient has the cohort's own share of good responders.
    """
    positions = np.array(patients, dtype=np.intp)
    names = tuple(
        name
        for name in table.varying(response_columns(table), positions)
        if not isinstance(fit_logistic(is_good[positions], table.design((name,), positions)), NotEstimable)
    )
    fitted = lasso_then_logistic(
        is_good[positions],
        table.design(names, positions),
        np.random.default_rng([config.seed, 1000, number]),
        rule=config.penalty_rule,
    )
    if isinstance(fitted, NotEstimable):
        raise NoFitError("clinical", fitted)
    return fitted.score


def fused(config: LagcResponseConfig, joined: Coded, is_good: Bools, patients: Sequence[int]) -> LinearScore:
    """DLCS: logistic regression on the DL signature and the published three clinical factors."""
    positions = np.array(patients, dtype=np.intp)
    names = joined.varying((DL_SIGNATURE, *config.fusion_factors), positions)
    fit = fit_logistic(is_good[positions], joined.design(names, positions))
    if isinstance(fit, NotEstimable):
        raise NoFitError("dlcs", fit)
    weights = dict(zip(names, map(float, fit.coefficients[1:]), strict=True))
    return LinearScore("logit", float(fit.coefficients[0]), weights)


def _stopping_part(
    cohort: LagcSamples, fold: Fold, share: float, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions of a fold's learning patients that teach, and of those that stop, of either class."""
    taught, stopping = [], []
    for is_good in (False, True):
        own = [k for k in fold.learn if cohort.good_response[k] == is_good]
        larger, smaller = split_by_patient([cohort.patient_ids[k] for k in own], share, rng)
        taught += [own[k] for k in larger]
        stopping += [own[k] for k in smaller]
    return np.array(sorted(taught), dtype=np.intp), np.array(sorted(stopping), dtype=np.intp)


def _out_of_fold(folds: Sequence[Fold], score: Callable[[int, NDArray[np.intp]], Floats]) -> Floats:
    scores = np.full(sum(len(fold.left_out) for fold in folds), np.nan)
    for place, fold in enumerate(folds):
        rows = np.array(fold.left_out, dtype=np.intp)
        scores[rows] = score(place, rows)
    return scores


def _logits(network: nn.Module, images: Tensor) -> Tensor:
    network.eval()
    with torch.no_grad():
        return torch.cat([network(part)[:, 0] for part in images.split(_AT_ONCE)])


def _loss(
    config: LagcResponseConfig, images: Tensor, is_good: Tensor
) -> Callable[[nn.Module, Tensor, torch.Generator], Tensor]:
    """Binary cross-entropy of the sigmoid output on flipped and rotated images."""

    def loss(network: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        views = draw_views(len(positions), config.views, generator)
        seen = apply_views(images[positions], views, _WINDOW_MINIMUM)
        device = next(network.parameters()).device
        logits = network(seen.to(device).contiguous(memory_format=torch.channels_last))[:, 0]
        return functional.binary_cross_entropy_with_logits(logits, is_good[positions].float().to(device))

    return loss


def _validation(images: Tensor, is_good: Tensor) -> Callable[[nn.Module], float]:
    """Cross-entropy on real patients, the intercept being theirs: oversampling moves it."""

    def validate(network: nn.Module) -> float:
        device = next(network.parameters()).device
        parts = [network(part.to(device))[:, 0].float().cpu() for part in images.split(_AT_ONCE)]
        logits = torch.cat(parts)
        shift = _intercept(logits.double().numpy(), is_good.numpy())
        return float(functional.binary_cross_entropy_with_logits(logits + shift, is_good.float()))

    return validate


def _intercept(logits: Floats, is_good: Bools) -> float:
    """What to add to log odds for as many expected as observed responders; both classes must be there."""

    def excess(shift: float) -> float:
        return float(expit(logits + shift).sum() - is_good.sum())

    reach = float(np.abs(logits).max()) + _WIDEST_LOG_ODDS
    return float(brentq(excess, -reach, reach))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train on phantom cohorts and write scores and figures."""
    from models.studies.lagc_response_export import hand_on
    from models.studies.lagc_response_results import write_results

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="demo")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".cache") / STUDY)
    parser.add_argument("--cohort-seed", type=int, default=0)
    options = parser.parse_args(arguments)
    config = PRESETS[options.preset]

    def cohort(name: str) -> LagcSamples:
        drawn = draw_cohort(name, None, options.cohort_seed)
        return phantom_samples(drawn, config.preprocessing, options.cache)

    options.out.mkdir(parents=True, exist_ok=True)
    training = cohort("training")
    trained = train(config, training, RunPlace(on_epoch=CurveBook(options.out, load_catalogue("en"))))
    hand_on(trained, options.out)
    result = write_results(trained, (training, cohort("internal"), cohort("external")), options.out)
    for name, figures in result["response"].items():
        print(name, {own: round(model["auc"], 3) for own, model in figures["models"].items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
