"""The pages say what was estimated and what not, cohorts apart, in both languages; the file names nobody."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.evaluation.evaluation import Evaluation, EvaluationOptions, evaluate
from inference.evaluation.prediction_file import read_predictions
from inference.evaluation.predictions import Kind
from inference.messages.catalogue import load_catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable, Reason
from reports.evaluation.evaluation_file import encode_evaluation, evaluation_document
from reports.evaluation.evaluation_report import EvaluationContent, build_evaluation_report
from reports.evaluation.number_table import measure
from reports.evaluation.overview import headline, meaning
from reports.evaluation.words import (
    interval_text,
    is_answered,
    judged_cohort,
    p_text,
    summary_lines,
    threshold_text,
)
from reports.json_document import content_sha256
from tests.reports.conftest import flat, page_texts

LANGUAGES = ("en", "zh_CN")
KINDS: tuple[Kind, ...] = ("binary", "survival")
MOMENT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[3] / "inference/evaluation/examples"


@cache
def example(kind: Kind) -> Evaluation:
    unit = "months" if kind == "survival" else ""
    return evaluate(read_predictions(EXAMPLES / f"{kind}.csv", kind), EvaluationOptions(time_unit=unit))


@cache
def pages_of(kind: Kind, language: str) -> tuple[str, ...]:
    pdf = build_evaluation_report(EvaluationContent(example(kind), language, MOMENT))
    return tuple(flat(page) for page in page_texts(pdf))


def made(folder: Path, kind: Kind, *lines: str) -> Evaluation:
    path = folder / "predictions.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return evaluate(read_predictions(path, kind), EvaluationOptions())


def text_of(evaluation: Evaluation, language: str = "en") -> str:
    pages = page_texts(build_evaluation_report(EvaluationContent(evaluation, language, MOMENT)))
    text = flat("".join(pages))
    assert "⟦" not in text and not re.search(r"\b(?:nan|inf)\b", " ".join(pages).casefold())
    return text


def numbers_in(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for one in value.values() for number in numbers_in(one)]
    if isinstance(value, list):
        return [number for one in value for number in numbers_in(one)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_headline_number_is_printed_with_its_interval(kind: Kind, language: str) -> None:
    catalogue = load_catalogue(language)
    text = "".join(pages_of(kind, language))
    assert "⟦" not in text and "'cohort'" not in text
    for cohort in example(kind).cohorts:
        for one in (*cohort.classes, *cohort.times):
            number = one.auc if kind == "binary" else one.c_index  # type: ignore[union-attr]
            assert isinstance(number, Estimate) and number.lower is not None and number.upper is not None
            low, high = f"{number.lower:.3f}", f"{number.upper:.3f}"
            shown = catalogue.text("figure.estimate", value=f"{number.value:.3f}", low=low, high=high)
            assert flat(shown) in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_that_nobody_is_real_and_whose_hash_it_carries(kind: Kind, language: str) -> None:
    catalogue = load_catalogue(language)
    pages = pages_of(kind, language)
    for number, page in enumerate(pages, start=1):
        for part in (
            catalogue.text("evaluate.banner.synthetic"),
            catalogue.text("report.banner.research"),
            catalogue.text("report.page", page=number, pages=len(pages)),
            content_sha256(evaluation_document(example(kind))),
        ):
            assert flat(part) in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_cohort_begins_on_a_page_of_its_own(kind: Kind, language: str) -> None:
    catalogue = load_catalogue(language)
    starts = []
    for cohort in example(kind).cohorts:
        name = catalogue.text(f"evaluate.cohort.{cohort.name}")
        title = flat(catalogue.text("evaluate.cohort.title", cohort=name))
        found = [number for number, page in enumerate(pages_of(kind, language)) if title in page]
        assert len(found) == 1
        starts += found
    assert starts == sorted(set(starts))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_tests_are_named_and_definitions_and_limits_are_always_there(kind: Kind, language: str) -> None:
    catalogue = load_catalogue(language)
    text = "".join(pages_of(kind, language))
    wanted = {
        "binary": ("evaluate.test.delong", "evaluate.p.auc", "evaluate.hosmer_lemeshow"),
        "survival": ("evaluate.logrank", "evaluate.p.c_index", "evaluate.integrated_auc"),
    }[kind]
    for message_id in (*wanted, "evaluate.p.holm", "evaluate.limit.apparent", "evaluate.limit.tests"):
        shown = catalogue.text(message_id)
        assert flat(shown) in text or flat(shown.upper()) in text
    for message_id in ("definitions", "limits", "table_one", "cautions", "flow"):
        assert flat(catalogue.text(f"evaluate.section.{message_id}").upper()) in text


def test_the_cut_is_flagged_on_the_pages_of_training_alone() -> None:
    catalogue = load_catalogue("en")
    flag = flat(catalogue.text("statistics.flag.cut_chosen_on_same_data"))
    for kind in KINDS:
        pages = pages_of(kind, "en")
        internal = next(n for n, page in enumerate(pages) if "Cohort:Internal" in page)
        assert any(flag in page for page in pages[:internal])
        assert not any(flag in page for page in pages[internal:])


def test_the_headline_speaks_of_the_cohort_farthest_from_training() -> None:
    english = load_catalogue("en")
    evaluation = example("binary")
    assert judged_cohort(evaluation).name == "external"
    assert headline(evaluation, english).startswith(
        "External, 70 patients, 21 with the outcome: AUC of image"
    )
    without = replace(evaluation, cohorts=evaluation.cohorts[:2])
    assert judged_cohort(without).name == "internal"
    assert judged_cohort(replace(evaluation, cohorts=evaluation.cohorts[:1])).name == "training"


def test_a_model_that_chance_could_explain_is_named(tmp_path: Path) -> None:
    lines = [f"p{i},{int(i in (1, 2))},{(i * 7) % 13}" for i in range(13)]
    evaluation = made(tmp_path, "binary", "patient,outcome,score", *lines)
    assert any("includes 0.5" in sentence for sentence in meaning(evaluation, load_catalogue("en")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("binary", ("patient,outcome,probability", "a,1,0.9", "b,0,0.9", "c,1,0.9", "d,0,0.9")),
        ("binary", ("patient,outcome,probability", "a,1,1")),
        ("binary", ("patient,cohort,outcome,score", "a,training,1,-3", "b,training,0,2", "c,external,0,1")),
        ("survival", ("patient,time,event,score,survival_3", "a,0,1,1,0.5", "b,0,0,2,0.4")),
        ("survival", ("patient,time,event,score", "a,5,0,1", "b,6,0,2", "c,7,0,2")),
        ("survival", ("patient,cohort,time,event,score", *(f"p{i},training,4,1,{i}" for i in range(5)))),
    ],
)
def test_what_cannot_be_estimated_says_so_in_place_of_a_number(
    tmp_path: Path, kind: Kind, lines: tuple[str, ...], language: str
) -> None:
    evaluation = made(tmp_path, kind, *lines)
    assert flat(load_catalogue(language).text("statistics.not_estimable.too_few_rows"))[:3] in text_of(
        evaluation, language
    )
    document = evaluation_document(evaluation)
    assert encode_evaluation(document, MOMENT) and all(np.isfinite(numbers_in(document)))


def test_the_rarer_class_is_called_so_and_no_share_is_written_as_certain(tmp_path: Path) -> None:
    english = load_catalogue("en")
    lines = [f"p{i},{int(i > 2)},{i if i != 3 else 2.5}" for i in range(400)]
    evaluation = made(tmp_path, "binary", "patient,outcome,score", *lines, "x,1,0.5")
    said = english.text("evaluate.caution.small_class", events=3, least=10)
    assert flat(said) in text_of(evaluation) and any(
        said in line for line in summary_lines(evaluation, english)
    )
    assert "In >99 of 100" in meaning(evaluation, english)[0]


def test_scores_that_are_no_probabilities_are_told_and_get_no_calibration(tmp_path: Path) -> None:
    english = load_catalogue("en")
    lines = [f"p{i},{i % 2},{i % 7},{(i % 10) / 10}" for i in range(40)]
    evaluation = made(tmp_path, "binary", "patient,outcome,score_points,probability_risk", *lines)
    text = text_of(evaluation)
    assert flat(english.text("evaluate.caution.no_probability", models="points")) in text
    found = evaluation_document(evaluation)["cohorts"][0]["models"]
    assert [one["calibration"] is None for one in found] == [True, False]


def test_many_models_with_long_names_stay_within_the_page(tmp_path: Path) -> None:
    names = [f"radiomics_signature_of_the_primary_tumour_and_nodes_{i}" for i in range(6)]
    header = ",".join(("patient", "cohort", "outcome", *(f"score_{name}" for name in names)))
    cohorts = ("training", "internal", "external", "a hospital with a long name in another country", "e")
    generator = np.random.default_rng(1)
    lines = [
        ",".join(
            (f"p{i}", cohorts[i % 5], str(int(i % 3 == 0)), *(f"{x:.3f}" for x in generator.normal(size=6)))
        )
        for i in range(100)
    ]
    pages = page_texts(
        build_evaluation_report(EvaluationContent(made(tmp_path, "binary", header, *lines), "en", MOMENT))
    )
    assert "How the predictions compare" in pages[0] and "AUC from" in pages[0]
    assert flat(names[5]) in flat(pages[0])


def test_a_table_one_of_several_pages_has_its_heads_on_each(tmp_path: Path) -> None:
    names = [f"value_{i}" for i in range(40)]
    header = ",".join(("patient", "cohort", "outcome", "score", *names))
    lines = [
        ",".join((f"p{i}", ("training", "internal")[i % 2], str(i % 3 % 2), str(i % 5), *(str(i % 7),) * 40))
        for i in range(20)
    ]
    pages = page_texts(
        build_evaluation_report(EvaluationContent(made(tmp_path, "binary", header, *lines), "en", MOMENT))
    )
    with_table = [flat(page) for page in pages if re.search(r"value_\d", page)]
    assert len(with_table) > 1 and all("CHARACTERISTIC" in page and "n=10" in page for page in with_table)


def test_the_file_holds_the_numbers_under_a_hash_without_time() -> None:
    for kind in KINDS:
        evaluation = example(kind)
        document = evaluation_document(evaluation)
        whole = json.loads(encode_evaluation(document, MOMENT))
        found = whole["evaluation"]
        assert (found["schema"], found["schema_version"]) == ("concilium.evaluation", 1)
        assert whole["content_sha256"] == content_sha256(found) == content_sha256(document)
        assert whole["created_at"] == "2026-11-28T09:00:00+00:00"
        assert found["input"]["synthetic"] is True and found["input"]["patients"] == 300
        assert [row["name"] for row in found["table_one"]["rows"]][:2] == ["age", "sex"]
        for cohort, written in zip(evaluation.cohorts, found["cohorts"], strict=True):
            for one, model in zip((*cohort.classes, *cohort.times), written["models"], strict=True):
                key = "auc" if kind == "binary" else "c_index"
                number = getattr(one, key)
                assert model[key]["value"] == number.value and model[key]["upper"] == number.upper


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_holds_no_patient_score_or_time(kind: Kind) -> None:
    evaluation = example(kind)
    raw = encode_evaluation(evaluation_document(evaluation), MOMENT).decode()
    predictions = evaluation.predictions
    assert not any(patient in raw for patient in predictions.patients)

    def longest(value: Any) -> int:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        own = len(value) if isinstance(value, list) else 0
        return max([own, *(longest(one) for one in inner)])

    # Grids of thresholds and specificities are the longest lists: nothing is as long as the table.
    assert longest(json.loads(raw)) <= 101 < len(predictions.patients)


def test_the_same_content_gives_the_same_bytes() -> None:
    content = EvaluationContent(example("survival"), "en", MOMENT)
    assert build_evaluation_report(content) == build_evaluation_report(content)
    with pytest.raises(ValueError, match="time zone"):
        replace(content, created_at=datetime(2026, 11, 28))


def test_numbers_are_written_with_their_interval_and_p_with_three_decimals() -> None:
    english = load_catalogue("en")
    assert [p_text(p, english) for p in (0.0, 0.00099, 0.001, 0.0495, 0.5, 1.0)] == [
        "P < 0.001",
        "P < 0.001",
        "P = 0.001",
        "P = 0.050",
        "P = 0.500",
        "P = 1.000",
    ]
    assert interval_text(Estimate(0.7, 0.05, 0.6, 0.8), english) == "0.700 (95 % CI 0.600–0.800)"
    assert interval_text(NotEstimable(Reason.ONE_CLASS), english).startswith("not estimable")
    assert threshold_text(-0.5) == "−0.5"


def test_a_method_stands_once_where_all_share_it_and_under_each_number_else() -> None:
    english = load_catalogue("en")
    one, other = Estimate(0.7, 0.1, 0.5, 0.9, method="delong"), Estimate(0.7, 0.1, 0.5, 0.9, method="wilson")
    shared = measure("AUC", [one, one, NotEstimable(Reason.ONE_CLASS)], english)
    assert shared.remark == "DeLong interval" and not any(cell.remarks for cell in shared.cells)
    mixed = measure("AUC", [one, other], english)
    assert mixed.remark == ""
    assert [cell.remarks for cell in mixed.cells] == [("DeLong interval",), ("Wilson interval",)]
    bare = measure("AUC", [Estimate(0.7)], english)
    assert bare.cells[0].remarks == ("no interval is computed",)


def test_nothing_is_answered_where_no_cohort_has_its_number(tmp_path: Path) -> None:
    assert is_answered(example("binary"))
    assert not is_answered(made(tmp_path, "binary", "patient,outcome,score", "a,1,1", "b,1,2"))
