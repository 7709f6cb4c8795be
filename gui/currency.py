"""Whether an answer was computed from exactly what is shown now."""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING

from inference.case_input import CaseInput, input_references
from inference.rules.rule_file import rules_of

if TYPE_CHECKING:
    from inference.assessment import InputReference
    from inference.outcome import Outcome
    from inference.packs.load import LoadedPack
    from inference.rules.rule_book import RuleBook


class Currency:
    """Compares an outcome with the inputs, which are hashed once for as long as the same objects are shown.

    The inputs themselves are kept: they are frozen, so that the same object is the same content.
    """

    def __init__(self) -> None:
        self._inputs: tuple[object, ...] = ()
        self._references: tuple[InputReference, ...] = ()

    def is_current(
        self,
        outcome: Outcome | None,
        case: CaseInput | None,
        pack: LoadedPack | None,
        rule_set: str,
        site: RuleBook | None,
    ) -> bool:
        """True when ``outcome`` is the answer of ``pack`` and ``rule_set`` to ``case``.

        ``site`` are the rules that stand in for those that the pack asks for.
        """
        if outcome is None or case is None or pack is None:
            return False
        rules = rules_of(pack.manifest, site)
        return outcome.assessment.is_current(
            self._references_of(case), pack.sha256, rule_set, rules.file.sha256
        )

    def forget(self) -> None:
        """Keep nothing of a case that is closed."""
        self._inputs, self._references = (), ()

    def _references_of(self, case: CaseInput) -> tuple[InputReference, ...]:
        inputs: tuple[object, ...] = (case.stack, case.volume, case.mask, case.record, case.stated)
        for scan in case.further.values():
            inputs += (scan.stack, scan.volume, scan.mask, scan.stated)
        inputs += tuple(case.further)
        if len(inputs) != len(self._inputs) or not all(map(is_, inputs, self._inputs)):
            self._inputs, self._references = inputs, input_references(case)
        return self._references
