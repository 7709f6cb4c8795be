from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.dicom.remembered.sealed_store import AlteredEntryError, SealedStore

KEY = hashlib.sha256(b"one source").digest()
OTHER_KEY = hashlib.sha256(b"another source").digest()
CONTENT = [b"head", bytes(range(256)) * 50_000, b"tail"]


@pytest.fixture
def store(tmp_path: Path) -> SealedStore:
    return SealedStore(tmp_path / "store")


def only_entry(store: SealedStore) -> Path:
    (entry,) = store.folder.iterdir()
    return entry


def test_an_entry_comes_back_block_by_block(store: SealedStore) -> None:
    assert store.put(KEY, CONTENT)
    blocks = store.blocks(KEY)
    assert blocks is not None and next(blocks) == b"head"
    assert b"".join(blocks) == b"".join(CONTENT[1:])
    assert store.content(KEY) == b"".join(CONTENT)


def test_only_the_key_finds_and_opens_an_entry(store: SealedStore) -> None:
    store.put(KEY, [b"Doe^Jane"])
    assert store.content(OTHER_KEY) is None
    written = only_entry(store)
    assert b"Doe" not in written.read_bytes() and KEY.hex() not in written.name
    # Under another source's name it does not open either, and is removed.
    store.put(OTHER_KEY, [b"x"])
    other = next(path for path in store.folder.iterdir() if path != written)
    other.write_bytes(written.read_bytes())
    assert store.content(OTHER_KEY) is None and not other.exists()


@pytest.mark.parametrize("place", [0, 9, 30, -1, -20])
def test_an_altered_entry_is_no_entry_and_is_removed(store: SealedStore, place: int) -> None:
    store.put(KEY, [b"a" * 100, b"b" * 100])
    path = only_entry(store)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert store.content(KEY) is None
    assert not path.exists()


@pytest.mark.parametrize("kept", [0, 4, 20, 150, -1])
def test_a_shortened_entry_is_no_entry(store: SealedStore, kept: int) -> None:
    store.put(KEY, [b"a" * 100, b"b" * 100])
    path = only_entry(store)
    path.write_bytes(path.read_bytes()[:kept])
    assert store.content(KEY) is None


def test_blocks_cannot_change_places(store: SealedStore) -> None:
    store.put(KEY, [b"a" * 100, b"b" * 100, b"c" * 100])
    path = only_entry(store)
    content = path.read_bytes()
    head, block = 8, 8 + 116
    first, second = content[head : head + block], content[head + block : head + 2 * block]
    path.write_bytes(content[:head] + second + first + content[head + 2 * block :])
    assert store.content(KEY) is None


def test_an_entry_altered_behind_its_first_block_says_so_while_it_is_read(store: SealedStore) -> None:
    store.put(KEY, [b"a" * 100, b"b" * 100])
    path = only_entry(store)
    content = bytearray(path.read_bytes())
    content[160] ^= 1
    path.write_bytes(content)
    blocks = store.blocks(KEY)
    assert blocks is not None and next(blocks) == b"a" * 100
    with pytest.raises(AlteredEntryError):
        next(blocks)


def test_the_longest_unused_go_first_when_there_is_too_much(tmp_path: Path) -> None:
    store = SealedStore(tmp_path, most_bytes=3000)
    keys = [hashlib.sha256(bytes([n])).digest() for n in range(4)]
    for age_days, key in zip((4, 3, 2), keys, strict=False):
        store.put(key, [bytes(900)])
        entry = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime)
        os.utime(entry, (time.time() - age_days * 86_400,) * 2)
    assert store.content(keys[0]) is not None  # used just now
    store.put(keys[3], [bytes(900)])
    assert [store.content(key) is not None for key in keys] == [True, False, True, True]


def test_old_entries_and_unfinished_ones_are_removed(tmp_path: Path) -> None:
    store = SealedStore(tmp_path, most_days=30)
    store.put(KEY, [b"old"])
    os.utime(only_entry(store), (time.time() - 31 * 86_400,) * 2)
    left_over = tmp_path / ".unfinished-abc"
    left_over.write_bytes(b"x")
    os.utime(left_over, (time.time() - 2 * 86_400,) * 2)
    stranger = tmp_path / "notes.txt"
    stranger.write_text("not ours")
    store.prune()
    assert list(tmp_path.iterdir()) == [stranger]
    store.put(KEY, [b"new"])
    store.clear()
    assert list(tmp_path.iterdir()) == [stranger]


def test_what_is_stopped_on_the_way_leaves_nothing(store: SealedStore) -> None:
    assert not store.put(KEY, [b"a", b"b"], should_stop=lambda: True)
    assert list(store.folder.iterdir()) == []


def test_a_full_disk_keeps_nothing_and_harms_nobody(
    store: SealedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not store.put(KEY, [b"a"])
    assert list(store.folder.iterdir()) == [] and store.content(KEY) is None


def test_content_that_fails_leaves_nothing(store: SealedStore) -> None:
    def content() -> Iterator[bytes]:
        yield b"a"
        raise OSError(5, "Input/output error")

    assert not store.put(KEY, content())
    assert list(store.folder.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no modes")
def test_the_folder_is_open_to_this_user_alone(store: SealedStore) -> None:
    store.put(KEY, [b"a"])
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert only_entry(store).stat().st_mode & 0o777 == 0o600
