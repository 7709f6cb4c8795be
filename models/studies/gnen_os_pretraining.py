"""The trunk of ``gnen-os`` before any cohort is read: taught survival by phantoms who take no part in it.

It stands for ImageNet's weights, which a demonstration lacks.  Learnt is what a hospital would know of its
patients, how long they lived, and nothing that only the generator can tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.preprocessing.fixed_window import fixed_window
from inference.statistics.outcomes import Bools, Floats
from inference.storage import write_atomically
from models.export import round_weights
from models.networks.resnet import ResNet50
from models.phantoms.abdomen.largest_slice import render_largest_slice
from models.phantoms.ct_cases import gnen_case
from models.phantoms.gnen_population import GnenPatient, draw_cohort
from models.studies.gnen_os_config import GnenOsConfig
from models.studies.gnen_os_samples import SCANS, build_network, redrawn, untrained_network
from models.training.augmentation import apply_views, draw_views
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network

RUN: Final = "pre-training"
OUTLINES: Final = 2

_BLANK: Final = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class FurtherPatients:
    """Phantoms of no cohort, one row per patient and phase that shows a tumour.

    ``images`` are float16 (rows, outlines, height, width) in [0, 1]: one slice under two readers' outlines.
    ``patients`` are those drawn, of whom ``deaths`` died; ``empty`` counts slices left out because nothing
    was outlined there.
    """

    images: NDArray[np.float16]
    time_months: Floats
    event: Bools
    patients: int
    deaths: int
    empty: int

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True)
class Pretraining:
    """What a trunk learnt from: ``patients`` with so many ``deaths``, ``images``, and ``empty`` slices not
    used; and its curve.
    """

    patients: int
    deaths: int
    images: int
    empty: int
    curve: tuple[CurvePoint, ...]

    def as_document(self) -> dict[str, Any]:
        """The counts, for what a run measured."""
        return {name: getattr(self, name) for name in ("patients", "deaths", "images", "empty")}


class SurvivalOfMaxima(nn.Module):
    """A log hazard from the very features that the study reads: the maxima of all stages."""

    def __init__(self, trunk: ResNet50, dropout: float) -> None:
        super().__init__()
        self.trunk = trunk
        self.norm = nn.BatchNorm1d(sum(trunk.backbone.counts), affine=False)
        self.dropout = nn.Dropout(dropout)
        self.hazard = nn.Linear(sum(trunk.backbone.counts), 1, bias=False)
        nn.init.zeros_(self.hazard.weight)

    def forward(self, image: Tensor) -> Tensor:
        """(n, 1, h, w) → log hazards (n,)."""
        found: Tensor = self.hazard(self.dropout(self.norm(self.trunk.stage_maxima(image))))[:, 0]
        return found


def pretrained_network(
    config: GnenOsConfig, place: RunPlace, cache: Path | None = None
) -> tuple[ResNet50, Pretraining | None]:
    """The study's network, taught by further phantoms where the configuration asks for some.

    Its weights are rounded as a pack stores them.
    """
    if not config.pretraining_patients:
        return build_network(config), None
    further = further_patients(config, cache, on_progress=place.on_progress, should_stop=place.should_stop)
    network = untrained_network(config)
    curve = pretrain(network, further, config, place)
    round_weights(network)
    told = Pretraining(further.patients, further.deaths, len(further), further.empty, curve)
    return network.eval(), told


def further_patients(
    config: GnenOsConfig,
    cache: Path | None = None,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> FurtherPatients:
    """Draw the separate cohort of ``config``, and render it or take it from ``cache``."""
    drawn = draw_cohort("training", config.pretraining_patients, config.pretraining_seed)
    images, owners, empty = [], [], 0
    for number, patient in enumerate(drawn):
        stop_if_asked(should_stop)
        for scan in SCANS:
            image = _cached_image(patient, scan, config, cache)
            if image is None:
                empty += 1
            else:
                images.append(image)
                owners.append(number)
        on_progress(Progress(number + 1, len(drawn), "stage.training.rendering"))
    return FurtherPatients(
        np.stack(images),
        np.array([drawn[number].os_months for number in owners]),
        np.array([drawn[number].death_observed for number in owners]),
        len(drawn),
        sum(patient.death_observed for patient in drawn),
        empty,
    )


def pretrain(
    network: ResNet50, patients: FurtherPatients, config: GnenOsConfig, place: RunPlace
) -> tuple[CurvePoint, ...]:
    """Teach ``network`` in place; its last layer, which the study does not read, keeps its weights."""
    torch.manual_seed(config.pretraining_seed)
    taught = SurvivalOfMaxima(network, config.pretraining_dropout)
    images = torch.from_numpy(patients.images)
    time, event = torch.from_numpy(patients.time_months), torch.from_numpy(patients.event)
    result = train_network(
        taught,
        Task(len(patients), _loss(config, images, time, event)),
        config.pretraining,
        run=RUN,
        seed=config.pretraining_seed,
        stage="stage.training.trunk",
        place=place,
    )
    return result.curve


def cox_loss(hazard: Tensor, time: Tensor, event: Tensor) -> Tensor:
    """Mean negative log partial likelihood of a batch, Breslow's for ties; 0 where nobody died.

    A batch's risk sets are those of its own patients.
    """
    at_risk = (time[None, :] >= time[:, None]).to(hazard.device)
    total = torch.where(at_risk, hazard[None, :], -torch.inf).logsumexp(dim=1)
    died = event.to(hazard.device)
    return (torch.where(died, total - hazard, 0.0)).sum() / died.sum().clamp(min=1)


def _loss(
    config: GnenOsConfig, images: Tensor, time: Tensor, event: Tensor
) -> Callable[[nn.Module, Tensor, torch.Generator], Tensor]:
    """The loss on random views of either reader's outline."""

    def loss(network: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        reader = torch.randint(0, OUTLINES, (len(positions),), generator=generator)
        seen = images[positions, reader][:, None].float()
        seen = apply_views(seen, draw_views(len(positions), config.pretraining_views, generator), _BLANK)
        device = next(network.parameters()).device
        return cox_loss(network(seen.to(device)), time[positions], event[positions])

    return loss


def _cached_image(
    patient: GnenPatient, scan: str, config: GnenOsConfig, cache: Path | None
) -> NDArray[np.float16] | None:
    side = config.pretraining_side
    if cache is None:
        return _image(patient, scan, config)
    settings = (patient, scan, side, config.window, config.reader, config.seed, config.phantom_size)
    key = hashlib.sha256(repr(settings).encode()).hexdigest()[:24]
    place = cache / f"{patient.patient_id}-{key}.f16"
    if not place.is_file():
        image = _image(patient, scan, config)
        cache.mkdir(parents=True, exist_ok=True)
        write_atomically(place, b"" if image is None else image.tobytes())
    found = np.frombuffer(place.read_bytes(), dtype=np.float16)
    return found.reshape(OUTLINES, side, side) if found.size else None


def _image(patient: GnenPatient, scan: str, config: GnenOsConfig) -> NDArray[np.float16] | None:
    """The middle of the study's own window under two outlines, None where the slice shows no tumour."""
    volume, mask = render_largest_slice(gnen_case(patient), SCANS[scan], size=config.phantom_size)
    if not mask.any():
        return None
    middle = config.window.model_copy(
        update={"rows": config.pretraining_side, "columns": config.pretraining_side}
    )
    masks: Sequence[NDArray[np.bool_]] = (mask, redrawn(patient.patient_id, scan, mask, config))
    return np.stack([fixed_window(volume, one, middle) for one in masks]).astype(np.float16)
