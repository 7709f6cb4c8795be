"""What the window remembers: typed, versioned, and of newer versions untouched."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray

from gui.language import choose_language, other_language
from gui.settings import SCHEMA_VERSION, Settings


def test_values_come_back_with_their_types(tmp_path: Path) -> None:
    first = Settings(tmp_path / "window.ini")
    assert first.is_tiled and first.theme == "dark" and first.language == "" and not first.opinion_first
    first.is_tiled, first.theme, first.language, first.opinion_first = False, "light", "zh_CN", True
    first.set_layout("columns", QByteArray(b"abc"))
    first.save()
    again = Settings(tmp_path / "window.ini")
    assert again.is_tiled is False and again.opinion_first
    assert (again.theme, again.language) == ("light", "zh_CN")
    assert again.layout("columns") == QByteArray(b"abc")
    assert again.layout("window") == QByteArray()


def test_a_file_of_a_newer_version_is_read_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    file.write_text(f"[General]\nschema_version={SCHEMA_VERSION + 1}\ntheme=light\n", encoding="utf-8")
    before = file.read_bytes()
    settings = Settings(file)
    assert settings.is_read_only and settings.theme == "light"
    settings.theme = "dark"
    settings.set_layout("window", QByteArray(b"x"))
    settings.save()
    assert file.read_bytes() == before


def test_a_file_that_is_no_settings_file_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    file.write_bytes(b"\x00\xffnot an ini file")
    assert Settings(file).theme == "dark"


def test_a_language_that_is_not_there_falls_back() -> None:
    assert choose_language("zh_CN") == "zh_CN"
    assert choose_language("tlh") in ("en", "zh_CN")
    assert other_language("en") == "zh_CN" and other_language("zh_CN") == "en"
