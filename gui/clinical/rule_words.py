"""In few words by which rule a value follows from others."""

from __future__ import annotations

from inference.clinical.derivation_rules import BodyMassIndex, DerivationRule
from inference.clinical.schema import FieldSchema
from inference.messages.message import LIST_MARK, Message


def rule_words(rule: DerivationRule, field: FieldSchema) -> Message:
    """From which fields, and by which edition of which table."""
    if isinstance(rule, BodyMassIndex):
        names = (rule.weight, rule.height)
        return Message("panel.clinical.rule.bmi", {"fields": LIST_MARK.join(f"clinical.{n}" for n in names)})
    fields = LIST_MARK.join(f"clinical.{name}" for name in (rule.t[0], rule.n[0]))
    return Message("panel.clinical.rule.stage", {"fields": fields, "edition": field.edition})
