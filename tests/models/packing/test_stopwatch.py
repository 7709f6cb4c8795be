"""A training that was cut off has taken the minutes of all its starts."""

import pytest

from models.packing import stopwatch
from models.packing.stopwatch import Stopwatch


def test_a_second_start_counts_from_what_the_first_kept(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(stopwatch.time, "monotonic", lambda: now[0])
    first = Stopwatch(tmp_path / "work" / "seconds.txt")
    now[0] += 90
    first.keep()
    now[0] += 30
    assert first.minutes == pytest.approx(2.0)
    again = Stopwatch(tmp_path / "work" / "seconds.txt")
    now[0] += 60
    assert again.minutes == pytest.approx(2.5)
