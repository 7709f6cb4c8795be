"""What three habits of the paper's public code add to its figures, measured on the same phantoms."""

from __future__ import annotations

from typing import Final

from pydantic import FiniteFloat

from models.markdown import table
from models.results.figures import CHANCE, DealtOut
from models.results.markdown import interval, number, percent, signed
from models.results.reading import Document, Interval

_TREATMENTS: Final = {"ccrt": "CCRT", "ic_ccrt": "IC + CCRT"}
_SEGMENTERS: Final = {"unet": "U-Net", "deeplabv3": "DeepLabv3"}


class _BySlice(Document):
    segmenter: str
    dice_other_patients: FiniteFloat
    dice_same_patients: FiniteFloat
    gain: FiniteFloat
    test_slices_whose_patient_teaches: FiniteFloat


class _Epoch(Document):
    auc_last_epoch: FiniteFloat
    auc_chosen_epoch: FiniteFloat
    gain: FiniteFloat
    epoch: int
    epochs: int


class _Mean(Document):
    mean: FiniteFloat
    standard_error: FiniteFloat


class DealtOutTrainings(Document):
    """Trainings on outcomes dealt out at random."""

    trainings: int
    auc_last_epoch: _Mean
    auc_chosen_epoch: _Mean
    gain: _Mean


class _Stretched(Document):
    auc: FiniteFloat
    micro_average: FiniteFloat
    micro_average_stretched: FiniteFloat
    gain: FiniteFloat
    constant_score_earns: FiniteFloat


class _OfTreatment(Document):
    epoch_chosen_on_test: _Epoch
    epoch_chosen_on_test_outcomes_dealt_out: DealtOutTrainings
    scores_stretched: _Stretched


class Leaks(Document):
    """The leaks of ``result.json``."""

    segmentation_split_by_slice: _BySlice
    treatments: dict[str, _OfTreatment]


def leak_sections(leaks: Leaks, honest_dice: Interval) -> tuple[str, ...]:
    """A heading, a table and a sentence on each; ``honest_dice`` is the packed segmenter's interval."""
    return (
        "#### What the public code's habits add",
        "The paper's public code chooses the epoch on the test cohort, divides the segmenter's images by "
        "slice, and stretches scores before a micro-averaged ROC. Each was repeated on purpose on these "
        "phantoms; none is part of the protocol.",
        _table(leaks),
        _gains(leaks),
        *(
            _dealt_out(name, one.epoch_chosen_on_test_outcomes_dealt_out)
            for name, one in leaks.treatments.items()
        ),
        _by_slice(leaks.segmentation_split_by_slice, honest_dice),
    )


def dealt_out(leaks: Leaks, study: str) -> tuple[DealtOut, ...]:
    """The honest half: areas after the last epoch, which no test phantom chose."""
    return tuple(
        DealtOut(
            study,
            f"{_TREATMENTS.get(name, name)}, last epoch",
            "AUC",
            found.auc_last_epoch.mean,
            found.auc_last_epoch.standard_error,
            found.trainings,
        )
        for name, one in leaks.treatments.items()
        if (found := one.epoch_chosen_on_test_outcomes_dealt_out)
    )


def _table(leaks: Leaks) -> str:
    rows = []
    for name, one in leaks.treatments.items():
        treatment, chosen, stretch = (
            _TREATMENTS.get(name, name),
            one.epoch_chosen_on_test,
            one.scores_stretched,
        )
        dealt = one.epoch_chosen_on_test_outcomes_dealt_out
        rows += [
            [
                treatment,
                f"epoch {chosen.epoch} of {chosen.epochs}, chosen on the test cohort",
                number(chosen.auc_last_epoch),
                number(chosen.auc_chosen_epoch),
                signed(chosen.gain),
            ],
            [
                treatment,
                f"the same on dealt-out outcomes, mean of {dealt.trainings}",
                number(dealt.auc_last_epoch.mean),
                number(dealt.auc_chosen_epoch.mean),
                f"{signed(dealt.gain.mean)} ± {number(dealt.gain.standard_error)}",
            ],
            [
                treatment,
                "scores stretched and micro-averaged",
                number(stretch.auc),
                number(stretch.micro_average_stretched),
                signed(stretch.gain),
            ],
            [
                treatment,
                "of which by the micro-average alone",
                number(stretch.auc),
                number(stretch.micro_average),
                signed(stretch.micro_average - stretch.auc),
            ],
            [
                treatment,
                "one score for everybody, micro-averaged",
                number(CHANCE),
                number(stretch.constant_score_earns),
                signed(stretch.constant_score_earns - CHANCE),
            ],
        ]
    return table(["treatment", "habit", "honest AUC (phantoms)", "AUC with it", "gain"], rows)


def _gains(leaks: Leaks) -> str:
    of = leaks.treatments.values()
    habits = {
        "Choosing the epoch on the test cohort": [one.epoch_chosen_on_test.gain for one in of],
        "the micro-average alone": [
            one.scores_stretched.micro_average - one.scores_stretched.auc for one in of
        ],
        "stretching before it": [one.scores_stretched.gain for one in of],
    }
    told = "; ".join(
        f"{habit} in {sum(gain > 0 for gain in gains)} of {len(gains)} treatments "
        f"({', '.join(signed(gain) for gain in gains)})"
        for habit, gains in habits.items()
    )
    return f"What flatters the AUC of these phantoms: {told}."


def _dealt_out(name: str, found: DealtOutTrainings) -> str:
    flatters = found.gain.mean > 2 * found.gain.standard_error
    told = (
        "the choice alone makes a result out of nothing"
        if flatters
        else "over so few trainings the choice adds nothing that can be told from chance"
    )
    return (
        f"{_TREATMENTS.get(name, name)}, outcomes dealt out at random: {number(found.auc_last_epoch.mean)} ± "
        f"{number(found.auc_last_epoch.standard_error)} after the last epoch, "
        f"{number(found.auc_chosen_epoch.mean)} ± {number(found.auc_chosen_epoch.standard_error)} after the "
        f"epoch that the test cohort chose: {told}."
    )


def _by_slice(found: _BySlice, honest: Interval) -> str:
    verdict = "flatters it" if found.gain > 0 else "does not flatter it"
    within = honest is not None and honest[0] <= found.dice_same_patients <= honest[1]
    chance = f", no further than chance goes ({interval(honest)})" if found.gain > 0 and within else ""
    return (
        f"Segmenter ({_SEGMENTERS.get(found.segmenter, found.segmenter)}) tested on other patients: mean "
        f"Dice {number(found.dice_other_patients)}; on other slices of patients of whom "
        f"{percent(found.test_slices_whose_patient_teaches)} also teach: {number(found.dice_same_patients)} "
        f"({signed(found.gain)}). Dividing by slice {verdict} here{chance}."
    )
