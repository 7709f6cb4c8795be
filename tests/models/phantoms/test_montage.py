import numpy as np

from models.phantoms.montage import montage, whole_head
from models.phantoms.npc_population import draw_cohort


def test_tiles_are_laid_out_in_rows() -> None:
    tiles = [np.full((2, 3), value, np.uint8) for value in range(4)]
    assert montage(tiles, 2).tolist() == [[0] * 3 + [1] * 3] * 2 + [[2] * 3 + [3] * 3] * 2


def test_the_picture_shows_heads_that_fill_their_tiles() -> None:
    tiles = whole_head(draw_cohort("training", 1)[0], (8, 20))
    for tile in tiles:
        lit = np.nonzero(tile > 40)
        assert 0.3 < np.ptp(lit[1]) / tile.shape[1] < 0.95
