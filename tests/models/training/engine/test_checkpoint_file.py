"""A checkpoint comes back from its file as it was, to the last bit and to the order in memory."""

import math

import pytest
import torch

from models.networks.safetensors_file import read_with_metadata
from models.training.engine.checkpoint_file import Checkpoint, checkpoint_bytes, checkpoint_of
from models.training.engine.history import CurvePoint
from models.training.engine.randomness import randomness

PLANES = torch.randn(4, 3, 2, 2, generator=torch.Generator().manual_seed(1))


def checkpoint(**changed):
    adam = {"step": torch.tensor(7.0), "exp_avg": PLANES.to(memory_format=torch.channels_last)}
    return Checkpoint(
        **{
            "identity": "run",
            "epochs_done": 1,
            "is_finished": False,
            "network": {"0.weight": PLANES, "1.num_batches_tracked": torch.tensor(3), "half": PLANES.half()},
            "optimiser": {
                "state": {0: adam, 2: {"momentum_buffer": None}},
                "param_groups": [{"lr": 0.1 + 0.2, "betas": (0.9, 0.999), "fused": None, "params": [0, 2]}],
            },
            "scaler": {"scale": 65536.0, "_growth_tracker": 5},
            "best": None,
            "best_epoch": 0,
            "best_loss": math.inf,
            "sampler": torch.Generator().manual_seed(9).get_state(),
            "randomness": randomness(),
            "curve": (CurvePoint("run", 1, 1 / 3, 2 / 3),),
        }
        | changed
    )


def returned(given, tmp_path):
    path = tmp_path / "run.safetensors"
    path.write_bytes(checkpoint_bytes(given))
    return checkpoint_of(*read_with_metadata(path))


def test_every_value_comes_back(tmp_path):
    given = checkpoint()
    back = returned(given, tmp_path)
    for name, weights in given.network.items():
        assert torch.equal(back.network[name], weights) and back.network[name].dtype is weights.dtype
    assert back.optimiser["param_groups"] == given.optimiser["param_groups"]
    assert back.optimiser["state"][2] == {"momentum_buffer": None}
    kept, was = (one.optimiser["state"][0] for one in (back, given))
    assert torch.equal(kept["step"], was["step"]) and torch.equal(kept["exp_avg"], was["exp_avg"])
    assert kept["exp_avg"].stride() == was["exp_avg"].stride() != PLANES.stride()
    assert (back.scaler, back.best, back.best_loss, back.curve) == (given.scaler, None, math.inf, given.curve)
    assert torch.equal(back.sampler, given.sampler)


def test_best_weights_come_back_with_their_loss(tmp_path):
    back = returned(checkpoint(best={"0.weight": PLANES}, best_epoch=1, best_loss=1 / 7), tmp_path)
    assert torch.equal(back.best["0.weight"], PLANES) and (back.best_epoch, back.best_loss) == (1, 1 / 7)


def test_a_number_that_is_none_is_not_written():
    with pytest.raises(ValueError, match="JSON"):
        checkpoint_bytes(checkpoint(scaler={"scale": math.nan}))
