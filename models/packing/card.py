"""The model card of a CT pack: its manifest in words, with what readers of TRIPOD+AI and CLAIM ask first."""

from __future__ import annotations

from typing import Final

from inference.packs.fitted import CutTerm, LevelTerm, LinearModel, NumberTerm, ScoreTerm, Term
from inference.packs.manifest import Manifest
from models.markdown import bullets, table
from models.packing.card_parts import closing, figures, joined, opening, scans
from models.packing.content import CardNotes

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
    return joined(
        (
            *opening(manifest),
            "## Scans it may answer for",
            _inputs(manifest),
            "## Data",
            _data(manifest, notes),
            "## Networks and training",
            bullets(notes.training),
            "## Scores",
            _scores(manifest),
            "## Fitted models",
            "\n\n".join(map(_model, manifest.linear_models)),
            "## Cut-offs",
            _cutoffs(manifest),
            "## Where this departs from the publication",
            bullets([f"Publication: {notes.citation}", *notes.departures]),
            "## Measured figures",
            figures(manifest, "score", lambda one: one.score),
            *closing(manifest, (*_ITEMS[manifest.provenance.kind], *_ITEMS_OF_BOTH)),
        )
    )


def _inputs(manifest: Manifest) -> str:
    lines = scans(manifest)
    for phase in manifest.phases:
        steps = ", ".join(
            f"{step.step.replace('_', ' ')} ({_settings(step.model_dump(exclude={'step'}))})"
            for step in phase.steps
        )
        needed = "needed" if phase.is_required else "for those scores alone that read it"
        lines.append(f"{phase.phase.replace('_', '-')} phase, {needed}: {steps}")
    return bullets(lines)


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
    return bullets([*lines, f"Outcome: {notes.outcome}"])


def _scores(manifest: Manifest) -> str:
    return table(
        ("score", "what it is", "scale", "higher is", "positive class"),
        (
            [
                *(score.name, score.title, score.scale.replace("_", " "), score.higher_is),
                score.positive_class.replace("_", " "),
            ]
            for score in manifest.scores
        ),
    )


def _model(model: LinearModel) -> str:
    rows = [] if model.intercept is None else [["intercept", f"{model.intercept:.4f}"]]
    rows += [[_term(term), f"{term.coefficient:.4f}"] for term in model.terms]
    return f"{model.name} ({model.family})\n\n{table(('term', 'coefficient'), rows)}"


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
    rows = ([cut.score, f"{cut.value:.4f}", cut.locked_on, cut.method] for cut in manifest.score_thresholds)
    told = table(("score", "cut-off", "locked on", "how"), rows)
    return f"{told}\n\nA score at or above its cut-off counts as positive."
