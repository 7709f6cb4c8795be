"""What was made before a kill is taken up again, unless code or settings have changed since."""

from inference.packs.verify import read_manifest
from models.packing.kept_work import KeptWork
from tests.inference.tiny_pack import write_tiny_pack


def test_a_finished_pack_is_not_made_again_until_settings_or_pack_change(tmp_path):
    pack = tmp_path / "pack"
    write_tiny_pack(pack)
    work = KeptWork(tmp_path / "work", "tiny", ("settings", 1))
    assert not work.finished(pack)
    work.finish(read_manifest(pack))
    assert work.finished(pack)
    assert not KeptWork(tmp_path / "work", "tiny", ("settings", 2)).finished(pack)
    (pack / "card.md").write_text("another card")
    assert not work.finished(pack)


def test_checkpoints_of_other_settings_are_thrown_away_and_samples_serve_again(tmp_path):
    old = KeptWork(tmp_path, "tiny", 1)
    for folder in (old.samples, old.checkpoints.folder):
        folder.mkdir()
    old.open()
    assert old.samples.is_dir() and old.checkpoints.folder.is_dir()
    new = KeptWork(tmp_path, "tiny", 2)
    new.open()
    assert old.samples.exists() and not old.checkpoints.folder.exists()
    assert new.checkpoints.study != old.checkpoints.study
