"""Residual nasopharyngeal tumour after radiotherapy: one ensemble of fold networks per treatment.

A pack's segmenter reads ``image`` (n, 1, row, column) and gives ``probability`` of the same shape.  A
classifier reads ``image`` (n, slice, row, column) and gives ``score`` (n, 1), the probability of residual
tumour; ``activation`` (n, C, h, w), its last convolution; and ``gradient`` (n, C, h, w), the derivative of
the logit of the score with respect to that activation.  Source: Hua et al. 2023, doi 10.21037/qims-22-1226.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from inference.errors import InputError
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.masks.components import drop_small_components
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.outcome import HeatMap
from inference.packs.load import LoadedPack
from inference.packs.manifest import Preprocessing
from inference.predictors.classifiers import Classified, Embeddings, classify, joined_heat
from inference.predictors.treatment_score import TreatmentScore
from inference.preprocessing.classifier_input import ClassifierInput, classifier_input
from inference.preprocessing.segmenter_input import SegmenterFrame
from inference.runtime import Network
from inference.volume import Volume

OUTCOME = "residual_tumour"
MASK_NAME = "mask.tumour"

_BATCH = 4
"""Slices per run: small, so that memory stays flat and a stop is noticed soon."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of all treatments with what explains them: the input and one heat map per treatment.

    ``embeddings`` of the folds, by treatment, say how like the cohort the patient is.
    """

    scores: tuple[TreatmentScore, ...]
    given: ClassifierInput
    heat_maps: tuple[HeatMap, ...]
    embeddings: Mapping[str, Embeddings]


def propose_mask(
    volume: Volume,
    pack: LoadedPack,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> MaskLayer:
    """Segment the tumour on every slice and drop parts below the pack's minimum; the mask may be empty.

    Raises
    ------
    InputError
        When the volume is not axial or holds nothing above its background.
    """
    kept = segment_volume(
        volume,
        pack.network(pack.manifest.segmenter),
        pack.manifest.masking_and_cropping,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return MaskLayer(MASK_NAME, MaskOrigin.MODEL, kept, volume.geometry, maker=pack.name)


def segment_volume(
    volume: Volume,
    network: Network,
    settings: Preprocessing,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> NDArray[np.bool_]:
    """Mask that one segmenter network proposes on a volume's own grid; training cuts its crops with it too.

    Raises
    ------
    InputError
        When the volume is not axial or holds nothing above its background.
    """
    try:
        frame = SegmenterFrame.of(volume, settings.segmenter)
    except ValueError as error:
        raise InputError("error.scan.not_prepared") from error
    total = frame.slice_count
    report = partial(Progress, total=total, stage="stage.segmenting")
    probabilities = np.empty((total, settings.segmenter.rows, settings.segmenter.columns), dtype=np.float32)
    on_progress(report(0))
    for start in range(0, total, _BATCH):
        slices = range(start, min(start + _BATCH, total))
        outputs = network.run(frame.batch(slices), should_stop=should_stop)
        probabilities[start : slices.stop] = outputs["probability"][:, 0]
        on_progress(report(slices.stop))
    stop_if_asked(should_stop)
    marked = frame.to_mask(probabilities, settings.mask_threshold)
    marked[list(volume.missing_slices)] = False
    stop_if_asked(should_stop)
    return drop_small_components(marked, volume.geometry, settings.minimum_component_ml)


def score_treatments(
    volume: Volume,
    mask: MaskLayer,
    pack: LoadedPack,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Scored:
    """Score every treatment of the pack on the crop around ``mask``, which must not be empty.

    Raises
    ------
    InputError
        When the volume or the mask cannot be prepared.
    """
    manifest = pack.manifest
    try:
        given = classifier_input(volume, mask.voxels, manifest.masking_and_cropping.classifier)
    except ValueError as error:
        raise InputError("error.scan.not_prepared") from error
    total = sum(len(manifest.classifiers(treatment)) for treatment in manifest.treatments)
    scores: list[TreatmentScore] = []
    heat_maps: list[HeatMap] = []
    embeddings: dict[str, Embeddings] = {}
    done = 0
    on_progress(Progress(0, total, "stage.predicting"))
    for treatment in manifest.treatments:
        folds: list[Classified] = []
        entries = manifest.classifiers(treatment)
        for entry in entries:
            folds.append(classify(pack, entry, given.array, should_stop))
            done += 1
            on_progress(Progress(done, total, "stage.predicting"))
        fold_scores = tuple(fold.score for fold in folds)
        scores.append(TreatmentScore(treatment, fold_scores, manifest.threshold(treatment)))
        heat_maps.append(_heat_map(treatment, folds, given))
        embeddings[treatment] = MappingProxyType(
            {entry.fold: fold.embedding for entry, fold in zip(entries, folds, strict=True)}
        )
    return Scored(tuple(scores), given, tuple(heat_maps), MappingProxyType(embeddings))


def slice_shares(
    scored: Scored,
    pack: LoadedPack,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> dict[str, tuple[float, ...]]:
    """How far each treatment's score falls when one slice is blanked, in the order of the input's slices.

    A blanked slice is zero, as an absent one is.  Fold mean; negative when the score rises.
    """
    manifest = pack.manifest
    total = sum(len(manifest.classifiers(treatment)) for treatment in manifest.treatments)
    done = 0
    on_progress(Progress(0, total, "stage.explaining"))
    shares: dict[str, tuple[float, ...]] = {}
    for score in scored.scores:
        falls = np.zeros(len(scored.given.slices))
        for entry, whole in zip(manifest.classifiers(score.treatment), score.fold_scores, strict=True):
            falls += whole - _blanked_scores(pack.network(entry), scored.given, should_stop)
            done += 1
            on_progress(Progress(done, total, "stage.explaining"))
        shares[score.treatment] = tuple(float(fall) for fall in falls / len(score.fold_scores))
    return shares


def _blanked_scores(network: Network, given: ClassifierInput, should_stop: ShouldStop) -> NDArray[np.float64]:
    count = len(given.slices)
    scores = np.empty(count)
    for start in range(0, count, _BATCH):
        channels = range(start, min(start + _BATCH, count))
        batch = np.repeat(given.array, len(channels), axis=0)
        for position, channel in enumerate(channels):
            batch[position, channel] = 0.0
        scores[start : channels.stop] = network.run(batch, should_stop=should_stop)["score"][:, 0]
    return scores


def _heat_map(treatment: str, folds: list[Classified], given: ClassifierInput) -> HeatMap:
    """All slices are one picture's channels: the same map lies on each of them."""
    pictures = (0,) * len(given.slices)
    return joined_heat(treatment, folds, slices=given.slices, pictures=pictures, geometry=given.geometry)
