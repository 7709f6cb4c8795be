"""What the pack of ``lagc-response`` says of patients it was tried on: tables, reference data, card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import torch

from inference.packs.phases import PhaseName
from inference.statistics.outcomes import Floats
from models.packing.content import CardNotes
from models.packing.prediction_csv import CohortRows
from models.packing.reference_data import ReferenceContent, known_cohort
from models.studies.lagc_response import DL_SIGNATURE, TrainedLagc
from models.studies.lagc_response_network import FoldModel
from models.studies.lagc_response_results import outside_hazard
from models.studies.lagc_response_samples import LagcSamples
from models.studies.lagc_response_survival import follow_up_of
from models.training.splits import fold_names

OS: Final = "overall_survival"
SCORE_OF: Final = {"dl": DL_SIGNATURE, "clinical": "clinical_signature", "dlcs": "dlcs"}
GOOD: Final = "good_response"
PHASE: Final[PhaseName] = "portal_venous"

Scored = Sequence[tuple[LagcSamples, Mapping[str, Floats]]]


def response_rows(trained: TrainedLagc, scored: Scored, models: Sequence[str]) -> list[CohortRows]:
    """Every patient with the probabilities of good response."""
    fold_of = fold_names(model.fold for model in trained.folds)
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


def survival_rows(trained: TrainedLagc, scored: Scored, constant: float) -> list[CohortRows]:
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


def reference(
    trained: TrainedLagc,
    scored: Scored,
    models: Sequence[str],
    followed: Sequence[CohortRows],
    high_risk_from: float,
) -> ReferenceContent:
    """Clouds of each fold's embeddings, quantiles of the scores, survival by risk group."""
    data = ReferenceContent()
    for model in trained.folds:
        name = f"fold_{model.fold.number}"
        embeddings = _embeddings(model, scored[0][0])
        data.add_cloud(name, embeddings, phase=PHASE, fold=model.fold.number)
    for cohort, scores in scored:
        known = known_cohort(cohort.cohort)
        for name in models if known else ():
            assert known is not None
            data.add_quantiles(
                SCORE_OF[name], known, scores[name], cohort.good_response, (GOOD, "poor_response")
            )
    for rows in followed:
        known = known_cohort(rows.cohort)
        if known is not None and rows.follow_up is not None:
            values = rows.scores[OS]
            data.add_quantiles(OS, known, values, rows.follow_up.event, ("death", "censored"))
            data.add_survival(OS, known, rows.follow_up, values, high_risk_from)
    return data


def _embeddings(model: FoldModel, training: LagcSamples) -> Floats:
    """What the fold's network makes of the patients that it may have learnt from: (patients, length)."""
    images = torch.from_numpy(training.images[list(model.fold.learn)].astype(np.float32))
    with torch.no_grad():
        parts = [model.network.embedding(model.network.features(part)) for part in images.split(64)]
    embeddings: Floats = torch.cat(parts).double().numpy()
    return embeddings


def notes(trained: TrainedLagc) -> CardNotes:
    """The card's words."""
    config = trained.config
    schedule = config.classification
    start = (
        f"weights of a file ({config.initial_weights.name})"
        if config.initial_weights is not None
        else f"a trunk that learnt the look of {trained.pretraining} further phantoms"
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
                f"The {name} found nothing: not packed."
                for name, score in (
                    ("clinical signature", trained.clinical),
                    ("model of survival", trained.survival.score),
                )
                if not score.coefficients
            ),
        ),
    )
