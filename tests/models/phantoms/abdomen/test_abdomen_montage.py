from io import BytesIO

import numpy as np
from PIL import Image

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.montage import documents_picture, picture
from tests.models.phantoms.abdomen.abdomen_cases import gastric


def test_the_picture_has_three_rows_of_four_tiles() -> None:
    with Image.open(BytesIO(picture(gastric(), Phase.ARTERIAL, size=128))) as image:
        assert image.size == (4 * 256, 3 * 256)
        assert image.getextrema() == (0, 255)


def test_the_documents_picture_shows_each_level_in_three_phases() -> None:
    with Image.open(BytesIO(documents_picture(size=128))) as image:
        assert image.size == (4 * 256, 4 * 182)
        rows = np.asarray(image, dtype=float).reshape(4, 182, 4, 256)
    unenhanced, arterial, venous = rows[:3]
    lit = (unenhanced > 90).mean(), (arterial > 90).mean(), (venous > 90).mean()
    assert lit[0] < lit[1] < lit[2]
    for phase in (arterial, venous):
        assert np.corrcoef(unenhanced.ravel(), phase.ravel())[0, 1] > 0.8
