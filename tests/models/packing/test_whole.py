"""A pack's folder comes whole or not at all, whatever happens while it is written."""

import errno
import os

import pytest

from inference.errors import PackError, StorageError
from inference.packs.verify import read_manifest, verify_pack
from models.packing.demonstration_key import demonstration_key
from models.packing.whole import put_whole
from tests.inference.tiny_pack import write_tiny_pack


def tiny(folder):
    write_tiny_pack(folder)
    return read_manifest(folder)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def standing(tmp_path):
    """A pack that stands, which the next one would replace."""
    put_whole(tmp_path / "pack", tiny)
    return tmp_path / "pack"


def test_a_pack_is_signed_checked_and_put_in_its_place(tmp_path):
    put_whole(tmp_path / "pack", tiny, demonstration_key())
    pack = verify_pack(tmp_path / "pack")
    assert pack.signer is not None
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def full_disk(folder):
    tiny(folder)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupted(folder):
    tiny(folder)
    raise KeyboardInterrupt


def damaged(folder):
    manifest = tiny(folder)
    (folder / manifest.networks[0].file).write_bytes(b"no network")
    return manifest


@pytest.mark.parametrize(
    ("write", "raised"),
    [(full_disk, StorageError), (interrupted, KeyboardInterrupt), (damaged, PackError)],
    ids=["full disk", "interrupted", "damaged"],
)
def test_what_fails_leaves_the_pack_that_stood_and_nothing_else(standing, write, raised):
    before = contents(standing)
    with pytest.raises(raised):
        put_whole(standing, write)
    assert contents(standing) == before
    assert [path.name for path in standing.parent.iterdir()] == ["pack"]
