"""A pack comes in whole or not at all, and what is refused changes nothing on disk."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from inference.errors import InputError, PackError, StorageError
from inference.packs import install, verify_apart
from inference.packs.container import write_container
from inference.packs.install import STAGING, install_pack, remove_pack
from inference.packs.store import PackStore
from inference.packs.verify import verify_pack
from tests.inference.packs.test_signature import OTHER, sign
from tests.inference.tiny_pack import classifier_model, write_tiny_pack

NAME = "npc-residual-tiny@1.0.0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sign(write_tiny_pack(tmp_path_factory.mktemp("packs") / "pack", provenance="hospital"))


@pytest.fixture
def source(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.modelpack"
    with path.open("wb") as stream:
        write_container(verify_pack(folder), stream)
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "home" / "packs"


def here(own: Path, *others: Path) -> PackStore:
    return PackStore([*others, own], threads=1)


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if STAGING not in path.parts
    }


def quickly(source: Path, own: Path, *others: Path) -> install.Installed:
    """Install with verification in this process."""
    return install_pack(source, own, here(own, *others), verify=verify_pack)


def test_a_container_is_installed_by_a_limited_process(source: Path, own: Path, folder: Path) -> None:
    done = install_pack(source, own, here(own))
    assert not done.was_there and done.pack.folder == own / NAME and done.pack.signer is not None
    assert contents(own / NAME) == contents(folder)
    assert list((own / STAGING).iterdir()) == []
    assert [listing.id for listing in here(own).installed()] == ["npc-residual-tiny"]


def test_a_folder_is_copied(folder: Path, own: Path) -> None:
    before = contents(folder)
    assert quickly(folder, own).pack.folder == own / NAME
    assert contents(own / NAME) == contents(folder) == before


def test_versions_lie_side_by_side(source: Path, own: Path, tmp_path: Path) -> None:
    quickly(source, own)
    quickly(write_tiny_pack(tmp_path / "newer", version="1.1.0"), own)
    assert [listing.version for listing in here(own).installed()] == ["1.1.0", "1.0.0"]
    assert here(own).open("npc-residual").name == "npc-residual-tiny@1.1.0"
    assert here(own).open("npc-residual", NAME).name == NAME


def test_what_is_there_already_is_left_alone(source: Path, own: Path, folder: Path, tmp_path: Path) -> None:
    quickly(source, own)
    before = contents(own)
    assert quickly(source, own).was_there and contents(own) == before
    bundled = tmp_path / "bundled"
    shutil.copytree(folder, bundled / "any-name")
    shutil.rmtree(own)
    assert quickly(source, own, bundled).was_there and contents(own) == {}


def test_a_signature_that_was_missing_is_added_and_never_replaced(
    folder: Path, source: Path, own: Path, tmp_path: Path
) -> None:
    unsigned = write_tiny_pack(tmp_path / "unsigned", provenance="hospital")
    assert quickly(unsigned, own).pack.signer is None
    signed = quickly(source, own)
    assert signed.was_there and signed.pack.signer == verify_pack(folder).signer
    by_another = shutil.copytree(unsigned, tmp_path / "other")
    assert quickly(sign(by_another, OTHER), own).pack.signer == verify_pack(folder).signer


def test_a_signature_is_not_added_to_a_pack_that_came_with_the_application(
    source: Path, own: Path, tmp_path: Path
) -> None:
    bundled = tmp_path / "bundled"
    write_tiny_pack(bundled / "tiny", provenance="hospital")
    before = contents(bundled)
    assert quickly(source, own, bundled).pack.signer is None
    assert contents(bundled) == before


def test_the_same_version_with_other_content_is_refused(source: Path, own: Path, tmp_path: Path) -> None:
    quickly(source, own)
    before = contents(own)
    other = write_tiny_pack(tmp_path / "other", margin=0.2)
    with pytest.raises(PackError, match="version_taken"):
        quickly(other, own)
    assert contents(own) == before
    (own / NAME / "card.md").write_bytes(b"altered")
    with pytest.raises(PackError, match="version_damaged"):
        quickly(source, own)


def refused(source: Path, own: Path) -> PackError:
    """Refused, with nothing left."""
    with pytest.raises(PackError) as caught:
        quickly(source, own)
    assert contents(own) == {} and list((own / STAGING).iterdir()) == []
    return caught.value


def test_refused_packs_leave_nothing(source: Path, own: Path, tmp_path: Path) -> None:
    whole = source.read_bytes()
    source.write_bytes(whole[:-100])
    assert refused(source, own).message.id == "error.pack.container_truncated"
    source.write_bytes(whole + b"x")
    assert refused(source, own).message.id == "error.pack.container_surplus"
    altered = bytearray(whole)
    altered[whole.index(b"# A tiny pack")] ^= 1
    source.write_bytes(altered)
    assert refused(source, own).message.fields == {"file": "card.md"}
    wrong = write_tiny_pack(tmp_path / "wrong", provenance="hospital", version="3.0.0")
    sign(wrong)
    content = (wrong / "manifest.json").read_bytes().replace(b'"3.0.0"', b'"3.0.1"')
    (wrong / "manifest.json").write_bytes(content)
    assert refused(wrong, own).message.id == "error.pack.signature_wrong"
    (wrong / "link").symlink_to("/etc/passwd")
    assert refused(wrong, own).message.id == "error.pack.link"
    assert refused(tmp_path / "home", own).message.id == "error.pack.no_manifest"


def test_a_source_that_is_not_there_is_said(own: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not_found"):
        quickly(tmp_path / "absent.modelpack", own)
    assert not own.exists()


def test_a_pack_that_fails_its_self_test_is_refused_by_the_process(own: Path, tmp_path: Path) -> None:
    model = classifier_model(0.61).SerializeToString()
    lying = write_tiny_pack(tmp_path / "lying", networks={"networks/ccrt-0.onnx": model})
    with pytest.raises(PackError) as caught:
        install_pack(lying, own, here(own))
    assert caught.value.message.id == "error.pack.self_test_failed"
    assert caught.value.message.fields == {"file": "networks/ccrt-0.onnx", "tensor": "score"}
    assert contents(own) == {}


def test_a_process_that_breaks_down_or_takes_too_long_is_a_refusal(folder: Path) -> None:
    with pytest.raises(PackError, match=r"verifier_broke_down|error\.memory"):
        verify_apart.verify_apart(folder, memory_bytes=16 << 20)
    with pytest.raises(PackError, match="verifier_slow"):
        verify_apart.verify_apart(folder, seconds=0.01)


@pytest.mark.parametrize(
    ("code", "message_id"),
    [(errno.ENOSPC, "error.storage.full"), (errno.EROFS, "error.storage.read_only")],
)
@pytest.mark.parametrize("step", ["mkdir", "copy", "fsync", "rename"])
def test_a_full_or_read_only_store_is_said_and_stays_as_it_was(
    folder: Path,
    own: Path,
    step: str,
    code: int,
    message_id: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    quickly(write_tiny_pack(tmp_path / "older", version="0.9.0"), own)
    before = contents(own)

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    where = {
        "mkdir": (Path, "mkdir"),
        "copy": (install.shutil, "copyfile"),
        "fsync": (install.os, "fsync"),
        "rename": (Path, "rename"),
    }
    with monkeypatch.context() as broken:
        broken.setattr(*where[step], fail)
        with pytest.raises(StorageError) as caught:
            quickly(folder, own)
    assert caught.value.message.id == message_id
    assert contents(own) == before
    assert quickly(folder, own).pack.name == NAME


def test_the_files_are_flushed_before_they_are_named(
    folder: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def watch_flush(handle: int) -> None:
        happened.append("flush")
        fsync(handle)

    def watch_rename(self: Path, target: Path) -> Path:
        happened.append("rename")
        return rename(self, target)

    monkeypatch.setattr(install.os, "fsync", watch_flush)
    monkeypatch.setattr(Path, "rename", watch_rename)
    quickly(folder, own)
    files = sum(path.is_file() for path in folder.rglob("*"))
    assert happened.index("rename") >= files and happened[-1] == "flush" and happened.count("rename") == 1


def test_a_pack_is_removed_whole(source: Path, own: Path) -> None:
    quickly(source, own)
    (listing,) = here(own).installed()
    remove_pack(listing, own)
    assert contents(own) == {} and here(own).installed() == ()
    assert list((own / STAGING).iterdir()) == []


def test_a_bundled_pack_stays(folder: Path, own: Path) -> None:
    (listing,) = here(own, folder.parent).installed()
    with pytest.raises(PackError, match="bundled"):
        remove_pack(listing, own)
    assert folder.is_dir()


def test_a_pack_that_cannot_be_moved_stays_whole(
    source: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quickly(source, own)
    before = contents(own)
    (listing,) = here(own).installed()

    def fail(*_: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", fail)
        with pytest.raises(StorageError):
            remove_pack(listing, own)
    assert contents(own) == before
