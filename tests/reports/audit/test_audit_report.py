"""The pages say what was counted, what it rests on, and what it cannot show, in both languages."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from inference.messages.catalogue import load_catalogue
from inference.rules.audit_table import Row4Physician, load_audit_table
from inference.rules.decision_audit import DecisionAudit, audit_decisions
from inference.rules.decisions_file import Decision, read_decisions
from reports.audit.audit_file import audit_document, encode_audit
from reports.audit.audit_report import AuditContent, build_audit_report
from reports.audit.words import p_value_text, points
from reports.json_document import content_sha256
from tests.reports.conftest import flat, page_texts

LANGUAGES = ("en", "zh_CN")
MOMENT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[3] / "inference/rules/examples/npc_table3.csv"
N, R = "non_residual", "residual"


@cache
def published() -> DecisionAudit:
    return audit_decisions(read_decisions(EXAMPLE).decisions, load_audit_table("npc-residual"))


def made(
    *rows: tuple[str, str, str, str], synthetic: int = 0, row4: Row4Physician = "wrong"
) -> DecisionAudit:
    decisions = [
        Decision(number, {"ccrt": ccrt, "ic_ccrt": ic_ccrt}, given, actual, number <= synthetic)  # type: ignore[dict-item,arg-type]
        for number, (ccrt, ic_ccrt, given, actual) in enumerate(rows, start=1)
    ]
    return audit_decisions(decisions, load_audit_table("npc-residual"), row4_physician=row4)


def text_of(audit: DecisionAudit, language: str = "en") -> str:
    pdf = build_audit_report(AuditContent(audit, "0" * 64, language, MOMENT))
    pages = page_texts(pdf)
    assert not [page for page in pages if "⟦" in page]
    return flat("".join(pages))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_published_numbers_are_printed(language: str) -> None:
    catalogue = load_catalogue(language)
    text = text_of(published(), language)
    for correct, determinable, share in (
        (39, 65, "60.00"),
        (58, 69, "84.06"),
        (39, 39, "100.00"),
        (32, 43, "74.42"),
    ):
        percent = catalogue.text("report.percent", value=share)
        rate = catalogue.text("audit.rate", correct=correct, determinable=determinable, percent=percent)
        assert flat(rate) in text
    counts = catalogue.text("audit.paired.counts", total=65, model=26, physician=7)
    for sentence in (counts, "P = 0.0013", "P = 0.0019", "+29.2", "+12.5", "+43.9", "9.69"):
        assert flat(sentence) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_what_the_data_are_and_whose_hash_it_carries(language: str) -> None:
    catalogue = load_catalogue(language)
    audit = published()
    pages = page_texts(build_audit_report(AuditContent(audit, "0" * 64, language, MOMENT)))
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        for part in (
            catalogue.text("audit.banner.not_randomised"),
            catalogue.text("report.banner.research"),
            catalogue.text("report.page", page=number, pages=2),
            content_sha256(audit_document(audit, "0" * 64)),
        ):
            assert flat(part) in flat(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_box_and_the_limits_are_always_there(language: str) -> None:
    catalogue = load_catalogue(language)
    for audit in (published(), made((N, N, "ccrt", N)), made((R, R, "ccrt", R))):
        text = text_of(audit, language)
        for message_id in (
            "audit.untested.set_aside",
            "audit.untested.meaning",
            "audit.tests.take_for_granted",
            "audit.limit.not_randomised",
            "audit.limit.not_necessary",
            "audit.limit.trained",
        ):
            assert flat(catalogue.text(message_id)) in text
        assert flat(catalogue.text("audit.section.untested").upper()) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_synthetic_patients_are_named_on_every_page(language: str) -> None:
    catalogue = load_catalogue(language)
    some = made((N, N, "ccrt", N), (N, N, "ccrt", R), synthetic=1)
    every = made((N, N, "ccrt", N), synthetic=1)
    partly = catalogue.text("audit.banner.partly_synthetic", count=1, patients=2)
    for audit, banner in ((some, partly), (every, catalogue.text("audit.banner.synthetic"))):
        for page in page_texts(build_audit_report(AuditContent(audit, "0" * 64, language, MOMENT))):
            assert flat(banner) in flat(page)
    assert flat(catalogue.text("audit.banner.synthetic")) not in text_of(published(), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row4", ["wrong", "undeterminable"])
def test_row_four_is_explained_where_it_has_a_patient(row4: Row4Physician, language: str) -> None:
    said = flat(load_catalogue(language).text(f"audit.row4.{row4}", count=1))
    assert said in text_of(made((N, N, "ic_ccrt", R), row4=row4), language)
    assert said not in text_of(published(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_estimated_says_so_in_place_of_a_number(language: str) -> None:
    catalogue = load_catalogue(language)
    audit = made((R, R, "ccrt", R))
    text = text_of(audit, language)
    assert flat(catalogue.text("audit.headline.none", patients=1)) in text
    assert flat(catalogue.text("statistics.not_estimable.nobody_judged")) in text
    assert flat(catalogue.text("audit.treatment.over.nobody")) in text
    assert flat(catalogue.text("audit.limit.few", few=30)) in text
    pages = page_texts(build_audit_report(AuditContent(audit, "0" * 64, language, MOMENT)))
    assert not re.search(r"\b(?:nan|inf)\b", " ".join(pages).casefold())


def test_one_side_alone_is_still_told() -> None:
    text = text_of(made((N, N, "ccrt", R)))
    assert flat("physicians not estimable: nobody can be judged; model 0 of 1 (0.00 %)") in text


def test_the_file_holds_the_published_numbers_and_no_identifier() -> None:
    raw = encode_audit(audit_document(published(), "0" * 64), MOMENT)
    assert b"T3-" not in raw
    whole = json.loads(raw)
    audit = whole["audit"]
    assert (audit["schema"], audit["schema_version"]) == ("concilium.decision-audit", 1)
    assert whole["content_sha256"] == content_sha256(audit)
    assert whole["created_at"] == "2026-11-28T09:00:00+00:00"
    assert audit["physician"]["correct_rate"]["value"] == pytest.approx(0.6)
    assert audit["model"]["correct_rate"]["value"] == pytest.approx(58 / 69)
    assert [audit["physician"][key] for key in ("correct", "wrong", "undeterminable")] == [39, 26, 20]
    assert [audit["model"][key] for key in ("correct", "wrong", "undeterminable")] == [58, 11, 16]
    assert audit["pearson_chi_square"]["p_value"] == pytest.approx(0.00185, abs=5e-6)
    assert audit["pearson_chi_square"]["flags"] == ["assumes_independence"]
    assert audit["paired"]["mcnemar_exact"]["p_value"] == pytest.approx(0.0013, abs=5e-5)
    assert audit["paired"]["patients"] == 65
    aside = audit["untested"]["set_aside"]
    assert (aside["physician"]["correct"], aside["physician"]["determinable"]) == (39, 39)
    assert (aside["model"]["correct"], aside["model"]["determinable"]) == (32, 43)
    assert len(audit["judged"]) == 85 and audit["judged"][0]["row"] == 1


def test_what_cannot_be_estimated_is_named_in_the_file() -> None:
    document = audit_document(made((R, R, "ccrt", R)), "0" * 64)
    nobody = {"not_estimable": "nobody_judged"}
    assert document["physician"]["correct_rate"] == document["pearson_chi_square"] == nobody
    assert document["paired"]["mcnemar_exact"] == document["paired"]["model_minus_physician"] == nobody


def test_the_same_content_gives_the_same_bytes() -> None:
    content = AuditContent(published(), "0" * 64, "en", MOMENT)
    assert build_audit_report(content) == build_audit_report(content)
    with pytest.raises(ValueError, match="time zone"):
        AuditContent(published(), "0" * 64, "en", datetime(2026, 11, 28))


def test_p_values_are_never_zero_and_differences_carry_their_sign() -> None:
    catalogue = load_catalogue("en")
    shown = [p_value_text(value, catalogue) for value in (1.0, 0.1, 0.0499, 0.00185, 0.000101, 1e-9, 0.0)]
    assert shown == [
        "P = 1.00",
        "P = 0.10",
        "P = 0.050",
        "P = 0.0019",
        "P = 0.00010",
        "P < 0.0001",
        "P < 0.0001",
    ]
    assert [points(value) for value in (0.2923, -0.05, 0.0, -0.0001)] == ["+29.2", "−5.0", "0.0", "0.0"]
