"""Runs are kept whole, and what does not fit is named by file and field."""

import json

import pytest

from inference.messages.catalogue import load_catalogue
from models.results.gnen_os import gnen_results
from models.results.home import keep_run, kept_run
from models.results.pnen_recurrence import pnen_results
from models.results.reading import ResultDocumentError
from models.training.engine.history import CurvePoint, curves_csv, read_curves
from tests.models.results.documents import gnen_run, pnen_run

ENGLISH = load_catalogue("en")
CURVES = (CurvePoint("segmenter", 1, 0.001, 0.5, 0.4), CurvePoint("segmenter", 2, 0.001, 0.3, None))


def said(error):
    return ENGLISH.render(error.value.message)


def test_a_run_is_kept_with_its_tables_and_a_picture_of_its_curves(tmp_path):
    run = pnen_run(tmp_path / "run")
    (run / "training.csv").write_text(curves_csv(CURVES))
    kept = keep_run("pnen-recurrence", run, tmp_path / "home")
    assert {path.name for path in kept.folder.iterdir()} == {
        "result.json",
        "scores.csv",
        "training.csv",
        "training.png",
    }
    assert kept.has_curves and kept.is_there
    assert pnen_results(kept).minutes == pytest.approx(17.2)


def test_minutes_of_all_starts_replace_those_of_the_last(tmp_path):
    kept = keep_run("pnen-recurrence", pnen_run(tmp_path / "run"), tmp_path / "home", minutes=61.258)
    assert pnen_results(kept).minutes == 61.26


def test_curves_come_back_from_their_table():
    assert read_curves(curves_csv(CURVES)) == CURVES


def test_a_run_without_its_table_is_not_kept(tmp_path):
    run = gnen_run(tmp_path / "run")
    (run / "scores.csv").unlink()
    with pytest.raises(ResultDocumentError) as refused:
        keep_run("gnen-os", run, tmp_path / "home")
    assert "“run/scores.csv” cannot be read" in said(refused)
    assert not kept_run("gnen-os", tmp_path / "home").is_there


def test_a_missing_field_is_named(tmp_path):
    folder = gnen_run(tmp_path / "gnen-os")
    document = json.loads((folder / "result.json").read_text())
    del document["cohorts"]["external"]["deaths"]
    (folder / "result.json").write_text(json.dumps(document))
    with pytest.raises(ResultDocumentError) as refused:
        gnen_results(kept_run("gnen-os", tmp_path))
    assert said(refused).startswith("“gnen-os/result.json”: the field “cohorts.external.deaths” does not fit")


def test_results_of_patients_are_refused(tmp_path):
    pnen_run(tmp_path / "pnen-recurrence", synthetic="no")
    with pytest.raises(ResultDocumentError) as refused:
        pnen_results(kept_run("pnen-recurrence", tmp_path))
    assert "patients' results stay in the hospital" in said(refused)


def test_a_document_and_a_table_of_two_runs_are_told_apart(tmp_path):
    pnen_run(tmp_path / "other", arterial=0.0)
    folder = pnen_run(tmp_path / "pnen-recurrence")
    (folder / "scores.csv").write_bytes((tmp_path / "other" / "scores.csv").read_bytes())
    with pytest.raises(ResultDocumentError) as refused:
        pnen_results(kept_run("pnen-recurrence", tmp_path))
    assert "for the model “dlr_a” in the cohort “training”" in said(refused)
