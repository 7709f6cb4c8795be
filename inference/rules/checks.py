"""What a rule book must keep beyond its form: rules that neither overlap nor leave a prediction out, words
that exist, and nothing that the project owes its patients left unsaid.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from inference.clinical.schema import FormSchema, load_form
from inference.messages.catalogue import LANGUAGES, load_catalogue
from inference.messages.message import FieldValue, Message
from inference.rules.obligatory import SITE_PREFIX, missing_statements
from inference.rules.rule_book import FieldCondition, Rule, RuleBook, RuleSet, Sentence

Place = tuple[str | int, ...]

_PREFIXES: Final = {
    "recommend": "recommend.",
    "text": "recommend.",
    "statements": "statement.",
    "not_considered": "not_considered.",
    "withhold": "rules.withheld.",
}
_SITE_IDS: Final = (*_PREFIXES.values(), "rule_set.")
_QUOTED: Final = frozenset({"name", "statement"})
_MOST_CHARACTERS: Final = 1000
_PROJECT_SETS: Final = ("cautious", "published")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where in the file: keys and positions from its root."""

    place: Place
    message_id: str
    fields: Mapping[str, FieldValue]

    def at(self, line: int) -> Message:
        """The sentence with its line; ids stand in quotation marks, so that nobody reads their texts."""
        quoted = {key: f"“{value}”" for key, value in self.fields.items() if key in _QUOTED}
        return Message(f"error.rules.file.{self.message_id}", {"line": line, **self.fields, **quoted})


def problems_of(book: RuleBook) -> Iterator[Problem]:
    """Everything that is wrong with ``book``, whoever wrote it."""
    form = load_form(book.study)
    yield from _readings(book)
    yield from _clinical(book, form)
    yield from _texts(book)
    names = [rule_set.id for rule_set in book.rule_sets]
    for position, rule_set in enumerate(book.rule_sets):
        place: Place = ("rule_sets", position)
        if rule_set.id in names[:position]:
            yield Problem((*place, "id"), "twice", {"name": rule_set.id})
        if rule_set.id not in _PROJECT_SETS:
            yield from _word_is_known(book, (*place, "id"), f"rule_set.{rule_set.id}")
        yield from _rules(book, rule_set, form, place)


def _readings(book: RuleBook) -> Iterator[Problem]:
    treatments = {reading.name for reading in book.readings if reading.kind == "treatment"}
    if set(book.fewer_side_effects_first) != treatments or bool(treatments) != (book.otherwise is not None):
        yield Problem(("fewer_side_effects_first",), "order", {"allowed": ", ".join(sorted(treatments))})


def _clinical(book: RuleBook, form: FormSchema) -> Iterator[Problem]:
    for position, eligible in enumerate(book.eligible):
        yield from _condition(("eligible", position), eligible.field, eligible, form)
    for position, group in enumerate(book.needs):
        yield from _known_fields(("needs", position), group, form)


def _texts(book: RuleBook) -> Iterator[Problem]:
    for name, by_language in book.texts.items():
        place: Place = ("texts", name)
        prefix = next((prefix for prefix in _SITE_IDS if name.startswith(prefix)), "")
        if not prefix or not name.removeprefix(prefix).startswith(SITE_PREFIX):
            yield Problem(place, "text_name", {"name": name, "prefix": SITE_PREFIX})
        for language in (one for one in LANGUAGES if one not in by_language):
            yield Problem(place, "text_language", {"name": name, "language": language})
        for language, text in by_language.items():
            if language not in LANGUAGES:
                allowed = ", ".join(LANGUAGES)
                yield Problem((*place, language), "unknown_language", {"name": language, "allowed": allowed})
            if not text.strip() or len(text) > _MOST_CHARACTERS:
                yield Problem((*place, language), "text_length", {"name": name, "most": _MOST_CHARACTERS})
            if set("{}") & set(text):
                yield Problem((*place, language), "text_braces", {"name": name})


def _rules(book: RuleBook, rule_set: RuleSet, form: FormSchema, above: Place) -> Iterator[Problem]:
    words = {reading.name: reading.words for reading in book.readings}
    names = [rule.id for rule in rule_set.rules]
    for position, rule in enumerate(rule_set.rules):
        place: Place = (*above, "rules", position)
        if rule.id in names[:position]:
            yield Problem((*place, "id"), "twice", {"name": rule.id})
        wrong = list(_when(rule, words, place))
        yield from wrong
        for name, condition in rule.fields.items():
            yield from _condition((*place, "fields"), name, condition, form)
        yield from _words(book, rule, form, place)
        if not wrong:
            yield from _follows(book, rule, place)
        for statement in missing_statements(book.study, rule):
            yield Problem(place, "owed", {"rule": rule.id, "statement": statement})
    yield from _overlaps(rule_set, form, above)
    for combination in product(*words.values()):
        read = dict(zip(words, combination, strict=True))
        if not any(read.items() >= rule.when.items() for rule in rule_set.rules):
            shown = ", ".join(f"{name}: {word}" for name, word in read.items())
            yield Problem((*above, "rules"), "left_out", {"name": rule_set.id, "when": shown})


