"""The bottom of the window: how long it took, on what, with which pack, which content, and what was saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui.feedback.text import label, set_tone
from gui.session import Session
from gui.theme.tokens import Tone
from inference.messages.message import Message

_HASH_LETTERS = 8


class StatusLine(QFrame):
    """Facts about the last answer, each with its tooltip."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._saved: Message | None = None
        self.setProperty("role", "footer")
        self.setFixedHeight(26)
        self.run = label("annotation", self)
        self.pack = label("annotation", self)
        self.content = label("annotation", self)
        self.content.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.saved = label("annotation", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(20)
        row.addWidget(self.run)
        row.addWidget(self.pack)
        row.addWidget(self.content)
        row.addStretch(1)
        row.addWidget(self.saved)
        session.outcome_changed.connect(self._on_changed)
        session.currency_changed.connect(self._on_changed)
        session.pack_changed.connect(self._on_changed)
        session.language_changed.connect(self._on_changed)
        session.report_saved.connect(self._on_saved)
        session.stack_changed.connect(self._on_stack_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        session, tr = self._session, self._session.tr
        outcome = session.outcome
        if outcome is None:
            self.run.setText(tr("gui.status.not_assessed"))
            self.content.clear()
        else:
            software = outcome.assessment.software
            self.run.setText(
                tr(
                    "gui.status.assessed",
                    seconds=f"{session.outcome_seconds or 0:.1f}",
                    device=software.provider.replace("ExecutionProvider", ""),
                    threads=software.threads,
                )
            )
            digest = outcome.assessment.content_sha256()
            self.content.setText(tr("gui.status.content", hash=f"{digest[:_HASH_LETTERS]}…"))
            self.content.setToolTip(digest)
        if session.pack is not None:
            manifest = session.pack.manifest
            state = tr(f"pack.state.{session.pack.state}")
            self.pack.setText(tr("gui.status.pack", id=manifest.id, version=manifest.version, state=state))
            self.pack.setToolTip(session.pack.sha256)
            set_tone(self.pack, Tone.PLAIN)
        elif session.pack_problem is not None:
            self.pack.setText(tr("gui.status.no_pack"))
            self.pack.setToolTip(session.render(session.pack_problem))
            set_tone(self.pack, Tone.WARN)
        else:
            self.pack.setText(tr("gui.status.pack_loading"))
        self.saved.setText(
            session.render(self._saved) if self._saved is not None else tr("gui.status.unsaved")
        )
        self.saved.setVisible(outcome is not None)

    def _on_saved(self, path: Path) -> None:
        time = self._session.clock.now().astimezone().strftime("%H:%M")
        self._saved = Message("gui.status.saved", {"file": path.name, "time": time})
        self._on_changed()

    def _on_stack_changed(self) -> None:
        self._saved = None
        self._on_changed()
