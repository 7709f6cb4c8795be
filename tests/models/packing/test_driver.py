"""What a demonstration run measured is kept beside its pack."""

from types import SimpleNamespace

import models.packing.driver as driver
from tests.models.results.documents import gnen_run


def study_that(leaves):
    """A study whose demonstration takes no time; ``leaves`` writes into the folder of its results."""

    def make_demonstration(config, run, samples, pack):
        leaves(samples.parent / "results")
        return SimpleNamespace(sha256=lambda: "0" * 64)

    return SimpleNamespace(preset=lambda name: name, make_demonstration=make_demonstration)


def made(tmp_path, monkeypatch, leaves):
    monkeypatch.setattr(driver, "trainable", lambda study: study_that(leaves))
    place = driver.PackPlace(tmp_path / "packs", tmp_path / "work", "demo", tmp_path / "home")
    assert driver.make_one("gnen-os", place)
    return tmp_path / "home" / "gnen-os"


def test_results_that_a_study_leaves_are_kept(tmp_path, monkeypatch):
    kept = made(tmp_path, monkeypatch, gnen_run)
    assert {path.name for path in kept.iterdir()} == {"result.json", "scores.csv"}


def test_a_study_that_leaves_none_has_none(tmp_path, monkeypatch):
    assert not made(tmp_path, monkeypatch, lambda folder: None).exists()
