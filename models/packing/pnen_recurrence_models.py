"""The fold models of ``pnen-recurrence`` as a pack holds them: encoders, and machines as coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from inference.packs.fitted import ClinicalTerm, Platt, Scaling, SelectedFeature, SupportVectorMachine
from inference.packs.phases import PhaseName
from models.cohorts.pnen_phantoms import PnenPhantoms
from models.networks.contract import Segmenter
from models.networks.outputs import EncoderGraph
from models.packing import coding
from models.packing.content import PackedNetwork
from models.phantoms.pnen_population import draw_cohort
from models.studies.pnen_recurrence import TrainedStudy
from models.studies.pnen_recurrence_samples import ARTERIAL, phase_sample
from models.training.linear_score import LinearScore

PHASE_OF: Final[Mapping[str, PhaseName]] = {"arterial": "arterial", "venous": "portal_venous"}
SCANS_OF: Final = {
    "dlr_a": ("arterial",),
    "dlr_v": ("venous",),
    "dlr_av": ("arterial", "venous"),
    "dlr_a_sag": ("arterial",),
}
CLINICAL_COLUMNS: Final = {
    "symptoms": coding.levels("symptoms", "yes"),
    "age": coding.number("age", 0.0),
    "sex": coding.levels("sex", "male"),
}


def encoders(study: TrainedStudy, is_synthetic: bool) -> tuple[PackedNetwork, ...]:
    """One for each segmenter; one that serves all folds is of none."""
    image = _image(study, is_synthetic)
    segmenters = {id(models.segmenter): models for models in study.folds}
    return tuple(
        PackedNetwork(
            file=f"networks/encoder-{models.fold.number}.onnx"
            if len(segmenters) > 1
            else "networks/encoder.onnx",
            role="encoder",
            architecture=f"{study.config.network}_encoder",
            graph=EncoderGraph(models.segmenter),
            image=image,
            fold=models.fold.number if len(segmenters) > 1 else None,
        )
        for models in segmenters.values()
    )


def _image(study: TrainedStudy, is_synthetic: bool) -> NDArray[np.float32]:
    """A phantom's slice, (1, 1, rows, columns): no pixel of a patient may leave in a pack."""
    if is_synthetic:
        sample = study.training.data.phases[ARTERIAL][0]
    else:
        config = study.config
        phantoms = PnenPhantoms(draw_cohort("training", 1, config.seed), size=config.phantom_size)
        (patient,) = phantoms.table.patient_ids
        sample = phase_sample(phantoms, patient, ARTERIAL, config, with_radiomics=False)
    return sample.slices[len(sample.slices) // 2][None, None]


def _length(segmenter: Segmenter) -> int:
    """Of an embedding."""
    with torch.no_grad():
        return int(EncoderGraph(segmenter).eval()(torch.zeros(1, 1, 64, 64)).shape[1])


def machines(study: TrainedStudy) -> tuple[SupportVectorMachine, ...]:
    """One of each packed score for each fold."""
    return tuple(
        _machine(name, models.fold.number, models.machines[name].score, _length(models.segmenter))
        for name in SCANS_OF
        for models in study.folds
    )


def _machine(name: str, fold: int, score: LinearScore, length: int) -> SupportVectorMachine:
    """Scaling and Platt's sigmoid are in the coefficients already, which are of raw features."""
    scans = SCANS_OF[name]
    weights: dict[int, float] = {}
    terms: list[ClinicalTerm] = []
    intercept = score.intercept
    for column, weight in score.coefficients.items():
        if column in CLINICAL_COLUMNS:
            coded = CLINICAL_COLUMNS[column]
            intercept += weight * coded.offset
            terms += [term.model_copy(update={"coefficient": weight}) for term in coded.terms]  # type: ignore[misc]
            continue
        scan, _, index = column.rpartition("_")
        weights[scans.index(scan) * length + int(index)] = weight
    unit = Scaling(centre=0.0, scale=1.0)
    return SupportVectorMachine(
        name=name,
        fold=fold,
        phases=tuple(PHASE_OF[scan] for scan in scans),
        embedding_length=length,
        features=tuple(
            SelectedFeature(index=index, scaling=unit, weight=weight)
            for index, weight in sorted((weights or {0: 0.0}).items())
        ),
        intercept=intercept,
        platt=Platt(slope=1.0, intercept=0.0),
        terms=tuple(terms),
    )
