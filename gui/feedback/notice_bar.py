"""The line under the top bar that says what just ended, was refused or failed, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QToolButton, QWidget

from gui.feedback.text import label, say
from gui.notice import Notice, NoticeKind
from gui.results.currency_banner import Banner
from gui.theme.tokens import Tone
from inference.findings import Verdict

if TYPE_CHECKING:
    from gui.session import Session

_GOOD_NEWS_MS: Final = 8000

_LOOK: Final = {
    NoticeKind.INFORMATION: (None, Tone.ACCENT),
    NoticeKind.DONE: (Verdict.FINE, Tone.GOOD),
    NoticeKind.CANCELLED: (None, Tone.PLAIN),
    NoticeKind.REFUSED: (Verdict.NOTE, Tone.WARN),
    NoticeKind.FAILED: (Verdict.REFUSED, Tone.BAD),
}


class NoticeBar(Banner):
    """Shows the latest notice; bad news stays until it is closed, good news goes by itself."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._notice: Notice | None = None
        self.advice = label("small", self, wraps=True)
        self.row.insertWidget(2, self.advice, 1)
        self.close_button = QToolButton(self)
        self.close_button.setText("×")
        self.close_button.clicked.connect(self.dismiss)
        self.row.addWidget(self.close_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_GOOD_NEWS_MS)
        self._timer.timeout.connect(self.dismiss)
        session.notice_raised.connect(self._on_notice_raised)
        session.language_changed.connect(self._on_changed)
        session.stack_changed.connect(self._on_stack_changed)
        self._on_changed()

    def dismiss(self) -> None:
        """Close the bar."""
        self._notice = None
        self._on_changed()

    def _on_notice_raised(self, notice: Notice) -> None:
        self._notice = notice
        self._timer.stop()
        if notice.kind in (NoticeKind.DONE, NoticeKind.CANCELLED, NoticeKind.INFORMATION):
            self._timer.start()
        self._on_changed()

    def _on_stack_changed(self) -> None:
        """What was said about another patient goes."""
        self.dismiss()

    def _on_changed(self) -> None:
        session, notice = self._session, self._notice
        self.close_button.setToolTip(session.tr("panel.notice.close"))
        self.close_button.setAccessibleName(self.close_button.toolTip())
        if notice is not None:
            verdict, tone = _LOOK[notice.kind]
            word = session.tr(f"panel.notice.{notice.kind.value}")
            text = session.tr("panel.notice.said", kind=word, text=session.render(notice.message))
            self.speak(verdict, tone, text)
            say(self.advice, "" if notice.advice is None else session.render(notice.advice))
        self.setVisible(notice is not None)
