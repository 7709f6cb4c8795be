"""In one folder one process trains, and what it leaves behind is what it learnt."""

import os

import pytest

from inference.errors import StorageError
from inference.file_lock import lock_file
from models.training.engine import sole_training as module
from models.training.engine.failures import TrainingRunningError
from models.training.engine.sole_training import LOCK_FILE, is_untouched, sole_training


def test_a_second_training_is_refused_until_the_first_ends(tmp_path):
    work = tmp_path / "work"
    with sole_training(work):
        with pytest.raises(TrainingRunningError) as raised, sole_training(work):
            pass
        assert raised.value.message.fields == {"folder": "work"}
        (work / "learnt").touch()
    with sole_training(work):
        pass
    assert [path.name for path in work.iterdir()] == ["learnt"]


def test_a_folder_in_which_nothing_was_put_goes_again(tmp_path):
    with pytest.raises(KeyboardInterrupt), sole_training(tmp_path / "work"):
        assert is_untouched(tmp_path / "work")
        raise KeyboardInterrupt
    assert not (tmp_path / "work").exists() and is_untouched(tmp_path / "work")


def test_a_lock_whose_holder_just_removed_it_is_not_taken_for_ones_own(tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    taken = []

    def at_the_last_moment(path):
        descriptor = lock_file(path)
        taken.append(descriptor)
        if len(taken) == 1:
            path.unlink()
        return descriptor

    monkeypatch.setattr(module, "lock_file", at_the_last_moment)
    with sole_training(tmp_path / "work"):
        assert len(taken) == 2
        with pytest.raises(BlockingIOError):
            lock_file(tmp_path / "work" / LOCK_FILE)
    with pytest.raises(OSError, match="Bad file"):
        os.close(taken[0])


def test_a_file_in_the_folders_place_is_said(tmp_path):
    (tmp_path / "work").touch()
    with pytest.raises(StorageError), sole_training(tmp_path / "work"):
        pass
