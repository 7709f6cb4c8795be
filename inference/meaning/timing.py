"""How long after the start of the injection a picture was taken, and which phase that makes.

Only the acquisition's own time counts.  Series and content times may be a reconstruction's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inference.meaning.opinion import Evidence, Phase, evidence
from inference.meaning.words import mentions_split_bolus, mentions_test_bolus
from inference.scan import Acquisition

ARTERIAL_S: Final = (15.0, 50.0)
"""Early arterial 15–20 s, late arterial and pancreatic 35–45 s from the start (Bae, Radiology 2010)."""

PORTAL_VENOUS_S: Final = (60.0, 110.0)
"""Hepatic parenchyma peaks at 60–90 s; to 110 s while the kidneys are in the nephrographic phase, before
excretion (Bae 2010)."""

DELAYED_S: Final = (150.0, 900.0)
"""Interstitial and excretory phase, 2.5 to 15 min (LI-RADS v2018 asks for 2–5 min, urography for 8–15)."""

_LONGEST_S: Final = 3600.0
_TEST_BOLUS_ML: Final = 25.0
"""A test bolus takes 10–20 ml, an abdominal injection 70 ml and more (Bae 2010)."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds from the start of the injection to the first and the last picture."""

    first_s: float
    last_s: float


def seconds_of(text: str) -> float | None:
    """Seconds since midnight from DICOM's ``HHMMSS.FFFFFF`` (or ``HH:MM:SS``); None for anything shorter."""
    digits, _, fraction = text.replace(":", "").partition(".")
    if len(digits) != 6 or not digits.isdigit() or (fraction and not fraction.isdigit()):
        return None
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if hours > 23 or minutes > 59 or seconds > 60:
        return None
    return hours * 3600 + minutes * 60 + seconds + float(f"0.{fraction or 0}")


def phase_of_delay(seconds: float) -> str:
    """The phase of a delay; empty between the windows, where neighbours cannot be told apart by time."""
    windows = (
        (ARTERIAL_S, Phase.ARTERIAL),
        (PORTAL_VENOUS_S, Phase.PORTAL_VENOUS),
        (DELAYED_S, Phase.DELAYED),
    )
    for (low, high), phase in windows:
        if low <= seconds <= high:
            return phase
    return ""


def timing_evidence(acquisition: Acquisition) -> tuple[tuple[Evidence, ...], bool]:
    """What the times say, and whether they forbid a phase (test bolus, split bolus, midnight).

    Without both times there is no evidence.
    """
    technique = acquisition.technique
    texts = (acquisition.series_description, acquisition.protocol_name, technique.procedure_description)
    if mentions_test_bolus(texts[:1]) or _is_test_volume(technique.contrast_volume_ml):
        return (evidence("test_bolus"),), True
    injections = max(len(technique.contrast_flow_rates), len(technique.contrast_flow_durations))
    if mentions_split_bolus(texts) or injections > 1:
        return (evidence("split_bolus", count=max(2, injections)),), True
    start = seconds_of(technique.contrast_start_time)
    first = seconds_of(technique.acquisition_time)
    last = seconds_of(technique.last_acquisition_time or technique.acquisition_time)
    if start is None or first is None or last is None:
        return (), False
    delay = Delay(first - start, last - start)
    if delay.first_s < 0 or delay.last_s < 0:
        return (evidence("before_the_injection"),), True
    if delay.last_s > _LONGEST_S:
        return (evidence("long_after_injection", minutes=round(delay.last_s / 60)),), True
    phases = {phase_of_delay(delay.first_s), phase_of_delay(delay.last_s)}
    phase = phases.pop() if len(phases) == 1 else ""
    listed = [evidence("seconds_after_injection", phase, seconds=round(delay.first_s))]
    late = seconds_of(technique.series_time)
    if late is not None and abs(late - first) >= 1.0:
        listed.append(evidence("series_time_ignored", seconds=round(late - first)))
    return tuple(listed), False


def _is_test_volume(volume_ml: float | None) -> bool:
    """A zero is what scanners write when nobody typed a volume: no evidence."""
    return volume_ml is not None and 0.0 < volume_ml <= _TEST_BOLUS_ML
