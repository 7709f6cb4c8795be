"""A mask that may neither be looked at nor used on a scan: an error that carries its finding."""

from __future__ import annotations

from inference.dicom.verdicts import finding
from inference.errors import InputError
from inference.findings import Finding
from inference.messages.message import FieldValue


class MaskRefusedError(InputError):
    """The mask does not belong to the scan, or marks nothing there; the table of verdicts says so."""

    def __init__(self, code: str, **fields: FieldValue) -> None:
        self.finding: Finding = finding(code, **fields)
        super().__init__(self.finding.message.id, **fields)
