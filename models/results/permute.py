"""``python -m models.results.permute``: deal out outcomes by study, into docs/results/permuted.json.

Cohorts are phantoms, smaller and coarser than those of the packs, and networks narrower, so that some minutes
do for dozens of trainings; the steps are those of the protocol.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from inference.preprocessing.classifier_input import classifier_input
from inference.preprocessing.settings import FrameSettings
from inference.storage import write_atomically
from models.cohorts.pnen_phantoms import PnenPhantoms
from models.networks.se_resnet import FrozenBackboneMlp
from models.phantoms import (
    gc_population,
    gnen_population,
    lagc_population,
    npc_population,
    pnen_population,
)
from models.phantoms.npc_volume import render_patient
from models.results.home import HOME
from models.results.permuted import Areas, gc_areas, gnen_areas, lagc_areas, npc_areas, pnen_areas
from models.results.permuted_section import PERMUTED_JSON
from models.studies.gc_recurrence_config import DEMO as GC
from models.studies.gc_recurrence_samples import phantom_samples as gc_samples
from models.studies.gnen_os_config import DEMO as GNEN
from models.studies.gnen_os_samples import build_network
from models.studies.gnen_os_samples import phantom_samples as gnen_samples
from models.studies.lagc_response_config import DEMO as LAGC
from models.studies.lagc_response_samples import phantom_samples as lagc_samples
from models.studies.npc_residual_config import DEMO as NPC
from models.studies.npc_residual_groups import TREATMENTS
from models.studies.pnen_recurrence import ARTERIAL, PHASES, model_columns, patient_data
from models.studies.pnen_recurrence_config import DEMO as PNEN
from models.studies.pnen_recurrence_samples import phase_samples
from models.studies.pnen_recurrence_segmenter import train_segmenter
from models.training.engine.device import make_repeatable
from models.training.engine.schedule import Schedule
from models.training.samples import board_volume

SEED: Final = 77
Permuted = tuple[str, str, Areas]
"""Setting, measure, areas."""


def npc(permutations: int) -> Permuted:
    """Networks of both units and treatments, out of fold."""
    crop = NPC.preprocessing.classifier.model_copy(update={"slices": 4, "rows": 32, "columns": 32})
    schedule = Schedule("adamw", 0.01, batch_size=16, epochs=4)
    config = replace(
        NPC.without_further_patients(),
        classifier_widths={"resnet50": 1 / 16},
        image=replace(NPC.image, classification=schedule),
        patient=replace(NPC.patient, classification=schedule),
        preprocessing=NPC.preprocessing.model_copy(update={"classifier": crop}),
    )
    patients = npc_population.draw_cohort("training", 160)
    arms = {}
    for treatment in TREATMENTS:
        own = [patient for patient in patients if patient.regimen == treatment]
        crops = []
        for patient in own:
            phantom = render_patient(patient, size=128)
            crops.append(classifier_input(board_volume(phantom), phantom.tumour > 0, crop).array[0])
        residual = np.array([patient.residual_observed for patient in own])
        arms[treatment] = torch.from_numpy(np.stack(crops)).half(), residual
    areas = npc_areas(arms, config, permutations, np.random.default_rng(SEED))
    told = f"{len(patients)} phantoms, {config.folds} folds, ResNet-50 of 1/16 the width on 32 × 32 pixels"
    return told, "AUC", areas


def gnen(permutations: int) -> Permuted:
    """Signatures, clinical factors and their fusion by Cox models."""
    config = replace(
        GNEN,
        phantom_size=128,
        resnet_width=1 / 16,
        window=GNEN.window.model_copy(update={"rows": 64, "columns": 64, "spacing_mm": 2.0}),
        folds=2,
    )
    patients = gnen_population.draw_cohort("training", config.cohort_sizes["training"])
    samples = gnen_samples(patients, config, build_network(config))
    areas = gnen_areas(samples, config, permutations, np.random.default_rng(SEED))
    return f"{len(patients)} phantoms, {config.folds} folds, ResNet-50 of 1/16 the width", "C-index", areas


def lagc(permutations: int) -> Permuted:
    """Oversampling, networks, LASSO, and the fusion."""
    config = replace(
        LAGC,
        folds=2,
        width=1 / 16,
        classification=Schedule("adamw", 0.01, batch_size=16, epochs=3, patience=3),
        oversampler_width=1 / 16,
        oversampler=Schedule("adamw", 0.003, batch_size=32, epochs=2),
        preprocessing=LAGC.preprocessing.model_copy(update={"rows": 32, "columns": 32}),
    )
    patients = lagc_population.draw_cohort("training", 160)
    samples = lagc_samples(patients, config.preprocessing, None, size=128)
    areas = lagc_areas(samples, config, permutations, np.random.default_rng(SEED))
    told = f"{len(patients)} phantoms, {config.folds} folds, SE-ResNet-50 of 1/16 the width on 32 × 32 pixels"
    return told, "AUC", areas


def gc(permutations: int) -> Permuted:
    """Two layers on a frozen network, LASSO, and the fusion; the network's weights are random."""
    config = replace(
        GC, folds=2, width=1 / 16, views_per_patient=1, schedule=replace(GC.schedule, epochs=20, patience=5)
    )
    torch.manual_seed(SEED)
    frozen = FrozenBackboneMlp(config.width, config.channels, dropout=config.dropout).eval()
    patients = gc_population.draw_cohort("training", 240)
    samples = gc_samples(patients, config, frozen, views=1, size=128)
    areas = gc_areas(samples, frozen, config, permutations, np.random.default_rng(SEED))
    told = f"{len(samples)} phantoms, {config.folds} folds, a frozen network of 1/16 the width"
    return told, "AUC", areas


