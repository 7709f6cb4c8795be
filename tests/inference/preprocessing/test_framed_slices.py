import numpy as np
import pytest

from inference.preprocessing.framed_slices import framed, framed_slices
from inference.preprocessing.settings import FrameSettings, IsotropicSettings

WINDOW = IsotropicSettings(spacing_mm=1.0, margin_mm=0.0, window_centre_hu=130.0, window_width_hu=310.0)


def frame(framing, rows=6, columns=6):
    return FrameSettings(framing=framing, rows=rows, columns=columns)


def test_the_window_becomes_zero_to_one():
    array = np.array([[[-25.0, 130.0, 285.0, 900.0]]])
    assert framed_slices(array, WINDOW, frame("resized", 1, 4)).ravel() == pytest.approx([0, 0.5, 1, 1])


@pytest.mark.parametrize("framing", ["resized", "padded"])
def test_a_region_of_the_frames_size_passes_unchanged(framing):
    array = np.random.default_rng(0).random((3, 6, 6), dtype=np.float32)
    assert np.array_equal(framed(array, frame(framing)), array)


def test_resizing_fills_the_frame_and_keeps_a_gradient():
    ramp = np.broadcast_to(np.arange(3.0)[:, None], (2, 3, 12))
    out = framed(ramp, frame("resized"))
    assert out.shape == (2, 6, 6)
    assert out[0, :, 0] == pytest.approx([0, 0.25, 0.75, 1.25, 1.75, 2.0])


def test_padding_centres_a_small_region_and_cuts_a_large_one():
    out = framed(np.ones((1, 2, 10)), frame("padded"))
    assert out[0].sum(axis=1).tolist() == [0, 0, 6, 6, 0, 0]


def test_slices_do_not_mix():
    array = np.random.default_rng(1).random((4, 9, 5))
    for framing in ("resized", "padded"):
        together = framed(array, frame(framing))
        assert np.array_equal(together[2:3], framed(array[2:3], frame(framing)))
