"""A measured length is a proposal until a named reader confirms it."""

import numpy as np
import pytest

from inference.clinical.entries import clinical_entries
from inference.clinical.measured import MeasuredProposal, confirmations, confirmed, disagreement, propose
from inference.clinical.record import Provenance
from inference.clinical.record_json import record_to_json
from inference.clinical.schema import load_form
from inference.errors import InputError
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message
from tests.inference.clinical.all_forms import filled
from tests.inference.synthetic_case import axial


def bar(length: int) -> MaskLayer:
    """A line of pixels of 1 mm in the second of three slices."""
    voxels = np.zeros((3, 80, 80), dtype=np.bool_)
    voxels[1, 40, 4 : 4 + length] = True
    return MaskLayer("mask.tumour", MaskOrigin.HUMAN, voxels, axial(voxels.shape, (5.0, 1.0, 1.0)))


def proposal(study: str, field_id: str, length: int = 48) -> MeasuredProposal:
    made = propose(load_form(study).field(field_id), bar(length))
    assert made is not None
    return made


def texts(message: Message) -> list[str]:
    said = [load_catalogue(language).render(message) for language in ("en", "zh_CN")]
    assert all("⟦" not in text and "{" not in text for text in said)
    return said


@pytest.mark.parametrize(
    ("study", "field_id", "canonical"),
    [
        ("gnen-os", "long_diameter", 48.0),
        ("pnen-recurrence", "maximum_diameter", 48.0),
        ("lagc-response", "maximum_diameter", 4.8),
    ],
)
def test_a_confirmed_length_enters_in_mm_and_names_the_reader(
    study: str, field_id: str, canonical: float
) -> None:
    made = proposal(study, field_id)
    assert all("48" in text and "2" in text for text in texts(made.message))
    value = confirmed(made, " Dr  Ng ")
    assert value.canonical == pytest.approx(canonical)
    assert (value.typed_value, value.typed_unit) == ("48", "mm")
    assert (value.provenance, value.confirmed_by) == (Provenance.MEASURED, "Dr Ng")
    record = load_form(study).empty_record().with_value(value)
    (said,) = confirmations(record)
    assert all("Dr Ng" in text for text in texts(said))
    entry = next(one for one in clinical_entries(load_form(study), record) if one.field_id == field_id)
    assert entry.provenance == "measured"
    assert record_to_json(record)["values"][field_id] == {"value": "48", "unit": "mm"}


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Dr\x00Ng"])
def test_nobody_cannot_confirm(name: str) -> None:
    with pytest.raises(InputError) as caught:
        confirmed(proposal("gnen-os", "long_diameter"), name)
    assert texts(caught.value.message)


def test_a_length_outside_the_range_is_not_confirmed() -> None:
    with pytest.raises(InputError) as caught:
        confirmed(proposal("lagc-response", "maximum_diameter", 2), "Dr Ng")
    assert caught.value.message.id == "error.clinical.out_of_range"


def test_nothing_is_proposed_for_a_specimen_or_from_an_empty_mask() -> None:
    assert propose(load_form("gc-recurrence").field("tumour_length"), bar(48)) is None
    assert propose(load_form("gnen-os").field("long_diameter"), bar(0)) is None


@pytest.mark.parametrize(
    ("length", "side"), [(40, "not_above"), (49, "not_above"), (50, "near"), (51, "near"), (60, "above")]
)
def test_five_centimetres_are_passed_only_by_more_than_a_pixel(length: int, side: str) -> None:
    message = proposal("lagc-response", "maximum_diameter", length).side_of(5.0)
    assert message.id == f"clinical.measured.{side}" and all("5 cm" in text for text in texts(message))


def test_a_recorded_length_far_from_the_mask_is_told_and_blocks_nothing() -> None:
    made = proposal("lagc-response", "maximum_diameter")
    assert disagreement(made, load_form("lagc-response").empty_record()) is None
    assert disagreement(made, filled("lagc-response", maximum_diameter="5.5 cm")) is None
    message = disagreement(made, filled("lagc-response", maximum_diameter="7 cm"))
    assert message is not None and all(
        "7\u00a0cm" in text and "48\u00a0mm" in text for text in texts(message)
    )


def test_a_confirmed_length_is_told_once_the_mask_has_changed() -> None:
    form = load_form("gnen-os")
    record = form.empty_record().with_value(confirmed(proposal("gnen-os", "long_diameter"), "Dr Ng"))
    assert disagreement(proposal("gnen-os", "long_diameter"), record) is None
    message = disagreement(proposal("gnen-os", "long_diameter", 50), record)
    assert message is not None and message.id == "clinical.measured.changed" and texts(message)
