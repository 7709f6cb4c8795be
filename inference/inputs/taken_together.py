"""What is odd about scans that are read together: each pair is held against one another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from inference.case_input import CaseInput
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.inputs.scan_dates import apart_finding, date_of
from inference.inputs.study_inputs import NamedInput, ScanDates, load_study_inputs
from inference.pathways.pathway import load_pathway
from inference.scan import Stack


def case_findings(case: CaseInput) -> tuple[Finding, ...]:
    """What is odd about the first scan, and about reading the others with it."""
    return (*case.findings, *taken_together(case))


def findings_by_scan(case: CaseInput) -> Iterator[tuple[str, CaseInput, tuple[Finding, ...]]]:
    """Each scan as a case of its own under its name, with its findings; those of pairs are the first's."""
    for name, scan in case.by_scan():
        yield name, scan, scan.findings if name else case_findings(case)


def taken_together(case: CaseInput) -> tuple[Finding, ...]:
    """Every two scans that are of two people, too far apart in time, or in two frames of reference.

    A date or a frame of reference that a scan does not state is not compared.
    """
    study = load_study_inputs(case.record.study)
    scans = [(study.named(""), case.stack)]
    scans += [(named, case.further[named.id].stack) for named in study.inputs[1:] if named.id in case.further]
    return tuple(found for pair in combinations(scans, 2) for found in _of_pair(case, study.dates, *pair))


def _of_pair(
    case: CaseInput, dates: ScanDates, first: tuple[NamedInput, Stack], second: tuple[NamedInput, Stack]
) -> Iterator[Finding]:
    (one, stack), (another, other) = first, second
    pair = {"first": one.title, "second": another.title}
    if not stack.identity.is_same_person_as(other.identity):
        yield finding("inputs.patients_differ", **pair)
    apart = apart_finding(dates, (one.title, date_of(stack)), (another.title, date_of(other)))
    if apart is not None:
        yield apart
    frames = {stack.frame_of_reference_uid, other.frame_of_reference_uid}
    if len(frames) == 2 and "" not in frames:
        code = "box_in_other_frame" if _shares_a_box(case, one, another) else "frames_differ"
        yield finding(f"inputs.{code}", **pair)


def _shares_a_box(case: CaseInput, first: NamedInput, second: NamedInput) -> bool:
    """True where the box about the first scan's tumour counts in the second, at the same coordinates."""
    study = load_study_inputs(case.record.study)
    if first is not study.inputs[0]:
        return False
    pathway = load_pathway(study.study)
    return pathway.region == "cuboid" and pathway.phase_of(second.id) is not None
