"""How a prediction is written: its score beside its cut-off, its folds, its class, what it was made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.pathways.pathway import load_pathway
from inference.prediction import Fallback, Prediction, PredictionStatus, SurvivalEstimate, Variation
from reports.wording import (
    MOST_DECIMALS,
    decimals_apart,
    percent,
    percent_figure,
    sentences,
    text_or_code,
    treatment_name,
)

_FEWEST_NUMBER_DECIMALS: Final = 2


def prediction_decimals(prediction: Prediction) -> int:
    """Decimals for every percentage of one prediction."""
    if prediction.score is None or prediction.cutoff is None:
        return 0
    return decimals_apart(prediction.score, prediction.cutoff)


def number_text(value: float, cutoff: float | None) -> str:
    """A score that is no probability, with as many decimals as tell it from its cut-off."""
    decimals = _FEWEST_NUMBER_DECIMALS
    if cutoff is not None and value != cutoff:
        while decimals < MOST_DECIMALS + 1 and f"{value:.{decimals}f}" == f"{cutoff:.{decimals}f}":
            decimals += 1
    return f"{value:.{decimals}f}".replace("-", "\u2212")


def score_text(prediction: Prediction, catalogue: Catalogue) -> str:
    """The score of an answered prediction; the word for its status otherwise, never a number."""
    if prediction.status is not PredictionStatus.ANSWERED or prediction.score is None:
        return status_word(prediction, catalogue)
    if prediction.scale != "probability":
        return number_text(prediction.score, prediction.cutoff)
    return percent(prediction.score, catalogue, prediction_decimals(prediction))


def cutoff_text(prediction: Prediction, catalogue: Catalogue) -> str:
    """The cut-off of a prediction, written as its score is; empty where the pack locks none."""
    if prediction.cutoff is None:
        return ""
    if prediction.scale != "probability":
        score = prediction.score
        return number_text(prediction.cutoff, score)
    return percent(prediction.cutoff, catalogue, prediction_decimals(prediction))


def fold_range(prediction: Prediction, catalogue: Catalogue) -> str:
    """Smallest to largest fold score and how many folds, e.g. ``9–30 % · 5 folds``; empty when withheld."""
    if (
        prediction.status is not PredictionStatus.ANSWERED
        or prediction.low is None
        or prediction.high is None
    ):
        return ""
    folds = len(prediction.fold_scores)
    if folds == 1:
        return catalogue.text("report.one_fold")
    if prediction.scale != "probability":
        low, high = (number_text(value, None) for value in (prediction.low, prediction.high))
        return catalogue.text("report.fold_range_numbers", low=low, high=high, folds=folds)
    decimals = prediction_decimals(prediction)
    return catalogue.text(
        "report.fold_range",
        low=percent_figure(prediction.low, decimals),
        high=percent_figure(prediction.high, decimals),
        folds=folds,
    )


def calibrated_text(prediction: Prediction, catalogue: Catalogue) -> str:
    """The probability that the pack's recalibration makes of the score; empty where it states none."""
    if prediction.status is not PredictionStatus.ANSWERED or prediction.calibrated is None:
        return ""
    return catalogue.text("report.calibrated", share=percent(prediction.calibrated, catalogue))


def survival_text(prediction: Prediction, months: float, catalogue: Catalogue) -> str:
    """What a foretold curve says at one time, with its interval where it has one; empty beyond its times.

    E.g. ``3-year survival 71 % (95 % CI 58–81 %)``.
    """
    told = next((point for point in prediction.survival if point.time_months == months), None)
    if told is None:
        return ""
    name = "report.survival.years" if months % 12 == 0 else "report.survival.months"
    time = f"{months / 12:g}" if months % 12 == 0 else f"{months:g}"
    text = catalogue.text(name, time=time, share=percent(told.probability, catalogue))
    if not isinstance(told, SurvivalEstimate):
        return text
    low, high = percent_figure(told.low), percent_figure(told.high)
    return catalogue.text("report.survival.with_interval", survival=text, low=low, high=high)


def interval_remark(predictions: Iterable[Prediction], study: str, catalogue: Catalogue) -> str:
    """What the intervals of survival cover and what not; empty where none is told at the study's horizons."""
    told = (
        isinstance(point, SurvivalEstimate) and point.time_months in horizons_of(one, study)
        for one in predictions
        for point in one.survival
    )
    return catalogue.text("report.survival.covers") if any(told) else ""


