"""The window: arranges bars, columns, pictures and pages; owns no data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.actions import Actions
from gui.clinical.schema_form import ClinicalForm
from gui.columns import BETWEEN_PANELS_PX, column, column_with_foot
from gui.commands.named_command import retranslate_commands
from gui.feedback.notice_bar import NoticeBar
from gui.intake.open_source import OpenSource, dropped_path
from gui.intake.series_browser import SeriesBrowser
from gui.language import other_language
from gui.pathway.guide import Guide
from gui.pathway.input_checklist import InputChecklist
from gui.pathway.pathway_picker import PathwayPicker
from gui.pathway.run_bar import RunBar
from gui.results.currency_banner import CurrencyBanner, DemonstrationBanner
from gui.results.decision_panel import DecisionPanel
from gui.results.evidence_panel import EvidencePanel
from gui.results.explanation_panel import ExplanationPanel
from gui.results.guard_panel import GuardPanel
from gui.results.recommendation_panel import RecommendationPanel
from gui.results.slice_share_panel import SliceSharePanel
from gui.results.study_answer_panel import StudyAnswerPanel
from gui.results.treatment_comparison import TreatmentComparison
from gui.results.variation_panel import VariationPanel
from gui.session import Session
from gui.settings import Settings
from gui.status_line import StatusLine
from gui.tab_order import TabOrder
from gui.theme.palette import apply_theme, current_tokens
from gui.theme.tokens import DARK, LIGHT
from gui.top_bar import TopBar
from gui.viewer.layers_panel import LayersPanel
from gui.viewer.layout import Viewer
from gui.viewer.stop_page import stop_of

_FIRST_SIZE: Final = QSize(1480, 900)
_LEFT_PX, _RIGHT_PX = 288, 360
_LEAST_LEFT_PX, _LEAST_RIGHT_PX = 248, 300
_MENUS: Final = (
    (
        "file",
        (
            "open_folder",
            "open_file",
            "find_series",
            "",
            "save_report",
            "save_assessment",
            "save_mask",
            "",
            "close_case",
            "forget_sources",
            "quit",
        ),
    ),
    ("case", ("run", "cancel", "", "segment", "draw", "rough_region", "import_mask")),
    (
        "view",
        (
            "case_page",
            "report_page",
            "",
            "tool_scroll",
            "tool_window",
            "tool_zoom",
            "tool_pan",
            "tool_brush",
            "tool_erase",
            "brush_smaller",
            "brush_larger",
            "",
            "fit",
            "layout_toggle",
            "overlay",
            "go_tumour",
            "",
            "language",
            "theme",
        ),
    ),
)


class MainWindow(QMainWindow):
    """Everything on one screen: what goes in on the left, the patient in the middle, the answer right."""

    closed = Signal()

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.settings = settings
        self.actions_ = Actions(session, self)
        self.source = OpenSource(session, self)
        self.setAcceptDrops(True)
        self.setWindowTitle("Concilium")

        self.top = TopBar(session, self.actions_, self)
        self.demonstration = DemonstrationBanner(session, self)
        self.currency = CurrencyBanner(session, self)
        self.notices = NoticeBar(session, self)
        self.status = StatusLine(session, self)
        self.viewer = Viewer(session, self.actions_)
        self.pathway = PathwayPicker(session)
        self.series = SeriesBrowser(session, self.actions_)
        self.layers = LayersPanel(session, self.viewer.state, self.actions_)
        self.clinical = ClinicalForm(session)
        self.checklist = InputChecklist(session)
        self.run_bar = RunBar(session)
        self.guide = Guide(session, self.checklist.inputs, self.layers, self.clinical, self)
        self.comparison = TreatmentComparison(session)
        self.recommendation = RecommendationPanel(session)
        self.shares = SliceSharePanel(session)
        self.answer = StudyAnswerPanel(session)
        self.explanation = ExplanationPanel(session)
        self.variations = VariationPanel(session)
        self.decision = DecisionPanel(session)
        self.evidence = EvidencePanel(session)
        self.guard = GuardPanel(session)
        self.report: QWidget | None = None

        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.setChildrenCollapsible(False)
        self.columns.setHandleWidth(1)
        inputs = [
            self.pathway,
            self.series,
            self.checklist.inputs,
            self.layers,
            self.clinical,
            self.checklist,
        ]
        left, self._foot = column_with_foot(inputs, self.run_bar)
        answer, why = (
            (self.comparison, self.answer, self.recommendation),
            (self.explanation, self.shares, self.variations),
        )
        answers = (*answer, self.decision, self.evidence, *why, self.guard)
        self._hideable = (_group(answer), _group(why))
        right = column([self._hideable[0], self.decision, self.evidence, self._hideable[1], self.guard])
        left.setMinimumWidth(_LEAST_LEFT_PX)
        right.setMinimumWidth(_LEAST_RIGHT_PX)
        for widget in (left, self.viewer, right):
            self.columns.addWidget(widget)
        self.columns.setStretchFactor(1, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.columns)

        body = QWidget()
        body.setObjectName("ground")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for row in (self.top, self.demonstration, self.currency, self.notices):
            rows.addWidget(row)
        rows.addWidget(self.pages, 1)
        rows.addWidget(self.status)
        self.setCentralWidget(body)
        viewer = self.viewer
        sections = (self.top, self.notices, *inputs, self.run_bar, viewer.toolbar, viewer.hint, viewer.stop)
        self.tab_order = TabOrder(session, (*sections, *viewer.viewports, viewer.problems, *answers), self)
        self._menus: dict[str, QMenu] = {}
        self._make_menus()
        self._connect()
        self._restore()
        self._on_language_changed()
        self._on_theme_applied()
        self.viewer.hint.folder_button.setFocus()

    # Pages

    def show_case(self) -> None:
        """Go to the page of the case."""
        self.pages.setCurrentWidget(self.columns)
        self.top.case_tab.setChecked(True)

    def show_report(self) -> None:
        """Go to the page of the report."""
        if self.report is None:
            from gui.reporting.report_page import ReportPage

            self.report = ReportPage(self.session)
            self.pages.addWidget(self.report)
        self.pages.setCurrentWidget(self.report)
        self.top.report_tab.setChecked(True)

    # Wiring

    def _connect(self) -> None:
        actions, session = self.actions_, self.session
        for name, slot in (
            ("open_folder", self.source.ask_folder),
            ("open_file", self.source.ask_file),
            ("import_mask", self.source.ask_mask),
            ("save_report", self.source.ask_report),
            ("save_assessment", self.source.ask_assessment),
            ("save_mask", self.source.ask_mask_target),
            ("close_case", session.close_case),
            ("segment", session.segment),
            ("run", session.run),
            ("cancel", session.cancel),
            ("forget_sources", session.jobs.forget_sources),
            ("quit", self.close),
            ("case_page", self.show_case),
            ("report_page", self.show_report),
            ("language", self._on_language_switched),
            ("theme", self._on_theme_switched),
        ):
            actions[name].triggered.connect(slot)
        self.run_bar.guidance_wanted.connect(self.guide.go)
        self.viewer.stack_dropped.connect(self.series.open_stack)
        session.language_changed.connect(self._on_language_changed)
        session.identity_changed.connect(self._on_title_changed)
        session.study_changed.connect(self._on_study_changed)
        session.plan_changed.connect(self.show_case)
        session.stack_changed.connect(self._on_stack_changed)
        session.plan_changed.connect(self._on_stop_changed)
        session.stack_changed.connect(self._on_stop_changed)
        session.board.changed.connect(self._on_board_changed)

    def _make_menus(self) -> None:
        bar = self.menuBar()
        for name, entries in _MENUS:
            menu = bar.addMenu("")
            self._menus[name] = menu
            for entry in entries:
                if entry:
                    menu.addAction(self.actions_[entry])
                else:
                    menu.addSeparator()
        self._menus["case"].addSeparator()
        self._menus["case"].addMenu(self.pathway.menu)
        edit = QMenu(bar)
        self._menus["edit"] = edit
        stack = self.session.undo_stack
        self._undo = stack.createUndoAction(self)
        self._redo = stack.createRedoAction(self)
        self._undo.setShortcut("Ctrl+Z")
        self._redo.setShortcut("Ctrl+Shift+Z")
        edit.addAction(self._undo)
        edit.addAction(self._redo)
        bar.insertMenu(self._menus["case"].menuAction(), edit)
        stack.undoTextChanged.connect(self._on_undo_text_changed)
        stack.redoTextChanged.connect(self._on_undo_text_changed)

    def _on_undo_text_changed(self, _text: str = "") -> None:
        stack, tr = self.session.undo_stack, self.session.tr
        for action, text, name in (
            (self._undo, stack.undoText(), "gui.action.undo"),
            (self._redo, stack.redoText(), "gui.action.redo"),
        ):
            action.setText(f"{tr(name)} {text}".rstrip())

    def _on_language_changed(self) -> None:
        for name, menu in self._menus.items():
            menu.setTitle(self.session.tr(f"gui.menu.{name}"))
        retranslate_commands(self.session.undo_stack)
        self._on_undo_text_changed()
        self._on_title_changed()

    def _on_stack_changed(self) -> None:
        """The wheel and the keys belong to the picture as soon as there is one."""
        if self.session.stack is not None:
            self.viewer.viewports[0].setFocus()

    def _on_stop_changed(self) -> None:
        """While nobody is chosen, or nothing can be shown, there is one thing to do: the rest steps back."""
        stopped = stop_of(self.session) is not None
        for widget in (
            self.pathway,
            self.layers,
            self.clinical,
            self.checklist,
            self._foot,
            self.recommendation,
        ):
            widget.setVisible(not stopped)

    def _on_board_changed(self) -> None:
        self.settings.opinion_first = self.session.board.is_wanted
        for group in self._hideable:
            group.setVisible(not self.session.board.hides)

    def _on_title_changed(self) -> None:
        # No patient's name here: task bars and screen sharing show titles.
        self.setWindowTitle(self.session.tr("gui.window.title"))

    def _on_language_switched(self) -> None:
        self.session.set_language(other_language(self.session.language))
        self.settings.language = self.session.language

    def _on_study_changed(self) -> None:
        self.settings.study = self.session.study

    def _on_theme_switched(self) -> None:
        tokens = LIGHT if current_tokens().is_dark else DARK
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply_theme(application, tokens)
        self.settings.theme = tokens.name
        self._on_theme_applied()

    def _on_theme_applied(self) -> None:
        self.actions_.refresh_icons()
        self.top.refresh_theme()
        self.viewer.hint.refresh_theme()
        # Panels that paint themselves or keep tinted pictures draw anew with their texts.
        self.session.language_changed.emit()

    # Drop, size, close

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_path(event.mimeData()) is not None:
            self.viewer.hint.set_target(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.viewer.hint.set_target(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.viewer.hint.set_target(False)
        path = dropped_path(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.session.open_path(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.settings.set_layout("window", self.saveGeometry())
        self.settings.set_layout("columns", self.columns.saveState())
        self.settings.is_tiled = self.viewer.maximised is None
        self.settings.save()
        self.session.shut_down()
        super().closeEvent(event)
        self.closed.emit()

    def _restore(self) -> None:
        screen = QGuiApplication.primaryScreen()
        room = screen.availableSize() if screen is not None else _FIRST_SIZE
        self.resize(_FIRST_SIZE.boundedTo(room))
        geometry, columns = self.settings.layout("window"), self.settings.layout("columns")
        if geometry != QByteArray():
            self.restoreGeometry(geometry)
        if columns == QByteArray() or not self.columns.restoreState(columns):
            self.columns.setSizes([_LEFT_PX, max(400, self.width() - _LEFT_PX - _RIGHT_PX), _RIGHT_PX])
        if not self.settings.is_tiled:
            self.viewer.maximise(0)
        self.session.board.want(self.settings.opinion_first)

    def begin(self) -> None:
        """Start what may take a moment, once the window can be seen."""
        QTimer.singleShot(0, self._on_shown)

    def _on_shown(self) -> None:
        self.session.jobs.warm_up()
        self.session.open_pack()


def _group(widgets: Sequence[QWidget]) -> QWidget:
    """Panels that are shown and hidden together."""
    group = QWidget()
    rows = QVBoxLayout(group)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(BETWEEN_PANELS_PX)
    for widget in widgets:
        rows.addWidget(widget)
    return group
