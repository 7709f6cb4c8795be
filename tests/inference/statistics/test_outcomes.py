import numpy as np
import pytest

from inference.statistics.outcomes import ClassData, SurvivalData, no_duplicates, probability_column
from inference.statistics.reasons import DataError, Fault
from inference.statistics.survival.event_table import censoring_survival, event_table


@pytest.mark.parametrize(
    ("time", "event", "fault", "row"),
    [
        ([1, -2, 3], [1, 0, 1], Fault.NEGATIVE_TIME, 2),
        ([1, 2, np.nan], [1, 0, 1], Fault.NOT_FINITE, 3),
        ([np.inf, 2, 3], [1, 0, 1], Fault.NOT_FINITE, 1),
        ([1, 2, 3], [1, 2, 1], Fault.OUT_OF_RANGE, 2),
        ([1, 2, 3], [1, np.nan, 1], Fault.NOT_FINITE, 2),
    ],
)
def test_bad_times_and_events_name_the_row(time: list, event: list, fault: Fault, row: int) -> None:
    with pytest.raises(DataError) as raised:
        SurvivalData(np.array(time), np.array(event))
    assert raised.value.fault is fault
    assert raised.value.message.fields["row"] == row


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(DataError) as raised:
        ClassData(np.array([0.1, 0.2]), np.array([1, 0, 1]))
    assert raised.value.fault is Fault.LENGTHS_DIFFER


def test_a_repeated_patient_is_refused_without_naming_them() -> None:
    with pytest.raises(DataError) as raised:
        no_duplicates(["a", "b", "a"])
    assert raised.value.message.fields == {"field": "patient", "row": 3}


def test_events_precede_censorings_at_the_same_time() -> None:
    data = SurvivalData(np.array([1.0, 2.0, 2.0, 3.0]), np.array([True, True, False, False]))
    table = event_table(data)
    np.testing.assert_array_equal(table.at_risk, [4, 3, 1])
    np.testing.assert_array_equal(table.events, [1, 1, 0])
    np.testing.assert_array_equal(table.censored, [0, 1, 1])
    # Of the three at time 2 one has the event, so one of two is censored.
    censoring = censoring_survival(data)
    np.testing.assert_allclose(censoring.at([1, 2, 3]), [1, 0.5, 0])
    np.testing.assert_allclose(censoring.before([2, 3]), [1, 0.5])


@pytest.mark.parametrize(
    ("value", "fault"),
    [(1.1, Fault.NOT_A_PROBABILITY), (-0.1, Fault.NOT_A_PROBABILITY), (np.nan, Fault.NOT_FINITE)],
)
def test_what_is_no_probability_is_refused_with_its_row(value: float, fault: Fault) -> None:
    with pytest.raises(DataError) as raised:
        probability_column([0.0, 1.0, value], "risk")
    assert (raised.value.fault, raised.value.message.fields["row"]) == (fault, 3)
