"""Fields and values under the names that people give them: ids, and labels in every language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from inference.clinical.derivation_rules import StageGroup
from inference.clinical.importing.units import is_suffix_of_unit
from inference.clinical.record import MissingReason
from inference.clinical.schema import FieldSchema, FormSchema, load_form
from inference.messages.catalogue import LANGUAGES, load_catalogue

# A dash is left out: it may mean negative, or nothing.
_ALSO_SAID: Final = {
    "yes": ("y", "positive", "present", "是", "有", "阳性"),
    "no": ("n", "negative", "absent", "否", "无", "阴性"),
    "positive": ("pos", "阳性"),
    "negative": ("neg", "阴性"),
    "male": ("m", "男", "男性"),
    "female": ("f", "女", "女性"),
}
_MISSING: Final = {
    MissingReason.NOT_RECORDED: ("na", "n/a", "null", "missing", "--", "—", "/", "未记录"),
    MissingReason.NOT_MEASURED: ("nd", "not measured", "not done", "未检测", "未查", "未做"),
    MissingReason.UNKNOWN: ("unknown", "unk", "?", "不详", "未知"),
}
_IN_BRACKETS: Final = re.compile(r"^(?P<name>.+?)\s*(?:\((?P<round>[^()]+)\)|\[(?P<square>.+)\])\s*$")
_CATEGORY: Final = re.compile(
    r"^(?:stage)?(?:yp|c|p|r)?(?P<base>[tnm][0-4x]|iv|i{1,3})(?P<letter>[a-e]?)期?$"
)


@dataclass(frozen=True, slots=True)
class NamedField:
    """A field of the form, with the unit that its name states, as written."""

    field: FieldSchema
    unit: str = ""


def plain(text: str) -> str:
    """One width, lower case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().replace("_", " ").split())


@cache
def _labels(study: str) -> Mapping[str, str]:
    """Plain label or id to field id; a label of two fields names neither."""
    found: dict[str, set[str]] = {}
    for field in load_form(study).fields:
        names = {field.id, *(load_catalogue(one).text(f"clinical.{field.id}") for one in LANGUAGES)}
        for name in names:
            found.setdefault(plain(name), set()).add(field.id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def named_field(form: FormSchema, name: str) -> NamedField | None:
    """The field that a column or row is called after: ``CEA``, ``CEA (ng/mL)``, ``cea_ng_ml``, ``年龄``."""
    labels = _labels(form.study)
    if (field_id := labels.get(plain(name))) is not None:
        return NamedField(form.field(field_id))
    bracketed = _IN_BRACKETS.match(unicodedata.normalize("NFKC", name).strip())
    if bracketed is not None and (field_id := labels.get(plain(bracketed["name"]))) is not None:
        return NamedField(form.field(field_id), (bracketed["round"] or bracketed["square"]).strip())
    lowered = name.strip().lower()
    for field in form.fields:
        if lowered.startswith(f"{field.id}_"):
            unit = is_suffix_of_unit(field, lowered.removeprefix(f"{field.id}_"))
            if unit is not None:
                return NamedField(field, unit)
    return None


def missing_reason(text: str) -> MissingReason | None:
    """The reason that stands in a value's place; None for a value."""
    wanted = plain(text)
    return next((reason for reason, words in _MISSING.items() if wanted in words), None)


def choices_meant(form: FormSchema, field: FieldSchema, text: str) -> tuple[tuple[FieldSchema, str], ...]:
    """The fields and codes that ``text`` stands for; empty where it stands for none.

    One as a rule.  ``T4a`` stands for T4, and for the subcategory where the form has a field for it; a letter
    that the form does not ask for (stage IIA) is dropped, but only of a staging: type IIa is no Borrmann II.
    """
    wanted = plain(text)
    for code in field.choices:
        words = {
            plain(code),
            *(plain(load_catalogue(one).text(f"clinical.{field.id}.{code}")) for one in LANGUAGES),
        }
        if wanted in words or wanted in _ALSO_SAID.get(code, ()):
            return ((field, code),)
    found = _CATEGORY.match(wanted.replace(" ", ""))
    if found is None:
        return ()
    category = found["base"] + found["letter"]
    by_plain = {plain(code): code for code in field.choices}
    if category in by_plain:
        return ((field, by_plain[category]),)
    if found["base"] not in by_plain or (found["letter"] and not field.edition):
        return ()
    coarse = (field, by_plain[found["base"]])
    fine = _finer(form, field)
    if fine is None:
        return (coarse,)
    finer = {plain(code): code for code in fine.choices}
    return (coarse, (fine, finer[category])) if category in finer else (coarse,)


def _finer(form: FormSchema, field: FieldSchema) -> FieldSchema | None:
    """The field of the subcategory that a stage's rule reads beside ``field``."""
    for one in form.fields:
        if isinstance(one.rule, StageGroup):
            for names in (one.rule.t, one.rule.n):
                if len(names) > 1 and names[0] == field.id:
                    return form.field(names[1])
    return None
