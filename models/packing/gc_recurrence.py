"""The pack of ``gc-recurrence``: fold networks on one backbone, clinical signature, fusion."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from inference.errors import InputError
from inference.packs.fitted import SliceAggregation
from inference.packs.manifest import Manifest
from inference.packs.phases import PhaseInput, Resample, SelectSlices, Window
from inference.storage import write_atomically
from models.cohorts.cohort import Cohort
from models.cohorts.cohort_schema import PARTS
from models.networks.outputs import PatientGraph
from models.packing import coding
from models.packing.class_parts import fold_classifier, probability_scores, youden_thresholds
from models.packing.content import Fitted, PackContent, PredictionTable
from models.packing.ct_inputs import ct_inputs
from models.packing.ct_pack import put_demonstration, put_trained_on
from models.packing.frame_steps import crop_box, to_size
from models.packing.gc_recurrence_report import PHASE, notes, reference, rows_of
from models.packing.kept_work import RESULTS_FOLDER
from models.packing.prediction_csv import prediction_csv
from models.phantoms.gc_population import FORM, draw_cohort
from models.studies.gc_recurrence import DLS, MODELS, STUDY, TrainedGc, log_odds, train
from models.studies.gc_recurrence_config import GcRecurrenceConfig
from models.studies.gc_recurrence_factors import coded
from models.studies.gc_recurrence_network import NETWORK, frozen_network
from models.studies.gc_recurrence_results import write_results
from models.studies.gc_recurrence_samples import GcSamples, cohort_samples, phantom_samples, phantom_stack
from models.studies.lagc_response import STUDY as RESPONSE
from models.studies.lagc_response_export import HANDED_ON
from models.training.engine.device import make_repeatable
from models.training.engine.history import CURVES_CSV, curves_csv
from models.training.engine.run import RunPlace

SUBJECT: Final = "Recurrence of gastric cancer after radical gastrectomy"
TITLES: Final = {
    "dls": "Deep learning signature: mean of the fold networks",
    "clis": "Clinical signature",
    "dlfs": "Deep learning fusion signature",
}
SIGNATURE: Final = "dls"

_FIELD_OF: Final = {field.attribute: field.id for field in FORM}
_PHANTOM_SIZE: Final = 256
_FEW_SLICES: Final = 3
"""Of a phantom in the self-test."""


def from_phantoms(config: GcRecurrenceConfig, place: RunPlace, samples: Path, out: Path) -> Manifest:
    """Train on the synthetic cohorts and write the demonstration pack.

    The backbone is the network that the response study left beside its own samples.

    Raises
    ------
    InputError
        When the response study's pack was not made before in this work folder.
    """
    start = time.monotonic()
    make_repeatable(config.seed, config.threads)
    weights = config.backbone or samples.parent.parent / RESPONSE / HANDED_ON
    if not weights.is_file():
        raise InputError("error.input.not_found", file=f"{RESPONSE}/{HANDED_ON}")
    config = replace(config, backbone=weights)
    frozen = frozen_network(config)
    cohorts = [
        phantom_samples(
            draw_cohort(name),
            config,
            frozen,
            views=config.views_per_patient if name == "training" else 0,
            cache=samples,
            on_progress=place.on_progress,
            should_stop=place.should_stop,
        )
        for name in PARTS
    ]
    trained = train(config, frozen, cohorts[0], place)
    minutes = (time.monotonic() - start) / 60
    results = samples.parent / RESULTS_FOLDER
    write_results(trained, cohorts, results, minutes=minutes)
    write_atomically(results / CURVES_CSV, curves_csv(trained.curves).encode())
    return put_demonstration(content(trained, cohorts, is_synthetic=True), out)


def from_cohort(
    cohort: Cohort, config: GcRecurrenceConfig, place: RunPlace, samples: Path, out: Path
) -> Manifest:
    """Train on a cohort's training part, judge on its other parts, and write the pack."""
    make_repeatable(config.seed, config.threads)
    frozen = frozen_network(config)
    parts = [name for name in PARTS if len(cohort.table.part(name))]
    cohorts = [
        cohort_samples(
            cohort,
            name,
            config,
            frozen,
            views=config.views_per_patient if name == "training" else 0,
            on_progress=place.on_progress,
        )
        for name in parts
    ]
    trained = train(config, frozen, cohorts[0], place)
    return put_trained_on(cohort, content(trained, cohorts, is_synthetic=cohort.is_synthetic), out)


