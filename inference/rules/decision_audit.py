"""The decision audit: physicians and model judged by what happened, and how much of it rests on a claim.

Correct rates leave out patients who cannot be judged, so the two have denominators of their own; the paired
comparison takes the patients who can be judged on both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from inference.rules.audit_table import AuditRow, AuditTable, Judged, Row4Physician
from inference.rules.decisions_file import Decision
from inference.rules.rule_book import NON_RESIDUAL, RESIDUAL
from inference.statistics.comparisons.chi_square import ChiSquare
from inference.statistics.comparisons.paired_proportions import (
    McNemar,
    PairedCounts,
    mcnemar_exact,
    paired_difference,
    rate,
    unpaired_chi_square,
)
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable

LIGHTER, HEAVIER = "ccrt", "ic_ccrt"


@dataclass(frozen=True, slots=True)
class Tally:
    """Patients by judgement of one side."""

    correct: int
    wrong: int
    undeterminable: int

    @property
    def determinable(self) -> int:
        """The denominator of the rate: who can be judged."""
        return self.correct + self.wrong

    @property
    def rate(self) -> Estimate | NotEstimable:
        """Correct among the determinable, with Wilson's interval."""
        return rate(self.correct, self.determinable)


@dataclass(frozen=True, slots=True)
class TwoTallies:
    """Both sides under one reading of the untested predictions."""

    physician: Tally
    model: Tally


@dataclass(frozen=True, slots=True)
class RowCount:
    """A row of the table as it was used, and its patients."""

    row: AuditRow
    patients: int


@dataclass(frozen=True, slots=True)
class JudgedDecision:
    """One patient with the row that applies."""

    decision: Decision
    row: AuditRow


@dataclass(frozen=True, slots=True)
class TreatmentCount:
    """Patients treated otherwise than the model would have, among those given the same regimen.

    ``with_residual`` of ``patients`` had residual tumour.
    """

    patients: int
    given: int
    with_residual: int

    @property
    def rate(self) -> Estimate | NotEstimable:
        """Share of those given the regimen, with Wilson's interval."""
        return rate(self.patients, self.given)


@dataclass(frozen=True, slots=True)
class DecisionAudit:
    """The whole audit.

    ``set_aside``: judgements that need an untested prediction count as undeterminable.  ``all_false``: every
    such prediction is taken to be false, the other end of what the data allow.
    ``row4_patients`` are the patients of disputed rows, judged by ``row4_physician``.
    """

    table: AuditTable
    judged: tuple[JudgedDecision, ...]
    rows: tuple[RowCount, ...]
    as_judged: TwoTallies
    set_aside: TwoTallies
    all_false: TwoTallies
    pairs: PairedCounts
    difference: Estimate | NotEstimable
    mcnemar: McNemar | NotEstimable
    pearson: ChiSquare | NotEstimable
    over_treatment: TreatmentCount
    under_treatment: TreatmentCount
    untested: int
    row4_physician: Row4Physician
    row4_patients: int
    synthetic: int

    @property
    def patients(self) -> int:
        """All patients."""
        return len(self.judged)

    @property
    def can_compare(self) -> bool:
        """True when at least one of the two rates can be estimated."""
        return bool(self.as_judged.physician.determinable or self.as_judged.model.determinable)


def audit_decisions(
    decisions: Sequence[Decision], table: AuditTable, *, row4_physician: Row4Physician = "wrong"
) -> DecisionAudit:
    """Judge every patient by the table and compare the two sides."""
    used = table.with_disputed(row4_physician)
    judged = tuple(
        JudgedDecision(one, used.row_for(one.predicted, one.given, one.actual)) for one in decisions
    )
    patients = Counter(each.row.row for each in judged)
    rows = tuple(RowCount(row, patients[row.row]) for row in used.rows)
    as_judged = _tallies(rows, lambda row: (row.physician, row.model))
    pairs = _pairs(rows)
    return DecisionAudit(
        table=used,
        judged=judged,
        rows=rows,
        as_judged=as_judged,
        set_aside=_tallies(rows, untested_set_aside),
        all_false=_tallies(rows, untested_all_false),
        pairs=pairs,
        difference=paired_difference(pairs),
        mcnemar=mcnemar_exact(pairs),
        pearson=unpaired_chi_square(
            (as_judged.physician.correct, as_judged.physician.wrong),
            (as_judged.model.correct, as_judged.model.wrong),
        ),
        over_treatment=_treated(rows, HEAVIER, lambda row: row.predicted[LIGHTER] == NON_RESIDUAL),
        under_treatment=_treated(
            rows,
            LIGHTER,
            lambda row: row.actual == RESIDUAL and row.predicted[HEAVIER] == NON_RESIDUAL,
        ),
        untested=sum(each.patients for each in rows if each.row.rests_on_untested),
        row4_physician=row4_physician,
        row4_patients=sum(each.patients for each in rows if each.row.disputed),
        synthetic=sum(each.decision.is_synthetic for each in judged),
    )


def untested_set_aside(row: AuditRow) -> tuple[Judged, Judged]:
    """Physician and model when nothing may rest on a prediction that nobody tested."""
    physician = Judged.UNDETERMINABLE if row.is_physician_untested else row.physician
    return physician, Judged.UNDETERMINABLE if row.is_model_untested else row.model


def untested_all_false(row: AuditRow) -> tuple[Judged, Judged]:
    """Physician and model when every prediction that nobody tested was false.

    The regimen that the model would rather have given would have left residual tumour: the model is wrong,
    and the physician correct where the regimen given left none, undeterminable where it did not.
    """
    if not row.rests_on_untested:
        return row.physician, row.model
    physician = Judged.CORRECT if row.actual == NON_RESIDUAL else Judged.UNDETERMINABLE
    return physician, Judged.WRONG


def _tallies(rows: Iterable[RowCount], judge: Callable[[AuditRow], tuple[Judged, Judged]]) -> TwoTallies:
    physician: Counter[Judged] = Counter()
    model: Counter[Judged] = Counter()
    for each in rows:
        for_physician, for_model = judge(each.row)
        physician[for_physician] += each.patients
        model[for_model] += each.patients
    return TwoTallies(_tally(physician), _tally(model))


def _tally(counts: Counter[Judged]) -> Tally:
    return Tally(counts[Judged.CORRECT], counts[Judged.WRONG], counts[Judged.UNDETERMINABLE])


def _pairs(rows: Iterable[RowCount]) -> PairedCounts:
    """Correct and wrong of both sides, among the patients who can be judged on both; the physician first."""
    counts: Counter[tuple[Judged, Judged]] = Counter()
    for each in rows:
        counts[each.row.physician, each.row.model] += each.patients
    return PairedCounts(
        both=counts[Judged.CORRECT, Judged.CORRECT],
        first_only=counts[Judged.CORRECT, Judged.WRONG],
        second_only=counts[Judged.WRONG, Judged.CORRECT],
        neither=counts[Judged.WRONG, Judged.WRONG],
    )


def _treated(rows: Sequence[RowCount], given: str, otherwise: Callable[[AuditRow], bool]) -> TreatmentCount:
    same = [each for each in rows if each.row.given == given]
    counted = [each for each in same if otherwise(each.row)]
    return TreatmentCount(
        patients=sum(each.patients for each in counted),
        given=sum(each.patients for each in same),
        with_residual=sum(each.patients for each in counted if each.row.actual == RESIDUAL),
    )
