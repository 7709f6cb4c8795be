"""What only the ``pnen-recurrence`` protocol can miss in a cohort."""

from __future__ import annotations

from models.training.engine.failures import TrainingError


class FindingsMissingError(TrainingError):
    """CT findings that were not read: no value is invented for them."""

    def __init__(self, patient: str, patients: int) -> None:
        super().__init__("error.training.findings_missing", patient=patient, patients=patients)
