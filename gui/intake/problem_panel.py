"""What is known about the open series, what is odd about it and what to do; and the files passed over."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui.feedback.text import label
from gui.intake.acquisition_lines import acquisition_lines
from gui.intake.finding_actions import TWO_PATIENTS, choose_patient_button, is_answered
from gui.intake.finding_card import FindingCard
from gui.intake.finding_groups import FindingGroup, as_text, findings_to_show, groups_of
from gui.intake.skipped_files import SkippedGroup
from gui.notice import NoticeKind
from gui.session import Session
from inference.findings import Finding
from inference.inputs.taken_together import taken_together
from inference.messages.message import Message
from inference.scan import Stack

_FEW_FILES: Final = 4


class ProblemPanel(QScrollArea):
    """A text that twins the pictures: findings by weight with their deeds, acquisition, files not used."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.groups: tuple[FindingGroup, ...] = ()
        self.skipped: tuple[FindingGroup, ...] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for signal in (
            session.plan_changed,
            session.stack_changed,
            session.volume_changed,
            session.stated_changed,
            session.mask_changed,
            session.pick_changed,
            session.language_changed,
        ):
            signal.connect(self._on_changed)
        self._shown: tuple[object, ...] = ()
        self._on_changed()

    def copy(self) -> None:
        """Put everything that is listed on the clipboard, as text."""
        QGuiApplication.clipboard().setText(as_text(self._session.catalogue, self.groups, self.skipped))
        self._session.raise_notice(NoticeKind.DONE, Message("gui.problems.copied"))

    def _on_changed(self) -> None:
        session = self._session
        shown = (
            session.plan, session.patient, session.stack, session.catalogue, session.viewed_case is None,
            session.stated, self._of_mask(), self._of_others(),
        )  # fmt: skip
        if all(new is old for new, old in zip(shown, self._shown, strict=False)) and self._shown:
            return
        self._shown = shown
        self.setAccessibleName(session.tr("gui.problems.name"))
        case, meaning = session.viewed_case, session.meaning
        read = () if case is None else (*case.volume.findings, *(meaning.findings if meaning else ()))
        read += (*self._of_mask(), *self._of_others())
        found = findings_to_show(session.plan, session.stack, session.stacks_of_patient(), read)
        # The stop has been answered once a patient is chosen; what remains is whose study this is.
        is_chosen = session.patient is not None
        left = (
            one
            for one in found
            if not (is_chosen and one.code == TWO_PATIENTS) and not is_answered(one.code, session.stated)
        )
        self.groups = groups_of(left, session.stated.releases)
        self.skipped = groups_of(session.plan.skipped if session.plan is not None else ())
        place = self.verticalScrollBar().value()
        self.setWidget(self._body())
        self.verticalScrollBar().setValue(place)

    def _of_mask(self) -> tuple[Finding, ...]:
        """What came with the mask when it was imported; strokes leave it as it is."""
        mask = self._session.mask
        return mask.findings if mask is not None else ()

    def _of_others(self) -> tuple[Finding, ...]:
        """What is odd about reading the study's other scans with this one, where it is the first."""
        case = self._session.case_input if self._session.is_first_viewed else None
        return () if case is None else taken_together(case)

    def _body(self) -> QWidget:
        session = self._session
        body = QWidget()
        body.setObjectName("column")
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(10)
        patients = len(session.plan.patients) if session.plan is not None else 0
        if patients > 1 and session.patient is not None:
            column.addWidget(self._one_of_several(patients, body))
        if self.groups:
            column.addLayout(self._copyable("gui.heading.findings", is_first=True))
            for group in self.groups:
                column.addWidget(FindingCard(session, group, body))
        elif session.stack is not None:
            nothing = label("small", body)
            nothing.setText(session.tr("gui.problems.none"))
            column.addWidget(nothing)
        if session.stack is not None:
            column.addSpacing(2)
            column.addWidget(self._heading("gui.heading.acquisition"))
            column.addLayout(self._facts(session.stack))
        if self.skipped:
            count = sum(len(group.findings) for group in self.skipped)
            column.addLayout(self._copyable("gui.heading.skipped", is_first=not self.groups, count=count))
            # Few files, or no pictures beside them: the names are what is looked for.
            unfolded = count <= _FEW_FILES or not session.stacks_of_patient()
            for group in self.skipped:
                skipped = SkippedGroup(session, group, body)
                skipped.head.setChecked(unfolded)
                column.addWidget(skipped)
        column.addStretch(1)
        return body

    def _one_of_several(self, count: int, body: QWidget) -> QWidget:
        line = QWidget(body)
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        said = label("small", line, wraps=True)
        said.setText(self._session.tr("gui.problems.one_of", count=count))
        column.addWidget(said)
        column.addWidget(choose_patient_button(self._session, line), 0, Qt.AlignmentFlag.AlignLeft)
        return line

    def _heading(self, message_id: str, **fields: int) -> QWidget:
        heading = label("heading")
        heading.setText(self._session.tr(message_id, **fields).upper())
        return heading

    def _copyable(self, message_id: str, *, is_first: bool, **fields: int) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._heading(message_id, **fields), 1)
        if is_first:
            button = QPushButton()
            button.setProperty("role", "link")
            button.setText(self._session.tr("gui.problems.copy"))
            button.setToolTip(self._session.tr("gui.problems.copy.tip"))
            button.clicked.connect(self.copy)
            line.addWidget(button)
        return line

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
