"""Observed shares in groups of predicted risk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.calibration.binary_curve import binary_calibration_groups
from inference.statistics.calibration.hosmer_lemeshow import hosmer_lemeshow
from inference.statistics.outcomes import ClassData
from inference.statistics.proportion import wilson_interval
from inference.statistics.reasons import DataError, NotEstimable, Reason
from tests.inference.statistics.oracles import oracles


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_the_groups_are_those_of_the_hosmer_lemeshow_table(oracle):
    data = oracle.classes("p_full", "dev")
    test = hosmer_lemeshow(data, was_fitted_here=True, groups=5)
    groups = binary_calibration_groups(data, groups=5)
    there = test.count > 0
    assert [group.count for group in groups] == test.count[there].tolist()
    expected = [group.count * group.predicted for group in groups]
    assert expected == pytest.approx(test.expected[there].tolist())
    for group, observed in zip(groups, test.observed[there], strict=True):
        assert group.observed.value == pytest.approx(observed / group.count)
        assert group.observed.interval == pytest.approx(wilson_interval(int(observed), group.count))


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.1, 0.1, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=40
    )
)
def test_every_patient_is_in_one_group_and_predictions_ascend(rows):
    risk, outcome = zip(*rows, strict=True)
    groups = binary_calibration_groups(ClassData(risk, outcome), groups=4)
    assert sum(group.count for group in groups) == len(rows)
    assert np.all(np.diff([group.predicted for group in groups]) > 0)
    assert sum(group.count * group.observed.value for group in groups) == pytest.approx(sum(outcome))


def test_equal_predictions_make_one_group_and_no_rows_none():
    (group,) = binary_calibration_groups(ClassData([0.3] * 4, [0, 1, 1, 0]), interval="clopper_pearson")
    assert (group.count, group.observed.value, group.observed.method) == (4, 0.5, "clopper_pearson")
    assert binary_calibration_groups(ClassData([], [])) == NotEstimable(Reason.TOO_FEW_ROWS)
    with pytest.raises(DataError):
        binary_calibration_groups(ClassData([1.5], [1]))
