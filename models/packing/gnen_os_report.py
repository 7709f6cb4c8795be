"""What the pack of ``gnen-os`` says of patients it was tried on: table, reference data, card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from inference.packs.phases import PhaseName
from inference.statistics.design import Design, Factor
from inference.statistics.outcomes import Floats
from models.packing.content import CardNotes
from models.packing.prediction_csv import CohortRows
from models.packing.reference_data import ReferenceContent, known_cohort
from models.studies.gnen_os import MODELS, TrainedGnen
from models.studies.gnen_os_config import GnenOsConfig
from models.studies.gnen_os_pretraining import Pretraining
from models.studies.gnen_os_samples import GnenSamples
from models.training.feature_filter import VARIES_ABOVE
from models.training.splits import fold_names

PHASE_OF: Final[Mapping[str, PhaseName]] = {"arterial": "arterial", "venous": "portal_venous"}


def rows_of(
    trained: TrainedGnen, cohorts: Sequence[GnenSamples], moved: Mapping[str, float]
) -> list[CohortRows]:
    """Every patient with the scores as the pack gives them: ``moved`` against those of training."""
    training, *outside = cohorts
    fold_of = fold_names(trained.folds)
    horizons = trained.config.horizons_months
    scored = [(training, trained.out_of_fold, trained.survival)]
    for cohort in outside:
        hazards = trained.final.hazards(cohort)
        survival = {name: trained.final.models[name].survival(hazards[name], horizons) for name in MODELS}
        scored.append((cohort, hazards, survival))
    return [
        CohortRows(
            cohort.cohort,
            cohort.patient_ids,
            {name: hazards[name] + shift for name, shift in moved.items()},
            follow_up=cohort.follow_up,
            folds=[fold_of[k] for k in range(len(cohort))] if cohort is training else (),
            survival={name: survival[name] for name in moved},
            clinical=_clinical(cohort.clinical),
        )
        for cohort, hazards, survival in scored
    ]


def _clinical(design: Design) -> dict[str, Sequence[float | str]]:
    """The form's values again, from the columns that code them."""
    values: dict[str, Sequence[float | str]] = {}
    for term in design.terms:
        block: Floats = design.matrix[:, design.columns_of(term.name)]
        if isinstance(term, Factor):
            values[term.name] = [
                term.levels[int((row > 0) @ np.arange(1, len(term.levels)))] for row in block
            ]
        else:
            values[term.name] = [float(value) for value in block[:, 0]]
    return values


def reference(
    training: GnenSamples, rows: Sequence[CohortRows], cuts: Mapping[str, float]
) -> ReferenceContent:
    """Clouds of each phase\'s features, quantiles of the scores, survival by risk group."""
    data = ReferenceContent()
    for scan, phase in PHASE_OF.items():
        data.add_cloud(scan, training.features[scan], phase=phase)
    for cohort in rows:
        known = known_cohort(cohort.cohort)
        assert known is not None
        assert cohort.follow_up is not None
        for name, cut in cuts.items():
            values = cohort.scores[name]
            data.add_quantiles(name, known, values, cohort.follow_up.event, ("death", "censored"))
            data.add_survival(name, known, cohort.follow_up, values, cut)
    return data


def notes(trained: TrainedGnen, pretraining: Pretraining | None = None) -> CardNotes:
    """The card's words."""
    config, final = trained.config, trained.final
    start = (
        "random weights from the seed"
        if config.initial_weights is None
        else f"the weights of {config.initial_weights.name}"
    )
    taught = (
        "not trained further"
        if pretraining is None
        else f"pre-trained on the survival of {pretraining.patients} further phantoms ({pretraining.deaths} "
        f"deaths, {pretraining.images} slices of both phases; {pretraining.empty} showed no tumour), who are "
        "in no cohort"
    )
    counts = ", ".join(f"{scan} {count}" for scan, count in final.reliable.items())
    absent = [scan for scan, signature in final.signatures.items() if not signature.selected]
    return CardNotes(
        citation="Yang et al. 2023, doi 10.21037/qims-23-577",
        outcome="death of any cause, in months; a month is 30 days in the publication.",
        training=(
            f"Network: ResNet-50, {config.resnet_width:g} of the published width, with {start}, {taught}; "
            "the features are the maxima of its five stages.",
            f"Kept: features with ICC(2,1) > {config.reliable_above:g} between two outlines of "
            f"{config.reread_patients} patients, with a spread above {VARIES_ABOVE:g} of their size "
            f"({counts}).",
            f"Signatures: LASSO-Cox for each phase, {config.penalty_folds} folds ({config.penalty_rule}).",
            f"Factors with P < {config.screen_below:g} alone and proportional hazards (P > "
            f"{config.proportional_above:g}), backward elimination by AIC, three Cox models.",
            f"The final models are those of the whole training cohort; {config.folds} folds gave the scores "
            "that locked the cut-offs.",
        ),
        departures=(
            f"Surroundings of the tumour are {config.window.surroundings}; HU window, P of the screen, folds "
            "and the rule of the cut-off are not in the publication and are this project's choices.",
            f"Features that vary by less than {VARIES_ABOVE:g} of their size are left out; the publication "
            "does not speak of them.",
            "Training figures are out of fold; those of the publication are apparent.",
            *pretraining_departure(config, pretraining),
        ),
        limits=(
            "Prognosis alone: it does not say which treatment works.",
            "The cut-offs were locked on scores of fold models, and are applied to the final models.",
            *(
                ("The network was taught by nobody: its features are those of random filters.",)
                if pretraining is None and config.initial_weights is None
                else ()
            ),
            *(f"The {scan} signature found nothing: not packed." for scan in absent),
        ),
    )


def pretraining_departure(config: GnenOsConfig, pretraining: Pretraining | None) -> tuple[str, ...]:
    """What takes the place of ImageNet, where something does."""
    if pretraining is None:
        return ()
    return (
        "The network was not taught by ImageNet's pictures but by phantoms' survival (Cox partial likelihood "
        f"of batches of {config.pretraining.batch_size}, {config.pretraining.epochs} epochs, the middle "
        f"{config.pretraining_side} pixels of its window).",
    )
