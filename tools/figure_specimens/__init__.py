"""One specimen of every figure, from synthetic data: what the gallery shows and the tests examine."""

from __future__ import annotations

from tools.figure_specimens.by_class import (
    calibration,
    confusion,
    decision,
    distribution_of,
    precision_recall,
    roc,
    waterfall,
)
from tools.figure_specimens.over_time import auc_over_time, forest, no_survival, nomogram_of, survival_of
from tools.figure_specimens.specimen import Specimen

SPECIMENS: tuple[Specimen, ...] = (
    Specimen("survival", survival_of(2)),
    Specimen("survival-one", survival_of(1)),
    Specimen("survival-many", survival_of(4)),
    Specimen("survival-none", no_survival),
    Specimen("roc", roc),
    Specimen("precision-recall", precision_recall),
    Specimen("calibration", calibration),
    Specimen("decision", decision),
    Specimen("auc-few", auc_over_time((1.0, 12.0, 24.0, 36.0, 60.0))),
    Specimen("auc-many", auc_over_time(tuple(float(month) for month in range(1, 61)))),
    Specimen("nomogram", nomogram_of(has_patient=False)),
    Specimen("nomogram-patient", nomogram_of(has_patient=True)),
    Specimen("forest", forest),
    Specimen("confusion-matrix", confusion),
    Specimen("scores-few", distribution_of(80)),
    Specimen("scores-many", distribution_of(1200)),
    Specimen("waterfall", waterfall),
)
