"""What is known about the open series, what is odd about it and what to do; and the files passed over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui.feedback.text import label
from gui.feedback.verdict_mark import VerdictMark
from gui.session import Session
from inference.findings import Finding
from inference.scan import Stack

_MOST_SKIPPED: Final = 50


class ProblemPanel(QScrollArea):
    """A text that twins the pictures: acquisition, findings with their advice, files not used."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for signal in (
            session.plan_changed,
            session.stack_changed,
            session.language_changed,
            session.intake_job_changed,
        ):
            signal.connect(self._on_changed)
        self._shown: tuple[object, ...] = ()
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        shown = (session.plan, session.stack, session.language)
        if all(new is old for new, old in zip(shown, self._shown, strict=False)) and self._shown:
            return
        self._shown = shown
        self.setAccessibleName(session.tr("gui.problems.name"))
        body = QWidget()
        body.setObjectName("column")
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        if session.stack is not None:
            column.addWidget(self._heading("gui.heading.acquisition"))
            column.addLayout(self._facts(session.stack))
        findings = self._findings()
        if findings:
            column.addSpacing(4)
            column.addWidget(self._heading("gui.heading.findings"))
            for finding in findings:
                column.addWidget(self._finding(finding))
        elif session.stack is not None:
            nothing = label("small", body)
            nothing.setText(session.tr("gui.problems.none"))
            column.addWidget(nothing)
        if session.plan is not None and session.plan.skipped:
            column.addSpacing(4)
            column.addWidget(self._heading("gui.heading.skipped", count=len(session.plan.skipped)))
            for finding in session.plan.skipped[:_MOST_SKIPPED]:
                column.addWidget(self._finding(finding))
            left = len(session.plan.skipped) - _MOST_SKIPPED
            if left > 0:
                more = label("small", body)
                more.setText(session.tr("gui.problems.more", count=left))
                column.addWidget(more)
        column.addStretch(1)
        self.setWidget(body)

    def _findings(self) -> list[Finding]:
        session = self._session
        found: list[Finding] = []
        if session.plan is not None:
            found += session.plan.findings
            for series in session.plan.series:
                if session.stack is None or series.series_uid == session.stack.series_uid:
                    found += series.findings
        if session.stack is not None:
            found += session.stack.findings
        elif session.plan is not None:
            for stack in session.stacks_of_patient():
                found += stack.findings
        return sorted(_distinct(found), key=lambda finding: -max(finding.answer, finding.view))

    def _heading(self, message_id: str, **fields: int) -> QWidget:
        heading = label("heading")
        heading.setText(self._session.tr(message_id, **fields).upper())
        return heading

    def _facts(self, stack: Stack) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(acquisition_lines(self._session, stack)):
            left, right = label("small"), label("value", wraps=True)
            left.setText(name)
            right.setText(value)
            grid.addWidget(left, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(right, row, 1)
        return grid

    def _finding(self, finding: Finding) -> QWidget:
        session = self._session
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        mark = VerdictMark(box)
        mark.show_verdict(max(finding.answer, finding.view))
        texts = QVBoxLayout()
        texts.setSpacing(1)
        said = label("value", box, wraps=True)
        said.setText(session.render(finding.message))
        texts.addWidget(said)
        if session.catalogue.has(finding.advice.id):
            advice = label("small", box, wraps=True)
            advice.setText(session.render(finding.advice))
            texts.addWidget(advice)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        return box


def acquisition_lines(session: Session, stack: Stack) -> list[tuple[str, str]]:
    """What the tags say about how the picture was made, silent ones left out."""
    tr, made = session.tr, stack.acquisition
    plane = tr(f"plane.{stack.geometry.plane}")
    slice_mm, row_mm, column_mm = stack.geometry.spacing_mm
    times = [
        f"{name} {value:g} ms"
        for name, value in (
            ("TR", made.repetition_time_ms),
            ("TE", made.echo_time_ms),
            ("TI", made.inversion_time_ms),
        )
        if value is not None
    ]
    field = f"{made.magnetic_field_t:g} T" if made.magnetic_field_t else ""
    lines = [
        ("gui.fact.modality", " · ".join(part for part in (made.modality, field, *times) if part)),
        ("gui.fact.contrast", made.contrast_agent),
        ("gui.fact.body_part", made.body_part),
        ("gui.fact.plane", f"{plane}, {stack.geometry.obliquity_deg:.1f}°"),
        ("gui.fact.spacing", f"{row_mm:.2f} × {column_mm:.2f} × {slice_mm:.2f} mm"),
        ("gui.fact.thickness", f"{made.slice_thickness_mm:g} mm" if made.slice_thickness_mm else ""),
        ("gui.fact.date", made.study_date),
        ("gui.fact.scanner", " ".join(part for part in (made.manufacturer, made.model_name) if part)),
    ]
    return [(tr(name), value or tr("gui.fact.silent")) for name, value in lines]


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    seen: list[Finding] = []
    for finding in findings:
        if finding not in seen:
            seen.append(finding)
    return seen
