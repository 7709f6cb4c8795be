"""The weighting follows from numbers and names that agree; in a gap or a contradiction it is unknown."""

from dataclasses import replace
from typing import Any

import pytest

from inference.meaning.weighting import weighting_of
from inference.meaning.words import weightings_in
from inference.scan import Acquisition
from inference.technique import Technique

SE = Acquisition(modality="MR", scanning_sequence=("SE",), magnetic_field_t=1.5)
GR = Acquisition(
    modality="MR",
    scanning_sequence=("GR",),
    technique=Technique(sequence_variant=("SP",), flip_angle_deg=12.0),
)


def numbers(base: Acquisition, tr: float, te: float, ti: float | None = None, **more: Any) -> Acquisition:
    return replace(base, repetition_time_ms=tr, echo_time_ms=te, inversion_time_ms=ti, **more)


IR = replace(SE, scanning_sequence=("SE", "IR"))
STEADY = replace(GR, technique=Technique(sequence_variant=("SS",), flip_angle_deg=50.0))
EPI = replace(SE, scanning_sequence=("EP",))


@pytest.mark.parametrize(
    ("scan", "value"),
    [
        (numbers(SE, 550, 12), "t1"),
        (numbers(SE, 900, 12), ""),
        (numbers(SE, 900, 12, magnetic_field_t=3.0), "t1"),
        (numbers(SE, 900, 12, magnetic_field_t=None), ""),
        (numbers(SE, 4000, 100), "t2"),
        (numbers(SE, 2500, 30), "pd"),
        (numbers(SE, 2500, 55), ""),
        (numbers(SE, 1500, 90), ""),
        (numbers(IR, 4000, 60, 160), "stir"),
        (numbers(IR, 9000, 120, 2500), "flair"),
        (numbers(IR, 2200, 10, 860), "t1"),
        (numbers(IR, 9000, 120), ""),
        (numbers(IR, 9000, 120, 400), ""),
        (numbers(GR, 5, 2), "t1"),
        (numbers(replace(GR, scanning_sequence=("GR", "IR")), 2300, 3, 900), "t1"),
        (numbers(GR, 600, 20), "t2_star"),
        (numbers(STEADY, 4, 2), ""),
        (numbers(replace(GR, technique=Technique(sequence_variant=("SP",), flip_angle_deg=4.0)), 5, 2), ""),
        (numbers(replace(GR, technique=Technique(flip_angle_deg=80.0)), 300, 2.5), "t1"),
        (numbers(EPI, 3000, 30), "t2_star"),
        (numbers(replace(EPI, scanning_sequence=("EP", "SE")), 3000, 80), ""),
        (numbers(replace(SE, technique=Technique(diffusion_b_value=1000.0)), 5000, 80), "dwi"),
        (numbers(replace(EPI, technique=Technique(sequence_name="*ep_b1000t")), 5000, 80), "dwi"),
        (SE, ""),
        (numbers(replace(SE, scanning_sequence=()), 550, 12), ""),
    ],
)
def test_numbers_make_a_weighting_or_lie_in_a_gap(scan: Acquisition, value: str) -> None:
    assert weighting_of(scan).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("AX T1 +C", "t1"),
        ("t1_tse_tra_fs", "t1"),
        ("t1c", "t1"),
        ("SAG MPRAGE", "t1"),
        ("Ax T2 FLAIR", "flair"),
        ("T1 FLAIR", "t1"),
        ("COR STIR", "stir"),
        ("T2 TSE", "t2"),
        ("T2WI", "t2"),
        ("T2* GRE", "t2_star"),
        ("PDW fs", "pd"),
        ("DWI b1000", "dwi"),
        ("ep2d_diff_ADC", "adc"),
        ("弥散", "dwi"),
        ("T10 vertebra", ""),
        ("T1 map", ""),
        ("localizer", ""),
    ],
)
def test_names_make_a_weighting(text: str, value: str) -> None:
    scan = Acquisition(modality="MR", series_description=text)
    assert weighting_of(scan).value == value


def test_two_names_are_none() -> None:
    assert len(weightings_in("PD T2")) == 2
    assert weighting_of(Acquisition(modality="MR", series_description="PD T2")).value == ""


def test_a_name_against_the_numbers_is_unknown_with_both() -> None:
    opinion = weighting_of(numbers(replace(SE, series_description="T1 TSE"), 4000, 100))
    assert opinion.value == "" and {one.points_to for one in opinion.evidence} == {"t1", "t2"}


def test_the_image_type_of_a_map_outweighs_the_sequence_that_fed_it() -> None:
    scan = replace(SE, image_type=("DERIVED", "PRIMARY", "DIFFUSION", "ADC"))
    assert weighting_of(numbers(scan, 5000, 80)).value == "adc"


def test_a_ct_has_no_weighting() -> None:
    assert weighting_of(Acquisition(modality="CT", series_description="T1 vertebra")).evidence == ()
