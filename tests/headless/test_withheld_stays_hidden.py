"""A withheld answer's numbers are nowhere: not in the file, not on paper, not in the terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from headless.assess import AssessedCase, write_results
from headless.read_case import AssessRequest
from inference.case_input import CaseInput
from inference.cases.identity import CaseIdentity
from inference.clock import FixedClock, SeededIds
from inference.messages.catalogue import load_catalogue
from inference.outcome import Outcome
from inference.packs.load import LoadedPack
from inference.pipeline import assess
from inference.prediction import SurvivalEstimate
from inference.scan import Plan
from inference.varying import vary
from reports.explained_summary import explained_lines
from reports.summary import summary_lines
from tests.headless.conftest import TINY, Ran
from tests.inference.packs.study_manifests import threshold, unsure
from tests.inference.predictors.study_cases import classifier, record
from tests.inference.predictors.test_study_answer import pack_of, scan_of
from tests.inference.tiny_pack import write_tiny_pack

TREATMENTS = {"ccrt": (0.5631, 0.5847), "ic_ccrt": (0.4713, 0.4917)}
CLOCK = FixedClock(datetime(2026, 11, 21, 9, 41, tzinfo=UTC))


def numbers(value: Any) -> Iterator[float]:
    """Every number of a document that is not a round one."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, float) and round(value, 2) != value:
        yield value


def document_of(out: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((out / "assessment.json").read_text(encoding="utf-8"))["assessment"]
    return document


def on_paper(out: Path) -> str:
    return "".join(page.extract_text() for page in PdfReader(out / "report.pdf").pages)


def percentages(scores: Iterator[float]) -> set[str]:
    """Scores as people read them."""
    return {f"{100 * score:.{decimals}f}%" for score in scores for decimals in (0, 1, 2)}


def told(text: str, figures: set[str]) -> set[str]:
    """Those of the percentages that a text holds."""
    plain = re.sub(r"\s+(?=%)", "", text.replace("\u00a0", " "))
    return {figure for figure in figures if re.search(rf"(?<![\d.]){re.escape(figure)}", plain)}


def test_the_scores_of_withheld_treatments_are_in_no_file_and_not_printed(
    run: Callable[..., Ran], home: Path, phantom: Path, tmp_path: Path
) -> None:
    write_tiny_pack(home / "data" / "packs" / TINY, scores=TREATMENTS, margin=0.2)
    given = ("assess", phantom, "--study", "npc-residual", "--pack", TINY, "--explain")
    shown = run(*given, "--rule-set", "published", "--out", tmp_path / "shown")
    hidden = run(*given, "--out", tmp_path / "hidden")
    assert (shown.code, hidden.code) == (0, 3), shown.err + hidden.err
    predictions = document_of(tmp_path / "shown")["predictions"]
    secret = set(numbers(predictions))
    means = percentages(prediction["score"] for prediction in predictions)
    assert (
        len(secret) >= 6
        and len(told(shown.out, means)) == len(told(on_paper(tmp_path / "shown"), means)) == 2
    )
    assert not secret & set(numbers(document_of(tmp_path / "hidden")))
    assert not told(hidden.out + hidden.err, means)
    assert not told(on_paper(tmp_path / "hidden"), means)


def study_pack(cutoff: float, margin: float) -> LoadedPack:
    """The pack of a response whose networks score 0.6137, and a tumour of more than 5 cm a good deal less."""

    def change(made: dict[str, Any]) -> None:
        own = {**threshold("dlcs", cutoff), "borderline_margin": margin}
        for model in made["linear_models"]:
            for term in model["terms"]:
                if model["name"] == "dlcs" and term["kind"] == "cut":
                    term.update(cut=5.0, coefficient=-2.0)
        unsure(made)
        made["score_thresholds"] = [one for one in made["score_thresholds"] if one["score"] != "dlcs"] + [own]

    pack = pack_of("lagc-response", change=change)
    networks = {entry.file: classifier(0.6137) for entry in pack.manifest.networks}
    return replace(pack, _networks=networks)


def answer(case: CaseInput, pack: LoadedPack, rule_set: str) -> Outcome:
    return vary(assess(case, pack, rule_set=rule_set), case, pack)


def secret_scores(outcome: Outcome) -> set[float]:
    """Every number that stands in the predictions of an answer."""
    return set(numbers(json.loads(json.dumps([asdict(one) for one in outcome.assessment.predictions]))))


def estimates(outcome: Outcome) -> list[SurvivalEstimate]:
    """Every survival with an interval."""
    points = (point for one in outcome.assessment.predictions for point in one.survival)
    return [point for point in points if isinstance(point, SurvivalEstimate)]


def everything(case: CaseInput, outcome: Outcome, out: Path) -> tuple[set[float], str]:
    """The numbers of the file, and the text of paper and terminal."""
    request = AssessRequest(Path("scan"), "lagc-response", out, explain=True)
    ids = SeededIds(5)
    assessed = AssessedCase(CaseIdentity(ids.new_id(), case.stack.identity), Plan("", (), ()), case, outcome)
    write_results(assessed, request, clock=CLOCK, ids=ids)
    catalogue = load_catalogue("en")
    lines = summary_lines(outcome.assessment, case.stack.identity, catalogue)
    lines += explained_lines(outcome.assessment, outcome.explanation, catalogue)
    return set(numbers(document_of(out))), "\n".join([*lines, on_paper(out)])


@pytest.mark.parametrize(("cutoff", "margin"), [(0.4, 0.55), (0.75, 0.0)], ids=["near", "crossed"])
def test_a_withheld_study_score_is_hidden_with_all_that_explains_it(
    cutoff: float, margin: float, tmp_path: Path
) -> None:
    case = scan_of("portal_venous", record("lagc-response", maximum_diameter=5.2, borrmann="III"))
    pack = study_pack(cutoff, margin)
    shown, hidden = (answer(case, pack, rule_set) for rule_set in ("published", "cautious"))
    assert shown.assessment.is_answered and not hidden.assessment.is_answered
    secret, told_openly = everything(case, shown, tmp_path / "shown")
    means = percentages(one.score for one in shown.assessment.predictions if one.scale == "probability")
    varied = percentages(one.score for one in shown.assessment.predictions[0].variations)
    assert len(told(told_openly, means)) >= 3 and told(told_openly, varied - means)
    assert "-year survival" in told_openly and {one.high for one in estimates(shown)} <= secret
    found, text = everything(case, hidden, tmp_path / "hidden")
    assert len(secret - found) > 10 and not secret_scores(shown) & found
    assert not told(text, means | varied) and "-year survival" not in text
    assert not hidden.heat_maps and hidden.explanation is None
