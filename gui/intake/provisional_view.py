"""A picture of a large source while the rest of it is still being read; always labelled as provisional."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.feedback.text import label, set_tone
from gui.intake.thumbnail import thumbnail
from gui.jobs.progress_line import is_shown
from gui.session import Session
from gui.theme.tokens import Tone
from inference.dicom.readers.provisional import ProvisionalPicture

_SIDE_PX: Final = 240


class ProvisionalView(QWidget):
    """Shown from the first picture of a scan until the scan ends, where no case is open."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._picture: ProvisionalPicture | None = None
        self.picture = QLabel(self)
        self.picture.setFixedSize(_SIDE_PX, _SIDE_PX)
        self.mark = label("chip", self)
        set_tone(self.mark, Tone.WARN)
        self.caption = label("small", self, wraps=True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.caption.setFixedWidth(_SIDE_PX + 100)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.picture, self.mark, self.caption):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        session.jobs.provisional_arrived.connect(self._on_arrived)
        session.intake_job_changed.connect(self._on_job_changed)
        session.language_changed.connect(self._on_language_changed)
        self.hide()

    def _on_arrived(self, picture: ProvisionalPicture) -> None:
        if self._session.plan is not None or not is_shown(self._session.intake_job):
            return
        self._picture = picture
        image = thumbnail(picture.pixels, picture.stack, side=round(_SIDE_PX * self.devicePixelRatioF()))
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self.picture.setPixmap(pixmap)
        self._on_language_changed()
        self.show()

    def _on_job_changed(self) -> None:
        if not is_shown(self._session.intake_job):
            self._picture = None
            self.hide()

    def _on_language_changed(self) -> None:
        if self._picture is None:
            return
        tr = self._session.tr
        read, files = self._picture.files_read, self._picture.files
        self.mark.setText(tr("gui.provisional"))
        self.caption.setText(tr("gui.provisional.text", read=read, files=files))
        self.setAccessibleName(tr("gui.provisional"))
        self.setAccessibleDescription(self.caption.text())
