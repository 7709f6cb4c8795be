"""One schema for five studies: what it says survives a round trip, and what it once said keeps its hash."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from inference.errors import PackError
from inference.packs.manifest import InputConditions, Manifest
from tests.inference.packs.study_manifests import (
    STUDIES,
    UNSURE,
    features,
    gnen_os,
    pnen_recurrence,
    unsure,
)

lagc_response = STUDIES["lagc-response"]

DEMONSTRATION = Path(__file__).parents[2] / "golden" / "npc-residual-demo-0.1.0.json"
DEMONSTRATION_SHA256 = "71268f35598c098d3630a134eb2b58a9885570e8cbc9671dcd8c4c143c4a0b47"


def demonstration() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DEMONSTRATION.read_text(encoding="utf-8"))
    return document


def test_the_canonical_manifest_of_an_older_pack_holds_what_its_file_holds() -> None:
    document = demonstration()
    assert json.loads(Manifest.model_validate(document).canonical_bytes()) == document


def test_the_hash_of_the_first_demonstration_pack_stays() -> None:
    assert Manifest.model_validate(demonstration()).sha256() == DEMONSTRATION_SHA256


def compared() -> dict[str, Any]:
    """The demonstration pack that carries networks which nothing asks."""
    path = Path(__file__).parents[3] / "packs" / "npc-residual-demo" / "manifest.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_a_compared_network_never_answers() -> None:
    manifest = Manifest.model_validate(compared())
    assert any(network.role == "comparison" for network in manifest.networks)
    for treatment in manifest.treatments:
        assert {entry.role for entry in manifest.classifiers(treatment)} == {"classifier"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("treatment", "surgery", "nothing answers for"),
        ("unit", "patient", "does not take what the preprocessing prepares"),
        ("architecture", "xception", "two networks of one role"),
    ],
)
def test_a_compared_network_belongs_to_an_answered_treatment_and_its_unit(
    field: str, value: str, said: str
) -> None:
    document = compared()
    entry = next(
        one
        for one in document["networks"]
        if (one["role"], one.get("unit"), one["architecture"]) == ("comparison", "slice", "resnet50")
    )
    entry[field] = value
    with pytest.raises(ValidationError, match=said):
        Manifest.model_validate(document)


def test_a_pack_that_allows_isotropic_volumes_says_so_in_its_hash() -> None:
    document = demonstration()
    before = Manifest.model_validate(document)
    document["inputs"]["allows_isotropic"] = True
    after = Manifest.model_validate(document)
    assert after.sha256() != before.sha256()
    assert InputConditions.model_validate(after.inputs.model_dump()).allows_isotropic


def in_chinese(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The pack's sentences once more."""
    said = {"language": "zh_CN", "title": "题", "intended_use": "用途", "not_for": "不适用"}
    return said | {"limits": ["限"] * len(document["limits"])} | changes


def test_a_pack_may_say_its_sentences_in_other_languages() -> None:
    document = compared()
    document.pop("translations", None)
    plain = Manifest.model_validate(document)
    assert plain.texts_in("zh_CN") is None and b"translations" not in plain.canonical_bytes()
    translated = Manifest.model_validate(document | {"translations": [in_chinese(document)]})
    texts = translated.texts_in("zh_CN")
    assert texts is not None and texts.title == "题" and translated.texts_in("en") is None
    assert translated.sha256() != plain.sha256(), "what is said is signed"


def test_a_translation_is_whole_and_stands_once() -> None:
    document = compared()
    once = in_chinese(document)
    for wrong, said in (
        ([once, once], "twice"),
        ([in_chinese(document, limits=["限"])], "as many limits"),
        ([in_chinese(document, title="")], "title"),
        ([in_chinese(document, language="Chinese")], "language"),
    ):
        with pytest.raises(ValidationError, match=said):
            Manifest.model_validate(document | {"translations": wrong})
    with pytest.raises(ValidationError, match="schema version 1 has no translations"):
        Manifest.model_validate(demonstration() | {"translations": [in_chinese(demonstration())]})


