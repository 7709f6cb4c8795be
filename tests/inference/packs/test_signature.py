"""A signature names who vouches for a pack; a wrong one is worse than none."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inference.errors import InputError, PackError
from inference.messages.catalogue import load_catalogue
from inference.packs.keys import key_pair, read_private_key, read_public_key, signer_of
from inference.packs.load import LoadedPack
from inference.packs.signature import signature_bytes
from inference.packs.state import PackState, Trust, state_of
from inference.packs.store import PackStore
from inference.packs.trust_store import TrustStore, ValidationRecord
from inference.packs.verify import verify_pack
from tests.inference.tiny_pack import write_tiny_pack

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
SIGNER = signer_of(KEY)
DAY = date(2026, 1, 2)
PASSPHRASE = "a passphrase of some length"


def sign(folder: Path, key: Ed25519PrivateKey = KEY) -> Path:
    (folder / "signature.json").write_bytes(signature_bytes(verify_pack(folder).manifest, key))
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return sign(write_tiny_pack(tmp_path / "pack", provenance="hospital"))


def refusal(folder: Path) -> PackError:
    with pytest.raises(PackError) as caught:
        verify_pack(folder)
    assert "signature.json" in load_catalogue("en").render(caught.value.message)
    return caught.value


def test_a_signed_pack_says_who_signed_it(pack: Path) -> None:
    loaded = verify_pack(pack)
    assert loaded.signer == SIGNER and loaded.state is PackState.UNVERIFIED
    assert verify_pack(pack, trust=Trust({SIGNER.public_key: "Ward 7"})).state is PackState.TRUSTED


def test_signing_twice_gives_the_same_bytes_and_leaves_the_packs_hash(pack: Path) -> None:
    before = (pack / "signature.json").read_bytes()
    digest = verify_pack(pack).sha256
    (pack / "signature.json").unlink()
    assert verify_pack(pack).sha256 == digest and verify_pack(pack).signer is None
    assert (sign(pack) / "signature.json").read_bytes() == before


def test_a_signature_over_another_manifest_is_refused(pack: Path) -> None:
    document = json.loads((pack / "manifest.json").read_bytes())
    document["thresholds"][0]["value"] += 1e-9
    (pack / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
    assert refusal(pack).message.id == "error.pack.signature_wrong"


def edit(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.update(changes)


@pytest.mark.parametrize(
    ("change", "message_id"),
    [
        (edit(public_key=signer_of(OTHER).public_key), "error.pack.signature_wrong"),
        (edit(signature="0" * 128), "error.pack.signature_wrong"),
        (edit(signature="0" * 126), "error.pack.signature_unreadable"),
        (edit(public_key="f" * 64), "error.pack.signature_wrong"),
        (edit(algorithm="none"), "error.pack.signature_unreadable"),
        (edit(unheard_of=1), "error.pack.signature_unreadable"),
        (edit(schema_version=2), "error.pack.newer"),
    ],
)
def test_signatures_that_do_not_hold_are_refused(
    pack: Path, change: Callable[[dict[str, Any]], None], message_id: str
) -> None:
    document = json.loads((pack / "signature.json").read_bytes())
    change(document)
    (pack / "signature.json").write_text(json.dumps(document), encoding="utf-8")
    assert refusal(pack).message.id == message_id


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 9000, b" " * 20_000])
def test_bytes_that_are_no_signature_are_refused(pack: Path, content: bytes) -> None:
    (pack / "signature.json").write_bytes(content)
    assert refusal(pack).message.id == "error.pack.signature_unreadable"


def test_a_signature_that_is_a_link_is_refused(pack: Path, tmp_path: Path) -> None:
    (pack / "signature.json").rename(tmp_path / "s")
    (pack / "signature.json").symlink_to(tmp_path / "s")
    assert refusal(pack).message.id == "error.pack.link"


# Keys.


def test_a_key_pair_survives_its_files_and_needs_its_passphrase(tmp_path: Path) -> None:
    private, public = key_pair(PASSPHRASE)
    (tmp_path / "key").write_bytes(private)
    (tmp_path / "key.pub").write_bytes(public)
    key = read_private_key(tmp_path / "key", lambda: PASSPHRASE)
    assert signer_of(key) == read_public_key(tmp_path / "key.pub")
    with pytest.raises(InputError) as caught:
        read_private_key(tmp_path / "key", lambda: "another passphrase")
    assert caught.value.message.id == "pack.key.passphrase_wrong"
    with pytest.raises(InputError) as caught:
        key_pair("short")
    assert caught.value.message.id == "pack.key.passphrase_short"


def test_other_kinds_of_keys_are_refused(tmp_path: Path) -> None:
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    curve = generate_private_key(SECP256R1())
    public = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for content in (b"", b"text", curve.private_bytes(*plain), curve.public_key().public_bytes(*public)):
        (tmp_path / "key").write_bytes(content)
        with pytest.raises(InputError, match="not_private"):
            read_private_key(tmp_path / "key", lambda: "")
        with pytest.raises(InputError, match="not_public"):
            read_public_key(tmp_path / "key")


# States.


def loaded(pack: Path, trust: Trust) -> LoadedPack:
    return verify_pack(pack, trust=trust)


def test_the_state_follows_from_provenance_signer_validation_and_withdrawal(
    pack: Path, tmp_path: Path
) -> None:
    digest = verify_pack(pack).sha256
    known = {SIGNER.public_key: "Ward 7"}
    cases = {
        PackState.UNVERIFIED: Trust(validated=frozenset({digest})),
        PackState.TRUSTED: Trust(known, validated=frozenset({"0" * 64})),
        PackState.VALIDATED_HERE: Trust(known, validated=frozenset({digest})),
        PackState.WITHDRAWN: Trust(known, {"npc-residual-tiny@1.0.0": "drift"}, frozenset({digest})),
    }
    for state, trust in cases.items():
        pack_here = loaded(pack, trust)
        assert pack_here.state is state and pack_here.reference.state == state.value
    synthetic = verify_pack(write_tiny_pack(tmp_path / "synthetic")).manifest
    assert state_of(synthetic, digest, SIGNER, cases[PackState.VALIDATED_HERE]) is PackState.DEMONSTRATION


def test_every_state_is_one_that_an_assessment_may_name() -> None:
    schema = json.loads(Path("inference/assessment.schema.json").read_text(encoding="utf-8"))
    assert {state.value for state in PackState} == set(schema["$defs"]["pack"]["properties"]["state"]["enum"])


def test_the_site_remembers_whom_it_trusts(tmp_path: Path) -> None:
    store = TrustStore(tmp_path / "trust")
    assert store.read() == Trust()
    store.trust(SIGNER, "Ward 7", DAY)
    store.trust(signer_of(OTHER), "Another", DAY)
    store.trust(SIGNER, "Ward 8", DAY)
    assert store.read().name_of(SIGNER) == "Ward 8" and len(store.signers()) == 2
    store.distrust("Ward 8")
    assert store.read().name_of(SIGNER) == ""
    with pytest.raises(InputError, match="unknown_name"):
        store.distrust("Ward 8")
    with pytest.raises(InputError, match="name_taken"):
        store.trust(SIGNER, "Another", DAY)
    for name in ("", "two\nlines", "x" * 201):
        with pytest.raises(InputError, match=r"pack\.trust\.name"):
            store.trust(SIGNER, name, DAY)


def test_validations_and_withdrawals_are_on_record(pack: Path, tmp_path: Path) -> None:
    store = TrustStore(tmp_path / ".trust")
    store.trust(SIGNER, "Ward 7", DAY)
    manifest = verify_pack(pack).manifest
    store.record_validation(
        ValidationRecord(
            schema_version=1,
            id=manifest.id,
            version=manifest.version,
            manifest_sha256=manifest.sha256(),
            validated_on=DAY,
            by="Physics",
            patients=120,
        )
    )
    packs = PackStore([pack.parent], trust=store.read)
    assert packs.open("npc-residual").state is PackState.VALIDATED_HERE
    network = packs.open("npc-residual").network(manifest.segmenter)
    store.withdraw(manifest.id, manifest.version, "drift since the new scanner", DAY)
    with pytest.raises(PackError, match=r"error\.pack\.withdrawn"):
        packs.open("npc-residual")
    named = packs.open("npc-residual", "npc-residual-tiny@1.0.0")
    assert named.state is PackState.WITHDRAWN and named.network(manifest.segmenter) is network
    assert [listing.state for listing in packs.installed()] == ["withdrawn"]


@pytest.mark.parametrize("file", ["signers.json", "withdrawn.json", "validations/a.json"])
@pytest.mark.parametrize("content", ["", "[]", '{"schema_version": 1}', '{"schema_version": 9}'])
def test_a_file_that_cannot_be_understood_is_not_an_empty_one(
    file: str, content: str, tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        TrustStore(tmp_path).read()
    assert caught.value.message.fields["file"] == Path(file).name
