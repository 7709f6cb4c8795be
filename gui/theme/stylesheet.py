"""The one style sheet, written from tokens; see ``gui.theme.palette`` for the properties it answers to."""

from __future__ import annotations

from pathlib import Path

from gui.theme.tokens import (
    ANNOTATION_PX,
    CONTROL_HEIGHT_PX,
    FIGURE_PX,
    RADIUS_PX,
    SMALL_PX,
    TEXT_PX,
    TITLE_PX,
    Tokens,
    Tone,
)

_ICONS = (Path(__file__).parent / "icons").as_posix()


def style_sheet(tokens: Tokens) -> str:
    """The Qt style sheet of ``tokens``."""
    return "\n".join([_base(tokens), _labels(tokens), _frames(tokens), _controls(tokens), _lists(tokens)])


def _base(t: Tokens) -> str:
    return f"""
* {{ font-size: {TEXT_PX}px; }}
QWidget {{ color: {t.text}; }}
QMainWindow, QDialog, QMessageBox, #ground {{ background: {t.ground}; }}
QDialog {{ background: {t.panel}; }}
QToolTip {{ background: {t.hover}; color: {t.text}; border: 1px solid {t.strong_line}; padding: 6px; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QSplitter::handle:hover {{ background: {t.accent}; }}
QScrollArea, QScrollArea > QWidget > QWidget#column {{ background: {t.panel}; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {t.strong_line}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {t.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMenuBar {{ background: {t.panel}; border: none; padding: 0 4px; }}
QMenuBar::item {{ background: transparent; color: {t.muted}; padding: 5px 9px;
    border-radius: {RADIUS_PX}px; }}
QMenuBar::item:selected {{ background: {t.hover}; color: {t.text}; }}
QMenu {{ background: {t.raised}; border: 1px solid {t.strong_line}; padding: 4px; }}
QMenu::item {{ padding: 5px 28px 5px 12px; border-radius: 3px; }}
QMenu::item:selected {{ background: {t.accent_fill}; color: {t.on_accent_fill}; }}
QMenu::item:disabled {{ color: {t.disabled}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
"""


def _labels(t: Tokens) -> str:
    tones = "\n".join(
        f'QLabel[tone="{tone}"] {{ color: {t.text_of(tone)}; }}\n'
        f'QLabel[role="chip"][tone="{tone}"] {{ background: {t.ground_of(tone)}; color: {t.text_of(tone)};'
        f" border-color: {t.line_of(tone)}; }}"
        for tone in (Tone.GOOD, Tone.WARN, Tone.BAD, Tone.ACCENT)
    )
    return f"""
QLabel {{ background: transparent; }}
QLabel[role="heading"] {{ color: {t.muted}; font-size: {ANNOTATION_PX}px; font-weight: 600;
    letter-spacing: 1px; }}
QLabel[role="title"] {{ font-size: {TITLE_PX}px; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="muted"] {{ color: {t.muted}; }}
QLabel[role="small"] {{ color: {t.muted}; font-size: {SMALL_PX}px; }}
QLabel[role="annotation"] {{ color: {t.muted}; font-size: {ANNOTATION_PX}px; }}
QLabel[role="value"] {{ font-size: {SMALL_PX}px; }}
QLabel[role="figure"] {{ font-size: {FIGURE_PX}px; font-weight: 700; }}
QLabel[role="chip"] {{ background: {t.raised}; color: {t.muted}; border: 1px solid {t.line};
    border-radius: 3px; padding: 1px 6px; font-size: {ANNOTATION_PX}px; }}
{tones}
QLabel[stale="true"] {{ color: {t.muted}; }}
"""


def _frames(t: Tokens) -> str:
    tones = "\n".join(
        f'QFrame[role="card"][tone="{tone}"], QFrame[role="banner"][tone="{tone}"] {{'
        f" background: {t.ground_of(tone)}; border-color: {t.line_of(tone)}; }}"
        for tone in (Tone.GOOD, Tone.WARN, Tone.BAD, Tone.ACCENT)
    )
    return f"""
QFrame[role="card"] {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: 5px; }}
QFrame[role="panel"] {{ background: {t.panel}; border: none; }}
QFrame[role="bar"] {{ background: {t.panel}; border: none; border-bottom: 1px solid {t.line}; }}
QFrame[role="footer"] {{ background: {t.panel}; border: none; border-top: 1px solid {t.line}; }}
QFrame[role="banner"] {{ background: {t.raised}; border: none; border-bottom: 1px solid {t.line}; }}
QFrame[role="separator"] {{ background: {t.line}; border: none; max-height: 1px; }}
QFrame[role="divider"] {{ background: {t.line}; border: none; max-width: 1px; }}
QFrame[role="pill"] {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: {RADIUS_PX}px; }}
{tones}
QFrame[role="card"][stale="true"] {{ background: {t.panel}; border: 1px dashed {t.strong_line}; }}
"""


