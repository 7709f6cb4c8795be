"""Computed tomography scanners of the synthetic hospitals: sampling, kernel, noise and contrast timing."""

from __future__ import annotations

from dataclasses import dataclass

STUDIES = ("lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")
COHORTS = ("training", "internal", "external")


@dataclass(frozen=True, slots=True)
class CtScanner:
    """What differs between hospitals.

    ``field_mm`` is the reconstructed field; with 512 columns it sets the pixel. ``lowest_mm`` is the level of
    the first slice above the first lumbar vertebra. ``mtf_half_per_mm`` is the spatial frequency (line pairs
    per mm) at which the kernel passes half, ``noise_hu`` the standard deviation in the middle of an average
    patient at ``tube_mas``. ``arterial_s`` and ``portal_venous_s`` are delays after the start of injection;
    ``iodine_gain`` is the enhancement against the first hospital's (dose, tube voltage).
    """

    manufacturer: str
    model: str
    tube_kvp: int
    tube_mas: int
    field_mm: float
    slices: int
    step_mm: float
    thickness_mm: float
    lowest_mm: float
    kernel: str
    mtf_half_per_mm: float
    edge_boost: float
    noise_hu: float
    arterial_s: float
    portal_venous_s: float
    iodine_gain: float


_MAKER = "Concilium phantom"

_GASTRIC: dict[str, CtScanner] = {
    "training": CtScanner(
        _MAKER,
        "Hospital A",
        120,
        200,
        380.0,
        50,
        5.0,
        5.0,
        -126.0,
        "B30f-like",
        0.36,
        0.0,
        11.0,
        35.0,
        70.0,
        1.0,
    ),
    "internal": CtScanner(
        _MAKER,
        "Hospital A, second room",
        120,
        180,
        370.0,
        50,
        5.0,
        5.0,
        -126.0,
        "B31f-like",
        0.38,
        0.05,
        12.5,
        33.0,
        68.0,
        1.03,
    ),
    "external": CtScanner(
        _MAKER,
        "Hospital B",
        110,
        150,
        400.0,
        62,
        4.0,
        4.0,
        -126.0,
        "STND-like",
        0.42,
        0.16,
        16.0,
        38.0,
        76.0,
        0.92,
    ),
}
_PANCREATIC: dict[str, CtScanner] = {
    "training": CtScanner(
        _MAKER,
        "Hospital A",
        120,
        220,
        360.0,
        110,
        2.0,
        2.0,
        -92.0,
        "B30f-like",
        0.36,
        0.0,
        14.0,
        35.0,
        65.0,
        1.0,
    ),
    "internal": CtScanner(
        _MAKER,
        "Hospital A, second room",
        120,
        210,
        360.0,
        110,
        2.0,
        2.0,
        -92.0,
        "B31f-like",
        0.38,
        0.05,
        15.0,
        35.0,
        65.0,
        1.03,
    ),
    "external": CtScanner(
        _MAKER,
        "Hospital B",
        110,
        170,
        390.0,
        147,
        1.5,
        2.0,
        -92.0,
        "STND-like",
        0.42,
        0.16,
        19.0,
        37.0,
        66.0,
        0.92,
    ),
}


def scanner_of(study: str, cohort: str) -> CtScanner:
    """The scanner of a study's cohort."""
    if study not in STUDIES or cohort not in COHORTS:
        raise ValueError(f"no scanner for study {study!r} and cohort {cohort!r}")
    return (_PANCREATIC if study == "pnen-recurrence" else _GASTRIC)[cohort]