def pnen(permutations: int) -> Permuted:
    """Feature filters, grid searches and machines of all models, on one segmenter's features."""
    config = replace(
        PNEN,
        phantom_size=128,
        width=1 / 32,
        folds=4,
        slices_per_case=4,
        frame=FrameSettings(framing="resized", rows=32, columns=32),
        segmentation=replace(PNEN.segmentation, epochs=4),
        machine=replace(PNEN.machine, inner_folds=3),
    )
    inside = PnenPhantoms(pnen_population.draw_cohort("training", 56), size=config.phantom_size)
    further = PnenPhantoms(
        pnen_population.draw_cohort("training", 16, seed=config.seed), size=config.phantom_size
    )
    cases = phase_samples(further, (ARTERIAL,), config, with_radiomics=False)[ARTERIAL]
    data = patient_data(inside, phase_samples(inside, PHASES, config, with_radiomics=True), config)
    segmenter, _ = train_segmenter(cases, config, run="segmenter 0", seed=config.seed)
    columns = model_columns(data, segmenter, config)
    areas = pnen_areas(data, columns, config, permutations, np.random.default_rng(SEED))
    told = (
        f"{int(data.is_decided.sum())} phantoms with a class, {config.folds} folds, U-Net of 1/32 the width"
    )
    return told, "AUC", areas


STUDIES: Final[Mapping[str, tuple[Callable[[int], Permuted], int]]] = {
    "npc-residual": (npc, 24),
    "lagc-response": (lagc, 24),
    "gc-recurrence": (gc, 24),
    "pnen-recurrence": (pnen, 24),
    "gnen-os": (gnen, 24),
}
"""What permutes a study, and how often."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Permute the studies named, all where none is; figures of the others stay as they are."""
    parser = argparse.ArgumentParser(prog="python -m models.results.permute", description=main.__doc__)
    parser.add_argument("studies", nargs="*", choices=[*STUDIES, []], default=[])
    parser.add_argument("--permutations", type=int, default=None)
    parser.add_argument("--out", type=Path, default=HOME / PERMUTED_JSON)
    given = parser.parse_args(arguments)
    make_repeatable(SEED, 1)
    for study in given.studies or STUDIES:
        permute, usual = STUDIES[study]
        setting, measure, areas = permute(given.permutations or usual)
        kept = _kept(given.out)
        kept["studies"][study] = {
            "setting": setting,
            "models": {name: {"measure": measure, "areas": values} for name, values in areas.items()},
        }
        write_atomically(given.out, (json.dumps(kept, indent=1) + "\n").encode())
        for name, values in areas.items():
            print(
                f"synthetic | {study} | {name} {np.mean(values):.3f}, {len(values)} permutations", flush=True
            )
    return 0


def _kept(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {"studies": {}}
    kept: dict[str, Any] = json.loads(path.read_bytes())
    return kept


if __name__ == "__main__":
    raise SystemExit(main())
