"""The manifest: what a pack is for, what it needs, how it was made, how good it is; one versioned schema."""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from inference.errors import PackError
from inference.packs.consistency import check_study_parts
from inference.packs.fitted import (
    Calibration,
    LinearModel,
    Score,
    ScoreThreshold,
    Signature,
    SliceAggregation,
    SupportVectorMachine,
)
from inference.packs.part import Part
from inference.packs.phases import PhaseInput, PhaseName
from inference.packs.reference import Reference
from inference.preprocessing.settings import ClassifierSettings, SegmenterSettings

SCHEMA_VERSION = 2
"""The newest that is understood.  Version 1 has one scan, one segmenter, and classifiers by treatment."""

MANIFEST_FILE = "manifest.json"
SIGNATURE_FILE = "signature.json"

_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_SEMVER = r"^\d+\.\d+\.\d+$"

OUTPUTS_BY_ROLE = {
    "segmenter": ("probability",),
    "classifier": ("score", "activation", "gradient"),
    "comparison": ("score", "activation", "gradient"),
    "encoder": ("embedding",),
}
"""What each kind of network gives for its input ``image``, in order."""


class Range(Part):
    """Closed interval, both ends allowed."""

    minimum: float
    maximum: float


class InputConditions(Part):
    """The scans that the pack may answer for; mm and degrees.

    ``allows_isotropic`` lets a volume pass whose equal spacings leave open in which plane it was acquired.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"allows_isotropic"})

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


class Tensor(Part):
    """Name and shape of one network input or output; None is a free batch size."""

    name: str
    shape: tuple[int | None, ...]


class NetworkEntry(Part):
    """One ONNX file.

    A ``comparison`` is a classifier that was trained and measured beside the answering ones; nothing asks it
    at the board.  ``treatment`` is None for a network that serves every treatment, ``phase`` for one that
    serves every phase, ``fold`` for one that is not fitted by fold.  ``unit`` says what a classifier scores
    at once.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"phase", "unit"})

    role: Literal["segmenter", "classifier", "comparison", "encoder"]
    architecture: str
    treatment: str | None
    fold: int | None
    file: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    phase: PhaseName | None = None
    unit: Literal["slice", "patient"] | None = None

    @model_validator(mode="after")
    def _speaks_its_role(self) -> NetworkEntry:
        names = (tuple(tensor.name for tensor in self.inputs), tuple(tensor.name for tensor in self.outputs))
        if names != (("image",), OUTPUTS_BY_ROLE[self.role]):
            raise ValueError(f"a {self.role} maps image to {', '.join(OUTPUTS_BY_ROLE[self.role])}")
        if self.role not in ("classifier", "comparison") and (self.treatment, self.unit) != (None, None):
            raise ValueError("only a classifier names its treatment and its unit")
        return self


class Threshold(Part):
    """A cut-off and how it was locked; positive means score ≥ value, compared unrounded."""

    treatment: str
    value: float
    positive_class: str
    locked_on: str
    method: str
    borderline_margin: float = Field(ge=0)


class Provenance(Part):
    """Whose data made the pack; ``synthetic`` is shown beside every number."""

    kind: Literal["synthetic", "hospital"]
    description: str
    cohort_sizes: dict[str, int]
    events: dict[str, int]
    seed: int


class Metric(Part):
    """One measured figure with its 95 % interval where there is one."""

    LATER: ClassVar[frozenset[str]] = frozenset({"score"})

    cohort: str
    treatment: str | None
    name: str
    value: float
    low: float | None = None
    high: float | None = None
    note: str = ""
    score: str | None = None


class SelfTest(Part):
    """Stored inputs and the outputs they must give, in ``selftest.npz``."""

    file: str
    tolerance: float = Field(gt=0)


class Preprocessing(Part):
    """The settings that training used, read back at the board."""

    segmenter: SegmenterSettings
    classifier: ClassifierSettings
    mask_threshold: float = Field(gt=0, lt=1)
    minimum_component_ml: float = Field(ge=0)

    def shape_for(self, network: NetworkEntry) -> tuple[int | None, ...]:
        """The shape of a batch for a segmenter, a network of slices, or any other network."""
        if network.role == "segmenter":
            return None, 1, self.segmenter.rows, self.segmenter.columns
        channels = 1 if network.unit == "slice" else self.classifier.slices
        return None, channels, self.classifier.rows, self.classifier.columns


class EvaluationFile(Part):
    """A file of the evaluation report and the cohort that it is about; None is all of them."""

    file: str
    kind: Literal["json", "pdf", "html"]
    cohort: Literal["training", "internal", "external"] | None = None


class Texts(Part):
    """A pack's sentences for people, in ``language`` (``zh_CN``)."""

    language: str = Field(pattern=r"^[a-z]{2}(_[A-Z]{2})?$")
    title: str = Field(min_length=1)
    intended_use: str = Field(min_length=1)
    not_for: str = Field(min_length=1)
    limits: tuple[str, ...]


