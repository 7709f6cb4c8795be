"""Frozen dataclasses as plain lists for JSON and back, by their annotations: quick, and without names.

A dataclass becomes the list of its fields in their order.  :func:`shape_of` names the fields of a class and
of all inside it, so that what was written for other classes is told from what fits.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Final

import numpy as np

_PLAIN: Final = (str, int, float, bool, type(None))

Converter = Callable[[Any], Any]


def to_plain(value: Any) -> Any:
    """What JSON can hold of a value that :func:`maker_of` makes again."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, _PLAIN):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return [to_plain(getattr(value, entry.name)) for entry in fields(value) if entry.init]
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(name): to_plain(content) for name, content in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [to_plain(content) for content in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def maker_of(kind: Any) -> Converter:
    """What makes values of ``kind``, a class or an annotation, from their plain form.

    The maker raises ``ValueError``, ``TypeError`` or ``KeyError`` for what was not made of such a value.

    Raises
    ------
    TypeError
        When such values have no plain form.
    """
    return _converter(kind)


@cache
def shape_of(kind: Any) -> str:
    """The fields of a class and their annotations, and those of every class inside it."""
    parts: list[str] = []
    waiting, seen = [kind], set()
    while waiting:
        one = waiting.pop()
        if typing.get_args(one):
            waiting += typing.get_args(one)
        elif is_dataclass(one) and one not in seen:
            seen.add(one)
            hints = typing.get_type_hints(one)
            names = [entry.name for entry in fields(one) if entry.init]
            parts.append(
                f"{getattr(one, '__qualname__', one)}({','.join(f'{name}:{hints[name]}' for name in names)})"
            )
            waiting += [hints[name] for name in names]
    return ";".join(sorted(parts))


@cache
def _converter(kind: Any) -> Converter:
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _either(inside)
    if origin is tuple:
        return _tuple(inside)
    if origin is frozenset:
        member = _converter(inside[0])
        return lambda plain: frozenset(map(member, plain))
    if origin is np.ndarray:
        return lambda plain: np.array(plain, dtype=np.float64)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        content = _converter(inside[1])
        return lambda plain: {name: content(value) for name, value in plain.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if is_dataclass(kind):
        return _dataclass(kind)
    return _same


def _same(plain: Any) -> Any:
    return plain


def _either(inside: tuple[Any, ...]) -> Converter:
    """None or one other kind; several plain kinds stay as they are."""
    others = [_converter(kind) for kind in inside if kind is not type(None)]
    if all(other is _same for other in others):
        return _same
    if len(others) != 1:
        raise TypeError("a union of several classes has no plain form")
    (other,) = others
    return lambda plain: None if plain is None else other(plain)


def _tuple(inside: tuple[Any, ...]) -> Converter:
    if len(inside) == 2 and inside[1] is Ellipsis:
        member = _converter(inside[0])
        return tuple if member is _same else lambda plain: tuple(map(member, plain))
    members = [_converter(kind) for kind in inside]
    if all(member is _same for member in members):
        return tuple
    return lambda plain: tuple(member(value) for member, value in zip(members, plain, strict=True))


def _dataclass(kind: Any) -> Converter:
    hints = typing.get_type_hints(kind)
    names = [entry.name for entry in fields(kind) if entry.init]
    converters = [(place, _converter(hints[name])) for place, name in enumerate(names)]
    converters = [(place, converter) for place, converter in converters if converter is not _same]

    def make(plain: Any) -> Any:
        if len(plain) != len(names):
            raise ValueError(f"{kind.__name__} has {len(names)} fields")
        for place, converter in converters:
            plain[place] = converter(plain[place])
        return kind(*plain)

    return make