def horizons_of(prediction: Prediction, study: str) -> tuple[float, ...]:
    """Months at which its survival is told: those that the study states for it and the curve reaches."""
    pathway = load_pathway(study)
    beside = {one.score: one.horizons_months for one in pathway.beside}
    told = {point.time_months for point in prediction.survival}
    return tuple(month for month in beside.get(prediction.model, pathway.horizons_months) if month in told)


def fallback_text(prediction: Prediction, catalogue: Catalogue) -> str:
    """What a prediction was made from in the place of the main model, and for want of what; else empty."""
    if prediction.fallback is Fallback.NONE:
        return ""
    missing = catalogue.text("report.list_separator").join(
        catalogue.text(name) for name in prediction.missing
    )
    return catalogue.text(f"report.fallback.{prediction.fallback.value}", missing=missing)


def prediction_with_long_name(prediction: Prediction, catalogue: Catalogue) -> str:
    """Short and long name, e.g. ``DLCS · Deep learning signature with …``; once where they are the same."""
    kind = "treatment" if prediction.treatment else "score"
    names = (
        prediction_name(prediction, catalogue),
        text_or_code(f"{kind}.{prediction.name}", "long", catalogue),
    )
    return " · ".join(dict.fromkeys(names))


def variation_score(prediction: Prediction, variation: Variation, catalogue: Catalogue) -> str:
    """The score after a change, written as the prediction's is; a word where there was nothing to score."""
    if variation.score is None:
        return catalogue.text("report.variations.impossible")
    return score_text(replace(prediction, score=variation.score), catalogue)


def variation_range(prediction: Prediction, catalogue: Catalogue) -> str:
    """Lowest and highest score under all changes, the present one among them."""
    assert prediction.score is not None
    scores = [prediction.score, *(one.score for one in prediction.variations if one.score is not None)]
    low, high = (score_text(replace(prediction, score=one), catalogue) for one in (min(scores), max(scores)))
    return catalogue.text("report.variations.range", low=low, high=high)


def status_word(prediction: Prediction, catalogue: Catalogue) -> str:
    """Answered, withheld or not estimable."""
    return catalogue.text(f"report.status.{prediction.status.value}")


def verdict_word(prediction: Prediction, catalogue: Catalogue) -> str:
    """The predicted class in a word; the word for the status when there is no answer."""
    if prediction.status is not PredictionStatus.ANSWERED or prediction.is_positive is None:
        return status_word(prediction, catalogue)
    prefix = "" if prediction.is_positive else "non_"
    return catalogue.text(f"class.{prefix}{prediction.positive_class}")


def prediction_name(prediction: Prediction, catalogue: Catalogue) -> str:
    """The treatment, or the model as its study calls it, e.g. ``DLCS``."""
    if prediction.treatment:
        return treatment_name(prediction.treatment, catalogue)
    return catalogue.text(f"score.{prediction.model}")


def is_unfavourable(prediction: Prediction) -> bool:
    """True for the class that nobody hopes for: above the cut-off, or below it where higher is better."""
    return prediction.is_positive is (prediction.higher_is == "worse")


def outcome_text(prediction: Prediction, catalogue: Catalogue) -> str:
    """What the probability is a probability of, with when and how it is judged."""
    return catalogue.text(f"report.outcome.{prediction.outcome}")


def outcome_and_direction(prediction: Prediction, catalogue: Catalogue) -> str:
    """What is predicted, and whether more of it is worse or better."""
    direction = catalogue.text(f"report.direction.{prediction.higher_is}")
    outcome = outcome_text(prediction, catalogue)
    return catalogue.text("report.answer.outcome", outcome=outcome, direction=direction)


def explanation_remark(prediction: Prediction, *, has_cohort: bool, catalogue: Catalogue) -> str:
    """What the bars and the patient's place in the cohort tell, as far as they are drawn, and what not."""
    parts = []
    if prediction.contributions:
        amount = catalogue.text(f"report.explanation.amount.{prediction.scale}")
        parts.append(catalogue.text("report.explanation.contributions", amount=amount))
    if has_cohort:
        parts.append(catalogue.text("report.explanation.cohort"))
    parts.append(catalogue.text("report.explanation.association"))
    return sentences(parts)


def borderline_flag(prediction: Prediction) -> str:
    """The message id of why a prediction is borderline: a change leads across its cut-off, or it is near."""
    crosses = any(one.crosses for one in prediction.variations)
    return "report.flag.crosses" if crosses else "report.flag.borderline"
