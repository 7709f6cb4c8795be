"""Where the application keeps its own files; every place is the platform's, or one folder for tests."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

HOME_VARIABLE = "CONCILIUM_HOME"
_NAME = "concilium"


@dataclass(frozen=True, slots=True)
class ApplicationPaths:
    """Folders for settings, data (installed packs), logs and what may be lost; none needs to exist yet."""

    settings: Path
    data: Path
    logs: Path
    cache: Path

    @classmethod
    def of_this_user(cls) -> ApplicationPaths:
        """The platform's folders, or all under ``CONCILIUM_HOME`` where that is set."""
        home = os.environ.get(HOME_VARIABLE)
        if home:
            return cls.under(Path(home))
        return cls(
            settings=Path(platformdirs.user_config_dir(_NAME, appauthor=False)),
            data=Path(platformdirs.user_data_dir(_NAME, appauthor=False)),
            logs=Path(platformdirs.user_log_dir(_NAME, appauthor=False)),
            cache=Path(platformdirs.user_cache_dir(_NAME, appauthor=False)),
        )

    @classmethod
    def under(cls, home: Path) -> ApplicationPaths:
        """All folders below one."""
        return cls(settings=home / "settings", data=home / "data", logs=home / "logs", cache=home / "cache")

    @property
    def packs(self) -> Path:
        """Packs that this user installed."""
        return self.data / "packs"

    @property
    def decisions(self) -> Path:
        """What boards decided here."""
        return self.data / "decisions"

    @property
    def trust(self) -> Path:
        """Whose packs this site trusts, which it has withdrawn and which it has validated."""
        return self.settings / "trust"

    @property
    def remembered_sources(self) -> Path:
        """Sealed plans and pictures of sources that were opened."""
        return self.cache / "sources"
