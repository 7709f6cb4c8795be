"""The page of the report: its pages as they will be printed, and saving them while they are true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.actions import needs_current
from gui.clinical.calm_combo_box import CalmComboBox
from gui.feedback.text import label, say, set_tone
from gui.feedback.verdict_mark import TONE_BY_VERDICT, VerdictMark
from gui.jobs.writing import report_content
from gui.reporting.identity_form import IdentityForm
from gui.reporting.page_view import PagesView
from gui.reporting.report_obstacle import report_obstacle
from gui.theme.tokens import GRID_PX, Tone
from inference.findings import Verdict
from inference.jobs import EndState, JobEnd, OnProgress, Progress, ShouldStop, stop_if_asked
from inference.messages.catalogue import LANGUAGES
from reports.wording import short_hash

if TYPE_CHECKING:
    from gui.jobs.job import BackgroundJob
    from gui.session import Session
    from reports.report import ReportContent

_PANEL_WIDTH_PX: Final = 320
_PREVIEW_DPI: Final = 144.0


class ReportPage(QWidget):
    """A preview drawn in the background; saving is possible only while the answer is current."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: BackgroundJob | None = None
        self._is_outdated = True
        self._language: str | None = None
        self.pages = PagesView(session, self)
        self.message = label("muted", self, wraps=True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setContentsMargins(*(15 * GRID_PX,) * 4)
        self._make_panel()
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self.message, 1)
        middle.addWidget(self.pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(middle, 1)
        row.addWidget(self.panel)
        for signal in (
            session.outcome_changed,
            session.currency_changed,
            session.identity_changed,
            session.pack_changed,
            session.board.changed,
            session.jobs.variation.changed,
        ):
            signal.connect(self._on_changed)
        session.language_changed.connect(self._on_language_changed)
        session.report_saved.connect(self._on_report_saved)
        self._on_language_changed()

    @property
    def report_language(self) -> str:
        """The language that the report is written in: the window's, until another is chosen."""
        return self._language or self._session.language

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def _make_panel(self) -> None:
        self.panel = QFrame(self)
        self.panel.setProperty("role", "panel")
        self.panel.setFixedWidth(_PANEL_WIDTH_PX)
        self.heading = label("heading", self.panel)
        self.mark = VerdictMark(self.panel)
        self.status = label("", self.panel, wraps=True)
        self.recalculate = QPushButton(self.panel)
        self.recalculate.clicked.connect(self._session.run)
        self.identity = IdentityForm(self._session, self.panel)
        self.language_label = label("muted", self.panel)
        self.language_choice = CalmComboBox(self.panel)
        for code, name in LANGUAGES.items():
            self.language_choice.addItem(name, code)
        self.language_choice.activated.connect(self._on_language_chosen)
        self.save_button = QPushButton(self.panel)
        self.save_button.setProperty("role", "primary")
        self.save_button.clicked.connect(self._on_save_clicked)
        self.save_data_button = QPushButton(self.panel)
        self.save_data_button.clicked.connect(self._on_save_data_clicked)
        self.saved = label("small", self.panel, wraps=True)
        self.open_button = QPushButton(self.panel)
        self.open_button.setProperty("role", "link")
        self.open_button.clicked.connect(self._on_open_clicked)
        self.hash = label("annotation", self.panel, wraps=True)
        said = QHBoxLayout()
        said.setSpacing(2 * GRID_PX)
        said.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.status, 1)
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(4 * GRID_PX, 4 * GRID_PX, 4 * GRID_PX, 4 * GRID_PX)
        column.setSpacing(3 * GRID_PX)
        column.addWidget(self.heading)
        column.addLayout(said)
        for widget in (
            self.recalculate,
            self.identity,
            self.language_label,
            self.language_choice,
            self.save_button,
            self.save_data_button,
            self.saved,
            self.open_button,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(self.hash)

    # What is shown

    def _on_language_changed(self) -> None:
        tr = self._session.tr
        self.setAccessibleName(tr("panel.report.heading"))
        self.heading.setText(tr("panel.report.heading"))
        self.recalculate.setText(tr("panel.run.recalculate"))
        self.language_label.setText(tr("panel.report.language"))
        self.language_choice.setAccessibleName(self.language_label.text())
        self.language_choice.setCurrentIndex(self.language_choice.findData(self.report_language))
        self.save_button.setText(tr("panel.report.save"))
        self.save_data_button.setText(tr("panel.report.save_data"))
        self.save_data_button.setToolTip(tr("panel.report.save_data.tip"))
        self.open_button.setText(tr("panel.report.open_saved"))
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        obstacle = report_obstacle(session)
        is_stale = session.outcome is not None and not session.is_current
        needs_identity = obstacle is not None and obstacle.id == "panel.identity.missing"
        self._say_standing()
        self.recalculate.setVisible(is_stale)
        self.identity.setVisible(needs_identity)
        self.save_button.setEnabled(obstacle is None)
        self.save_button.setToolTip("" if obstacle is None else self.status.text())
        self.save_data_button.setEnabled(not needs_current(session))
        current = session.outcome is not None and not is_stale
        digest = session.outcome.assessment.content_sha256() if session.outcome and current else ""
        say(self.hash, session.tr("panel.report.hash", hash=short_hash(digest)) if digest else "")
        self._show_saved()
        self._is_outdated = True
        self._draw()

    def _say_standing(self) -> None:
        """What stands in the way, that the pages are being drawn anew, or that they are what is shown."""
        session = self._session
        obstacle = report_obstacle(session)
        if obstacle is not None:
            self._judge(None if session.outcome is None else Verdict.NOTE, session.render(obstacle))
        elif self._job is not None:
            self._judge(None, session.tr("panel.report.drawing"))
        else:
            self._judge(Verdict.FINE, session.tr("panel.report.ready"))

    def _judge(self, verdict: Verdict | None, text: str) -> None:
        self.mark.show_verdict(verdict)
        self.status.setText(text)
        set_tone(self.status, Tone.PLAIN if verdict is None else TONE_BY_VERDICT[verdict])

    def _show_saved(self) -> None:
        path = self._session.saved_report
        known = path is not None and self._session.outcome is not None
        text = self._session.tr("panel.report.saved", file=path.name) if known and path else ""
        say(self.saved, text, Tone.GOOD)
        self.open_button.setVisible(known)

    # The preview

    def _draw(self) -> None:
        """Draw the pages anew when they can be seen and are not those that stand there."""
        if not self.isVisible() or not self._is_outdated:
            return
        if self._job is not None:
            self._job.cancel()
            return
        self._is_outdated = False
        obstacle = report_obstacle(self._session)
        if obstacle is not None:
            self._say(self._session.render(obstacle))
            return
        if not self.pages.pages:
            self._say(self._session.tr("panel.report.drawing"))
        content = report_content(self._session, self.report_language)
        self._job = self._session.jobs.aside("preview", _Preview(content))
        self._job.ended.connect(self._on_preview_ended)
        self._job.start()
        self._say_standing()

    def _on_preview_ended(self, end: JobEnd[Any]) -> None:
        self._job = None
        self._say_standing()
        if self._is_outdated or end.case_key != self._session.case_key:
            self._is_outdated = True
            self._draw()
        elif end.state is EndState.DONE and end.result is not None:
            self.message.hide()
            self.pages.show_pages(end.result)
            self.pages.show()
        elif end.message is not None:
            self._say(self._session.render(end.message))

    def _say(self, text: str) -> None:
        self.pages.show_pages(())
        self.pages.hide()
        self.message.setText(text)
        self.message.show()

    # What the user asks for

    def _on_language_chosen(self, index: int) -> None:
        self._language = str(self.language_choice.itemData(index))
        self._is_outdated = True
        self._draw()

    def _on_save_clicked(self) -> None:
        name = self._session.tr("panel.report.file_name")
        path = self._ask("panel.report.save", f"{name}.pdf", "PDF (*.pdf)")
        if path is not None:
            self._session.save_report(path, self.report_language)

    def _on_save_data_clicked(self) -> None:
        path = self._ask("panel.report.save_data.tip", "assessment.json", "JSON (*.json)")
        if path is not None:
            self._session.save_assessment(path)

    def _ask(self, title_id: str, name: str, kinds: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self, self._session.tr(title_id), name, kinds)
        return Path(chosen) if chosen else None

    def _on_report_saved(self, _path: Path) -> None:
        self._show_saved()

    def _on_open_clicked(self) -> None:
        path = self._session.saved_report
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class _Preview:
    """Builds the report and draws its pages; runs in a job."""

    def __init__(self, content: ReportContent) -> None:
        self._content = content

    def __call__(self, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
        from reports.page_images import page_images
        from reports.report import build_report

        on_progress(Progress(0, 2, "stage.writing"))
        pdf = build_report(self._content)
        stop_if_asked(should_stop)
        on_progress(Progress(1, 2, "stage.writing"))
        return page_images(pdf, _PREVIEW_DPI)
