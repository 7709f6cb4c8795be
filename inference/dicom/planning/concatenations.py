"""Multi-frame images sent in several files (concatenations): which of them lack a part.

Source: PS3.3 C.7.6.16.2.2.4.
"""

from __future__ import annotations

from collections.abc import Iterable

from inference.dicom.planning.entries import Entry
from inference.dicom.verdicts import finding
from inference.findings import Finding


def incomplete_concatenations(entries: Iterable[Entry]) -> dict[str, Finding]:
    """The finding for each Concatenation UID of which not every part is there.

    Where no file states the number of parts, those that are there must be numbered without a hole.
    """
    numbers: dict[str, set[int]] = {}
    totals: dict[str, int] = {}
    for entry in entries:
        record = entry.record
        if not record.concatenation_uid:
            continue
        numbers.setdefault(record.concatenation_uid, set()).add(record.concatenation_number or 0)
        stated = max(totals.get(record.concatenation_uid, 0), record.concatenation_total or 0)
        totals[record.concatenation_uid] = stated
    found: dict[str, Finding] = {}
    for uid, there in numbers.items():
        total = totals[uid]
        if there != set(range(1, (total or max(there)) + 1)):
            found[uid] = finding("intake.concatenation_incomplete", present=len(there), parts=total or "–")
    return found
