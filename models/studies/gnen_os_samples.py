"""Patients of ``gnen-os`` as the protocol takes them: ResNet-50's maxima in two phases, form, follow-up."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.meaning.opinion import Phase
from inference.preprocessing.fixed_window import fixed_window
from inference.statistics.design import Design, Factor, Numeric, design_of
from inference.statistics.outcomes import Floats, SurvivalData
from inference.volume import Volume
from models.cohorts.cohort import Cohort
from models.export import round_weights
from models.networks.initial_weights import load_initial_weights
from models.networks.resnet import ResNet50
from models.phantoms.abdomen.largest_slice import render_largest_slice
from models.phantoms.ct_cases import gnen_case
from models.phantoms.gnen_population import GnenPatient
from models.studies.gnen_os_config import GnenOsConfig
from models.training.second_reader import second_segmentation

SCANS: Final = {"arterial": Phase.ARTERIAL, "venous": Phase.PORTAL_VENOUS}
FACTORS: Final = (
    Numeric("age_years"),
    Factor("sex", ("female", "male")),
    Factor("location", ("cardia_fundus", "body", "antrum", "two_thirds_or_more")),
    Numeric("long_diameter_mm"),
    Factor("ct_lymph_node", ("no", "yes")),
    Factor("m_stage", ("M0", "M1")),
    Numeric("ki67_percent"),
    Factor("grade", ("NET G1", "NET G2", "NET G3", "MiNEN", "NEC")),
)
"""Table 2, with its references."""


@dataclass(frozen=True, slots=True, eq=False)
class GnenSamples:
    """One cohort.

    ``features`` and ``reread`` are (patients, features) by scan, under the first and a second outline.
    """

    cohort: str
    patient_ids: tuple[str, ...]
    features: Mapping[str, Floats]
    reread: Mapping[str, Floats]
    clinical: Design
    follow_up: SurvivalData

    def __len__(self) -> int:
        return len(self.patient_ids)


def build_network(config: GnenOsConfig) -> ResNet50:
    """The network that nothing teaches further, with weights as a pack stores them."""
    network = untrained_network(config)
    round_weights(network)
    return network.eval()


def untrained_network(config: GnenOsConfig) -> ResNet50:
    """ResNet-50 for one grey channel, with the weights of the file given or random ones."""
    torch.manual_seed(config.seed)
    network = ResNet50(config.resnet_width, 1)
    if config.initial_weights is not None:
        load_initial_weights(network, config.initial_weights)
    return network


def stage_maxima(network: ResNet50, images: NDArray[np.float32]) -> Floats:
    """(n, rows, columns) → (n, features), one image at a time: no feature depends on its neighbours."""
    with torch.no_grad():
        found = [network.stage_maxima(torch.from_numpy(image)[None, None]) for image in images]
    features: Floats = torch.cat(found).double().numpy()
    return features


def phantom_samples(
    patients: Sequence[GnenPatient],
    config: GnenOsConfig,
    network: ResNet50,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> GnenSamples:
    """Synthetic patients, of whom only the tumour's largest slice is rendered."""
    first: dict[str, list[Floats]] = {scan: [] for scan in SCANS}
    second: dict[str, list[Floats]] = {scan: [] for scan in SCANS}
    for number, patient in enumerate(patients):
        stop_if_asked(should_stop)
        for scan, phase in SCANS.items():
            volume, mask = render_largest_slice(gnen_case(patient), phase, size=config.phantom_size)
            again = redrawn(patient.patient_id, scan, mask, config)
            pair = _features(volume, (mask, again), config, network)
            first[scan].append(pair[0])
            second[scan].append(pair[1])
        on_progress(Progress(number + 1, len(patients), "stage.training.rendering"))
    return GnenSamples(
        patients[0].cohort,
        tuple(patient.patient_id for patient in patients),
        {scan: np.stack(rows) for scan, rows in first.items()},
        {scan: np.stack(rows) for scan, rows in second.items()},
        design_of(
            {term.name: [getattr(patient, term.name) for patient in patients] for term in FACTORS}, FACTORS
        ),
        SurvivalData(
            np.array([patient.os_months for patient in patients]),
            np.array([patient.death_observed for patient in patients]),
        ),
    )


def cohort_samples(
    cohort: Cohort,
    part: str,
    config: GnenOsConfig,
    network: ResNet50,
    *,
    on_progress: OnProgress = ignore_progress,
) -> GnenSamples:
    """One part of a cohort; where nobody outlined a tumour again, a second outline is simulated."""
    table = cohort.table.part(part).with_known("os")
    first: dict[str, list[Floats]] = {scan: [] for scan in SCANS}
    second: dict[str, list[Floats]] = {scan: [] for scan in SCANS}
    for number, patient in enumerate(table.patient_ids):
        for scan in SCANS:
            mask = cohort.mask(patient, scan)
            again = (
                cohort.mask(patient, scan, reader=2)
                if cohort.has_mask(patient, scan, reader=2)
                else redrawn(patient, scan, mask, config)
            )
            pair = _features(cohort.volume(patient, scan), (mask, again), config, network)
            first[scan].append(pair[0])
            second[scan].append(pair[1])
        on_progress(Progress(number + 1, len(table), "stage.training.rendering", part))
    return GnenSamples(
        part,
        table.patient_ids,
        {scan: np.stack(rows) for scan, rows in first.items()},
        {scan: np.stack(rows) for scan, rows in second.items()},
        design_of(
            {
                term.name: (
                    np.array(table.words(term.name), object)
                    if isinstance(term, Factor)
                    else table.numbers(term.name)
                )
                for term in FACTORS
            },
            FACTORS,
        ),
        table.follow_up("os"),
    )


def _features(
    volume: Volume, masks: Sequence[NDArray[np.bool_]], config: GnenOsConfig, network: ResNet50
) -> Floats:
    return stage_maxima(network, np.stack([fixed_window(volume, mask, config.window) for mask in masks]))


def redrawn(patient: str, scan: str, mask: NDArray[np.bool_], config: GnenOsConfig) -> NDArray[np.bool_]:
    """A second reader's outline, simulated; it depends on patient, scan and seed alone."""
    rng = np.random.default_rng([config.seed, zlib.crc32(f"{patient}/{scan}".encode())])
    return second_segmentation(mask, config.reader, rng)
