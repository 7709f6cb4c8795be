"""Packs are found by study, id and version; what cannot be read is listed, not hidden."""

from pathlib import Path

import pytest

from inference.errors import PackError
from inference.packs.store import PackStore
from tests.inference.tiny_pack import write_tiny_pack

STUDY = "npc-residual"


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    write_tiny_pack(tmp_path / "bundled" / "a", id="npc-a", version="1.9.0")
    write_tiny_pack(tmp_path / "own" / "a-newer", id="npc-a", version="1.10.0")
    return [tmp_path / "bundled", tmp_path / "own", tmp_path / "absent"]


def refused(store: PackStore, request: str | None, study: str = STUDY) -> PackError:
    with pytest.raises(PackError) as caught:
        store.open(study, request)
    return caught.value


def test_the_newest_version_is_taken_by_number(folders: list[Path]) -> None:
    store = PackStore(folders)
    assert store.open(STUDY, None).name == "npc-a@1.10.0"
    assert store.open(STUDY, "npc-a").name == "npc-a@1.10.0"


def test_a_version_can_be_asked_for(folders: list[Path]) -> None:
    assert PackStore(folders).open(STUDY, "npc-a@1.9.0").name == "npc-a@1.9.0"


def test_listings_show_id_version_study_and_state(folders: list[Path]) -> None:
    listings = PackStore(folders).installed()
    assert [(listing.id, listing.version) for listing in listings] == [
        ("npc-a", "1.10.0"),
        ("npc-a", "1.9.0"),
    ]
    assert {(listing.study, listing.state) for listing in listings} == {(STUDY, "demonstration")}


def test_unknown_malformed_and_foreign_requests_are_told_apart(folders: list[Path]) -> None:
    store = PackStore(folders)
    assert refused(store, "npc-b").message.id == "error.pack.unknown"
    assert refused(store, "npc-a@9.9.9").message.id == "error.pack.unknown"
    assert refused(store, "../npc-a").message.id == "error.pack.request"
    assert refused(store, "npc-a@new").message.id == "error.pack.request"
    assert refused(store, "npc-a", "gnen-os").message.id == "error.pack.other_study"
    assert refused(store, None, "gnen-os").message.id == "error.pack.none_for_study"


def test_two_packs_of_one_study_must_be_told_apart_by_name(folders: list[Path]) -> None:
    write_tiny_pack(folders[1] / "b", id="npc-b")
    error = refused(PackStore(folders), None)
    assert error.message.id == "error.pack.ambiguous" and error.message.fields["packs"] == "npc-a, npc-b"


def test_an_unreadable_pack_is_listed_with_its_problem_and_explains_the_refusal(tmp_path: Path) -> None:
    write_tiny_pack(tmp_path / "npc-a", id="npc-a")
    (tmp_path / "npc-a" / "manifest.json").write_text("{", encoding="utf-8")
    store = PackStore([tmp_path])
    (listing,) = store.installed()
    assert listing.problem is not None and listing.problem.id == "error.pack.manifest_not_json"
    assert refused(store, "npc-a").message.id == "error.pack.manifest_not_json"
    assert refused(store, None).message.id == "error.pack.manifest_not_json"


def test_an_open_pack_keeps_its_networks_and_is_hashed_again(folders: list[Path]) -> None:
    store = PackStore(folders)
    first = store.open(STUDY, "npc-a@1.9.0")
    network = first.network(first.manifest.segmenter)
    again = store.open(STUDY, "npc-a@1.9.0")
    assert again.network(again.manifest.segmenter) is network
    (folders[0] / "a" / "card.md").write_text("changed", encoding="utf-8")
    assert refused(store, "npc-a@1.9.0").message.fields == {"file": "card.md"}


def test_a_pack_replaced_by_another_is_opened_anew(folders: list[Path]) -> None:
    store = PackStore(folders)
    before = store.open(STUDY, "npc-a@1.9.0")
    write_tiny_pack(folders[0] / "a", id="npc-a", version="1.9.0", margin=0.2)
    after = store.open(STUDY, "npc-a@1.9.0")
    assert after.sha256 != before.sha256 and after.manifest.threshold("ccrt").borderline_margin == 0.2
