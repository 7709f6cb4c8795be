"""What the networks of a pack read off a case: scores with heat maps, or embeddings, phase by phase."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from inference.errors import PackError
from inference.geometry import Geometry
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.outcome import HeatMap
from inference.packs.fitted import SliceAggregation
from inference.packs.load import LoadedPack
from inference.packs.manifest import Manifest, NetworkEntry
from inference.packs.phases import PhaseInput
from inference.predictors.classifiers import Classified, Embeddings, Floats, classify, joined_heat
from inference.predictors.feature_cache import FeatureCache, FeatureKey
from inference.predictors.phase_input import PhaseScan, prepare_phase
from inference.predictors.slice_aggregation import FEWEST_SLICES, STARTS, aggregate_slices
from inference.preprocessing.placed_slices import PlacedSlices

STAGE = "stage.scoring"

_BATCH = 8
"""Pictures per run of an encoder; a classifier may join all slices of a patient and gets them at once."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageFeatures:
    """One phase.

    Parameters
    ----------
    fold_scores
        The classifiers' scores by fold; empty in a pack without classifiers.
    embeddings
        One vector per patient by the network's fold, None for one that serves all folds: what an encoder
        gives, or a classifier's last map, averaged over pixels and slices.
    heat_map
        Of the classifiers, fold mean; named by the score that they give.
    slices, geometry
        The volume's slices that were looked at, and the pictures' grid on all its slices.
    """

    fold_scores: tuple[float, ...]
    embeddings: Embeddings
    heat_map: HeatMap | None
    slices: tuple[int, ...]
    geometry: Geometry


def read_phases(
    scans: Mapping[str, PhaseScan],
    pack: LoadedPack,
    *,
    cache: FeatureCache[ImageFeatures] | None = None,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> dict[str, ImageFeatures]:
    """Run the pack's networks on every phase that it prepares and the case has; others are passed over.

    Raises
    ------
    InputError
        When a scan cannot be prepared.
    PackError
        When the pack asks for what this version cannot do, was altered, or gives no number.
    Cancelled
        When asked to stop.
    """
    found: dict[str, ImageFeatures] = {}
    waiting: list[tuple[PhaseInput, FeatureKey]] = []
    for stated in pack.manifest.phases:
        if stated.phase not in scans:
            continue
        key = FeatureKey.of(scans[stated.phase].volume, scans[stated.phase].mask, pack, stated.phase)
        kept = None if cache is None else cache.get(key)
        if kept is None:
            waiting.append((stated, key))
        else:
            found[stated.phase] = kept
    total = sum(1 + len(_networks(pack.manifest, stated.phase)) for stated, _ in waiting)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        on_progress(Progress(done, total, STAGE))

    for stated, key in waiting:
        stop_if_asked(should_stop)
        features = _read(scans[stated.phase], stated, pack, step, should_stop)
        found[stated.phase] = features
        if cache is not None:
            cache.keep(key, features)
    return found


def _networks(manifest: Manifest, phase: str) -> tuple[NetworkEntry, ...]:
    """Classifiers and encoders that look at ``phase``, by fold."""
    classifiers = tuple(entry for entry in manifest.classifiers(None) if entry.phase in (phase, None))
    return (*classifiers, *manifest.encoders(phase))


def _read(
    scan: PhaseScan,
    stated: PhaseInput,
    pack: LoadedPack,
    step: Callable[[], None],
    should_stop: ShouldStop,
) -> ImageFeatures:
    prepared = prepare_phase(scan, stated)
    step()
    folds: list[Classified] = []
    embeddings: dict[int | None, Floats] = {}
    for entry in _networks(pack.manifest, stated.phase):
        stop_if_asked(should_stop)
        if entry.role == "encoder":
            embeddings[entry.fold] = _embedding(prepared, entry, pack, should_stop)
        else:
            folds.append(classify(pack, entry, prepared.array, should_stop))
            embeddings[entry.fold] = folds[-1].embedding
        step()
    return ImageFeatures(
        tuple(fold.score for fold in folds),
        MappingProxyType(embeddings),
        _heat_map(_classifiers_score(pack.manifest), folds, prepared) if folds else None,
        prepared.slices,
        prepared.geometry,
    )


def _embedding(
    prepared: PlacedSlices, entry: NetworkEntry, pack: LoadedPack, should_stop: ShouldStop
) -> Floats:
    network = pack.network(entry)
    parts = [
        network.run(prepared.array[start : start + _BATCH], should_stop=should_stop)["embedding"]
        for start in range(0, len(prepared.array), _BATCH)
    ]
    vector = _joined(np.concatenate(parts).astype(np.float64), pack.manifest.aggregation)
    vector.flags.writeable = False
    return vector


def _joined(slices: Floats, stated: SliceAggregation | None) -> Floats:
    """One vector from those of the slices (n, length), as the manifest says."""
    if stated is None or stated.method == "mean":
        mean: Floats = slices.mean(axis=0)
        return mean
    if (stated.clusters, stated.starts, stated.fewest_slices) != (2, STARTS, FEWEST_SLICES):
        raise PackError("error.pack.aggregation", method=stated.method)
    return aggregate_slices(slices, np.random.default_rng(stated.seed)).vector


def _classifiers_score(manifest: Manifest) -> str:
    return next((score.name for score in manifest.scores if score.source == "classifiers"), "")


def _heat_map(name: str, folds: list[Classified], prepared: PlacedSlices) -> HeatMap:
    """On every slice of the volume that the pictures show."""
    return joined_heat(
        name, folds, slices=prepared.slices, pictures=prepared.pictures, geometry=prepared.geometry
    )
