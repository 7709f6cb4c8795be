"""What explains the answer of a study's pack beyond its numbers: cohort, risk groups, nomogram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import load_form
from inference.packs.load import LoadedPack
from inference.packs.study_models import Quantiles, SurvivalCurve, read_reference, study_models
from inference.prediction import Prediction, PredictionStatus
from inference.predictors.patient_values import PatientValues
from inference.predictors.scores import known_values
from inference.predictors.study_prediction import StudyPrediction
from inference.statistics.reasons import NotEstimable

if TYPE_CHECKING:
    from inference.predictors.study_nomogram import StudyNomogram


@dataclass(frozen=True, slots=True, eq=False)
class StudyExplanation:
    """Of the score that answers.

    ``quantiles`` are those of the training cohort by outcome, ``groups`` its Kaplan–Meier curves by risk
    group; both are empty where the pack holds none.  ``grouped_by`` names the score that forms the groups:
    the one that answers, or where it forms none, one beside it.  ``nomogram`` is None where no linear model
    answers.
    """

    score: str
    quantiles: tuple[Quantiles, ...]
    groups: tuple[SurvivalCurve, ...]
    nomogram: StudyNomogram | NotEstimable | None
    grouped_by: str = ""

    def survival_of(self, predictions: Sequence[Prediction]) -> Prediction | None:
        """The prediction whose curve, or whose risk groups, can be drawn."""
        named = self.grouped_by or self.score
        answered = [one for one in predictions if one.status is PredictionStatus.ANSWERED]
        if self.groups:
            return next((one for one in answered if one.model == named), None)
        return next((one for one in answered if one.survival), None)


def explain_study(
    found: StudyPrediction, pack: LoadedPack, record: ClinicalRecord
) -> StudyExplanation | None:
    """Gather it from the pack's reference data; None where nothing answers.

    Raises
    ------
    PackError
        When the pack's reference data are not what the manifest says, or an axis of the nomogram is unknown.
    """
    answering = found.answering
    if answering is None:
        return None
    reference = read_reference(pack)
    model = study_models(pack).linear.get(answering.name)
    drawn = None
    if model is not None:
        from inference.predictors.study_nomogram import study_nomogram

        drawn = study_nomogram(
            model,
            PatientValues(record, found.pathway),
            known_values(model, found.scores),
            form=load_form(record.study),
            reference=reference,
        )
    name = answering.name
    groups = [one for one in reference.survival if one.stated.cohort == "training"]
    scores = (name, *found.scores)
    grouped_by = next((one for one in scores if any(group.stated.score == one for group in groups)), name)
    return StudyExplanation(
        name,
        tuple(
            one for one in reference.quantiles if (one.stated.score, one.stated.cohort) == (name, "training")
        ),
        tuple(one for one in groups if one.stated.score == grouped_by),
        drawn,
        grouped_by,
    )
