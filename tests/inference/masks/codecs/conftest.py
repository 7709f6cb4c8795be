"""One intake for all tests of a file: its reader is started once."""

from collections.abc import Iterator

import pytest

from inference.dicom.intake import Intake


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake() as opened:
        yield opened
