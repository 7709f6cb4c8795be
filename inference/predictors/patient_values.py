"""The clinical values of one patient as a study's models ask for them: nothing is ever filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inference.clinical.record import CanonicalValue, ClinicalRecord
from inference.errors import PackError
from inference.packs.fitted import ClinicalTerm, CutTerm, LevelTerm, NumberTerm
from inference.pathways.pathway import Pathway, Replacement


@dataclass(frozen=True, slots=True)
class PatientValues:
    """A record, read by the pathway's rules on fields that stand in the place of others."""

    record: ClinicalRecord
    pathway: Pathway

    def value(self, field: str) -> CanonicalValue | None:
        """The canonical value; None when it is missing, or another field is asked for instead."""
        return None if self._is_moot(field) else self.record.canonical(field)

    def missing(self, fields: Iterable[str]) -> tuple[str, ...]:
        """Those of ``fields`` that this patient needs and has not, in order of their names."""
        return tuple(
            field
            for field in sorted(set(fields))
            if not self._is_moot(field) and self.record.canonical(field) is None
        )

    def missing_first(self) -> tuple[str, ...]:
        """What must be known before anything is answered: the fields themselves, or those in their place."""
        asked = [
            self._asked_instead(replacement)[1] if replacement is not None else field
            for field in self.pathway.needed_first
            for replacement in [self._replacement(field)]
        ]
        return self.missing(asked)

    def _is_moot(self, field: str) -> bool:
        return any(self._asked_instead(one)[0] == field for one in self.pathway.replacements)

    def _replacement(self, field: str) -> Replacement | None:
        return next((one for one in self.pathway.replacements if one.field == field), None)

    def _asked_instead(self, one: Replacement) -> tuple[str, str]:
        """The moot field of a pair, and the one that is asked for."""
        decided = self.record.canonical(one.where)
        if decided is None:
            has_only_other = self.record.canonical(one.field) is None is not self.record.canonical(one.by)
            return (one.field, one.by) if has_only_other else (one.by, one.field)
        return (one.field, one.by) if decided == one.value else (one.by, one.field)


def scaled(term: ClinicalTerm, values: PatientValues) -> float:
    """What a term's coefficient multiplies; 0 for a field in whose place another stands.

    The value must not be missing.

    Raises
    ------
    PackError
        When the pack asks for a number where the form has a choice, or the other way round.
    """
    value = values.value(term.field)
    if value is None:
        return 0.0
    match term:
        case NumberTerm() if not isinstance(value, str):
            return (value - term.scaling.centre) / term.scaling.scale
        case CutTerm() if not isinstance(value, str):
            return float(value > term.cut or (term.includes_cut and value == term.cut))
        case LevelTerm() if isinstance(value, str):
            return float(value in term.levels)
    raise PackError("error.pack.clinical_kind", field=f"clinical.{term.field}")
