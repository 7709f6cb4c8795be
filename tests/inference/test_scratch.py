"""Private folders go with their process, also when it crashed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inference.errors import StorageError
from inference.scratch import ScratchFolder, remove_leftovers


def test_a_folder_is_private_and_goes_when_closed(tmp_path: Path) -> None:
    with ScratchFolder(tmp_path / "cache") as scratch:
        (scratch.path / "deep").mkdir()
        (scratch.path / "deep" / "file").write_bytes(b"x")
        if os.name == "posix":
            assert scratch.path.stat().st_mode & 0o777 == 0o700
            assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700
    scratch.close()
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_folder_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    with ScratchFolder(tmp_path) as scratch:
        (scratch.path / "file").write_bytes(b"x")
        assert remove_leftovers(tmp_path) == 0 and (scratch.path / "file").exists()


def test_folders_of_a_process_that_crashed_go_at_the_next_start(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from inference.scratch import ScratchFolder\n"
        "scratch = ScratchFolder(Path(sys.argv[1])); (scratch.path / 'file').write_bytes(b'x'); os._exit(1)"
    )
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=root, check=False)
    assert ended.returncode == 1 and len(list(tmp_path.iterdir())) == 2
    (tmp_path / "scratch-no-lock").mkdir()
    (tmp_path / "other").mkdir()
    assert remove_leftovers(tmp_path) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_among_leftovers_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_bytes(b"x")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "scratch-1").symlink_to(tmp_path / "precious")
    assert remove_leftovers(tmp_path / "cache") == 0
    assert (tmp_path / "precious" / "file").exists()


def test_a_place_that_cannot_hold_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(StorageError):
        ScratchFolder(tmp_path / "file")
    assert remove_leftovers(tmp_path / "absent") == 0
