"""The pack of ``lagc-response``: fold networks, clinical signature, DLCS, and the Cox model of survival."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from inference.packs.fitted import Score, ScoreThreshold
from inference.packs.manifest import Manifest
from inference.packs.phases import CropBox, PhaseInput, Resample, Resize, SelectSlices, Window
from inference.statistics.outcomes import Floats
from inference.storage import write_atomically
from models.cohorts.cohort import Cohort
from models.cohorts.cohort_schema import PARTS
from models.networks.outputs import ClassifierGraph
from models.packing import coding
from models.packing.content import CardNotes, Fitted, PackContent, PackedNetwork, PredictionTable
from models.packing.ct_inputs import ct_inputs
from models.packing.ct_pack import put_demonstration, put_trained_on
from models.packing.kept_work import RESULTS_FOLDER
from models.packing.prediction_csv import CohortRows, prediction_csv
from models.packing.reference_data import ReferenceContent, known_cohort
from models.phantoms.lagc_population import FORM, draw_cohort
from models.studies.lagc_response import DL_SIGNATURE, STUDY, TrainedLagc, on_scale, train
from models.studies.lagc_response_config import LagcResponseConfig
from models.studies.lagc_response_export import hand_on
from models.studies.lagc_response_factors import LARGE_ABOVE_CM, coded
from models.studies.lagc_response_network import NETWORK, FoldModel
from models.studies.lagc_response_results import outside_hazard, write_results
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
OS: Final = "overall_survival"
SCORE_OF: Final = {"dl": DL_SIGNATURE, "clinical": "clinical_signature", "dlcs": "dlcs"}
TITLES: Final = {
    "dl": "Deep learning signature: mean of the fold networks",
    "clinical": "Clinical signature",
    "dlcs": "Deep learning radio-clinical signature",
}
GOOD: Final = "good_response"
PHASE: Final = "portal_venous"

_FIELD_OF: Final = {field.attribute: field.id for field in FORM}
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
    """Train on a cohort's training part, judge on its other parts, and write the pack."""
    parts = [name for name in PARTS if len(cohort.table.part(name))]
    cohorts = [cohort_samples(cohort, name, config.preprocessing) for name in parts]
    trained = train(config, cohorts[0], place)
    return put_trained_on(cohort, content(trained, cohorts, is_synthetic=cohort.is_synthetic), out)


def content(trained: TrainedLagc, cohorts: Sequence[LagcSamples], *, is_synthetic: bool) -> PackContent:
    """What the pack holds; the first of ``cohorts`` is the one that was trained on."""
    training, *outside = cohorts
    scored = [(training, trained.out_of_fold)] + [(cohort, trained.scores(cohort)) for cohort in outside]
    image = training.images[0] if is_synthetic else _image(trained.config)
    columns = coded_columns(trained, training)
    clinical = trained.clinical.coefficients
    models = [name for name in SCORE_OF if name != "clinical" or clinical]
    survival = trained.survival
    os_model = coding.cox_model(
        OS, survival.score.coefficients, columns, survival.baseline, trained.config.horizons_months
    )
    logistic = {"clinical": trained.clinical, "dlcs": trained.fusion}
    fitted = Fitted(
        scores=(
            *(
                Score(
                    name=SCORE_OF[name],
                    title=TITLES[name],
                    source="classifiers" if name == "dl" else "linear_model",
                    scale="probability",
                    higher_is="better",
                    positive_class=GOOD,
                )
                for name in models
            ),
            Score(
                name=OS,
                title="Overall survival: log hazard",
                source="linear_model",
                scale="linear_predictor",
                higher_is="worse",
                positive_class="death",
            ),
        ),
        thresholds=(
            *(
                ScoreThreshold(
                    score=SCORE_OF[name],
                    value=trained.cutoffs[name].value,
                    locked_on=f"out-of-fold scores of the {len(training)} training patients",
                    method="Youden's index; where several share the best one, the middle of them",
                )
                for name in models
                if name in trained.cutoffs
            ),
            ScoreThreshold(
                score=OS,
                value=survival.high_from - os_model.constant,
                locked_on=f"scores of the {len(survival.training)} patients whom the Cox model was fitted to",
                method=f"quantile {trained.config.risk_group_quantile:g}",
            ),
        ),
        linear_models=(
            *(
                coding.logistic_model(
                    SCORE_OF[name], logistic[name].intercept, logistic[name].coefficients, columns
                )
                for name in models
                if name in logistic
            ),
            os_model.model,
        ),
    )
    followed = _followed(trained, scored, os_model.constant)
    return PackContent(
        study=STUDY,
        subject=SUBJECT,
        inputs=ct_inputs(STUDY),
        phases=(_phase(trained.config),),
        networks=tuple(_network(model, image) for model in trained.folds),
        fitted=fitted,
        reference=_reference(trained, scored, models, followed, fitted),
        tables=(
            PredictionTable(
                "evaluation",
                "binary",
                prediction_csv(_response(trained, scored, models), is_synthetic=is_synthetic),
                {SCORE_OF[name]: cutoff.value for name, cutoff in trained.cutoffs.items()},
            ),
            PredictionTable(
                "evaluation-survival",
                "survival",
                prediction_csv(
                    followed, is_synthetic=is_synthetic, horizons_months=trained.config.horizons_months
                ),
                {OS: survival.high_from - os_model.constant},
            ),
        ),
        notes=_notes(trained),
        cohort_sizes={
            **{cohort.cohort: len(cohort) for cohort in cohorts},
            **({"pretraining": trained.pretraining} if trained.pretraining else {}),
        },
        events={cohort.cohort: int(cohort.good_response.sum()) for cohort in cohorts},
        seed=trained.config.seed,
        threads=trained.config.threads,
        curves=trained.curves,
    )


