"""The published form of an Assessment: its schema, its canonical bytes, and what it refuses to hold."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from inference.assessment import (
    Assessment,
    ClinicalEntry,
    Fact,
    FactSource,
    GuardLine,
    InputReference,
    MaskSummary,
    PackReference,
    Recommendation,
    RecommendationStatus,
    RuleFile,
    RuleOrigin,
    RuleRow,
    SoftwareReference,
    Strength,
)
from inference.findings import Verdict
from inference.messages.message import Message
from inference.packs.load import LoadedPack
from inference.pipeline import assess
from inference.prediction import (
    Contribution,
    Fallback,
    Part,
    Prediction,
    PredictionStatus,
    SurvivalEstimate,
    SurvivalPoint,
    Variation,
)
from tests.inference.synthetic_case import PATIENT, case, record

SHA = "0123456789abcdef" * 4


def answered_assessment() -> Assessment:
    """Every part filled, every number chosen: the golden file's content."""
    prediction = Prediction(
        treatment="ccrt",
        outcome="residual_tumour",
        positive_class="residual",
        status=PredictionStatus.ANSWERED,
        cutoff=0.43,
        score=0.1875,
        fold_scores=(0.125, 0.25),
        low=0.125,
        high=0.25,
        is_positive=False,
        slices=(11, 12),
        slice_shares=(0.03125, -0.015625),
    )
    table = (
        RuleRow(1, {"ccrt": "non_residual", "ic_ccrt": "non_residual"}, "ccrt"),
        RuleRow(
            row=2,
            when={"ccrt": "non_residual", "ic_ccrt": "residual"},
            recommend="ccrt",
            rule="lighter",
            fields={"stage": ("III", "IVa")},
            strength=Strength.PUBLISHED_RULE,
            citation="Table 3",
        ),
    )
    return Assessment(
        study="npc-residual",
        subject="phantom",
        subject_sha256=SHA,
        inputs=(
            InputReference("image", SHA, "1.2.3"),
            InputReference("mask", SHA),
            InputReference("clinical", SHA),
        ),
        facts=(
            Fact("fact.modality", "MR", FactSource.FILE),
            Fact("fact.contrast", "fact.yes", FactSource.USER),
        ),
        findings=(Message("clinical.missing.cost", {"field": "clinical.age"}),),
        guard=(
            GuardLine(
                "guard.contrast",
                Message("guard.measured.stated", {"value": "fact.yes"}),
                Message("guard.allowed.text", {"value": "fact.yes"}),
                Verdict.NOTE,
            ),
        ),
        clinical=(
            ClinicalEntry("sex", "male", "", "typed"),
            ClinicalEntry("age", "", "a", "", "not_recorded"),
        ),
        mask=MaskSummary("model", "npc-residual-demo@1.0.0", False, 12.5, 9, 14, 11, (30.0, 41.5, 38.25)),
        predictions=(prediction, replace(prediction, treatment="ic_ccrt", score=0.21875), _by_a_model()),
        recommendation=Recommendation(
            status=RecommendationStatus.GIVEN,
            rule_set="cautious",
            rule_version="1.0.0",
            citation="Hua 2023 – 鼻咽癌",
            table=table,
            row=1,
            recommend="ccrt",
            reasons=(Message("rules.because.fewer_side_effects", {"treatment": "treatment.ccrt"}),),
            statements=(Message("statement.ccrt_not_evidence"),),
            would_change=(
                Message(
                    "rules.would_change.reaches",
                    {
                        "recommend": "recommend.ic_ccrt.short",
                        "treatment": "treatment.ccrt",
                        "cutoff": "43",
                        "score": "19",
                    },
                ),
            ),
            strength=Strength.OPTION_TO_DISCUSS,
            text=(Message("recommend.ccrt"),),
            not_considered=(Message("clinical.ebv_dna"),),
            file=RuleFile("npc-residual.yaml", "1.0.0", SHA, RuleOrigin.SITE),
            texts={"recommend.site_ours": {"en": "As agreed here", "zh_CN": "按本院约定"}},
        ),
        pack=PackReference("npc-residual-demo", "1.0.0", SHA, "demonstration", "synthetic"),
        software=SoftwareReference("Concilium", "0.1.0", "onnxruntime 1.31.1", "CPUExecutionProvider", 2),
        limits=("Made from synthetic patients.",),
    )


