"""Seeded objects with bytes knocked about: held back, or written without their patient."""

from __future__ import annotations

import random

import pytest

from inference.deidentification import rewriting
from inference.deidentification.holding import HeldBackError
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.tail import ends_as_it_should
from tests.inference.deidentification.conftest import Run
from tests.inference.deidentification.identity_tokens import tokens_in
from tests.inference.deidentification.seeded_objects import searchable

EACH = 40
KINDS = ("ct", "pet", "enhanced-mr", "seg", "rtstruct")
BOTH = DeidentifyOptions(keep_characteristics=True, keep_shifted_dates=True)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, doubled, or lost at the end."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 2)):
        place = chance.randrange(132, len(changed))
        kind = chance.randrange(4)
        if kind == 0:
            changed[place] = chance.randrange(256)
        elif kind == 1:
            del changed[place : place + chance.randint(1, 12)]
        elif kind == 2:
            changed[place:place] = changed[place : place + chance.randint(1, 64)]
        elif chance.random() < 0.2:
            del changed[place:]
        if len(changed) < 200:
            break
    return bytes(changed)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_object_lets_nothing_through(seeded_run: Run, kind: str) -> None:
    chance = random.Random(kind)
    paths = [path for path, name in seeded_run.inputs.items() if name == kind]
    written = 0
    for number in range(EACH):
        content = damaged(paths[number % len(paths)].read_bytes(), chance)
        options = BOTH if number % 2 else DeidentifyOptions()
        try:
            _, uids = rewriting.examine(content, options)
            made = rewriting.rewrite(
                content,
                options,
                pseudonym="CONC-0001",
                shift_days=-40,
                uids={uid: f"2.25.{number}" for number, uid in enumerate(uids, 1)},
                minted=("2.25.91", "2.25.92", "2.25.93"),
            )
        except Exception:  # noqa: BLE001 - the process names the file and goes on
            continue
        written += 1
        result = b"".join(bytes(part) for part in made.encoded.parts)
        # Times stay beside shifted dates; a picture whose rows were knocked up owns the bytes behind it.
        allowed = {"behind the pixels"} | ({"acquisition time"} if number % 2 else set())
        assert tokens_in(searchable(result)) <= allowed
    assert written >= 3


ELEMENT = b"\xfc\xff\xfc\xffOB\0\0\4\0\0\0Doe "


@pytest.mark.parametrize(
    ("tail", "is_whole"),
    [
        (b"", True),
        (bytes(512), True),
        (ELEMENT, True),
        (ELEMENT + bytes(3), True),
        (b"\xfa\xff\xfa\xffSQ\0\0\xff\xff\xff\xffwhatever", True),
        (ELEMENT[:-1], False),
        (ELEMENT[:10], False),
        (ELEMENT + b"Doe", False),
        (b"Quillfeather", False),
        (b"\x10\0\x10\0PN\4\0Doe ", False),
        (ELEMENT + ELEMENT, False),
        (b"\xfc\xff\xfc\xffo?\4\0Doe ", False),
    ],
)
def test_only_elements_may_follow_the_pixels(tail: bytes, is_whole: bool) -> None:
    assert ends_as_it_should(tail, "1.2.840.10008.1.2.1") is is_whole


def test_pixels_that_begin_too_early_are_not_passed(seeded_run: Run) -> None:
    """A second head of a pixel element before the right one would make pixels of the text between."""
    path = next(path for path, name in seeded_run.inputs.items() if name == "ct")
    content = path.read_bytes()
    head = content.rindex(b"\xe0\x7f\x10\0OW\0\0")
    early = content[:head] + content[head : head + 12] + b"SafeQuillon " + content[head:]
    with pytest.raises(HeldBackError, match="malformed"):
        rewriting.examine(early, DeidentifyOptions())
