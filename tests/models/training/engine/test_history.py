"""Curves as CSV and as a picture."""

import io

import numpy as np
from PIL import Image

from inference.messages.catalogue import load_catalogue
from models.training.engine.history import (
    CURVES_CSV,
    CURVES_PNG,
    CurveBook,
    CurvePoint,
    curves_csv,
    curves_png,
)


def curve(run, epochs, validated=False):
    return tuple(
        CurvePoint(run, k, 0.01, 1.0 / k, 1.2 / k if validated else None) for k in range(1, epochs + 1)
    )


def test_validation_has_a_column_only_where_a_run_validates():
    assert curves_csv(curve("a", 1)).splitlines() == [
        "run,epoch,learning_rate,training_loss",
        "a,1,0.01,1.000000",
    ]
    lines = curves_csv((*curve("a", 1), *curve("b", 1, validated=True))).splitlines()
    assert lines == [
        "run,epoch,learning_rate,training_loss,validation_loss",
        "a,1,0.01,1.000000,",
        "b,1,0.01,1.000000,1.200000",
    ]


def test_the_picture_shows_a_line_per_fold_in_its_colour():
    curves = (*curve("ccrt fold 0", 9), *curve("ccrt fold 1", 5, True))
    picture = Image.open(io.BytesIO(curves_png(curves, load_catalogue("en"))))
    pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    assert picture.width > 600
    for colour in ((0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)):
        assert (np.abs(pixels.astype(int) - colour).max(axis=1) < 8).sum() > 100


def test_the_book_is_up_to_date_after_every_epoch_and_keeps_resumed_runs_once(tmp_path):
    book = CurveBook(tmp_path, load_catalogue("zh_CN"))
    for epochs in (1, 2):
        book(curve("a", epochs))
        assert len((tmp_path / CURVES_CSV).read_text().splitlines()) == 1 + epochs
    assert not (tmp_path / CURVES_PNG).exists()
    book(curve("b", 1))
    assert (tmp_path / CURVES_PNG).read_bytes().startswith(b"\x89PNG")
    assert [(point.run, point.epoch) for point in book.curves] == [("a", 1), ("a", 2), ("b", 1)]


def test_runs_of_one_network_that_differ_by_the_fold_share_a_panel():
    catalogue = load_catalogue("en")

    def height(*runs):
        curves = [point for run in runs for point in curve(run, 3)]
        return Image.open(io.BytesIO(curves_png(curves, catalogue))).height

    one_row = height("segmenter 0", "segmenter 1", "fold 0", "fold 1", "ccrt fold 0", "ccrt all folds")
    assert one_row < height("segmenter unet", "segmenter deeplabv3", "a", "b", "c")