@pytest.mark.parametrize("study", STUDIES)
def test_every_study_can_say_what_it_needs_and_gets_it_back(study: str) -> None:
    document = STUDIES[study]()
    manifest = Manifest.model_validate(document)
    assert json.loads(manifest.canonical_bytes()) == document
    assert Manifest.model_validate_json(manifest.canonical_bytes()) == manifest


_NUMBER = st.floats(-1e6, 1e6, allow_nan=False)
_SCALE = st.floats(1e-6, 1e6)


@st.composite
def manifests(draw: st.DrawFn) -> dict[str, Any]:
    """A manifest of some study whose numbers are any numbers."""
    document = STUDIES[draw(st.sampled_from(sorted(STUDIES)))]()
    for model in document.get("linear_models", []):
        for term in model["terms"]:
            term["coefficient"] = draw(_NUMBER)
            if "scaling" in term:
                term["scaling"] = {"centre": draw(_NUMBER), "scale": draw(_SCALE)}
    for fitted in [*document.get("signatures", []), *document.get("support_vector_machines", [])]:
        fitted["intercept"] = draw(_NUMBER)
        chosen = draw(st.sets(st.integers(0, fitted["embedding_length"] - 1), min_size=1))
        fitted["features"] = features(*sorted(chosen))
    for locked in document["score_thresholds"]:
        locked["value"] = draw(_NUMBER)
    document["title"] = draw(st.text(st.characters(exclude_categories=("Cs",)), max_size=20))
    return document


def shuffled(value: Any, random: Any) -> Any:
    """The same document with its keys in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(entry, random) for entry in value] if isinstance(value, list) else value


@settings(max_examples=40, deadline=None)
@given(document=manifests(), random=st.randoms(use_true_random=False))
def test_round_trip_canonical_form_and_hash_hold_for_any_numbers(
    document: dict[str, Any], random: Any
) -> None:
    manifest = Manifest.model_validate(document)
    canonical = manifest.canonical_bytes()
    again = Manifest.model_validate_json(canonical)
    assert again == manifest and again.canonical_bytes() == canonical
    assert json.loads(canonical) == document
    assert (
        canonical == json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
    spaced = json.dumps(shuffled(document, random), indent=3)
    assert Manifest.model_validate_json(spaced).sha256() == manifest.sha256()


@settings(max_examples=40, deadline=None)
@given(document=manifests(), data=st.data())
def test_any_changed_number_changes_the_hash(document: dict[str, Any], data: st.DataObject) -> None:
    before = Manifest.model_validate(document).sha256()
    changed = copy.deepcopy(document)
    locked = data.draw(st.sampled_from(changed["score_thresholds"]))
    locked["value"] += 1.0
    assert Manifest.model_validate(changed).sha256() != before


def test_a_version_says_no_more_and_no_less_than_it_needs() -> None:
    with pytest.raises(ValidationError, match="schema version 1 has no"):
        Manifest.model_validate(pnen_recurrence() | {"schema_version": 1})
    with pytest.raises(ValidationError, match="nothing here needs schema version 2"):
        Manifest.model_validate(demonstration() | {"schema_version": 2})
    without = demonstration()
    del without["preprocessing"]
    with pytest.raises(ValidationError, match="needs preprocessing"):
        Manifest.model_validate(without)


def with_clouds() -> dict[str, Any]:
    """The compared networks' pack, whose guard knows the cohort of each answering network."""
    document = compared()
    document["files"]["reference.npz"] = "0" * 64
    answering = [one for one in document["networks"] if one["role"] == "classifier"]
    document["reference"] = {
        "file": "reference.npz",
        "features": [
            {
                "array": f"{one['treatment']}_{one['fold']}",
                "phase": None,
                "fold": one["fold"],
                "treatment": one["treatment"],
                "left_out": True,
                "length": one["outputs"][1]["shape"][1],
                "components": 7,
                "patients": 79,
            }
            for one in answering
        ],
        "quantiles": [],
        "survival": [],
    }
    return document


