"""The theme: readable contrast, one source for palette and style sheet, an icon for every command."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from gui.actions import SPECS
from gui.theme.icons import FOLDER, icon, pixmap
from gui.theme.palette import apply_theme, current_tokens, make_palette, set_look
from gui.theme.stylesheet import style_sheet
from gui.theme.tokens import DARK, LIGHT, OKABE_ITO, Tokens, Tone
from tests.gui.contrast import contrast

READABLE = 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
def test_every_text_is_readable_on_every_ground_it_stands_on(tokens: Tokens) -> None:
    grounds = (tokens.ground, tokens.panel, tokens.raised, tokens.hover, tokens.selected)
    for colour in (tokens.text, tokens.muted, tokens.accent):
        assert min(contrast(colour, ground) for ground in grounds) >= READABLE
    for tone in Tone:
        for ground in (tokens.panel, tokens.raised, tokens.ground_of(tone)):
            assert contrast(tokens.text_of(tone), ground) >= READABLE, tone
        assert contrast(tokens.muted, tokens.ground_of(tone)) >= READABLE
    assert contrast(tokens.on_accent_fill, tokens.accent_fill) >= READABLE


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
def test_the_style_sheet_knows_no_colour_that_is_not_a_token(tokens: Tokens) -> None:
    values = {getattr(tokens, name) for name in Tokens.__slots__}
    used = set(re.findall(r"#[0-9a-f]{6}\b", style_sheet(tokens)))
    assert used and used <= values


def test_palette_and_style_sheet_say_the_same() -> None:
    palette = make_palette(LIGHT)
    assert palette.color(QPalette.ColorRole.Window).name() == LIGHT.panel
    assert palette.color(QPalette.ColorRole.Text).name() == LIGHT.text


def test_the_theme_can_be_changed_while_the_window_is_open(qapp: QApplication) -> None:
    apply_theme(qapp, LIGHT)
    try:
        assert current_tokens() is LIGHT
        assert LIGHT.muted in qapp.styleSheet()
    finally:
        apply_theme(qapp, DARK)
    assert current_tokens() is DARK


def test_a_look_is_taken_at_once(qapp: QApplication, qtbot: object) -> None:
    label = QLabel("x")
    set_look(label, role="muted")
    label.ensurePolished()
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == DARK.muted
    set_look(label, tone="bad")
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == DARK.bad


def test_what_is_chosen_of_several_looks_chosen(qapp: QApplication, qtbot: object) -> None:
    apply_theme(qapp, DARK)
    button = QPushButton("x")
    button.setCheckable(True)
    set_look(button, role="choice")

    def ground() -> str:
        return button.grab().toImage().pixelColor(8, button.height() // 2).name()

    button.resize(120, 30)
    assert ground() == DARK.raised
    button.setChecked(True)
    assert ground() == DARK.accent_fill


def test_every_command_has_the_icon_that_it_names(qapp: QApplication) -> None:
    for spec in SPECS:
        if spec.icon:
            assert (FOLDER / f"{spec.icon}.svg").is_file()
            assert not icon(spec.icon).isNull()


def test_icons_take_the_colour_of_the_theme(qapp: QApplication) -> None:
    image = pixmap("run", 32, "#ff0000").toImage()
    assert image.pixelColor(14, 16).name() == "#ff0000"
    assert image.pixelColor(0, 0).alpha() == 0


def test_mask_colours_can_be_told_apart_from_grey() -> None:
    for colour in OKABE_ITO.values():
        channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
        assert max(channels) - min(channels) > 60
