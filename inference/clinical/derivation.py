"""The one place where values are derived from others, and where stated values are held against them.

A stated value that contradicts a derived one is refused: both cannot be right, so neither is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from inference.clinical.derivation_rules import BodyMassIndex, DerivationRule, GradeAgreement, StageGroup
from inference.clinical.record import (
    STATED_REASONS,
    CanonicalValue,
    ClinicalRecord,
    ClinicalValue,
    MissingReason,
    Provenance,
)
from inference.clinical.schema import FieldSchema, FormSchema, parse_value
from inference.clinical.staging.grade_table import load_grade_table
from inference.clinical.staging.stage_table import load_stage_table
from inference.errors import InputError
from inference.messages.message import LIST_MARK, Message


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows: nothing yet, one value, or several that what is recorded does not tell apart.

    ``excluded_by`` names the field whose value leaves the derived one without meaning.
    """

    possible: tuple[CanonicalValue, ...] = ()
    tolerance: float = 0.0
    excluded_by: str = ""

    def holds(self, value: CanonicalValue) -> bool:
        """True when a stated ``value`` agrees."""
        if isinstance(value, float):
            near = [one for one in self.possible if isinstance(one, float)]
            return any(abs(value - one) <= self.tolerance for one in near)
        return value in self.possible


def derive(form: FormSchema, record: ClinicalRecord) -> ClinicalRecord:
    """Fill every derived value of the form and check what must agree.

    Raises
    ------
    InputError
        When a stated value contradicts the values that it would follow from, when two alternatives are both
        stated, or when a grade does not fit its proliferation.
    """
    for field in form.fields:
        record = record.with_value(_applicable(field, record))
        if field.rule is not None:
            record = record.with_value(_settled(form, field, derived_value(field.rule, record), record))
    for group in form.alternatives:
        stated = [name for name in group if record.canonical(name) is not None]
        if len(stated) > 1:
            fields = LIST_MARK.join(f"clinical.{name}" for name in stated)
            raise InputError("error.clinical.alternatives", fields=fields)
    for agreement in form.agreements:
        _hold_together(agreement, record)
    return record


def derived_value(rule: DerivationRule, record: ClinicalRecord) -> Derived:
    """What ``rule`` gives for the recorded values."""
    if isinstance(rule, BodyMassIndex):
        height_cm, weight_kg = record.canonical(rule.height), record.canonical(rule.weight)
        if not isinstance(height_cm, float) or not isinstance(weight_kg, float):
            return Derived()
        return Derived((weight_kg / (height_cm / 100.0) ** 2,), rule.tolerance)
    return _stage_group(rule, record)


def open_derivations(form: FormSchema, record: ClinicalRecord) -> tuple[Message, ...]:
    """One message per derived value of which several are possible: which, and what would tell them apart."""
    messages = []
    for field in form.fields:
        if not isinstance(field.rule, StageGroup) or record.canonical(field.id) is not None:
            continue
        possible = derived_value(field.rule, record).possible
        if len(possible) > 1:
            finer = [
                name
                for name in (*field.rule.t[1:], *field.rule.n[1:])
                if (value := record.values.get(name)) is None or value.missing in STATED_REASONS
            ]
            fields = {
                "field": f"clinical.{field.id}",
                "possible": LIST_MARK.join(f"clinical.{field.id}.{one}" for one in possible),
                "needed": LIST_MARK.join(f"clinical.{name}" for name in finer),
            }
            messages.append(Message("clinical.derived.several", fields))
    return tuple(messages)


def _stage_group(rule: StageGroup, record: ClinicalRecord) -> Derived:
    for name, needed in (*rule.only_when.items(), *rule.presumes.items()):
        value = record.canonical(name)
        if value is not None and value != needed:
            return Derived(excluded_by=name)
    if any(record.canonical(name) is None for name in rule.only_when):
        return Derived()
    t, n = _category(rule.t, record), _category(rule.n, record)
    return Derived() if t is None or n is None else Derived(load_stage_table(rule.table).possible(t, n))


def _category(names: tuple[str, ...], record: ClinicalRecord) -> str | None:
    """The category, or its subcategory where that is stated.

    Raises
    ------
    InputError
        When the subcategory belongs to another category.
    """
    coarse = record.canonical(names[0])
    fine = record.canonical(names[1]) if len(names) > 1 else None
    if not isinstance(coarse, str) or not isinstance(fine, str):
        return coarse if isinstance(coarse, str) else None
    if not fine.startswith(coarse):
        raise InputError(
            "error.clinical.subcategory",
            field=f"clinical.{names[1]}",
            value=fine,
            coarse=f"clinical.{names[0]}",
            category=coarse,
        )
    return fine


