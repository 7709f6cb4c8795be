"""Views move image and mask together, keep air air, and leave absent slices empty."""

import pytest
import torch

from models.training.augmentation import Augmentation, Views, apply_to_masks, apply_views, draw_views

AIR = -1.4
STRONG = Augmentation(shift=0.1, scale=0.2, rotation_deg=20.0, gain=0.2, channel_shift=2)


def identity(count, gain=1.0, channels=0):
    affine = torch.eye(2, 3).repeat(count, 1, 1)
    return Views(affine, torch.full((count, 1, 1, 1), gain), (channels,) * count)


def test_the_same_generator_draws_the_same_views():
    first = draw_views(5, STRONG, torch.Generator().manual_seed(3))
    second = draw_views(5, STRONG, torch.Generator().manual_seed(3))
    assert torch.equal(first.affine, second.affine)
    assert torch.equal(first.gain, second.gain)
    assert first.channels == second.channels


def test_settings_of_zero_draw_the_image_itself():
    views = draw_views(4, Augmentation(flip=False), torch.Generator().manual_seed(0))
    images = torch.randn(4, 3, 16, 16)
    assert torch.allclose(apply_views(images, views, AIR), images, atol=1e-5)


def test_a_mirrored_view_is_the_image_from_right_to_left():
    affine = torch.eye(2, 3)[None].clone()
    affine[:, 0, 0] = -1
    image = torch.randn(1, 2, 8, 8)
    views = Views(affine, torch.ones(1, 1, 1, 1), (0,))
    assert torch.allclose(apply_views(image, views, AIR), image.flip(3), atol=1e-5)


def test_a_turned_view_keeps_the_lengths_of_what_it_shows():
    views = draw_views(200, Augmentation(rotation_deg=30.0), torch.Generator().manual_seed(1))
    linear = views.affine[:, :, :2]
    unit = linear @ linear.transpose(1, 2)
    assert torch.allclose(unit, torch.eye(2).expand_as(unit), atol=1e-5)


def test_what_comes_in_from_outside_is_air_and_the_gain_keeps_it():
    affine = torch.eye(2, 3)[None].clone()
    affine[:, 0, 2] = 1.0
    views = Views(affine, torch.full((1, 1, 1, 1), 1.3), (0,))
    image = torch.full((1, 1, 16, 16), AIR)
    image[..., :4] = 2.0
    moved = apply_views(image, views, AIR)
    assert moved[..., 10:].flatten().tolist() == pytest.approx([AIR] * 96, abs=1e-5)


def test_absent_slices_stay_absent():
    image = torch.randn(1, 4, 8, 8)
    image[:, 3] = 0.0
    views = draw_views(1, Augmentation(shift=0.1, gain=0.2), torch.Generator().manual_seed(2))
    assert bool((apply_views(image, views, AIR)[:, 3] == 0).all())


def test_a_stack_moves_by_whole_slices_and_leaves_empty_ones():
    image = torch.randn(1, 4, 8, 8)
    moved = apply_views(image, identity(1, channels=1), AIR)
    assert torch.allclose(moved[:, 1:], image[:, :-1], atol=1e-5)
    assert bool((moved[:, 0] == 0).all())


def test_a_mask_follows_its_image():
    mask = torch.zeros(6, 1, 32, 32)
    mask[:, :, 8:16, 4:20] = 1.0
    views = draw_views(
        6, Augmentation(shift=0.1, scale=0.2, rotation_deg=20), torch.Generator().manual_seed(5)
    )
    assert torch.allclose(
        apply_to_masks(mask, views), apply_views(mask + 0.0, views, 0.0).clamp(0, 1), atol=1e-5
    )


def test_a_quarter_turn_moves_pixels_and_blurs_none():
    image = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    turned = [torch.rot90(image[0, 0], quarters) for quarters in range(4)]
    views = draw_views(40, Augmentation(flip=False, right_angles=True), torch.Generator().manual_seed(2))
    seen = apply_views(image.expand(40, -1, -1, -1), views, 0.0)[:, 0]
    found = [[torch.allclose(one, turn, atol=1e-5) for turn in turned].index(True) for one in seen]
    assert set(found) == {0, 1, 2, 3}
