"""What is said of each file of the shared malformed set."""

from __future__ import annotations

import time
from pathlib import Path

from inference.dicom.intake import Intake
from tests.inference.dicom.dicom_files import codes

STACK = "a stack"
MALFORMED = {
    "TC0233_rows_US_as_UL": "malformed", "TC0235_bitsallocated_US_as_SS": "malformed",
    "TC0243_pixeldata_OB_as_OW": "truncated", "TC0247_bitsstored_US_as_UL": "malformed",
    "TC0255_implicit_rows_4bytes": "malformed", "TC0263_depth_50": "nesting", "TC0265_depth_100": "nesting",
    "TC0267_depth_500_raw": "malformed", "TC0285_buf_half": "truncated", "TC0291_buf_zero": "truncated",
    "TC0293_buf_one_byte": "truncated", "TC0295_rows_zero": "dimensions_unsupported",
    "TC0297_cols_zero": "dimensions_unsupported", "TC0299_bits_bsstored_gt_ba": "bits_impossible",
    "TC0301_bits_highbit_eq_ba": "bits_impossible", "TC0303_bits_highbit_gt_ba": "bits_impossible",
    "TC0305_bits_ba_zero": "bits_impossible", "TC0307_bits_ba_one": "bits_impossible",
    "TC0345_deflate_corrupt": "malformed", "TC0347_deflate_truncated": "malformed",
    "ExplVR_BigEndNoMeta": "other_object", "MR_truncated": "truncated", "badVR": "other_object",
    "meta_missing_tsyntax": "malformed", "no_meta": "not_an_image_file",
    "rtplan_truncated": "length_beyond_file",
    "TC0287_buf_2x": f"{STACK}: pixels_too_long", "TC0289_buf_10x": f"{STACK}: pixels_too_long",
    "TC0241_patientname_PN_as_OB": f"{STACK}: charset_undecodable",
    "TC0257_implicit_patname_binary": f"{STACK}: charset_undecodable",
    "bad_sequence": f"{STACK}: single_slice",
}  # fmt: skip
"""The others are plain pictures without geometry."""


def test_every_malformed_file_has_its_verdict_and_the_rest_is_read(intake: Intake, shared_data: Path) -> None:
    files = sorted((shared_data / "malformed").rglob("*.dcm"))
    assert len(files) == 50 and {path.stem for path in files} > set(MALFORMED)
    for path in files:
        expected = MALFORMED.get(path.stem, f"{STACK}: no_position")
        begun = time.monotonic()
        plan = intake.scan(path)
        if expected.startswith(STACK):
            (stack,) = plan.stacks
            assert expected.removeprefix(f"{STACK}: ") in codes(stack.findings), path.name
            intake.load(plan, stack)
        else:
            assert codes(plan.skipped) == {expected} and plan.stacks == (), path.name
        assert time.monotonic() - begun < 5
    whole = intake.scan(shared_data / "malformed")
    assert len(whole.files) == len(files) + 1