def coded_columns(trained: TrainedLagc, training: LagcSamples) -> dict[str, coding.CodedColumn]:
    """Every column of the study's regressions in the words of the form; numbers about the training mean."""
    table = coded(training.factors)
    mean = dict(zip(table.names, map(float, table.matrix.mean(axis=0)), strict=True))
    columns: dict[str, coding.CodedColumn] = {}
    for attribute, field in _FIELD_OF.items():
        if attribute in mean and not attribute.endswith("_stage"):
            columns[attribute] = coding.number(field, mean[attribute])
        for name in mean:
            level = name.removeprefix(f"{attribute}_")
            if level != name and level in _LEVELS:
                columns[name] = coding.levels(field, level)
    columns["ct_stage"] = coding.ranks("ct_stage", {f"T{k}": float(k) for k in range(1, 5)})
    columns["cn_stage"] = coding.ranks("cn_stage", {f"N{k}": float(k) for k in range(4)})
    columns["large_diameter"] = coding.above("maximum_diameter", LARGE_ABOVE_CM)
    columns["borrmann_iii_iv"] = coding.levels("borrmann", "III", "IV")
    columns[DL_SIGNATURE] = coding.score(
        DL_SIGNATURE,
        float(np.mean(on_scale(trained.out_of_fold["dl"], trained.config))),
        as_log_odds=trained.config.signature_scale == "log_odds",
    )
    return columns


_LEVELS: Final = frozenset(
    {
        *("male", "middle", "lower", "whole", "II", "III", "IV", "M1", "mucinous", "signet_ring_cell"),
        *("squamous", "other", "yes", "moderate_well", "positive", "unknown"),
    }
)


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


def _network(model: FoldModel, image: NDArray[np.float16]) -> PackedNetwork:
    return PackedNetwork(
        file=f"networks/fold-{model.fold.number}.onnx",
        role="classifier",
        architecture=NETWORK,
        graph=ClassifierGraph(model.network),
        image=image[None].astype(np.float32),
        fold=model.fold.number,
        phase=PHASE,
        unit="patient",
    )


Scored = Sequence[tuple[LagcSamples, Mapping[str, Floats]]]


def _response(trained: TrainedLagc, scored: Scored, models: Sequence[str]) -> list[CohortRows]:
    fold_of = {k: str(model.fold.number + 1) for model in trained.folds for k in model.fold.left_out}
    return [
        CohortRows(
            cohort.cohort,
            cohort.patient_ids,
            {SCORE_OF[name]: scores[name] for name in models},
            outcome=cohort.good_response,
            folds=[fold_of[k] for k in range(len(cohort))] if number == 0 else (),
            clinical=cohort.factors,
        )
        for number, (cohort, scores) in enumerate(scored)
    ]


