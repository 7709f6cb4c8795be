"""Words about the body become a code only when they leave no doubt."""

import pytest

from inference.guard.body_part import BODY_PARTS, body_part_of, body_part_text, canonical_body_part
from inference.messages.catalogue import load_catalogue


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("HEADNECK", "HEADNECK"),
        ("Head and Neck", "HEADNECK"),
        ("HEAD_NECK", "HEADNECK"),
        ("NPC", "NASOPHARYNX"),
        ("nasopharynx", "NASOPHARYNX"),
        ("SKULL", "HEAD"),
        ("BRAIN", "BRAIN"),
        ("LIVER", "ABDOMEN"),
        ("FOREARM", "FOREARM"),
    ],
)
def test_a_tag_is_read_as_its_code(tag: str, code: str) -> None:
    assert body_part_of(tag, "NPC T1+C") == code
    assert canonical_body_part(tag) == code


@pytest.mark.parametrize("tag", ["", "PARTIALBODY", "WHOLE BODY", "  "])
@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("Ax T1 Nasopharynx +C", "NASOPHARYNX"),
        ("鼻咽部 T1 增强", "NASOPHARYNX"),
        ("HEAD&NECK ax t1", "HEADNECK"),
        ("head_neck t1c", "HEADNECK"),
        ("BRAIN T1 MPRAGE", "BRAIN"),
        ("overhead necklace", ""),
        ("Ax T1 +C", ""),
        ("", ""),
    ],
)
def test_where_the_tag_is_silent_the_description_is_read(tag: str, description: str, code: str) -> None:
    assert body_part_of(tag, description) == code


def test_a_description_that_names_two_parts_names_none() -> None:
    assert body_part_of("", "BRAIN and CHEST") == ""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_code_has_a_name(language: str) -> None:
    catalogue = load_catalogue(language)
    assert all(catalogue.has(body_part_text(code)) for code in BODY_PARTS)
    assert body_part_text("FOREARM") == "FOREARM"
