"""A length measured in the tumour's mask: a proposal, which counts once a named reader has confirmed it."""

from __future__ import annotations

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

    ``text`` and ``unit`` are what confirming it would enter.
    """

    field: FieldSchema
    diameter: Diameter
    text: str
    unit: str

    @property
    def message(self) -> Message:
        """The proposal as a sentence; slices are counted from 1."""
        fields = {"field": f"clinical.{self.field.id}", "value": quantity(self.text, self.unit)}
        return Message("clinical.measured.proposal", {**fields, "slice": self.diameter.slice_index + 1})

    def side_of(self, cut: float) -> Message:
        """On which side of a cut, in the field's canonical unit, it lies, or that a pixel would decide."""
        factors = {unit.code: unit.factor for unit in self.field.units}
        value, step = (mm * factors["mm"] for mm in (self.diameter.length_mm, self.diameter.step_mm))
        side = "near" if abs(value - cut) <= step else "above" if value > cut else "not_above"
        fields = {"field": f"clinical.{self.field.id}", "cut": f"{cut:g}", "unit": self.field.units[0].code}
        return Message(f"clinical.measured.{side}", fields)


def propose(field: FieldSchema, layer: MaskLayer) -> MeasuredProposal | None:
    """What ``layer`` gives for ``field``; None where it is empty or the field is not measured in a mask."""
    if field.measured_as is None:
        return None
    diameter = longest_axial_diameter(layer)
    return None if diameter is None else MeasuredProposal(field, diameter, f"{diameter.length_mm:.0f}", "mm")


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
    return replace(value, provenance=Provenance.MEASURED, confirmed_by=name)


def disagreement(proposal: MeasuredProposal, record: ClinicalRecord) -> Message | None:
    """That the recorded length is not what the mask measures now, where they differ by a fifth or more.

    A confirmed one is held against every change: the mask may have been edited since.
    """
    recorded = record.values.get(proposal.field.id)
    if recorded is None or not isinstance(recorded.canonical, float):
        return None
    measured = parse_value(proposal.field, proposal.text, proposal.unit).canonical
    assert isinstance(measured, float)
    is_confirmed = recorded.provenance is Provenance.MEASURED
    allowed = 0.0 if is_confirmed else _NOTABLE * measured
    if abs(recorded.canonical - measured) <= allowed:
        return None
    return Message(
        "clinical.measured.changed" if is_confirmed else "clinical.measured.differs",
        {
            "field": f"clinical.{proposal.field.id}",
            "recorded": quantity(recorded.typed_value, recorded.typed_unit),
            "measured": quantity(proposal.text, proposal.unit),
        },
    )


def confirmations(record: ClinicalRecord) -> tuple[Message, ...]:
    """Who confirmed which measured value: what a report says beside it."""
    return tuple(
        Message("clinical.measured.confirmed", {"field": f"clinical.{name}", "by": value.confirmed_by})
        for name, value in record.values.items()
        if value.confirmed_by
    )
