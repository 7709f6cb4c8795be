"""Dates, ages, numbers, codes and profiles: what may stand, and what stands instead."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.deidentification.codes import REMOVED_CODE, known_code
from inference.deidentification.icc import wordless_profile
from inference.deidentification.special import maker
from inference.deidentification.values import (
    capped_age,
    is_code_string,
    is_number_text,
    shifted,
    swapped,
    whole_values,
)
from inference.deidentification.vocabulary import BODY_PART, is_word_of_the_trade
from tests.inference.deidentification.seeded_objects import colour_profile


@pytest.mark.parametrize(
    ("value", "vr", "days", "moved"),
    [
        (b"20240301", "DA", -1, b"20240229"),
        (b"20240301 ", "DA", -366, b"20230301"),
        (b"2024.03.01", "DA", -1, b"20240229"),
        (b"20240301\\20240302", "DA", -1, b"20240229\\20240301"),
        (b"20240301120000.5+0100", "DT", -1, b"20240229120000.5+0100"),
        (b"20240301", "DT", -1, b"20240229"),
        (b"142753.118", "TM", -1, b"142753.118"),
        (b"14:27:53", "TM", -1, b"14:27:53"),
        (b"202403", "DA", -1, None),
        (b"2024", "DT", -1, None),
        (b"20240231", "DA", -1, None),
        (b"00010101", "DA", -1, None),
        (b"Doe", "DA", -1, None),
        (b"20240301Doe", "DT", -1, None),
        (b"Doe", "TM", -1, None),
        (b"20240301-20240303", "DA", -1, None),
    ],
)
def test_a_date_moves_whole_or_goes(value: bytes, vr: str, days: int, moved: bytes | None) -> None:
    assert shifted(value, vr, days) == moved


@given(st.dates(min_value=date(1920, 1, 1), max_value=date(9000, 1, 1)), st.integers(-3650, -1))
def test_two_dates_stay_as_far_apart(day: date, days: int) -> None:
    moved = []
    for one in (day, day + timedelta(days=37)):
        value = shifted(one.strftime("%Y%m%d").encode(), "DA", days)
        assert value is not None
        moved.append(date(int(value[:4]), int(value[4:6]), int(value[6:])))
    assert moved[1] - moved[0] == timedelta(days=37) and (moved[0] - day).days == days


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (b"089Y", b"089Y"), (b"090Y", b"090Y"), (b"093Y", b"090Y"), (b"999Y", b"090Y"), (b"006M", b"006M"),
        (b"999M", b"999M"), (b"012W", b"012W"), (b"93", None), (b"old", None), (b"093Y\\093Y", None),
    ],
)  # fmt: skip
def test_an_age_over_eighty_nine_becomes_ninety(age: bytes, shown: bytes | None) -> None:
    assert capped_age(age) == shown


@pytest.mark.parametrize("text", [b"1", b"-1.5e-3", b" 1.5 ", b"1\\2\\3", b"", b"1,5", b".5", b"+7"])
def test_numbers_are_numbers(text: bytes) -> None:
    assert is_number_text(text)


@pytest.mark.parametrize("text", [b"Doe", b"1\\Doe", b"1 2", b"NaN", b"0x10", b"1" * 30, b"\xff", b"1\n"])
def test_other_texts_are_no_numbers(text: bytes) -> None:
    assert not is_number_text(text)


def test_a_code_string_is_capitals_digits_space_and_underscore() -> None:
    assert is_code_string(b"CT_SOM5 SPI") and is_code_string(b"")
    for text in (b"Doe", b"DOE^JANE", b"A" * 17, b"D\xd6E", b"DOE\nJANE"):
        assert not is_code_string(text)


def test_bytes_change_their_order_value_by_value() -> None:
    assert swapped(b"\1\2\3\4", "US") == b"\2\1\4\3"
    assert swapped(b"\1\2\3\4", "UL") == b"\4\3\2\1"
    assert swapped(b"\1\2\3\4", "AT") == b"\2\1\4\3"  # a tag is two numbers
    assert whole_values(b"123", "US") is None and whole_values(b"12345678", "FD") == 1


def test_a_known_code_speaks_with_the_dictionarys_words() -> None:
    assert known_code(b"10200004", b"SCT") == (b"10200004", b"SCT", b"Liver structure (body structure)")
    assert known_code(b"T-62000", b"SRT")[2].startswith(b"Liver")
    assert known_code(b"mm", b"UCUM")[:2] == (b"mm", b"UCUM")


@pytest.mark.parametrize(
    ("value", "scheme"), [(b"123", b"99SITE"), (b"8842137", b"SCT"), (b"\xff", b"SCT"), (b"", b"")]
)
def test_an_unknown_code_is_removed_whole(value: bytes, scheme: bytes) -> None:
    assert known_code(value, scheme) == REMOVED_CODE


def test_a_colour_profile_loses_its_words_and_keeps_its_numbers() -> None:
    profile = colour_profile("Quillfeather")
    clean = wordless_profile(profile)
    assert clean is not None and len(clean) == len(profile)
    assert b"Quill" in profile and b"Quill" not in clean and clean[-20:] == profile[-20:]
    assert wordless_profile(clean) == clean


@pytest.mark.parametrize("profile", [b"", b"Quillfeather" * 20, colour_profile("Q")[:150]])
def test_what_is_no_profile_is_removed(profile: bytes) -> None:
    assert wordless_profile(profile) is None


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading_of_a_profile(tail: bytes) -> None:
    head = bytearray(colour_profile("Q")[:128])
    head[:4] = (128 + len(tail)).to_bytes(4, "big")
    wordless_profile(bytes(head) + tail)


def test_a_maker_is_named_from_our_own_list() -> None:
    assert maker(b"Siemens HealthCare GmbH, Dr Quill") == b"SIEMENS"
    assert maker(b"GE") == maker(b"GE MEDICAL SYSTEMS") == b"GE MEDICAL SYSTEMS"
    assert maker(b"Gerald Quill") == b"" and maker(b"Quill") == b""


@pytest.mark.parametrize(
    "part", [b"CHEST", b"LIVER", b"HEAD AND NECK", b"PARTIALBODY", b"KIDNEY", b"NPC", b"", b"KNEE"]
)
def test_a_body_part_that_a_list_has_stays(part: bytes) -> None:
    assert is_word_of_the_trade(BODY_PART, part)


@pytest.mark.parametrize("part", [b"QUILLFEATHER", b"CHEST QUILL", b"LIVER 8842137", b"19520317"])
def test_a_body_part_that_somebody_made_up_goes(part: bytes) -> None:
    assert not is_word_of_the_trade(BODY_PART, part)
