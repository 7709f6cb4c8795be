from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.dicom.remembered.plain_values import maker_of, shape_of, to_plain
from inference.scan import Plan


class Colour(IntEnum):
    RED = 1
    BLUE = 2


@dataclass(frozen=True, slots=True)
class Inner:
    name: str
    weight: float | None = None
    kind: Literal["a", "b"] = "a"


@dataclass(frozen=True, slots=True)
class Outer:
    inner: Inner
    several: tuple[Inner | None, ...]
    pair: tuple[int, Inner]
    colours: frozenset[Colour]
    fields: Mapping[str, str | int | float]
    nothing: Inner | None
    _cache: str = field(default="", init=False)


OUTER = Outer(
    Inner("é^王", 0.1 + 0.2),
    (Inner("x"), None, Inner("y", kind="b")),
    (3, Inner("z")),
    frozenset({Colour.RED}),
    {"a": "t", "b": 2, "c": 0.5},
    None,
)


def again(kind: Any, value: Any) -> Any:
    return maker_of(kind)(json.loads(json.dumps(to_plain(value))))


def test_values_come_back_equal() -> None:
    assert again(Outer, OUTER) == OUTER
    assert isinstance(next(iter(again(Outer, OUTER).colours)), Colour)


def test_arrays_come_back_bit_for_bit() -> None:
    array = np.random.default_rng(3).normal(size=(4, 4)) / 3
    maker = maker_of(NDArray[np.float64])
    assert np.array_equal(maker(json.loads(json.dumps(array.tolist()))), array)


@pytest.mark.parametrize("spoil", [lambda plain: plain[:-1], lambda plain: [*plain, 1], lambda _: 3])
def test_what_was_made_of_something_else_is_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises((ValueError, TypeError)):
        maker_of(Outer)(spoil(to_plain(OUTER)))


def test_a_value_without_a_plain_form_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="object has no plain form"):
        to_plain(object())
    with pytest.raises(TypeError, match="union"):
        maker_of(Inner | Outer)


def test_the_shape_names_every_field_of_every_class_inside() -> None:
    shape = shape_of(Plan)
    for name in (
        "Stack(",
        "FrameSource(",
        "Finding(",
        "Acquisition(",
        "PatientIdentity(",
        "affine",
        "ctime_ns",
    ):
        assert name in shape
    assert "_cache" not in shape_of(Outer)
