"""Case and pack in, Assessment out: answered with everything, or withheld with nothing but reasons."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from inference.assessment import RecommendationStatus
from inference.case_input import CaseInput, StatedFacts, input_references
from inference.cases.identity import PatientIdentity
from inference.clinical.record import ClinicalRecord, ClinicalValue, Provenance
from inference.errors import Cancelled, InputError, PackError
from inference.findings import Finding, Verdict
from inference.jobs import Progress
from inference.masks.layer import MaskOrigin
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message
from inference.outcome import Outcome
from inference.packs.load import LoadedPack
from inference.packs.verify import verify_pack
from inference.pipeline import assess, check_inputs, segment
from inference.prediction import Prediction, PredictionStatus
from inference.rules.rule_file import rules_of
from inference.version import VERSION
from tests.inference.synthetic_case import PATIENT, PHANTOM, axial, case, mask_layer, record
from tests.inference.tiny_pack import write_tiny_pack

LOW, HIGH = (0.11, 0.21), (0.81, 0.91)
WITHHELD, GIVEN = RecommendationStatus.WITHHELD, RecommendationStatus.GIVEN


@pytest.fixture
def pack_of(tmp_path: Path) -> Any:
    def build(ccrt: tuple[float, ...], ic_ccrt: tuple[float, ...], **more: Any) -> LoadedPack:
        name = f"pack-{len(list(tmp_path.iterdir()))}"
        folder = write_tiny_pack(tmp_path / name, scores={"ccrt": ccrt, "ic_ccrt": ic_ccrt}, **more)
        return verify_pack(folder, threads=1)

    return build


def reason_ids(outcome: Outcome) -> list[str]:
    return [reason.id for reason in outcome.assessment.recommendation.reasons]


def assert_no_number_leaks(outcome: Outcome, status: PredictionStatus) -> None:
    assert outcome.heat_maps == ()
    recommendation = outcome.assessment.recommendation
    assert (
        recommendation.status is WITHHELD and recommendation.recommend is None and recommendation.row is None
    )
    assert recommendation.would_change == () and recommendation.reasons
    for prediction in outcome.assessment.predictions:
        blank = Prediction(
            prediction.treatment,
            prediction.outcome,
            prediction.positive_class,
            status,
            prediction.cutoff,
            reasons=recommendation.reasons,
        )
        assert prediction == blank
    catalogue = load_catalogue("en")
    for reason in recommendation.reasons:
        text = catalogue.render(reason)
        assert "⟦" not in text and not re.search(r"\b0\.\d|\d\W?%", text.replace("@1.0.0", ""))


@pytest.mark.parametrize(
    ("ccrt", "ic_ccrt", "row", "regimen"),
    [(LOW, LOW, 1, "ccrt"), (HIGH, LOW, 3, "ic_ccrt"), (HIGH, HIGH, 4, "ibt")],
)
def test_a_phantom_is_answered(pack_of: Any, ccrt: Any, ic_ccrt: Any, row: int, regimen: str) -> None:
    outcome = assess(case(), pack_of(ccrt, ic_ccrt))
    recommendation = outcome.assessment.recommendation
    assert (recommendation.status, recommendation.row, recommendation.recommend) == (GIVEN, row, regimen)
    assert recommendation.rule_set == "cautious"
    first, second = outcome.assessment.predictions
    assert (first.treatment, second.treatment) == ("ccrt", "ic_ccrt")
    assert first.fold_scores == pytest.approx(ccrt, abs=1e-6)
    assert first.score == pytest.approx(sum(ccrt) / 2, abs=1e-6)
    assert (first.low, first.high) == (min(first.fold_scores), max(first.fold_scores))
    assert first.is_positive is (ccrt is HIGH) and second.is_positive is (ic_ccrt is HIGH)
    assert len(outcome.heat_maps) == 2 and outcome.assessment.is_answered


def test_the_published_rules_answer_the_implausible_pair_and_the_cautious_do_not(pack_of: Any) -> None:
    pack = pack_of(LOW, HIGH)
    assert assess(case(), pack, rule_set="published").assessment.recommendation.recommend == "ccrt"
    outcome = assess(case(), pack)
    assert reason_ids(outcome) == ["rules.withheld.implausible"]
    assert_no_number_leaks(outcome, PredictionStatus.WITHHELD)


def test_near_the_cut_off_the_cautious_rules_hide_every_number(pack_of: Any) -> None:
    pack = pack_of((0.511, 0.521), LOW)
    outcome = assess(case(), pack)
    assert reason_ids(outcome) == ["rules.withheld.borderline"]
    assert_no_number_leaks(outcome, PredictionStatus.WITHHELD)
    published = assess(case(), pack, rule_set="published").assessment
    assert published.predictions[0].is_borderline and published.recommendation.status is GIVEN


def test_disagreeing_folds_withhold_in_the_cautious_rules_and_are_flagged_in_the_published(
    pack_of: Any,
) -> None:
    pack = pack_of(HIGH, (0.12, 0.62))
    outcome = assess(case(), pack)
    assert reason_ids(outcome) == ["rules.withheld.folds_disagree"]
    assert_no_number_leaks(outcome, PredictionStatus.WITHHELD)
    published = assess(case(), pack, rule_set="published").assessment
    assert published.predictions[1].folds_disagree and published.recommendation.recommend == "ic_ccrt"


@pytest.mark.parametrize("rule_set", ["cautious", "published"])
@pytest.mark.parametrize("identity", [PATIENT, PatientIdentity()])
def test_a_demonstration_pack_never_answers_for_anyone_but_a_phantom(
    pack_of: Any, rule_set: str, identity: PatientIdentity
) -> None:
    outcome = assess(case(identity=identity), pack_of(HIGH, LOW), rule_set=rule_set)
    assert reason_ids(outcome) == ["rules.withheld.demonstration"]
    assert_no_number_leaks(outcome, PredictionStatus.WITHHELD)
    recommendation = outcome.assessment.recommendation
    assert recommendation.table == () and recommendation.recommend is None and not recommendation.text


def test_a_hospitals_pack_answers_for_a_patient(pack_of: Any) -> None:
    outcome = assess(case(identity=PATIENT), pack_of(HIGH, LOW, provenance="hospital"))
    assert outcome.assessment.is_answered
    assert outcome.assessment.pack.state == "unverified" and outcome.assessment.subject == "patient"


def test_a_refused_scan_is_withheld_with_every_reason_and_no_network_is_opened(tiny_pack: LoadedPack) -> None:
    fresh = replace(tiny_pack, _networks={})
    finding = Finding("intake.inverted", Verdict.NOTE, Verdict.REFUSED)
    outcome = assess(case(modality="CT", contrast_agent="", findings=(finding,)), fresh)
    reasons = outcome.assessment.recommendation.reasons
    assert [reason.fields.get("check") for reason in reasons[:2]] == ["guard.modality", "guard.contrast"]
    assert reasons[2:] == (finding.message,)
    assert_no_number_leaks(outcome, PredictionStatus.WITHHELD)
    assert outcome.mask is None and outcome.assessment.mask is None and fresh._networks == {}
    assert finding.message in outcome.assessment.findings


@pytest.mark.parametrize("ask", [assess, segment])
def test_a_pack_whose_study_has_no_pathway_yet_is_refused_in_a_sentence(
    tiny_pack: LoadedPack, ask: Any
) -> None:
    manifest = tiny_pack.manifest.model_copy(update={"study": "glioma-grade", "treatments": ()})
    with pytest.raises(InputError) as raised:
        ask(case(), replace(tiny_pack, manifest=manifest))
    message = raised.value.message
    assert message.id == "error.study.no_pathway"
    assert "glioma-grade" in load_catalogue("en").render(message)


def test_a_refused_scan_keeps_the_readers_mask(tiny_pack: LoadedPack) -> None:
    mask = mask_layer()
    outcome = assess(case(modality="CT", mask=mask), tiny_pack)
    assert outcome.mask is mask and outcome.assessment.mask is not None


def test_a_stated_fact_answers_with_a_note(tiny_pack: LoadedPack) -> None:
    stated = StatedFacts(contrast_enhanced=True)
    outcome = assess(case(contrast_agent="", stated=stated), tiny_pack)
    assert outcome.assessment.is_answered and outcome.assessment.guard_verdict is Verdict.NOTE
    assert [reference.kind for reference in outcome.assessment.inputs] == [
        "image",
        "mask",
        "clinical",
        "stated",
    ]


def test_a_patient_outside_the_studied_stages_is_withheld(tiny_pack: LoadedPack) -> None:
    outcome = assess(case(clinical=record(t_stage="T1", n_stage="N0")), tiny_pack, rule_set="published")
    assert reason_ids(outcome) == ["finding.eligibility.stage"]
    assert_no_number_leaks(outcome, PredictionStatus.WITHHELD)


def test_missing_clinical_values_do_not_block_and_their_cost_is_said(tiny_pack: LoadedPack) -> None:
    outcome = assess(case(clinical=record(age="", t_stage="")), tiny_pack)
    assert outcome.assessment.is_answered
    missing = {entry.field_id: entry.missing for entry in outcome.assessment.clinical if entry.missing}
    assert missing == {
        "age": "not_recorded",
        "t_stage": "not_recorded",
        "stage": "not_recorded",
        "ebv_dna": "not_recorded",
        "m_stage": "not_recorded",
        "previous_treatment": "not_recorded",
        "treatment_day": "not_recorded",
    }
    costs = [
        found.fields["field"] for found in outcome.assessment.findings if found.id == "clinical.missing.cost"
    ]
    assert costs == ["clinical.age", "clinical.t_stage"]
    assert "statement.eligibility_open.several" in [
        statement.id for statement in outcome.assessment.recommendation.statements
    ]


def test_who_confirmed_a_measured_value_is_said(tiny_pack: LoadedPack, repository: Path) -> None:
    mask = mask_layer()
    measured = ClinicalValue("age", "52", "a", 52.0, Provenance.MEASURED, None, "Dr. Ng", mask.sha256())
    outcome = assess(case(mask=mask, clinical=record().with_value(measured)), tiny_pack)
    said = Message("clinical.measured.confirmed", {"field": "clinical.age", "by": "Dr. Ng"})
    assert said in outcome.assessment.findings
    later = assess(case(clinical=record().with_value(measured)), tiny_pack).assessment.findings
    assert "clinical.measured.earlier" in [one.id for one in later]
    schema = json.loads((repository / "inference" / "assessment.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(outcome.assessment.canonical_bytes()), schema)


def test_the_readers_mask_is_used_as_it_is(tiny_pack: LoadedPack) -> None:
    mask = mask_layer()
    stages: set[str] = set()
    outcome = assess(case(mask=mask), tiny_pack, on_progress=lambda progress: stages.add(progress.stage))
    assert outcome.mask is mask and "stage.segmenting" not in stages
    assert outcome.assessment.mask is not None and outcome.assessment.mask.origin == "human"
    assert outcome.assessment.mask.volume_ml == pytest.approx(50.0)


def test_segmenting_first_gives_the_same_answer_as_segmenting_inside(
    tiny_pack: LoadedPack, forget_kept: Callable[[], None]
) -> None:
    inside = assess(case(), tiny_pack)
    forget_kept()
    before = assess(case(mask=segment(case(), tiny_pack)), tiny_pack)
    assert inside.assessment.canonical_bytes() == before.assessment.canonical_bytes()


def test_segmenting_a_refused_scan_is_refused(tiny_pack: LoadedPack) -> None:
    with pytest.raises(InputError) as caught:
        segment(case(modality="CT"), tiny_pack)
    assert caught.value.message.fields == {"check": "guard.modality", "pack": tiny_pack.name}


def test_the_same_case_gives_the_same_bytes(tiny_pack: LoadedPack, forget_kept: Callable[[], None]) -> None:
    first = assess(case(), tiny_pack)
    forget_kept()
    again = assess(case(), verify_pack(tiny_pack.folder, threads=1))
    assert first.assessment.canonical_bytes() == again.assessment.canonical_bytes()
    assert all(
        np.array_equal(one.values, two.values)
        for one, two in zip(first.heat_maps, again.heat_maps, strict=True)
    )


def test_an_assessment_is_current_until_an_input_the_pack_or_the_rules_change(
    tiny_pack: LoadedPack, pack_of: Any
) -> None:
    given = case()
    outcome = assess(given, tiny_pack)
    assessment, seen = outcome.assessment, replace(given, mask=outcome.mask)

    def is_current(changed: CaseInput, pack: LoadedPack = tiny_pack, rules: str = "cautious") -> bool:
        own = rules_of(pack.manifest).file.sha256
        return assessment.is_current(input_references(changed), pack.sha256, rules, own)

    assert is_current(seen)
    assert not is_current(given)
    assert not is_current(replace(seen, mask=mask_layer()))
    assert not is_current(replace(seen, record=record(age="53")))
    assert not is_current(replace(seen, stated=StatedFacts(modality="MR")))
    brighter = np.array(seen.volume.voxels) + np.int16(1)
    assert not is_current(replace(seen, volume=replace(seen.volume, voxels=brighter)))
    assert not is_current(seen, pack_of(LOW, LOW))
    assert not is_current(seen, rules="published")


def test_an_assessment_names_pack_build_provider_and_inputs(tiny_pack: LoadedPack) -> None:
    assessment = assess(case(), tiny_pack).assessment
    assert assessment.pack == tiny_pack.reference and assessment.pack.state == "demonstration"
    assert assessment.software.version == VERSION and assessment.software.threads == 1
    assert assessment.software.provider == "CPUExecutionProvider"
    assert assessment.limits == tiny_pack.manifest.limits
    assert assessment.translated_limits == {} and "translated_limits" not in assessment.to_document()
    assert assessment.subject == "phantom" and assessment.subject_sha256 == PHANTOM.key_sha256()
    references = {reference.kind: reference for reference in assessment.inputs}
    assert references["image"].sha256 == case().volume.pixel_sha256()
    assert references["image"].uid == "1.2.3.4"
    assert references["clinical"].sha256 == record().sha256()


def test_no_name_identifier_or_path_stands_in_an_assessment(tiny_pack: LoadedPack, pack_of: Any) -> None:
    names = {"file": "Muster_Erika_1.dcm", "other": "Muster_Erika_2.dcm", "slice": 3}
    findings = (
        Finding("intake.truncated", Verdict.NOTE, Verdict.REFUSED, names),
        Finding("intake.same_pixels", Verdict.NOTE, Verdict.NOTE, names),
    )
    imported = replace(mask_layer(), origin=MaskOrigin.IMPORTED, maker="Muster_Erika_seg.dcm")
    answers = [
        assess(case(identity=PATIENT), tiny_pack),
        assess(case(identity=PATIENT, findings=findings, mask=imported), tiny_pack),
        assess(case(identity=PATIENT), pack_of(HIGH, LOW, provenance="hospital")),
    ]
    for outcome in answers:
        text = outcome.assessment.canonical_bytes().decode()
        assert not re.search("Muster|Erika|4711|HOSPITAL|1970|/tmp", text)


def test_stages_come_in_order_and_each_is_finished(tiny_pack: LoadedPack) -> None:
    seen: list[Progress] = []
    assess(case(), tiny_pack, on_progress=seen.append)
    stages = list(dict.fromkeys(progress.stage for progress in seen))
    assert stages == [
        "stage.checking",
        "stage.segmenting",
        "stage.predicting",
        "stage.recommending",
        "stage.explaining",
    ]
    assert all(0 <= progress.done <= progress.total for progress in seen)
    assert all(load_catalogue("zh_CN").has(stage) for stage in stages)


@pytest.mark.parametrize(
    "stage",
    ["stage.checking", "stage.segmenting", "stage.predicting", "stage.recommending", "stage.explaining"],
)
def test_a_run_stops_in_every_stage(tiny_pack: LoadedPack, stage: str) -> None:
    asked = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.stage == stage:
            asked.set()

    with pytest.raises(Cancelled):
        assess(case(), tiny_pack, on_progress=watch, should_stop=asked.is_set)


def test_an_unknown_rule_set_is_refused_before_anything_runs(tiny_pack: LoadedPack) -> None:
    with pytest.raises(InputError) as caught:
        assess(case(), tiny_pack, rule_set="bold")
    assert caught.value.message.id == "error.rules.unknown_set"


def test_a_record_of_another_study_is_refused(tiny_pack: LoadedPack) -> None:
    with pytest.raises(InputError) as caught:
        assess(case(clinical=ClinicalRecord("gnen-os")), tiny_pack)
    assert caught.value.message.id == "error.clinical.study"


def test_a_pack_altered_on_disk_is_refused_by_name(tmp_path: Path) -> None:
    folder = write_tiny_pack(tmp_path / "p")
    pack = verify_pack(folder, threads=1)
    (folder / "networks" / "ccrt-1.onnx").write_bytes(b"altered")
    with pytest.raises(PackError) as caught:
        assess(case(), pack)
    assert caught.value.message.fields == {"file": "networks/ccrt-1.onnx"}


def test_the_mask_is_checked_only_when_it_is_there(tiny_pack: LoadedPack) -> None:
    assert "guard.mask" not in [line.name for line in check_inputs(case(), tiny_pack)]
    assert "guard.mask" in [line.name for line in check_inputs(case(mask=mask_layer()), tiny_pack)]


def test_a_mask_or_volume_of_another_grid_is_no_case() -> None:
    other = axial((12, 40, 40))
    with pytest.raises(ValueError, match="grid"):
        case(mask=mask_layer(geometry=other))
    with pytest.raises(ValueError, match="stack"):
        replace(case(), volume=replace(case(geometry=other).volume))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_message_of_an_assessment_has_its_text(
    tiny_pack: LoadedPack, pack_of: Any, language: str
) -> None:
    catalogue = load_catalogue(language)
    packs = [tiny_pack, pack_of(LOW, LOW), pack_of((0.5, 0.6), (0.4, 0.6)), pack_of(HIGH, HIGH)]
    cases = [case(clinical=record(age="")), case(identity=PATIENT, modality="CT")]
    for pack in packs:
        for given in cases:
            document = json.dumps(assess(given, pack).assessment.to_document())
            for message_id in re.findall(r'"id": "([a-z_.]+)", "fields"', document):
                assert catalogue.has(message_id)
