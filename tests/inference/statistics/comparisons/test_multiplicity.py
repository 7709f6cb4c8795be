import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.comparisons.multiplicity import adjust_p_values
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason


def test_three_tests_worked_by_hand() -> None:
    adjusted = adjust_p_values([0.04, 0.01, 0.03])
    assert adjusted.tests == 3
    assert adjusted.holm == pytest.approx((0.06, 0.03, 0.06))
    assert adjusted.benjamini_hochberg == pytest.approx((0.04, 0.03, 0.04))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@settings(max_examples=20)
def test_both_methods_equal_their_definitions_written_out(p_values: list[float]) -> None:
    adjusted, m = adjust_p_values(p_values), len(p_values)
    ascending = sorted(p_values)
    step_down = [min(1.0, max((m - j) * ascending[j] for j in range(i + 1))) for i in range(m)]
    step_up = [min(1.0, min(m / (j + 1) * ascending[j] for j in range(i, m))) for i in range(m)]
    assert sorted(adjusted.holm) == pytest.approx(step_down)
    assert sorted(adjusted.benjamini_hochberg) == pytest.approx(step_up)
    for raw, fdr, familywise in zip(p_values, adjusted.benjamini_hochberg, adjusted.holm, strict=True):
        assert raw <= fdr + 1e-12
        assert fdr <= familywise + 1e-12


def test_what_is_not_estimable_keeps_its_place_and_is_not_counted() -> None:
    missing = NotEstimable(Reason.NO_EVENTS)
    adjusted = adjust_p_values([0.02, missing, 0.04])
    assert adjusted.tests == 2
    assert adjusted.holm == (0.04, missing, 0.04)
    assert adjust_p_values([missing]).holm == (missing,)
    assert adjust_p_values([]).tests == 0


def test_what_is_no_p_value_is_refused() -> None:
    with pytest.raises(DataError) as raised:
        adjust_p_values([0.5, 1.5])
    assert raised.value.fault is Fault.NOT_A_PROBABILITY
