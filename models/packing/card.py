"""The model card of a CT pack: its manifest in words, with what readers of TRIPOD+AI and CLAIM ask first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inference.packs.fitted import CutTerm, LevelTerm, LinearModel, NumberTerm, ScoreTerm, Term
from inference.packs.manifest import Manifest, Range
from models.packing.content import CardNotes

_SYNTHETIC: Final = (
    "**Everything in this pack comes from synthetic phantoms. No figure below says anything about patients.**"
)
_ITEMS: Final = {
    "synthetic": (
        "Design: synthetic cohorts with known truth; development in the training cohort, the other cohorts "
        "judge.",
        "Reference standard: the phantoms' own masks and outcomes, free of observers.",
        "Sample size: that of the publication, chosen for comparison and not calculated.",
    ),
    "hospital": (
        "Design: retrospective cohort; development in its training part, its other parts judge.",
        "Reference standard: the outcomes and masks that the cohort came with.",
        "Sample size: that of the cohort, not calculated.",
    ),
}
_ITEMS_OF_BOTH: Final = (
    "Missing values: none is imputed; a patient without a value that a score needs has no such score.",
    "Fairness by age and sex, and use at a board, were not studied.",
    "Uncertainty: the intervals of the evaluation report; one training run.",
    "Reproduction: the command below trains the pack anew from its seed.",
)


def card(manifest: Manifest, notes: CardNotes) -> str:
    """Markdown text; every number is read from the manifest, or by the notes from the configuration."""
    parts = [
        f"# {manifest.title}",
        f"Pack `{manifest.id}` version {manifest.version}, study `{manifest.study}`, licence "
        f"{manifest.licence}.",
        _SYNTHETIC if manifest.is_demonstration else "",
        "## Use",
        _bullets([f"Intended use: {manifest.intended_use}", f"Not for: {manifest.not_for}"]),
        "## Scans it may answer for",
        _inputs(manifest),
        "## Data",
        _data(manifest, notes),
        "## Networks and training",
        _bullets(notes.training),
        "## Scores",
        _scores(manifest),
        "## Fitted models",
        "\n\n".join(map(_model, manifest.linear_models)),
        "## Cut-offs",
        _cutoffs(manifest),
        "## Where this departs from the publication",
        _bullets([f"Publication: {notes.citation}", *notes.departures]),
        "## Measured figures",
        _metrics(manifest),
        "## Limits",
        _bullets(manifest.limits),
        "## Reporting items",
        _bullets([*_ITEMS[manifest.provenance.kind], *_ITEMS_OF_BOTH]),
        "## Made with",
        _bullets(f"{name}: {value}" for name, value in sorted(manifest.created_with.items())),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _inputs(manifest: Manifest) -> str:
    inputs = manifest.inputs
    lines = [
        f"{inputs.modality}, {inputs.plane} within {inputs.maximum_obliquity_deg:g}°, body part "
        f"{' or '.join(inputs.body_parts)}",
        f"pixels {_range(inputs.pixel_spacing_mm)} mm, slices every {_range(inputs.slice_spacing_mm)} mm and "
        f"{_range(inputs.slice_thickness_mm)} mm thick, field of view {_range(inputs.field_of_view_mm)} mm",
        f"at least {inputs.minimum_slices} slices and {inputs.minimum_mask_ml:g} ml of marked tumour",
    ]
    for phase in manifest.phases:
        steps = ", ".join(
            f"{step.step.replace('_', ' ')} ({_settings(step.model_dump(exclude={'step'}))})"
            for step in phase.steps
        )
        needed = "needed" if phase.is_required else "for those scores alone that read it"
        lines.append(f"{phase.phase.replace('_', '-')} phase, {needed}: {steps}")
    return _bullets(lines)


def _settings(values: dict[str, object]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in values.items() if value is not None
    )


def _data(manifest: Manifest, notes: CardNotes) -> str:
    provenance = manifest.provenance
    lines = [provenance.description]
    for cohort, patients in provenance.cohort_sizes.items():
        events = provenance.events.get(cohort)
        lines.append(f"{cohort}: {patients} patients" + ("" if events is None else f", {events} events"))
    return _bullets([*lines, f"Outcome: {notes.outcome}"])


def _scores(manifest: Manifest) -> str:
    rows = ["| score | what it is | scale | higher is | positive class |", "| --- " * 5 + "|"]
    rows += [
        f"| {score.name} | {score.title} | {score.scale.replace('_', ' ')} | {score.higher_is} | "
        f"{score.positive_class.replace('_', ' ')} |"
        for score in manifest.scores
    ]
    return "\n".join(rows)


def _model(model: LinearModel) -> str:
    rows = [f"{model.name} ({model.family})", "", "| term | coefficient |", "| --- | --- |"]
    if model.intercept is not None:
        rows.append(f"| intercept | {model.intercept:.4f} |")
    rows += [f"| {_term(term)} | {term.coefficient:.4f} |" for term in model.terms]
    return "\n".join(rows)


def _term(term: Term) -> str:
    match term:
        case NumberTerm():
            return f"{term.field} − {term.scaling.centre:.4g}"
        case LevelTerm():
            return f"{term.field} is {' or '.join(term.levels)}"
        case CutTerm():
            return f"{term.field} {'≥' if term.includes_cut else '>'} {term.cut:g}"
        case ScoreTerm():
            told = f"log odds of {term.score}" if term.as_log_odds else term.score
            return f"{told} − {term.scaling.centre:.4g}"


def _cutoffs(manifest: Manifest) -> str:
    rows = ["| score | cut-off | locked on | how |", "| --- " * 4 + "|"]
    rows += [
        f"| {cut.score} | {cut.value:.4f} | {cut.locked_on} | {cut.method} |"
        for cut in manifest.score_thresholds
    ]
    return "\n".join(rows) + "\n\nA score at or above its cut-off counts as positive."


def _metrics(manifest: Manifest) -> str:
    rows = [
        f"| cohort ({manifest.provenance.kind}) | score | figure | value | 95 % interval | note |",
        "| --- " * 6 + "|",
    ]
    for figure in manifest.metrics:
        interval = "" if figure.low is None else f"{figure.low:.3f} to {figure.high:.3f}"
        rows.append(
            f"| {figure.cohort} | {figure.score} | {figure.name} | {figure.value:.3f} | {interval} | "
            f"{figure.note} |"
        )
    return "\n".join(rows)


def _range(allowed: Range) -> str:
    return f"{allowed.minimum:g} to {allowed.maximum:g}"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
