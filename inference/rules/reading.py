"""A reading: what the rules see of one prediction, on which side of its cut-off and how firmly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from inference.compared_score import ComparedScore
from inference.packs.manifest import Manifest
from inference.prediction import Fallback

CLASS_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "residual": ("residual", "non_residual"),
    "good_response": ("good_response", "poor_response"),
    "relapse": ("high_risk", "low_risk"),
    "recurrence": ("high_risk", "low_risk"),
    "death": ("high_risk", "low_risk"),
}
"""For the positive class of a pack: what the rules call a score at or above the cut-off, and one below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(ComparedScore):
    """One score beside its cut-off.

    ``name`` is a treatment or a score of the pack; ``words`` name the class at or above the cut-off and the
    one below.
    ``sensitivity_crossed``: a small change of the input put the score on the other side.
    ``guard_warned``: the model's own guard found the input unlike what it was trained on.
    """

    name: str
    kind: Literal["treatment", "score"]
    words: tuple[str, str]
    higher_is: Literal["worse", "better"] = "worse"
    scale: Literal["probability", "linear_predictor"] = "probability"
    fallback: Fallback = Fallback.NONE
    sensitivity_crossed: bool = False
    guard_warned: bool = False

    @property
    def label(self) -> str:
        """The message id of its name."""
        return f"{self.kind}.{self.name}"

    @property
    def word(self) -> str:
        """The class that it stands for."""
        return self.words[0] if self.is_positive else self.words[1]


def score_reading(
    manifest: Manifest,
    name: str,
    score: float,
    *,
    fold_scores: tuple[float, ...] = (),
    fallback: Fallback = Fallback.NONE,
    sensitivity_crossed: bool = False,
    guard_warned: bool = False,
) -> Reading:
    """The reading of one score of a pack, with the cut-off that the pack locked for it.

    Raises
    ------
    ValueError
        When the pack gives no such score, or locks no cut-off for it.
    """
    stated = next((entry for entry in manifest.scores if entry.name == name), None)
    threshold = next((entry for entry in manifest.score_thresholds if entry.score == name), None)
    if stated is None or threshold is None:
        raise ValueError(f"{manifest.id} locks no cut-off for a score called {name}")
    return Reading(
        name=name,
        kind="score",
        score=score,
        cutoff=threshold.value,
        words=CLASS_WORDS[stated.positive_class],
        fold_scores=fold_scores,
        margin=threshold.borderline_margin,
        higher_is=stated.higher_is,
        scale=stated.scale,
        fallback=fallback,
        sensitivity_crossed=sensitivity_crossed,
        guard_warned=guard_warned,
    )
