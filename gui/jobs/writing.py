"""Writing the report and the assessment from exactly what is shown; refused when that is stale."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gui.actions import needs_current
from gui.jobs.job import Work
from inference.errors import InputError
from inference.jobs import OnProgress, Progress, ShouldStop, stop_if_asked

if TYPE_CHECKING:
    from gui.session import Session
    from inference.findings import Finding
    from inference.masks.codecs.exporting import MaskFormat
    from reports.report import ReportContent

_STAGE = "stage.writing"


def report_content(session: Session, language: str) -> ReportContent:
    """What the report prints: the current outcome, and nothing that was computed from other inputs.

    Raises
    ------
    InputError
        When there is no outcome, it is stale, may not be seen yet, or small changes are still being tried.
    """
    from inference.evidence.for_patient import evidence_for
    from inference.evidence.published_tables import published_tables
    from reports.report import ReportContent

    _require_current(session)
    case = session.case_input
    assert session.outcome is not None and case is not None and session.identity is not None
    return ReportContent(
        assessment=session.outcome.assessment,
        identity=session.identity,
        case_id=session.case_id,
        volume=case.volume,
        mask=session.outcome.mask,
        heat_maps=session.outcome.heat_maps,
        language=language,
        created_at=session.clock.now(),
        scan=case.stack.acquisition,
        file_identity=case.stack.identity,
        explanation=session.outcome.explanation,
        decision=session.board.decision,
        evidence=evidence_for(published_tables(session.record.study), session.record),
        further=case.further,
    )


def report_work(session: Session, path: Path, language: str) -> Work:
    """Work that writes the report as PDF; its content is taken now."""
    content = report_content(session, language)

    def work(on_progress: OnProgress, should_stop: ShouldStop) -> None:
        from reports.report import write_report

        on_progress(Progress(0, 1, _STAGE))
        stop_if_asked(should_stop)
        write_report(content, path)

    return work


def assessment_work(session: Session, path: Path) -> Work:
    """Work that writes the assessment as JSON; its content is taken now."""
    from inference.cases.identity import CaseIdentity

    _require_current(session)
    assert session.outcome is not None and session.identity is not None
    assessment = session.outcome.assessment
    identity = CaseIdentity(session.case_id, session.identity)
    created_at = session.clock.now()

    def work(on_progress: OnProgress, should_stop: ShouldStop) -> None:
        from reports.assessment_file import write_assessment

        on_progress(Progress(0, 1, _STAGE))
        stop_if_asked(should_stop)
        write_assessment(assessment, identity, created_at, path)

    return work


def mask_work(session: Session, path: Path, kind: MaskFormat) -> Work:
    """Work that writes the tumour mask for the open series; it returns what the user should be told.

    Raises
    ------
    InputError
        When there is no mask, or it stands on a grid that no file of the source has.
    """
    from inference.masks.codecs.exporting import MaskFormat

    mask, stack, plan = session.mask, session.stack, session.plan
    if mask is None or stack is None or plan is None:
        raise InputError("gui.why_not.mask")
    if kind is not MaskFormat.NIFTI and not any(one is stack for one in plan.stacks):
        raise InputError("gui.why_not.straightened")
    clock, ids, patient = session.clock, session.ids, session.identity

    def work(on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Finding, ...]:
        from inference.masks.codecs.exporting import write_mask

        on_progress(Progress(0, 1, _STAGE))
        stop_if_asked(should_stop)
        return write_mask(path, mask, stack, kind, clock=clock, ids=ids, patient=patient)

    return work


def _require_current(session: Session) -> None:
    if reason := needs_current(session):
        raise InputError(reason)
