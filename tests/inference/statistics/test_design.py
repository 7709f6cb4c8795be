import numpy as np
import pytest

from inference.statistics.design import Factor, Numeric, design_of
from inference.statistics.reasons import DataError, Fault

TABLE = {"age": [50, 61.5, 70], "stage": ["I", "III", "II"]}
TERMS = (Numeric("age"), Factor("stage", ("I", "II", "III")))


def test_a_factor_is_coded_against_its_first_level() -> None:
    design = design_of(TABLE, TERMS)
    assert design.columns == ("age", "stageII", "stageIII")
    np.testing.assert_array_equal(design.matrix, [[50, 0, 0], [61.5, 0, 1], [70, 1, 0]])
    assert design.columns_of("stage") == slice(1, 3)


def test_a_term_leaves_with_all_of_its_columns() -> None:
    assert design_of(TABLE, TERMS).without("stage").columns == ("age",)


def test_an_unknown_level_names_field_and_row() -> None:
    with pytest.raises(DataError) as raised:
        design_of({**TABLE, "stage": ["I", "IV", ""]}, TERMS)
    assert raised.value.fault is Fault.UNKNOWN_LEVEL
    assert raised.value.message.fields == {"field": "stage", "row": 2, "allowed": "I, II, III"}


def test_a_missing_number_is_refused_and_not_imputed() -> None:
    with pytest.raises(DataError) as raised:
        design_of({**TABLE, "age": [50, float("nan"), 70]}, TERMS)
    assert raised.value.message.fields == {"field": "age", "row": 2}


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(DataError, match="lengths_differ"):
        design_of({**TABLE, "age": [50, 60]}, TERMS)
