"""``main.py inspect``: everything that a source holds and what is odd about it, as a page and as JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from headless.inspect import inspect_source, print_page
from headless.inspection_json import SCHEMA_VERSION
from inference.clock import SystemClock
from inference.dicom.verdicts import RULES
from inference.messages.catalogue import load_catalogue
from tests.headless.command_line import Ran
from tests.inference.dicom.dicom_files import alter, write_series

Run = Callable[..., Ran]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A CT with a gap and a note beside it, an MR of the same study, and files that are no scan."""

    def leave_out(index: int) -> float:
        return (index + (index > 2)) * 2.5

    folder = tmp_path / "disc"
    for index in range(5):
        write_series(
            folder / "ct" / str(index), 1,
            alter(
                InstanceNumber=index + 1, SOPInstanceUID=f"2.25.4711.1.{index + 1}",
                StudyDescription="Abdomen",
                ImagePositionPatient=[-20, -30, leave_out(index)], SliceThickness=5,
            ),
        )  # fmt: skip
    write_series(
        folder / "mr",
        4,
        alter(EchoTime=15, RepetitionTime=500, ScanningSequence="SE"),
        modality="MR",
        series="2",
    )
    (folder / "readme.txt").write_text("nothing here")
    (folder / "letter.txt").write_text("nor here")
    (folder / "empty.dcm").write_bytes(b"")
    return folder


def document(run: Run, *arguments: object, code: int = 0) -> dict[str, Any]:
    ran = run("inspect", *arguments, "--json")
    assert ran.code == code, ran.err
    found = json.loads(ran.out)
    assert isinstance(found, dict) and "⟦" not in ran.out
    return found


