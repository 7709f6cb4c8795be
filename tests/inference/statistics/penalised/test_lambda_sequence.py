import numpy as np
import pytest

from inference.statistics.penalised.lambda_sequence import COX, LOGISTIC, given_lambdas, lambda_sequence
from inference.statistics.penalised.standardise import standardise
from inference.statistics.reasons import DataError, Fault


@pytest.mark.parametrize("rows, columns, ratio", [(50, 50, 1e-4), (50, 10, 1e-4), (49, 50, 1e-2)])
def test_a_sequence_falls_in_equal_steps_of_the_logarithm(rows: int, columns: int, ratio: float) -> None:
    sequence = lambda_sequence(0.5, rows, columns, 100)
    assert len(sequence) == 100
    assert sequence[0] == 0.5
    assert sequence[-1] == pytest.approx(0.5 * ratio, rel=1e-6)
    np.testing.assert_allclose(np.diff(np.log(sequence), 2), 0, atol=1e-12)


def test_a_sequence_of_one_is_the_largest() -> None:
    np.testing.assert_array_equal(lambda_sequence(0.5, 9, 3, 1), [0.5])


def test_given_penalties_are_put_in_order() -> None:
    np.testing.assert_array_equal(given_lambdas([0.1, 0.4, 0.2]), [0.4, 0.2, 0.1])


@pytest.mark.parametrize(
    "lambdas, fault",
    [([], Fault.OUT_OF_RANGE), ([0.1, 0.0], Fault.OUT_OF_RANGE), ([np.nan], Fault.NOT_FINITE)],
)
def test_what_is_no_penalty_is_refused(lambdas: list[float], fault: Fault) -> None:
    with pytest.raises(DataError) as raised:
        given_lambdas(lambdas)
    assert raised.value.fault is fault


def test_a_path_stops_where_nothing_is_gained_but_not_before_the_fifth() -> None:
    assert not COX.reached([0.5, 0.5, 0.5, 0.5])
    assert COX.reached([0.5, 0.5, 0.5, 0.5, 0.5])
    assert not COX.reached([0.0, 0.1, 0.2, 0.3, 0.3])
    assert COX.reached([0.0, 0.1, 0.2, 0.3, 0.991])
    assert LOGISTIC.reached([0.0, 0.1, 0.2, 0.3, 0.3])
    assert not LOGISTIC.reached([0.0, 0.1, 0.2, 0.3, 0.991])


def test_columns_have_one_scale_and_constant_ones_are_nothing() -> None:
    matrix = np.column_stack([np.arange(4.0), np.full(4, 1e9 + 0.1), np.zeros(4)])
    scaled = standardise(matrix)
    np.testing.assert_allclose(scaled.matrix.std(axis=0), [1, 0, 0])
    np.testing.assert_allclose(scaled.matrix.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(scaled.scale, [np.sqrt(1.25), 1, 1])
