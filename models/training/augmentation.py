"""Random views of a training image: drawn in one function, applied in another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from inference.preprocessing.settings import ClassifierSettings, SegmenterSettings


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far a view may differ from the image; all draws are uniform and one per patient or slice.

    ``shift`` is a share of the side, ``scale`` the largest change of size, ``rotation_deg`` the largest
    angle, ``gain`` the largest relative change of contrast, ``channel_shift`` the most channels by which a
    stack of slices moves up or down, ``blur`` the largest standard deviation, in pixels, of a Gaussian
    filter.  ``right_angles`` turns by a quarter, a half, three quarters or not at all, which blurs nothing.
    """

    flip: bool = True
    shift: float = 0.0
    scale: float = 0.0
    rotation_deg: float = 0.0
    gain: float = 0.0
    channel_shift: int = 0
    right_angles: bool = False
    blur: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """Drawn parameters: ``affine`` (n, 2, 3), ``gain`` (n, 1, 1, 1), ``channels`` and ``blur`` n numbers."""

    affine: Tensor
    gain: Tensor
    channels: tuple[int, ...]
    blur: tuple[float, ...] = ()

    def repeated(self, count: int) -> Views:
        """The one view, ``count`` times: for slices that belong together."""
        return Views(
            self.affine.repeat(count, 1, 1),
            self.gain.repeat(count, 1, 1, 1),
            self.channels * count,
            self.blur * count,
        )


def draw_views(count: int, settings: Augmentation, generator: torch.Generator) -> Views:
    """Draw the parameters of ``count`` views."""

    def uniform(reach: float) -> Tensor:
        return (torch.rand(count, generator=generator) * 2 - 1) * reach

    angle = uniform(math.radians(settings.rotation_deg))
    if settings.right_angles:
        angle = angle + torch.randint(0, 4, (count,), generator=generator) * (math.pi / 2)
    size = 1 + uniform(settings.scale)
    mirror = torch.ones(count)
    if settings.flip:
        mirror = torch.randint(0, 2, (count,), generator=generator) * 2.0 - 1.0
    affine = torch.zeros(count, 2, 3)
    affine[:, 0, 0], affine[:, 0, 1] = mirror * size * torch.cos(angle), -size * torch.sin(angle)
    affine[:, 1, 0], affine[:, 1, 1] = mirror * size * torch.sin(angle), size * torch.cos(angle)
    affine[:, 0, 2], affine[:, 1, 2] = uniform(2 * settings.shift), uniform(2 * settings.shift)
    gain = (1 + uniform(settings.gain)).reshape(-1, 1, 1, 1)
    reach = settings.channel_shift
    channels = torch.randint(-reach, reach + 1, (count,), generator=generator)
    blur = torch.rand(count, generator=generator) * settings.blur if settings.blur else torch.zeros(count)
    return Views(affine, gain, tuple(int(shift) for shift in channels), tuple(map(float, blur)))


def apply_views(images: Tensor, views: Views, background: float) -> Tensor:
    """Move, turn and mirror (n, channels, h, w) images and change their contrast.

    ``background`` is the value of air; what comes in from outside the picture is air, and the gain keeps it.
    A channel that is zero everywhere is an absent slice and stays so.
    """
    present = (images != 0).any(dim=3, keepdim=True).any(dim=2, keepdim=True)
    moved = _moved(images - background, views) * views.gain + background
    moved = moved * present
    if any(views.blur):
        moved = torch.stack([_blurred(image, sigma) for image, sigma in zip(moved, views.blur, strict=True)])
    if not any(views.channels):
        return moved
    return torch.stack([_shifted(image, shift) for image, shift in zip(moved, views.channels, strict=True)])


def apply_to_masks(masks: Tensor, views: Views) -> Tensor:
    """Move masks (n, 1, h, w) as their images were moved; shares of pixels stay shares."""
    return _moved(masks, views).clamp(0.0, 1.0)


def _moved(images: Tensor, views: Views) -> Tensor:
    grid = functional.affine_grid(views.affine, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def _blurred(image: Tensor, sigma: float) -> Tensor:
    """A Gaussian filter of ``sigma`` pixels over (channels, h, w), cut off at three of them."""
    reach = math.ceil(3 * sigma)
    if reach == 0:
        return image
    steps = torch.arange(-reach, reach + 1, dtype=image.dtype)
    weights = torch.exp(-0.5 * (steps / sigma) ** 2)
    weights = weights / weights.sum()
    padded = functional.pad(image[:, None], (reach,) * 4, mode="replicate")
    rows = functional.conv2d(padded, weights.reshape(1, 1, -1, 1))
    return functional.conv2d(rows, weights.reshape(1, 1, 1, -1))[:, 0]


def _shifted(image: Tensor, shift: int) -> Tensor:
    """Move the channels of one image; those that leave are lost, those that come in are empty."""
    if shift == 0:
        return image
    empty = torch.zeros_like(image[: abs(shift)])
    return torch.cat([empty, image[:-shift]]) if shift > 0 else torch.cat([image[-shift:], empty])


def air_value(settings: SegmenterSettings | ClassifierSettings) -> float:
    """What air becomes when an image is standardised with ``settings``."""
    return -settings.mean / settings.standard_deviation
