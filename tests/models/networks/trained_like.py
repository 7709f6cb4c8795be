"""Networks as training leaves them: no batch norm at its start, activations of order one."""

from typing import TypeVar

import torch
from torch import nn

from models.export import round_weights

AnyNetwork = TypeVar("AnyNetwork", bound=nn.Module)


def trained_like(network: AnyNetwork, image: torch.Tensor, seed: int = 5) -> AnyNetwork:
    """Give ``network`` random norms with the running statistics of ``image``, rounded as for a pack."""
    generator = torch.Generator().manual_seed(seed)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    with torch.no_grad():
        for norm in norms:
            norm.weight.uniform_(0.5, 1.5, generator=generator)
            norm.bias.normal_(0, 0.2, generator=generator)
            norm.momentum = None
            norm.train()
        network(image)
        for norm in norms:
            norm.momentum = 0.1
    network.eval()
    round_weights(network)
    return network
