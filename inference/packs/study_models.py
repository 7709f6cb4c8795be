"""The fitted numbers of a pack as a predictor takes them: read-only arrays by the name of their score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.errors import PackError
from inference.packs.arrays import read_npz
from inference.packs.fitted import (
    Calibration,
    ClinicalTerm,
    LinearModel,
    Platt,
    ScoreThreshold,
    SelectedFeature,
    SliceAggregation,
)
from inference.packs.load import LoadedPack
from inference.packs.reference import FeatureDistribution, ScoreQuantiles, SurvivalTable

_SYMMETRY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class FeatureWeights:
    """intercept + Σ weight × (embedding[index] - centre) / scale; frozen arrays of one length."""

    index: NDArray[np.int64]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    weight: NDArray[np.float64]
    intercept: float


@dataclass(frozen=True, slots=True, eq=False)
class SignatureWeights:
    """One signature and the phase whose embedding it reads."""

    name: str
    phase: str
    features: FeatureWeights


@dataclass(frozen=True, slots=True, eq=False)
class FoldMachine:
    """One fold's linear machine; the embeddings of ``phases`` are joined in this order.

    Its decision value is that of ``features`` and the sum of the clinical ``terms``.
    """

    fold: int
    phases: tuple[str, ...]
    features: FeatureWeights
    platt: Platt
    terms: tuple[ClinicalTerm, ...]


@dataclass(frozen=True, slots=True)
class StudyModels:
    """Everything fitted beside the networks, by the name of the score that it gives."""

    signatures: Mapping[str, SignatureWeights]
    machines: Mapping[str, tuple[FoldMachine, ...]]
    linear: Mapping[str, LinearModel]
    calibrations: Mapping[str, Calibration]
    thresholds: Mapping[str, ScoreThreshold]
    aggregation: SliceAggregation | None


@dataclass(frozen=True, slots=True, eq=False)
class FeatureCloud:
    """Mean (d) and covariance (d, d) of the training cohort's embeddings, after ``projection`` (d, length).

    ``projection`` is None where the embedding itself is meant; ``d`` is then its length.  ``fold`` says whose
    network's embedding it is, where folds have networks of their own, and ``treatment`` whose, where
    treatments have.
    """

    phase: str | None
    fold: int | None
    length: int
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    projection: NDArray[np.float64] | None
    patients: int
    treatment: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """``values`` of a score at ``probabilities`` in one cohort, among patients with one outcome."""

    stated: ScoreQuantiles
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """Kaplan–Meier of one risk group at the stated times, with its 95 % interval and who is at risk."""

    stated: SurvivalTable
    survival: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at_risk: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """What ``reference.npz`` holds."""

    features: tuple[FeatureCloud, ...] = ()
    quantiles: tuple[Quantiles, ...] = ()
    survival: tuple[SurvivalCurve, ...] = ()


def study_models(pack: LoadedPack) -> StudyModels:
    """The fitted parts of a verified pack."""
    manifest = pack.manifest
    machines: dict[str, tuple[FoldMachine, ...]] = {}
    for entry in sorted(manifest.support_vector_machines, key=lambda machine: machine.fold):
        weights = _weights(entry.features, entry.intercept)
        fold = FoldMachine(entry.fold, entry.phases, weights, entry.platt, entry.terms)
        machines[entry.name] = (*machines.get(entry.name, ()), fold)
    return StudyModels(
        signatures={
            entry.name: SignatureWeights(entry.name, entry.phase, _weights(entry.features, entry.intercept))
            for entry in manifest.signatures
        },
        machines=machines,
        linear={entry.name: entry for entry in manifest.linear_models},
        calibrations={entry.score: entry for entry in manifest.calibrations},
        thresholds={entry.score: entry for entry in manifest.score_thresholds},
        aggregation=manifest.aggregation,
    )


def _weights(features: Iterable[SelectedFeature], intercept: float) -> FeatureWeights:
    chosen = tuple(features)
    return FeatureWeights(
        index=_frozen(np.array([feature.index for feature in chosen], dtype=np.int64)),
        centre=_frozen(np.array([feature.scaling.centre for feature in chosen], dtype=np.float64)),
        scale=_frozen(np.array([feature.scaling.scale for feature in chosen], dtype=np.float64)),
        weight=_frozen(np.array([feature.weight for feature in chosen], dtype=np.float64)),
        intercept=intercept,
    )


def read_reference(pack: LoadedPack) -> ReferenceData:
    """The reference data of a verified pack; empty where it has none.

    Raises
    ------
    PackError
        When an array is absent, has another shape than the manifest says, or cannot be what it is said to be.
    """
    reference = pack.manifest.reference
    if reference is None:
        return ReferenceData()
    arrays = _Arrays(reference.file, read_npz(pack, reference.file))
    data = ReferenceData(
        tuple(_cloud(entry, arrays) for entry in reference.features),
        tuple(_quantiles(entry, arrays) for entry in reference.quantiles),
        tuple(_curve(entry, arrays) for entry in reference.survival),
    )
    arrays.all_were_asked_for()
    return data


class _Arrays:
    """The file's arrays, handed out with the shape that is expected of them."""

    def __init__(self, file: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._file = file
        self._arrays = arrays
        self._asked: set[str] = set()

    def floats(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
        self._asked.add(name)
        array = self._arrays.get(name)
        self.hold(
            name,
            array is not None
            and array.dtype == np.float64
            and array.shape == shape
            and bool(np.isfinite(array).all()),
        )
        assert array is not None
        return _frozen(array)

    def counts(self, name: str, length: int) -> NDArray[np.int64]:
        numbers = self.floats(name, (length,))
        self.hold(name, bool((numbers == np.rint(numbers)).all() and (numbers >= 0).all()))
        return _frozen(numbers.astype(np.int64))

    def hold(self, name: str, kept: bool) -> None:
        """Refuse the file when what is said of ``name`` is not so."""
        if not kept:
            raise PackError("error.pack.reference", file=self._file, array=name)

    def all_were_asked_for(self) -> None:
        """Nothing else lies in the file: no row of a patient slips along."""
        for name in sorted(set(self._arrays) - self._asked):
            self.hold(name, False)


def _cloud(entry: FeatureDistribution, arrays: _Arrays) -> FeatureCloud:
    size = entry.components or entry.length
    covariance_name = f"{entry.array}/covariance"
    covariance = arrays.floats(covariance_name, (size, size))
    arrays.hold(covariance_name, bool(np.abs(covariance - covariance.T).max() <= _SYMMETRY))
    arrays.hold(covariance_name, bool((covariance.diagonal() >= 0).all()))
    return FeatureCloud(
        entry.phase,
        entry.fold,
        entry.length,
        arrays.floats(f"{entry.array}/mean", (size,)),
        covariance,
        arrays.floats(f"{entry.array}/projection", (size, entry.length)) if entry.components else None,
        entry.patients,
        entry.treatment,
    )


def _quantiles(entry: ScoreQuantiles, arrays: _Arrays) -> Quantiles:
    name = f"{entry.array}/quantiles"
    values = arrays.floats(name, (len(entry.probabilities),))
    arrays.hold(name, bool((np.diff(values) >= 0).all()))
    return Quantiles(entry, values)


def _curve(entry: SurvivalTable, arrays: _Arrays) -> SurvivalCurve:
    length = len(entry.times_months)
    survival, low, high = (
        arrays.floats(f"{entry.array}/{name}", (length,)) for name in ("survival", "low", "high")
    )
    at_risk = arrays.counts(f"{entry.array}/at_risk", length)
    arrays.hold(f"{entry.array}/survival", bool((np.diff(survival) <= 0).all()))
    arrays.hold(f"{entry.array}/low", bool(((low >= 0) & (low <= survival)).all()))
    arrays.hold(f"{entry.array}/high", bool(((high >= survival) & (high <= 1)).all()))
    arrays.hold(
        f"{entry.array}/at_risk", bool((np.diff(at_risk) <= 0).all() and at_risk[0] <= entry.patients)
    )
    return SurvivalCurve(entry, survival, low, high, at_risk)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
