"""The networks of ``lagc-response``: one trunk that all folds start from, and one network per fold."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit
from torch import Tensor, nn
from torch.nn import functional

from inference.statistics.outcomes import Bools, Floats
from models.export import round_weights
from models.networks.catalogue import build_classifier
from models.networks.contract import Classifier
from models.networks.deep_smote import DeepSmote
from models.networks.initial_weights import load_initial_weights
from models.studies.lagc_response_config import LagcResponseConfig
from models.studies.lagc_response_samples import DrawnLooks, LagcSamples
from models.training.augmentation import apply_views, draw_views
from models.training.deep_smote import balance, train_autoencoder
from models.training.engine.failures import TrainingError
from models.training.engine.folds import require_both_classes
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.splits import Fold, split_by_patient

NETWORK: Final = "se_resnet50_cut"

_WINDOW_MINIMUM: Final = 0.0
_AT_ONCE: Final = 64
_WIDEST_LOG_ODDS: Final = 20.0
_FEWEST_TO_MIX: Final = 2
"""Images of the rarer class between which another can be invented."""


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


def train_trunk(
    config: LagcResponseConfig, others: DrawnLooks, place: RunPlace
) -> tuple[Classifier, tuple[CurvePoint, ...]]:
    """Pre-train the network that all folds start from on patients who take no part in the study.

    It stands for ImageNet's weights, which a demonstration lacks.  As there, what is learnt is what a picture
    shows, not what becomes of the patient: the mildness of the look, by least squares.
    """
    images = torch.from_numpy(others.images.astype(np.float32))
    mildness = torch.from_numpy(others.mildness)

    def loss(network: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        shown = _viewed(config, network, images[positions], generator)
        return functional.mse_loss(shown, mildness[positions].to(shown.device))

    network = untrained_network(config, config.seed + 1)
    result = train_network(
        network,
        Task(len(images), loss),
        config.pretraining,
        run="pre-training",
        seed=config.seed + 1,
        stage="stage.training.trunk",
        place=place,
    )
    return network, result.curve


def train_network_of(
    config: LagcResponseConfig,
    cohort: LagcSamples,
    fold: Fold,
    place: RunPlace,
    trunk: Classifier | None = None,
) -> FoldModel:
    """One fold's network: balanced by DeepSMOTE, augmented, stopped early on patients it does not learn from.

    It starts as a copy of ``trunk`` where there is one.  Oversampling sees the learning patients alone, and
    no invented image is ever validated on.
    """
    seed = config.seed + 100 * (fold.number + 1)
    inner = np.random.default_rng([config.seed, fold.number])
    taught, stopping = _stopping_part(cohort, fold, config.validation_share, inner)
    inside = Fold(fold.number, tuple(map(int, taught)), tuple(map(int, stopping)))
    require_both_classes((inside,), cohort.good_response)
    rarer = min(int(cohort.good_response[taught].sum()), int((~cohort.good_response[taught]).sum()))
    if config.oversample and rarer < _FEWEST_TO_MIX:
        raise TrainingError(
            "error.training.few_of_a_class", fold=fold.number, patients=rarer, least=_FEWEST_TO_MIX
        )
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
            place=place,
        )
        generator = torch.Generator().manual_seed(seed)
        balanced = balance(
            sampler,
            real,
            is_good,
            generator,
            neighbours=config.neighbours,
            keep_detail=config.keep_detail,
        )
        images, labels = balanced.images, balanced.is_positive
        invented = int(balanced.is_invented.sum())

    network = untrained_network(config, seed) if trunk is None else copy.deepcopy(trunk)
    watched = torch.from_numpy(cohort.images[stopping].astype(np.float32))
    watched_good = torch.from_numpy(cohort.good_response[stopping])
    known = float(logit(cohort.good_response[taught].mean())) if config.oversample else 0.0
    validate = _validation(watched, watched_good, known) if len(stopping) else None
    result = train_network(
        network,
        Task(len(images), _loss(config, images, labels), validate),
        config.classification,
        run=f"fold {fold.number}",
        seed=seed,
        stage="stage.training.classifier",
        place=place,
    )
    shift = 0.0
    if config.oversample:
        watched_logits = _logits(network, watched) if len(stopping) else torch.empty(0)
        shift = _intercept(watched_logits.double().numpy(), watched_good.numpy(), known)
    with torch.no_grad():
        network.get_submodule(network.last_layer).bias.add_(shift)
    round_weights(network)
    return FoldModel(fold, network, shift, invented, (*curve, *result.curve))


def network_scores(model: FoldModel, images: NDArray[np.float16]) -> Floats:
    """Probability of good response: (patients,)."""
    logits = _logits(model.network, torch.from_numpy(images.astype(np.float32)))
    probabilities: Floats = expit(logits.double().numpy())
    return probabilities


def untrained_network(config: LagcResponseConfig, seed: int = 0) -> Classifier:
    """The network with the weights of the file given, or random ones by ``seed``."""
    torch.manual_seed(seed)
    network = build_classifier(
        NETWORK, width=config.width, in_channels=config.preprocessing.slices, dropout=config.dropout
    )
    if config.initial_weights is not None:
        load_initial_weights(network, config.initial_weights)
    return network.to(memory_format=torch.channels_last)


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


def _logits(network: nn.Module, images: Tensor) -> Tensor:
    network.eval()
    with torch.no_grad():
        return torch.cat([network(part)[:, 0] for part in images.split(_AT_ONCE)])


def _viewed(
    config: LagcResponseConfig, network: nn.Module, images: Tensor, generator: torch.Generator
) -> Tensor:
    """The network's output on random views, on its own device."""
    seen = apply_views(images, draw_views(len(images), config.views, generator), _WINDOW_MINIMUM)
    device = next(network.parameters()).device
    output: Tensor = network(seen.to(device).contiguous(memory_format=torch.channels_last))[:, 0]
    return output


def _loss(
    config: LagcResponseConfig, images: Tensor, is_good: Tensor
) -> Callable[[nn.Module, Tensor, torch.Generator], Tensor]:
    """Binary cross-entropy of the sigmoid output on flipped and rotated images."""

    def loss(network: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        logits = _viewed(config, network, images[positions], generator)
        return functional.binary_cross_entropy_with_logits(
            logits, is_good[positions].float().to(logits.device)
        )

    return loss


def _validation(images: Tensor, is_good: Tensor, known: float) -> Callable[[nn.Module], float]:
    """Cross-entropy on real patients, the intercept being theirs: oversampling moves it."""

    def validate(network: nn.Module) -> float:
        device = next(network.parameters()).device
        parts = [network(part.to(device))[:, 0].float().cpu() for part in images.split(_AT_ONCE)]
        logits = torch.cat(parts)
        shift = _intercept(logits.double().numpy(), is_good.numpy(), known)
        return float(functional.binary_cross_entropy_with_logits(logits + shift, is_good.float()))

    return validate


def _intercept(logits: Floats, is_good: Bools, known: float) -> float:
    """What to add to log odds for as many expected as observed responders.

    Where a class is absent no finite number does that, and ``known`` it is: what balancing alone took away.
    """
    if is_good.all() or not is_good.any():
        return known

    def excess(shift: float) -> float:
        return float(expit(logits + shift).sum() - is_good.sum())

    reach = float(np.abs(logits).max()) + _WIDEST_LOG_ODDS
    return float(brentq(excess, -reach, reach))
