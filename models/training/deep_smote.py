"""DeepSMOTE: invented images of the rarer class, made between real ones in an autoencoder's latent space.

Source: Dablain, Krawczyk and Chawla, IEEE Trans Neural Netw Learn Syst 2023; 34: 6390–6404; Chawla et al.,
J Artif Intell Res 2002; 16: 321–357 (SMOTE).  Give it the training part of a fold alone: an invented image is
a mixture of two patients.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.engine.schedule import Schedule

NEIGHBOURS: Final = 5
"""Nearest images of its class between which and itself an image may be mixed."""

SCHEDULE: Final = Schedule("adamw", learning_rate=2e-4, batch_size=100, epochs=200)
"""As published; without weight decay AdamW is Adam."""

_AT_ONCE: Final = 64

STAGE: Final = "stage.training.oversampling"


class Autoencoder(Protocol):
    """What the method asks of a network: both ways between images and points."""

    def encode(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) in [0, 1] → (n, latent)."""
        ...

    def decode(self, latent: Tensor) -> Tensor:
        """(n, latent) → (n, channels, h, w) in [0, 1]."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Balanced:
    """Real images first, then invented ones until both classes are equally many.

    ``images`` (n, channels, h, w), ``is_positive`` (n,) and ``is_invented`` (n,), which is what keeps
    invented images out of every figure that is reported.
    """

    images: Tensor
    is_positive: Tensor
    is_invented: Tensor


def train_autoencoder(
    network: nn.Module,
    images: Tensor,
    is_positive: Tensor,
    *,
    schedule: Schedule = SCHEDULE,
    seed: int,
    run: str = "deep_smote",
    place: RunPlace | None = None,
) -> tuple[CurvePoint, ...]:
    """Train ``network`` in place to give images back, whole classes shuffled among themselves too.

    The loss of a batch is its mean squared error of reconstruction plus a penalty: images of one class drawn
    at random, as many as the batch has, are encoded, their codes put into another order, decoded and compared
    with the images in the first order.  The decoder thus learns to give images of a class for codes that are
    not quite theirs, as interpolated ones are.

    ``images`` (n, channels, h, w) lie in [0, 1]; ``is_positive`` (n,) is Boolean.
    """
    where = place or RunPlace()
    members = [torch.nonzero(is_positive == kind).flatten() for kind in (False, True)]
    present = [own for own in members if len(own)]

    def loss(module: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        batch = images[positions].to(where.device)
        own = present[int(torch.randint(len(present), (1,), generator=generator))]
        drawn = own[torch.randperm(len(own), generator=generator)[: len(positions)]]
        sample = images[drawn].to(where.device)
        order = torch.randperm(len(sample), generator=generator)
        again = module.decode(module.encode(batch))
        shuffled = module.decode(module.encode(sample)[order])
        return functional.mse_loss(again, batch) + functional.mse_loss(shuffled, sample)

    task = Task(len(images), loss)
    return train_network(network, task, schedule, run=run, seed=seed, stage=STAGE, place=where).curve


def invent(
    network: Autoencoder,
    images: Tensor,
    count: int,
    generator: torch.Generator,
    *,
    neighbours: int = NEIGHBOURS,
    keep_detail: bool = False,
) -> Tensor:
    """``count`` images between those of one class, ``images`` (n, channels, h, w), n ≥ 2.

    Each is decoded from a point on the way from a code to one of its nearest ``neighbours``, how far being
    uniform.  Every image is a starting point equally often, up to one.  With ``keep_detail`` it gets back
    what the autoencoder lost of the image that it starts from: else a small autoencoder's images are blurred,
    and a classifier learns that blurred ones belong to the rarer class.

    Raises
    ------
    ValueError
        When there are fewer than two images to mix.
    """
    if len(images) < 2:
        raise ValueError("at least two images of the class are needed")
    with torch.no_grad():
        codes = torch.cat([network.encode(part) for part in images.split(_AT_ONCE)])
        start, points = interpolated(codes, count, generator, neighbours=neighbours)
        invented = torch.cat([network.decode(part) for part in points.split(_AT_ONCE)])
        if not keep_detail:
            return invented
        again = torch.cat([network.decode(part) for part in codes.split(_AT_ONCE)])
        return (invented + (images - again)[start]).clamp(0.0, 1.0)


def interpolated(
    codes: Tensor, count: int, generator: torch.Generator, *, neighbours: int
) -> tuple[Tensor, Tensor]:
    """SMOTE: positions of ``count`` codes (n, latent), and points (count, latent) from each to a near one."""
    rounds = -(-count // len(codes))
    start = torch.cat([torch.randperm(len(codes), generator=generator) for _ in range(rounds)])[:count]
    apart = torch.cdist(codes, codes, compute_mode="donot_use_mm_for_euclid_dist")
    apart.fill_diagonal_(torch.inf)
    reach = min(neighbours, len(codes) - 1)
    nearest = apart.topk(reach, largest=False).indices
    towards = nearest[start, torch.randint(reach, (count,), generator=generator)]
    share = torch.rand(count, 1, generator=generator)
    return start, codes[start] + share * (codes[towards] - codes[start])


def balance(
    network: Autoencoder,
    images: Tensor,
    is_positive: Tensor,
    generator: torch.Generator,
    *,
    neighbours: int = NEIGHBOURS,
    keep_detail: bool = False,
) -> Balanced:
    """Add invented images of the rarer class until both have as many."""
    positives = int(is_positive.sum())
    missing = abs(len(images) - 2 * positives)
    rarer = positives * 2 < len(images)
    nothing = torch.zeros(len(images), dtype=torch.bool)
    if not missing:
        return Balanced(images, is_positive, nothing)
    invented = invent(
        network,
        images[is_positive == rarer],
        missing,
        generator,
        neighbours=neighbours,
        keep_detail=keep_detail,
    )
    return Balanced(
        torch.cat([images, invented]),
        torch.cat([is_positive, torch.full((missing,), rarer)]),
        torch.cat([nothing, torch.ones(missing, dtype=torch.bool)]),
    )
