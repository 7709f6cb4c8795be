"""Palette and style sheet of the whole application, both fed by the tokens.

Widgets ask for a look by dynamic properties, never by a style sheet of their own:

``role``
    labels: ``heading`` (small capitals over a section), ``title``, ``muted``, ``small``, ``figure`` (large
    number), ``chip``, ``annotation``, ``strong``; frames: ``card``, ``panel``, ``bar``, ``banner``,
    ``separator``; buttons: ``primary``, ``choice`` (one of several, marked),
    ``quiet`` (no border), ``tab``, ``tool``, ``link``.
``tone``
    ``good``, ``warn``, ``bad``, ``accent`` on labels, chips, cards, banners and line edits.
``stale``
    ``true`` greys what no longer fits the inputs.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from gui.theme.stylesheet import style_sheet
from gui.theme.tokens import DARK, THEMES, Tokens

_THEME_PROPERTY = "concilium_theme"


def current_tokens() -> Tokens:
    """Tokens of the theme that is shown now."""
    application = QApplication.instance()
    name = application.property(_THEME_PROPERTY) if application is not None else None
    return THEMES.get(str(name), DARK)


def apply_theme(application: QApplication, tokens: Tokens) -> None:
    """Show ``tokens`` at once: style, palette, style sheet, window frames."""
    application.setProperty(_THEME_PROPERTY, tokens.name)
    if application.style().objectName().lower() != "fusion":
        application.setStyle("Fusion")
    scheme = Qt.ColorScheme.Dark if tokens.is_dark else Qt.ColorScheme.Light
    QGuiApplication.styleHints().setColorScheme(scheme)
    application.setPalette(make_palette(tokens))
    application.setStyleSheet(style_sheet(tokens))


def make_palette(tokens: Tokens) -> QPalette:
    """The Qt palette of ``tokens``."""
    role = QPalette.ColorRole
    palette = QPalette()
    for which, colour in {
        role.Window: tokens.panel,
        role.WindowText: tokens.text,
        role.Base: tokens.raised,
        role.AlternateBase: tokens.panel,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.bad,
        role.ToolTipBase: tokens.hover,
        role.ToolTipText: tokens.text,
        role.Highlight: tokens.accent_fill,
        role.HighlightedText: tokens.on_accent_fill,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Accent: tokens.accent,
        role.Light: tokens.hover,
        role.Midlight: tokens.raised,
        role.Mid: tokens.line,
        role.Dark: tokens.line,
        role.Shadow: tokens.ground,
    }.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.disabled))
    return palette


def set_look(widget: QWidget, **properties: str | bool) -> None:
    """Set ``role``, ``tone``, ``stale`` … on a widget and have its style follow at once."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()
