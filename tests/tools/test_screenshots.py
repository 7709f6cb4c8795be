"""Pictures of the documents are small and look like the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tools.page_pictures import PAGE_PICTURES
from tools.pathway_pictures import PATHWAY_PICTURES
from tools.screenshots import COLOUR_STEP, DOCUMENTS_PICTURES, write_for_documents

MOST_BYTES = 300_000


def test_colours_are_rounded_by_less_than_an_eye_sees(tmp_path: Path) -> None:
    colours = np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(colours).save(tmp_path / "window.png")
    write_for_documents(tmp_path / "window.png", tmp_path / "document.png")
    with Image.open(tmp_path / "document.png") as picture:
        written = np.asarray(picture).astype(int)
    assert written.shape == colours.shape
    assert np.abs(written - colours).max() <= COLOUR_STEP // 2
    assert (tmp_path / "document.png").stat().st_size < (tmp_path / "window.png").stat().st_size


def test_every_picture_of_the_documents_is_small() -> None:
    others = (*(page.file for page in PAGE_PICTURES), *(one.file for one in PATHWAY_PICTURES))
    for picture in (*DOCUMENTS_PICTURES.values(), *others):
        assert 0 < picture.stat().st_size <= MOST_BYTES, picture.name
