"""Which segment is the tumour: plain, named by the user, or nobody's guess."""

from __future__ import annotations

import numpy as np
import pytest

from inference.errors import InputError
from inference.masks.codecs.choosing import choose_segments, is_named_like_tumour, to_preselect
from inference.masks.codecs.imported import ImportedMask, ImportedSegment

NEOPLASM = ("86049000", "SCT", "Neoplasm, Primary")


def segment(number: int, label: str, kind: tuple[str, str, str] = ("", "", "")) -> ImportedSegment:
    return ImportedSegment(number, label, (0, 0, 0), np.ones((1, 1, 1), bool), (1, 1, 1), kind=kind)


def mask(*segments: ImportedSegment) -> ImportedMask:
    return ImportedMask(np.ones((1, 1, 1), bool), segments, "")


@pytest.mark.parametrize(
    ("label", "kind", "expected"),
    [
        ("GTV-1", ("", "", ""), True),
        ("gtvp", ("", "", ""), True),
        ("Primary tumor", ("", "", ""), True),
        ("肿瘤", ("", "", ""), True),
        ("ROI-1", NEOPLASM, True),
        ("ROI-1", ("", "", "GTV"), True),
        ("PTV", ("", "", "PTV"), False),
        ("CTV 60", ("", "", "CTV"), False),
        ("Liver", ("10200004", "SCT", "Liver"), False),
        ("", ("", "", ""), False),
    ],
)
def test_names_codes_and_types_that_say_tumour(
    label: str, kind: tuple[str, str, str], expected: bool
) -> None:
    assert is_named_like_tumour(segment(1, label, kind)) is expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["Liver"], (1,)),
        (["Liver", "Spleen"], ()),
        (["Liver", "GTV"], (2,)),
        (["GTV-T", "GTV-N", "Liver"], ()),
    ],
)
def test_only_what_is_plain_is_ticked_beforehand(labels: list[str], expected: tuple[int, ...]) -> None:
    assert to_preselect([segment(number, label) for number, label in enumerate(labels, 1)]) == expected


def test_segments_are_named_by_number_or_label() -> None:
    two = mask(segment(1, "GTV"), segment(7, "Liver"))
    assert choose_segments(two, "7", "f") == (7,)
    assert choose_segments(two, "GTV", "f") == (1,)
    assert choose_segments(two, "Liver, 1,7", "f") == (7, 1)
    assert choose_segments(mask(segment(3, "Liver")), None, "f") == (3,)
    with pytest.raises(InputError, match=r"intake\.mask\.several_segments") as raised:
        choose_segments(two, None, "f")
    assert raised.value.message.fields["choices"] == "1 GTV; 7 Liver"
    with pytest.raises(InputError, match=r"intake\.mask\.no_such_segment"):
        choose_segments(two, "Spleen", "f")
    with pytest.raises(InputError, match=r"intake\.mask\.no_such_segment"):
        choose_segments(mask(segment(1, "A"), segment(2, "A")), "A", "f")
