"""Releases that lift nothing any more: what they lifted was mended, or the scan serves as another one."""

from __future__ import annotations

from dataclasses import replace

from inference.case_input import CaseInput
from inference.clinical.eligibility.evaluation import eligibility_of
from inference.inputs.scan_dates import date_of
from inference.inputs.taken_together import findings_by_scan
from inference.release import is_releasable


def without_idle_releases(case: CaseInput) -> CaseInput:
    """The case with the releases that hold; the same object where all of them do."""
    kept = case
    for name, scan, found in findings_by_scan(case):
        given = scan.stated.releases
        if not given:
            continue
        of_patient = () if name else eligibility_of(case.record, date_of(case.stack)).findings
        lifted = {one.code for one in (*found, *of_patient) if is_releasable(one)}
        idle = {one.code for one in given} - lifted
        if not idle:
            continue
        stated = scan.stated.without_releases(idle)
        if name:
            further = {**kept.further, name: replace(kept.further[name], stated=stated)}
            kept = replace(kept, further=further)
        else:
            kept = replace(kept, stated=stated)
    return kept
