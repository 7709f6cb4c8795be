"""The one way in which a mask becomes a DICOM object: made, read again, compared, then given away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from inference.cases.identity import PatientIdentity
from inference.clock import Clock, IdSource
from inference.errors import StorageError
from inference.findings import Finding
from inference.masks.codecs.references import ScanReference, refer_to
from inference.masks.codecs.rereading import write_checked
from inference.masks.codecs.segment_to_write import SegmentToWrite, require_marks
from inference.scan import Stack

if TYPE_CHECKING:
    import pydicom

Segments = Sequence[SegmentToWrite]


@dataclass(frozen=True, slots=True)
class MaskObject:
    """A kind of DICOM object that can hold masks.

    Parameters
    ----------
    name
        What it is called where it does not read back (``SEG``).
    dataset
        Makes the object of segments (voxels as the stack's), from the moment and the identifiers given.
    holds
        True when encoded bytes mark exactly the segments' voxels.
    """

    name: str
    dataset: Callable[[Segments, Stack, ScanReference, datetime, IdSource], pydicom.Dataset]
    holds: Callable[[bytes, Segments, Stack], bool]

    def encode(
        self,
        segments: Segments,
        stack: Stack,
        *,
        clock: Clock,
        ids: IdSource,
        patient: PatientIdentity | None = None,
    ) -> tuple[bytes, tuple[Finding, ...]]:
        """The object's bytes, which refer to the frames of ``stack``, and what the user should be told.

        ``patient`` is who the user says it is, where the scan does not tell.  Identifiers that the scan lacks
        are minted, and a finding says so.  Dates come from ``clock`` and identifiers from ``ids``: the same
        inputs give the same bytes.

        Raises
        ------
        InputError
            When the patient is unknown, the stack is no DICOM object, nothing is marked, or a mark lies on
            a slice that the stack lacks.
        StorageError
            When the bytes do not read back as they were given.
        """
        content, findings = self._encoded(segments, stack, clock, ids, patient)
        if not self.holds(content, segments, stack):
            raise StorageError("intake.mask.differs", file=self.name)
        return content, findings

    def write(
        self,
        path: Path,
        segments: Segments,
        stack: Stack,
        *,
        clock: Clock,
        ids: IdSource,
        patient: PatientIdentity | None = None,
    ) -> tuple[Finding, ...]:
        """Write the object to ``path`` and read it back from there; otherwise as :meth:`encode`."""
        content, findings = self._encoded(segments, stack, clock, ids, patient)
        write_checked(path, content, lambda found: self.holds(found, segments, stack))
        return findings

    def _encoded(
        self,
        segments: Segments,
        stack: Stack,
        clock: Clock,
        ids: IdSource,
        patient: PatientIdentity | None,
    ) -> tuple[bytes, tuple[Finding, ...]]:
        reference = refer_to(stack, patient, ids)
        require_marks(segments, stack)
        stream = BytesIO()
        dataset = self.dataset(segments, stack, reference, clock.now(), ids)
        dataset.save_as(stream, enforce_file_format=True)
        return stream.getvalue(), reference.findings