def _followed(trained: TrainedLagc, scored: Scored, constant: float) -> list[CohortRows]:
    """The Cox model on its own patients, on the others of the training cohort (*test*), and outside."""
    model, training = trained.survival, scored[0][0]
    parts = [
        ("training", training, model.training, model.scores),
        ("test", training, model.test, model.scores),
    ]
    for cohort, scores in scored[1:]:
        known = tuple(int(k) for k in np.flatnonzero(cohort.has_follow_up))
        if known:
            parts.append((cohort.cohort, cohort, known, outside_hazard(trained, cohort, scores["dl"])))
    return [
        CohortRows(
            name,
            [cohort.patient_ids[k] for k in positions],
            {OS: hazards[list(positions)] - constant},
            follow_up=follow_up_of(cohort, positions),
            survival={OS: model.baseline.survival(hazards[list(positions)], trained.config.horizons_months)},
            clinical={factor: [cells[k] for k in positions] for factor, cells in cohort.factors.items()},
        )
        for name, cohort, positions, hazards in parts
    ]


def _reference(
    trained: TrainedLagc,
    scored: Scored,
    models: Sequence[str],
    followed: Sequence[CohortRows],
    fitted: Fitted,
) -> ReferenceContent:
    reference = ReferenceContent()
    for model in trained.folds:
        name = f"fold_{model.fold.number}"
        embeddings = _embeddings(model, scored[0][0])
        reference.add_cloud(name, embeddings, phase=PHASE, fold=model.fold.number)
    for cohort, scores in scored:
        known = known_cohort(cohort.cohort)
        for name in models if known else ():
            assert known is not None
            reference.add_quantiles(
                SCORE_OF[name], known, scores[name], cohort.good_response, (GOOD, "poor_response")
            )
    cut = next(entry.value for entry in fitted.thresholds if entry.score == OS)
    for rows in followed:
        known = known_cohort(rows.cohort)
        if known is not None and rows.follow_up is not None:
            values = rows.scores[OS]
            reference.add_quantiles(OS, known, values, rows.follow_up.event, ("death", "censored"))
            reference.add_survival(OS, known, rows.follow_up, values, cut)
    return reference


def _embeddings(model: FoldModel, training: LagcSamples) -> Floats:
    """What the fold's network makes of the patients that it may have learnt from: (patients, length)."""
    images = torch.from_numpy(training.images[list(model.fold.learn)].astype(np.float32))
    with torch.no_grad():
        parts = [model.network.embedding(model.network.features(part)) for part in images.split(64)]
    embeddings: Floats = torch.cat(parts).double().numpy()
    return embeddings


def _notes(trained: TrainedLagc) -> CardNotes:
    config = trained.config
    schedule = config.classification
    start = (
        f"weights of a file ({config.initial_weights.name})"
        if config.initial_weights is not None
        else f"a trunk trained on {trained.pretraining} other patients"
        if trained.pretraining
        else "random weights"
    )
    return CardNotes(
        citation="Hu et al. 2023, doi 10.1097/JS9.0000000000000432",
        outcome="good response (TRG 0 or 1) after neoadjuvant chemotherapy is the positive class; overall "
        "survival in months.",
        training=(
            f"Network: SE-ResNet50 cut after its third stage, {config.width:g} of the published width, from "
            f"{start}; {config.folds} folds by patient, all packed, their mean is the score.",
            f"{schedule.optimiser}, learning rate {schedule.learning_rate:g} ({schedule.decay}), batches of "
            f"{schedule.batch_size}, at most {schedule.epochs} epochs, patience {schedule.patience}.",
            "DeepSMOTE to 1:1 inside the learning part; the intercept is recalibrated on real patients.",
            f"Clinical signature: LASSO ({config.penalty_rule}), then logistic regression. DLCS: logistic "
            f"regression on the signature ({config.signature_scale.replace('_', ' ')}) and "
            f"{', '.join(config.fusion_factors)}.",
            f"Survival: factors with P < {config.significant_below:g} alone, one Cox model on "
            f"{1 - config.os_test_share:.0%} of the patients with follow-up.",
        ),
        departures=(
            f"Starts from {start}; the publication starts from ImageNet.",
            "Coding of factors, the share that stops a network, the cut-off of the risk groups and the scale "
            "of the signature are not in the publication and are this project's choices.",
        ),
        limits=(
            "The cut-offs were locked on scores of single folds, and are applied to the mean of the folds.",
            "Trained on patients who completed chemotherapy and surgery; it says nothing of the others.",
            *(
                ()
                if trained.clinical.coefficients
                else ("The clinical signature found nothing: not packed.",)
            ),
        ),
    )
