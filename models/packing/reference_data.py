"""The reference data of a pack: clouds of embeddings, quantiles of scores, curves; never a patient's row."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from inference.packs.phases import PhaseName
from inference.packs.reference import FeatureDistribution, Reference, ScoreQuantiles, SurvivalTable
from inference.statistics.outcomes import Bools, Floats, SurvivalData
from inference.statistics.survival.kaplan_meier import kaplan_meier
from models.training.feature_filter import varying_features

REFERENCE_FILE: Final = "reference.npz"
COMPONENTS: Final = 8
PATIENTS_PER_AXIS: Final = 10
FEWEST: Final = 5
"""A group of fewer patients is told by no quantile and no curve: they would be the patients themselves."""

_MANY: Final = 20
_QUARTILES: Final = (0.25, 0.5, 0.75)
_TWENTIETHS: Final = tuple(round(k / 20, 2) for k in range(1, 20))
_STEP_MONTHS: Final = 3.0
_MOST_MONTHS: Final = 120.0
Cohort = Literal["training", "internal", "external"]


@dataclass(slots=True)
class ReferenceContent:
    """Collects entries and the arrays that they name."""

    features: list[FeatureDistribution] = field(default_factory=list)
    quantiles: list[ScoreQuantiles] = field(default_factory=list)
    survival: list[SurvivalTable] = field(default_factory=list)
    arrays: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def add_cloud(
        self,
        name: str,
        embeddings: Floats,
        *,
        phase: PhaseName | None = None,
        treatment: str | None = None,
        fold: int | None = None,
        left_out: bool = False,
    ) -> None:
        """Mean and covariance of the training patients' embeddings (patients, length), on a few axes.

        The axes are those of largest variance among embeddings that are divided by their spread; one that
        hardly varies has no part in them.  Each needs ten patients.
        """
        patients, length = embeddings.shape
        spread = embeddings.std(axis=0)
        spread[~varying_features(embeddings)] = np.inf
        centred = (embeddings - embeddings.mean(axis=0)) / spread
        count = max(1, min(COMPONENTS, length, patients // PATIENTS_PER_AXIS))
        axes = np.linalg.svd(centred, full_matrices=False)[2][:count]
        projection = axes / spread
        projected = embeddings @ projection.T
        covariance = np.atleast_2d(np.cov(projected, rowvar=False))
        self.features.append(
            FeatureDistribution(
                array=name,
                phase=phase,
                fold=fold,
                treatment=treatment,
                left_out=left_out,
                length=length,
                components=count,
                patients=patients,
            )
        )
        self.arrays[f"{name}/mean"] = projected.mean(axis=0)
        self.arrays[f"{name}/covariance"] = (covariance + covariance.T) / 2
        self.arrays[f"{name}/projection"] = projection

    def add_quantiles(
        self, score: str, cohort: Cohort, values: Floats, is_positive: Bools, outcomes: tuple[str, str]
    ) -> None:
        """Quantiles among those with the positive outcome and among the others, named in this order."""
        for outcome, chosen in zip(outcomes, (is_positive, ~is_positive), strict=True):
            own = values[chosen]
            if len(own) < FEWEST:
                continue
            probabilities = _TWENTIETHS if len(own) >= _MANY else _QUARTILES
            array = f"{score}_{cohort}_{outcome}"
            self.quantiles.append(
                ScoreQuantiles(
                    array=array,
                    score=score,
                    cohort=cohort,
                    outcome=outcome,
                    probabilities=probabilities,
                    patients=len(own),
                )
            )
            self.arrays[f"{array}/quantiles"] = np.quantile(own, probabilities)

    def add_survival(
        self, score: str, cohort: Cohort, data: SurvivalData, values: Floats, threshold: float
    ) -> None:
        """Kaplan–Meier of those at or above ``threshold``, and of those below, every three months."""
        sides: tuple[tuple[Literal["high", "low"], Bools], ...] = (
            ("high", values >= threshold),
            ("low", values < threshold),
        )
        for group, chosen in sides:
            own = data.rows(chosen)
            if len(own) < FEWEST:
                continue
            last = min(float(own.time.max()), _MOST_MONTHS)
            times = np.arange(0.0, max(last, _STEP_MONTHS) + 1e-9, _STEP_MONTHS)
            at = kaplan_meier(own).at(times)
            array = f"{score}_{cohort}_{group}_risk"
            self.survival.append(
                SurvivalTable(
                    array=array,
                    score=score,
                    cohort=cohort,
                    group=group,
                    times_months=tuple(map(float, times)),
                    patients=len(own),
                )
            )
            survival = at.survival
            self.arrays[f"{array}/survival"] = survival
            self.arrays[f"{array}/low"] = np.where(np.isnan(at.lower), survival, at.lower)
            self.arrays[f"{array}/high"] = np.where(np.isnan(at.upper), survival, at.upper)
            self.arrays[f"{array}/at_risk"] = at.at_risk.astype(np.float64)

    def entry(self) -> Reference:
        """The manifest's part."""
        return Reference(
            file=REFERENCE_FILE,
            features=tuple(self.features),
            quantiles=tuple(self.quantiles),
            survival=tuple(self.survival),
        )

    def content(self) -> bytes:
        """The file."""
        stream = io.BytesIO()
        arrays: Mapping[str, Any] = {
            name: np.ascontiguousarray(array, np.float64) for name, array in self.arrays.items()
        }
        np.savez_compressed(stream, allow_pickle=False, **arrays)
        return stream.getvalue()


def known_cohort(name: str, names: Sequence[str] = ("training", "internal", "external")) -> Cohort | None:
    """The cohort's name where reference data may speak of it."""
    return name if name in names else None  # type: ignore[return-value]
