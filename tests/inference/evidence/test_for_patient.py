"""What a paper observed in patients like this one, one factor at a time."""

from __future__ import annotations

import pytest

from inference.clinical.record import ClinicalRecord, ClinicalValue, Provenance
from inference.evidence.for_patient import PublishedEvidence, evidence_for
from inference.evidence.published_tables import published_tables


def _evidence(study: str, **values: float | str) -> PublishedEvidence:
    filled = {
        name: ClinicalValue(name, str(value), "", value, Provenance.TYPED) for name, value in values.items()
    }
    return evidence_for(published_tables(study), ClinicalRecord(study, filled))


def test_a_stage_shows_both_regimens_with_wilson_intervals() -> None:
    (stage,) = _evidence("npc-residual", stage="IVa").observed
    ccrt, induction = stage.groups
    assert (ccrt.hits, ccrt.count, induction.hits, induction.count) == (49, 68, 42, 94)
    assert ccrt.interval == pytest.approx((0.6044, 0.8132), abs=1e-4)
    assert induction.interval == pytest.approx((0.3504, 0.5474), abs=1e-4)


def test_few_patients_get_a_count_and_no_share() -> None:
    (location,) = _evidence("pnen-recurrence", location="body").observed
    (group,) = location.groups
    assert (group.hits, group.count, group.share, group.interval) == (1, 5, None, None)


def test_each_cohort_stands_for_itself_and_a_gap_in_the_table_is_told() -> None:
    evidence = _evidence("lagc-response", ct_stage="T2", bmi=24.0)
    by_field = {factor.field: factor for factor in evidence.observed}
    assert [(g.group, g.hits, g.count) for g in by_field["ct_stage"].groups] == [
        ("training", 20, 46),
        ("internal", 5, 17),
        ("external", 10, 12),
    ]
    bmi = by_field["bmi"].groups
    assert (bmi[0].hits, bmi[0].count, bmi[0].out_of) == (25, 138, (656, 664))
    assert bmi[1].out_of is None


def test_a_missing_value_has_no_row_and_is_named() -> None:
    evidence = _evidence("npc-residual", sex="female")
    assert [factor.field for factor in evidence.observed] == ["sex"]
    assert evidence.missing == ("stage", "t_stage", "n_stage")


def test_ratios_concern_the_level_and_its_reference() -> None:
    at_level = _evidence("gnen-os", m_stage="M1", grade="NET G2", ki67=30.0)
    assert {(r.ratio.field, r.ratio.level) for r in at_level.ratios} == {
        ("m_stage", "M1"),
        ("ki67", None),
    }
    reference = _evidence("gnen-os", grade="NET G1")
    assert {r.ratio.level for r in reference.ratios} == {"MiNEN", "NEC"}


def test_a_value_that_no_row_covers_yields_nothing() -> None:
    assert _evidence("npc-residual", stage="II").observed == ()