def _by_a_model() -> Prediction:
    """A score without folds that answers in the place of another, with all that explains it."""
    return Prediction(
        treatment="",
        outcome="death",
        positive_class="death",
        status=PredictionStatus.ANSWERED,
        cutoff=0.5,
        score=1.25,
        is_positive=True,
        model="clinical",
        part=Part.BESIDE,
        fallback=Fallback.CLINICAL_ONLY,
        missing=("venous",),
        scale="linear_predictor",
        survival=(SurvivalPoint(36.0, 0.75), SurvivalPoint(60.0, 0.5)),
        contributions=(
            Contribution("clinical.ki67", "30", 0.75),
            Contribution("clinical.m_stage", "M1", 0.5),
        ),
        variations=(Variation("outline", Message("sensitivity.mask_grown", {"mm": 2.0}), 0.25, True),),
    )


@pytest.fixture(scope="module")
def schema(repository: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (repository / "inference" / "assessment.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft202012Validator.check_schema(document)
    return document


def as_read(assessment: Assessment) -> Any:
    return json.loads(assessment.canonical_bytes())


def test_the_golden_assessment_has_the_published_bytes_and_hash(repository: Path) -> None:
    golden = repository / "tests" / "golden"
    content = (golden / "assessment-v2.json").read_bytes()
    assert answered_assessment().canonical_bytes() == content
    assert answered_assessment().content_sha256() == (golden / "assessment-v2.sha256").read_text().strip()
    assert hashlib.sha256(content).hexdigest() == answered_assessment().content_sha256()


def test_the_golden_assessment_satisfies_the_schema(schema: dict[str, Any]) -> None:
    jsonschema.validate(as_read(answered_assessment()), schema)


def test_a_survival_may_have_its_interval_whole_or_not_at_all(schema: dict[str, Any]) -> None:
    survival = (SurvivalPoint(12.0, 0.9), SurvivalEstimate(36.0, 0.75, 0.5, 0.875))
    made = replace(answered_assessment(), predictions=(replace(_by_a_model(), survival=survival),))
    document = as_read(made)
    jsonschema.validate(document, schema)
    told = {"time_months": 36.0, "probability": 0.75, "low": 0.5, "high": 0.875}
    assert document["predictions"][0]["survival"] == [{"time_months": 12.0, "probability": 0.9}, told]
    del document["predictions"][0]["survival"][1]["high"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_what_the_pipeline_concludes_satisfies_the_schema(
    schema: dict[str, Any], tiny_pack: LoadedPack
) -> None:
    cases = [case(), case(modality="CT"), case(identity=PATIENT), case(clinical=record(age="", t_stage=""))]
    for given in cases:
        for rule_set in ("cautious", "published"):
            jsonschema.validate(as_read(assess(given, tiny_pack, rule_set=rule_set).assessment), schema)


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


def test_the_schema_names_every_field_and_allows_no_other(schema: dict[str, Any]) -> None:
    parts = {
        "input": InputReference,
        "fact": Fact,
        "guard_line": GuardLine,
        "clinical_entry": ClinicalEntry,
        "mask": MaskSummary,
        "prediction": Prediction,
        "survival_point": SurvivalPoint,
        "survival_estimate": SurvivalEstimate,
        "contribution": Contribution,
        "variation": Variation,
        "rule_row": RuleRow,
        "rule_file": RuleFile,
        "recommendation": Recommendation,
        "pack": PackReference,
        "software": SoftwareReference,
        "message": Message,
    }
    for name, part in parts.items():
        assert schema["$defs"][name]["required"] == [field.name for field in fields(part)], name
    names = ["schema", "schema_version", *(field.name for field in fields(Assessment))]
    assert set(schema["properties"]) == set(names)
    assert schema["required"] == [name for name in names if name != "translated_limits"], (
        "where a pack has any"
    )
    assert all(node["additionalProperties"] is False for node in nodes(schema) if "required" in node)


def forget_the_study(document: dict[str, Any]) -> None:
    del document["study"]


def add_a_time(document: dict[str, Any]) -> None:
    document["created_at"] = "2026-11-21"


def withhold_with_a_score(document: dict[str, Any]) -> None:
    document["predictions"][0]["status"] = "withheld"


def answer_without_a_score(document: dict[str, Any]) -> None:
    document["predictions"][0]["score"] = None


def exceed_certainty(document: dict[str, Any]) -> None:
    document["predictions"][0]["score"] = 1.1


def name_it_twice(document: dict[str, Any]) -> None:
    document["predictions"][0]["model"] = "dlcs"


def withhold_with_a_survival(document: dict[str, Any]) -> None:
    numbers = dict.fromkeys(("score", "is_positive"))
    document["predictions"][2] |= {"status": "withheld", "contributions": [], "variations": [], **numbers}


def leave_its_class_open(document: dict[str, Any]) -> None:
    document["predictions"][2]["is_positive"] = None


def withhold_with_a_row(document: dict[str, Any]) -> None:
    document["recommendation"]["status"] = "withheld"


def fill_a_missing_value(document: dict[str, Any]) -> None:
    document["clinical"][1]["value"] = "52"


def name_another_version(document: dict[str, Any]) -> None:
    document["schema_version"] = 1


@pytest.mark.parametrize(
    "change",
    [
        forget_the_study,
        add_a_time,
        withhold_with_a_score,
        answer_without_a_score,
        exceed_certainty,
        name_it_twice,
        withhold_with_a_survival,
        leave_its_class_open,
        withhold_with_a_row,
        fill_a_missing_value,
        name_another_version,
    ],
)
def test_the_schema_refuses(schema: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> None:
    document = as_read(answered_assessment())
    change(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_canonical_bytes_are_sorted_compact_and_read_back() -> None:
    content = answered_assessment().canonical_bytes()
    document = json.loads(content)
    assert json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == content
    assert "鼻咽癌".encode() in content
    first = answered_assessment().findings[0]
    assert document["findings"][0] == {"id": first.id, "fields": first.fields}


def test_the_hash_changes_with_any_content() -> None:
    base = answered_assessment()
    changed = replace(base, predictions=(replace(base.predictions[0], score=0.1876), base.predictions[1]))
    assert changed.content_sha256() != base.content_sha256()


def test_a_number_that_is_not_finite_cannot_be_written() -> None:
    base = answered_assessment()
    broken = replace(base, predictions=(replace(base.predictions[0], score=float("nan")),))
    with pytest.raises(ValueError, match="JSON"):
        broken.canonical_bytes()


def withheld(**numbers: Any) -> Prediction:
    return Prediction("ccrt", "residual_tumour", "residual", PredictionStatus.WITHHELD, 0.43, **numbers)


@pytest.mark.parametrize(
    "numbers",
    [
        {"score": 0.2},
        {"score": 0.0},
        {"low": 0.1},
        {"high": 0.3},
        {"is_positive": False},
        {"fold_scores": (0.1,)},
        {"slices": (1,), "slice_shares": (0.1,)},
        {"is_borderline": True},
        {"folds_disagree": True},
    ],
)
def test_a_withheld_prediction_cannot_carry_a_number(numbers: dict[str, Any]) -> None:
    assert withheld().score is None
    with pytest.raises(ValueError, match="not answered"):
        withheld(**numbers)


def test_an_answered_prediction_carries_all_its_numbers() -> None:
    whole = answered_assessment().predictions[0]
    for missing in ({"score": None}, {"low": None}, {"is_positive": None}, {"fold_scores": ()}):
        with pytest.raises(ValueError, match="carries its"):
            replace(whole, **missing)
    with pytest.raises(ValueError, match="share"):
        replace(whole, slice_shares=(0.1,))


def test_it_is_answered_only_when_recommended_and_every_prediction_stands() -> None:
    base = answered_assessment()
    assert base.is_answered
    assert not replace(base, predictions=(base.predictions[0], withheld())).is_answered
    silent = replace(base.recommendation, status=RecommendationStatus.WITHHELD)
    assert not replace(base, recommendation=silent).is_answered


def test_it_is_current_for_exactly_its_inputs_pack_and_rules() -> None:
    base = answered_assessment()
    assert base.is_current(base.inputs, SHA, "cautious", SHA)
    assert not base.is_current(base.inputs[:2], SHA, "cautious", SHA)
    assert not base.is_current(tuple(reversed(base.inputs)), SHA, "cautious", SHA)
    assert not base.is_current(base.inputs, "f" * 64, "cautious", SHA)
    assert not base.is_current(base.inputs, SHA, "published", SHA)
    assert not base.is_current(base.inputs, SHA, "cautious", "f" * 64)
    nameless = replace(base, recommendation=replace(base.recommendation, file=None))
    assert not nameless.is_current(base.inputs, SHA, "cautious", SHA)


def test_the_guards_verdict_is_its_worst_line() -> None:
    base = answered_assessment()
    refused = replace(base.guard[0], verdict=Verdict.REFUSED)
    assert base.guard_verdict is Verdict.NOTE
    assert replace(base, guard=(refused, *base.guard)).guard_verdict is Verdict.REFUSED
    assert replace(base, guard=()).guard_verdict is Verdict.FINE