def test_a_pack_says_whose_cohort_its_guard_knows_and_gets_it_back() -> None:
    document = with_clouds()
    assert json.loads(Manifest.model_validate(document).canonical_bytes()) == document


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("0.treatment", "surgery", "no network gives the embedding of the cloud ccrt_0"),
        ("0.fold", 7, "no network gives the embedding of the cloud ccrt_0"),
        ("0.length", 5, "no network gives the embedding of the cloud ccrt_0"),
        ("0.treatment", None, "the cloud ccrt_0 is of a treatment or of a phase"),
        ("0.phase", "arterial", "the cloud ccrt_0 is of a treatment or of a phase"),
        ("1.fold", 0, "the cloud of ccrt fold 0 stands twice"),
    ],
)
def test_a_cloud_of_a_treatment_is_of_one_of_its_networks(place: str, value: Any, reason: str) -> None:
    document = with_clouds()
    change(f"reference.features.{place}", value)(document)
    with pytest.raises(ValidationError, match=reason):
        Manifest.model_validate(document)


def test_a_study_of_phases_knows_no_treatment() -> None:
    document = gnen_os()
    document["reference"]["features"][0]["treatment"] = "surgery"
    with pytest.raises(ValidationError, match="is of a treatment or of a phase"):
        Manifest.model_validate(document)


