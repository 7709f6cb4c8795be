"""Every command of the window once: its text, key, icon, and why it cannot be used now."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from gui.pathway.region import marks_cuboid
from gui.theme.icons import icon

if TYPE_CHECKING:
    from gui.session import Session

WhyNot = Callable[["Session"], str]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One command: ``gui.action.<name>`` is its text, ``why_not`` gives the id of what is missing."""

    name: str
    key: str = ""
    icon: str = ""
    checkable: bool = False
    why_not: WhyNot | None = None


def needs_volume(session: Session) -> str:
    """A complete volume."""
    return "" if session.volume is not None else "gui.why_not.volume"


def needs_stack(session: Session) -> str:
    """An open series."""
    return "" if session.stack is not None else "gui.why_not.volume"


def needs_plan(session: Session) -> str:
    """An open study."""
    return "" if session.plan is not None else "gui.why_not.study"


def needs_pack(session: Session) -> str:
    """A volume, a pack, and nothing running."""
    if session.pack is None:
        return "gui.why_not.pack_problem" if session.pack_problem else "gui.why_not.pack"
    if session.is_busy:
        return "gui.why_not.busy"
    return needs_volume(session)


def needs_pick(session: Session) -> str:
    """As :func:`needs_pack`, and a scan named for the study's first input, read whole."""
    reason = needs_pack(session) or ("panel.inputs.pick" if session.inputs.needs_pick else "")
    return reason or ("" if session.case_input is not None else "gui.why_not.inputs")


def needs_segmenter(session: Session) -> str:
    """As :func:`needs_pack`, and a pack that proposes masks."""
    reason = needs_pack(session)
    if reason or session.pack is None:
        return reason
    from inference.pipeline import can_segment

    return "" if can_segment(session.pack) else "gui.why_not.no_segmenter"


def needs_rough_region(session: Session) -> str:
    """A study that marks a cuboid, and a volume without a mask."""
    return needs_no_mask(session) if marks_cuboid(session.study) else "gui.why_not.no_cuboid"


def needs_mask(session: Session) -> str:
    """A tumour mask."""
    return "" if session.mask is not None else "gui.why_not.mask"


def needs_no_mask(session: Session) -> str:
    """A volume without a mask, and nothing running."""
    if session.mask is not None:
        return "gui.why_not.has_mask"
    return "gui.why_not.busy" if session.is_busy else needs_volume(session)


def needs_job(session: Session) -> str:
    """Something that runs."""
    return "" if session.is_busy else "gui.why_not.nothing_runs"


def needs_current(session: Session) -> str:
    """An outcome of what is shown, which may be seen, and of which every small change was tried."""
    if session.outcome is None:
        return "gui.why_not.outcome"
    if session.board.hides:
        return "error.report.opinion_first"
    if not session.is_current:
        return "gui.why_not.stale"
    return "error.report.varying" if session.jobs.variation.is_running else ""


SPECS = (
    ActionSpec("open_folder", "Ctrl+O", "folder"),
    ActionSpec("open_file", "Ctrl+Shift+O", "file"),
    ActionSpec("find_series", "Ctrl+F", "search", why_not=needs_plan),
    ActionSpec("close_case", "Ctrl+W", "", why_not=needs_plan),
    ActionSpec("save_report", "Ctrl+S", "save", why_not=needs_current),
    ActionSpec("save_assessment", "Ctrl+Shift+S", "", why_not=needs_current),
    ActionSpec("save_mask", "Ctrl+Shift+M", "", why_not=needs_mask),
    ActionSpec("forget_sources"),
    ActionSpec("quit", "Ctrl+Q"),
    ActionSpec("segment", "Ctrl+G", "segment", why_not=needs_segmenter),
    ActionSpec("draw", "D", "brush", why_not=needs_no_mask),
    ActionSpec("rough_region", "R", "", why_not=needs_rough_region),
    ActionSpec("import_mask", "Ctrl+I", "import", why_not=needs_volume),
    ActionSpec("run", "Ctrl+R", "run", why_not=needs_pick),
    ActionSpec("cancel", "Esc", "stop", why_not=needs_job),
    ActionSpec("case_page", "Ctrl+1"),
    ActionSpec("report_page", "Ctrl+2"),
    ActionSpec("tool_scroll", "S", "scroll", checkable=True),
    ActionSpec("tool_window", "W", "contrast", checkable=True),
    ActionSpec("tool_zoom", "Z", "zoom", checkable=True),
    ActionSpec("tool_pan", "P", "pan", checkable=True),
    ActionSpec("tool_brush", "B", "brush", checkable=True, why_not=needs_volume),
    ActionSpec("tool_erase", "E", "eraser", checkable=True, why_not=needs_mask),
    ActionSpec("brush_smaller", "[", why_not=needs_volume),
    ActionSpec("brush_larger", "]", why_not=needs_volume),
    ActionSpec("fit", "F", "fit", why_not=needs_stack),
    ActionSpec("layout_toggle", "M", "layout", why_not=needs_stack),
    ActionSpec("overlay", "Space", "eye", checkable=True, why_not=needs_mask),
    ActionSpec("go_tumour", "T", "target", why_not=needs_mask),
    ActionSpec("theme", "Ctrl+T", "theme"),
    ActionSpec("language", "Ctrl+L", ""),
)


def plain(text: str) -> str:
    """A menu's text without the mark of its mnemonic: ``打开(&O)…`` is ``打开…``."""
    return re.sub(r"\(&\w\)", "", text).replace("&", "")


class Actions(QObject):
    """The window's QActions by name; texts follow the language, enablement follows the session.

    ``actions.run`` is the QAction called ``run``.  A disabled action says why in its tooltip.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._actions: dict[str, QAction] = {}
        for spec in SPECS:
            action = QAction(self)
            action.setObjectName(spec.name)
            action.setCheckable(spec.checkable)
            if spec.key:
                action.setShortcut(QKeySequence(spec.key))
            self._actions[spec.name] = action
        for signal in (
            session.plan_changed,
            session.stack_changed,
            session.volume_changed,
            session.mask_changed,
            session.pack_changed,
            session.outcome_changed,
            session.currency_changed,
            session.job_changed,
            session.pick_changed,
            session.study_changed,
            session.inputs.changed,
            session.board.changed,
            session.jobs.variation.changed,
        ):
            signal.connect(self._on_state_changed)
        session.language_changed.connect(self._on_language_changed)
        self._on_language_changed()
        self.refresh_icons()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> tuple[QAction, ...]:
        """Every action, in the order of ``SPECS``."""
        return tuple(self._actions.values())

    def why_not(self, name: str) -> str:
        """Id of the reason why an action cannot be used now, or empty when it can."""
        spec = next(spec for spec in SPECS if spec.name == name)
        return spec.why_not(self._session) if spec.why_not else ""

    def refresh_icons(self) -> None:
        """Tint the icons anew after the theme has changed."""
        for spec in SPECS:
            if spec.icon:
                self._actions[spec.name].setIcon(icon(spec.icon))

    def _on_language_changed(self) -> None:
        for name, action in self._actions.items():
            action.setText(self._session.tr(f"gui.action.{name}"))
        self._on_state_changed()

    def _on_state_changed(self) -> None:
        for name, action in self._actions.items():
            reason = self.why_not(name)
            action.setEnabled(not reason)
            text = plain(action.text())
            key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            tip = f"{text} ({key})" if key else text
            hint = f"gui.action.{name}.hint"
            tip = f"{tip}\n{self._session.tr(hint)}" if self._session.catalogue.has(hint) else tip
            action.setToolTip(f"{tip}\n{self._session.tr(reason)}" if reason else tip)
