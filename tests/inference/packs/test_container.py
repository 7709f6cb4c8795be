"""The zip form gives the same bytes each time, and takes nothing that could surprise."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from inference.errors import PackError, StorageError
from inference.messages.catalogue import load_catalogue
from inference.packs import container, unpacking
from inference.packs.container import check_container, container_name, write_container
from inference.packs.unpacking import unpack_container
from inference.packs.verify import verify_pack
from tests.inference.packs.test_signature import sign
from tests.inference.tiny_pack import write_tiny_pack

MANIFEST = ("manifest.json", b"{}")
Members = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sign(write_tiny_pack(tmp_path_factory.mktemp("packs") / "pack"))


def packed(folder: Path) -> bytes:
    stream = io.BytesIO()
    write_container(verify_pack(folder), stream)
    return stream.getvalue()


def zipped(members: Members, method: int = zipfile.ZIP_STORED, mode: int = 0o100644) -> bytes:
    """An archive as other programs write it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            member = zipfile.ZipInfo("placeholder")
            member.filename = name
            member.external_attr = mode << 16
            member.compress_type = method
            archive.writestr(member, content)
    return stream.getvalue()


def refusal(path: Path, content: bytes) -> PackError:
    path.write_bytes(content)
    with pytest.raises(PackError) as caught:
        check_container(path)
    sentence = load_catalogue("en").render(caught.value.message)
    assert "⟦" not in sentence and "{" not in sentence and sentence.count(". ") <= 1
    return caught.value


def test_the_bytes_are_the_same_each_time_and_hold_the_pack(folder: Path, tmp_path: Path) -> None:
    content = packed(folder)
    assert content == packed(folder)
    path = tmp_path / container_name(verify_pack(folder))
    path.write_bytes(content)
    assert path.name == "npc-residual-tiny-1.0.0.modelpack"
    names = check_container(path)
    assert names[:2] == ("manifest.json", "signature.json") and list(names[2:]) == sorted(names[2:])
    unpacked = unpack_container(path, tmp_path)
    assert verify_pack(unpacked).sha256 == verify_pack(folder).sha256
    for name in names:
        assert (unpacked / name).read_bytes() == (folder / name).read_bytes()


