"""The model card of ``npc-residual``: its manifest in words, with the items of TRIPOD+AI and CLAIM."""

from __future__ import annotations

from typing import Any

from inference.packs.manifest import Manifest
from models.markdown import bullets, table
from models.packing.card_parts import closing, figures, joined, opening, scans
from models.studies.npc_residual_config import PAPER, NpcResidualConfig
from models.training.augmentation import Augmentation
from models.training.engine.schedule import Schedule

_HOSPITAL_ITEMS = (
    "Design: retrospective cohort of one hospital; development with a random test part by patient.",
    "Reference standard: the outcomes and masks that the cohort came with.",
    "Sample size: that of the cohort, not calculated.",
    "Fairness, transport to other hospitals, calibration, decision curve: not assessed in this pack.",
    "Uncertainty: DeLong intervals for areas, Wilson intervals for proportions; one training run.",
    "Reproduction: the command below trains the pack anew from the cohort and the seed.",
)
_PHANTOM_ITEMS = (
    "Design: synthetic cohort with known truth; development with a random test part by patient.",
    "Reference standard: the phantoms' own mask and outcome, free of observers and of missing follow-up.",
    "Sample size: that of the publication, chosen for comparison and not calculated.",
    "Fairness, transport to other hospitals, calibration, decision curve: not assessed in this pack.",
    "Uncertainty: DeLong intervals for areas, Wilson intervals for proportions; one training run.",
    "Reproduction: the command below trains the pack anew from its seed.",
)
_NAMES = {
    "efficientnet_b0": "EfficientNet-B0",
    "inception_resnet_v2": "Inception-ResNet-v2",
    "resnet50": "ResNet-50",
    "xception": "Xception",
    "unet": "U-Net",
    "deeplabv3": "DeepLabv3",
}


def model_card(manifest: Manifest, config: NpcResidualConfig, report: dict[str, Any]) -> str:
    """Markdown text; every number is read from the manifest, the configuration or the evaluation report."""
    contrast = "contrast-enhanced " if manifest.inputs.contrast_enhanced else "unenhanced "
    return joined(
        (
            *opening(manifest),
            "## Scans it may answer for",
            bullets(scans(manifest, contrast)),
            "## Data",
            _data(manifest, config, report),
            "## Networks and training",
            _training(manifest, config),
            "## Where this departs from the publication",
            _departures(config),
            "## Cut-offs",
            _cutoffs(manifest, config, report),
            "## Measured figures",
            figures(manifest, "treatment", lambda one: one.treatment and _name(one.treatment)),
            _compared(manifest, report),
            *closing(manifest, _PHANTOM_ITEMS if manifest.is_demonstration else _HOSPITAL_ITEMS),
        )
    )


def _data(manifest: Manifest, config: NpcResidualConfig, report: dict[str, Any]) -> str:
    provenance, segmentation = manifest.provenance, report["segmentation"]
    lines = [
        provenance.description,
        f"segmentation: {segmentation['slices']} slices of {segmentation['patients']} patients kept apart "
        "from "
        f"the rest; {config.segmentation_test_share:.0%} of these patients tested the network",
        _start(manifest, config),
    ]
    for treatment, arm in report["treatments"].items():
        lines.append(
            f"{_name(treatment)}: {arm['patients']} patients who received it, {arm['events']} with residual "
            "tumour; "
            f"{arm['training_patients']} ({arm['training_events']}) for training, "
            f"{arm['test_patients']} ({arm['test_events']}) kept for the test, divided by patient at random"
        )
    lines.append("Outcome: residual tumour 3 to 6 months after radiotherapy; residual is the positive class.")
    lines += _known_to_the_guard(manifest)
    missing = "No value is missing in the phantoms; the" if manifest.is_demonstration else "The"
    lines.append(f"{missing} networks read no clinical value.")
    return bullets(lines)