def _when(rule: Rule, words: Mapping[str, tuple[str, ...]], place: Place) -> Iterator[Problem]:
    for name, word in rule.when.items():
        if name not in words:
            yield Problem((*place, "when", name), "unknown", {"name": name, "allowed": ", ".join(words)})
        elif word not in words[name]:
            allowed = ", ".join(words[name])
            yield Problem((*place, "when", name), "unknown", {"name": word, "allowed": allowed})


def _follows(book: RuleBook, rule: Rule, place: Place) -> Iterator[Problem]:
    """Of a study of treatments, every row names them all and follows from the order of side effects."""
    if not book.fewer_side_effects_first or book.otherwise is None or rule.recommend.startswith(SITE_PREFIX):
        return
    if set(rule.when) != set(book.fewer_side_effects_first):
        allowed = ", ".join(book.fewer_side_effects_first)
        yield Problem((*place, "when"), "every_treatment", {"rule": rule.id, "allowed": allowed})
    elif rule.recommend != (follows := book.follows(rule.when)):
        yield Problem((*place, "recommend"), "follows", {"rule": rule.id, "allowed": follows})


def _overlaps(rule_set: RuleSet, form: FormSchema, above: Place) -> Iterator[Problem]:
    for (_, first), (position, second) in combinations(enumerate(rule_set.rules), 2):
        apart = any(second.when.get(name, word) != word for name, word in first.when.items()) or any(
            not _share_a_value(condition, second.fields[name])
            for name, condition in first.fields.items()
            if name in second.fields
        )
        if not apart:
            yield Problem((*above, "rules", position), "overlap", {"rule": second.id, "other": first.id})


def _share_a_value(one: FieldCondition, other: FieldCondition) -> bool:
    if one.allowed or other.allowed:
        return bool(set(one.allowed) & set(other.allowed))
    lowest = max((c.at_least for c in (one, other) if c.at_least is not None), default=float("-inf"))
    highest = min((c.below for c in (one, other) if c.below is not None), default=float("inf"))
    return lowest < highest


def _condition(place: Place, name: str, condition: FieldCondition, form: FormSchema) -> Iterator[Problem]:
    known = {field.id: field for field in form.fields}
    if name not in known:
        yield Problem(place, "unknown", {"name": name, "allowed": ", ".join(known)})
        return
    limits = (condition.at_least, condition.below)
    if known[name].kind == "date":
        yield Problem(place, "unknown", {"name": name, "allowed": ", ".join(known)})
    elif known[name].kind == "choice":
        choices = known[name].choices
        wrong = [code for code in condition.allowed if code not in choices]
        if wrong or not condition.allowed or limits != (None, None):
            shown = ", ".join(wrong) or name
            yield Problem(place, "unknown", {"name": shown, "allowed": ", ".join(choices)})
    elif condition.allowed or limits == (None, None):
        yield Problem(place, "unknown", {"name": name, "allowed": "at_least, below"})


def _known_fields(place: Place, names: tuple[str, ...], form: FormSchema) -> Iterator[Problem]:
    known = [field.id for field in form.fields]
    for name in names:
        if name not in known:
            yield Problem(place, "unknown", {"name": name, "allowed": ", ".join(known)})


def _words(book: RuleBook, rule: Rule, form: FormSchema, place: Place) -> Iterator[Problem]:
    for form_of_name in ("", ".short"):
        yield from _word_is_known(book, (*place, "recommend"), f"recommend.{rule.recommend}{form_of_name}")
    said: list[tuple[str, Sentence]] = [
        *(("text", sentence) for sentence in rule.text),
        *(("statements", sentence) for sentence in rule.statements),
        *(("not_considered", Sentence(id=name)) for name in rule.not_considered),
        *([("withhold", Sentence(id=rule.withhold))] if rule.withhold is not None else []),
    ]
    for key, sentence in said:
        where = (*place, key)
        if not sentence.id.startswith(_PREFIXES[key]):
            yield Problem(where, "unknown_text", {"name": sentence.id, "allowed": f"{_PREFIXES[key]}…"})
            continue
        yield from _word_is_known(book, where, sentence.id, tuple(sentence.fields))
        for names in sentence.fields.values():
            yield from _known_fields(where, names, form)


def _word_is_known(
    book: RuleBook, place: Place, message_id: str, filled: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """The text exists, and has exactly the placeholders that are filled."""
    if message_id in book.texts:
        return
    english = load_catalogue("en")
    if not english.has(message_id):
        yield Problem(place, "unknown_text", {"name": message_id, "allowed": f"texts: {SITE_PREFIX}…"})
        return
    asked = {name for _, name, _, _ in string.Formatter().parse(english.template(message_id)) if name}
    given = {part for name in filled for part in (name, f"{name}_field")}
    if not set(filled) <= asked <= given:
        shown = ", ".join(sorted(asked)) or "–"
        yield Problem(place, "placeholders", {"name": message_id, "allowed": shown})
