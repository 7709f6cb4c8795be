"""The empty case: says what the next step is, and takes it by drop, button or key."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.actions import Actions, plain
from gui.feedback.text import label
from gui.intake.provisional_view import ProvisionalView
from gui.jobs.progress_line import ProgressLine, is_shown
from gui.session import Session
from gui.theme.icons import pixmap
from gui.theme.palette import current_tokens

_PROGRESS_PX: Final = 340
_FRAME: Final = QSize(560, 340)
_TEXT_PX: Final = 460


class DropHint(QWidget):
    """*Drop a study here*, with the two ways to open one by hand."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_target = False
        self.setObjectName("ground")
        self.picture = QLabel(self)
        self.title = label("title", self)
        self.text = label("muted", self, wraps=True)
        self.privacy = label("small", self, wraps=True)
        self.folder_button = QPushButton(self)
        self.folder_button.setProperty("role", "primary")
        self.folder_button.clicked.connect(actions["open_folder"].trigger)
        self.file_button = QPushButton(self)
        self.file_button.clicked.connect(actions["open_file"].trigger)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.folder_button)
        buttons.addWidget(self.file_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(56, 40, 56, 40)
        column.setSpacing(10)
        column.addStretch(3)
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self.provisional = ProvisionalView(session, self)
        column.addWidget(self.provisional, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        for widget in (self.title, self.text):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addLayout(_middle(widget))
        column.addSpacing(8)
        column.addLayout(buttons)
        self.progress = ProgressLine(session, self)
        self.progress.setFixedWidth(_PROGRESS_PX)
        column.addWidget(self.progress, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(12)
        self.privacy.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(_middle(self.privacy))
        column.addStretch(4)
        session.language_changed.connect(self._on_language_changed)
        session.intake_job_changed.connect(self._on_job_changed)
        self._on_language_changed()

    def set_target(self, is_target: bool) -> None:
        """Show that something held over the window can be dropped."""
        self._is_target = is_target
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(tokens.ground))
        colour = QColor(tokens.accent if self._is_target else tokens.strong_line)
        if not self._is_target and is_shown(self._session.intake_job):
            return
        pen = QPen(colour, 1.4, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 5])
        painter.setPen(pen)
        painter.setBrush(QColor(tokens.selected) if self._is_target else Qt.BrushStyle.NoBrush)
        size = QSize(min(self.width() - 48, _FRAME.width()), min(self.height() - 48, _FRAME.height()))
        box = QRectF(0, 0, size.width(), size.height())
        box.moveCenter(QRectF(self.rect()).center())
        painter.drawRoundedRect(box, 8, 8)

    def _on_job_changed(self) -> None:
        """While a source is being looked through the page says so, and offers nothing else."""
        is_reading = is_shown(self._session.intake_job)
        self.title.setText(self._session.tr("gui.empty.reading" if is_reading else "gui.empty.title"))
        for widget in (self.picture, self.text, self.folder_button, self.file_button):
            widget.setVisible(not is_reading)
        self.update()

    def _on_language_changed(self) -> None:
        tr = self._session.tr
        self._on_job_changed()
        self.text.setText(tr("gui.empty.text"))
        self.privacy.setText(tr("gui.empty.privacy"))
        self.folder_button.setText(plain(tr("gui.action.open_folder")))
        self.file_button.setText(plain(tr("gui.action.open_file")))
        self.refresh_theme()

    def refresh_theme(self) -> None:
        """Draw the picture in the colours of the theme that is shown now."""
        self.picture.setPixmap(pixmap("drop", 40, current_tokens().accent, self.devicePixelRatioF()))


def _middle(text: QLabel) -> QHBoxLayout:
    """A row that keeps a text within the frame, however wide the page is."""
    text.setMaximumWidth(_TEXT_PX)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(text, 1000)
    row.addStretch(1)
    return row
