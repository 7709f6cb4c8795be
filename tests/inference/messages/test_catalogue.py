"""Every sentence a user can meet exists in both languages, with the same fields."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from inference.messages.catalogue import LANGUAGES, LOCALE_FOLDER, Catalogue, load_catalogue, pseudo
from inference.messages.message import Message

ROOT = Path(__file__).parents[3]
ROOMS = ("inference", "reports", "headless", "gui", "models")
RAISERS = {"InputError", "PackError", "StorageError", "ResourceError", "InternalError", "Message"}
TELLERS = {"text", "tr", "template", "has"}


def fields_of(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def used_ids() -> Iterator[tuple[str, str]]:
    """Each literal message id in the code, with the place where it stands."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                first = node.args[0]
                if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                    continue
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                if name == "Finding":
                    yield f"finding.{first.value}", place
                elif name == "evidence":
                    yield f"evidence.{first.value}", place
                elif name in RAISERS or (name in TELLERS and "." in first.value and " " not in first.value):
                    yield first.value, place


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_id_in_the_code_has_a_text(language: str) -> None:
    catalogue = load_catalogue(language)
    missing = {f"{message_id} ({place})" for message_id, place in used_ids() if not catalogue.has(message_id)}
    assert not missing


def test_the_scan_of_the_code_finds_ids() -> None:
    assert len({message_id for message_id, _ in used_ids()}) > 100


def test_both_languages_hold_the_same_ids_with_the_same_fields() -> None:
    english, chinese = load_catalogue("en"), load_catalogue("zh_CN")
    assert english.ids == chinese.ids
    different = {
        message_id
        for message_id in english.ids
        if fields_of(english.template(message_id)) != fields_of(chinese.template(message_id))
    }
    assert not different


def test_chinese_texts_are_chinese() -> None:
    english, chinese = load_catalogue("en"), load_catalogue("zh_CN")
    same = {
        message_id
        for message_id in english.ids
        if english.template(message_id) == chinese.template(message_id)
        and len([word for word in english.template(message_id).split() if word.isalpha() and word.islower()])
        > 2
    }
    assert not same


@pytest.mark.parametrize(
    "path", sorted(LOCALE_FOLDER.rglob("*.po")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_no_entry_is_empty_or_fuzzy(path: Path) -> None:
    catalogue = polib.pofile(str(path), encoding="utf-8")
    assert [entry.msgid for entry in catalogue if not entry.msgstr or entry.fuzzy] == []


def test_the_pseudo_locale_keeps_the_fields_and_lengthens_the_text() -> None:
    catalogue, english = load_catalogue("xx"), load_catalogue("en")
    assert catalogue.ids == english.ids
    for message_id in english.ids:
        plain, strange = english.template(message_id), catalogue.template(message_id)
        assert fields_of(plain) == fields_of(strange) and len(strange) >= len(plain) + 2
    assert pseudo("open {file}") == "[ópéñ {file}···]"


def test_a_field_that_names_a_text_is_shown_as_that_text() -> None:
    catalogue = Catalogue("en", {"a": "the plane is {plane}", "plane.axial": "axial"})
    assert catalogue.render(Message("a", {"plane": "plane.axial"})) == "the plane is axial"


def test_the_id_of_a_unit_behind_its_number_is_shown_as_its_name() -> None:
    catalogue = Catalogue("en", {"a": "{values}", "unit.a": "years", "list.separator": "; "})
    assert (
        catalogue.render(Message("a", {"values": "61\u00a0unit.a | 4\u00a0mm"})) == "61\u00a0years; 4\u00a0mm"
    )


def test_a_missing_id_or_field_is_visible_and_never_a_crash() -> None:
    catalogue = Catalogue("en", {"a": "about {file}"})
    assert catalogue.text("b.c") == "⟦b.c⟧"
    assert "about" in catalogue.text("a")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        load_catalogue("fr")
