"""Yang et al., Quant Imaging Med Surg 2023; 13: 8190-8203, Table 1: 162 patients of three cohorts."""

from __future__ import annotations

from models.phantoms.published_table import PublishedTable

TABLE = PublishedTable(
    source="Yang 2023, Table 1",
    cohorts=("training", "internal", "external"),
    counts={
        "sex": {"female": ((23,), (8,), (12,)), "male": ((53,), (24,), (42,))},
        "location": {
            "cardia_fundus": ((41,), (17,), (27,)),
            "body": ((21,), (11,), (15,)),
            "antrum": ((9,), (1,), (2,)),
            "two_thirds_or_more": ((5,), (3,), (10,)),
        },
        "ct_lymph_node": {"no": ((39,), (15,), (26,)), "yes": ((37,), (17,), (28,))},
        "m_stage": {"M0": ((59,), (25,), (43,)), "M1": ((17,), (7,), (11,))},
        "grade": {
            "NET G1": ((15,), (7,), (0,)),
            "NET G2": ((6,), (3,), (5,)),
            "NET G3": ((3,), (0,), (2,)),
            "MiNEN": ((38,), (15,), (30,)),
            "NEC": ((14,), (7,), (17,)),
        },
    },
)
# Mean and SD.
AGE_YEARS = {"training": (61.70, 11.31), "internal": (63.06, 11.39), "external": (64.50, 9.15)}
LONG_DIAMETER_MM = {"training": (44.80, 27.49), "internal": (44.57, 29.71), "external": (53.97, 27.55)}
KI67_PERCENT = {"training": (53.08, 34.21), "internal": (49.25, 33.19), "external": (66.83, 24.25)}