class Manifest(Part):
    """Everything a pack says about itself.  ``files`` holds the SHA-256 of every other file.

    ``title``, ``intended_use``, ``not_for`` and ``limits`` are in English, or in the language of who made the
    pack; ``translations`` say the same in others.
    """

    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "preprocessing",
            "phases",
            "scores",
            "signatures",
            "support_vector_machines",
            "linear_models",
            "aggregation",
            "calibrations",
            "score_thresholds",
            "reference",
            "evaluation_files",
            "translations",
        }
    )

    schema_version: Literal[1, 2]
    id: str = Field(pattern=_ID)
    version: str = Field(pattern=_SEMVER)
    study: str
    title: str
    intended_use: str
    not_for: str
    provenance: Provenance
    inputs: InputConditions
    preprocessing: Preprocessing | None = None
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
    phases: tuple[PhaseInput, ...] = ()
    scores: tuple[Score, ...] = ()
    """In the order in which they are computed: one may use those before it."""
    signatures: tuple[Signature, ...] = ()
    support_vector_machines: tuple[SupportVectorMachine, ...] = ()
    linear_models: tuple[LinearModel, ...] = ()
    aggregation: SliceAggregation | None = None
    calibrations: tuple[Calibration, ...] = ()
    score_thresholds: tuple[ScoreThreshold, ...] = ()
    reference: Reference | None = None
    evaluation_files: tuple[EvaluationFile, ...] = ()
    translations: tuple[Texts, ...] = ()

    @field_validator("files")
    @classmethod
    def _hashes_and_plain_names(cls, files: dict[str, str]) -> dict[str, str]:
        for name, digest in files.items():
            parts = name.split("/")
            if "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
                raise ValueError(f"file name leaves the pack: {name}")
            if name in (MANIFEST_FILE, SIGNATURE_FILE):
                raise ValueError(f"{name} cannot vouch for itself")
            if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
                raise ValueError(f"not a SHA-256: {name}")
        return files

    @model_validator(mode="after")
    def _says_its_version(self) -> Manifest:
        later = {
            *(self.LATER - self.unused_later_fields() - {"preprocessing"}),
            *(
                name
                for part in (*self.networks, *self.metrics)
                for name in part.LATER - part.unused_later_fields()
            ),
            *(network.role for network in self.networks if network.role in ("comparison", "encoder")),
        }
        if later and self.schema_version == 1:
            raise ValueError(f"schema version 1 has no {min(later)}")
        if self.schema_version == 1 and self.preprocessing is None:
            raise ValueError("schema version 1 needs preprocessing")
        if not later and self.schema_version == 2:
            raise ValueError("nothing here needs schema version 2")
        return self

    @model_validator(mode="after")
    def _is_translated_whole(self) -> Manifest:
        languages = [texts.language for texts in self.translations]
        if len(set(languages)) != len(languages):
            raise ValueError("a language stands twice among the translations")
        if any(len(texts.limits) != len(self.limits) for texts in self.translations):
            raise ValueError("a translation has as many limits as the pack")
        return self

    @model_validator(mode="after")
    def _is_whole(self) -> Manifest:
        locked = {threshold.treatment for threshold in self.thresholds}
        answered = {network.treatment for network in self.networks if network.role == "classifier"} - {None}
        if not set(self.treatments) == locked == answered:
            raise ValueError("every treatment needs a threshold and at least one classifier")
        compared = {network.treatment for network in self.networks if network.role == "comparison"}
        if compared - {*self.treatments, None}:
            raise ValueError("a network is compared for a treatment that nothing answers for")
        if self.treatments and any(n.role == "classifier" and n.treatment is None for n in self.networks):
            raise ValueError("a classifier of a pack with treatments names its treatment")
        segmenters = sum(network.role == "segmenter" for network in self.networks)
        if segmenters != 1 and (self.schema_version == 1 or segmenters):
            raise ValueError("a pack holds one segmenter")
        missing = {network.file for network in self.networks} | {self.self_test.file}
        missing |= {entry.file for entry in self.evaluation_files}
        missing |= {self.reference.file} if self.reference is not None else set()
        if missing - set(self.files):
            raise ValueError(f"files without a hash: {sorted(missing - set(self.files))}")
        return self

    @model_validator(mode="after")
    def _networks_take_what_is_prepared(self) -> Manifest:
        for network in self.networks:
            if self.preprocessing is not None and network.inputs[0].shape != self.preprocessing.shape_for(
                network
            ):
                raise ValueError(f"{network.file} does not take what the preprocessing prepares")
        places = [
            (n.role, n.phase, n.treatment, n.unit, n.fold, n.architecture if n.role == "comparison" else None)
            for n in self.networks
        ]
        if len(set(places)) != len(places):
            raise ValueError("two networks of one role, phase, treatment, unit and fold")
        return self

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Manifest:
        check_study_parts(self)
        return self

    @property
    def is_demonstration(self) -> bool:
        """True when the pack was trained on synthetic patients."""
        return self.provenance.kind == "synthetic"

    def texts_in(self, language: str) -> Texts | None:
        """The sentences in ``language``; None where the pack has none of its own for it."""
        return next((texts for texts in self.translations if texts.language == language), None)

    def threshold(self, treatment: str) -> Threshold:
        """The locked cut-off of one treatment."""
        return next(entry for entry in self.thresholds if entry.treatment == treatment)

    def classifiers(self, treatment: str | None) -> tuple[NetworkEntry, ...]:
        """The fold networks of one treatment, by fold."""
        entries = [n for n in self.networks if n.role == "classifier" and n.treatment == treatment]
        return tuple(sorted(entries, key=lambda entry: entry.fold or 0))

    def encoders(self, phase: str) -> tuple[NetworkEntry, ...]:
        """The networks that give embeddings of ``phase``, by fold; one of its own before a shared one."""
        entries = [n for n in self.networks if n.role == "encoder" and n.phase == phase]
        entries = entries or [n for n in self.networks if n.role == "encoder" and n.phase is None]
        return tuple(sorted(entries, key=lambda entry: entry.fold or 0))

    @property
    def masking_and_cropping(self) -> Preprocessing:
        """The settings of a pack that segments and crops.

        Raises
        ------
        PackError
            When the pack prepares its phases by named steps instead.
        """
        if self.preprocessing is None:
            raise PackError("error.pack.no_preprocessing", id=self.id)
        return self.preprocessing

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
