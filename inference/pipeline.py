"""Case and pack in, Assessment out: the way through the house."""

from __future__ import annotations

from inference.assessment import GuardLine
from inference.case_input import CaseInput, StatedFacts, input_references
from inference.errors import InternalError
from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.masks.layer import MaskLayer
from inference.outcome import HeatMap, Outcome
from inference.packs.load import LoadedPack

__all__ = [
    "CaseInput",
    "HeatMap",
    "Outcome",
    "StatedFacts",
    "assess",
    "check_inputs",
    "input_references",
    "segment",
]


def check_inputs(case: CaseInput, pack: LoadedPack) -> tuple[GuardLine, ...]:
    """What the guard says before anything runs; a mask is checked when there is one."""
    raise InternalError("error.internal")


def segment(
    case: CaseInput,
    pack: LoadedPack,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> MaskLayer:
    """The mask that the pack's segmenter proposes; it may be empty."""
    raise InternalError("error.internal")


def assess(
    case: CaseInput,
    pack: LoadedPack,
    *,
    rule_set: str = "cautious",
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Outcome:
    """Answer one case; segments first when it has no mask."""
    raise InternalError("error.internal")
