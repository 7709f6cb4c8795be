import pytest

from inference.evaluation.prediction_file import read_predictions
from tools.example_predictions import COHORTS, FOLDER, TABLES


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_shipped_table_is_the_generated_one(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == TABLES[name]()


@pytest.mark.parametrize("kind", ["binary", "survival"])
def test_the_shipped_table_is_read_and_says_that_it_is_synthetic(kind) -> None:
    read = read_predictions(FOLDER / f"{kind}.csv", kind)
    assert read.is_synthetic
    assert {name: int(read.rows_of(name).sum()) for name in read.cohort_names()} == COHORTS
    assert not read.unused
    assert len(read.covariates) == 4
