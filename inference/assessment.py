"""The Assessment: everything that was concluded about one case, which screen and report both render.

Its canonical form holds no time, path or duration, so that two runs on the same build, execution
provider, thread count and CPU class are equal byte for byte, and its hash names the content.
Whether an Assessment is current is computed by comparing its inputs, never stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from inference.findings import Verdict
from inference.messages.message import Message
from inference.prediction import Prediction, PredictionStatus

SCHEMA = "concilium.assessment"
SCHEMA_VERSION = 2
READABLE_VERSIONS = (1, 2)


class RecommendationStatus(StrEnum):
    """Whether the rules gave a recommendation."""

    GIVEN = "given"
    WITHHELD = "withheld"


class Strength(StrEnum):
    """How much weight a rule carries: a paper's rule, what a paper suggests, what may be weighed, what only
    informs.
    """

    PUBLISHED_RULE = "published_rule"
    PUBLISHED_SUGGESTION = "published_suggestion"
    OPTION_TO_DISCUSS = "option_to_discuss"
    INFORMATION_ONLY = "information_only"


class RuleOrigin(StrEnum):
    """Whose rules were read: those of this build, or a file that the site wrote."""

    PROJECT = "project"
    SITE = "site"


class FactSource(StrEnum):
    """Who says so: the file, its geometry, its pixels, or the user."""

    FILE = "file"
    GEOMETRY = "geometry"
    PIXELS = "pixels"
    USER = "user"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class InputReference:
    """One input by content: kind (``image``, ``mask``, ``clinical``), UID where it has one, SHA-256.

    ``scan`` is the named input of the study that a further scan serves, empty for the scan that is open.
    """

    kind: str
    sha256: str
    uid: str = ""
    scan: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a scan that the guard reads, and who says so; ``value`` may be a message id."""

    name: str
    value: str
    source: FactSource
    scan: str = ""


@dataclass(frozen=True, slots=True)
class GuardLine:
    """One check: what was measured, what is allowed, and the verdict.

    ``name`` is a message id (``guard.plane``); ``measured`` and ``allowed`` are messages.
    """

    name: str
    measured: Message
    allowed: Message
    verdict: Verdict
    scan: str = ""


@dataclass(frozen=True, slots=True)
class ClinicalEntry:
    """One clinical value as used: canonical value as text, UCUM unit, provenance, or why it is missing."""

    field_id: str
    value: str
    unit: str
    provenance: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class MaskSummary:
    """The mask that was used: origin, whether a person changed it, and its measures."""

    origin: str
    maker: str
    edited: bool
    volume_ml: float
    first_slice: int
    last_slice: int
    largest_slice: int
    extent_mm: tuple[float, float, float]
    scan: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One row of the rule table; ``when`` maps a treatment or model to a class word.

    ``fields`` maps a field of the form to the values that the row asks for; a field that is not named may
    have any value, or none.
    """

    row: int
    when: Mapping[str, str]
    recommend: str
    rule: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    strength: Strength = Strength.OPTION_TO_DISCUSS
    citation: str = ""
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The file that the rules stand in, by name, version and the SHA-256 of its bytes."""

    name: str
    version: str
    sha256: str
    origin: RuleOrigin = RuleOrigin.PROJECT


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the rules say, with the whole table, the patient's row, and what would change it.

    ``reasons`` say why it is withheld, or why it holds; ``statements`` are sentences that must stand beside
    it; ``would_change`` names the smallest changes of one score or one clinical value that lead elsewhere.
    ``text`` says at length what is recommended, ``not_considered`` what the rule did not look at.  ``texts``
    are a site's own sentences, by message id and language.
    """

    status: RecommendationStatus
    rule_set: str
    rule_version: str
    citation: str
    table: tuple[RuleRow, ...]
    row: int | None = None
    recommend: str | None = None
    reasons: tuple[Message, ...] = ()
    statements: tuple[Message, ...] = ()
    would_change: tuple[Message, ...] = ()
    strength: Strength | None = None
    text: tuple[Message, ...] = ()
    not_considered: tuple[Message, ...] = ()
    file: RuleFile | None = None
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PackReference:
    """Which pack answered, and its state."""

    id: str
    version: str
    sha256: str
    state: str
    provenance: str


@dataclass(frozen=True, slots=True)
class SoftwareReference:
    """Which build answered, on which execution provider."""

    name: str
    version: str
    runtime: str
    provider: str
    threads: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole answer for one case, study and pack.

    ``limits`` are the pack's own sentences, ``translated_limits`` the same by language, where the pack has
    them; without any the document does not name them.
    """

    study: str
    subject: str
    subject_sha256: str | None
    inputs: tuple[InputReference, ...]
    facts: tuple[Fact, ...]
    findings: tuple[Message, ...]
    guard: tuple[GuardLine, ...]
    clinical: tuple[ClinicalEntry, ...]
    mask: MaskSummary | None
    predictions: tuple[Prediction, ...]
    recommendation: Recommendation
    pack: PackReference
    software: SoftwareReference
    limits: tuple[str, ...] = field(default=())
    further_masks: tuple[MaskSummary, ...] = ()
    translated_limits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_answered(self) -> bool:
        """True when every prediction may be read and a recommendation stands."""
        return self.recommendation.status is RecommendationStatus.GIVEN and all(
            prediction.status is PredictionStatus.ANSWERED for prediction in self.predictions
        )

    @property
    def guard_verdict(self) -> Verdict:
        """The worst verdict of the guard's lines."""
        return max((line.verdict for line in self.guard), default=Verdict.FINE)

    def to_document(self) -> dict[str, Any]:
        """The JSON document of the published schema (``assessment.schema.json``)."""
        document: dict[str, Any] = {"schema": SCHEMA, "schema_version": SCHEMA_VERSION}
        for name, value in asdict(self).items():
            if value or name != "translated_limits":
                document[name] = _plain(value)
        return document

    def canonical_bytes(self) -> bytes:
        """Sorted, compact UTF-8 JSON without NaN: what is hashed and signed."""
        return json.dumps(
            self.to_document(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()

    def content_sha256(self) -> str:
        """Hash of the canonical form, printed on the report and the screen."""
        return sha256(self.canonical_bytes()).hexdigest()

    def is_current(
        self, inputs: tuple[InputReference, ...], pack_sha256: str, rule_set: str, rules_sha256: str
    ) -> bool:
        """True when it was computed from exactly these inputs, this pack, and this rule set of this file."""
        file = self.recommendation.file
        return (
            self.inputs == inputs
            and self.pack.sha256 == pack_sha256
            and self.recommendation.rule_set == rule_set
            and file is not None
            and file.sha256 == rules_sha256
        )


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Verdict):
        return value.name.lower()
    return value
