"""How much an answer hangs on the outline and on each clinical value: one small change at a time.

A result that a change carries over the locked cut-off is borderline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from inference.clinical.quantity import NO_UNIT, quantity
from inference.clinical.record import CanonicalValue, ClinicalRecord, ClinicalValue
from inference.clinical.schema import FieldSchema, load_form
from inference.geometry import Geometry
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.masks.varied import grown, shifted, shrunk
from inference.messages.message import Message
from inference.packs.load import LoadedPack
from inference.packs.study_models import study_models
from inference.predictors.feature_cache import FeatureCache
from inference.predictors.image_features import ImageFeatures, read_phases
from inference.predictors.patient_values import PatientValues
from inference.predictors.phase_input import PhaseScan
from inference.predictors.scores import ScoreValue, inputs_of, score_patient
from inference.predictors.study_prediction import StudyPrediction, as_marked

MASK_STEP_MM: Final = 2.0
"""How far an outline is moved outwards and inwards."""

NUMBER_SHARE: Final = 0.10
"""Part of its value by which a clinical number is raised and lowered (?)."""

STAGE: Final = "stage.varying"

MaskChange = Literal["mask_grown", "mask_shrunk", "mask_up", "mask_down"]
Vary = Callable[[NDArray[np.bool_], Geometry], NDArray[np.bool_]]

MASK_CHANGES: Final[Mapping[MaskChange, Vary]] = {
    "mask_grown": lambda mask, geometry: grown(mask, geometry, MASK_STEP_MM),
    "mask_shrunk": lambda mask, geometry: shrunk(mask, geometry, MASK_STEP_MM),
    "mask_up": lambda mask, geometry: shifted(mask, geometry, 1),
    "mask_down": lambda mask, geometry: shifted(mask, geometry, -1),
}


@dataclass(frozen=True, slots=True)
class ScoreVariation:
    """The answering score after one change.

    ``field`` and ``value`` tell a clinical change: the field and the canonical value it was given, a number
    in the form's ``unit``.  ``score`` is None where the change leaves nothing to score: an empty mask, or a
    value that asks for another one.
    """

    kind: MaskChange | Literal["clinical"]
    score: float | None
    crosses: bool
    field: str = ""
    value: CanonicalValue | None = None
    unit: str = NO_UNIT

    @property
    def change(self) -> Message:
        """What was changed, in the user's words."""
        if self.kind != "clinical":
            return Message(f"sensitivity.{self.kind}", {"mm": MASK_STEP_MM})
        label = f"clinical.{self.field}"
        is_choice = isinstance(self.value, str)
        shown = f"{label}.{self.value}" if is_choice else quantity(f"{self.value:.4g}", self.unit)
        return Message("sensitivity.clinical", {"field": label, "value": shown})


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The score that answers, and what became of it under every change."""

    score: str
    value: float
    variations: tuple[ScoreVariation, ...]

    @property
    def is_borderline(self) -> bool:
        """True when any change carries the score over the cut-off."""
        return any(one.crosses for one in self.variations)


def sensitivity(
    pack: LoadedPack,
    scans: Mapping[str, PhaseScan],
    record: ClinicalRecord,
    found: StudyPrediction,
    *,
    cache: FeatureCache[ImageFeatures] | None = None,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Sensitivity | None:
    """Vary what ``found``, the prediction of these scans and this record, was made of.

    None without an answer.  The masks of all phases that the score reads are changed together.  Choices take
    every other allowed value; numbers are raised and lowered, within the form's range.  Each value is changed
    alone, as the models read it: nothing is derived from it anew.  The score stays the same one: where a
    change would leave it without a value, no other answers in its place.

    Raises
    ------
    Cancelled
        When asked to stop.
    """
    base = found.answering
    if base is None or base.value is None:
        return None
    reads = inputs_of(pack.manifest, study_models(pack))[base.name]
    values = PatientValues(record, found.pathway)
    changes = list(MASK_CHANGES) if reads.phases else []
    clinical = list(_clinical_changes(values, sorted(reads.fields)))
    total = len(changes) + len(clinical)
    variations: list[ScoreVariation] = []

    def keep(variation: ScoreVariation) -> None:
        variations.append(variation)
        on_progress(Progress(len(variations), total, STAGE))
        stop_if_asked(should_stop)

    for change in changes:
        varied = {
            phase: replace(scans[phase], mask=MASK_CHANGES[change](scans[phase].mask, _grid(scans[phase])))
            for phase in sorted(reads.phases)
        }
        score = None
        if all(scan.mask.any() for scan in varied.values()):
            marked = {phase: as_marked(scan, found.pathway) for phase, scan in varied.items()}
            features = read_phases(marked, pack, cache=cache, should_stop=should_stop)
            score = _scored(pack, base.name, features, values)
        keep(ScoreVariation(change, _value(score), _crosses(base, score)))
    for value in clinical:
        changed = PatientValues(record.with_value(value), found.pathway)
        score = _scored(pack, base.name, found.features, changed)
        units = load_form(record.study).field(value.field_id).units
        told = (value.field_id, value.canonical, units[0].code if units else NO_UNIT)
        keep(ScoreVariation("clinical", _value(score), _crosses(base, score), *told))
    return Sensitivity(base.name, base.value, tuple(variations))


def _clinical_changes(values: PatientValues, fields: list[str]) -> Iterator[ClinicalValue]:
    form = load_form(values.record.study)
    for name in fields:
        own = values.value(name)
        if own is None:
            continue
        for other in _others(form.field(name), own):
            yield replace(values.record.values[name], canonical=other)


def _others(field: FieldSchema, own: CanonicalValue) -> tuple[CanonicalValue, ...]:
    if isinstance(own, str):
        return tuple(choice for choice in field.choices if choice != own)
    assert field.minimum is not None and field.maximum is not None
    found: list[float] = []
    for factor in (1 - NUMBER_SHARE, 1 + NUMBER_SHARE):
        moved = min(max(own * factor, field.minimum), field.maximum)
        moved = float(round(moved)) if field.integer else moved
        if moved != own:
            found.append(moved)
    return tuple(found)


def _grid(scan: PhaseScan) -> Geometry:
    return scan.volume.geometry


def _scored(
    pack: LoadedPack, name: str, features: Mapping[str, ImageFeatures], values: PatientValues
) -> ScoreValue:
    return score_patient(pack, features, values)[name]


def _value(score: ScoreValue | None) -> float | None:
    return None if score is None else score.value


def _crosses(base: ScoreValue, score: ScoreValue | None) -> bool:
    return score is not None and score.value is not None and score.is_positive is not base.is_positive
