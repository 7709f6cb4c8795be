"""What a CT study's pack says of one patient: every score, and which of them answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from inference.clinical.record import ClinicalRecord
from inference.errors import InputError
from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.masks.rough_roi import Cuboid
from inference.outcome import HeatMap
from inference.packs.load import LoadedPack
from inference.pathways.pathway import AnsweringScore, Pathway, load_pathway
from inference.predictors.feature_cache import FeatureCache
from inference.predictors.image_features import ImageFeatures, read_phases
from inference.predictors.patient_values import PatientValues
from inference.predictors.phase_input import PhaseScan
from inference.predictors.scores import ScoreValue, score_patient


@dataclass(frozen=True, slots=True, eq=False)
class StudyPrediction:
    """The scores of a pack by name, in its order; what answers; and what the networks read.

    ``answer`` names the score that answers and, where it stands in for the main one, what it lacks; None
    where nothing can be answered: the main score's ``missing_fields`` and ``missing_phases`` then say why.
    ``features`` are by phase.
    """

    pathway: Pathway
    scores: Mapping[str, ScoreValue]
    answer: AnsweringScore | None
    features: Mapping[str, ImageFeatures]

    @property
    def main(self) -> ScoreValue | None:
        """The first of the pathway's answering scores that the pack has; None where it has none."""
        return next(
            (self.scores[one.score] for one in self.pathway.answers if one.score in self.scores), None
        )

    @property
    def answering(self) -> ScoreValue | None:
        """The score that answers."""
        return None if self.answer is None else self.scores[self.answer.score]

    @property
    def beside(self) -> tuple[ScoreValue, ...]:
        """The scores shown beside the answer that the pack has, with or without a value."""
        return tuple(self.scores[one.score] for one in self.pathway.beside if one.score in self.scores)

    @property
    def heat_maps(self) -> tuple[HeatMap, ...]:
        """Of every phase whose networks tell where they looked."""
        return tuple(one.heat_map for one in self.features.values() if one.heat_map is not None)


def predict(
    pack: LoadedPack,
    scans: Mapping[str, PhaseScan],
    record: ClinicalRecord,
    *,
    cache: FeatureCache[ImageFeatures] | None = None,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> StudyPrediction:
    """Read the scans, by phase, and compute every score that scans and values allow.

    Where the reader marks a cuboid, the smallest one that holds the mask counts: an outline is a lawful mask,
    and its box lies closer to the tumour than the quadrilaterals that phantoms are trained with, which a
    simulated reader draws some millimetres too wide.

    With a ``cache`` no network runs again on a phase that it has seen; without what must be known before
    anything is answered none runs at all.

    Raises
    ------
    InputError
        When the record is another study's, or a scan cannot be prepared.
    PackError
        When the pack asks for what this version cannot do, was altered, or gives no number.
    Cancelled
        When asked to stop.
    """
    study = pack.manifest.study
    pathway = load_pathway(study)
    if record.study != study:
        raise InputError("error.clinical.study", study=record.study, expected=study)
    values = PatientValues(record, pathway)
    features: dict[str, ImageFeatures] = {}
    if not values.missing_first():
        marked = {phase: as_marked(scan, pathway) for phase, scan in scans.items()}
        features = read_phases(marked, pack, cache=cache, on_progress=on_progress, should_stop=should_stop)
    scores = score_patient(pack, features, values)
    return StudyPrediction(
        pathway, MappingProxyType(scores), _answer(pathway, scores), MappingProxyType(features)
    )


def as_marked(scan: PhaseScan, pathway: Pathway) -> PhaseScan:
    """The scan with the region that the study's reader marks: an outline as it is, or a cuboid."""
    if pathway.region == "outline" or not scan.mask.any():
        return scan
    return replace(scan, mask=Cuboid.holding(scan.mask).mask(scan.volume.geometry.shape))


def _answer(pathway: Pathway, scores: Mapping[str, ScoreValue]) -> AnsweringScore | None:
    """The first score of the pathway that has a value."""
    for one in pathway.answers:
        if one.score in scores and scores[one.score].value is not None:
            return one
    return None
