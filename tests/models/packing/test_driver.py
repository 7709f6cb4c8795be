"""What a demonstration run measured is kept beside its pack."""

import json
import sys
from types import SimpleNamespace

import models.packing.driver as driver
from inference.errors import EXIT_BAD_INPUT
from models.training.engine.history import CurvePoint
from models.training.engine.sole_training import sole_training
from tests.models.results.documents import gnen_run


def study_that(leaves):
    """A study whose demonstration takes no time; ``leaves`` writes into the folder of its results."""

    def make_demonstration(config, run, samples, pack):
        leaves(samples.parent / "results")
        run.on_epoch((CurvePoint("fold 0", 1, 0.1, 0.7), CurvePoint("fold 0", 2, 0.1, 0.6)))
        return SimpleNamespace(sha256=lambda: "0" * 64)

    return SimpleNamespace(preset=lambda name: name, make_demonstration=make_demonstration)


def made(tmp_path, monkeypatch, leaves):
    monkeypatch.setattr(driver, "trainable", lambda study: study_that(leaves))
    place = driver.PackPlace(tmp_path / "packs", tmp_path / "work", "demo", tmp_path / "home")
    assert driver.make_one("gnen-os", place)
    return tmp_path / "home" / "gnen-os"


def test_results_that_a_study_leaves_are_kept(tmp_path, monkeypatch):
    kept = made(tmp_path, monkeypatch, gnen_run)
    names = {path.name for path in kept.iterdir()}
    assert names == {"result.json", "scores.csv", "training.csv", "training.png"}
    document = json.loads((kept / "result.json").read_text())
    assert 0 <= document["minutes"] < 1 and document["study"] == "gnen-os"


def test_a_study_that_leaves_none_has_none(tmp_path, monkeypatch):
    assert not made(tmp_path, monkeypatch, lambda folder: None).exists()


def test_a_second_run_in_the_same_work_folder_is_refused_in_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(driver, "trainable", lambda study: study_that(lambda folder: None))
    monkeypatch.setattr(driver, "end_with_parent", lambda: None)
    place = driver.PackPlace(tmp_path / "packs", tmp_path / "work", "demo", tmp_path / "home")
    with sole_training(tmp_path / "work" / "gnen-os"):
        assert driver.make_alone("gnen-os", place) == EXIT_BAD_INPUT
        assert driver.make_alone("pnen-recurrence", place) == 0
    said = capsys.readouterr().err
    assert said == "gnen-os: Another training is at work in “gnen-os”. Wait for its end, or stop it first.\n"
    assert driver.make_alone("gnen-os", place) == 0


def test_packs_are_made_at_once_and_those_that_fail_are_counted(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(driver, "trainable", lambda study: SimpleNamespace(needs=()))
    place = driver.PackPlace(tmp_path / "packs", tmp_path / "work", "demo", tmp_path / "home")
    pack = place.pack("good")
    pack.mkdir(parents=True)
    (pack / "file").write_bytes(b"x" * 200_000)

    def command(study, place):
        return [sys.executable, "-c", f"raise SystemExit({0 if study == 'good' else 2})"]

    assert driver.make_all(["good", "bad"], place, 2, command=command) == 1
    said = capsys.readouterr().out
    assert "good: 0.2 MB" in said and "bad: not made (exit 2)" in said and "all: 0.2 MB" in said


def test_a_study_waits_for_what_it_needs_and_lets_others_go_before(monkeypatch):
    needs = {"first": (), "second": ("first",), "third": ()}
    monkeypatch.setattr(driver, "trainable", lambda study: SimpleNamespace(needs=needs[study]))
    assert driver._next(["second", "third"], {"first"}) == "third"
    assert driver._next(["second"], {"first"}) is None
    assert driver._next(["second"], {"third"}) == "second"
