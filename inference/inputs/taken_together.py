"""What is odd about scans that are read together: further ones taken long before or after the first."""

from __future__ import annotations

from inference.case_input import CaseInput
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.inputs.scan_dates import date_of
from inference.inputs.study_inputs import load_study_inputs


def case_findings(case: CaseInput) -> tuple[Finding, ...]:
    """What is odd about the first scan, and about reading the others with it."""
    return (*case.findings, *taken_apart(case))


def taken_apart(case: CaseInput) -> tuple[Finding, ...]:
    """The refusal of the further scan that lies farthest from the first, where that is farther than allowed.

    A scan without a date is not compared: the guard cannot measure what nobody wrote down.
    """
    study = load_study_inputs(case.record.study)
    first = date_of(case.stack)
    days = {
        named.title: abs((first - other).days)
        for named in study.inputs[1:]
        if named.id in case.further
        and first is not None
        and (other := date_of(case.further[named.id].stack)) is not None
    }
    title = max(days, key=lambda one: days[one], default="")
    if not title or days[title] <= study.dates.apart_days:
        return ()
    return (finding("inputs.dates_apart", days=days[title], limit=study.dates.apart_days, input=title),)
