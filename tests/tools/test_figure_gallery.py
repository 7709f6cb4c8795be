"""The gallery writes pictures that say their data are synthetic."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tools import figure_gallery


def test_every_language_style_and_width_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["gallery", str(tmp_path), "--only", "confusion"])
    assert figure_gallery.main() == 0
    drawn = sorted(tmp_path.glob("*.svg"))
    assert len(drawn) == 2 * len(figure_gallery.STYLES) * len(figure_gallery.WIDTHS)
    for path in drawn:
        note = "synthetic data" if "-en-" in path.name else "合成数据"
        assert note in path.read_text(encoding="utf-8")
        with Image.open(path.with_suffix(".png")) as picture:
            assert len(picture.convert("RGB").getcolors(100_000) or ()) > 20
