"""Whether a source of clinical values and the scan name the same patient."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from inference.cases.identity import PatientIdentity
from inference.clinical.importing.proposal import ImportProposal
from inference.messages.message import Message


class Comparison(StrEnum):
    """How the two names stand to one another; only ``OTHER`` keeps values from being taken.

    A de-identified scan bears an identifier that is not the patient's own, so that another one says nothing.
    """

    SAME = "same"
    OTHER = "other"
    FILE_SILENT = "file_silent"
    SCAN_SILENT = "scan_silent"
    BOTH_SILENT = "both_silent"
    DEIDENTIFIED = "deidentified"


@dataclass(frozen=True, slots=True)
class Whose:
    """Both identifiers as written, and what comparing them gave.  They name a person: no log holds them."""

    comparison: Comparison
    in_file: str
    in_scan: str

    @property
    def is_other(self) -> bool:
        """True when a named user has to confirm that both are one person."""
        return self.comparison is Comparison.OTHER

    @property
    def message(self) -> Message:
        """What was compared, as a sentence for the user's eyes."""
        fields = {"file": self.in_file, "scan": self.in_scan}
        return Message(f"import.whose.{self.comparison.value}", fields)


def whose(proposal: ImportProposal, identity: PatientIdentity | None) -> Whose:
    """Hold the patient that the source names against the one that the scan names."""
    scan = "" if identity is None or identity.key is None else identity.key.id
    names = [name for name in proposal.names if _plain(name)]
    file = next(iter(names), "")
    if not names or not _plain(scan):
        silent = {(True, True): Comparison.BOTH_SILENT, (True, False): Comparison.FILE_SILENT}
        return Whose(silent.get((not names, not _plain(scan)), Comparison.SCAN_SILENT), file, scan)
    if any(_plain(name) == _plain(scan) for name in names):
        return Whose(Comparison.SAME, file, scan)
    is_removed = identity is not None and identity.is_deidentified
    return Whose(Comparison.DEIDENTIFIED if is_removed else Comparison.OTHER, file, scan)


def of_the_scan(
    proposals: Sequence[ImportProposal], identity: PatientIdentity | None
) -> ImportProposal | None:
    """The one proposal whose patient the scan names; None where it names none of them, or several."""
    same = [one for one in proposals if whose(one, identity).comparison is Comparison.SAME]
    return same[0] if len(same) == 1 else None


def _plain(text: str) -> str:
    """One width, no blanks around: what a keyboard may add.  Letters and zeros are left as they are."""
    return unicodedata.normalize("NFKC", text).strip()
