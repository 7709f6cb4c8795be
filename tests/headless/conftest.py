"""The command line as a user meets it: exit code, what is printed, what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import main as entry
from inference.paths import HOME_VARIABLE
from models.phantoms.command import write_cohort
from tests.headless.command_line import Ran, logs_closed
from tests.inference.tiny_pack import write_tiny_pack

TINY = "npc-residual-tiny"


@pytest.fixture(scope="session")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One small phantom patient as DICOM."""
    out = tmp_path_factory.mktemp("phantom") / "cohort"
    write_cohort(
        "npc-residual",
        cohort="internal",
        patients=1,
        seed=3,
        out=out,
        size=128,
        on_progress=lambda _: None,
        should_stop=lambda: False,
    )
    return next(path for path in sorted(out.iterdir()) if path.is_dir())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own folders with the tiny pack installed."""
    folder = tmp_path / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(folder))
    write_tiny_pack(folder / "data" / "packs" / TINY)
    return folder


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Ran]]:
    """Call ``main.py`` with arguments."""

    def call(*arguments: object) -> Ran:
        code = entry.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err + printed.out
        return Ran(code, printed.out, printed.err)

    with logs_closed():
        yield call
