"""A trained network is kept under its key and trained once."""

import numpy as np

from models.training import kept_network
from models.training.kept_network import KeptNetwork, keep_network
from models.training.loop import CurvePoint

TRAINED = KeptNetwork(b"network", np.array([0.25, 0.75]), (CurvePoint("segmenter", 1, 0.1, 0.5),))


def refuse():
    raise AssertionError("trained again")


def test_a_kept_network_comes_back_as_it_was(tmp_path):
    keep_network(tmp_path, "key", lambda: TRAINED)
    again = keep_network(tmp_path, "key", refuse)
    assert again.content == TRAINED.content
    assert again.figures.tolist() == TRAINED.figures.tolist()
    assert again.curve == TRAINED.curve


def test_another_key_or_other_code_trains_anew(tmp_path, monkeypatch):
    keep_network(tmp_path, "key", lambda: TRAINED)
    other = KeptNetwork(b"other", TRAINED.figures, TRAINED.curve)
    assert keep_network(tmp_path, "another key", lambda: other).content == b"other"
    monkeypatch.setattr(kept_network, "source_digest", lambda: "changed code")
    assert keep_network(tmp_path, "key", lambda: other).content == b"other"
