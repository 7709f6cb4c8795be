"""Where a refusal may be lifted by a named user: name and reason typed beside the finding itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui.commands.stated_commands import release_finding, withdraw_release
from gui.feedback.text import label, say
from gui.intake.finding_groups import FindingGroup
from gui.session import Session
from gui.theme.palette import set_look
from gui.theme.tokens import Tone
from inference.errors import InputError
from inference.findings import Finding, Verdict
from inference.inputs.taken_together import case_findings
from inference.release import LONGEST_NAME, LONGEST_REASON, Release, is_releasable, releasable_codes


def release_widget(session: Session, group: FindingGroup, parent: QWidget) -> QWidget | None:
    """What releases a finding of the open case, or takes its release back; None where nobody may."""
    if group.release is not None:
        return WithdrawButton(session, group.code, parent)
    case = session.viewed_case
    if group.answer is not Verdict.REFUSED or not group.is_releasable or case is None:
        return None
    whole = session.case_input if session.is_first_viewed else None
    found = case.findings if whole is None else case_findings(whole)
    return ReleaseForm(session, group.code, parent) if group.code in releasable_codes(found) else None


def finding_release(session: Session, finding: Finding, parent: QWidget) -> QWidget | None:
    """As :func:`release_widget`, for a refusal that follows from clinical values: the first scan keeps it.

    None while no scan serves the study's first input.
    """
    first = session.first_scan
    if first is None or not is_releasable(finding):
        return None
    if any(one.code == finding.code for one in first.stated.releases):
        return WithdrawButton(session, finding.code, parent, is_of_first=True)
    return ReleaseForm(session, finding.code, parent, is_of_first=True)


class ReleaseForm(QWidget):
    """ "Release…" unfolds two fields; the release is one step that can be undone.

    Enter goes from the name to the reason and from there releases; Escape folds the fields away.
    """

    def __init__(
        self, session: Session, code: str, parent: QWidget | None = None, *, is_of_first: bool = False
    ) -> None:
        super().__init__(parent)
        tr = session.tr
        self._session = session
        self._code = code
        self._is_of_first = is_of_first
        self._release: Release | None = None
        self.open_button = _link(tr("gui.release.open"), self)
        self.open_button.setToolTip(tr("gui.release.tip"))
        self.open_button.clicked.connect(self.unfold)
        self.fields = QWidget(self)
        explanation = label("small", self.fields, wraps=True)
        explanation.setText(tr("gui.release.explanation"))
        self.name = _Field(tr("gui.release.name"), LONGEST_NAME, self.fields)
        self.reason = _Field(tr("gui.release.reason"), LONGEST_REASON, self.fields)
        self.problem = label("small", self.fields, wraps=True)
        say(self.problem, "")
        self.release_button = QPushButton(tr("gui.release.release"), self.fields)
        set_look(self.release_button, role="primary")
        self.cancel_button = QPushButton(tr("gui.release.cancel"), self.fields)
        self.name.returnPressed.connect(self.reason.setFocus)
        self.reason.returnPressed.connect(self._on_released)
        self.release_button.clicked.connect(self._on_released)
        for folding in (self.cancel_button.clicked, self.name.escaped, self.reason.escaped):
            folding.connect(self.fold)
        buttons = QHBoxLayout()
        buttons.addWidget(self.release_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch(1)
        inner = QVBoxLayout(self.fields)
        inner.setContentsMargins(0, 2, 0, 4)
        inner.setSpacing(4)
        for widget in (explanation, self.name, self.reason, self.problem):
            inner.addWidget(widget)
        inner.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.fields)
        self.fold()

    def unfold(self) -> None:
        """Show the fields, ready for the name."""
        self.open_button.hide()
        self.fields.show()
        self.name.setFocus()
        # The layout grows in the next turn; what has unfolded shall be seen whole.
        QTimer.singleShot(0, self, self._scroll_to)

    def fold(self) -> None:
        """Put the fields away; nothing is released."""
        had_focus = self.fields.isAncestorOf(self.window().focusWidget() or self)
        self.fields.hide()
        say(self.problem, "")
        self.open_button.show()
        if had_focus:
            self.open_button.setFocus()

    def _scroll_to(self) -> None:
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            area.ensureWidgetVisible(self.release_button)

    def _on_released(self) -> None:
        try:
            self._release = Release(self._code, self.name.text(), self.reason.text())
        except InputError as error:
            say(self.problem, self._session.render(error.message), Tone.BAD)
            (self.name if not self.name.text().strip() else self.reason).setFocus()
            QTimer.singleShot(0, self, self._scroll_to)
            return
        # In a turn of its own: what follows rebuilds the panel and with it the field that was typed in.
        QTimer.singleShot(0, self, self._push)

    def _push(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            scan = self._session.first_scan if self._is_of_first else None
            self._session.undo_stack.push(release_finding(self._session, release, scan))


class WithdrawButton(QPushButton):
    """Takes a release back, as a step that can be undone."""

    def __init__(
        self, session: Session, code: str, parent: QWidget | None = None, *, is_of_first: bool = False
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._code = code
        self._is_of_first = is_of_first
        self.setProperty("role", "link")
        self.setText(session.tr("gui.release.withdraw"))
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        QTimer.singleShot(0, self, self._push)

    def _push(self) -> None:
        session = self._session
        scan = session.first_scan if self._is_of_first else session.viewed_scan
        if scan is not None and any(one.code == self._code for one in scan.stated.releases):
            session.undo_stack.push(withdraw_release(session, self._code, scan))


class _Field(QLineEdit):
    """A line whose Escape belongs to it and not to Cancel."""

    escaped = Signal()

    def __init__(self, name: str, longest: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaxLength(longest)
        self.setPlaceholderText(name)
        self.setAccessibleName(name)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


def _link(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setProperty("role", "link")
    return button
