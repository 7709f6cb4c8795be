"""How training can fail, each with what happened, where, and what to do next."""

from __future__ import annotations

from inference.errors import ConciliumError


class TrainingError(ConciliumError):
    """Training that cannot go on; what was learnt before stays in its checkpoints."""


class LossNotFiniteError(TrainingError):
    """A loss of NaN or infinity: the weights are lost, those of the epoch before are kept."""

    def __init__(self, run: str, epoch: int, batch: int, batches: int) -> None:
        super().__init__("error.training.loss", run=run, epoch=epoch, batch=batch, batches=batches)


class OneClassFoldError(TrainingError):
    """A fold from which nothing can be learnt, or on which nothing can be judged."""

    def __init__(self, fold: int, part: str, patients: int) -> None:
        """``part`` is ``learn`` or ``left_out``."""
        where = f"training.part.{part}"
        super().__init__("error.training.one_class", fold=fold, part=where, patients=patients)


class CheckpointError(TrainingError):
    """A checkpoint that is damaged or belongs to another run."""
