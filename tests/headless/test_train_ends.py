"""However a training ends: one sentence, the exit code, no half pack, and ``--resume`` goes on exactly."""

import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import inference.storage as storage
from inference.errors import EXIT_ANSWERED, EXIT_BAD_INPUT, EXIT_CANCELLED
from inference.messages.message import Message
from models.cohorts.problems import UnreadableScanError
from models.networks.safetensors_file import read_with_metadata
from models.training.engine.checkpoint_file import checkpoint_of
from models.training.engine.folds import require_both_classes
from models.training.engine.run import RunPlace
from models.training.splits import Fold
from tests.headless.tiny_training import BATCHES, STUDY, Settings, TinyStudy

EPOCHS = 5


@pytest.fixture
def study(monkeypatch):
    one = TinyStudy()
    one.install(monkeypatch.setattr)
    return one


@pytest.fixture
def train(run, tmp_path):
    def call(*more):
        pack = tmp_path / "pack"
        return run("train", STUDY, "--cohort", tmp_path, "--out", pack, "--device", "cpu", *more)

    return call


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The card of a training that nothing disturbed."""
    pack = tmp_path_factory.mktemp("undisturbed") / "pack"
    TinyStudy().make_pack(None, Settings(), RunPlace(), None, pack)
    return card(pack)


def card(pack):
    return (pack / "card.md").read_bytes()


def names(folder):
    return {path.name for path in folder.iterdir()} - {"home"}


def epochs_kept(work):
    kept = [checkpoint_of(*read_with_metadata(path)) for path in sorted((work / "checkpoints").iterdir())]
    return sorted(one.epochs_done for one in kept)


def at(batch, do):
    def at_batch(number, value):
        return do(value) if number == batch else value

    return at_batch


def ends_and_goes_on(train, study, tmp_path, whole, said, *, code=EXIT_BAD_INPUT, repaired=lambda: None):
    """The training ends as it should, is not begun anew by mistake, and goes on to the undisturbed pack."""
    ended = train()
    assert ended.code == code
    assert said in ended.err and "--resume" in ended.err
    assert names(tmp_path) == {"pack.training"}
    assert not [path for path in (tmp_path / "pack.training").rglob("*") if ".writing-" in path.name]
    repaired()
    again = train()
    assert (again.code, "did not end" in again.err) == (EXIT_BAD_INPUT, True)
    assert train("--resume").code == EXIT_ANSWERED
    assert card(tmp_path / "pack") == whole
    assert names(tmp_path) == {"pack"}


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_a_training_after_its_batch(train, study, tmp_path, whole, name):
    def asked(value):
        signal.raise_signal(getattr(signal, name))
        return value

    before = signal.getsignal(getattr(signal, name))
    batch = (EPOCHS + 2) * BATCHES + 2
    study.at_batch = at(batch, asked)

    def repaired():
        assert study.batches == batch
        assert epochs_kept(tmp_path / "pack.training") == [2, EPOCHS]
        assert signal.getsignal(getattr(signal, name)) == before
        study.at_batch = at(0, asked)

    ends_and_goes_on(
        *(train, study, tmp_path, whole, "Training was stopped. No pack was written."),
        code=EXIT_CANCELLED,
        repaired=repaired,
    )
    assert study.batches == (EPOCHS - 2) * BATCHES


def test_a_second_signal_does_not_wait_for_the_batch(train, study, tmp_path):
    def asked_twice(value):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        raise AssertionError("went on")

    study.at_batch = at(2, asked_twice)
    ended = train()
    assert (ended.code, "was stopped" in ended.err) == (EXIT_CANCELLED, True)


@pytest.mark.skipif(os.name != "posix", reason="a process cannot be asked to end there")
def test_a_process_that_trains_refuses_a_second_one_and_ends_when_asked(
    train, study, tmp_path, whole, repository
):
    environment = {**os.environ, "PYTHONPATH": str(repository), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.headless.tiny_training", str(tmp_path / "pack")]
    curve = tmp_path / "pack.training" / "training.csv"
    with subprocess.Popen(
        command, cwd=repository, env=environment, stderr=subprocess.PIPE, text=True
    ) as child:
        while child.poll() is None and not (curve.exists() and curve.read_text().count("\n") > 2):
            time.sleep(0.02)
        second, resumed = train(), train("--resume")
        child.terminate()
        said = child.communicate(timeout=60)[1]
    for refused in (second, resumed):
        assert refused.code == EXIT_BAD_INPUT
        assert "Another training is at work in “pack.training”" in refused.err
        assert "--resume" not in refused.err
    assert child.returncode == EXIT_CANCELLED
    assert "Training was stopped. No pack was written." in said and "Traceback" not in said
    assert names(tmp_path) == {"pack.training"}
    (done,) = epochs_kept(tmp_path / "pack.training")
    assert 2 <= done < EPOCHS
    assert train("--resume").code == EXIT_ANSWERED
    assert study.batches == (2 * EPOCHS - done) * BATCHES
    assert card(tmp_path / "pack") == whole


def test_a_loss_that_is_no_number_ends_a_training(train, study, tmp_path, whole):
    study.at_batch = at(2 * BATCHES + 3, lambda value: value * float("nan"))

    def repaired():
        assert epochs_kept(tmp_path / "pack.training") == [2]
        study.at_batch = at(0, None)

    said = "The loss of “fold 0” is no longer a number in epoch 3, batch 3 of 4."
    ends_and_goes_on(train, study, tmp_path, whole, said, repaired=repaired)


@pytest.mark.parametrize("where", ["checkpoint", "pack"])
def test_a_full_disk_ends_a_training(train, study, tmp_path, whole, where, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    patched = pytest.MonkeyPatch()

    def fill_disk(value):
        patched.setattr(storage.os, "fsync", full)
        return value

    if where == "checkpoint":
        study.at_batch = at(3 * BATCHES, fill_disk)
    else:
        study.on_pack = full

    def repaired():
        patched.undo()
        study.at_batch, study.on_pack = at(0, None), lambda folder: None
        assert epochs_kept(tmp_path / "pack.training") == ([2] if where == "checkpoint" else [EPOCHS] * 2)

    try:
        ends_and_goes_on(train, study, tmp_path, whole, "is full. Free some space", repaired=repaired)
    finally:
        patched.undo()


def test_a_fold_that_would_teach_one_class_ends_a_training_before_a_batch(train, study, tmp_path, whole):
    event = np.array([True, True, False, False])
    folds = (Fold(0, (1, 2), (0, 3)), Fold(1, (0, 1), (2, 3)))
    study.on_read = lambda cohort: require_both_classes(folds, event)

    def repaired():
        assert study.batches == 0
        study.on_read = lambda cohort: None

    said = "Fold 1: all 2 patients to learn from have the same outcome. Take fewer folds, more patients"
    ends_and_goes_on(train, study, tmp_path, whole, said, repaired=repaired)


def test_a_scan_that_cannot_be_read_in_the_middle_ends_a_training(train, study, tmp_path, whole):
    def gone(cohort):
        raise UnreadableScanError("P0007", "t1c", Message("error.storage.gone", {"file": "0003.dcm"}))

    study.on_read = gone

    def repaired():
        study.on_read = lambda cohort: None

    ends_and_goes_on(train, study, tmp_path, whole, "P0007/t1c", repaired=repaired)


def test_a_checkpoint_that_was_cut_off_is_named_and_its_run_alone_begins_anew(train, study, tmp_path, whole):
    study.at_batch = at((EPOCHS + 1) * BATCHES, lambda value: value * float("inf"))
    assert train().code == EXIT_BAD_INPUT
    study.at_batch = at(0, None)
    first = min((tmp_path / "pack.training" / "checkpoints").iterdir())
    first.write_bytes(first.read_bytes()[:-100])
    ended = train("--resume")
    assert ended.code == EXIT_BAD_INPUT
    assert f"The checkpoint {first.name} is damaged. Remove it" in ended.err
    first.unlink()
    assert train("--resume").code == EXIT_ANSWERED
    assert card(tmp_path / "pack") == whole


def test_what_a_killed_process_left_of_a_pack_goes_with_the_next_training(train, study, tmp_path):
    (tmp_path / ".pack.unfinished-abc" / "pack").mkdir(parents=True)
    (tmp_path / ".packet.unfinished-abc").mkdir()
    (tmp_path / "pack.training").mkdir()
    (tmp_path / "pack.training" / ".lock").touch()
    assert train().code == EXIT_ANSWERED
    assert names(tmp_path) == {"pack", ".packet.unfinished-abc"}
