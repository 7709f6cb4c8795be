"""One process holds a lock; when it is gone, however it went, the next one may."""

import os
import subprocess
import sys

import pytest

from inference.file_lock import lock_file

HOLDS = """
import sys, time
from pathlib import Path
from inference.file_lock import lock_file
held = lock_file(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_is_held_until_its_process_is_killed(tmp_path, repository):
    path = tmp_path / "lock"
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    command = [sys.executable, "-c", HOLDS, str(path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError):
            lock_file(path)
        child.kill()
    os.close(lock_file(path))


def test_a_place_that_cannot_be_opened_is_no_lock_that_is_held(tmp_path):
    with pytest.raises(FileNotFoundError):
        lock_file(tmp_path / "missing" / "lock")
    (tmp_path / "there").touch()
    with pytest.raises(FileExistsError):
        lock_file(tmp_path / "there", os.O_CREAT | os.O_EXCL)
