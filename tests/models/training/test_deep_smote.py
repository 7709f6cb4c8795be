"""Invented images: between real ones of the rarer class, repeatable, and only as many as are missing."""

import numpy as np
import pytest
import torch

from models.networks.deep_smote import DeepSmote
from models.permutation import areas_by_permutation
from models.training.deep_smote import balance, interpolated, invent, train_autoencoder
from models.training.engine.schedule import Schedule

QUICK = Schedule("adamw", learning_rate=3e-3, batch_size=8, epochs=12)


class Flat(torch.nn.Module):
    """An autoencoder that loses nothing: the code is the image."""

    def __init__(self, side=4):
        super().__init__()
        self.side = side

    def encode(self, image):
        return image.flatten(1)

    def decode(self, latent):
        return latent.reshape(-1, 1, self.side, self.side)


class Recording(torch.nn.Module):
    """Remembers the codes that it decodes, and learns one number."""

    def __init__(self):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.ones(()))
        self.decoded = []

    def encode(self, image):
        return image.flatten(1)

    def decode(self, latent):
        self.decoded.append(latent.detach().clone())
        return (latent * self.gain).reshape(-1, 1, 2, 2)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(count=24, side=16, seed=1):
    """Bright squares of one class are large, of the other small; (n, 1, side, side) in [0, 1]."""
    rng = np.random.default_rng(seed)
    is_positive = np.arange(count) % 3 == 0
    images = np.zeros((count, 1, side, side), dtype=np.float32)
    for image, large in zip(images[:, 0], is_positive, strict=True):
        half = 5 if large else 2
        row, column = rng.integers(6, 10, 2)
        image[row - half : row + half, column - half : column + half] = rng.uniform(0.6, 0.9)
    return torch.from_numpy(images), torch.from_numpy(is_positive)


def test_a_point_lies_between_a_code_and_one_of_its_nearest():
    codes = torch.from_numpy(np.random.default_rng(2).normal(size=(9, 3)).astype(np.float32))
    _, points = interpolated(codes, 40, generator(), neighbours=2)
    apart = torch.cdist(codes, codes)
    for point in points:
        fits = []
        for start in range(9):
            for towards in apart[start].argsort()[1:3].tolist():
                way = codes[towards] - codes[start]
                share = float((point - codes[start]) @ way / (way @ way))
                fits.append(0 <= share <= 1 and torch.allclose(codes[start] + share * way, point, atol=1e-5))
        assert any(fits)


def test_every_image_is_a_starting_point_equally_often():
    codes = torch.eye(5) * torch.arange(1, 6)
    _, points = interpolated(codes, 500, generator(), neighbours=1)
    assert points.shape == (500, 5)
    again = interpolated(codes, 5, generator(), neighbours=1)
    assert torch.equal(interpolated(codes, 5, generator(), neighbours=1)[1], again[1])
    assert sorted(again[0].tolist()) == list(range(5))
    in_reach = (points[:, 4] > 0).sum()
    assert 0 < in_reach <= 200


def test_invented_images_stay_within_the_values_of_their_class():
    images, is_positive = pictures()
    rarer = images[is_positive]
    made = invent(Flat(16), rarer, 30, generator())
    assert made.shape == (30, 1, 16, 16)
    assert (made <= rarer.amax(dim=0) + 1e-6).all()
    assert (made >= rarer.amin(dim=0) - 1e-6).all()


def test_detail_that_the_autoencoder_loses_is_given_back():
    class Grey:
        """Knows of an image its mean alone."""

        def encode(self, image):
            return image.mean(dim=(1, 2, 3))[:, None]

        def decode(self, latent):
            return latent[:, :, None, None].expand(-1, 1, 16, 16)

    images = 0.4 + 0.2 * torch.rand(6, 1, 16, 16, generator=generator())
    blurred = invent(Grey(), images, 12, generator())
    made = invent(Grey(), images, 12, generator(), keep_detail=True)
    assert blurred.std(dim=(2, 3)).max() < 1e-6
    means = made.mean(dim=(1, 2, 3), keepdim=True)
    torch.testing.assert_close(means, blurred.mean(dim=(1, 2, 3), keepdim=True))
    details = images - images.mean(dim=(1, 2, 3), keepdim=True)
    for image in made - means:
        assert (details - image).abs().amax(dim=(1, 2, 3)).min() < 1e-5


@pytest.mark.parametrize("rarer_is_positive", [True, False])
def test_balancing_adds_the_rarer_class_and_keeps_what_is_real(rarer_is_positive):
    images, is_positive = pictures()
    labels = is_positive if rarer_is_positive else ~is_positive
    found = balance(Flat(16), images, labels, generator())
    assert int(found.is_positive.sum()) * 2 == len(found.images) == 32
    assert torch.equal(found.images[:24], images)
    assert torch.equal(found.is_positive[:24], labels)
    assert found.is_invented.tolist() == [False] * 24 + [True] * 8
    assert (found.is_positive[found.is_invented] == rarer_is_positive).all()


