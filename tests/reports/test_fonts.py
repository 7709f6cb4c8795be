"""The bundled fonts are there, licensed, embeddable, and hold what reports need."""

from __future__ import annotations

from reports.fonts import FOLDER, Face, font_files
from reports.typesetting import runs

MOST_BYTES = 6 * 1024**2


def test_every_font_is_truetype_and_the_bundle_is_small() -> None:
    assert len(font_files()) == len(Face)
    for file in font_files():
        assert file.read_bytes()[:4] == b"\x00\x01\x00\x00", f"{file.name} has no TrueType outlines"
    assert sum(file.stat().st_size for file in font_files()) <= MOST_BYTES


def test_the_licence_lies_beside_the_fonts_and_names_every_file() -> None:
    assert "Apache License" in (FOLDER / "LICENSE-APACHE-2.0.txt").read_text(encoding="utf-8")
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(file.name in readme for file in font_files())


def test_latin_and_chinese_characters_find_their_face() -> None:
    found = {run.text: run.face for run in runs("cut-off ≥ 50 % 截断值", Face.SEMIBOLD)}
    assert found == {"cut-off ≥ 50 % ": Face.SEMIBOLD, "截断值": Face.CHINESE}