def _applicable(field: FieldSchema, record: ClinicalRecord) -> ClinicalValue:
    """The value, or *not applicable* where another value leaves no room for it."""
    present = record.values.get(field.id, ClinicalValue.absent(field.id))
    known = {name: record.canonical(name) for name in field.applies_when}
    is_out = any(value is not None and value not in field.applies_when[name] for name, value in known.items())
    if is_out and present.missing is not None:
        return ClinicalValue.absent(field.id, MissingReason.NOT_APPLICABLE)
    if present.missing is MissingReason.NOT_APPLICABLE and field.rule is None:
        return ClinicalValue.absent(field.id)
    return present


def _settled(form: FormSchema, field: FieldSchema, derived: Derived, record: ClinicalRecord) -> ClinicalValue:
    """The field's value once it was held against what follows from the others."""
    present = record.values.get(field.id, ClinicalValue.absent(field.id))
    stated = present.canonical if present.provenance is not Provenance.DERIVED else None
    if derived.excluded_by:
        if stated is not None:
            raise _excluded(form, field, derived.excluded_by, record)
        return ClinicalValue.absent(field.id, MissingReason.NOT_APPLICABLE)
    if stated is not None and derived.possible and not derived.holds(stated):
        raise _contradiction(form, field, present, derived, record)
    if stated is not None and (len(derived.possible) != 1 or isinstance(stated, float)):
        return present
    if len(derived.possible) == 1:
        value = derived.possible[0]
        if isinstance(value, float):
            return parse_value(field, f"{value:.1f}", provenance=Provenance.DERIVED)
        return ClinicalValue(field.id, value, "", value, Provenance.DERIVED)
    has_reason = present.missing not in (None, MissingReason.NOT_APPLICABLE)
    return present if has_reason else ClinicalValue.absent(field.id, MissingReason.UNKNOWN)


def fields_of_conflict(form: FormSchema, message: Message) -> tuple[str, ...]:
    """The fields that a refusal names, each once, in the form's order: any of them may be the wrong one."""
    named = {part for value in message.fields.values() for part in str(value).split(LIST_MARK)}
    return tuple(field.id for field in form.fields if f"clinical.{field.id}" in named)


def _as_stated(field: FieldSchema, value: ClinicalValue) -> str:
    """What was stated, a choice as the id of its name."""
    if field.kind == "choice":
        return f"clinical.{field.id}.{value.canonical}"
    return f"{value.typed_value} {value.typed_unit}".strip()


def _contradiction(
    form: FormSchema, field: FieldSchema, present: ClinicalValue, derived: Derived, record: ClinicalRecord
) -> InputError:
    known = [name for name in field.derived_from if record.canonical(name) is not None]
    values = [_as_stated(form.field(name), record.values[name]) for name in known]
    shown = [f"{one:.1f}" if isinstance(one, float) else one for one in derived.possible]
    return InputError(
        "error.clinical.contradiction",
        field=f"clinical.{field.id}",
        stated=_as_stated(field, present),
        sources=LIST_MARK.join(f"clinical.{name}" for name in known),
        values=LIST_MARK.join(values),
        derived=LIST_MARK.join(shown),
    )


def _excluded(form: FormSchema, field: FieldSchema, by: str, record: ClinicalRecord) -> InputError:
    others = [name for group in form.alternatives if field.id in group for name in group if name != field.id]
    return InputError(
        "error.clinical.excluded" if not others else "error.clinical.excluded_for_other",
        field=f"clinical.{field.id}",
        stated=str(record.canonical(field.id)),
        by=f"clinical.{by}",
        value=f"clinical.{by}.{record.canonical(by)}",
        **({"other": LIST_MARK.join(f"clinical.{name}" for name in others)} if others else {}),
    )


def _hold_together(agreement: GradeAgreement, record: ClinicalRecord) -> None:
    grade = record.canonical(agreement.grade)
    ki67, mitoses = record.canonical(agreement.ki67), record.canonical(agreement.mitoses)
    table = load_grade_table(agreement.table)
    rank = table.rank_of_grade(str(grade))
    if rank is None:
        return
    asked = table.ranks[rank]
    involved = LIST_MARK.join(f"clinical.{name}" for name in agreement.fields)
    fields = {"grade": str(grade), "edition": table.edition, "involved": involved}
    by_ki67 = table.rank_of_ki67(ki67) if isinstance(ki67, float) else None
    by_mitoses = table.rank_of_mitoses(mitoses) if isinstance(mitoses, float) else None
    if by_mitoses is not None and by_mitoses > rank:
        fields |= {"mitoses": f"{mitoses:g}", "allowed": asked.mitoses.text}
        raise InputError("error.clinical.grade_mitoses", **fields)
    if by_ki67 is None or by_ki67 == rank or (by_mitoses == rank and by_ki67 < rank):
        return
    fields |= {"ki67": f"{ki67:g}", "allowed": asked.ki67.text, "belongs": table.ranks[by_ki67].grades[0]}
    if by_ki67 < rank and by_mitoses is None:
        fields |= {"mitoses_allowed": asked.mitoses.text}
        raise InputError("error.clinical.grade_ki67_low", **fields)
    raise InputError("error.clinical.grade_ki67", **fields)
