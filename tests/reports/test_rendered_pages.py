"""What another program draws from the PDF: white margins, readable in grey, nothing out of place."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

DPI = 60


@pytest.fixture
def pages_of(tmp_path: Path, pdf_of: Callable[..., bytes]) -> Callable[..., list[np.ndarray]]:
    """Every page of one report in RGB, drawn by poppler."""
    tool = shutil.which("pdftoppm")
    if tool is None:
        pytest.skip("pdftoppm (poppler-utils) is not installed: pages cannot be drawn")

    def draw(kind: str, language: str) -> list[np.ndarray]:
        source = tmp_path / "report.pdf"
        source.write_bytes(pdf_of(kind, language))
        subprocess.run([tool, "-r", str(DPI), "-png", str(source), str(tmp_path / "page")], check=True)
        return [np.asarray(Image.open(path).convert("RGB")) for path in sorted(tmp_path.glob("page*.png"))]

    return draw


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("kind", ["answered", "guard"])
def test_pages_are_white_a4_with_clear_margins(
    kind: str, language: str, pages_of: Callable[..., list[np.ndarray]]
) -> None:
    margin = int(30 / 72 * DPI)
    for page in pages_of(kind, language):
        assert page.shape[0] / page.shape[1] == pytest.approx(297 / 210, abs=0.01)
        for edge in (page[:, :margin], page[:, -margin:], page[-margin // 2 :], page[: margin // 2]):
            assert (edge > 250).all()
        assert (page > 250).all(axis=-1).mean() > 0.5


def test_the_marked_row_stands_out_in_grey(pages_of: Callable[..., list[np.ndarray]]) -> None:
    grey = pages_of("answered", "en")[0].mean(axis=-1)
    right_half = grey[:, grey.shape[1] // 2 :]
    tinted = ((right_half > 225) & (right_half < 250)).mean(axis=1)
    assert (tinted > 0.5).sum() >= 5
