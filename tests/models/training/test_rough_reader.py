import numpy as np
import pytest

from models.training.rough_reader import RoughReader, draw_quadrilaterals, rough_cuboid

PIXEL_MM = (0.8, 0.7)


@pytest.fixture
def tumour():
    mask = np.zeros((12, 40, 40), bool)
    mask[3, 18:21, 18:21] = mask[4:8, 14:25, 15:26] = mask[8, 17:20, 20:22] = True
    mask[6, 12:27, 13:28] = True
    return mask


def test_one_is_drawn_on_the_bottom_the_largest_and_the_top_slice(tumour):
    drawn = draw_quadrilaterals(tumour, PIXEL_MM, RoughReader(), np.random.default_rng(0))
    assert [one.slice for one in drawn] == [3, 6, 8]


@pytest.mark.parametrize("seed", range(5))
def test_the_cuboid_holds_the_tumour_and_no_more_than_the_slack(tumour, seed):
    cuboid = rough_cuboid(tumour, PIXEL_MM, RoughReader(1.0, 6.0), np.random.default_rng(seed))
    assert not (tumour & ~cuboid.mask(tumour.shape)).any()
    assert cuboid.start[0] == 3 and cuboid.stop[0] == 9
    assert 12 - 6.0 / 0.8 - 1 <= cuboid.start[1] <= 12 - 1.0 / 0.8
    assert 28 + 1.0 / 0.7 <= cuboid.stop[2] <= 28 + 6.0 / 0.7 + 1


def test_an_empty_mask_and_a_negative_slack_are_refused():
    with pytest.raises(ValueError, match="empty"):
        rough_cuboid(np.zeros((2, 3, 3), bool), PIXEL_MM, RoughReader(), np.random.default_rng(0))
    with pytest.raises(ValueError, match="negative"):
        RoughReader(-1.0, 2.0)
