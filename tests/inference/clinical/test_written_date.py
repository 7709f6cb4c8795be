"""A day is read where it can mean no other."""

from datetime import date

import pytest

from inference.clinical.written_date import written_date


@pytest.mark.parametrize(
    "text", ["2026-03-09", "2026-3-9", "2026/03/09", "2026.3.9", "20260309", "2026年3月9日", " 2026-03-09 "]
)
def test_year_first_is_read(text: str) -> None:
    assert written_date(text) == date(2026, 3, 9)


@pytest.mark.parametrize(
    "text",
    ["", "09/03/2026", "9.3.2026", "2026-02-30", "2026-03/09", "26-03-09", "2026-03-09T10:00", "March"],
)
def test_what_could_mean_another_day_is_not_read(text: str) -> None:
    assert written_date(text) is None
