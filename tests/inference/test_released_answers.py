"""From a released refusal to an answer with a note; a release overrides nothing else."""

from dataclasses import replace

import pytest

from inference.case_input import StatedFacts, input_references
from inference.dicom.verdicts import finding
from inference.errors import InputError
from inference.findings import Finding, Verdict
from inference.messages.message import Message
from inference.packs.load import LoadedPack
from inference.pipeline import assess
from inference.prediction import PredictionStatus
from inference.release import Release
from inference.rules.rule_file import rules_of
from tests.inference.synthetic_case import PATIENT, case, mask_layer, record
from tests.inference.test_pipeline import assert_no_number_leaks, reason_ids

GAP = finding("intake.gap", before="a", after="b", slice=6, gap_mm=10.0, spacing_mm=5.0, missing=1)
BY_LIN = Release("intake.gap", "Dr. Lin", "It lies below the neck.")


def test_a_released_refusal_answers_with_a_note_and_the_hash_of_who_released_it(
    tiny_pack: LoadedPack,
) -> None:
    barred = assess(case(findings=(GAP,)), tiny_pack)
    assert_no_number_leaks(barred, PredictionStatus.WITHHELD)
    stated = StatedFacts(releases=(BY_LIN,))
    given = case(findings=(GAP,), stated=stated)
    outcome = assess(given, tiny_pack)
    assert outcome.assessment.is_answered and outcome.assessment.guard_verdict is Verdict.NOTE
    assert GAP.message_without_files in outcome.assessment.findings
    spoken = outcome.assessment.recommendation.statements
    assert spoken[-1] == Message("statement.released", {"by": "Dr. Lin"})
    assert len([one for one in spoken if one.id == spoken[-1].id]) == 1
    assert {reference.kind: reference.sha256 for reference in outcome.assessment.inputs}[
        "stated"
    ] == stated.sha256()
    seen = replace(given, mask=outcome.mask)
    withdrawn = replace(seen, stated=StatedFacts())
    is_current, rules = outcome.assessment.is_current, rules_of(tiny_pack.manifest).file.sha256
    assert is_current(input_references(seen), tiny_pack.sha256, "cautious", rules)
    assert not is_current(input_references(withdrawn), tiny_pack.sha256, "cautious", rules)


def test_a_release_overrides_neither_the_guard_nor_the_pack(tiny_pack: LoadedPack) -> None:
    stated = StatedFacts(releases=(BY_LIN,))
    wrong = assess(case(findings=(GAP,), stated=stated, modality="CT"), tiny_pack)
    assert reason_ids(wrong) == ["rules.withheld.guard"]
    real = assess(case(findings=(GAP,), stated=stated, identity=PATIENT), tiny_pack)
    assert reason_ids(real) == ["rules.withheld.demonstration"]
    assert_no_number_leaks(real, PredictionStatus.WITHHELD)


@pytest.mark.parametrize(
    ("findings", "error"),
    [((), "error.release.not_found"), ((replace(GAP, releasable=False),), "error.release.not_releasable")],
)
def test_a_release_that_lifts_nothing_is_refused_before_anything_runs(
    tiny_pack: LoadedPack, findings: tuple[Finding, ...], error: str
) -> None:
    with pytest.raises(InputError) as caught:
        assess(case(findings=findings, stated=StatedFacts(releases=(BY_LIN,))), tiny_pack)
    assert caught.value.message.id == error


def test_contours_whose_images_are_missing_can_be_released(tiny_pack: LoadedPack) -> None:
    found = finding("intake.mask_images_missing", count=2)
    mask = replace(mask_layer(), findings=(found,))
    assert reason_ids(assess(case(mask=mask), tiny_pack)) == ["finding.intake.mask_images_missing"]
    stated = StatedFacts(releases=(replace(BY_LIN, code=found.code),))
    assert assess(case(mask=mask, stated=stated), tiny_pack).assessment.is_answered


def test_a_patient_unlike_those_studied_is_answered_once_a_named_user_releases_it(
    tiny_pack: LoadedPack,
) -> None:
    early = record(t_stage="T1", n_stage="N0")
    assert_no_number_leaks(assess(case(clinical=early), tiny_pack), PredictionStatus.WITHHELD)
    by_lin = Release("eligibility.stage", "Dr. Lin", "The board asks all the same.")
    outcome = assess(case(clinical=early, stated=StatedFacts(releases=(by_lin,))), tiny_pack)
    assert outcome.assessment.is_answered
    assert "finding.eligibility.stage" in [one.id for one in outcome.assessment.findings]
    spoken = [one.id for one in outcome.assessment.recommendation.statements]
    assert "statement.eligibility_open.several" in spoken and spoken[-1] == "statement.eligibility_released"
