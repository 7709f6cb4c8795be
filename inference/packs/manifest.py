"""The manifest: what a pack is for, what it needs, how it was made, how good it is; one versioned schema."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from inference.preprocessing.settings import ClassifierSettings, SegmenterSettings

SCHEMA_VERSION = 1
_SHA256 = r"^[0-9a-f]{64}$"
_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_SEMVER = r"^\d+\.\d+\.\d+$"

OUTPUTS_BY_ROLE = {"segmenter": ("probability",), "classifier": ("score", "activation", "gradient")}
"""What each kind of network gives for its input ``image``, in order."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Range(_Part):
    """Closed interval, both ends allowed."""

    minimum: float
    maximum: float

    def contains(self, value: float) -> bool:
        """True inside the interval, ends included."""
        return self.minimum <= value <= self.maximum


class InputConditions(_Part):
    """The scans that the pack may answer for; mm and degrees.

    ``allows_isotropic`` lets a volume pass whose equal spacings leave open in which plane it was acquired.
    """

    modality: str
    contrast_enhanced: bool
    plane: Literal["axial", "coronal", "sagittal"]
    maximum_obliquity_deg: float
    body_parts: tuple[str, ...]
    pixel_spacing_mm: Range
    slice_spacing_mm: Range
    slice_thickness_mm: Range
    field_of_view_mm: Range
    minimum_slices: int
    minimum_mask_ml: float
    allows_isotropic: bool = False

    @model_serializer(mode="wrap")
    def _as_before_where_nothing_is_allowed(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Packs made before there was ``allows_isotropic`` keep their hash."""
        document: dict[str, Any] = write(self)
        if not self.allows_isotropic:
            del document["allows_isotropic"]
        return document


class Tensor(_Part):
    """Name and shape of one network input or output; None is a free batch size."""

    name: str
    shape: tuple[int | None, ...]


class NetworkEntry(_Part):
    """One ONNX file; ``treatment`` is None for a segmenter."""

    role: Literal["segmenter", "classifier"]
    architecture: str
    treatment: str | None
    fold: int | None
    file: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    @model_validator(mode="after")
    def _speaks_its_role(self) -> NetworkEntry:
        names = (tuple(tensor.name for tensor in self.inputs), tuple(tensor.name for tensor in self.outputs))
        if names != (("image",), OUTPUTS_BY_ROLE[self.role]):
            raise ValueError(f"a {self.role} maps image to {', '.join(OUTPUTS_BY_ROLE[self.role])}")
        if (self.treatment is None) != (self.role == "segmenter"):
            raise ValueError("a classifier, and only a classifier, names its treatment")
        return self


class Threshold(_Part):
    """A cut-off and how it was locked; positive means score ≥ value, compared unrounded."""

    treatment: str
    value: float
    positive_class: str
    locked_on: str
    method: str
    borderline_margin: float = Field(ge=0)


class Provenance(_Part):
    """Whose data made the pack; ``synthetic`` is shown beside every number."""

    kind: Literal["synthetic", "hospital"]
    description: str
    cohort_sizes: dict[str, int]
    events: dict[str, int]
    seed: int


class Metric(_Part):
    """One measured figure with its 95 % interval where there is one."""

    cohort: str
    treatment: str | None
    name: str
    value: float
    low: float | None = None
    high: float | None = None
    note: str = ""


class SelfTest(_Part):
    """Stored inputs and the outputs they must give, in ``selftest.npz``."""

    file: str
    tolerance: float = Field(gt=0)


class Preprocessing(_Part):
    """The settings that training used, read back at the board."""

    segmenter: SegmenterSettings
    classifier: ClassifierSettings
    mask_threshold: float = Field(gt=0, lt=1)
    minimum_component_ml: float = Field(ge=0)


class Manifest(_Part):
    """Everything a pack says about itself.  ``files`` holds the SHA-256 of every other file."""

    schema_version: Literal[1]
    id: str = Field(pattern=_ID)
    version: str = Field(pattern=_SEMVER)
    study: str
    title: str
    intended_use: str
    not_for: str
    provenance: Provenance
    inputs: InputConditions
    preprocessing: Preprocessing
    networks: tuple[NetworkEntry, ...]
    treatments: tuple[str, ...]
    thresholds: tuple[Threshold, ...]
    rules: str
    metrics: tuple[Metric, ...]
    limits: tuple[str, ...]
    licence: str
    created_with: dict[str, str]
    self_test: SelfTest
    files: dict[str, str]

    @field_validator("files")
    @classmethod
    def _hashes_and_plain_names(cls, files: dict[str, str]) -> dict[str, str]:
        for name, digest in files.items():
            parts = name.split("/")
            if "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
                raise ValueError(f"file name leaves the pack: {name}")
            if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
                raise ValueError(f"not a SHA-256: {name}")
        return files

    @model_validator(mode="after")
    def _is_whole(self) -> Manifest:
        locked = {threshold.treatment for threshold in self.thresholds}
        answered = {network.treatment for network in self.networks if network.role == "classifier"}
        if not set(self.treatments) == locked == answered:
            raise ValueError("every treatment needs a threshold and at least one classifier")
        if sum(network.role == "segmenter" for network in self.networks) != 1:
            raise ValueError("a pack holds one segmenter")
        missing = {network.file for network in self.networks} | {self.self_test.file}
        if missing - set(self.files):
            raise ValueError(f"files without a hash: {sorted(missing - set(self.files))}")
        return self

    @model_validator(mode="after")
    def _networks_take_what_is_prepared(self) -> Manifest:
        segmenter, classifier = self.preprocessing.segmenter, self.preprocessing.classifier
        prepared = {
            "segmenter": (None, 1, segmenter.rows, segmenter.columns),
            "classifier": (None, classifier.slices, classifier.rows, classifier.columns),
        }
        for network in self.networks:
            if network.inputs[0].shape != prepared[network.role]:
                raise ValueError(f"{network.file} does not take what the preprocessing prepares")
        folds = [(network.treatment, network.fold) for network in self.networks]
        if len(set(folds)) != len(folds):
            raise ValueError("two networks of one treatment and fold")
        return self

    @property
    def is_demonstration(self) -> bool:
        """True when the pack was trained on synthetic patients."""
        return self.provenance.kind == "synthetic"

    def threshold(self, treatment: str) -> Threshold:
        """The locked cut-off of one treatment."""
        return next(entry for entry in self.thresholds if entry.treatment == treatment)

    def classifiers(self, treatment: str) -> tuple[NetworkEntry, ...]:
        """The fold networks of one treatment, by fold."""
        entries = [n for n in self.networks if n.role == "classifier" and n.treatment == treatment]
        return tuple(sorted(entries, key=lambda entry: entry.fold or 0))

    @property
    def segmenter(self) -> NetworkEntry:
        """The network that proposes the mask."""
        return next(network for network in self.networks if network.role == "segmenter")

    def canonical_bytes(self) -> bytes:
        """The manifest as sorted, compact UTF-8 JSON: what is hashed and signed."""
        document = self.model_dump(mode="json")
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def sha256(self) -> str:
        """Hash of the canonical manifest; with the hashes in ``files`` it stands for the whole pack."""
        return hashlib.sha256(self.canonical_bytes()).hexdigest()
