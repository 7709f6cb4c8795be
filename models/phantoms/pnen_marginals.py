"""Song et al., Ann Transl Med 2021; 9: 833, Table S2: 56 patients of one hospital, 10 with recurrence."""

from __future__ import annotations

from models.phantoms.published_table import PublishedTable

# Recurrence, then none. The second hospital's table is unpublished but for sex and recurrences.
# Calcification is printed as 45 of 56, in the one row whose "yes" stands before its "no"; flecks of lime are
# the exception in these tumours, so the labels are taken as exchanged.
TABLE = PublishedTable(
    source="Song 2021, Table S2",
    cohorts=("training",),
    counts={
        "sex": {"female": ((4, 24),), "male": ((6, 22),)},
        "symptoms": {"yes": ((1, 23),), "no": ((9, 23),)},
        "maximum_diameter": {"< 20 mm": ((1, 23),), ">= 20 mm": ((9, 23),)},
        "location": {
            "uncinate": ((5, 16),),
            "head-neck": ((2, 14),),
            "body": ((1, 4),),
            "tail": ((2, 12),),
        },
        "composition": {"solid": ((3, 28),), "mixed": ((6, 18),), "cystic": ((1, 0),)},
        "calcification": {"no": ((7, 38),), "yes": ((3, 8),)},
        "shape": {"round": ((2, 29),), "lobulated": ((4, 11),), "confluent": ((4, 6),)},
        "boundary": {"clear": ((4, 32),), "unclear": ((6, 14),)},
        "vessel_involvement": {"no": ((9, 42),), "yes": ((1, 4),)},
        "pancreatic_duct": {"normal": ((5, 39),), "dilated_or_cut": ((5, 7),)},
        "pancreas_atrophy": {"no": ((7, 36),), "yes": ((3, 10),)},
        "node_morphology": {"normal": ((6, 41),), "enlarged": ((3, 5),), "confluent": ((1, 0),)},
        "node_enhancement": {"homogeneous": ((8, 46),), "heterogeneous": ((2, 0),)},
        "fatty_liver": {"no": ((10, 43),), "yes": ((0, 3),)},
        "benign_liver_lesion": {"no": ((4, 26),), "yes": ((6, 20),)},
        "bile_duct_dilated": {"no": ((9, 40),), "yes": ((1, 6),)},
        "splenomegaly": {"no": ((6, 29),), "yes": ((4, 17),)},
        "splenic_varices": {"no": ((9, 43),), "yes": ((1, 3),)},
    },
)
RECURRENCES = {"training": (10, 56), "internal": (10, 56), "external": (9, 18)}
FEMALE = {"training": (28, 56), "internal": (28, 56), "external": (6, 18)}
# The first hospital's age is misprinted (it repeats the portal vein's diameter): the second hospital's, of
# those without recurrence, stands for both.
AGE_YEARS = (48.78, 15.67)
# Median and interquartile range without and with recurrence, weighted 46 to 10, as mean and SD.
CT_VALUES = {
    "ct_ratio_unenhanced": (1.10, 0.29),
    "ct_ratio_arterial": (1.15, 0.49),
    "ct_ratio_venous": (1.10, 0.29),
    "relative_enhancement_arterial": (0.40, 0.28),
    "relative_enhancement_venous": (0.61, 0.28),
    "portal_vein": (14.34, 2.42),
    "splenic_vein": (8.61, 2.32),
}
