"""How and when a picture was taken, as its tags say: timing, contrast, MR sequence; read for its meaning.

``ContentTime`` and ``SeriesTime`` are kept to be shown, never used as the time of acquisition: a
reconstruction may have written them minutes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from pydantic import ConfigDict, with_config

_LONGEST_TEXT: Final = 1024
_LONGEST_LIST: Final = 64


@with_config(ConfigDict(extra="forbid", allow_inf_nan=False, str_max_length=_LONGEST_TEXT))
@dataclass(frozen=True, slots=True)
class Technique:
    """Tags of one picture, or of a whole stack; empty or None means that the tag is absent.

    Dates are ``YYYY-MM-DD``, times DICOM's ``HHMMSS.FFFFFF``.  ``acquisition_time`` is the earliest
    and ``last_acquisition_time`` the latest of a stack.  Contrast flow rates and durations have one
    value for each injection.  Angles in degrees, times of the MR sequence in ms.
    """

    study_description: str = ""
    procedure_description: str = ""
    acquisition_date: str = ""
    acquisition_time: str = ""
    last_acquisition_time: str = ""
    content_time: str = ""
    series_time: str = ""
    patient_age: str = ""
    patient_position: str = ""
    tube_voltage_kv: float | None = None
    kernel: str = ""
    contrast_route: str = ""
    contrast_volume_ml: float | None = None
    contrast_start_time: str = ""
    contrast_stop_time: str = ""
    contrast_flow_rates: tuple[str, ...] = ()
    contrast_flow_durations: tuple[str, ...] = ()
    flip_angle_deg: float | None = None
    echo_train_length: int | None = None
    diffusion_b_value: float | None = None
    sequence_name: str = ""
    sequence_variant: tuple[str, ...] = ()
    scan_options: tuple[str, ...] = ()
    acquisition_type: str = ""

    def __post_init__(self) -> None:
        lists = (
            self.contrast_flow_rates,
            self.contrast_flow_durations,
            self.sequence_variant,
            self.scan_options,
        )
        if max(map(len, lists)) > _LONGEST_LIST:
            raise ValueError("a tag has too many values")


SILENT: Final = Technique()
"""What a file says that says nothing."""

_TIMES: Final = ("acquisition_time", "last_acquisition_time")
_MAY_DIFFER: Final = ("content_time", "series_time")


def common_technique(techniques: Sequence[Technique]) -> Technique:
    """The technique of a stack from those of its pictures.

    A value on which the pictures disagree is no value of the stack and comes out empty; times of
    acquisition become the earliest and the latest, and are empty when not every picture has one.
    """
    first = techniques[0]
    if all(one is first for one in techniques):
        return _with_last_time(first)
    shared: dict[str, Any] = {}
    for entry in fields(Technique):
        name = entry.name
        if name in _TIMES or name in _MAY_DIFFER:
            continue
        value = getattr(first, name)
        if any(getattr(one, name) != value for one in techniques):
            shared[name] = getattr(SILENT, name)
    times = [one.acquisition_time for one in techniques]
    last = [one.last_acquisition_time or one.acquisition_time for one in techniques]
    known = all(times)
    return replace(
        first,
        **shared,
        acquisition_time=min(times) if known else "",
        last_acquisition_time=max(last) if known else "",
    )


def _with_last_time(technique: Technique) -> Technique:
    return replace(
        technique, last_acquisition_time=technique.last_acquisition_time or technique.acquisition_time
    )
