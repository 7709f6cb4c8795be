"""``main.py pack`` from a new key to a removed pack, as one user hands it to another."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.headless.conftest import TINY, Ran
from tests.inference.tiny_pack import write_tiny_pack

Run = Callable[..., Ran]
WARD = "ward-7"


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text("a passphrase of some length\n", encoding="utf-8")
    return path


@pytest.fixture
def signed(run: Run, tmp_path: Path, passphrase: Path) -> Path:
    """A hospital's pack as one file, signed with a new key."""
    made = run("pack", "keygen", "--out", tmp_path / "key.pem", "--passphrase-file", passphrase)
    assert made.code == 0 and "fingerprint" in made.out
    folder = write_tiny_pack(tmp_path / "made", id=WARD, provenance="hospital")
    ran = run("pack", "sign", folder, "--key", tmp_path / "key.pem", "--passphrase-file", passphrase)
    assert ran.code == 0
    return tmp_path / f"{WARD}-1.0.0.modelpack"


def test_a_pack_goes_from_hand_to_hand(run: Run, signed: Path, home: Path, tmp_path: Path) -> None:
    assert "not known here" in run("pack", "verify", signed).out
    assert "is installed" in run("pack", "install", signed).out
    assert "installed already" in run("pack", "install", signed).out
    assert f"{WARD}@1.0.0 · npc-residual · Unverified signer" in run("pack", "list").out
    assert run("pack", "trust", tmp_path / "key.pem.pub", "--name", "Ward 7").code == 0
    assert f"{WARD}@1.0.0 · npc-residual · Trusted" in run("pack", "list").out
    shown = run("pack", "show", f"{WARD}@1.0.0").out
    assert "Signer: Ward 7" in shown and "Made for tests." in shown and "patients" in shown
    assert run("pack", "withdraw", f"{WARD}@1.0.0", "--reason", "drift").code == 0
    assert "Withdrawn" in run("pack", "list").out
    assert run("pack", "reinstate", f"{WARD}@1.0.0").code == 0
    assert "Withdrawn" not in run("pack", "list").out
    again = run("pack", "reinstate", f"{WARD}@1.0.0")
    assert again.code == 2 and "not withdrawn" in again.err
    assert run("pack", "distrust", "Ward 7").code == 0
    assert run("pack", "remove", f"{WARD}@1.0.0", "--yes").code == 0
    assert WARD not in run("pack", "list").out
    assert not list((home / "cache" / "packs").iterdir())


def test_a_private_key_is_its_owners_alone_and_never_overwritten(
    run: Run, signed: Path, tmp_path: Path, passphrase: Path
) -> None:
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert b"ENCRYPTED" in (tmp_path / "key.pem").read_bytes()
    ran = run("pack", "keygen", "--out", tmp_path / "key.pem", "--passphrase-file", passphrase)
    assert ran.code == 2 and "not overwritten" in ran.err


def test_signing_again_gives_the_same_file(run: Run, signed: Path, tmp_path: Path, passphrase: Path) -> None:
    again = tmp_path / "again.modelpack"
    arguments = ("--key", tmp_path / "key.pem", "--passphrase-file", passphrase, "--out", again)
    assert run("pack", "sign", tmp_path / "made", *arguments).code == 0
    assert again.read_bytes() == signed.read_bytes()


def test_a_refused_pack_is_one_sentence_with_its_file(run: Run, signed: Path, home: Path) -> None:
    signed.write_bytes(signed.read_bytes()[:-9])
    before = sorted(home.rglob("*"))
    for action in ("install", "verify", "show"):
        ran = run("pack", action, signed)
        assert ran.code == 2 and signed.name in ran.err and ran.err.count("\n") == 1
    assert [path for path in sorted(home.rglob("*")) if path.is_file()] == [
        path for path in before if path.is_file()
    ]


def test_removal_asks_and_keeps_at_anything_but_yes(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    assert run("pack", "remove", f"{TINY}@1.0.0").code == 2
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "")
    assert run("pack", "remove", f"{TINY}@1.0.0").code == 130
    assert (home / "data" / "packs" / TINY).is_dir()
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert run("pack", "remove", f"{TINY}@1.0.0").code == 0
    assert not (home / "data" / "packs" / TINY).exists()


def test_bundled_and_unknown_packs_are_not_removed(run: Run) -> None:
    assert "comes with the application" in run("pack", "remove", "npc-residual-demo@0.4.0", "--yes").err
    assert run("pack", "remove", "nobody@1.0.0", "--yes").code == 2
    assert run("pack", "remove", TINY, "--yes").code == 2
