"""Design tokens: every colour and size of the window, for dark rooms and for daylight.

Text colours reach 4.5:1 on every ground that they stand on (``tests/gui/theme``).  Green, amber and red are
for verdicts and never stand alone: a word or a shape says the same.  Colours of masks are from the
Okabe-Ito set, which colour-blind readers can tell apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

GRID_PX: Final = 4
TEXT_PX: Final = 13
SMALL_PX: Final = 12
ANNOTATION_PX: Final = 11
TITLE_PX: Final = 17
FIGURE_PX: Final = 26
RADIUS_PX: Final = 4
CONTROL_HEIGHT_PX: Final = 28

OKABE_ITO: Final = {
    "orange": "#e69f00",
    "sky": "#56b4e9",
    "green": "#009e73",
    "yellow": "#f0e442",
    "blue": "#0072b2",
    "vermilion": "#d55e00",
    "purple": "#cc79a7",
}


class Tone(StrEnum):
    """What a colour says; ``PLAIN`` says nothing."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    ACCENT = "accent"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, as ``#rrggbb``.

    ``ground`` is behind everything, ``panel`` behind columns, ``raised`` behind cards and inputs, ``hover``
    under the pointer.  ``*_ground`` is the tinted ground on which text of that tone stands, ``*_line`` its
    border.
    """

    name: str
    is_dark: bool
    ground: str
    panel: str
    raised: str
    hover: str
    line: str
    strong_line: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_fill: str
    on_accent_fill: str
    selected: str
    good: str
    good_ground: str
    good_line: str
    warn: str
    warn_ground: str
    warn_line: str
    bad: str
    bad_ground: str
    bad_line: str
    bar_track: str

    def text_of(self, tone: Tone) -> str:
        """Colour of text and shapes that say ``tone``."""
        return {
            Tone.PLAIN: self.text,
            Tone.GOOD: self.good,
            Tone.WARN: self.warn,
            Tone.BAD: self.bad,
            Tone.ACCENT: self.accent,
        }[tone]

    def ground_of(self, tone: Tone) -> str:
        """Tinted ground for text of ``tone``."""
        return {
            Tone.PLAIN: self.raised,
            Tone.GOOD: self.good_ground,
            Tone.WARN: self.warn_ground,
            Tone.BAD: self.bad_ground,
            Tone.ACCENT: self.selected,
        }[tone]

    def line_of(self, tone: Tone) -> str:
        """Border around the tinted ground of ``tone``."""
        return {
            Tone.PLAIN: self.line,
            Tone.GOOD: self.good_line,
            Tone.WARN: self.warn_line,
            Tone.BAD: self.bad_line,
            Tone.ACCENT: self.accent,
        }[tone]


DARK: Final = Tokens(
    name="dark",
    is_dark=True,
    ground="#15171b",
    panel="#1c1f25",
    raised="#22262d",
    hover="#2a2f38",
    line="#2f343d",
    strong_line="#48505c",
    text="#e6e8eb",
    muted="#9aa3af",
    disabled="#6c7480",
    accent="#5aa9e6",
    accent_fill="#2a6da8",
    on_accent_fill="#ffffff",
    selected="#243244",
    good="#7fd8a4",
    good_ground="#1b2b23",
    good_line="#35624a",
    warn="#f2c063",
    warn_ground="#372b14",
    warn_line="#6d5523",
    bad="#ff9a90",
    bad_ground="#3a1f1f",
    bad_line="#7a3a38",
    bar_track="#12141a",
)

LIGHT: Final = Tokens(
    name="light",
    is_dark=False,
    ground="#e9ebef",
    panel="#f6f7f9",
    raised="#ffffff",
    hover="#e3e7ed",
    line="#d3d8df",
    strong_line="#a3acb8",
    text="#1b1e24",
    muted="#535b67",
    disabled="#848c98",
    accent="#1a639f",
    accent_fill="#1f6cab",
    on_accent_fill="#ffffff",
    selected="#d9e8f5",
    good="#176a41",
    good_ground="#e3f3ea",
    good_line="#9fcfb5",
    warn="#7f5200",
    warn_ground="#fdf1d6",
    warn_line="#dcbb76",
    bad="#a52a22",
    bad_ground="#fce8e6",
    bad_line="#e0a39e",
    bar_track="#dde2e9",
)

THEMES: Final = {tokens.name: tokens for tokens in (DARK, LIGHT)}
