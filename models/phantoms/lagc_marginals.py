"""Hu et al., Int J Surg 2023; 109: 1980-1992, Table 1: 1060 patients before neoadjuvant chemotherapy."""

from __future__ import annotations

from models.phantoms.published_table import PublishedTable

# Good responders (TRG 0-1), then poor ones, of the training, internal and external cohort.
TABLE = PublishedTable(
    source="Hu 2023, Table 1",
    cohorts=("training", "internal", "external"),
    counts={
        "age": {"< 60": ((72, 219), (13, 41), (20, 72)), ">= 60": ((90, 283), (16, 61), (39, 134))},
        "sex": {"female": ((42, 132), (10, 26), (13, 52)), "male": ((120, 370), (19, 76), (46, 154))},
        "bmi": {
            "< 18.5": ((21, 44), (3, 11), (6, 20)),
            "18.5-23.9": ((115, 338), (22, 66), (37, 135)),
            ">= 24": ((25, 113), (4, 25), (16, 51)),
        },
        "location": {
            "upper": ((50, 149), (6, 37), (13, 33)),
            "middle": ((37, 113), (14, 25), (8, 42)),
            "lower": ((62, 194), (9, 29), (24, 84)),
            "whole": ((13, 46), (0, 11), (14, 47)),
        },
        "maximum_diameter": {
            "<= 5 cm": ((69, 139), (7, 19), (37, 88)),
            "> 5 cm": ((93, 359), (22, 83), (22, 118)),
        },
        "borrmann": {"I-II": ((71, 220), (11, 42), (16, 22)), "III-IV": ((91, 282), (18, 60), (43, 184))},
        "ct_stage": {"T1-2": ((20, 26), (5, 12), (10, 2)), "T3-4": ((142, 476), (24, 90), (49, 204))},
        "cn_stage": {"N0-1": ((38, 100), (7, 28), (16, 24)), "N2-3": ((124, 402), (22, 74), (43, 182))},
        "cm_stage": {"M0": ((140, 413), (26, 88), (59, 195)), "M1": ((22, 89), (3, 14), (0, 11))},
        "differentiation": {
            "moderate_well": ((35, 90), (6, 13), (14, 46)),
            "poor": ((127, 412), (23, 89), (45, 160)),
        },
        "pathological_type": {
            "adenocarcinoma": ((161, 494), (28, 99), (55, 203)),
            "others": ((1, 8), (1, 3), (4, 3)),
        },
        "cea": {
            "negative": ((121, 336), (16, 60), (36, 131)),
            "positive": ((39, 152), (10, 40), (23, 73)),
            "unknown": ((2, 14), (3, 2), (0, 2)),
        },
        "ca125": {
            "negative": ((147, 443), (25, 79), (51, 173)),
            "positive": ((14, 52), (3, 23), (8, 31)),
            "unknown": ((1, 7), (1, 0), (0, 2)),
        },
        "afp": {
            "negative": ((144, 446), (23, 91), (49, 179)),
            "positive": ((15, 42), (2, 9), (10, 19)),
            "unknown": ((3, 14), (4, 2), (0, 8)),
        },
    },
)
RESPONDERS = {"training": (162, 664), "internal": (29, 131), "external": (59, 265)}
# (mean, SD) of good and of poor responders. The external glucose of the poor, printed as 6.54 +- 12.62,
# cannot be an SD of fasting values; theirs is taken as the good responders'.
LABORATORY: dict[str, dict[str, tuple[tuple[float, float], tuple[float, float]]]] = {
    "albumin": {
        "training": ((39.50, 4.32), (40.07, 4.29)),
        "internal": ((39.99, 4.63), (39.84, 4.48)),
        "external": ((38.66, 6.27), (38.64, 5.54)),
    },
    "plateletcrit": {
        "training": ((0.25, 0.08), (0.24, 0.08)),
        "internal": ((0.26, 0.06), (0.25, 0.09)),
        "external": ((0.29, 0.09), (0.25, 0.08)),
    },
    "lymphocytes": {
        "training": ((27.88, 8.68), (27.43, 8.70)),
        "internal": ((27.88, 9.51), (25.99, 9.96)),
        "external": ((24.12, 10.03), (25.70, 9.70)),
    },
    "glucose": {
        "training": ((5.46, 1.24), (5.62, 1.39)),
        "internal": ((5.60, 1.34), (5.74, 1.65)),
        "external": ((6.26, 1.77), (6.54, 1.77)),
    },
    "neutrophils": {
        "training": ((4.08, 1.90), (4.04, 1.96)),
        "internal": ((3.90, 1.57), (4.07, 2.00)),
        "external": ((4.44, 1.75), (4.06, 1.81)),
    },
}
# 265 of the 654 patients who were followed died within 36 months.
SURVIVORS_AT_36_MONTHS = (389, 654)


def laboratory_moments(name: str, cohort: str) -> tuple[float, float]:
    """Mean and SD of both classes together."""
    responders, patients = RESPONDERS[cohort]
    weights = (responders / patients, 1.0 - responders / patients)
    moments = LABORATORY[name][cohort]
    mean = sum(w * m for w, (m, _) in zip(weights, moments, strict=True))
    square = sum(w * (sd**2 + m**2) for w, (m, sd) in zip(weights, moments, strict=True))
    return mean, (square - mean**2) ** 0.5
