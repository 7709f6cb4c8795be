"""Texts by id for one language, read from gettext PO files, one file per area of the house."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import polib

from inference.messages.message import LIST_MARK, UNIT_MARK, FieldValue, Message

LOCALE_FOLDER: Final = Path(__file__).parent / "locale"
LANGUAGES: Final = {"en": "English", "zh_CN": "简体中文"}
PSEUDO_LANGUAGE: Final = "xx"

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_ACCENTED = str.maketrans("aeiouAEIOUcnyCNY", "áéíóúÁÉÍÓÚçñýÇÑÝ")


class Catalogue:
    """The texts of one language.

    A missing id renders as ``⟦id⟧``: visible on screen and caught by the tests, never a crash at the board.
    """

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = dict(texts)

    @property
    def ids(self) -> frozenset[str]:
        """All ids that have a text."""
        return frozenset(self._texts)

    def has(self, message_id: str) -> bool:
        """True when the catalogue holds a text for ``message_id``."""
        return message_id in self._texts

    def template(self, message_id: str) -> str:
        """The unformatted text with its ``{placeholders}``."""
        return self._texts.get(message_id, f"⟦{message_id}⟧")

    def text(self, message_id: str, **fields: FieldValue) -> str:
        """The text for ``message_id`` with its placeholders filled."""
        return self.render(Message(message_id, fields))

    def with_texts(self, texts: Mapping[str, Mapping[str, str]]) -> Catalogue:
        """This catalogue with a site's own texts, by id and language; none takes the place of a text that is
        there.
        """
        own = {name: by_language.get(self.language, f"⟦{name}⟧") for name, by_language in texts.items()}
        return Catalogue(self.language, own | self._texts) if own else self

    def render(self, message: Message) -> str:
        """The text of a message.

        A field whose value is itself the id of a text (``plane.axial``), or several joined by ``LIST_MARK``,
        is shown as that text, so that the core can name things without speaking a language; so is the id of
        a unit behind its number (``UNIT_MARK``).
        """
        template = self.template(message.id)
        values = {
            name: self.shown(value) if isinstance(value, str) else value
            for name, value in message.fields.items()
        }
        try:
            return template.format(**values)
        except (KeyError, IndexError, ValueError):
            return f"{template} {values}"

    def shown(self, value: str) -> str:
        """What stands in a field: ids and units behind numbers as texts, all else as it is."""
        separator = self._texts.get("list.separator", ", ")
        return separator.join(self._part(part) for part in value.split(LIST_MARK))

    def _part(self, part: str) -> str:
        return UNIT_MARK.join(self._texts.get(piece, piece) for piece in part.split(UNIT_MARK))


@cache
def load_catalogue(language: str) -> Catalogue:
    """Read the catalogue of ``language``: ``en``, ``zh_CN``, or the pseudo language ``xx``.

    Raises
    ------
    ValueError
        For a language that has no folder.
    """
    if language == PSEUDO_LANGUAGE:
        english = load_catalogue("en")
        return Catalogue(language, {key: pseudo(english.template(key)) for key in english.ids})
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for language {language!r}")
    texts: dict[str, str] = {}
    for path in sorted((LOCALE_FOLDER / language).glob("*.po")):
        for entry in polib.pofile(str(path), encoding="utf-8"):
            if entry.msgid in texts:
                raise ValueError(f"{path.name}: id {entry.msgid!r} stands in two areas")
            if entry.msgstr:
                texts[entry.msgid] = entry.msgstr
    return Catalogue(language, texts)


def pseudo(template: str) -> str:
    """Accent and lengthen an English text by a third, leaving its placeholders alone."""
    parts: list[str] = []
    end = 0
    for match in _PLACEHOLDER.finditer(template):
        parts += [template[end : match.start()].translate(_ACCENTED), match.group()]
        end = match.end()
    parts.append(template[end:].translate(_ACCENTED))
    return f"[{''.join(parts)}{'·' * (len(template) // 3)}]"
