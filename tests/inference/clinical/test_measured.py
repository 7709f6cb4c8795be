"""A measured length is a proposal until a named reader confirms it."""

import numpy as np
import pytest

from inference.clinical.entries import clinical_entries
from inference.clinical.measured import (
    MeasuredProposal,
    confirmations,
    confirmed,
    disagreement,
    kept_as_typed,
    propose,
    side_of_cut,
)
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
    (said,) = confirmations(record, [bar(48)])
    assert said.id == "clinical.measured.confirmed"
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
    ("length", "side"), [(40, "at_most"), (49, "at_most"), (50, "near"), (51, "near"), (60, "above")]
)
def test_five_centimetres_are_passed_only_by_more_than_a_pixel(length: int, side: str) -> None:
    message = proposal("lagc-response", "maximum_diameter", length).side
    assert message is not None and message.id == f"clinical.cut.{side}"
    assert all("5\u00a0cm" in text for text in texts(message))


@pytest.mark.parametrize(
    ("study", "value", "side"),
    [
        ("lagc-response", 5.0, "at_most"),
        ("lagc-response", 5.1, "above"),
        ("pnen-recurrence", 20.0, "at_least"),
        ("pnen-recurrence", 19.9, "below"),
    ],
)
def test_each_paper_divides_the_diameter_in_its_own_way(study: str, value: float, side: str) -> None:
    message = side_of_cut(load_form(study).field("maximum_diameter"), value)
    assert message is not None and message.id == f"clinical.cut.{side}"
    assert side_of_cut(load_form("gnen-os").field("long_diameter"), value) is None


def test_a_recorded_length_far_from_the_mask_is_told_and_blocks_nothing() -> None:
    made = proposal("lagc-response", "maximum_diameter")
    assert disagreement(made, load_form("lagc-response").empty_record()) is None
    assert disagreement(made, filled("lagc-response", maximum_diameter="5.5 cm")) is None
    message = disagreement(made, filled("lagc-response", maximum_diameter="7 cm"))
    assert message is not None and all(
        "7\u00a0cm" in text and "48\u00a0mm" in text for text in texts(message)
    )


def test_a_length_that_was_measured_is_not_told_to_differ_from_a_later_outline() -> None:
    empty = load_form("lagc-response").empty_record()
    measured = empty.with_value(confirmed(proposal("lagc-response", "maximum_diameter"), "Dr Ng"))
    assert disagreement(proposal("lagc-response", "maximum_diameter", 70), measured) is None


@pytest.mark.parametrize("masks", [[], [bar(50)]], ids=["removed", "edited"])
def test_a_length_on_an_earlier_outline_is_told_until_it_is_kept_as_typed(masks: list[MaskLayer]) -> None:
    form = load_form("gnen-os")
    value = confirmed(proposal("gnen-os", "long_diameter"), "Dr Ng")
    (message,) = confirmations(form.empty_record().with_value(value), masks)
    assert message.id == "clinical.measured.earlier"
    assert all("48\u00a0mm" in text and "Dr Ng" in text for text in texts(message))
    kept = kept_as_typed(value)
    assert (kept.canonical, kept.provenance) == (48.0, Provenance.TYPED)
    assert not confirmations(form.empty_record().with_value(kept), masks)