def test_an_archive_of_an_ordinary_program_is_read_too(folder: Path, tmp_path: Path) -> None:
    members = [
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    path = tmp_path / "x.modelpack"
    path.write_bytes(zipped(members, zipfile.ZIP_DEFLATED))
    assert verify_pack(unpack_container(path, tmp_path)).signer is not None


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_a_truncated_container_is_refused(folder: Path, tmp_path: Path, share: float) -> None:
    content = packed(folder)
    error = refusal(tmp_path / "x.modelpack", content[: int(len(content) * share)])
    assert error.message.id == "error.pack.container_truncated"
    assert error.message.fields == {"file": "x.modelpack"}


def test_one_byte_less_is_refused(folder: Path, tmp_path: Path) -> None:
    assert (
        refusal(tmp_path / "x.modelpack", packed(folder)[:-1]).message.id == "error.pack.container_truncated"
    )


@pytest.mark.parametrize("place", ["before", "after", "between"])
def test_bytes_that_belong_to_no_member_are_refused(folder: Path, tmp_path: Path, place: str) -> None:
    content = packed(folder)
    if place == "before":
        content = b"#!/bin/sh\n" + content
    elif place == "after":
        content += b"\n"
    else:
        directory = struct.unpack("<I", content[-6:-2])[0]
        content = content[:directory] + b"hidden" + content[directory:]
        content = content[:-6] + struct.pack("<I", directory + 6) + content[-2:]
    assert refusal(tmp_path / "x.modelpack", content).message.id == "error.pack.container_surplus"


@pytest.mark.parametrize(
    ("name", "message_id"),
    [
        ("../outside", "error.pack.container_outside"),
        ("networks/../../outside", "error.pack.container_outside"),
        ("/etc/passwd", "error.pack.container_outside"),
        ("a\\b", "error.pack.container_outside"),
        ("C:x", "error.pack.container_outside"),
        (".hidden", "error.pack.container_name"),
        ("networks/", "error.pack.container_name"),
        ("a//b", "error.pack.container_name"),
        ("a/./b", "error.pack.container_name"),
        ("name with space", "error.pack.container_name"),
        ("dot.", "error.pack.container_name"),
        ("aux.onnx", "error.pack.container_name"),
        ("netzwörk.onnx", "error.pack.container_name"),
        ("x" * 201, "error.pack.container_name"),
        ("line\nbreak", "error.pack.container_name"),
        ("MANIFEST.json", "error.pack.container_twice"),
        ("manifest.json", "error.pack.container_twice"),
        ("manifest.json/inside", "error.pack.container_twice"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_lead_out_are_odd_or_stand_twice_are_refused(
    tmp_path: Path, name: str, message_id: str
) -> None:
    error = refusal(tmp_path / "x.modelpack", zipped([MANIFEST, (name, b"x")]))
    assert error.message.id == message_id


def test_a_link_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path / "x.modelpack", zipped([("card.md", b"/etc/passwd")], mode=0o120777))
    assert error.message.id == "error.pack.link" and error.message.fields == {"file": "card.md"}


def test_a_container_without_manifest_is_no_pack(tmp_path: Path) -> None:
    error = refusal(tmp_path / "x.modelpack", zipped([("card.md", b"x")]))
    assert error.message.id == "error.pack.no_manifest"


def test_what_swells_is_refused_unpacked(tmp_path: Path) -> None:
    content = zipped([MANIFEST, ("card.md", bytes(8 << 20))], zipfile.ZIP_DEFLATED)
    assert len(content) < 1 << 16
    error = refusal(tmp_path / "x.modelpack", content)
    assert error.message.id == "error.pack.container_swells" and error.message.fields["file"] == "card.md"


def test_limits_hold_for_sizes_and_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped([MANIFEST, ("a", b"12345678"), ("b", b"12345678")])
    monkeypatch.setattr(container, "FILE_COUNT_LIMIT", 2)
    assert refusal(tmp_path / "x.modelpack", content).message.id == "error.pack.too_many_files"
    monkeypatch.setattr(container, "FILE_COUNT_LIMIT", 3)
    monkeypatch.setattr(container, "FILE_LIMIT", 7)
    assert refusal(tmp_path / "x.modelpack", content).message.fields["file"] == "a"
    monkeypatch.setattr(container, "PACK_LIMIT", 15)
    assert refusal(tmp_path / "x.modelpack", content).message.fields["file"] == "x.modelpack"


def at_central(content: bytes, offset: int, value: bytes) -> bytes:
    """Change the first entry of the directory."""
    place = struct.unpack("<I", content[-6:-2])[0] + offset
    return content[:place] + value + content[place + len(value) :]


@pytest.mark.parametrize(
    ("damage", "message_id"),
    [
        (lambda content: at_central(content, 8, b"\x01\x00"), "error.pack.container_encrypted"),
        (lambda content: at_central(content, 8, b"\x08\x00"), "error.pack.container_form"),
        (lambda content: at_central(content, 10, b"\x0c\x00"), "error.pack.container_form"),
        (lambda content: at_central(content, 16, b"\x00\x00"), "error.pack.container_differs"),
        (lambda content: at_central(content, 42, b"\x01\x00"), "error.pack.container_surplus"),
        (lambda content: at_central(content, 0, b"PK\x01\x03"), "error.pack.container_damaged"),
        (lambda content: b"PK\x03\x05" + content[4:], "error.pack.container_differs"),
        (
            lambda content: content.replace(b"manifest.json", b"manifest.jsom", 1),
            "error.pack.container_differs",
        ),
    ],
)
def test_a_directory_that_differs_from_the_members_is_refused(
    folder: Path, tmp_path: Path, damage: Callable[[bytes], bytes], message_id: str
) -> None:
    assert refusal(tmp_path / "x.modelpack", damage(packed(folder))).message.id == message_id


def test_altered_content_is_refused_by_its_name(folder: Path, tmp_path: Path) -> None:
    content = bytearray(packed(folder))
    content[content.index(b"# A tiny pack")] ^= 1
    path = tmp_path / "x.modelpack"
    path.write_bytes(content)
    with pytest.raises(PackError) as caught:
        unpack_container(path, tmp_path)
    assert caught.value.message.id == "error.pack.container_damaged"
    assert caught.value.message.fields == {"file": "card.md"}


def test_no_room_is_said(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        files: tuple[()] = ()
        skipped = (type("Skipped", (), {"code": "intake.zip_no_space", "fields": {}}),)

    path = tmp_path / "x.modelpack"
    path.write_bytes(packed(folder))
    monkeypatch.setattr(unpacking, "unpack_archive", lambda *_: Full)
    with pytest.raises(StorageError) as caught:
        unpack_container(path, tmp_path)
    assert caught.value.message.id == "error.storage.full"