def _controls(t: Tokens) -> str:
    height = CONTROL_HEIGHT_PX - 10
    return f"""
QPushButton {{ background: {t.raised}; border: 1px solid {t.strong_line}; border-radius: {RADIUS_PX}px;
    padding: 4px 12px; min-height: {height}px; }}
QPushButton:hover {{ background: {t.hover}; }}
QPushButton:pressed {{ background: {t.line}; }}
QPushButton:disabled {{ color: {t.disabled}; border-color: {t.line}; background: {t.panel}; }}
QPushButton:focus, QToolButton:focus {{ border: 1px solid {t.accent}; }}
QPushButton[role="primary"] {{ background: {t.accent_fill}; border-color: {t.accent_fill};
    color: {t.on_accent_fill}; font-weight: 600; }}
QPushButton[role="primary"]:hover {{ border-color: {t.accent}; }}
QPushButton[role="primary"]:focus {{ border-color: {t.text}; }}
QPushButton[role="primary"]:disabled {{ background: {t.raised}; border-color: {t.line};
    color: {t.disabled}; }}
QPushButton[role="choice"]:checked {{ background: {t.accent_fill}; border-color: {t.accent_fill};
    color: {t.on_accent_fill}; }}
QPushButton[role="choice"]:checked:focus {{ border-color: {t.text}; }}
QPushButton[role="quiet"], QPushButton[role="link"] {{ background: transparent;
    border: 1px solid transparent; padding: 3px 8px; }}
QPushButton[role="link"] {{ color: {t.accent}; text-align: left; padding: 2px 4px; }}
QPushButton[role="quiet"]:hover {{ background: {t.hover}; }}
QPushButton[role="quiet"]:focus, QPushButton[role="link"]:focus {{ border: 1px solid {t.accent}; }}
QPushButton[role="link"]:disabled {{ color: {t.disabled}; border-color: transparent;
    background: transparent; }}
QPushButton[role="link"]::menu-indicator {{ image: none; width: 0; }}
QPushButton[role="fold"] {{ background: transparent; border: 1px solid transparent; padding: 0 2px;
    min-height: 16px; text-align: left; font-size: {SMALL_PX}px; }}
QPushButton[role="fold"]:hover {{ color: {t.accent}; }}
QPushButton[role="fold"]:focus {{ border: 1px solid {t.accent}; }}
QPushButton[role="group"] {{ background: transparent; border: 1px solid transparent;
    border-bottom: 1px solid {t.line}; border-radius: 0; padding: 2px; min-height: 20px; text-align: left;
    font-size: {SMALL_PX}px; font-weight: 600; }}
QPushButton[role="group"]:hover {{ background: {t.hover}; }}
QPushButton[role="group"]:focus {{ border: 1px solid {t.accent}; }}
QPushButton[role="group"][tone="warn"] {{ color: {t.warn}; }}
QPushButton[role="group"][tone="bad"] {{ color: {t.bad}; }}
QToolButton[role="segment"] {{ background: {t.raised}; border: 1px solid {t.line}; padding: 2px 4px;
    min-height: {height - 2}px; color: {t.text}; font-size: {SMALL_PX}px; }}
QToolButton[role="segment"]:hover {{ border-color: {t.strong_line}; }}
QToolButton[role="segment"][tone="warn"] {{ background: {t.warn_ground}; border-color: {t.warn_line}; }}
QToolButton[role="segment"]:checked {{ background: {t.accent_fill}; border-color: {t.accent_fill};
    color: {t.on_accent_fill}; }}
QWidget[focused="true"] > QToolButton[role="segment"] {{ border-color: {t.accent}; }}
QToolButton[role="segment"]:disabled {{ color: {t.disabled}; background: {t.panel}; }}
QPushButton[role="tab"] {{ background: transparent; border: none; border-bottom: 2px solid transparent;
    border-radius: 0; padding: 0 10px; min-height: 40px; color: {t.muted}; }}
QPushButton[role="tab"]:hover {{ color: {t.text}; }}
QPushButton[role="tab"]:checked {{ color: {t.text}; border-bottom-color: {t.accent}; }}
QPushButton[role="tab"]:focus {{ background: {t.hover}; color: {t.text}; border: none;
    border-bottom: 2px solid {t.strong_line}; }}
QPushButton[role="tab"]:checked:focus {{ border-bottom-color: {t.accent}; }}
QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: {RADIUS_PX}px;
    padding: 4px 6px; color: {t.muted}; }}
QToolButton:hover {{ background: {t.hover}; color: {t.text}; }}
QToolButton:checked {{ background: {t.selected}; color: {t.text}; border-color: {t.line}; }}
QToolButton:disabled {{ color: {t.disabled}; }}
QToolButton[role="swatch"] {{ padding: 3px 16px 3px 3px; }}
QToolButton[popupMode="2"] {{ padding-right: 18px; }}
QToolButton::menu-indicator {{ image: url({_ICONS}/caret-{t.name}.svg); width: 9px; height: 9px;
    subcontrol-position: right center; right: 5px; }}
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit {{ background: {t.raised};
    border: 1px solid {t.line}; border-radius: {RADIUS_PX}px; padding: 3px 8px; min-height: {height}px;
    selection-background-color: {t.accent_fill}; selection-color: {t.on_accent_fill}; }}
QLineEdit:hover, QComboBox:hover, QPlainTextEdit:hover, QTextEdit:hover {{ border-color: {t.strong_line}; }}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus,
QListWidget:focus {{ border-color: {t.accent}; }}
QLineEdit {{ placeholder-text-color: {t.muted}; }}
QLineEdit[tone="warn"] {{ placeholder-text-color: {t.warn}; }}
QLineEdit[tone="bad"] {{ placeholder-text-color: {t.bad}; }}
QLineEdit:read-only {{ background: {t.panel}; color: {t.muted}; }}
QLineEdit[tone="warn"], QComboBox[tone="warn"] {{ background: {t.warn_ground}; border-color: {t.warn_line};
    color: {t.warn}; }}
QLineEdit[tone="bad"], QComboBox[tone="bad"] {{ background: {t.bad_ground}; border-color: {t.bad_line};
    color: {t.bad}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url({_ICONS}/caret-{t.name}.svg); width: 9px; height: 9px; }}
QComboBox QAbstractItemView {{ background: {t.raised}; border: 1px solid {t.strong_line}; padding: 2px;
    selection-background-color: {t.accent_fill}; selection-color: {t.on_accent_fill}; outline: 0; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator, QListWidget::indicator {{ width: 14px; height: 14px;
    border: 1px solid {t.strong_line}; border-radius: 3px; background: {t.raised}; }}
QCheckBox::indicator:checked, QListWidget::indicator:checked {{ background: {t.accent_fill};
    border-color: {t.accent}; image: url({_ICONS}/check.svg); }}
QCheckBox::indicator:focus {{ border-color: {t.accent}; }}
QRadioButton {{ spacing: 0; }}
QRadioButton::indicator {{ width: 12px; height: 12px; border: 1px solid {t.muted};
    border-radius: 7px; background: {t.raised}; }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 4px solid {t.accent};
    background: {t.on_accent_fill}; }}
QRadioButton::indicator:focus {{ border-color: {t.accent}; }}
QSlider::groove:horizontal {{ height: 4px; background: {t.line}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {t.accent_fill}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {t.text}; width: 12px; height: 12px; margin: -4px 0;
    border-radius: 6px; }}
QSlider::handle:horizontal:focus {{ background: {t.accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {t.line}; }}
QSlider::handle:horizontal:disabled {{ background: {t.disabled}; }}
QProgressBar {{ background: {t.bar_track}; border: none; border-radius: 2px; max-height: 4px;
    min-height: 4px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
"""


def _lists(t: Tokens) -> str:
    return f"""
QAbstractItemView {{ background: {t.panel}; border: none; outline: 0; }}
QListView::item, QTreeView::item {{ border: none; }}
QListView::item:selected, QTreeView::item:selected {{ background: {t.selected}; color: {t.text}; }}
QListView::item:hover:!selected {{ background: {t.hover}; }}
QListWidget {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: {RADIUS_PX}px;
    padding: 4px; }}
QListWidget::item {{ padding: 8px 10px; border-radius: 3px; }}
QTableView {{ background: transparent; border: none; gridline-color: transparent; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{ background: transparent; border: none; color: {t.muted};
    font-size: {ANNOTATION_PX}px; padding: 3px 3px; }}
QStatusBar {{ background: {t.panel}; border-top: 1px solid {t.line}; color: {t.muted}; }}
QStatusBar::item {{ border: none; }}
"""
