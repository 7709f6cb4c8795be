"""DeepSMOTE's encoder and decoder (Dablain 2022): images to points between which can be interpolated.

Four strided convolutions down and four transposed ones up, as in DCGAN.  At 112 × 112 pixels the coarsest
map is 7 × 7.  The last activation is a sigmoid, because the study's images lie in [0, 1].
"""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from models.networks.layers import narrowed

PUBLISHED_CHANNELS = (64, 128, 256, 512)
PUBLISHED_LATENT = 300
SLOPE = 0.2
"""Of the leaky rectifiers."""

SHRINKS = 16
"""The coarsest map's share of the image's side."""


class DeepSmote(nn.Module):
    """Autoencoder of square images of ``side`` pixels, a multiple of ``SHRINKS``."""

    def __init__(self, width: float = 1.0, channels: int = 3, side: int = 112) -> None:
        super().__init__()
        if side % SHRINKS:
            raise ValueError(f"a side of {side} pixels is no multiple of {SHRINKS}")
        counts = [narrowed(count, width) for count in PUBLISHED_CHANNELS]
        self.coarsest = (counts[-1], side // SHRINKS, side // SHRINKS)
        coarse_values = counts[-1] * (side // SHRINKS) ** 2
        self.latent = narrowed(PUBLISHED_LATENT, width)
        down: list[nn.Module] = [nn.Conv2d(channels, counts[0], 4, 2, 1, bias=False), nn.LeakyReLU(SLOPE)]
        for finer, coarser in pairwise(counts):
            down += [
                nn.Conv2d(finer, coarser, 4, 2, 1, bias=False),
                nn.BatchNorm2d(coarser),
                nn.LeakyReLU(SLOPE),
            ]
        self.down = nn.Sequential(*down)
        self.to_latent = nn.Linear(coarse_values, self.latent)
        self.from_latent = nn.Sequential(nn.Linear(self.latent, coarse_values), nn.ReLU())
        up: list[nn.Module] = []
        for coarser, finer in pairwise(reversed(counts)):
            up += [
                nn.ConvTranspose2d(coarser, finer, 4, 2, 1, bias=False),
                nn.BatchNorm2d(finer),
                nn.ReLU(),
            ]
        self.up = nn.Sequential(*up, nn.ConvTranspose2d(counts[0], channels, 4, 2, 1), nn.Sigmoid())

    def encode(self, image: Tensor) -> Tensor:
        """(n, channels, side, side) in [0, 1] → (n, latent)."""
        latent: Tensor = self.to_latent(self.down(image).flatten(1))
        return latent

    def decode(self, latent: Tensor) -> Tensor:
        """(n, latent) → (n, channels, side, side) in (0, 1)."""
        image: Tensor = self.up(self.from_latent(latent).unflatten(1, self.coarsest))
        return image

    def forward(self, image: Tensor) -> Tensor:
        """(n, channels, side, side) → its reconstruction."""
        return self.decode(self.encode(image))