def test_balanced_classes_get_nothing_and_a_class_of_one_is_refused():
    images, _ = pictures()
    half = torch.arange(24) < 12
    assert len(balance(Flat(16), images, half, generator()).images) == 24
    with pytest.raises(ValueError, match="at least two images"):
        balance(Flat(16), images, torch.arange(24) < 1, generator())


def test_codes_are_put_into_another_order_within_one_class():
    images = torch.rand(12, 1, 2, 2, generator=generator(3))
    is_positive = torch.arange(12) < 6
    network = Recording()
    train_autoencoder(network, images, is_positive, schedule=Schedule("adamw", 1e-4, 6, 4), seed=1)
    codes = images.flatten(1)
    shuffled = network.decoded[1::2]
    assert shuffled
    for batch in shuffled:
        members = {int((codes == row).all(dim=1).nonzero()[0, 0]) for row in batch}
        assert members <= set(range(6)) or members <= set(range(6, 12))


def test_training_gives_images_back_better_and_the_same_way_each_time():
    images, is_positive = pictures()

    def trained():
        torch.manual_seed(4)
        network = DeepSmote(width=1 / 16, channels=1, side=16)
        curve = train_autoencoder(network, images, is_positive, schedule=QUICK, seed=5)
        return network, curve

    network, curve = trained()
    assert curve[-1].loss < 0.6 * curve[0].loss
    made = invent(network, images[is_positive], 6, generator(6))
    again = invent(trained()[0], images[is_positive], 6, generator(6))
    assert torch.equal(made, again)
    assert 0 <= float(made.min()) <= float(made.max()) <= 1


def test_invented_images_look_more_like_their_own_class():
    images, is_positive = pictures()
    torch.manual_seed(7)
    network = DeepSmote(width=1 / 8, channels=1, side=16)
    train_autoencoder(network, images, is_positive, schedule=QUICK, seed=8)
    made = invent(network, images[is_positive], 20, generator(9)).mean(dim=(1, 2, 3))
    own, other = images[is_positive].mean(), images[~is_positive].mean()
    assert ((made - own).abs() < (made - other).abs()).float().mean() > 0.8


def blurred_noise(count=40, side=6):
    """Pictures that say nothing of their class, and classes of which one is rare."""
    rng = np.random.default_rng(11)
    return torch.from_numpy(rng.random((count, 1, side, side)).astype(np.float32)), np.arange(count) < 14


def ridge_on(images, is_positive):
    """Scores of a ridge model on the pixels: (n, channels, h, w) → (n,)."""
    pixels = images.flatten(1).double().numpy()
    centre = pixels.mean(axis=0)
    target = is_positive - is_positive.mean()
    rows = pixels - centre
    weights = np.linalg.solve(rows.T @ rows + 0.1 * np.eye(rows.shape[1]), rows.T @ target)
    return lambda others: (others.flatten(1).double().numpy() - centre) @ weights


def test_permuted_labels_are_not_predictable_from_balanced_images():
    images, is_positive = blurred_noise()

    def learner_of(dealt):
        def learn(positions, number):
            own = list(positions)
            found = balance(Flat(6), images[own], torch.from_numpy(dealt[own]), generator(number))
            scores = ridge_on(found.images, found.is_positive.numpy().astype(float))
            return lambda positions: scores(images[list(positions)])

        return learn

    ids = [str(number) for number in range(40)]
    areas = areas_by_permutation(learner_of, is_positive, ids, 40, np.random.default_rng(12))
    assert abs(areas.mean() - 0.5) < 3 * areas.std(ddof=1) / np.sqrt(len(areas))


def test_balancing_before_the_patients_are_divided_would_be_found_out():
    """Images invented from everybody carry the patients who are left out into what is learnt from."""
    images, is_positive = blurred_noise()

    def leaking(dealt):
        everybody = balance(Flat(6), images, torch.from_numpy(dealt), generator(1))
        invented = everybody.images[everybody.is_invented]

        def learn(positions, number):
            own = images[list(positions)]
            outcome = np.concatenate([dealt[list(positions)].astype(float), np.ones(len(invented))])
            scores = ridge_on(torch.cat([own, invented]), outcome)
            return lambda positions: scores(images[list(positions)])

        return learn

    ids = [str(number) for number in range(40)]
    areas = areas_by_permutation(leaking, is_positive, ids, 20, np.random.default_rng(13))
    assert areas.mean() > 0.5 + 3 * areas.std(ddof=1) / np.sqrt(len(areas))
