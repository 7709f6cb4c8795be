"""A length measured in the tumour's mask: a proposal, which counts once a named reader has confirmed it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from inference.clinical.quantity import quantity
from inference.clinical.record import ClinicalRecord, ClinicalValue, Provenance
from inference.clinical.schema import FieldSchema, parse_value
from inference.errors import InputError
from inference.masks.diameter import Diameter, longest_axial_diameter
from inference.messages.message import Message
from inference.release import LONGEST_NAME

if TYPE_CHECKING:
    from inference.masks.layer import MaskLayer

_NOTABLE: Final = 0.2
"""Share by which a recorded length may differ from the measured one before that is said; our choice."""


@dataclass(frozen=True, slots=True)
class MeasuredProposal:
    """What the mask gives for one field, with the slice and the ends of the line that was measured.

    ``text`` and ``unit`` are what confirming it would enter, ``outline`` is the hash of the mask.
    """

    field: FieldSchema
    diameter: Diameter
    text: str
    unit: str
    outline: str

    @property
    def message(self) -> Message:
        """The proposal as a sentence; slices are counted from 1."""
        fields = {"field": f"clinical.{self.field.id}", "value": quantity(self.text, self.unit)}
        return Message("clinical.measured.proposal", {**fields, "slice": self.diameter.slice_index + 1})

    @property
    def side(self) -> Message | None:
        """On which side of the field's cut it lies, or that a pixel would decide; None without a cut."""
        cut = self.field.cut
        if cut is None:
            return None
        factors = {unit.code: unit.factor for unit in self.field.units}
        value, step = (mm * factors["mm"] for mm in (self.diameter.length_mm, self.diameter.step_mm))
        if abs(value - cut.at) > step:
            return side_of_cut(self.field, value)
        return Message("clinical.cut.near", {"cut": quantity(f"{cut.at:g}", self.field.units[0].code)})


def propose(field: FieldSchema, layer: MaskLayer) -> MeasuredProposal | None:
    """What ``layer`` gives for ``field``; None where it is empty or the field is not measured in a mask."""
    if field.measured_as is None:
        return None
    diameter = longest_axial_diameter(layer)
    if diameter is None:
        return None
    return MeasuredProposal(field, diameter, f"{diameter.length_mm:.0f}", "mm", layer.sha256())


def side_of_cut(field: FieldSchema, value: float) -> Message | None:
    """On which side of the paper's cut a canonical value lies; None where the field has no cut."""
    cut = field.cut
    if cut is None:
        return None
    is_upper = value >= cut.at if cut.belongs == "above" else value > cut.at
    side = (
        ("at_least" if is_upper else "below")
        if cut.belongs == "above"
        else "above"
        if is_upper
        else "at_most"
    )
    return Message(f"clinical.cut.{side}", {"cut": quantity(f"{cut.at:g}", field.units[0].code)})


def confirmed(proposal: MeasuredProposal, by: str) -> ClinicalValue:
    """The value once ``by`` has looked at the line and takes it for true.

    Raises
    ------
    InputError
        Without a name, with one that cannot be printed, or for a length outside the field's range.
    """
    name = " ".join(by.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError("error.clinical.confirmed_by", field=f"clinical.{proposal.field.id}")
    value = parse_value(proposal.field, proposal.text, proposal.unit)
    return replace(value, provenance=Provenance.MEASURED, confirmed_by=name, outline=proposal.outline)


def disagreement(proposal: MeasuredProposal, record: ClinicalRecord) -> Message | None:
    """That a typed length is not what the mask measures now, where they differ by a fifth or more."""
    recorded = record.values.get(proposal.field.id)
    if recorded is None or not isinstance(recorded.canonical, float):
        return None
    factor = next(unit.factor for unit in proposal.field.units if unit.code == proposal.unit)
    measured = float(proposal.text) * factor
    if (
        recorded.provenance is Provenance.MEASURED
        or abs(recorded.canonical - measured) <= _NOTABLE * measured
    ):
        return None
    return Message(
        "clinical.measured.differs",
        {
            "field": f"clinical.{proposal.field.id}",
            "recorded": quantity(recorded.typed_value, recorded.typed_unit),
            "measured": quantity(proposal.text, proposal.unit),
        },
    )


def is_outdated(value: ClinicalValue, outlines: Collection[str]) -> bool:
    """True for a length whose outline is none of those of the case any more: removed, or edited since."""
    return value.provenance is Provenance.MEASURED and value.outline not in outlines


def outdated(value: ClinicalValue) -> Message:
    """That a confirmed length stands on an earlier outline, and what can be done."""
    return Message(
        "clinical.measured.earlier",
        {
            "field": f"clinical.{value.field_id}",
            "recorded": quantity(value.typed_value, value.typed_unit),
            "by": value.confirmed_by,
        },
    )


def kept_as_typed(value: ClinicalValue) -> ClinicalValue:
    """The same length as a person states it, whatever the mask is."""
    return replace(value, provenance=Provenance.TYPED, confirmed_by="", outline="")


def confirmations(record: ClinicalRecord, masks: Iterable[MaskLayer]) -> tuple[Message, ...]:
    """Who confirmed which measured value, and whether its outline is still there: what a report says."""
    measured = [value for value in record.values.values() if value.confirmed_by]
    outlines = {mask.sha256() for mask in masks} if measured else set()
    return tuple(
        outdated(value)
        if is_outdated(value, outlines)
        else Message(
            "clinical.measured.confirmed", {"field": f"clinical.{value.field_id}", "by": value.confirmed_by}
        )
        for value in measured
    )
