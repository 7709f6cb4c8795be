"""One intake for all tests of a file: its reader is started once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.dicom.intake import Intake


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake() as opened:
        yield opened


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where archives are unpacked to."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def unpacking(cache: Path) -> Iterator[Intake]:
    """An intake that unpacks below ``cache``."""
    with Intake(cache=cache) as opened:
        yield opened
