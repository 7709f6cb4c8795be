"""Areas within folds."""

import numpy as np
import pytest

from inference.statistics.discrimination.delong import auc
from inference.statistics.discrimination.fold_auc import fold_aucs
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import DataError, NotEstimable, Reason

SCORES = [0.1, 0.4, 0.35, 0.8, 5.1, 5.2, 5.0, 5.9]
OUTCOME = [0, 0, 1, 1, 0, 1, 0, 1]
FOLDS = ["b", "b", "b", "b", "a", "a", "a", "a"]


def test_each_fold_has_its_area_and_the_mean_has_no_interval():
    areas = fold_aucs(ClassData(SCORES, OUTCOME), FOLDS)
    assert areas.folds == ("b", "a")
    assert [area.value for area in areas.areas] == [0.75, 1.0]
    assert (areas.mean.value, areas.mean.standard_error, areas.mean.interval) == (0.875, None, None)
    assert areas.spread == pytest.approx(np.std([0.75, 1.0], ddof=1))


def test_a_shift_between_the_folds_models_does_not_enter():
    assert fold_aucs(ClassData(SCORES, OUTCOME), FOLDS).mean.value > auc(SCORES, OUTCOME).value


def test_folds_without_an_area_are_left_out_and_counted():
    areas = fold_aucs(ClassData(SCORES, [0, 0, 1, 1, 0, 0, 0, 0]), FOLDS)
    assert (areas.without_area, areas.mean.value, areas.spread) == (1, 0.75, None)
    assert areas.areas[1] == NotEstimable(Reason.ONE_CLASS)


def test_where_no_fold_has_an_area_there_is_no_mean():
    areas = fold_aucs(ClassData([1, 2, 3, 4], [0, 0, 1, 1]), [1, 1, 2, 2])
    assert areas.mean == NotEstimable(Reason.ONE_CLASS)
    assert fold_aucs(ClassData([], []), []).mean == NotEstimable(Reason.TOO_FEW_ROWS)


def test_one_fold_for_each_score():
    with pytest.raises(DataError):
        fold_aucs(ClassData(SCORES, OUTCOME), FOLDS[1:])
