"""The colours of figures: one set for dark screens, one for light screens, one for paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ON_LIGHT: Final = ("#0072b2", "#d55e00", "#00a67a", "#a8517f", "#6b4e00", "#333f4d")
"""Colours of series on white, after Okabe and Ito: apart for colour-blind eyes, and dark enough for lines."""

ON_DARK: Final = ("#4aa3e0", "#f0965a", "#3ccf9f", "#f0b0d8", "#f0e442", "#ffffff")
"""The same hues on a dark ground."""

DASHES: Final[tuple[tuple[float, ...], ...]] = (
    (),
    (5.0, 2.0),
    (1.6, 1.6),
    (7.0, 1.8, 1.6, 1.8),
    (3.0, 1.4),
    (9.0, 3.0),
)
"""Dashes of series, in the order of their colours: they tell series apart where colours do not."""


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """Colours by what they mean, ``#rrggbb``.

    ``ink`` and ``quiet`` are for text, ``track`` for the empty part of a scale, ``spread`` for the range of
    the folds, ``accent`` for the value itself, ``cutoff`` for the tick of the cut-off, ``ground`` for what
    lies behind the figure, ``fine``, ``note`` and ``refused`` for verdicts, ``series`` for curves and groups
    in their order.
    """

    ground: str
    ink: str
    quiet: str
    track: str
    spread: str
    accent: str
    cutoff: str
    fine: str
    note: str
    refused: str
    series: tuple[str, ...] = ON_LIGHT

    @property
    def grid(self) -> str:
        """Lines that only help the eye along."""
        return mixed(self.ink, self.ground, 0.11)

    @property
    def edge(self) -> str:
        """Axes and their ticks."""
        return mixed(self.ink, self.ground, 0.62)

    def colour_of(self, place: int) -> str:
        """Colour of the series at ``place``, from 0, in turn."""
        return self.series[place % len(self.series)]

    def dash_of(self, place: int) -> tuple[float, ...]:
        """Dash of the series at ``place``; a second round of colours meets other dashes."""
        return DASHES[(place + place // len(ON_LIGHT)) % len(DASHES)]


def mixed(colour: str, ground: str, share: float) -> str:
    """``share`` of ``colour`` on ``ground``, both ``#rrggbb``."""
    pairs = ((int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * top + (1 - share) * below):02x}" for top, below in pairs)


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` in [0, 1], as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


SCREEN_DARK: Final = FigureStyle(
    ground="#1c1f25",
    ink="#e6e8eb",
    quiet="#9aa3af",
    track="#0f1115",
    spread="#33618a",
    accent="#5aa9e6",
    cutoff="#e6e8eb",
    fine="#7ad3a2",
    note="#f0b35a",
    refused="#f08080",
    series=ON_DARK,
)

SCREEN_LIGHT: Final = FigureStyle(
    ground="#ffffff",
    ink="#16202b",
    quiet="#55606d",
    track="#e3e7ec",
    spread="#a9c9e6",
    accent="#2f6fa8",
    cutoff="#16202b",
    fine="#1f7a4d",
    note="#9a6200",
    refused="#b3261e",
)

PAPER: Final = FigureStyle(
    ground="#ffffff",
    ink="#16202b",
    quiet="#55606d",
    track="#e6eaef",
    spread="#a9c6e0",
    accent="#2f6fa8",
    cutoff="#16202b",
    fine="#2f6fa8",
    note="#8a5a00",
    refused="#9c2b22",
)
