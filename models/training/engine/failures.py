"""How training can fail, each with what happened, where, and what to do next."""

from __future__ import annotations

from inference.errors import ConciliumError
from inference.statistics.reasons import NotEstimable


class TrainingError(ConciliumError):
    """Training that cannot go on; what was learnt before stays in its checkpoints."""


class LossNotFiniteError(TrainingError):
    """A loss of NaN or infinity: the weights are lost, those of the epoch before are kept."""

    def __init__(self, run: str, epoch: int, batch: int, batches: int) -> None:
        super().__init__("error.training.loss", run=run, epoch=epoch, batch=batch, batches=batches)


class OneClassError(TrainingError):
    """Patients of one outcome, from whom nothing can be learnt: a fold's, or all that there are."""

    def __init__(self, patients: int, fold: int | None = None) -> None:
        if fold is None:
            super().__init__("error.training.one_class", patients=patients)
        else:
            super().__init__("error.training.one_class_fold", fold=fold, patients=patients)


class TrainingRunningError(TrainingError):
    """Another process trains in the same ``folder``."""

    def __init__(self, folder: str) -> None:
        super().__init__("error.training.running", folder=folder)


class CheckpointError(TrainingError):
    """A checkpoint that is damaged or belongs to another run."""


class NoFitError(TrainingError):
    """A regression of the protocol that the patients do not allow; ``model`` is its name in the study."""

    def __init__(self, model: str, why: NotEstimable) -> None:
        super().__init__("error.training.no_fit", model=model, reason=why.message.id)
