"""What Hua et al. 2023 print of their models, to be shown beside ours: never a target, never a cut-off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.phantoms.npc_population import Regimen
from models.studies.npc_residual_config import CLASSIFIERS, Unit

SOURCE: Final = "Hua et al., Quant Imaging Med Surg 2023; 13: 3569-3586"

Published = tuple[float, float, float]
"""A figure and the limits of its 95 % interval."""

DICE: Final[Mapping[str, Published]] = {
    "deeplabv3": (0.752, 0.736, 0.768),
    "unet": (0.689, 0.675, 0.703),
}

_TABLE_2: Final[Mapping[tuple[Regimen, Unit], tuple[Published, ...]]] = {
    ("ccrt", "image"): (
        (0.713, 0.659, 0.767),
        (0.720, 0.675, 0.765),
        (0.778, 0.728, 0.828),
        (0.702, 0.640, 0.764),
    ),
    ("ccrt", "patient"): (
        (0.931, 0.884, 0.978),
        (0.931, 0.879, 0.983),
        (0.907, 0.857, 0.957),
        (0.938, 0.895, 0.981),
    ),
    ("ic_ccrt", "image"): (
        (0.806, 0.756, 0.856),
        (0.834, 0.786, 0.882),
        (0.833, 0.791, 0.875),
        (0.837, 0.792, 0.882),
    ),
    ("ic_ccrt", "patient"): (
        (0.864, 0.818, 0.910),
        (0.888, 0.835, 0.941),
        (0.953, 0.911, 0.995),
        (0.955, 0.911, 0.999),
    ),
}
AUC: Final[Mapping[tuple[Regimen, Unit, str], Published]] = {
    (treatment, unit, classifier): figures
    for (treatment, unit), row in _TABLE_2.items()
    for classifier, figures in zip(CLASSIFIERS, row, strict=True)
}
"""Test cohort; in the image unit the area is per slice.  ACC, Se and Sp of the table call non-residual
positive and do not fit the sizes of the cohorts, so they are not carried over."""

MEAN_AUC: Final[Mapping[tuple[Regimen, Unit], float]] = {
    ("ccrt", "image"): 0.728,
    ("ccrt", "patient"): 0.928,
    ("ic_ccrt", "image"): 0.828,
    ("ic_ccrt", "patient"): 0.915,
}
"""As printed; the mean of the four areas of CCRT in the patient unit is 0.927."""
