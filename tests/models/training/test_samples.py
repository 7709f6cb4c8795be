"""Samples are what the board would prepare, made once, and made anew when the code changes."""

from functools import partial

import numpy as np
import pytest

from inference.preprocessing.segmenter_input import SegmenterFrame
from models.phantoms import npc_volume
from models.phantoms.npc_population import draw_cohort
from models.studies.npc_residual_config import DEMO
from models.training import samples
from models.training.samples import Workshop, board_volume, segmentation_samples

SETTINGS = DEMO.preprocessing
PATIENT = draw_cohort("training", 1, 8)[0]


@pytest.fixture(autouse=True)
def _small_phantoms(monkeypatch):
    """Phantoms of 128 × 128 pixels, rendered in this process."""
    monkeypatch.setattr(samples, "render_patient", partial(npc_volume.render_patient, size=128))


def make():
    return samples._segmentation_sample(PATIENT, per_patient=5, tumour_free_share=0.4, preprocessing=SETTINGS)


def test_segmentation_samples_are_the_boards_slices_with_the_true_share_of_tumour():
    made = make()
    assert made.shape == (5, 2, SETTINGS.segmenter.rows, SETTINGS.segmenter.columns)
    marked = [bool(piece[1].max() > 0) for piece in made]
    assert marked.count(True) == 3
    phantom = npc_volume.render_patient(PATIENT, size=128)
    frame = SegmenterFrame.of(board_volume(phantom), SETTINGS.segmenter)
    images = frame.batch(range(frame.slice_count))[:, 0].astype(np.float16)
    masks = frame.to_frame(phantom.tumour > 0, range(frame.slice_count)).astype(np.float16)
    for image, mask in made:
        places = [k for k in range(frame.slice_count) if np.array_equal(images[k], image)]
        assert places and np.array_equal(masks[places[0]], mask)


def test_the_same_patient_gives_the_same_sample():
    assert np.array_equal(make(), make())


def test_a_kept_sample_is_read_and_not_made_again(tmp_path, monkeypatch):
    workshop = Workshop(tmp_path, workers=1)
    monkeypatch.setattr(samples, "ProcessPoolExecutor", _InThisProcess)
    first = segmentation_samples([PATIENT], 5, 0.4, SETTINGS, workshop)
    monkeypatch.setattr(samples, "ProcessPoolExecutor", _refuse)
    assert np.array_equal(segmentation_samples([PATIENT], 5, 0.4, SETTINGS, workshop), first)
    monkeypatch.setattr(samples, "source_digest", lambda: "changed code")
    with pytest.raises(AssertionError, match="made again"):
        segmentation_samples([PATIENT], 5, 0.4, SETTINGS, workshop)


def _refuse(*_, **__):
    raise AssertionError("made again")


class _InThisProcess:
    """A pool that works at once and in place."""

    def __init__(self, workers, mp_context):
        self.workers = workers

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def submit(self, work, *arguments):
        work(*arguments)
        return self

    def result(self):
        return None

    def shutdown(self, **_):
        return None
