"""Cao et al., Int J Surg 2024; 110: 7598-7606, Table 1: 2813 patients after radical gastrectomy."""

from __future__ import annotations

import numpy as np

from models.phantoms.published_table import PublishedTable

# Relapse, then none, of the training, internal and external cohort.
TABLE = PublishedTable(
    source="Cao 2024, Table 1",
    cohorts=("training", "internal", "external"),
    counts={
        "sex": {"male": ((200, 1092), (72, 447), (23, 198)), "female": ((75, 407), (32, 156), (13, 98))},
        "vascular_tumour_thrombus": {
            "no": ((111, 839), (41, 314), (10, 140)),
            "yes": ((164, 660), (63, 289), (26, 156)),
        },
        "nerve_invasion": {
            "no": ((94, 775), (34, 267), (14, 184)),
            "yes": ((181, 724), (70, 336), (22, 112)),
        },
        "location": {
            "upper": ((74, 362), (22, 164), (11, 54)),
            "middle": ((82, 315), (30, 84), (8, 109)),
            "lower": ((108, 798), (49, 338), (16, 132)),
            "whole": ((11, 24), (3, 17), (1, 1)),
        },
        "differentiation": {
            "high": ((0, 35), (1, 14), (1, 19)),
            "medium": ((110, 751), (36, 282), (5, 68)),
            "low": ((165, 713), (67, 307), (30, 209)),
        },
        "preoperative_chemotherapy": {
            "no": ((240, 1315), (79, 536), (30, 262)),
            "yes": ((35, 184), (25, 67), (6, 34)),
        },
        "postoperative_chemotherapy": {
            "no": ((105, 811), (16, 337), (14, 176)),
            "yes": ((170, 688), (88, 266), (22, 120)),
        },
        "pt_stage": {"T1-2": ((31, 478), (20, 207), (8, 135)), "T3-4": ((244, 1021), (84, 396), (28, 161))},
        "pn_stage": {
            "N0": ((41, 530), (13, 211), (8, 140)),
            "N1": ((34, 269), (13, 90), (5, 47)),
            "N2": ((65, 318), (25, 124), (5, 41)),
            "N3": ((135, 382), (53, 178), (18, 68)),
        },
        "ptnm_stage": {
            "I": ((19, 361), (9, 150), (6, 110)),
            "II": ((36, 345), (12, 106), (7, 70)),
            "III": ((220, 793), (83, 347), (23, 116)),
        },
    },
)
RELAPSES = {"training": (275, 1774), "internal": (104, 707), "external": (36, 332)}
# (median, lower, upper quartile) with and without relapse.
Quartiles = tuple[float, float, float]
QUARTILES: dict[str, dict[str, tuple[Quartiles, Quartiles]]] = {
    "age": {
        "training": ((59.00, 52.00, 66.00), (62.00, 55.00, 68.00)),
        "internal": ((57.00, 49.25, 63.00), (60.00, 52.00, 67.00)),
        "external": ((63.50, 54.50, 68.75), (64.00, 58.00, 70.00)),
    },
    "tumour_length": {
        "training": ((5.00, 3.80, 7.00), (4.00, 2.50, 6.00)),
        "internal": ((4.50, 3.35, 5.86), (4.50, 3.00, 6.10)),
        "external": ((4.25, 3.00, 6.75), (3.50, 2.20, 5.50)),
    },
    "afp": {
        "training": ((2.49, 1.74, 3.69), (2.40, 1.68, 3.45)),
        "internal": ((3.05, 2.28, 4.21), (3.22, 2.46, 4.56)),
        "external": ((2.65, 2.01, 3.44), (2.68, 2.00, 3.64)),
    },
    "cea": {
        "training": ((2.49, 1.35, 4.71), (2.35, 1.40, 4.30)),
        "internal": ((2.59, 1.52, 4.46), (2.47, 1.54, 3.86)),
        "external": ((2.50, 1.45, 4.03), (2.60, 1.53, 4.38)),
    },
    "ca199": {
        "training": ((11.66, 5.18, 42.99), (10.78, 5.66, 25.31)),
        "internal": ((13.36, 6.31, 38.15), (8.34, 4.18, 20.07)),
        "external": ((4.56, 2.72, 14.21), (7.68, 3.53, 21.38)),
    },
    "ca125": {
        "training": ((12.00, 8.78, 19.20), (10.80, 7.70, 15.70)),
        "internal": ((12.50, 8.60, 17.15), (9.50, 6.80, 14.75)),
        "external": ((11.90, 7.40, 13.80), (12.65, 6.70, 16.10)),
    },
    "ca724": {
        "training": ((2.97, 1.60, 7.20), (2.13, 1.19, 5.74)),
        "internal": ((2.58, 1.24, 6.00), (2.24, 1.22, 4.97)),
        "external": ((2.12, 1.27, 2.87), (2.12, 1.39, 3.62)),
    },
}
_QUARTILE_RANGE_IN_SD = 1.349


def _both_classes(name: str, cohort: str) -> np.ndarray:
    relapses, patients = RELAPSES[cohort]
    weights = np.array([relapses / patients, 1.0 - relapses / patients])
    return np.asarray(weights @ np.log(np.array(QUARTILES[name][cohort])))


def lognormal_parameters(name: str, cohort: str) -> tuple[float, float]:
    """Median and sigma of all patients of the cohort, as if the value were lognormal."""
    middle, low, high = _both_classes(name, cohort)
    return float(np.exp(middle)), float((high - low) / _QUARTILE_RANGE_IN_SD)


def age_parameters(cohort: str) -> tuple[float, float]:
    """Mean and SD of age in years, as if it were normal."""
    relapses, patients = RELAPSES[cohort]
    weights = np.array([relapses / patients, 1.0 - relapses / patients])
    middle, low, high = weights @ np.array(QUARTILES["age"][cohort])
    return float(middle), float((high - low) / _QUARTILE_RANGE_IN_SD)
