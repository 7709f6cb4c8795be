from pathlib import Path

import numpy as np
import pytest

from inference.evaluation.prediction_file import read_predictions
from inference.evaluation.predictions import Kind
from inference.messages.catalogue import load_catalogue
from inference.statistics.comparisons.table_one import NumericVariable
from inference.tables.csv_table import TableError


def written(folder: Path, *lines: str) -> Path:
    file = folder / "predictions.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def problems(file: Path, kind: Kind) -> list[tuple[str, dict]]:
    with pytest.raises(TableError) as raised:
        read_predictions(file, kind)
    for each in raised.value.problems:
        for language in ("en", "zh_CN"):
            assert "{" not in load_catalogue(language).render(each)
    return [(each.id.removeprefix("table."), dict(each.fields)) for each in raised.value.problems]


def test_a_binary_table_gives_models_cohorts_and_covariates(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "patient,cohort,probability_image,score_clinical,outcome,age,stage,remark",
        "a,external,0.9,3,yes,61,II,",
        "b,training,0.2,-1,no,,III,",
        "c,training,0.4,0,0,55,II,",
        "d,external,0.1,2,1,47,,",
    )
    read = read_predictions(file, "binary")
    assert read.cohort_names() == ("training", "external")
    assert [(model.name, model.is_probability) for model in read.models] == [
        ("image", True),
        ("clinical", False),
    ]
    data = read.classes(read.models[0], "external")
    np.testing.assert_array_equal(data.scores, [0.9, 0.1])
    np.testing.assert_array_equal(data.is_positive, [True, True])
    age, stage = read.covariates
    assert isinstance(age, NumericVariable)
    np.testing.assert_array_equal(age.values, [61, np.nan, 55, 47])
    assert stage.values == ("II", "III", "II", "")
    assert read.unused == ("remark",)
    assert not read.is_synthetic


def test_a_survival_table_gives_times_and_predicted_survival(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "patient;time;event;score;survival_12;survival_36;synthetic",
        "a;10.5;1;2;0.8;0.5;yes",
        "b;40;0;-2;0.9;0.7;yes",
    )
    read = read_predictions(file, "survival")
    assert read.cohort_names() == ("all",)
    assert sorted(read.models[0].survival) == [12.0, 36.0]
    np.testing.assert_array_equal(read.times("all").event, [True, False])
    assert read.is_synthetic


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "patient,cohort,probability,outcome",
        "a,internal,1.2,yes",
        "a,internal,x,maybe",
        ",internal,,1",
        "a,external,0.3,0",
    )
    assert problems(file, "binary") == [
        ("empty_cell", {"row": 3, "column": "patient"}),
        ("out_of_range", {"row": 1, "column": "probability", "allowed": "0–1"}),
        ("not_a_number", {"row": 2, "column": "probability"}),
        ("empty_cell", {"row": 3, "column": "probability"}),
        ("unknown_word", {"row": 2, "column": "outcome", "allowed": "0, 1, no, yes"}),
        ("duplicate_patient", {"row": 2, "earlier": 1}),
        ("patient_in_two_cohorts", {"row": 4, "earlier": 1}),
    ]


@pytest.mark.parametrize(
    ("kind", "missing"),
    [("binary", ["patient", "outcome", "score"]), ("survival", ["patient", "time", "event", "score"])],
)
def test_missing_columns_are_named_with_what_they_hold(
    tmp_path: Path, kind: Kind, missing: list[str]
) -> None:
    found = problems(written(tmp_path, "id,value", "a,1"), kind)
    assert [(name, fields["column"]) for name, fields in found] == [
        ("missing_column", name) for name in missing
    ]


@pytest.mark.parametrize(
    ("header", "row", "kind", "found"),
    [
        ("patient,score,time,event", "a,1,-3,1", "survival", "out_of_range"),
        ("patient,score,time,event", "a,1,nan,1", "survival", "not_a_number"),
        ("patient,score,time,event", "a,inf,3,1", "survival", "not_a_number"),
        ("patient,score,time,event,survival_12_other", "a,1,3,1,0.5", "survival", "survival_without_score"),
        ("patient,score,time,event,survival_12,survival_24", "a,1,3,1,0.5,0.6", "survival", "survival_rises"),
        ("patient,score,time,event,slice", "a,1,3,1,4", "survival", "slices_have_no_times"),
        ("patient,score_a,probability_a,outcome", "a,1,0.5,1", "binary", "repeated_model"),
    ],
)
def test_what_cannot_be_true_is_refused(
    tmp_path: Path, header: str, row: str, kind: Kind, found: str
) -> None:
    assert [name for name, _ in problems(written(tmp_path, header, row), kind)] == [found]


def test_slices_of_a_patient_may_repeat(tmp_path: Path) -> None:
    file = written(tmp_path, "patient,slice,score,outcome", "a,1,0.5,1", "a,2,0.7,1", "b,1,0.1,0")
    assert read_predictions(file, "binary").has_slices
