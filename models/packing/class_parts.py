"""Parts of a pack that all studies of a class have alike: scores, cut-offs, networks of the folds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from inference.packs.fitted import Score, ScoreThreshold
from inference.packs.phases import PhaseName
from models.networks.outputs import ExportedGraph
from models.packing.content import PackedNetwork

_YOUDEN: Final = "Youden's index; where several share the best one, the middle of them"


def probability_scores(
    titles: Mapping[str, str], network: str, *, higher_is: Literal["worse", "better"], positive_class: str
) -> tuple[Score, ...]:
    """Scores by name: ``network`` is what the fold networks say, the others are regressions."""
    return tuple(
        Score(
            name=name,
            title=title,
            source="classifiers" if name == network else "linear_model",
            scale="probability",
            higher_is=higher_is,
            positive_class=positive_class,
        )
        for name, title in titles.items()
    )


def youden_thresholds(cuts: Mapping[str, float], patients: int) -> tuple[ScoreThreshold, ...]:
    """Cut-offs by score, locked on the scores of so many patients by what did not learn from them."""
    return tuple(
        ScoreThreshold(
            score=name,
            value=cut,
            locked_on=f"out-of-fold scores of the {patients} training patients",
            method=_YOUDEN,
        )
        for name, cut in cuts.items()
    )


def fold_classifier(
    fold: int, graph: ExportedGraph, architecture: str, image: NDArray[np.float32], phase: PhaseName
) -> PackedNetwork:
    """The network of one fold, which takes a patient's slices and gives one score."""
    return PackedNetwork(
        file=f"networks/fold-{fold}.onnx",
        role="classifier",
        architecture=architecture,
        graph=graph,
        image=image,
        fold=fold,
        phase=phase,
        unit="patient",
    )
