"""The key: steady, not to be guessed, encrypted, and never lost to another run."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from inference.deidentification.key_file import KeyFile
from inference.deidentification.key_map import KeyMap, PatientKey
from inference.errors import InputError, StorageError
from tests.inference.deidentification.conftest import CHEAP, PASSPHRASE, key_file, steady_bytes

JANE, JOHN = PatientKey("A", "17"), PatientKey("B", "17")


def filled() -> KeyMap:
    key = KeyMap.fresh(steady_bytes())
    key.patient(JANE, "19610203")
    key.patient(JOHN, "")
    key.uid("1.2.3")
    return key


def test_patients_are_numbered_by_issuer_and_id_and_stay_who_they_are() -> None:
    key = filled()
    jane, john = key.patient(JANE, "19610203"), key.patient(JOHN, "")
    assert jane is not None and john is not None
    assert (jane.pseudonym, john.pseudonym) == ("CONC-0001", "CONC-0002")
    assert key.patient(JANE, "") == jane
    assert jane.shift_days != john.shift_days


def test_another_birth_date_under_the_same_identifier_is_nobody() -> None:
    key = filled()
    assert key.patient(JANE, "19610204") is None
    assert key.patient(JOHN, "19700101") is not None and key.patient(JOHN, "19700102") is None


def test_days_are_whole_never_none_and_in_the_past() -> None:
    for byte, days in ((b"\0", -1), (b"\xff", -3650)):
        key = KeyMap.fresh(byte.__mul__)
        entry = key.patient(JANE, "")
        assert entry is not None and entry.shift_days == days


def test_a_uid_is_the_same_for_equals_and_another_under_another_key() -> None:
    key, other = filled(), KeyMap.fresh(steady_bytes(2))
    assert key.uid("1.2.3") == key.uid("1.2.3") != key.uid("1.2.4")
    assert key.uid("1.2.3") != other.uid("1.2.3")
    assert key.uid("1.2.3").startswith("2.25.") and len(key.uid("1.2.3")) <= 44
    assert key.minted("study:/a") == key.minted("study:/a") != key.minted("study:/b")
    assert key.minted("study:/a") not in key.uids.values()


def test_a_key_comes_back_as_it_was_and_goes_on(tmp_path: Path) -> None:
    file, key = key_file(tmp_path / "key"), filled()
    file.open()
    file.write(key)
    again = key_file(tmp_path / "key").open()
    assert (again.uid_key, again.patients, again.uids) == (key.uid_key, key.patients, key.uids)
    third = again.patient(PatientKey("", "", "/somewhere|1.2"), "")
    assert third is not None and third.pseudonym == "CONC-0003"
    assert again.uid("1.2.3") == key.uid("1.2.3")


def test_nothing_of_it_can_be_read_from_the_file(tmp_path: Path) -> None:
    file = key_file(tmp_path / "key")
    file.open()
    key = filled()
    file.write(key)
    content = (tmp_path / "key").read_bytes()
    for secret in (b"CONC", b"19610203", b"1.2.3", key.uid_key.hex().encode(), PASSPHRASE.encode()):
        assert secret not in content


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_its_owner_alone_may_read_it(tmp_path: Path) -> None:
    file = key_file(tmp_path / "key")
    file.open()
    file.write(filled())
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_a_wrong_passphrase_is_one_sentence(tmp_path: Path) -> None:
    file = key_file(tmp_path / "key")
    file.open()
    file.write(filled())
    with pytest.raises(InputError, match=r"deid\.passphrase\.wrong"):
        key_file(tmp_path / "key", "another passphrase").open()


def test_a_short_passphrase_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"deid\.passphrase\.short"):
        key_file(tmp_path / "key", "elevenchars").open()


@pytest.mark.parametrize("name", ["sealed", "nonce", "salt", "cost", "format"])
def test_a_file_that_was_altered_is_not_opened(tmp_path: Path, name: str) -> None:
    file = key_file(tmp_path / "key")
    file.open()
    file.write(filled())
    document = json.loads((tmp_path / "key").read_text())
    value = document[name]
    document[name] = value * 2 if isinstance(value, int) else ("B" if value[0] == "A" else "A") + value[1:]
    (tmp_path / "key").write_text(json.dumps(document))
    with pytest.raises(InputError, match=r"deid\.(passphrase\.wrong|key_map\.not_one)"):
        key_file(tmp_path / "key").open()


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"Doe", b'{"format": "concilium-key-map-1"}', b"[" * 10**5]
)
def test_another_file_is_not_taken_for_a_key(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(InputError, match=r"deid\.key_map\.not_one"):
        key_file(tmp_path / "key").open()


def test_a_key_that_another_run_changed_is_not_overwritten(tmp_path: Path) -> None:
    first, second = key_file(tmp_path / "key"), key_file(tmp_path / "key")
    first.open(), second.open()
    second.write(filled())
    kept = (tmp_path / "key").read_bytes()
    with pytest.raises(StorageError, match=r"deid\.key_map\.changed"):
        first.write(filled())
    assert (tmp_path / "key").read_bytes() == kept


def test_a_cost_beyond_reason_is_refused_unpaid(tmp_path: Path) -> None:
    file = key_file(tmp_path / "key")
    file.open()
    file.write(filled())
    document = json.loads((tmp_path / "key").read_text())
    document["cost"] = 1 << 30
    (tmp_path / "key").write_text(json.dumps(document))
    with pytest.raises(InputError, match=r"deid\.key_map\.not_one"):
        key_file(tmp_path / "key").open()


def test_the_usual_cost_is_the_recommended_one(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "key", PASSPHRASE, steady_bytes())
    file.open()
    file.write(filled())
    assert json.loads((tmp_path / "key").read_text())["cost"] == 131_072 > CHEAP
    assert key_file(tmp_path / "key").open().uids
