"""What only the ``pnen-recurrence`` protocol can miss in a cohort."""

from __future__ import annotations

from typing import Final

from models.training.engine.failures import TrainingError


class FindingsMissingError(TrainingError):
    """CT findings that were not read: no value is invented for them."""

    def __init__(self, patient: str, patients: int) -> None:
        super().__init__("error.training.findings_missing", patient=patient, patients=patients)


FEWEST_OF_A_CLASS: Final = 2
"""With fewer there is nothing to hold out within a fold."""


class FewOfAClassError(TrainingError):
    """A fold that has too few patients with, or without, a recurrence to learn from."""

    def __init__(self, fold: int, patients: int) -> None:
        super().__init__(
            "error.training.few_of_a_class", fold=fold, patients=patients, least=FEWEST_OF_A_CLASS
        )
