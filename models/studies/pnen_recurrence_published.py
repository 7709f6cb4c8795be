"""What Song et al. 2021 print of their models, to be shown beside ours: never a target, never a cut-off."""

from __future__ import annotations

from typing import Final

SOURCE: Final = "Song et al., Ann Transl Med 2021; 9: 833"
CUTOFF: Final = 0.165499

AUC: Final[dict[str, dict[str, float]]] = {
    "training": {
        "dlr_a": 0.80,
        "dlr_v": 0.58,
        "dlr_av": 0.72,
        "dlr_a_s": 0.75,
        "dlr_a_sa": 0.79,
        "dlr_a_sag": 0.83,
        "radiomics_a": 0.74,
        "radiomics_v": 0.68,
        "radiomics_av": 0.70,
        "ct_findings": 0.53,
    },
    "external": {
        "dlr_a": 0.77,
        "dlr_v": 0.48,
        "dlr_av": 0.64,
        "radiomics_a": 0.56,
        "radiomics_v": 0.52,
        "radiomics_av": 0.56,
        "ct_findings": 0.52,
    },
}
"""Tables 1, 2 and 4 and the text; the training figures are those of the cross-validation."""

DELONG_P: Final[dict[tuple[str, str], float]] = {
    ("dlr_a", "dlr_v"): 0.0632,
    ("dlr_a", "dlr_av"): 0.1519,
    ("dlr_a", "radiomics_a"): 0.5952,
    ("dlr_a", "radiomics_v"): 0.2808,
    ("dlr_a", "radiomics_av"): 0.4309,
    ("dlr_a", "ct_findings"): 0.1191,
}
"""Table S3, first row."""
