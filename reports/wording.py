"""How numbers and names are written: one set of functions for the window, the report and the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from inference.assessment import (
    Assessment,
    ClinicalEntry,
    MaskSummary,
    Recommendation,
    RuleFile,
    RuleOrigin,
    RuleRow,
)
from inference.cases.identity import PHANTOM_NAME_PREFIX, PatientIdentity
from inference.clinical.quantity import quantity
from inference.findings import Verdict
from inference.inputs.study_inputs import load_study_inputs
from inference.masks.layer import MaskOrigin
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message
from inference.prediction import PredictionStatus

MOST_DECIMALS: Final = 3
SHORT_HASH_LENGTH: Final = 12
PACKS_SPEAK: Final = "en"
"""The language in which packs are written; what one says in others, it carries itself."""
_CHINESE_STOPS: Final = ("\u3002", "\uff1f", "\uff01")


def percent_figure(value: float, decimals: int = 0) -> str:
    """A fraction in [0, 1] as percent without its sign.

    What rounds to 0 or to 100 without being so is written ``<1`` or ``>99``: nothing is certain.
    """
    figure = f"{100 * value:.{decimals}f}"
    step = 10.0**-decimals
    if value > 0 and float(figure) == 0:
        return f"<{step:.{decimals}f}"
    if value < 1 and float(figure) == 100:
        return f">{100 - step:.{decimals}f}"
    return figure


def percent(value: float, catalogue: Catalogue, decimals: int = 0) -> str:
    """A fraction in [0, 1] as percent, e.g. ``18 %``."""
    return catalogue.text("report.percent", value=percent_figure(value, decimals))


def decimals_apart(score: float, cutoff: float) -> int:
    """Decimals at which a score and its cut-off read differently, so that print never belies the verdict."""
    if score == cutoff:
        return 0
    for decimals in range(MOST_DECIMALS):
        if percent_figure(score, decimals) != percent_figure(cutoff, decimals):
            return decimals
    return MOST_DECIMALS


def guard_word(verdict: Verdict, catalogue: Catalogue) -> str:
    """Fits, note or refused."""
    return catalogue.text(f"report.verdict.{verdict.name.lower()}")


def treatment_name(treatment: str, catalogue: Catalogue) -> str:
    """The treatment as the board calls it, e.g. ``IC + CCRT``."""
    return catalogue.text(f"treatment.{treatment}")


def model_name(name: str, catalogue: Catalogue) -> str:
    """A treatment, or a score of a pack, as the board calls it in short."""
    if catalogue.has(f"treatment.{name}"):
        return text_or_code(f"recommend.{name}", "short", catalogue)
    return catalogue.text(f"score.{name}")


def recommendation_name(recommend: str, catalogue: Catalogue) -> str:
    """The recommended regimen."""
    return catalogue.text(f"recommend.{recommend}")


def reading_name(name: str, catalogue: Catalogue) -> str:
    """A treatment or a score of a pack, as the column of a rule table calls it."""
    short = f"recommend.{name}.short"
    return catalogue.text(short) if catalogue.has(short) else text_or_code("score", name, catalogue)


def row_recommendation(row: RuleRow, catalogue: Catalogue) -> str:
    """What a row recommends, in short; said with it where the rule set answers nothing under that row."""
    short = text_or_code(f"recommend.{row.recommend}", "short", catalogue)
    return catalogue.text("report.rules.row_withheld", recommend=short) if row.is_withheld else short


def row_conditions(row: RuleRow, catalogue: Catalogue) -> str:
    """The clinical values that a row asks for, e.g. ``pTNM: II, III``; empty where it asks for none."""
    parts = []
    for name, allowed in row.fields.items():
        values = (text_or_code(f"clinical.{name}", value, catalogue) for value in allowed)
        parts.append(f"{catalogue.text(f'clinical.{name}')}: {', '.join(values)}")
    return "; ".join(parts)


def strength_line(recommendation: Recommendation, catalogue: Catalogue) -> str:
    """How much weight the rule carries and where it is stated, e.g. ``Published rule · Methods``."""
    if recommendation.strength is None or recommendation.row is None:
        return ""
    row = recommendation.table[recommendation.row - 1]
    return " · ".join(part for part in (catalogue.text(f"strength.{row.strength}"), row.citation) if part)


def not_considered_line(recommendation: Recommendation, catalogue: Catalogue) -> str:
    """What the rule did not look at, in one sentence."""
    if not recommendation.not_considered:
        return ""
    separator = catalogue.text("report.list_separator")
    named = separator.join(catalogue.render(each) for each in recommendation.not_considered)
    return catalogue.text("report.rules.not_considered", named=named)


def is_by_site(recommendation: Recommendation) -> bool:
    """True when the rules are a site's own."""
    return recommendation.file is not None and recommendation.file.origin is RuleOrigin.SITE


def rule_file_line(recommendation: Recommendation, catalogue: Catalogue) -> str:
    """The file that the rules stand in."""
    return "" if recommendation.file is None else file_line(recommendation.file, catalogue)


def rule_set_name(name: str, catalogue: Catalogue) -> str:
    """What a rule set is called; a site names its own."""
    return text_or_code("rule_set", name, catalogue)


def file_line(file: RuleFile, catalogue: Catalogue) -> str:
    """A rule file by name, version and hash; a site's is called so."""
    return catalogue.text(
        f"report.rules.file.{file.origin}", file=file.name, version=file.version, hash=short_hash(file.sha256)
    )


