"""The colours of figures: one set for dark screens, one for light screens, one for paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """Colours by what they mean, ``#rrggbb``.

    ``ink`` and ``quiet`` are for text, ``track`` for the empty part of a scale, ``spread`` for the range of
    the folds, ``accent`` for the value itself, ``cutoff`` for the tick of the cut-off, ``ground`` for what
    lies behind the figure, ``fine``, ``note`` and ``refused`` for verdicts.
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
