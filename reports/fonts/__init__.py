"""The bundled fonts: a Latin family, a Chinese face, and faces for names, for paper and window alike."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
LATIN_FAMILY: Final = "Open Sans"
CHINESE_FAMILY: Final = "Droid Sans Fallback"
KOREAN_FAMILY: Final = "NanumSquare"
ARABIC_FAMILY: Final = "DejaVu Sans"


class Face(StrEnum):
    """The faces by the name under which a PDF registers them."""

    REGULAR = "OpenSans-Regular"
    SEMIBOLD = "OpenSans-Semibold"
    BOLD = "OpenSans-Bold"
    CHINESE = "DroidSansFallbackFull"
    KOREAN = "NanumSquareR"
    ARABIC = "DejaVuSans"

    @property
    def file(self) -> Path:
        """The TrueType file of this face."""
        return FOLDER / f"{self.value}.ttf"


def font_files() -> tuple[Path, ...]:
    """Every bundled TrueType file, Latin first."""
    return tuple(face.file for face in Face)


def font_families() -> tuple[str, ...]:
    """Family names in the order in which a text looks for a glyph."""
    return LATIN_FAMILY, CHINESE_FAMILY, KOREAN_FAMILY, ARABIC_FAMILY
