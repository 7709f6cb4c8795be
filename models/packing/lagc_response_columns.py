"""The columns of the regressions of ``lagc-response`` in the words of the clinical form."""

from __future__ import annotations

from typing import Final

import numpy as np

from inference.statistics.design import Design
from models.packing import coding
from models.phantoms.lagc_population import FORM
from models.studies.lagc_response import DL_SIGNATURE, TrainedLagc, on_scale
from models.studies.lagc_response_factors import LARGE_ABOVE_CM, coded
from models.studies.lagc_response_samples import LagcSamples

_FIELD_OF: Final = {field.attribute: field.id for field in FORM}
_LEVELS: Final = frozenset(
    {
        *("male", "middle", "lower", "whole", "II", "III", "IV", "M1", "mucinous", "signet_ring_cell"),
        *("squamous", "other", "yes", "moderate_well", "positive", "unknown"),
    }
)


def coded_columns(trained: TrainedLagc, training: LagcSamples) -> dict[str, coding.CodedColumn]:
    """Every column of the study's regressions in the words of the form; numbers about the training mean."""
    table = coded(training.factors)
    mean = dict(zip(table.names, map(float, table.matrix.mean(axis=0)), strict=True))
    columns: dict[str, coding.CodedColumn] = {}
    for attribute, field in _FIELD_OF.items():
        if attribute in mean and not attribute.endswith("_stage"):
            columns[attribute] = coding.number(field, mean[attribute])
        for name in mean:
            level = name.removeprefix(f"{attribute}_")
            if level != name and level in _LEVELS:
                columns[name] = coding.levels(field, level)
    columns["ct_stage"] = coding.ranks("ct_stage", {f"T{k}": float(k) for k in range(1, 5)})
    columns["cn_stage"] = coding.ranks("cn_stage", {f"N{k}": float(k) for k in range(4)})
    columns["large_diameter"] = coding.above("maximum_diameter", LARGE_ABOVE_CM)
    columns["borrmann_iii_iv"] = coding.levels("borrmann", "III", "IV")
    columns[DL_SIGNATURE] = coding.score(
        DL_SIGNATURE,
        float(np.mean(on_scale(trained.out_of_fold["dl"], trained.config))),
        as_log_odds=trained.config.signature_scale == "log_odds",
    )
    return columns


def survival_design(trained: TrainedLagc, training: LagcSamples) -> Design:
    """The columns of the Cox model for the patients whom it was fitted to."""
    signature = on_scale(trained.out_of_fold["dl"], trained.config)
    joined = coded(training.factors).with_column(DL_SIGNATURE, signature)
    return joined.design(trained.survival.fit.columns, np.array(trained.survival.training, dtype=np.intp))
