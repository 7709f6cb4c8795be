"""Wilson's interval against published values."""

import pytest

from inference.statistics.proportion import wilson_interval


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # Newcombe, Stat Med 1998; 17: 857-872, Table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_matches_newcombes_table(hits, count, low, high):
    assert wilson_interval(hits, count) == pytest.approx((low, high), abs=5e-5)


def test_an_empty_group_has_no_proportion():
    with pytest.raises(ValueError, match="at least one case"):
        wilson_interval(0, 0)
