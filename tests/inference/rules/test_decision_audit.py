"""The published table comes out exactly, and every count is the plain one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.rules.audit_table import load_audit_table
from inference.rules.decision_audit import DecisionAudit, Tally, audit_decisions
from inference.rules.decisions_file import Decision, read_decisions
from inference.statistics.comparisons.chi_square import ChiSquare
from inference.statistics.comparisons.paired_proportions import McNemar, PairedCounts
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable, Reason

TABLE = load_audit_table("npc-residual")
N, R = "non_residual", "residual"
PUBLISHED = {1: 9, 2: 17, 3: 2, 4: 4, 5: 11, 6: 21, 7: 2, 8: 1, 9: 4, 10: 9, 11: 5}

classes = st.sampled_from([N, R])
decisions = st.lists(
    st.builds(
        lambda ccrt, ic_ccrt, given_, actual: Decision(
            1, {"ccrt": ccrt, "ic_ccrt": ic_ccrt}, given_, actual, False
        ),
        classes,
        classes,
        st.sampled_from(["ccrt", "ic_ccrt"]),
        classes,
    ),
    min_size=1,
    max_size=40,
)


def decision(ccrt: str, ic_ccrt: str, regimen: str, actual: str) -> Decision:
    return Decision(1, {"ccrt": ccrt, "ic_ccrt": ic_ccrt}, regimen, actual, False)  # type: ignore[dict-item,arg-type]


@pytest.fixture(scope="module")
def published(repository: Path) -> DecisionAudit:
    file = read_decisions(repository / "inference/rules/examples/npc_table3.csv")
    return audit_decisions(file.decisions, TABLE)


def test_the_published_situations_and_counts_come_out(published: DecisionAudit) -> None:
    assert {each.row.situation: each.patients for each in published.rows if each.patients} == PUBLISHED
    assert published.patients == 85 and published.row4_patients == 0
    assert published.as_judged.physician == Tally(39, 26, 20)
    assert published.as_judged.model == Tally(58, 11, 16)


def test_the_published_rates_and_tests_come_out(published: DecisionAudit) -> None:
    physician, model = published.as_judged.physician.rate, published.as_judged.model.rate
    assert isinstance(physician, Estimate) and isinstance(model, Estimate)
    assert (physician.value, model.value) == pytest.approx((0.6, 0.8406), abs=5e-5)
    assert isinstance(published.pearson, ChiSquare)
    assert published.pearson.p_value == pytest.approx(0.00185, abs=5e-6)
    assert published.pairs == PairedCounts(both=32, first_only=7, second_only=26, neither=0)
    assert isinstance(published.mcnemar, McNemar)
    assert published.mcnemar.p_value == pytest.approx(0.0013, abs=5e-5)
    assert isinstance(published.difference, Estimate)
    assert published.difference.value == pytest.approx(19 / 65)


def test_what_rests_on_untested_predictions_comes_out(published: DecisionAudit) -> None:
    assert published.untested == 26
    assert published.set_aside.physician == Tally(39, 0, 46)
    assert published.set_aside.model == Tally(32, 11, 42)
    assert published.all_false.physician == Tally(56, 0, 29)
    assert published.all_false.model == Tally(32, 37, 16)


def test_over_and_under_treatment_are_counted_among_those_given_the_regimen(published: DecisionAudit) -> None:
    over, under = published.over_treatment, published.under_treatment
    assert (over.patients, over.given, over.with_residual) == (19, 43, 0)
    assert (under.patients, under.given, under.with_residual) == (13, 42, 13)


def test_row_four_is_judged_as_asked() -> None:
    patients = [decision(N, N, "ic_ccrt", R), decision(N, N, "ccrt", N)]
    text = audit_decisions(patients, TABLE)
    assert (text.row4_patients, text.as_judged.physician) == (1, Tally(1, 1, 0))
    words = audit_decisions(patients, TABLE, row4_physician="undeterminable")
    assert (words.row4_patients, words.as_judged.physician) == (1, Tally(1, 0, 1))
    assert text.as_judged.model == words.as_judged.model == Tally(1, 1, 0)
    assert text.set_aside == words.set_aside and text.all_false == words.all_false


def test_nobody_who_can_be_judged_is_said_and_no_number_is_made() -> None:
    audit = audit_decisions([decision(R, R, "ccrt", R)] * 3, TABLE)
    nobody = NotEstimable(Reason.NOBODY_JUDGED)
    assert not audit.can_compare
    assert audit.as_judged.physician.rate == audit.as_judged.model.rate == nobody
    assert audit.pearson == audit.mcnemar == audit.difference == nobody
    assert audit.over_treatment.rate == nobody


def test_equal_judgements_have_no_mcnemar_and_no_chi_square() -> None:
    audit = audit_decisions([decision(N, N, "ccrt", N)] * 4, TABLE)
    assert audit.mcnemar == NotEstimable(Reason.NOBODY_DISCORDANT)
    assert audit.pearson == NotEstimable(Reason.ONE_CLASS)
    assert isinstance(audit.difference, Estimate) and audit.difference.value == 0.0


@settings(max_examples=60)
@given(decisions)
def test_counts_are_those_of_a_plain_loop(patients: list[Decision]) -> None:
    audit = audit_decisions(patients, TABLE)
    tallies = {"physician": [0, 0, 0], "model": [0, 0, 0]}
    verdicts = ["correct", "wrong", "undeterminable"]
    for one in patients:
        row = next(
            each
            for each in TABLE.rows
            if each.predicted == one.predicted and each.given == one.given and each.actual == one.actual
        )
        tallies["physician"][verdicts.index(row.physician)] += 1
        tallies["model"][verdicts.index(row.model)] += 1
    assert audit.as_judged.physician == Tally(*tallies["physician"])
    assert audit.as_judged.model == Tally(*tallies["model"])
    for reading in (audit.as_judged, audit.set_aside, audit.all_false):
        for tally in (reading.physician, reading.model):
            assert tally.determinable + tally.undeterminable == len(patients)
    assert audit.set_aside.physician.wrong == audit.all_false.physician.wrong == 0
    assert audit.all_false.model.correct == audit.set_aside.model.correct <= audit.as_judged.model.correct
    assert audit.set_aside.model.wrong == audit.as_judged.model.wrong
