"""Units as people and laboratories write them, and the UCUM codes that they mean."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from inference.clinical.schema import FieldSchema
from inference.messages.catalogue import LANGUAGES, load_catalogue

_ALSO: Final = {
    "a": ("years", "year", "yrs", "yr", "y", "岁"),
    "cm": ("厘米", "公分"),
    "mm": ("毫米",),
    "m": ("米",),
    "kg": ("公斤", "千克"),
    "%": ("percent",),
    "10*9/L": ("10^9/l", "x10^9/l", "10e9/l", "g/l(10^9)"),
    "10*3/uL": ("10^3/ul", "x10^3/ul", "k/ul", "10e3/ul"),
    "[iU]/mL": ("iu/ml",),
    "k[iU]/L": ("kiu/l",),
    "U/mL": ("[arb'u]/ml",),
    "[copies]/mL": ("copies/ml", "拷贝/ml", "{copies}/ml"),
    "kg/m2": ("kg/m^2",),
    "1": ("{ratio}", "{count}", "{nodes}"),
}
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def plain_unit(text: str) -> str:
    """Lower case without blanks; µ as u, powers as ``10^9``, multiplication as x."""
    text = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: "10^" + found[1].translate(_SUPERSCRIPTS), text)
    text = unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS)).lower()
    return re.sub(r"\s+", "", text).replace("μ", "u").replace("×", "x")


def unit_of(field: FieldSchema, text: str) -> str | None:
    """The code among the field's units that ``text`` means; None when it means none of them."""
    wanted = plain_unit(text)
    for unit in field.units:
        words = {plain_unit(unit.code), *map(plain_unit, _ALSO.get(unit.code, ()))}
        for language in LANGUAGES:
            catalogue = load_catalogue(language)
            if catalogue.has(f"report.unit.{unit.code}"):
                words.add(plain_unit(catalogue.text(f"report.unit.{unit.code}")))
        if wanted in words:
            return unit.code
    return None


def is_suffix_of_unit(field: FieldSchema, suffix: str) -> str | None:
    """The unit that the end of a column's name means: ``ng_ml`` for ng/mL; None when it means none."""
    for unit in field.units:
        words = (unit.code, *_ALSO.get(unit.code, ()))
        if suffix in {re.sub(r"[^a-z0-9%]+", "_", plain_unit(word)).strip("_") for word in words}:
            return unit.code
    return None