def _start(manifest: Manifest, config: NpcResidualConfig) -> str:
    """What the classifiers' weights were before they met a treatment's patients."""
    others = manifest.provenance.cohort_sizes["pretraining"]
    named = ", ".join(_NAMES[name] for name in sorted(config.initial_weights))
    before = f"weights from files for {named}, random ones for the others" if named else "random weights"
    if not others:
        return f"start: {before}; nobody was kept for pre-training"
    return (
        f"pre-training, from {before}: {others} patients of another seed, "
        f"{manifest.provenance.events['pretraining']} with residual tumour; each taught only the treatment "
        "received"
    )


def _known_to_the_guard(manifest: Manifest) -> list[str]:
    """Whose features stand for the cohort, by treatment; a pack without them says nothing."""
    clouds = [] if manifest.reference is None else manifest.reference.features
    lines = []
    for treatment in manifest.treatments:
        own = [cloud for cloud in clouds if cloud.treatment == treatment]
        if own:
            whom = (
                "training patients from whom the fold's network did not learn"
                if own[0].left_out
                else "all training patients, some of whom taught the fold's network"
            )
            counts = ", ".join(f"{cloud.patients} on {cloud.components} axes" for cloud in own)
            lines.append(f"{_name(treatment)}, features that the guard compares with: {whom} ({counts})")
    return lines


def _training(manifest: Manifest, config: NpcResidualConfig) -> str:
    segmenter, classifier = config.preprocessing.segmenter, config.preprocessing.classifier
    segments = manifest.segmenter.architecture
    answers = manifest.classifiers(manifest.treatments[0])[0].architecture
    return bullets(
        [
            f"Segmenter: {_NAMES[segments]}, {_width(config, segments)}, on axial slices of "
            f"{segmenter.rows} × {segmenter.columns} pixels of {segmenter.spacing_mm:g} mm; cross-entropy "
            "plus "
            f"Dice loss; {_schedule(config.segmentation)}.",
            f"Answering classifiers: {_NAMES[answers]}, {_width(config, answers)}, one for each treatment "
            f"and fold ({len(manifest.treatments)} × {config.folds}). A sample is a patient: the "
            f"{classifier.slices} "
            f"slices of largest mask area, in anatomical order, are the channels; absent ones are zero.",
            f"Crop: the square around the segmenter's mask with {classifier.margin_mm:g} mm on every side, "
            f"resized to {classifier.rows} × {classifier.columns}.",
            *(
                [f"Pre-training: {_schedule(config.patient.pretraining)}."]
                if config.pretraining_patients
                else []
            ),
            f"Classifiers: {_schedule(config.patient.classification)}.",
            f"Views: {_views(config.patient.views)}.",
            "Weights are rounded to half precision before any evaluation and stored so.",
            "The course of every run is in `training.csv`; the explanation is Grad-CAM on the last "
            "convolution.",
        ]
    )


def _departures(config: NpcResidualConfig) -> str:
    narrow = sorted(name for name, width in config.widths.items() if width < PAPER.widths[name])
    lines = [
        "Hua et al. 2023 (doi 10.21037/qims-22-1226) trained the same two segmenters and four classifiers"
        + (f"; narrower here: {', '.join(_NAMES[name] for name in narrow)}." if narrow else ".")
    ]
    if config.preprocessing != PAPER.preprocessing:
        lines.append("Slices and crops have fewer pixels than published.")
    if config.pretraining_patients:
        lines.append(
            "The publication starts from weights learned on photographs; here from a separate synthetic "
            "cohort."
        )
    elif not config.initial_weights:
        lines.append("The publication starts from weights learned on photographs; here they are random.")
    lines.append(
        f"The publication fits one model per treatment; here {config.folds} folds, whose mean is the score; "
        "the compared networks are the one model."
    )
    lines.append(
        "The segmenter is shown slices without tumour as well: "
        f"{config.tumour_free_share:.0%} of its slices, because the board shows it every slice."
    )
    for name, published, own in (
        ("segmenters", PAPER.segmentation, config.segmentation),
        ("classifiers", PAPER.patient.classification, config.patient.classification),
    ):
        if own != published:
            lines.append(f"Course of the {name}: {_schedule(own)}; published: {_schedule(published)}.")
    lines.append(
        "Margin, square shape, one square for all slices of a patient, the views and the cut-off's rule are "
        "not in the publication and are this project's choices."
    )
    return bullets(lines)