def all_reasons(assessment: Assessment) -> tuple[Message, ...]:
    """Every reason why something is withheld, each once, in the order given."""
    withheld = [p for p in assessment.predictions if p.status is not PredictionStatus.ANSWERED]
    groups: list[Sequence[Message]] = [assessment.recommendation.reasons, *(p.reasons for p in withheld)]
    seen: list[Message] = []
    for group in groups:
        seen += [reason for reason in group if reason not in seen]
    return tuple(seen)


def extent(values_mm: Iterable[float], decimals: int = 1) -> str:
    """Lengths side by side, e.g. ``46.2 × 31.0 × 38.0 mm``."""
    return " × ".join(f"{value:.{decimals}f}" for value in values_mm) + "\u00a0mm"


def millilitres(value: float) -> str:
    """A volume, e.g. ``31.4 ml``."""
    return f"{value:.1f}\u00a0ml"


def scan_name(study: str, scan: str, catalogue: Catalogue) -> str:
    """A named scan of a study; the empty name is the first one's."""
    return catalogue.text(load_study_inputs(study).named(scan).title)


def slice_number(index: int) -> int:
    """What people call slice ``index`` of the volume: they count from 1."""
    return index + 1


def slice_label(index: int, count: int, catalogue: Catalogue) -> str:
    """Number and total, e.g. ``slice 14 / 28``."""
    return catalogue.text("report.slice", number=slice_number(index), count=count)


def mask_text(mask: MaskSummary, catalogue: Catalogue) -> str:
    """Who made the mask, whether a person changed what another had marked, and its measures."""
    origin = catalogue.text(f"report.mask.{mask.origin}", maker=mask.maker)
    by_another = mask.edited and mask.origin != MaskOrigin.HUMAN
    edited = catalogue.text("report.mask.edited") if by_another else ""
    measures = f"{millilitres(mask.volume_ml)} · {extent(mask.extent_mm)}"
    return " · ".join(part for part in (origin, edited, measures) if part)


def person_name(name: str) -> str:
    """A DICOM person name as people write it: ``Wang^Xiaodong=王^晓东`` becomes ``Wang, Xiaodong (王晓东)``.

    A phantom keeps its name as written, so that it cannot be taken for a patient.  Source: PS3.5 6.2.1.
    """
    if name.startswith(PHANTOM_NAME_PREFIX):
        return name
    shown = [text for group in name.split("=") if (text := _name_group(group))]
    return f"{shown[0]} ({', '.join(shown[1:])})" if len(shown) > 1 else "".join(shown)


def _name_group(group: str) -> str:
    family, *others = [part.strip() for part in group.split("^")]
    given = [part for part in others if part]
    if not group.isascii() and all(ord(char) > 0x2E7F for char in family + "".join(given)):
        return family + "".join(given)
    return ", ".join(part for part in (family, " ".join(given)) if part)


def sex_word(sex: str, catalogue: Catalogue) -> str:
    """Male, female or other; empty when the file is silent."""
    return catalogue.text(f"report.sex.{sex}") if sex else ""


def identity_line(identity: PatientIdentity, catalogue: Catalogue) -> str:
    """Name, identifier, birth date and sex in one line, as far as they are known."""
    parts = (
        person_name(identity.name),
        f"ID {identity.key.id}" if identity.key else "",
        identity.birth_date,
        sex_word(identity.sex, catalogue),
    )
    return " · ".join(part for part in parts if part)


def moment(when: datetime) -> str:
    """Date, minute and time zone, e.g. ``2026-11-21 09:41 UTC``."""
    return f"{when:%Y-%m-%d %H:%M} {when.tzname() or ''}".strip()


def short_hash(sha256: str) -> str:
    """The beginning of a hash, enough to tell two apart by eye."""
    return sha256[:SHORT_HASH_LENGTH]


def text_or_code(prefix: str, code: str, catalogue: Catalogue) -> str:
    """The catalogue's word for ``prefix.code``, or the code itself where it has none."""
    message_id = f"{prefix}.{code}"
    return catalogue.text(message_id) if catalogue.has(message_id) else code


def sentences(said: Iterable[str]) -> str:
    """One after the other, with a space between but after a Chinese stop."""
    return "".join(text if text.endswith(_CHINESE_STOPS) else f"{text} " for text in said).rstrip()


def stated_text(text: str, catalogue: Catalogue) -> str:
    """A text that an Assessment carries: rendered when it is a message id, as it stands otherwise."""
    return catalogue.text(text) if catalogue.has(text) else text


def clinical_label(entry: ClinicalEntry, catalogue: Catalogue) -> str:
    """The name of a clinical field."""
    return catalogue.text(f"clinical.{entry.field_id}")


def clinical_value(entry: ClinicalEntry, catalogue: Catalogue) -> str:
    """Value with its unit, or why it is missing."""
    if entry.missing:
        return catalogue.text(f"report.missing.{entry.missing}")
    try:
        number = float(entry.value)
    except ValueError:
        return text_or_code(f"clinical.{entry.field_id}", entry.value, catalogue)
    figure = f"{int(number):,}" if number.is_integer() else f"{number:g}"
    return catalogue.shown(quantity(figure.replace("-", "\u2212"), entry.unit))
