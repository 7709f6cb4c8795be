"""DeepSMOTE's autoencoder: sizes, range, and that it can learn."""

import pytest
import torch
from torch.nn import functional

from models.networks.deep_smote import DeepSmote


def test_at_width_one_112_pixels_become_300_numbers_and_112_pixels_again():
    with torch.device("meta"):
        network = DeepSmote(1.0)
        image = torch.empty(2, 3, 112, 112)
        assert network.down(image).shape == (2, 512, 7, 7)
        latent = network.encode(image)
        assert latent.shape == (2, 300)
        assert network.decode(latent).shape == image.shape


def test_whatever_is_decoded_lies_where_the_studys_images_lie():
    torch.manual_seed(0)
    network = DeepSmote(1 / 16, side=32).eval()
    with torch.no_grad():
        image = network.decode(5000 * torch.randn(8, network.latent))
    assert 0 <= float(image.min()) < 0.2
    assert 0.8 < float(image.max()) <= 1


def test_a_few_steps_of_training_halve_the_error_of_reconstruction():
    torch.manual_seed(1)
    network = DeepSmote(1 / 8, side=32)
    rows = torch.linspace(0, 1, 32)
    image = torch.stack([(rows[:, None] * a + rows[None] * (1 - a)).expand(3, 32, 32) for a in (0, 0.5, 1)])
    optimiser = torch.optim.Adam(network.parameters(), lr=0.003)
    errors = []
    for _ in range(30):
        error = functional.mse_loss(network(image), image)
        optimiser.zero_grad()
        error.backward()
        optimiser.step()
        errors.append(float(error.detach()))
    assert errors[-1] < errors[0] / 2


def test_a_side_that_does_not_halve_four_times_is_refused():
    with pytest.raises(ValueError, match="100 pixels is no multiple of 16"):
        DeepSmote(1 / 16, side=100)
