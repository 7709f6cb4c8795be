"""The PDF holds what was concluded, on every page whom it concerns, and nothing that is withheld."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from pypdf import PdfReader

from inference.assessment import Assessment, Fact, FactSource
from inference.cases.identity import PatientIdentity, PatientKey
from inference.errors import InputError, StorageError
from inference.messages.catalogue import Catalogue, load_catalogue
from inference.messages.message import Message
from reports.paper.patient_frame import banner_text
from reports.report import build_report, write_report
from reports.sections.limits import pack_limits
from tests.reports import assessments as made
from tests.reports.conftest import KINDS, flat, page_texts

LANGUAGES = ("en", "zh_CN")
PdfOf = Callable[..., bytes]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_whom_it_concerns_and_what_it_is(kind: str, language: str, pdf_of: PdfOf) -> None:
    catalogue = load_catalogue(language)
    pages = page_texts(pdf_of(kind, language))
    assert 1 <= len(pages) <= 3
    for number, page in enumerate(pages, start=1):
        text = flat(page)
        for part in (
            made.PHANTOM.name,
            made.PHANTOM.key.id,  # type: ignore[union-attr]
            made.PHANTOM.birth_date,
            str(made.CASE_ID),
            "2026-11-2109:41UTC",
            KINDS[kind]().content_sha256(),
            flat(catalogue.text("report.banner.demonstration")),
            flat(catalogue.text("report.banner.phantom")),
            flat(catalogue.text("report.banner.research")),
            flat(catalogue.text("report.page", page=number, pages=len(pages))),
        ):
            assert part in text, f"page {number} lacks {part}"
        assert "⟦" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_shows_scores_ranges_cutoffs_and_verdicts(language: str, pdf_of: PdfOf) -> None:
    catalogue = load_catalogue(language)
    text = flat("".join(page_texts(pdf_of("answered", language))))
    for score, low, high, cutoff in (("18", "9", "30", "50"), ("11", "5", "21", "40")):
        assert flat(catalogue.text("report.percent", value=score)) in text
        assert flat(catalogue.text("report.fold_range", low=low, high=high, folds=5)) in text
        assert (
            flat(catalogue.text("report.cutoff", value=catalogue.text("report.percent", value=cutoff)))
            in text
        )
    assert text.count(flat(catalogue.text("class.non_residual"))) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ccrt_sentence_always_stands_beside_ccrt(language: str) -> None:
    sentence = flat(load_catalogue(language).text("statement.ccrt_not_evidence"))
    whole = made.answered()
    bare = replace(whole, recommendation=replace(whole.recommendation, statements=()))
    for assessment in (whole, bare):
        text = flat("".join(page_texts(build_report(made.content(assessment, language=language)))))
        assert text.count(sentence) == 1


def test_what_would_change_it_and_the_missing_values_are_named(pdf_of: PdfOf) -> None:
    text = flat("".join(page_texts(pdf_of("answered"))))
    assert flat("Would change to IC+CCRT if CCRT reached 50 % (now 18 %)") in text
    assert flat("Missing: EBV DNA.") in text


def test_every_row_of_the_rules_and_every_guard_line_is_printed(pdf_of: PdfOf) -> None:
    catalogue = load_catalogue("en")
    text = flat("".join(page_texts(pdf_of("guard"))))
    for line in made.withheld_by_guard().guard:
        for part in (
            catalogue.text(line.name),
            catalogue.render(line.measured),
            catalogue.render(line.allowed),
        ):
            assert flat(part) in text
    assert flat("Residual Residual " + catalogue.text("recommend.ibt.short")) in text
    assert flat(made.CITATION) in text


def test_a_fact_that_the_user_stated_is_flagged(pdf_of: PdfOf) -> None:
    text = flat("".join(page_texts(pdf_of("guard"))))
    assert flat("Stated by the user, not by the file: Contrast-enhanced: yes") in text
    assert "Statedbytheuser" not in flat("".join(page_texts(pdf_of("answered"))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_entered_of_the_person_is_marked_on_every_page(language: str, pdf_of: PdfOf) -> None:
    told = PatientIdentity(name=made.PHANTOM.name, sex=made.PHANTOM.sex)
    content = made.content(made.answered(), language=language, file_identity=told)
    mark = flat(load_catalogue(language).text("report.entered"))
    for page in page_texts(build_report(content)):
        assert flat(page).count(mark) == 2, "identifier and birth date, but not the name"
    assert mark not in flat("".join(page_texts(pdf_of("answered", language))))


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?\s?%", text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["guard", "borderline", "not_estimable"])
def test_a_withheld_answer_prints_no_probability_at_all(kind: str, language: str, pdf_of: PdfOf) -> None:
    catalogue = load_catalogue(language)
    pages = page_texts(pdf_of(kind, language))
    text = flat("".join(pages)).replace(flat(made.CITATION), "")
    assert not _numbers(text)
    for treatment in made.TREATMENTS:
        for score in made.prediction(treatment).fold_scores:
            assert f"{100 * score:.0f}%" not in text and f"{score:.2f}" not in text
    assert flat(catalogue.text("report.withheld.headline")) in flat(pages[0])
    for reason in KINDS[kind]().recommendation.reasons:
        assert flat(catalogue.render(reason)) in flat(pages[0])


def _pictures(pdf: bytes) -> int:
    return sum(len(page.images) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_an_empty_heat_map_is_said_to_be_so(pdf_of: PdfOf) -> None:
    told = flat(load_catalogue("en").text("gui.viewer.heat.empty"))
    whole = made.content()
    empty = tuple(replace(each, values=np.zeros_like(each.values)) for each in whole.heat_maps)
    assert told in flat("".join(page_texts(build_report(replace(whole, heat_maps=empty)))))
    assert told not in flat("".join(page_texts(build_report(whole))))


def test_a_withheld_answer_shows_outlines_but_no_heat_map(pdf_of: PdfOf) -> None:
    assert _pictures(pdf_of("answered")) == 5 + 4
    # Even when a caller hands maps over, they are not printed.
    leaky = made.content(made.withheld_as_borderline(), heat_maps=made.heat_maps())
    assert _pictures(build_report(leaky)) == 5
    assert "Heat map" not in "".join(page_texts(build_report(leaky)))


def test_the_same_content_gives_the_same_bytes(pdf_of: PdfOf) -> None:
    assert build_report(made.content()) == pdf_of("answered")


def test_the_bytes_do_not_depend_on_the_process(repository: Path, pdf_of: PdfOf) -> None:
    script = (
        "import sys, hashlib; from tests.reports import assessments as made; "
        "from reports.report import build_report; "
        "print(hashlib.sha256(build_report(made.content(made.withheld_by_guard()))).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(repository)}
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=repository,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    import hashlib

    assert told.stdout.strip() == hashlib.sha256(pdf_of("guard")).hexdigest()


def test_another_moment_gives_another_document(pdf_of: PdfOf) -> None:
    later = made.MOMENT.replace(minute=42)
    assert build_report(made.content(created_at=later)) != pdf_of("answered")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_font_is_embedded_as_a_truetype_subset(language: str, pdf_of: PdfOf) -> None:
    names = set()
    for page in PdfReader(io.BytesIO(pdf_of("answered", language))).pages:
        for reference in page["/Resources"]["/Font"].values():  # type: ignore[index,union-attr]
            font = reference.get_object()
            if font["/BaseFont"] == "/Helvetica":
                continue  # declared on every page by the writer, used nowhere
            assert "/FontFile2" in font["/FontDescriptor"], font["/BaseFont"]
            names.add(str(font["/BaseFont"]).split("+")[-1])
    assert any(name.startswith("OpenSans") for name in names)
    assert ("DroidSansFallback" in names) == (language == "zh_CN")


def test_no_text_is_set_in_a_font_that_is_not_embedded(pdf_of: PdfOf) -> None:
    used: set[str] = set()

    def visit(text: str, _cm: object, _tm: object, font: dict | None, _size: float) -> None:
        if text.strip() and font:
            used.add(str(font["/BaseFont"]))

    for page in PdfReader(io.BytesIO(pdf_of("answered", "zh_CN"))).pages:
        page.extract_text(visitor_text=visit)
    assert used and "/Helvetica" not in used


def test_the_document_is_titled_by_study_and_case_and_never_by_name(pdf_of: PdfOf) -> None:
    reader = PdfReader(io.BytesIO(pdf_of("answered")))
    assert reader.metadata is not None
    assert reader.metadata.title == f"npc-residual · {made.CASE_ID}"
    described = "".join(str(value) for value in reader.metadata.values())
    assert "NPC-0042" not in described and "000042" not in described


def test_chinese_names_are_printed_in_both_languages() -> None:
    for language in LANGUAGES:
        for page in page_texts(build_report(made.content(identity=made.CHINESE, language=language))):
            assert "王晓东" in flat(page) and "P-2026-118" in page


def test_a_chinese_report_is_chinese(pdf_of: PdfOf) -> None:
    text = flat("".join(page_texts(pdf_of("answered", "zh_CN"))))
    for part in ("治疗方案比较", "推荐意见", "关键层面", "输入检查", "签名"):
        assert part in text


def test_a_name_that_no_font_can_write_stays_traceable() -> None:
    rare = replace(made.CHINESE, name="𠮷田^晓东")
    pages = page_texts(build_report(made.content(identity=rare)))
    assert all("[U+20BB7]" in flat(page) for page in pages)


LONG_CHINESE = PatientIdentity(PatientKey("", "编号" * 20), "欧阳^" + "慕容" * 30, "1974-05-02", "F")


@pytest.mark.parametrize("identity", [made.LONG, LONG_CHINESE], ids=["latin", "chinese"])
def test_long_names_are_whole_and_stay_on_the_page(identity: PatientIdentity) -> None:
    pdf = build_report(made.content(identity=identity))
    assert identity.key is not None
    for page in PdfReader(io.BytesIO(pdf)).pages:
        right_edges: list[float] = []

        def visit(
            text: str,
            cm: list[float],
            tm: list[float],
            font: object,
            size: float,
            edges: list[float] = right_edges,
        ) -> None:
            if text.strip():
                edges.append(cm[4] + tm[4])

        text = flat(page.extract_text(visitor_text=visit))
        assert identity.key.id in text
        assert (
            flat("".join(identity.name.replace("^", ", " if identity is made.LONG else "").split("^")))
            in text
        )
        assert max(right_edges) < 595 - 30


def test_many_refusals_go_on_on_further_pages_and_none_is_lost() -> None:
    reasons = tuple(
        Message("rules.withheld.guard", {"check": f"line {number} of many, and a long one at that"})
        for number in range(60)
    )
    lines = tuple(replace(made.WRONG_SPACING, name="guard.intake") for _ in range(70))
    assessment = replace(made.withheld(*reasons), guard=lines)
    pages = page_texts(build_report(made.content(assessment)))
    assert len(pages) >= 3
    text = "".join(pages)
    assert all(f"line {number} of many" in text for number in range(60))
    assert text.count("12.00 mm") == 70
    assert "NO RECOMMENDATION, CONTINUED" in text
    for page in pages:
        assert made.PHANTOM.name in page


@pytest.mark.parametrize(
    "identity",
    [
        PatientIdentity(),
        PatientIdentity(None, "Somebody^Known", "1974-05-02"),
        PatientIdentity(PatientKey("", "7")),
    ],
    ids=["nobody", "no identifier", "identifier alone"],
)
def test_without_two_identifiers_there_is_no_report(identity: PatientIdentity, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    with pytest.raises(InputError) as caught:
        write_report(made.content(identity=identity), path)
    assert caught.value.message.id == "report.identity_unknown"
    assert not path.exists()


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        made.content(created_at=datetime(2026, 11, 21, 9, 41))


def test_a_full_disk_leaves_the_old_report_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"the old one")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError) as caught:
        write_report(made.content(), path)
    assert caught.value.message.id == "error.storage.full"
    assert [each.name for each in tmp_path.iterdir()] == ["report.pdf"]
    assert path.read_bytes() == b"the old one"


def test_a_report_is_written_whole(tmp_path: Path, pdf_of: PdfOf) -> None:
    write_report(made.content(), tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes() == pdf_of("answered")


def _patient(assessment: Assessment) -> Assessment:
    hospital = replace(assessment.pack, state="unverified", provenance="hospital")
    return replace(assessment, subject="patient", pack=hospital)


def test_a_pack_made_from_patients_is_not_called_a_demonstration() -> None:
    text = "".join(page_texts(build_report(made.content(_patient(made.answered()), identity=made.CHINESE))))
    assert "research use only" in text
    assert "Demonstration" not in text and "phantom ·" not in text


@pytest.mark.parametrize(
    ("state", "banner"),
    [
        ("unverified", "Pack of an unverified signer"),
        ("withdrawn", "Pack withdrawn by this site"),
        ("trusted", ""),
    ],
)
def test_the_banner_says_when_nobody_vouches_for_the_pack(state: str, banner: str) -> None:
    whole = _patient(made.answered())
    judged = replace(whole, pack=replace(whole.pack, state=state))
    text = banner_text(judged, load_catalogue("en"))
    assert text.startswith(banner) and ("Pack" in text) == bool(banner)


def test_a_fact_that_nobody_knows_is_printed_as_such() -> None:
    whole = made.withheld_by_guard()
    unknown = Fact("fact.contrast", "fact.unknown", FactSource.NOBODY)
    facts = tuple(unknown if fact.name == "fact.contrast" else fact for fact in whole.facts)
    text = flat("".join(page_texts(build_report(made.content(replace(whole, facts=facts))))))
    assert flat("not stated · nobody says") in text


def test_a_packs_limits_stand_in_the_reports_language_or_are_said_to_be_its_makers_words(
    english: Catalogue, chinese: Catalogue
) -> None:
    own = replace(made.withheld_by_guard(), limits=("Trained on phantoms.",))
    said = pack_limits(own, english)
    assert said == ["Trained on phantoms."]
    assert pack_limits(own, chinese) == [chinese.text("report.limit.makers_words"), *said]
    translated = replace(own, translated_limits={"zh_CN": ("由体模训练。",)})
    assert pack_limits(translated, chinese) == ["由体模训练。"] and pack_limits(translated, english) == said
    document, schema = translated.to_document(), Path("inference/assessment.schema.json")
    assert document["translated_limits"] == {"zh_CN": ["由体模训练。"]}
    jsonschema.validate(document, json.loads(schema.read_text(encoding="utf-8")))
