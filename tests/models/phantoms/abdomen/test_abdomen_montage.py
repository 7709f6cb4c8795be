from io import BytesIO

from PIL import Image

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.montage import picture
from tests.models.phantoms.abdomen.abdomen_cases import gastric


def test_the_picture_has_three_rows_of_four_tiles() -> None:
    with Image.open(BytesIO(picture(gastric(), Phase.ARTERIAL, size=128))) as image:
        assert image.size == (4 * 256, 3 * 256)
        assert image.getextrema() == (0, 255)
