"""A clinical number that hardly anybody of the training cohort had is noted, with what they had."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inference.clinical.schema import load_form
from inference.findings import Verdict
from inference.guard.clinical_range import check_clinical_range
from inference.messages.catalogue import load_catalogue
from inference.packs.load import LoadedPack
from inference.packs.manifest import Manifest
from inference.packs.store import BUNDLED_PACKS
from inference.pathways.needs import needs_of
from tests.inference.predictors.study_cases import document, opened, record

DIAMETER = {"count": 40, "mean": 6.0, "standard_deviation": 1.5}
"""From 1.5 to 10.5 cm."""


def pack_with(folder: Path, table: dict[str, Any] | None) -> LoadedPack:
    """The pack of a response, whose evaluation holds ``table``."""
    content = json.dumps({"evaluation": {"table_one": table, "cohorts": []}}).encode()
    (folder / "evaluation.json").write_bytes(content)
    made = document("lagc-response")
    made["files"]["evaluation.json"] = hashlib.sha256(content).hexdigest()
    return replace(opened(made), folder=folder)


def table(summary: dict[str, Any], cohort: str = "training") -> dict[str, Any]:
    others = [{"name": "maximum_diameter_cm", "summaries": [{}, summary]}]
    return {
        "cohorts": [{"name": "internal", "patients": 9}, {"name": cohort, "patients": 40}],
        "rows": [{"name": "sex", "categories": [], "counts": []}, *others],
    }


@pytest.mark.parametrize(
    ("diameter", "verdict"),
    [("1.5", Verdict.FINE), ("10.5", Verdict.FINE), ("1.4", Verdict.NOTE), ("10.6", Verdict.NOTE)],
)
def test_a_number_beyond_three_deviations_is_noted(tmp_path: Path, diameter: str, verdict: Verdict) -> None:
    given = record("lagc-response", maximum_diameter=diameter, albumin=12)
    (line,) = check_clinical_range(given, pack_with(tmp_path, table(DIAMETER)))
    assert line.verdict is verdict
    said = [load_catalogue("en").render(one).replace("\u00a0", " ") for one in (line.measured, line.allowed)]
    assert said[0] == f"Maximum diameter: {diameter} cm"
    assert said[1].startswith("1.5–10.5 cm") and "40 patients" in said[1]


def test_what_the_form_forbids_is_not_said_to_be_allowed(tmp_path: Path) -> None:
    wide = pack_with(tmp_path, table(DIAMETER | {"standard_deviation": 100.0}))
    (line,) = check_clinical_range(record("lagc-response", maximum_diameter="0.3"), wide)
    assert line.verdict is Verdict.FINE and line.allowed.fields["low"] == "0.3"


@pytest.mark.parametrize(
    "described", [None, table(DIAMETER, "external"), table({"reason": "not_estimable"})], ids=str
)
def test_without_a_description_of_the_training_cohort_nothing_is_said(
    tmp_path: Path, described: dict[str, Any] | None
) -> None:
    given = record("lagc-response", maximum_diameter="39")
    assert check_clinical_range(given, pack_with(tmp_path, described)) == ()
    assert check_clinical_range(record("lagc-response"), pack_with(tmp_path, table(DIAMETER))) == ()


@pytest.mark.parametrize("study", ["lagc-response", "gc-recurrence", "gnen-os", "pnen-recurrence"])
def test_a_demonstration_pack_describes_every_number_that_it_reads(study: str) -> None:
    folder = BUNDLED_PACKS / f"{study}-demo"
    manifest = Manifest.model_validate_json((folder / "manifest.json").read_text(encoding="utf-8"))
    pack = LoadedPack(manifest, folder, manifest.sha256(), threads=1)
    needs = needs_of(manifest)
    read = {name for one in (*needs.answers, *needs.beside) for name in one.fields}
    middle = {"bmi": 22, "maximum_diameter": 5, "plateletcrit": 0.2, "age": 60, "cea": 3}
    middle |= {"ca199": 12, "ca125": 12, "ca724": 3, "ki67": 40, "long_diameter": 40}
    form = load_form(study)
    numbers = {one.id: middle[one.id] for one in form.fields if one.id in read and one.kind == "number"}
    lines = check_clinical_range(record(study, **numbers), pack)
    assert len(lines) == len(numbers) >= 1 and {line.verdict for line in lines} == {Verdict.FINE}
