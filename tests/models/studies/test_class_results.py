"""Scores of a class as a table, and a model's figures at the cut-off that was locked, or without one."""

import json

import numpy as np
import pytest

from inference.statistics.discrimination.youden import youden_cutoff
from models.studies.class_results import Judged, class_figures, scores_csv
from models.studies.result_folder import write_results_folder
from models.training.splits import Fold

EVENT = np.array([True, False, True, False])
SCORES = np.array([0.9, 0.2, 0.4, 0.6])


def test_training_scores_name_the_fold_that_left_a_patient_out():
    folds = (Fold(0, (2, 3), (0, 1)), Fold(1, (0, 1), (2, 3)))
    inside = Judged("training", ("a", "b", "c", "d"), EVENT, {"one": SCORES})
    outside = Judged("external", ("e",), EVENT[:1], {"one": SCORES[:1]})
    rows = scores_csv(("one",), folds, (inside, outside)).splitlines()
    assert rows[0] == "patient,cohort,fold,outcome,probability_one,synthetic"
    assert rows[2:4] == ["b,training,1,no,0.200000,yes", "c,training,2,yes,0.400000,yes"]
    assert rows[5] == "e,external,,yes,0.900000,yes"


def test_rates_stand_at_the_locked_cut_off_and_without_one_there_are_none():
    cutoff = youden_cutoff(SCORES, EVENT)
    found = class_figures(SCORES, EVENT, cutoff, ceiling=0.9, published=None)
    assert found["auc"] == pytest.approx(0.75)
    above = cutoff.value <= SCORES
    assert found["sensitivity"] == above[EVENT].mean()
    assert found["specificity"] == (~above)[~EVENT].mean()
    bare = class_figures(SCORES, EVENT, None, ceiling=0.9, published=0.8)
    assert list(bare) == ["auc", "auc_ci", "ceiling", "published"]


def test_a_run_leaves_its_tables_and_its_figures(tmp_path):
    write_results_folder(tmp_path / "run", {"scores.csv": "a\n"}, {"study": "x"})
    assert (tmp_path / "run" / "scores.csv").read_text(encoding="utf-8") == "a\n"
    assert json.loads((tmp_path / "run" / "result.json").read_text(encoding="utf-8")) == {"study": "x"}
