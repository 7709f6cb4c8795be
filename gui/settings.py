"""What the window remembers: language, theme, sizes, pathway, whether the own opinion comes first.

Never anything of a patient, nor a path.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

SCHEMA_VERSION: Final = 1
_VERSION_KEY: Final = "schema_version"


class Settings:
    """Typed access to an INI file; a file of a newer version is read and left as it is."""

    def __init__(self, file: Path) -> None:
        self._store = QSettings(str(file), QSettings.Format.IniFormat)
        stored = self._store.value(_VERSION_KEY)
        self.is_read_only = str(stored).isdigit() and int(str(stored)) > SCHEMA_VERSION
        if stored is None:
            self._put(_VERSION_KEY, str(SCHEMA_VERSION))

    @property
    def language(self) -> str:
        """Code of the chosen language, or empty while none was chosen."""
        return self._text("language")

    @language.setter
    def language(self, code: str) -> None:
        self._put("language", code)

    @property
    def theme(self) -> str:
        """Name of the chosen theme; dark unless another was chosen."""
        return self._text("theme") or "dark"

    @theme.setter
    def theme(self, name: str) -> None:
        self._put("theme", name)

    @property
    def study(self) -> str:
        """The pathway that the user chose last, or empty while none was chosen."""
        return self._text("study")

    @study.setter
    def study(self, study: str) -> None:
        self._put("study", study)

    @property
    def is_tiled(self) -> bool:
        """True to show all planes, False for one."""
        return self._text("tiled") != "false"

    @is_tiled.setter
    def is_tiled(self, value: bool) -> None:
        self._put("tiled", "true" if value else "false")

    @property
    def opinion_first(self) -> bool:
        """True to hide every answer until an own opinion was committed."""
        return self._text("opinion_first") == "true"

    @opinion_first.setter
    def opinion_first(self, value: bool) -> None:
        self._put("opinion_first", "true" if value else "false")

    def layout(self, name: str) -> QByteArray:
        """Saved geometry or splitter state, empty when there is none."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Remember geometry or splitter state."""
        if not self.is_read_only:
            self._store.setValue(f"layout/{name}", state)

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ""

    def _put(self, key: str, value: str) -> None:
        if not self.is_read_only:
            self._store.setValue(key, value)


def default_settings() -> Settings:
    """The settings of this user on this machine."""
    import platformdirs

    folder = Path(platformdirs.user_config_dir("concilium", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return Settings(folder / "window.ini")
