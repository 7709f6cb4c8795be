"""The threshold that parts high from low risk: given, or locked on the training cohort, never on another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from inference.errors import InputError
from inference.evaluation.predictions import TRAINING, Model, Predictions
from inference.statistics.cautions import CutOrigin
from inference.statistics.discrimination.youden import youden_cutoff

Origin = Literal["given", "youden_in_training", "median_in_training"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A score ≥ ``value`` is high risk or positive; ``tied`` cut-offs were as good where it was sought."""

    value: float
    origin: Origin
    tied: tuple[float, ...] = ()

    def origin_for(self, cohort: str) -> CutOrigin:
        """Where the threshold comes from as this cohort sees it."""
        if self.origin == "given":
            return CutOrigin.STATED_BEFORE
        return CutOrigin.SAME_DATA if cohort == TRAINING else CutOrigin.OTHER_PATIENTS


def thresholds_of(
    predictions: Predictions, given: float | Mapping[str, float] | None
) -> dict[str, Threshold | None]:
    """The threshold of each model by name; None where none was given and there is no training cohort.

    One number holds for every model, a mapping for those it names.  What is not given is locked on the
    training cohort: for classes at the highest Youden index, for times at the median score.

    Raises
    ------
    InputError
        When a name is no model's.
    """
    named = given if isinstance(given, Mapping) else {}
    unknown = sorted(set(named) - {model.name for model in predictions.models})
    if unknown:
        raise InputError("evaluate.unknown_model", model=", ".join(unknown))
    everyone = None if isinstance(given, Mapping) else given
    return {
        model.name: _of(predictions, model, named.get(model.name, everyone)) for model in predictions.models
    }


def _of(predictions: Predictions, model: Model, given: float | None) -> Threshold | None:
    if given is not None:
        return Threshold(given, "given")
    training = predictions.rows_of(TRAINING)
    if not training.any():
        return None
    scores = model.scores[training]
    if np.ptp(scores) == 0:
        return None
    if predictions.outcome is None:
        return Threshold(float(np.median(scores)), "median_in_training")
    classes = predictions.outcome[training]
    if classes.all() or not classes.any():
        return None
    cutoff = youden_cutoff(scores, classes)
    return Threshold(cutoff.value, "youden_in_training", cutoff.tied)
