"""How much the scores of treatments hang on the outline: one small change of the mask at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inference.case_input import CaseInput
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.messages.message import Message
from inference.packs.load import LoadedPack
from inference.prediction import Variation
from inference.predictors.sensitivity import MASK_CHANGES, MASK_STEP_MM, STAGE
from inference.predictors.treatments_kept import kept_scores
from inference.rules.reading import Reading


def vary_treatments(
    case: CaseInput,
    pack: LoadedPack,
    readings: Sequence[Reading],
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> dict[str, tuple[Variation, ...]]:
    """Variations by treatment, in the order of the changes; the networks read no clinical value.

    Raises
    ------
    Cancelled
        When asked to stop.
    """
    assert case.mask is not None
    base = {reading.name: reading for reading in readings}
    found: dict[str, list[Variation]] = {name: [] for name in base}
    for done, (name, vary) in enumerate(MASK_CHANGES.items(), 1):
        stop_if_asked(should_stop)
        change = Message(f"sensitivity.{name}", {"mm": MASK_STEP_MM})
        marked = vary(case.mask.voxels, case.volume.geometry)
        if marked.any():
            layer = replace(case.mask, voxels=marked, journal=())
            scored = kept_scores(case.volume, layer, pack, should_stop=should_stop)
            for score in scored.scores:
                crosses = score.is_positive is not base[score.treatment].is_positive
                found[score.treatment].append(Variation("outline", change, score.score, crosses))
        else:
            for variations in found.values():
                variations.append(Variation("outline", change, None, False))
        on_progress(Progress(done, len(MASK_CHANGES), STAGE))
    return {name: tuple(variations) for name, variations in found.items()}