def _cutoffs(manifest: Manifest, config: NpcResidualConfig, report: dict[str, Any]) -> str:
    rows = [
        [
            *(_name(threshold.treatment), f"{threshold.value:.4f}", f"± {threshold.borderline_margin:.4f}"),
            threshold.locked_on,
        ]
        for threshold in manifest.thresholds
    ]
    told = table(("treatment", "cut-off", "borderline within", "locked on"), rows)
    distances = ", ".join(
        f"{_name(treatment)} {arm['median_fold_distance_on_test']:.3f}"
        for treatment, arm in report["treatments"].items()
    )
    rule = (
        f"{manifest.thresholds[0].method}. A score at or above the cut-off is positive. The margin is half "
        "the "
        f"median distance between the folds' scores of one test patient ({distances}), but at least "
        f"{config.smallest_margin:g} and at most {config.largest_margin:g}; no outcome of the test part is "
        "read."
    )
    return f"{told}\n\n{rule}"


def _compared(manifest: Manifest, report: dict[str, Any]) -> str:
    """All models of the protocol, of which the answering ones were chosen without their test cohorts."""
    answers = manifest.classifiers(manifest.treatments[0])[0].architecture
    kind = manifest.provenance.kind
    heads = ["classifier", "unit", "treatment", "scored", f"training AUC out of fold ({kind})"]
    rows = [
        [
            *(_NAMES[one["classifier"]], one["unit"], _name(one["treatment"]), per),
            *(_area(areas[key]) for key in ("training_auc_out_of_fold", "test_auc")),
        ]
        for one in report["compared"]
        for per, areas in sorted(one["figures"].items())
    ]
    best_first = sorted(
        report["segmentation"]["mean_dice"].items(), key=lambda one: -one[1].get("value", 0.0)
    )
    dice = ", ".join(f"{_NAMES[name]} {_area(one)}" for name, one in best_first)
    return "\n".join(
        [
            "## Compared networks",
            "",
            f"The pack carries {len(report['compared'])} networks that do not answer: every classifier, "
            "learning slices or patients, for each treatment, fitted to its whole training cohort. A model "
            "of slices is read per slice and, by the mean over the slices, per patient. "
            f"{_NAMES[answers]} answers, chosen by the {report['answering']['chosen_by']}; no test cohort "
            "was looked at for it.",
            "",
            table([*heads, f"test AUC ({kind})"], rows),
            "",
            f"Segmenters, mean Dice per slice on the test patients ({kind}): {dice}; the better one is in "
            "the pack.",
        ]
    )


def _area(figure: dict[str, Any]) -> str:
    if "value" not in figure:
        return "not estimable"
    limits = "" if figure["low"] is None else f" ({figure['low']:.3f} to {figure['high']:.3f})"
    return f"{figure['value']:.3f}{limits}"


def _width(config: NpcResidualConfig, name: str) -> str:
    width = config.widths[name]
    return "as wide as published" if width == 1 else f"{width:g} of the published width"


def _schedule(schedule: Schedule) -> str:
    return (
        f"{schedule.optimiser}, learning rate {schedule.learning_rate:g} ({schedule.decay}), batches of "
        f"{schedule.batch_size}, {schedule.epochs} epochs, weight decay {schedule.weight_decay:g}"
    )


def _views(views: Augmentation) -> str:
    said = ["mirrored"] if views.flip else []
    for share, words in (
        (views.shift, f"moved by up to {views.shift:.0%} of the side"),
        (views.scale, f"resized by up to {views.scale:.0%}"),
        (views.rotation_deg, f"turned by up to {views.rotation_deg:g}°"),
        (views.gain, f"contrast changed by up to {views.gain:.0%}"),
        (views.channel_shift, f"the stack of slices moved by up to {views.channel_shift}"),
    ):
        said += [words] if share else []
    return ", ".join(said)


def _name(treatment: str) -> str:
    return {"ccrt": "CCRT", "ic_ccrt": "IC + CCRT"}.get(treatment, treatment)
