"""Cross-fitting: models are judged on patients they never saw, and cut-offs locked on such scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inference.statistics.discrimination.youden import YoudenCutoff, youden_cutoff
from models.training.engine.folds import require_both_classes
from models.training.splits import Fold, folds_by_patient, split_by_patient

Positions = Sequence[int]


class Scorer(Protocol):
    """A fitted model: positions in the cohort → one score per patient, higher is worse."""

    def __call__(self, positions: Positions) -> NDArray[np.float64]:
        """Scores in the order of ``positions``."""


class Learner(Protocol):
    """Fits one model on the patients at ``positions`` and no others."""

    def __call__(self, positions: Positions, number: int) -> Scorer:
        """``number`` is the fold's, for seeds and names."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossFit:
    """One arm of a study after training.

    Positions count in the arm's own patient list.  ``out_of_fold`` scores belong to the training part, each
    by the one model that did not learn from that patient, in the order of ``training``; ``test_scores`` are
    (fold, patient of ``test``).
    """

    training: tuple[int, ...]
    test: tuple[int, ...]
    folds: tuple[Fold, ...]
    scorers: tuple[Scorer, ...]
    out_of_fold: NDArray[np.float64]
    test_scores: NDArray[np.float64]

    @property
    def test_mean(self) -> NDArray[np.float64]:
        """Mean over the folds, as the board scores a patient."""
        mean: NDArray[np.float64] = self.test_scores.mean(axis=0)
        return mean


def cross_fit(
    patient_ids: Sequence[str],
    learn: Learner,
    *,
    test_share: float,
    folds: int,
    rng: np.random.Generator,
    is_positive: NDArray[np.bool_] | None = None,
) -> CrossFit:
    """Keep a test part, fit one model per fold of the rest, score everybody by models that never saw them.

    With ``is_positive``, one per patient, a fold that would teach one class is refused before anything is
    fitted.

    Raises
    ------
    OneClassError
        Naming the first such fold.
    """
    training, test = split_by_patient(patient_ids, test_share, rng)
    divided = folds_by_patient(patient_ids, training, folds, rng)
    if is_positive is not None:
        require_both_classes(divided, is_positive)
    scorers = tuple(learn(fold.learn, fold.number) for fold in divided)
    scores = np.full(len(patient_ids), np.nan)
    for fold, scorer in zip(divided, scorers, strict=True):
        scores[list(fold.left_out)] = scorer(fold.left_out)
    return CrossFit(
        training=training,
        test=test,
        folds=divided,
        scorers=scorers,
        out_of_fold=scores[list(training)],
        test_scores=np.stack([scorer(test) for scorer in scorers]),
    )


def out_of_fold(
    folds: Sequence[Fold], score: Callable[[int, NDArray[np.intp]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Scores of all patients; ``score`` gets a fold's place and the positions that it left out."""
    scores = np.full(sum(len(fold.left_out) for fold in folds), np.nan)
    for place, fold in enumerate(folds):
        rows = np.array(fold.left_out, dtype=np.intp)
        scores[rows] = score(place, rows)
    return scores


def lock_cutoffs(
    scores: Mapping[str, NDArray[np.float64]], is_positive: NDArray[np.bool_]
) -> dict[str, YoudenCutoff]:
    """Youden's cut-off of each model on its out-of-fold scores; none for one that scores all alike."""
    return {name: youden_cutoff(one, is_positive) for name, one in scores.items() if np.ptp(one) > 0}


def lock_cutoff(fitted: CrossFit, is_positive: NDArray[np.bool_]) -> YoudenCutoff:
    """Youden's cut-off on the out-of-fold scores of the training part; the test part has no say.

    ``is_positive`` is the arm's outcome, one per patient of the arm.
    """
    return youden_cutoff(fitted.out_of_fold, is_positive[list(fitted.training)])


def borderline_margin(fitted: CrossFit, smallest: float, largest: float) -> float:
    """Half the median distance between the folds' scores of one test patient, within the given bounds.

    No outcome is read.  A mean nearer to the cut-off than this would often fall on the other side had the
    cohort been divided otherwise.
    """
    spread = fitted.test_scores.max(axis=0) - fitted.test_scores.min(axis=0)
    return float(np.clip(np.median(spread) / 2, smallest, largest))
