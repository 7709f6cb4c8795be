"""The top of the window: product, pages of the work, whose case it is, language and theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from gui.actions import Actions
from gui.feedback.text import label, set_tone
from gui.intake.patient_words import describe_patient
from gui.session import Session
from gui.theme.icons import pixmap
from gui.theme.palette import current_tokens
from gui.theme.tokens import Tone
from gui.viewer.stop_page import Stop, stop_of

_HEIGHT_PX = 44


class TopBar(QFrame):
    """Tabs of the pages that exist, and the patient, always."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self.setProperty("role", "bar")
        self.setFixedHeight(_HEIGHT_PX)
        self.mark = QLabel(self)
        self.product = label("strong", self)
        self.product.setText("Concilium")
        self.case_tab = self._tab("case_page")
        self.report_tab = self._tab("report_page")
        self.case_tab.setChecked(True)
        self.group = QButtonGroup(self)
        for tab in (self.case_tab, self.report_tab):
            self.group.addButton(tab)
        self.patient = label("chip", self)
        self.patient.setFixedHeight(26)
        self.patient.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.language = QToolButton(self)
        self.language.setDefaultAction(actions["language"])
        self.language.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.theme = QToolButton(self)
        self.theme.setDefaultAction(actions["theme"])
        self.theme.setIconSize(QSize(16, 16))
        self.theme.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 10, 0)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addWidget(self.product)
        row.addSpacing(14)
        row.addWidget(self.case_tab, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.report_tab, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        row.addWidget(self.patient)
        row.addSpacing(4)
        row.addWidget(self.language)
        row.addWidget(self.theme)
        session.identity_changed.connect(self._on_identity_changed)
        session.plan_changed.connect(self._on_identity_changed)
        session.language_changed.connect(self._on_language_changed)
        self._on_language_changed()
        self.refresh_theme()

    def _tab(self, name: str) -> QPushButton:
        tab = QPushButton(self)
        tab.setObjectName(f"{name}_tab")
        tab.setProperty("role", "tab")
        tab.setCheckable(True)
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tab.setFixedHeight(_HEIGHT_PX - 1)
        tab.clicked.connect(self._actions[name].trigger)
        return tab

    def refresh_theme(self) -> None:
        """Draw the mark in the colours of the theme that is shown now."""
        self.mark.setPixmap(pixmap("mark", 20, current_tokens().accent, self.devicePixelRatioF()))

    def _on_language_changed(self) -> None:
        tr = self._session.tr
        self.case_tab.setText(tr("gui.page.case"))
        self.report_tab.setText(tr("gui.page.report"))
        self.patient.setAccessibleName(tr("gui.patient"))
        self.language.setAccessibleName(tr("gui.language"))
        self._on_identity_changed()

    def _on_identity_changed(self) -> None:
        identity = self._session.identity
        if identity is None:
            is_choice = stop_of(self._session) is Stop.CHOOSE_PATIENT
            key = "gui.patient.choose" if is_choice else "gui.patient.none"
            self.patient.setText(self._session.tr(key))
            set_tone(self.patient, Tone.PLAIN)
            return
        self.patient.setText(describe_patient(self._session, identity))
        set_tone(self.patient, Tone.PLAIN if identity.is_known else Tone.WARN)
