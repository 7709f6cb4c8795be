"""Factors of a form become columns by name, and a regression is offered only what it can estimate."""

import numpy as np
import pytest

from models.training.coded_factors import Coded, choices, numbers, stages

POSITIONS = np.arange(6)


SITES = ["lower", "upper", "upper", "lower", "upper", "whole"]


@pytest.fixture
def table() -> Coded:
    return Coded.of(
        {
            "age": numbers(["60", 50.0, 70, 65, 55, 58]),
            "t": stages(["T1", "T3", "T4", "T2", "T2", "T3"]),
            **choices(
                "site", ("upper", "lower", "whole"), ["lower", "upper", "upper", "lower", "upper", "whole"]
            ),
            "same": np.ones(6),
        }
    )


def test_a_choice_has_a_column_for_each_level_but_the_first(table):
    assert table.names == ("age", "t", "site_lower", "site_whole", "same")
    assert table.matrix[:, 1].tolist() == [1, 3, 4, 2, 2, 3]
    assert table.matrix[:, 2].tolist() == [1, 0, 0, 1, 0, 0]


def test_a_level_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="site"):
        choices("site", ("upper", "lower"), ["middle"])


def test_a_column_without_variation_or_with_one_class_alone_is_not_offered(table):
    event = np.array([True, False, True, False, True, True])
    assert table.varying(table.names, POSITIONS) == ("age", "t", "site_lower", "site_whole")
    assert table.estimable(table.names, event, POSITIONS) == ("age", "t", "site_lower")


def test_one_column_more_stands_last_and_a_design_takes_columns_and_patients(table):
    more = table.with_column("score", np.arange(6.0))
    assert more.names[-1] == "score"
    design = more.design(("score", "age"), np.array([2, 4]))
    assert design.columns == ("score", "age")
    assert design.matrix.tolist() == [[2.0, 70.0], [4.0, 55.0]]