def all_findings(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from found["findings"]
    for patient in found["patients"]:
        for study in patient["studies"]:
            for series in study["series"]:
                yield from series["findings"]
                for stack in series["stacks"]:
                    yield from stack["findings"]


def stacks(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        stack
        for patient in found["patients"]
        for study in patient["studies"]
        for series in study["series"]
        for stack in series["stacks"]
    ]


def without_words(value: object) -> object:
    """The same with every text for people replaced: words may be improved, fields may not change."""
    if isinstance(value, dict):
        words = {"text": "…", "advice": "…", "reason": "…", "evidence": []}
        return {
            name: words.get(name) if name in words else without_words(inner) for name, inner in value.items()
        }
    return [without_words(inner) for inner in value] if isinstance(value, list) else value


def test_the_json_is_the_one_that_is_documented(run: Run, source: Path, repository: Path) -> None:
    """Golden: a change of a field shows here, and then asks for a new schema version or a new field."""
    found = document(run, source)
    golden = repository / "tests" / "golden" / "inspect-v1.json"
    expected = json.loads(golden.read_text(encoding="utf-8"))
    expected["software"]["version"] = found["software"]["version"]
    assert without_words(found) == expected and found["schema_version"] == SCHEMA_VERSION


def test_every_field_of_the_json_is_documented(run: Run, source: Path, repository: Path) -> None:
    text = (repository / "docs" / "inspect.md").read_text(encoding="utf-8")

    def names(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield name
                if name not in ("fields", "software"):
                    yield from names(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from names(inner)

    undocumented = {name for name in names(document(run, source)) if f"`{name}" not in text}
    assert not undocumented


def test_the_page_says_what_there_is_and_what_to_do(run: Run, source: Path) -> None:
    ran = run("inspect", source)
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out and max(map(len, ran.out.splitlines())) <= 100
    assert "⟦" not in ran.out and "{" not in ran.out
    assert all(line == line.rstrip() for line in ran.out.splitlines())
    said = " ".join(ran.out.split())
    for words in (
        "disc 12 files",
        "Patient Doe, Jane · ID P1 · 1961-02-03 · female",
        "Study 2024-03-01 Abdomen",
        "axial 5 slices 1 missing 12 × 10 0.80 × 0.60 × 2.50 mm 5 mm thick",
        "I–S A–P R–L",
        "Explicit VR Little Endian",
        "Weighting: T1 (tags)",
        "× 1 slices are missing between ct/2/000.dcm and ct/3/000.dcm: 5.0 mm apart, expected 2.5 mm.",
        "answer: refused until a named user releases it Export the missing slices",
        "What it means for the pathways",
        "× Nasopharyngeal carcinoma: residual tumour after radiotherapy",
        "T1-weighted MR with contrast: missing; needed is an axial",
        "× This is CT, needed is MR.",
        "Files that are no part of a scan: 3",
        "2 Not image files letter.txt, readme.txt",
        "1 Empty files empty.dcm",
    ):
        assert words in said, words


def test_the_page_is_chinese_for_chinese_readers(run: Run, source: Path) -> None:
    said = " ".join(run("inspect", source, "--language", "zh_CN").out.split())
    assert "⟦" not in said
    for words in (
        "12 个文件",
        "患者 Doe, Jane",
        "缺 1 层",
        "作答：拒绝，可由具名用户放行",
        "不属于任何影像的文件：3 个",
    ):
        assert words in said, words


def test_a_terminal_gets_colours_and_no_word_depends_on_them(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    inspection = inspect_source(source, clock=SystemClock())
    print_page(inspection, load_catalogue("en"))
    plain = capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    print_page(inspection, load_catalogue("en"))
    coloured = capsys.readouterr().out
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_two_patients_are_both_listed_and_the_stop_is_said(run: Run, tmp_path: Path) -> None:
    write_series(tmp_path / "a", 3)
    write_series(tmp_path / "b", 3, series="2", patient_id="P2", name="Roe^Richard")
    found = document(run, tmp_path)
    assert [patient["id"] for patient in found["patients"]] == ["P1", "P2"]
    (stop,) = found["findings"]
    assert (stop["code"], stop["view"], stop["answer"]) == ("intake.two_patients", "refused", "refused")


def test_many_files_of_one_kind_are_one_line_and_all_in_the_json(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "source"
    write_series(source / "scan", 3)
    for number in range(500):
        (source / f"{number:03d}.txt").write_text("a note")
    page = run("inspect", source).out
    assert "500  Not image files" in page and "000.txt, 001.txt, 002.txt and 497 more" in page
    assert len(page.splitlines()) < 120
    (skipped,) = document(run, source)["skipped"]
    assert skipped["count"] == len(skipped["files"]) == 500


def test_a_source_without_a_scan_ends_with_two(run: Run, tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing here")
    ran = run("inspect", tmp_path)
    assert ran.code == 2 and "nothing in it that can be shown" in ran.out
    assert document(run, tmp_path, code=2)["can_be_viewed"] is False


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_what_is_not_there_is_one_sentence_and_ends_with_two(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ran = run("inspect", tmp_path / "absent", *arguments)
    assert ran.code == 2 and ran.out == "" and ran.err.count("\n") == 1 and "absent" in ran.err


def test_archives_directories_and_research_files_are_inspected(
    run: Run, source: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "disc.zip", "w") as target:
        for path in source.rglob("*"):
            target.write(path, path.relative_to(source))
    found, plain = document(run, tmp_path / "disc.zip"), document(run, source)
    assert [stack["slices"] for stack in stacks(found)] == [stack["slices"] for stack in stacks(plain)]
    assert found["skipped"][0]["files"][0].startswith("disc.zip/")


def test_nothing_of_the_source_reaches_the_log(run: Run, source: Path, home: Path) -> None:
    run("inspect", source)
    logged = "".join(
        path.read_text(encoding="utf-8") for path in (home / "logs").rglob("*") if path.is_file()
    )
    assert logged == "" or not any(word in logged for word in ("Doe", "P1", "disc", "readme"))


def test_a_reader_that_closes_the_pipe_ends_it_quietly(
    source: Path, repository: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "main.py", "inspect", str(source)]
    environment = os.environ | {"CONCILIUM_HOME": str(tmp_path / "home")}
    with subprocess.Popen(
        command, cwd=repository, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait() == 0


def test_no_word_of_a_source_can_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    write_series(tmp_path, 2, alter(SeriesDescription="\x1b]0;owned\x07[bold]x", PatientName="A\x1b[31mB^C"))
    (tmp_path / "\x1b[2Jwipe.txt").write_text("x")
    ran = run("inspect", tmp_path)
    assert ran.code == 0 and "\x1b" not in ran.out and "\x07" not in ran.out and "[bold]x" in ran.out


SHARED = {
    "ct_abdomen_contrast": (1, 1, {"not_an_image_file"}),
    "mr_brain_t1_sag_siemens": (1, 1, {"not_an_image_file"}),
    "nifti_ct_mr_with_labels": (1, 3, {"not_an_image_file", "label_map"}),
    "nrrd_image_label_radiomics": (1, 2, {"not_an_image_file", "label_map"}),
    "mr_brain_tumour_t1_pre_post_nifti": (1, 2, {"not_an_image_file", "label_map"}),
    "ct_with_RTSTRUCT_tumour": (1, 1, {"not_an_image_file", "structure_set"}),
    "dicomdir": (2, None, {"not_an_image_file", "directory_file", "directory_missing"}),
}


@pytest.mark.parametrize("folder", SHARED)
def test_shared_sets_are_listed_with_every_file(run: Run, shared_data: Path, folder: str) -> None:
    patients, count, skipped = SHARED[folder]
    found = document(run, shared_data / folder)
    assert len(found["patients"]) == patients and (count is None or len(stacks(found)) == count)
    assert {group["code"].removeprefix("intake.") for group in found["skipped"]} == skipped
    for finding in all_findings(found):
        rule = RULES[finding["code"]]
        words = ("fine", "note", "refused")
        assert (finding["view"], finding["answer"]) == (words[rule.view], words[rule.answer])
        assert finding["text"]


def test_the_shared_abdomen_is_portal_venous_with_its_evidence(run: Run, shared_data: Path) -> None:
    found = document(run, shared_data / "ct_abdomen_contrast")
    (stack,) = stacks(found)
    phase = stack["meaning"]["phase"]
    assert phase["value"] == "portal_venous" and phase["source"] == "both"
    assert any("96 s" in line for line in phase["evidence"])
    assert any(line.startswith("aorta 153 HU") for line in phase["evidence"])
    assert any("no kidneys" in line for line in phase["evidence"])
    assert stack["spacing_mm"]["slice"] == 2.0 and stack["slice_thickness_mm"] == 3.0
    assert stack["encoding"]["name"] == "JPEG 2000 Lossless" and stack["answer"] == "note"
    assert found["patients"][0]["id"] == found["patients"][0]["name"] == ""


def pathways(patient: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {pathway["study"]: pathway for pathway in patient["pathways"]}


def test_each_pathway_says_which_scan_fits_and_why_another_does_not(run: Run, shared_data: Path) -> None:
    """The abdomen is portal-venous, 3 mm thick, and nobody says when treatment began."""
    found = document(run, shared_data / "ct_abdomen_contrast")
    (stack,) = stacks(found)
    by_study = pathways(found["patients"][0])
    assert {study: pathway["availability"] for study, pathway in by_study.items()} == {
        "npc-residual": "missing",
        "lagc-response": "to_confirm",
        "gc-recurrence": "to_confirm",
        "pnen-recurrence": "missing",
        "gnen-os": "missing",
    }
    venous = next(one for one in by_study["gnen-os"]["inputs"] if one["id"] == "venous")
    assert venous["availability"] == "one"
    (candidate,) = venous["candidates"]
    assert (candidate["stack"], candidate["fit"]) == (stack["id"], "green")
    (wrong,) = by_study["npc-residual"]["inputs"][0]["candidates"]
    red = {reason["code"] for reason in wrong["reasons"] if reason["fit"] == "red"}
    assert red == {"inputs.modality_differs", "inputs.body_part_differs", "inputs.thickness_differs"}


def test_pathways_are_asked_of_each_patient_alone(run: Run, tmp_path: Path) -> None:
    write_series(tmp_path / "a", 3)
    write_series(tmp_path / "b", 3, series="2", patient_id="P2", name="Roe^Richard")
    first, second = document(run, tmp_path)["patients"]
    for patient in (first, second):
        own = {
            stack["id"] for study in patient["studies"] for one in study["series"] for stack in one["stacks"]
        }
        for pathway in patient["pathways"]:
            for named in pathway["inputs"]:
                assert {candidate["stack"] for candidate in named["candidates"]} == own


def test_a_copy_elsewhere_gives_the_same_json_but_for_its_name(
    run: Run, source: Path, tmp_path: Path
) -> None:
    shutil.copytree(source, tmp_path / "copy")
    first, second = document(run, source), document(run, tmp_path / "copy")
    assert first["source"].pop("name") == "disc" and second["source"].pop("name") == "copy"
    assert first == second


def test_a_reason_for_many_files_names_none_of_them() -> None:
    """Short reasons stand for groups; a sentence about one file would not do."""
    from inference.dicom.sources.archive_messages import PASSED_OVER, REFUSALS

    grouped = PASSED_OVER | REFUSALS | {
        f"intake.{code}"
        for code in (
            "not_an_image_file", "directory_file", "directory_missing", "directory_outside", "empty_file",
            "link_outside", "link_broken", "special_file", "unreadable", "folder_unreadable", "malformed",
            "nesting", "length_beyond_file", "bits_impossible", "dimensions_unsupported", "detached_header",
            "no_orientation_code", "orientation_invalid", "values_unsupported", "too_large", "label_map",
        )
    }  # fmt: skip
    for language in ("en", "zh_CN"):
        catalogue = load_catalogue(language)
        texts = [
            catalogue.template(f"gui.skipped.{code.removeprefix('intake.')}") for code in sorted(grouped)
        ]
        assert not [text for text in texts if "⟦" in text or "{" in text]
