"""The pack of ``lagc-response``: fold networks, clinical signature, DLCS, and the Cox model of survival."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.packs.fitted import Score, ScoreThreshold
from inference.packs.manifest import Manifest
from inference.packs.phases import CropBox, PhaseInput, Resample, Resize, SelectSlices, Window
from inference.storage import write_atomically
from models.cohorts.cohort import Cohort
from models.cohorts.cohort_schema import PARTS
from models.networks.outputs import ClassifierGraph
from models.packing import coding
from models.packing.class_parts import fold_classifier, probability_scores, youden_thresholds
from models.packing.content import Fitted, PackContent, PredictionTable
from models.packing.cox_uncertainty import with_uncertainty
from models.packing.ct_inputs import ct_inputs
from models.packing.ct_pack import put_demonstration, put_trained_on
from models.packing.kept_work import RESULTS_FOLDER
from models.packing.lagc_response_columns import coded_columns, survival_design
from models.packing.lagc_response_report import (
    GOOD,
    OS,
    PHASE,
    SCORE_OF,
    notes,
    reference,
    response_rows,
    survival_rows,
)
from models.packing.prediction_csv import prediction_csv
from models.phantoms.lagc_population import draw_cohort
from models.studies.lagc_response import STUDY, TrainedLagc, train
from models.studies.lagc_response_config import LagcResponseConfig
from models.studies.lagc_response_export import hand_on, handed_on_beside
from models.studies.lagc_response_network import NETWORK
from models.studies.lagc_response_results import write_results
from models.studies.lagc_response_samples import (
    LagcSamples,
    cohort_samples,
    drawn_looks,
    phantom_image,
    phantom_samples,
)
from models.studies.lagc_response_survival import follow_up_of
from models.training.engine.history import CURVES_CSV, curves_csv
from models.training.engine.run import RunPlace

SUBJECT: Final = "Response of locally advanced gastric cancer to neoadjuvant chemotherapy"
TITLES: Final = {
    "dl": "Deep learning signature: mean of the fold networks",
    "clinical": "Clinical signature",
    "dlcs": "Deep learning radio-clinical signature",
}

_PHANTOM_SIZE: Final = 256


def from_phantoms(config: LagcResponseConfig, place: RunPlace, samples: Path, out: Path) -> Manifest:
    """Train on the synthetic cohorts and write the demonstration pack.

    What was measured, and the network that the recurrence study freezes, are left beside the samples.
    """
    start = time.monotonic()
    say, settings = place.on_progress, config.preprocessing
    cohorts = [phantom_samples(draw_cohort(name), settings, samples, on_progress=say) for name in PARTS]
    others = None
    if config.pretraining_patients:
        drawn = draw_cohort("training", config.pretraining_patients, config.pretraining_seed)
        others = drawn_looks(drawn, settings, samples, on_progress=say)
    trained = train(config, cohorts[0], place, pretraining=others)
    hand_on(trained, samples.parent)
    minutes = (time.monotonic() - start) / 60
    results = samples.parent / RESULTS_FOLDER
    write_results(trained, cohorts, results, minutes=minutes)
    write_atomically(results / CURVES_CSV, curves_csv(trained.curves).encode())
    return put_demonstration(content(trained, cohorts, is_synthetic=True), out)


def from_cohort(
    cohort: Cohort, config: LagcResponseConfig, place: RunPlace, samples: Path, out: Path
) -> Manifest:
    """Train on a cohort's training part, judge on its other parts, and write the pack.

    The network that the recurrence study freezes is left beside it.
    """
    parts = [name for name in PARTS if len(cohort.table.part(name))]
    cohorts = [
        cohort_samples(cohort, name, config.preprocessing, on_progress=place.on_progress) for name in parts
    ]
    trained = train(config, cohorts[0], place)
    handed_on = hand_on(trained, samples.parent)
    manifest = put_trained_on(cohort, content(trained, cohorts, is_synthetic=cohort.is_synthetic), out)
    handed_on.replace(handed_on_beside(out))
    return manifest


def content(trained: TrainedLagc, cohorts: Sequence[LagcSamples], *, is_synthetic: bool) -> PackContent:
    """What the pack holds; the first of ``cohorts`` is the one that was trained on."""
    training, *outside = cohorts
    config, survival = trained.config, trained.survival
    scored = [(training, trained.out_of_fold)] + [(cohort, trained.scores(cohort)) for cohort in outside]
    image = (training.images[0] if is_synthetic else _image(config))[None].astype(np.float32)
    columns = coded_columns(trained, training)
    models = [name for name in SCORE_OF if name != "clinical" or trained.clinical.coefficients]
    tables = [
        PredictionTable(
            "evaluation",
            "binary",
            prediction_csv(response_rows(trained, scored, models), is_synthetic=is_synthetic),
            {SCORE_OF[name]: cutoff.value for name, cutoff in trained.cutoffs.items()},
        )
    ]
    os_model, followed, high_risk_from = None, [], survival.high_from
    if survival.score.coefficients:
        os_model = with_uncertainty(
            coding.cox_model(
                OS, survival.score.coefficients, columns, survival.baseline, config.horizons_months
            ),
            survival.fit,
            columns,
            follow_up_of(training, survival.training),
            survival_design(trained, training),
            config.horizons_months,
        )
        high_risk_from -= os_model.constant
        followed = survival_rows(trained, scored, os_model.constant)
        told = prediction_csv(followed, is_synthetic=is_synthetic, horizons_months=config.horizons_months)
        tables.append(PredictionTable("evaluation-survival", "survival", told, {OS: high_risk_from}))
    return PackContent(
        study=STUDY,
        subject=SUBJECT,
        inputs=ct_inputs(STUDY),
        phases=(_phase(config),),
        networks=tuple(
            fold_classifier(model.fold.number, ClassifierGraph(model.network), NETWORK, image, PHASE)
            for model in trained.folds
        ),
        fitted=_fitted(trained, models, columns, os_model, high_risk_from),
        reference=reference(trained, scored, models, followed, high_risk_from),
        tables=tuple(tables),
        notes=notes(trained),
        cohort_sizes={
            **{cohort.cohort: len(cohort) for cohort in cohorts},
            **({"pretraining": trained.pretraining} if trained.pretraining else {}),
        },
        events={cohort.cohort: int(cohort.good_response.sum()) for cohort in cohorts},
        seed=config.seed,
        threads=config.threads,
        curves=trained.curves,
    )


def _fitted(
    trained: TrainedLagc,
    models: Sequence[str],
    columns: Mapping[str, coding.CodedColumn],
    os_model: coding.PackedCox | None,
    high_risk_from: float,
) -> Fitted:
    fitted_to = len(trained.survival.training)
    titles = {SCORE_OF[name]: TITLES[name] for name in models}
    cuts = {SCORE_OF[name]: trained.cutoffs[name].value for name in models if name in trained.cutoffs}
    scores = list(probability_scores(titles, SCORE_OF["dl"], higher_is="better", positive_class=GOOD))
    thresholds = list(youden_thresholds(cuts, len(trained.out_of_fold["dl"])))
    logistic = {"clinical": trained.clinical, "dlcs": trained.fusion}
    linear = [
        coding.logistic_model(SCORE_OF[name], logistic[name].intercept, logistic[name].coefficients, columns)
        for name in models
        if name in logistic
    ]
    if os_model is not None:
        scores.append(
            Score(
                name=OS,
                title="Overall survival: log hazard",
                source="linear_model",
                scale="linear_predictor",
                higher_is="worse",
                positive_class="death",
            )
        )
        thresholds.append(
            ScoreThreshold(
                score=OS,
                value=high_risk_from,
                locked_on=f"scores of the {fitted_to} patients whom the Cox model was fitted to",
                method=f"quantile {trained.config.risk_group_quantile:g}",
            )
        )
        linear.append(os_model.model)
    return Fitted(tuple(scores), tuple(thresholds), linear_models=tuple(linear))


def _phase(config: LagcResponseConfig) -> PhaseInput:
    settings = config.preprocessing
    return PhaseInput(
        phase=PHASE,
        is_required=True,
        steps=(
            SelectSlices(choice="largest", neighbours=(settings.slices - 1) // 2),
            Resample(pixel_spacing_mm=settings.spacing_mm, slice_spacing_mm=None, interpolation="linear"),
            Window(lower_hu=settings.window_low_hu, upper_hu=settings.window_high_hu, low=0.0, high=1.0),
            CropBox(margin_mm=settings.margin_mm, to_square=True),
            Resize(rows=settings.rows, columns=settings.columns),
        ),
    )


def _image(config: LagcResponseConfig) -> NDArray[np.float16]:
    """A phantom's: no pixel of a patient may leave in a pack."""
    (patient,) = draw_cohort("training", 1, config.seed)
    return phantom_image(patient, config.preprocessing, size=_PHANTOM_SIZE)
