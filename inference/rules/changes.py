"""What would change a recommendation: the smallest moves of one score or one clinical value that lead
elsewhere.

A score moves to its cut-off, a clinical number to the nearest limit that some rule names, a clinical choice
to another of its codes, the nearest in the form's order.  Where no single move leads elsewhere, the fewest
that do so together are named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from inference.clinical.record import CanonicalValue
from inference.clinical.schema import FieldSchema, FormSchema
from inference.messages.message import LIST_MARK, FieldValue, Message
from inference.rules.reading import Reading
from inference.rules.rule_book import RuleSet, shown_value

_MOST_DECIMALS: Final = 3
_FEWEST_OF_A_NUMBER: Final = 2
_MOST_OF_A_NUMBER: Final = 4
_GAP_DECIMALS: Final = 9
"""Gaps that differ by rounding alone stand in the order of the book."""

Words = Mapping[str, str]
Values = Mapping[str, CanonicalValue | None]


@dataclass(frozen=True, slots=True)
class _Move:
    """One thing that is otherwise; ``name`` is a reading's or a clinical field's, as the book knows it."""

    name: str
    to: CanonicalValue
    size: float
    reading: Reading | None = None


def would_change(
    rule_set: RuleSet,
    form: FormSchema,
    readings: Mapping[str, Reading],
    values: Values,
) -> tuple[Message, ...]:
    """The changes that lead elsewhere, scores before clinical values, the nearest first.

    ``readings`` are by the name that the book gives them.
    """
    words = {name: reading.word for name, reading in readings.items()}
    now = _answer(rule_set, words, values)
    moves = [*_of_readings(readings), *_of_fields(rule_set, form, values)]
    leading = [(move, then) for move in moves if (then := _after(rule_set, words, values, [move])) != now]
    if leading:
        return (
            *(_said(move, then, values) for move, then in _nearest(leading)),
            *_margins(rule_set, [move for move, _ in leading]),
        )
    for count in range(2, len({move.name for move in moves}) + 1):
        together = [
            (chosen, then)
            for chosen in combinations(moves, count)
            if len({move.name for move in chosen}) == count
            and (then := _after(rule_set, words, values, chosen)) != now
        ]
        if together:
            said = [_said_together(chosen, then) for chosen, then in together]
            return tuple(one for place, one in enumerate(said) if one not in said[:place])
    return ()


def _answer(rule_set: RuleSet, words: Words, values: Values) -> str | None:
    """What is recommended, or None where nothing is."""
    found = rule_set.rule_for(words, values)
    return None if found is None or found[1].withhold is not None else found[1].recommend


def _after(rule_set: RuleSet, words: Words, values: Values, moves: Sequence[_Move]) -> str | None:
    read = {move.name: str(move.to) for move in moves if move.reading is not None}
    known = {move.name: move.to for move in moves if move.reading is None}
    return _answer(rule_set, {**words, **read}, {**values, **known})


def _of_readings(readings: Mapping[str, Reading]) -> Iterator[_Move]:
    for name, reading in readings.items():
        yield _Move(name, reading.words[reading.is_positive], reading.gap, reading)


def _of_fields(rule_set: RuleSet, form: FormSchema, values: Values) -> Iterator[_Move]:
    for name in rule_set.clinical_fields:
        field, now = form.field(name), values.get(name)
        yield from _to_other_codes(field, now) if field.kind == "choice" else _to_limits(rule_set, name, now)


def _to_other_codes(field: FieldSchema, now: CanonicalValue | None) -> Iterator[_Move]:
    place = field.choices.index(now) if isinstance(now, str) else -1
    for position, code in enumerate(field.choices):
        if position != place:
            yield _Move(field.id, code, abs(position - place))


def _to_limits(rule_set: RuleSet, name: str, now: CanonicalValue | None) -> Iterator[_Move]:
    conditions = [rule.fields[name] for rule in rule_set.rules if name in rule.fields]
    limits = {limit for each in conditions for limit in (each.at_least, each.below) if limit is not None}
    for limit in sorted(limits):
        if isinstance(now, float) and now >= limit:
            yield _Move(name, math.nextafter(limit, -math.inf), now - limit)
        else:
            yield _Move(name, limit, limit - now if isinstance(now, float) else 0.0)


def _nearest(leading: Sequence[tuple[_Move, str | None]]) -> list[tuple[_Move, str | None]]:
    """Every score by its gap; of each clinical field the nearest value that leads to each end."""
    of_readings = sorted(
        (pair for pair in leading if pair[0].reading), key=lambda pair: round(pair[0].size, _GAP_DECIMALS)
    )
    of_fields: dict[tuple[str, str | None], _Move] = {}
    for move, then in leading:
        if move.reading is None:
            key = (move.name, then)
            if key not in of_fields or move.size < of_fields[key].size:
                of_fields[key] = move
    return [*of_readings, *((move, then) for (_, then), move in of_fields.items())]


def _said(move: _Move, then: str | None, values: Values) -> Message:
    beginning = "rules.would_withhold" if then is None else "rules.would_change"
    fields: dict[str, FieldValue] = {} if then is None else {"recommend": f"recommend.{then}.short"}
    if move.reading is None:
        now = values.get(move.name)
        fields["field"] = f"clinical.{move.name}"
        fields["now"] = "rules.not_recorded" if now is None else shown_value(move.name, now)
        if isinstance(move.to, str):
            return Message(f"{beginning}.value", {**fields, "value": shown_value(move.name, move.to)})
        is_below = isinstance(now, float) and move.to < now
        limit = math.nextafter(move.to, math.inf) if is_below else move.to
        kind = "below" if is_below else "at_least"
        return Message(f"{beginning}.{kind}", {**fields, "value": f"{limit:g}"})
    direction = "falls_below" if move.reading.is_positive else "reaches"
    scale = "" if move.reading.scale == "probability" else "_value"
    fields |= {"treatment": move.reading.label, **_apart(move.reading)}
    return Message(f"{beginning}.{direction}{scale}", fields)


def _said_together(moves: Sequence[_Move], then: str | None) -> Message:
    names = [move.reading.label if move.reading else f"clinical.{move.name}" for move in moves]
    fields: dict[str, FieldValue] = {"names": LIST_MARK.join(names)}
    if then is None:
        return Message("rules.would_withhold.together", fields)
    return Message("rules.would_change.together", {**fields, "recommend": f"recommend.{then}.short"})


def _margins(rule_set: RuleSet, moves: Sequence[_Move]) -> Iterator[Message]:
    """Where nearness to a cut-off withholds, on the way to the change nothing is answered."""
    if "borderline" not in rule_set.withhold_when:
        return
    margins: dict[str, list[str]] = {}
    for reading in (move.reading for move in moves if move.reading is not None):
        if reading.margin > 0:
            is_share = reading.scale == "probability"
            margin = f"{100 * reading.margin if is_share else reading.margin:.2g}"
            margins.setdefault(f"{margin} {reading.scale}", []).append(reading.label)
    for key, labels in margins.items():
        margin, scale = key.split()
        part = "near" if scale == "probability" else "near_value"
        yield Message(f"rules.would_withhold.{part}", {"names": LIST_MARK.join(labels), "margin": margin})


def _apart(reading: Reading) -> dict[str, FieldValue]:
    """Cut-off and score with as many decimals as tell them apart; a probability in percent."""
    if reading.scale == "probability":
        factor, fewest, most = 100.0, 0, _MOST_DECIMALS
    else:
        factor, fewest, most = 1.0, _FEWEST_OF_A_NUMBER, _MOST_OF_A_NUMBER
    cutoff, score = factor * reading.cutoff, factor * reading.score
    for decimals in range(fewest, most):
        if f"{cutoff:.{decimals}f}" != f"{score:.{decimals}f}":
            break
    else:
        decimals = fewest if cutoff == score else most
    return {
        name: f"{number:.{decimals}f}".replace("-", "\u2212")
        for name, number in (("cutoff", cutoff), ("score", score))
    }
