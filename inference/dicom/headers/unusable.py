"""Why a file is passed over."""

from __future__ import annotations

from inference.dicom.records import Remark
from inference.messages.message import FieldValue


class NotAnImageError(Exception):
    """The file is no image that can be stacked; ``remark`` says why."""

    def __init__(self, code: str, **fields: FieldValue) -> None:
        super().__init__(code)
        self.remark = Remark(code, fields)