def content(trained: TrainedGc, cohorts: Sequence[GcSamples], *, is_synthetic: bool) -> PackContent:
    """What the pack holds; the first of ``cohorts`` is the one that was trained on."""
    training, *outside = cohorts
    config = trained.config
    scored = [(training, trained.out_of_fold)] + [(cohort, trained.scores(cohort)) for cohort in outside]
    models = [name for name in MODELS if name != "clis" or trained.clis.coefficients]
    cuts = {name: cutoff.value for name, cutoff in trained.cutoffs.items() if name in models}
    columns = coded_columns(trained, training)
    logistic = {"clis": trained.clis, "dlfs": trained.dlfs}
    image = _image(config)
    return PackContent(
        study=STUDY,
        subject=SUBJECT,
        inputs=ct_inputs(STUDY),
        phases=(_phase(config),),
        networks=tuple(
            fold_classifier(model.fold.number, PatientGraph(model.network), NETWORK, image, PHASE)
            for model in trained.folds
        ),
        fitted=Fitted(
            scores=probability_scores(
                {name: TITLES[name] for name in models},
                SIGNATURE,
                higher_is="worse",
                positive_class="relapse",
            ),
            thresholds=youden_thresholds(cuts, len(training)),
            linear_models=tuple(
                coding.logistic_model(name, logistic[name].intercept, logistic[name].coefficients, columns)
                for name in models
                if name in logistic
            ),
            aggregation=SliceAggregation(method="mean"),
        ),
        reference=reference(trained, scored, models, cuts),
        tables=(
            PredictionTable(
                "evaluation",
                "binary",
                prediction_csv(rows_of(trained, scored, models, with_class=True), is_synthetic=is_synthetic),
                cuts,
            ),
            PredictionTable(
                "evaluation-survival",
                "survival",
                prediction_csv(rows_of(trained, scored, models, with_class=False), is_synthetic=is_synthetic),
                cuts,
            ),
        ),
        notes=notes(trained),
        cohort_sizes={cohort.cohort: len(cohort) for cohort in cohorts},
        events={cohort.cohort: int(cohort.relapse.sum()) for cohort in cohorts},
        seed=config.seed,
        threads=config.threads,
        curves=trained.curves,
    )


def coded_columns(trained: TrainedGc, training: GcSamples) -> dict[str, coding.CodedColumn]:
    """Every column of the study's regressions in the words of the form; numbers about the training mean.

    A stage is told by whichever of pTNM and ypTNM the patient has.
    """
    table = coded(training.factors)
    mean = dict(zip(table.names, map(float, table.matrix.mean(axis=0)), strict=True))
    columns: dict[str, coding.CodedColumn] = {}
    for attribute, field in _FIELD_OF.items():
        if attribute in mean:
            columns[attribute] = coding.number(field, mean[attribute])
        for name in mean:
            level = name.removeprefix(f"{attribute}_")
            if level != name:
                columns.setdefault(name, coding.levels(field, level))
    columns["pt_stage"] = coding.ranks("pt_stage", {f"T{k}": float(k) for k in range(1, 5)})
    columns["pn_stage"] = coding.ranks("pn_stage", {f"N{k}": float(k) for k in range(4)})
    for level in ("II", "III"):
        both = coding.levels("ptnm_stage", level).terms + coding.levels("yptnm_stage", level).terms
        columns[f"stage_{level.lower()}"] = coding.CodedColumn(0.0, both)
    centre = float(np.mean(log_odds(trained.out_of_fold[SIGNATURE])))
    columns[DLS] = coding.score(SIGNATURE, centre, as_log_odds=True)
    return columns


def _phase(config: GcRecurrenceConfig) -> PhaseInput:
    region = config.region
    half = region.window_width_hu / 2
    return PhaseInput(
        phase=PHASE,
        is_required=True,
        steps=(
            crop_box(region.margin_mm, config.frame),
            Window(
                lower_hu=region.window_centre_hu - half,
                upper_hu=region.window_centre_hu + half,
                low=0.0,
                high=1.0,
            ),
            Resample(
                pixel_spacing_mm=region.spacing_mm,
                slice_spacing_mm=region.slice_spacing_mm or region.spacing_mm,
                interpolation="cubic",
            ),
            SelectSlices(choice="all", neighbours=config.channels // 2),
            to_size(config.frame),
        ),
    )


def _image(config: GcRecurrenceConfig) -> np.ndarray:
    """Some slices of a phantom: no pixel of a patient may leave in a pack."""
    (patient,) = draw_cohort("training", 1, config.seed)
    return phantom_stack(patient, config, size=_PHANTOM_SIZE)[:_FEW_SLICES].astype(np.float32)
