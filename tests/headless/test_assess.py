"""``main.py assess``: answered, withheld or refused, and never half of anything."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pydicom
import pytest

from inference import storage
from tests.headless.conftest import TINY, Ran

Run = Callable[..., Ran]
RESULTS = {"assessment.json", "report.pdf", "segmentation.dcm"}


def arguments(source: Path, out: Path, *more: object) -> list[object]:
    return ["assess", source, "--study", "npc-residual", "--pack", TINY, "--out", out, *more]


def written(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()} if out.exists() else set()


def one_sentence(text: str) -> bool:
    return 20 < len(text.strip()) < 500 and "\n" not in text.strip() and "⟦" not in text and "{" not in text


def test_a_phantom_is_answered_with_three_files_and_a_summary(
    run: Run, phantom: Path, tmp_path: Path, repository: Path
) -> None:
    out = tmp_path / "out"
    ran = run(*arguments(phantom, out, "--clinical", phantom / "clinical.json"))
    assert ran.code == 0, ran.err
    assert written(out) == RESULTS
    document = json.loads((out / "assessment.json").read_text(encoding="utf-8"))
    schema = json.loads((repository / "inference" / "assessment.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document["assessment"], schema)
    assert document["assessment"]["recommendation"]["status"] == "given"
    assert document["assessment"]["pack"]["provenance"] == "synthetic"
    assert "IC+CCRT" in ran.out and "synthetic" in ran.out
    segmentation = pydicom.dcmread(out / "segmentation.dcm")
    assert segmentation.PatientID == pydicom.dcmread(next((phantom / "t1c").iterdir())).PatientID


def test_two_runs_give_equal_hashes(run: Run, phantom: Path, tmp_path: Path) -> None:
    hashes = set()
    for name in ("first", "second"):
        run(*arguments(phantom, tmp_path / name, "--clinical", phantom / "clinical.json"))
        document = json.loads((tmp_path / name / "assessment.json").read_text(encoding="utf-8"))
        hashes.add(document["content_sha256"])
    assert len(hashes) == 1


def test_the_truth_may_be_given_as_mask(run: Run, phantom: Path, tmp_path: Path) -> None:
    mask = ("--mask", phantom / "t1c-seg.dcm", "--mask-segment", "Primary tumour,2")
    ran = run(*arguments(phantom, tmp_path / "out", *mask))
    assert ran.code == 0, ran.err
    document = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))
    assert document["assessment"]["mask"]["origin"] == "imported"


@pytest.mark.parametrize("wanted", [(), ("--mask-segment", "Liver")])
def test_which_segment_is_the_tumour_is_never_guessed(
    run: Run, phantom: Path, tmp_path: Path, wanted: tuple[str, ...]
) -> None:
    ran = run(*arguments(phantom, tmp_path / "out", "--mask", phantom / "t1c-seg.dcm", *wanted))
    assert ran.code == 2
    assert "1 Primary tumour; 2 Cervical lymph nodes" in ran.err


def test_identifiers_that_a_scan_lacks_are_minted_and_told(run: Run, phantom: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    shutil.copytree(phantom / "t1c", scan)
    for path in scan.iterdir():
        dataset = pydicom.dcmread(path)
        dataset.FrameOfReferenceUID = ""
        dataset.save_as(path)
    mask = ("--mask", phantom / "t1c-seg.dcm", "--mask-segment", "1")
    ran = run(*arguments(scan, tmp_path / "out", *mask))
    assert "new ones were made for the file (FrameOfReferenceUID)" in ran.out, ran.err
    assert pydicom.dcmread(tmp_path / "out" / "segmentation.dcm").FrameOfReferenceUID.startswith("2.25.")


def test_a_missing_clinical_value_is_named_and_nothing_is_filled_in(
    run: Run, phantom: Path, tmp_path: Path
) -> None:
    ran = run(*arguments(phantom, tmp_path / "out"))
    assert ran.code == 0
    document = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))
    age = next(entry for entry in document["assessment"]["clinical"] if entry["field_id"] == "age")
    assert age["value"] == "" and age["missing"] == "not_recorded"


@pytest.mark.parametrize(
    ("folder", "refused"),
    [
        (
            "mr_t1_gadolinium_nifti",
            {"guard.modality", "guard.contrast", "guard.body_part", "guard.slice_spacing"},
        ),
        ("mr_brain_t1_sag_siemens", {"guard.contrast", "guard.plane"}),
        ("ct_abdomen_contrast", {"guard.modality", "guard.slice_spacing"}),
    ],
)
def test_a_real_scan_of_the_wrong_kind_is_refused_with_every_reason(
    run: Run, shared_data: Path, tmp_path: Path, folder: str, refused: set[str]
) -> None:
    ran = run(*arguments(shared_data / folder, tmp_path / "out"))
    assert ran.code == 3, ran.err
    document = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))["assessment"]
    names = {line["name"] for line in document["guard"] if line["verdict"] == "refused"}
    assert refused <= names
    assert (
        document["recommendation"]["status"] == "withheld" and document["recommendation"]["recommend"] is None
    )
    for prediction in document["predictions"]:
        assert prediction["status"] == "withheld"
        assert prediction["score"] is None and prediction["fold_scores"] == []


def test_stating_everything_does_not_turn_a_brain_into_a_nasopharynx(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    stated = ("--state-modality", "MR", "--state-contrast", "yes", "--state-body-part", "HEADNECK")
    ran = run(*arguments(shared_data / "mr_t1_gadolinium_nifti", tmp_path / "out", *stated))
    assert ran.code == 3
    document = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))["assessment"]
    assert {"name": "fact.modality", "value": "MR", "source": "user", "scan": ""} in document["facts"]


def test_a_real_patient_gets_no_treatment_wording_from_a_demonstration_pack(
    run: Run, phantom: Path, tmp_path: Path
) -> None:
    scan = tmp_path / "scan"
    scan.mkdir()
    for path in (phantom / "t1c").iterdir():
        dataset = pydicom.dcmread(path)
        dataset.PatientName = "Somebody^Real"
        dataset.save_as(scan / path.name)
    ran = run(*arguments(scan, tmp_path / "out"))
    assert ran.code == 3
    document = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))["assessment"]
    assert document["subject"] == "patient" and document["recommendation"]["recommend"] is None
    assert all(prediction["score"] is None for prediction in document["predictions"])
    assert "Somebody" not in json.dumps(document)


def test_one_truncated_slice_among_thirty_withholds_the_answer(
    run: Run, phantom: Path, tmp_path: Path
) -> None:
    scan = tmp_path / "scan"
    shutil.copytree(phantom / "t1c", scan)
    victim = sorted(scan.iterdir())[12]
    victim.write_bytes(victim.read_bytes()[:-5000])
    ran = run(*arguments(scan, tmp_path / "out"))
    assert ran.code == 3
    document = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))["assessment"]
    assert all(prediction["score"] is None for prediction in document["predictions"])


def test_an_empty_folder_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run(*arguments(tmp_path / "empty", tmp_path / "out"))
    assert ran.code == 2 and one_sentence(ran.err) and not written(tmp_path / "out")


def test_a_folder_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    ran = run(*arguments(tmp_path / "nowhere", tmp_path / "out"))
    assert ran.code == 2 and one_sentence(ran.err)


def test_a_text_file_named_dcm_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "scan").mkdir()
    (tmp_path / "scan" / "IM1.dcm").write_text("Dear colleague, thank you for referring this patient.")
    ran = run(*arguments(tmp_path / "scan", tmp_path / "out"))
    assert ran.code == 2 and one_sentence(ran.err) and not written(tmp_path / "out")


def test_two_patients_in_one_folder_are_a_hard_stop(run: Run, phantom: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    shutil.copytree(phantom / "t1c", scan / "a")
    (scan / "b").mkdir()
    for path in (phantom / "t1c").iterdir():
        dataset = pydicom.dcmread(path)
        dataset.PatientID = "OTHER"
        dataset.SeriesInstanceUID += ".1"
        dataset.SOPInstanceUID += ".1"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(scan / "b" / path.name)
    ran = run(*arguments(scan, tmp_path / "out"))
    assert ran.code == 2 and one_sentence(ran.err) and "2" in ran.err and not written(tmp_path / "out")


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("age", {"value": 200, "unit": "a"}, "18"),
        ("age", {"value": "old", "unit": "a"}, "old"),
        ("t_stage", {"value": "T9"}, "T4"),
        ("stage", {"value": "I"}, "I"),
        ("shoe_size", {"value": 43}, "shoe_size"),
    ],
)
def test_a_clinical_value_that_cannot_be_is_refused(
    run: Run, phantom: Path, tmp_path: Path, field: str, value: dict[str, object], named: str
) -> None:
    document = json.loads((phantom / "clinical.json").read_text(encoding="utf-8"))
    document["values"][field] = value
    (tmp_path / "clinical.json").write_text(json.dumps(document))
    ran = run(*arguments(phantom, tmp_path / "out", "--clinical", tmp_path / "clinical.json"))
    assert ran.code == 2 and one_sentence(ran.err) and named in ran.err and not written(tmp_path / "out")


def test_every_refused_value_of_a_table_is_named_and_nothing_is_taken(
    run: Run, phantom: Path, tmp_path: Path
) -> None:
    table = tmp_path / "clinical.csv"
    table.write_text("age,ebv_dna,t_stage\n200,<500,T3\n", encoding="utf-8")
    ran = run(*arguments(phantom, tmp_path / "out", "--clinical", table))
    assert ran.code == 2 and "200" in ran.err and "<500" in ran.err and "none was taken" in ran.err
    assert not written(tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"schema": "other"}', b"\xff\xfe"])
def test_a_clinical_file_of_another_kind_is_refused(
    run: Run, phantom: Path, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "clinical.json").write_bytes(content)
    ran = run(*arguments(phantom, tmp_path / "out", "--clinical", tmp_path / "clinical.json"))
    assert ran.code == 2 and one_sentence(ran.err)


@pytest.mark.parametrize("request_", ["no-such-pack", f"{TINY}@9.9.9", "../../etc"])
def test_an_unknown_pack_is_refused(run: Run, phantom: Path, tmp_path: Path, request_: str) -> None:
    ran = run("assess", phantom, "--study", "npc-residual", "--pack", request_, "--out", tmp_path / "out")
    assert ran.code == 2 and one_sentence(ran.err) and not written(tmp_path / "out")


def test_an_unknown_study_or_rule_set_is_refused(run: Run, phantom: Path, tmp_path: Path) -> None:
    for more in (("--study", "lung"), ("--rule-set", "bold")):
        ran = run(*arguments(phantom, tmp_path / "out", *more))
        assert ran.code == 2 and one_sentence(ran.err) and not written(tmp_path / "out")


def site_rules(repository: Path, folder: Path, old: str, new: str) -> Path:
    text = (repository / "inference" / "rules" / "npc-residual.yaml").read_text(encoding="utf-8")
    assert old in text
    path = folder / "ours.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_an_answer_by_a_sites_rules_says_so(
    run: Run, phantom: Path, tmp_path: Path, repository: Path
) -> None:
    rules = site_rules(repository, tmp_path, "version: 2.0.0", "version: 2.3.4")
    ran = run(*arguments(phantom, tmp_path / "out", "--rules", rules, "--rule-set", "published"))
    assert ran.code == 0, ran.err
    document = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(rules.read_bytes()).hexdigest()
    assert document["assessment"]["recommendation"]["file"] == {
        "name": "ours.yaml",
        "version": "2.3.4",
        "sha256": digest,
        "origin": "site",
    }
    assert f"Site rules, not those of this program: ours.yaml 2.3.4, SHA-256 {digest[:12]}…" in ran.out


def test_a_sites_rules_that_leave_out_what_is_owed_are_refused_by_line(
    run: Run, phantom: Path, tmp_path: Path, repository: Path
) -> None:
    rules = site_rules(repository, tmp_path, "statement.ccrt_not_evidence, ", "")
    ran = run(*arguments(phantom, tmp_path / "out", "--rules", rules))
    *problems, sentence = ran.err.strip().splitlines()
    assert ran.code == 2 and not written(tmp_path / "out") and one_sentence(sentence)
    assert len(problems) == 4
    assert all("may not stand without “statement.ccrt_not_evidence”" in each for each in problems)


def test_a_pack_with_one_changed_byte_is_refused_by_file(
    run: Run, home: Path, phantom: Path, tmp_path: Path
) -> None:
    network = home / "data" / "packs" / TINY / "networks" / "ccrt-1.onnx"
    content = bytearray(network.read_bytes())
    content[100] ^= 1
    network.write_bytes(content)
    ran = run(*arguments(phantom, tmp_path / "out"))
    assert ran.code == 2 and one_sentence(ran.err) and "ccrt-1.onnx" in ran.err
    assert not written(tmp_path / "out")


def test_an_output_that_is_a_file_is_refused_before_any_work(run: Run, phantom: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    ran = run(*arguments(phantom, tmp_path / "out"))
    assert ran.code == 2 and one_sentence(ran.err)
    assert (tmp_path / "out").read_text() == "in the way"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_fails_while_writing_leaves_the_earlier_result(
    run: Run, phantom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in RESULTS:
        (out / name).write_text("earlier")
    flushes = 0
    flush = os.fsync

    def failing(handle: int) -> None:
        nonlocal flushes
        flushes += 1
        if flushes > 2:
            raise OSError(number, os.strerror(number))
        flush(handle)

    monkeypatch.setattr(storage.os, "fsync", failing)
    ran = run(*arguments(phantom, out))
    assert ran.code == 2 and one_sentence(ran.err)
    assert {name: (out / name).read_text() for name in written(out)} == dict.fromkeys(RESULTS, "earlier")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_refused(run: Run, phantom: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out").chmod(0o500)
    ran = run(*arguments(phantom, tmp_path / "out"))
    assert ran.code == 2 and one_sentence(ran.err)


def test_errors_speak_chinese_when_asked(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run(*arguments(tmp_path / "empty", tmp_path / "out", "--language", "zh_CN"))
    assert ran.code == 2 and "无法继续" in ran.err


def test_no_name_or_path_of_the_run_is_in_the_log(
    run: Run, home: Path, phantom: Path, tmp_path: Path
) -> None:
    run(*arguments(phantom, tmp_path / "out"))
    run(*arguments(tmp_path / "nowhere-WANG", tmp_path / "out"))
    log = (home / "logs" / "concilium.log").read_text(encoding="utf-8")
    assert "PHANTOM^" not in log and str(tmp_path) not in log and "WANG" not in log
    assert "refused: " in log
