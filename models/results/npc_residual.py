"""``npc-residual`` on the page: two treatments, four classifiers, two units, two segmenters."""

from __future__ import annotations

from typing import Final

from models.markdown import table
from models.results.figures import Ablation, Contrast, Figure, FigureTable, Paired, Side, StudyResults
from models.results.home import KeptRun
from models.results.leaks import dealt_out, leak_sections
from models.results.markdown import NOTHING, interval, number, published
from models.results.npc_document import Arm, NpcDocument, Segmentation
from models.results.paired import check_figures, contrasts
from models.results.reading import Interval, read_document

STUDY: Final = "npc-residual"
TREATMENTS: Final = {"ccrt": "CCRT", "ic_ccrt": "IC + CCRT"}
CLASSIFIERS: Final = {
    "efficientnet_b0": "EfficientNet-B0",
    "inception_resnet_v2": "Inception-ResNet-v2",
    "resnet50": "ResNet-50",
    "xception": "Xception",
}
SEGMENTERS: Final = {"unet": "U-Net", "deeplabv3": "DeepLabv3"}


def npc_results(kept: KeptRun) -> StudyResults:
    """The study's part of the page."""
    document = read_document(NpcDocument, kept.document)
    tables, units, classifiers = [], [], []
    for treatment, arm in document.treatments.items():
        predictions = kept.table(f"scores_{treatment}.csv")
        by_patient = _figures(arm, "patient")
        names = {
            f"{key}_{unit}": f"{shown}, {unit} unit" for key, shown in CLASSIFIERS.items() for unit in _UNITS
        }
        check_figures(by_patient, predictions, names, STUDY)
        tables.append(_table(treatment, arm, document.classifier.chosen))
        units += [
            _with_published(one, arm, classifier, TREATMENTS[treatment])
            for classifier in CLASSIFIERS
            for one in contrasts(
                by_patient, predictions, names, f"{classifier}_patient", f"{classifier}_image"
            )
        ]
        classifiers.append(_means(arm, TREATMENTS[treatment]))
    return StudyResults(
        study=STUDY,
        title="Nasopharyngeal carcinoma: residual tumour after radiotherapy",
        source=document.published,
        tables=tuple(tables),
        ablations=(
            Ablation(
                "Patient unit against image unit, both scored per patient",
                "AUC",
                tuple(units),
                ("the patient unit", "the image unit"),
            ),
            Ablation(
                "Mean of the four classifiers, each unit scored as published", "AUC", tuple(classifiers)
            ),
            Ablation(
                "DeepLabv3 against U-Net, Dice per slice", "Dice", (_segmenters(document.segmentation),)
            ),
        ),
        segmentation=(_segmentation(document.segmentation),),
        further=(_decisions(document), *leak_sections(document.leaks, _honest_dice(document))),
        dealt_out=dealt_out(document.leaks, STUDY),
        minutes=document.minutes,
    )


_UNITS: Final = ("patient", "image")


def _figures(arm: Arm, per: str) -> tuple[Figure, ...]:
    """The test cohort, scored per patient or per slice."""
    attainable = arm.ceilings.get("generator", {}).get("attainable")
    return tuple(
        Figure(
            "test",
            f"{shown}, {unit} unit",
            reading.test_auc.value,
            reading.test_auc.interval,
            attainable if per == "patient" else None,
            None if reading.published_auc is None else reading.published_auc[0],
            None if reading.published_auc is None else reading.published_auc[1:],
            note=f"scored per {'slice' if per == 'image' else per}",
        )
        for key, shown in CLASSIFIERS.items()
        for unit in _UNITS
        if (reading := arm.models.get(f"{key}, {unit} unit", {}).get(f"per {per}")) is not None
    )


