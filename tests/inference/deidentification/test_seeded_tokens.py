"""Two hundred objects that name their patient everywhere: what comes out names nobody and shows the same."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pydicom
import pytest

from inference.deidentification import rewriting
from inference.deidentification.cleaning import Cleaner
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.profile import Action, Family, Profile, load_profile
from inference.deidentification.raw_item import RawItem
from tests.inference.deidentification.conftest import Run
from tests.inference.deidentification.identity_tokens import TOKENS, tokens_in
from tests.inference.deidentification.seeded_objects import HELD, searchable

WRITTEN = {"ct": 60, "mr": 40, "pet": 15, "enhanced-mr": 20, "enhanced-ct": 15, "seg": 15, "rtstruct": 15}


def test_the_seeds_stand_in_what_goes_in(seeded_run: Run) -> None:
    found: set[str] = set()
    for path in seeded_run.inputs:
        found |= tokens_in(searchable(path.read_bytes())) | tokens_in(str(path).encode())
    assert found == set(TOKENS) and len(TOKENS) >= 40 and len(seeded_run.inputs) == 200


def test_no_seed_stands_in_what_comes_out(seeded_run: Run) -> None:
    found = {}
    for path in seeded_run.out.rglob("*"):
        content = searchable(path.read_bytes()) if path.is_file() else b""
        name = str(path.relative_to(seeded_run.out)).encode()
        if tokens := tokens_in(content) | tokens_in(name):
            found[path.name] = tokens
    assert not found


def test_the_key_beside_the_folder_shows_nothing_either(seeded_run: Run) -> None:
    assert not tokens_in(seeded_run.out.with_suffix(".keymap").read_bytes())


def test_every_covered_object_is_written_and_every_other_held_back_by_name(seeded_run: Run) -> None:
    assert seeded_run.result.written == sum(WRITTEN.values()) == len(seeded_run.outputs())
    held = Counter(one.reason for one in seeded_run.result.held_back)
    assert held == {**dict.fromkeys(HELD.values(), 4), "burned_in": 4}


def test_pixels_are_those_that_went_in(seeded_run: Run) -> None:
    outputs = seeded_run.outputs()
    compared = 0
    for path, name in seeded_run.inputs.items():
        before = pydicom.dcmread(path)
        if name not in WRITTEN or "PixelData" not in before:
            continue
        after = outputs[seeded_run.key.uids[before.SOPInstanceUID]]
        assert after.file_meta.TransferSyntaxUID == before.file_meta.TransferSyntaxUID
        if name == "seg":
            assert after.PixelData == before.PixelData[: len(after.PixelData)]
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the token behind the pixels that went in
                np.testing.assert_array_equal(after.pixel_array, before.pixel_array)
        compared += 1
    assert compared == sum(WRITTEN.values()) - WRITTEN["rtstruct"]


def test_references_lead_to_the_same_objects_under_their_new_uids(seeded_run: Run) -> None:
    outputs, new = seeded_run.outputs(), seeded_run.key.uids
    for path, name in seeded_run.inputs.items():
        if name not in ("seg", "rtstruct"):
            continue
        before = pydicom.dcmread(path)
        after = outputs[new[before.SOPInstanceUID]]
        if name == "seg":
            old = before.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0].ReferencedSOPInstanceUID
            ours = after.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0].ReferencedSOPInstanceUID
            frame_of_reference = after.FrameOfReferenceUID
        else:
            old_contour = before.ROIContourSequence[0].ContourSequence[0]
            contour = after.ROIContourSequence[0].ContourSequence[0]
            old = old_contour.ContourImageSequence[0].ReferencedSOPInstanceUID
            ours = contour.ContourImageSequence[0].ReferencedSOPInstanceUID
            assert list(contour.ContourData) == list(old_contour.ContourData)
            frame_of_reference = after.StructureSetROISequence[0].ReferencedFrameOfReferenceUID
        assert ours == new[old] and outputs[ours].Modality == "CT"
        assert frame_of_reference == outputs[ours].FrameOfReferenceUID
        assert after.StudyInstanceUID == outputs[ours].StudyInstanceUID
        assert after.PatientID == outputs[ours].PatientID == "CONC-0001"


def test_every_object_says_what_was_done_to_it(seeded_run: Run) -> None:
    for dataset in seeded_run.outputs().values():
        assert dataset.preamble == bytes(128)
        assert dataset.PatientIdentityRemoved == "YES" and dataset.DeidentificationMethod
        codes = [
            (one.CodeValue, one.CodingSchemeDesignator) for one in dataset.DeidentificationMethodCodeSequence
        ]
        assert codes == [("113100", "DCM"), ("113111", "DCM")]
        assert dataset.LongitudinalTemporalInformationModified == "REMOVED"
        assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
        assert (
            dataset.SOPInstanceUID.startswith("2.25.")
            and "SourceApplicationEntityTitle" not in dataset.file_meta
        )


def test_what_a_picture_needs_is_still_there(seeded_run: Run) -> None:
    outputs = seeded_run.outputs()
    for path, name in seeded_run.inputs.items():
        if name not in ("ct", "mr"):
            continue
        before = pydicom.dcmread(path)
        after = outputs[seeded_run.key.uids[before.SOPInstanceUID]]
        for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness"):
            assert after[keyword].value == before[keyword].value
        assert after[0x20011003].value == 800.0 and after[0x20010010].value == "Philips Imaging DD 001"
        assert [one.CodeMeaning for one in after.AnatomicRegionSequence] == [
            "Liver structure (body structure)",
            "Removed by de-identification",
        ]
        assert after.ICCProfile[156:160] == b"text" and after.ICCProfile[188:192] == b"XYZ "


def test_labels_stay_apart_and_frames_stay_ordered(seeded_run: Run) -> None:
    labels = set()
    for dataset in seeded_run.outputs().values():
        if "SegmentSequence" in dataset:
            labels.add(dataset.SegmentSequence[0].SegmentLabel)
        if "StructureSetROISequence" in dataset:
            labels.add(dataset.StructureSetROISequence[0].ROIName)
        if "PerFrameFunctionalGroupsSequence" in dataset:
            contents = [group.FrameContentSequence[0] for group in dataset.PerFrameFunctionalGroupsSequence]
            assert [content.InStackPositionNumber for content in contents] == [1, 2, 3, 4]
            assert {content.StackID for content in contents} == {"1"}
            assert dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness == 2.5
    assert labels == {"Segment 1", "ROI 7"}


def test_the_report_counts_and_gives_reasons_without_a_name(seeded_run: Run) -> None:
    report = json.loads((seeded_run.out / "deidentification.json").read_text(encoding="utf-8"))
    assert report["objects"] == sum(WRITTEN.values())
    assert report["patients"] == [{"pseudonym": "CONC-0001", "objects": report["objects"]}]
    assert len(report["held_back"]) == 20 and all("…" in held["text"] for held in report["held_back"])
    words = json.dumps(report).lower()
    assert not any(promise in words for promise in ("guarantee", "anonym", "cannot be identified"))


def rewritten(path: Path) -> bytes:
    """The bytes that one object becomes, without a process of its own."""
    content = path.read_bytes()
    _, uids = rewriting.examine(content, DeidentifyOptions())
    made = rewriting.rewrite(
        content,
        DeidentifyOptions(),
        pseudonym="CONC-0001",
        shift_days=0,
        uids={uid: f"2.25.{number}" for number, uid in enumerate(uids)},
        minted=("2.25.1", "2.25.2", "2.25.3"),
    )
    return b"".join(bytes(part) for part in made.encoded.parts)


def some_ct(run: Run) -> Path:
    return next(path for path, name in run.inputs.items() if name == "ct")


@pytest.mark.parametrize("keyword", ["PatientAddress", "AccessionNumber", "RequestAttributesSequence"])
def test_an_attribute_that_the_profile_forgets_is_removed_all_the_same(
    seeded_run: Run, monkeypatch: pytest.MonkeyPatch, keyword: str
) -> None:
    whole = load_profile()
    rows = {tag: row for tag, row in whole.rows.items() if row.keyword != keyword}
    assert len(rows) == len(whole.rows) - 1
    forgetful = Profile(rows, whole.attributes, whole.private)
    monkeypatch.setattr(rewriting, "load_profile", lambda: forgetful)
    assert not tokens_in(rewritten(some_ct(seeded_run)))


def test_the_search_finds_what_a_wrong_row_lets_through(
    seeded_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row that says keep where the standard says remove, and its words stand in the result."""
    whole = load_profile()
    careless = whole.action

    def action(tag: int, vr: str, family: Family, *, is_nested: bool, options: DeidentifyOptions) -> Action:
        if tag == 0x00081030:
            return Action.KEEP
        return careless(tag, vr, family, is_nested=is_nested, options=options)

    kept = Cleaner._kept

    def keep(self: Cleaner, item: RawItem, tag: int, vr: str, value: bytes, depth: int) -> bytes | None:
        return value if tag == 0x00081030 else kept(self, item, tag, vr, value, depth)

    monkeypatch.setattr(whole, "action", action)
    monkeypatch.setattr(Cleaner, "_kept", keep)
    assert tokens_in(rewritten(some_ct(seeded_run))) == {"study description"}
