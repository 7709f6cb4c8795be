"""How far what the networks read off a case lies from the cohort that taught them, as lines of the guard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from inference.assessment import GuardLine
from inference.guard.feature_distance import check_distance
from inference.inputs.study_inputs import load_study_inputs
from inference.packs.load import LoadedPack
from inference.packs.study_models import FeatureCloud, read_reference
from inference.pathways.pathway import Pathway
from inference.predictors.classifiers import Embeddings, Floats
from inference.predictors.image_features import ImageFeatures


def lines_of_phases(
    features: Mapping[str, ImageFeatures], pack: LoadedPack, pathway: Pathway
) -> tuple[GuardLine, ...]:
    """One line for each phase that was read: of the networks of several folds, the middle one's."""
    first = load_study_inputs(pathway.study).inputs[0].id
    lines: list[GuardLine] = []
    clouds = read_reference(pack).features
    for phase, read in features.items():
        line = _middle(read.embeddings, (cloud for cloud in clouds if cloud.phase in (phase, None)))
        if line is not None:
            scan = pathway.input_of(phase) or ""
            lines.append(replace(line, scan="" if scan == first else scan))
    return tuple(lines)


def lines_of_treatments(embeddings: Mapping[str, Embeddings], pack: LoadedPack) -> dict[str, GuardLine]:
    """One line for each treatment whose cohort the pack knows: of its folds, the middle one's."""
    clouds = read_reference(pack).features
    lines: dict[str, GuardLine] = {}
    for treatment, read in embeddings.items():
        line = _middle(read, (cloud for cloud in clouds if cloud.treatment == treatment))
        if line is not None:
            lines[treatment] = line
    return lines


def _middle(read: Embeddings, clouds: Iterable[FeatureCloud]) -> GuardLine | None:
    """Of the verdicts on embeddings by fold, the middle one; of two the worse.  None without a cloud."""
    lines = [
        check_distance(vector, cloud)
        for cloud in clouds
        if (vector := _vector(read, cloud.fold)) is not None and len(vector) == cloud.length
    ]
    return sorted(lines, key=lambda line: line.verdict)[len(lines) // 2] if lines else None


def _vector(read: Embeddings, fold: int | None) -> Floats | None:
    if fold in read:
        return read[fold]
    return next(iter(read.values()), None) if fold is None else None