def change(place: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set one entry, ``linear_models.0.name``; no value removes it."""

    def apply(document: dict[str, Any]) -> None:
        at: Any = document
        *path, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        for part in path:
            at = at[part]
        if value is None:
            del at[last]
        else:
            at[last] = value

    return apply


@pytest.mark.parametrize(
    ("study", "place", "value", "reason"),
    [
        ("lagc-response", "scores.3.source", "signature", "nothing computes the score overall_survival"),
        ("lagc-response", "scores.1", None, "clinical_signature is fitted and no score"),
        ("lagc-response", "scores.0.source", "linear_model", "nothing computes the score dl_signature"),
        ("lagc-response", "scores.2.scale", "linear_predictor", "of a logistic model is a probability"),
        ("lagc-response", "linear_models.1.terms.0.score", "dlcs", "not computed before it"),
        ("lagc-response", "linear_models.1.terms.0.score", "elsewhere", "not computed before it"),
        ("lagc-response", "linear_models.2.baseline.1.survival", 0.95, "falls as time goes on"),
        ("lagc-response", "linear_models.2.baseline", [], "only a Cox model, has a baseline"),
        ("lagc-response", "linear_models.2.intercept", 0.5, "only a logistic model, has an intercept"),
        ("lagc-response", "calibrations.0.score", "overall_survival", "no probability"),
        ("lagc-response", "score_thresholds.0.score", "other", "there is no score other"),
        ("lagc-response", "metrics.0.score", "other", "there is no score other"),
        ("lagc-response", "score_thresholds.1.score", "dlcs", "the threshold dlcs stands twice"),
        ("lagc-response", "networks.1.fold", 0, "two networks of one role"),
        ("lagc-response", "networks.0.phase", "delayed", "nothing prepares the phase delayed"),
        ("lagc-response", "phases.0.steps.1.neighbours", 0, "does not take what the steps"),
        ("lagc-response", "phases.0.steps.0.step", "sharpen", "sharpen"),
        ("lagc-response", "phases.0.steps.0.upper_hu", -200.0, "wider than nothing"),
        ("lagc-response", "files", {"selftest.npz": "0" * 64}, "files without a hash"),
        ("gc-recurrence", "reference.file", "elsewhere.npz", "files without a hash"),
        ("gc-recurrence", "reference.survival.0.score", "other", "there is no score other"),
        ("gc-recurrence", "reference.survival.0.array", "dls_relapse", "two entries share an array"),
        ("gc-recurrence", "reference.survival.0.times_months", [0.0, 3.0, 2.0], "times rise"),
        ("gc-recurrence", "reference.quantiles.0.probabilities", [0.0, 1.5], "probabilities rise"),
        ("gc-recurrence", "aggregation.clusters", 2, "several clusters"),
        ("pnen-recurrence", "support_vector_machines.1.fold", 0, "dlr_a fold 0 stands twice"),
        ("pnen-recurrence", "support_vector_machines.0.fold", 3, "has no encoder"),
        ("pnen-recurrence", "support_vector_machines.0.features.2.index", 6, "inside the embedding"),
        ("pnen-recurrence", "support_vector_machines.0.features.2.index", 3, "named once"),
        ("pnen-recurrence", "support_vector_machines.0.embedding_length", 7, "does not give the embedding"),
        ("pnen-recurrence", "networks.0.unit", "slice", "only a classifier"),
        ("pnen-recurrence", "phases.1", None, "nothing prepares the phase portal_venous"),
        ("gnen-os", "networks.1.phase", "arterial", "two networks of one role"),
        ("gnen-os", "signatures.0.phase", "delayed", "nothing prepares the phase delayed"),
        ("gnen-os", "files", {"signature.json": "0" * 64}, "cannot vouch for itself"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(study: str, place: str, value: Any, reason: str) -> None:
    document = STUDIES[study]()
    change(place, value)(document)
    with pytest.raises(ValidationError, match=reason):
        Manifest.model_validate(document)


def test_a_cox_model_says_how_sure_its_survival_is_and_says_so_in_its_hash() -> None:
    document = lagc_response()
    before = Manifest.model_validate(document)
    assert b"uncertainty" not in before.canonical_bytes()
    unsure(document)
    manifest = Manifest.model_validate(document)
    assert json.loads(manifest.canonical_bytes()) == document and manifest.sha256() != before.sha256()
    assert Manifest.model_validate_json(manifest.canonical_bytes()) == manifest


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("covariance", [[0.04, 0.006], [0.006]], "is square"),
        ("covariance", [[0.04, 0.006], [0.007, 0.09]], "is symmetric"),
        ("covariance", [[0.04, 0.07], [0.07, 0.09]], "no negative variance"),
        ("covariance", [[0.04, float("nan")], [0.006, 0.09]], "finite number"),
        ("covariance", [[0.04]], "mean for each term"),
        ("times.0.mean_terms", [0.3], "mean for each term"),
        ("times.0.log_hazard_variance", -0.01, "greater than or equal to 0"),
        ("times.0.time_months", 48.0, "times rise"),
        ("times.0.time_months", 13.0, "at a time of the baseline"),
        ("times", [], "at least 1 item"),
    ],
)
def test_what_cannot_be_an_uncertainty_is_refused(place: str, value: Any, reason: str) -> None:
    document = lagc_response()
    unsure(document)
    own = document["linear_models"][2]["uncertainty"]
    if place == "times":
        own["times"] = value
    else:
        change(place, value)(own)
    with pytest.raises(ValidationError, match=reason):
        Manifest.model_validate(document)


def test_an_uncertainty_is_that_of_a_cox_model_s_own_terms_where_it_has_fallen() -> None:
    document = lagc_response()
    document["linear_models"][1]["uncertainty"] = copy.deepcopy(UNSURE)
    with pytest.raises(ValidationError, match="only a Cox model has an interval"):
        Manifest.model_validate(document)
    document = lagc_response()
    unsure(document)
    del document["linear_models"][2]["terms"][1]
    with pytest.raises(ValidationError, match="that of the model's terms"):
        Manifest.model_validate(document)
    document = lagc_response()
    unsure(document)
    document["linear_models"][2]["baseline"][0]["survival"] = 1.0
    with pytest.raises(ValidationError, match="after the first event"):
        Manifest.model_validate(document)


def test_a_shared_encoder_serves_a_phase_that_has_none_of_its_own() -> None:
    shared = Manifest.model_validate(pnen_recurrence())
    assert [entry.fold for entry in shared.encoders("portal_venous")] == [0, 1, 2]
    own = Manifest.model_validate(gnen_os())
    assert [entry.file for entry in own.encoders("portal_venous")] == ["networks/venous.onnx"]


def test_what_a_linear_model_needs_can_be_asked() -> None:
    fused = Manifest.model_validate(lagc_response()).linear_models[1]
    assert fused.clinical_fields == {"maximum_diameter"} and fused.scores_needed == {"dl_signature"}


def test_a_pack_without_masking_and_cropping_says_so() -> None:
    manifest = Manifest.model_validate(gnen_os())
    with pytest.raises(PackError) as caught:
        _ = manifest.masking_and_cropping
    assert caught.value.message.id == "error.pack.no_preprocessing"
