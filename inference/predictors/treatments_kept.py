"""Scores of treatments and what explains them, kept by content: the networks read no clinical value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.masks.layer import MaskLayer
from inference.packs.load import LoadedPack
from inference.predictors.feature_cache import FeatureCache, FeatureKey
from inference.predictors.npc_residual import Scored, score_treatments, slice_shares
from inference.volume import Volume

SCORED: Final = FeatureCache[Scored]()
SHARES: Final = FeatureCache[Mapping[str, tuple[float, ...]]]()
"""What was read in this process: scores of an answer and of its variations, shares of an answer alone."""


def kept_scores(
    volume: Volume,
    mask: MaskLayer,
    pack: LoadedPack,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Scored:
    """As :func:`score_treatments`; no network runs again on a scan and mask that it has seen."""
    return SCORED.kept_or(
        FeatureKey.of(volume, mask.voxels, pack),
        lambda: score_treatments(volume, mask, pack, on_progress=on_progress, should_stop=should_stop),
    )


def kept_shares(
    volume: Volume,
    mask: MaskLayer,
    scored: Scored,
    pack: LoadedPack,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Mapping[str, tuple[float, ...]]:
    """As :func:`slice_shares` of the scores of ``mask``."""
    return SHARES.kept_or(
        FeatureKey.of(volume, mask.voxels, pack),
        lambda: slice_shares(scored, pack, on_progress=on_progress, should_stop=should_stop),
    )