def _table(treatment: str, arm: Arm, chosen: str) -> FigureTable:
    training = tuple(
        Figure(
            "training",
            f"{shown}, {unit} unit",
            reading.training_auc_pooled_out_of_fold.value,
            reading.training_auc_pooled_out_of_fold.interval,
            arm.ceilings.get("generator", {}).get("attainable"),
            None,
            note="scored per patient, out of fold",
        )
        for key, shown in CLASSIFIERS.items()
        for unit in _UNITS
        if (reading := arm.models.get(f"{key}, {unit} unit", {}).get("per patient")) is not None
    )
    sizes = ", ".join(
        f"{name} {part['patients']} ({part['residual']} residual)"
        for name, part in (("training", arm.training), ("test", arm.test))
    )
    return FigureTable(
        caption=f"{TREATMENTS[treatment]}: residual tumour, the positive class",
        measure="AUC",
        headline=f"{CLASSIFIERS.get(chosen, chosen)}, patient unit",
        figures=(*training, *_figures(arm, "patient"), *_figures(arm, "image")),
        sizes=f"{sizes}; {arm.slices} slices",
        outcome=TREATMENTS[treatment],
    )


def _with_published(found: Contrast, arm: Arm, classifier: str, treatment: str) -> Contrast:
    """The paper scores its image unit per slice; that is its figure for the unit."""
    printed = []
    for unit in _UNITS:
        readings = arm.models[f"{classifier}, {unit} unit"]
        own = readings.get(f"per {unit}")
        printed.append(None if own is None or own.published_auc is None else own.published_auc[0])
    return Contrast(
        f"{treatment}, test",
        Side(found.first.name, found.first.value, printed[0]),
        Side(found.second.name, found.second.value, printed[1]),
        found.paired,
    )


def _means(arm: Arm, treatment: str) -> Contrast:
    of = arm.mean_test_auc
    return Contrast(
        f"{treatment}, test",
        Side("patient unit", of["patient"]["value"], of["patient"].get("published")),
        Side("image unit", of["image"]["value"], of["image"].get("published")),
        Paired(reason="means of four areas: no test"),
    )


def _segmenters(found: Segmentation) -> Contrast:
    sides = []
    for name in ("deeplabv3", "unet"):
        dice = found.dice.get(name)
        printed = None if dice is None or dice.published is None else dice.published[0]
        sides.append(Side(SEGMENTERS[name], None if dice is None else dice.value, printed))
    return Contrast("segmentation test", sides[0], sides[1], Paired(reason="no paired test"))


def _segmentation(found: Segmentation) -> str:
    rows = [
        [
            SEGMENTERS.get(name, name) + (" (packed)" if name == found.chosen else ""),
            number(dice.value),
            interval(dice.interval),
            NOTHING if dice.published is None else published(dice.published[0], dice.published[1:]),
        ]
        for name, dice in found.dice.items()
    ]
    heads = ["segmenter", "mean Dice per slice (phantoms)", "95 % interval", "paper (patients)"]
    return (
        f"{table(heads, rows)}\n\n{found.test_slices} slices of {found.test_patients} phantoms that taught "
        f"neither network; the packed one was chosen on them, so its Dice is a little too high."
    )


def _honest_dice(document: NpcDocument) -> Interval:
    dice = document.segmentation.dice.get(document.leaks.segmentation_split_by_slice.segmenter)
    return None if dice is None else dice.interval


def _decisions(document: NpcDocument) -> str:
    found = document.decisions
    rows = [
        [
            name,
            str(side.correct),
            str(side.wrong),
            str(side.undeterminable),
            f"{number(side.rate.value)} ({interval(side.rate.interval)})",
            number(side.published.get("rate")),
        ]
        for name, side in (("model", found.model), ("physicians (the generator's habit)", found.physician))
    ]
    heads = [
        "decision audit (phantoms)",
        "correct",
        "wrong",
        "undeterminable",
        "share correct",
        "paper (patients)",
    ]
    return (
        f"{table(heads, rows)}\n\n{found.patients} test phantoms of both treatments, judged as in the "
        f"paper's Table 3 with {CLASSIFIERS.get(document.classifier.chosen, document.classifier.chosen)}."
    )
