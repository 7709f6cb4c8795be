"""Hand-made Assessments and a synthetic head, for the tests of the report."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np

from inference.assessment import (
    Assessment,
    ClinicalEntry,
    Fact,
    FactSource,
    GuardLine,
    InputReference,
    MaskSummary,
    PackReference,
    Recommendation,
    RecommendationStatus,
    RuleRow,
    SoftwareReference,
)
from inference.cases.identity import PatientIdentity, PatientKey
from inference.findings import Verdict
from inference.geometry import Geometry
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.messages.message import Message
from inference.outcome import HeatMap
from inference.prediction import Prediction, PredictionStatus
from inference.scan import Acquisition
from inference.volume import Volume
from reports.report import ReportContent

CASE_ID = uuid.UUID("7d1c0a52-3f44-4c0e-9a55-2b6a5f3f9d10")
MOMENT = datetime(2026, 11, 21, 9, 41, tzinfo=UTC)
PHANTOM = PatientIdentity(PatientKey("", "000042"), "PHANTOM^NPC-0042", "1974-05-02", "M")
CHINESE = PatientIdentity(PatientKey("", "P-2026-118"), "Wang^Xiaodong=王^晓东", "1974-05-02", "M")
LONG = PatientIdentity(
    PatientKey("Hospital of the Seven Districts", "A-00000000001234567890-XYZ"),
    "Featherstonehaugh-Wolfeschlegelsteinhausen^Maximilian Bartholomew Alexander Ferdinand",
    "1951-12-31",
    "M",
)
TREATMENTS = ("ccrt", "ic_ccrt")
SCORES = {
    "ccrt": (0.0912, 0.1423, 0.1834, 0.1967, 0.2981),
    "ic_ccrt": (0.0537, 0.0822, 0.0969, 0.1167, 0.2064),
}
CUTOFFS = {"ccrt": 0.5, "ic_ccrt": 0.4}
SHARES = (0.004, 0.012, 0.021, 0.047, 0.061, 0.052, 0.03, 0.014, -0.008, 0.003)
SLICES = tuple(range(9, 19))
GEOMETRY = Geometry.from_axes(
    origin_lps_mm=(-90.0, -110.0, -70.0),
    slice_step_mm=(0.0, 0.0, 5.0),
    row_step_mm=(0.0, 1.25, 0.0),
    column_step_mm=(0.94, 0.0, 0.0),
    shape=(28, 176, 192),
)
TABLE = (
    RuleRow(1, {"ccrt": "non_residual", "ic_ccrt": "non_residual"}, "ccrt"),
    RuleRow(2, {"ccrt": "non_residual", "ic_ccrt": "residual"}, "ccrt"),
    RuleRow(3, {"ccrt": "residual", "ic_ccrt": "non_residual"}, "ic_ccrt"),
    RuleRow(4, {"ccrt": "residual", "ic_ccrt": "residual"}, "ibt"),
)
CITATION = (
    "Hua HL, Li S, Huang H, et al. Quant Imaging Med Surg 2023;13(6):3569-3586. doi:10.21037/qims-22-1226"
)
FACTS = (
    Fact("fact.modality", "MR", FactSource.FILE),
    Fact("fact.contrast", "fact.yes", FactSource.FILE),
    Fact("fact.body_part", "body_part.headneck", FactSource.FILE),
    Fact("fact.plane", "plane.axial", FactSource.GEOMETRY),
    Fact("fact.pixel_spacing", "1.250 × 0.940 mm", FactSource.GEOMETRY),
    Fact("fact.slice_spacing", "5.00 mm", FactSource.GEOMETRY),
    Fact("fact.slice_thickness", "5.00 mm", FactSource.FILE),
    Fact("fact.field_of_view", "220 × 180 mm", FactSource.GEOMETRY),
    Fact("fact.slices", "28", FactSource.GEOMETRY),
)
GUARD = (
    GuardLine(
        "guard.modality",
        Message("guard.measured.text", {"value": "MR"}),
        Message("guard.allowed.text", {"value": "MR"}),
        Verdict.FINE,
    ),
    GuardLine(
        "guard.contrast",
        Message("guard.measured.text", {"value": "fact.yes"}),
        Message("guard.allowed.text", {"value": "fact.yes"}),
        Verdict.FINE,
    ),
    GuardLine(
        "guard.plane",
        Message("guard.measured.plane", {"plane": "plane.axial", "degrees": "3.1"}),
        Message("guard.allowed.plane", {"plane": "plane.axial", "degrees": "20"}),
        Verdict.FINE,
    ),
    GuardLine(
        "guard.body_part",
        Message("guard.measured.text", {"value": "body_part.headneck"}),
        Message("guard.allowed.text", {"value": "body_part.headneck"}),
        Verdict.FINE,
    ),
    *(
        GuardLine(
            f"guard.{name}",
            Message("guard.measured.mm", {"value": measured}),
            Message("guard.allowed.range_mm", {"minimum": minimum, "maximum": maximum}),
            Verdict.FINE,
        )
        for name, measured, minimum, maximum in (
            ("pixel_spacing", "1.25", "0.3", "1.5"),
            ("slice_spacing", "5.00", "3", "7"),
            ("slice_thickness", "5.00", "3", "7"),
            ("field_of_view", "220.00", "160", "320"),
        )
    ),
    GuardLine(
        "guard.slices",
        Message("guard.measured.slices", {"present": 28}),
        Message("guard.allowed.slices", {"minimum": 12}),
        Verdict.FINE,
    ),
    GuardLine(
        "guard.mask",
        Message("guard.measured.ml", {"value": "31.4"}),
        Message("guard.allowed.at_least_ml", {"minimum": "0.5"}),
        Verdict.FINE,
    ),
)
STATED_CONTRAST = GuardLine(
    "guard.contrast",
    Message("guard.measured.stated", {"value": "fact.yes"}),
    Message("guard.allowed.text", {"value": "fact.yes"}),
    Verdict.NOTE,
)
WRONG_SPACING = GuardLine(
    "guard.slice_spacing",
    Message("guard.measured.mm", {"value": "12.00"}),
    Message("guard.allowed.range_mm", {"minimum": "3", "maximum": "7"}),
    Verdict.REFUSED,
)
CLINICAL = (
    ClinicalEntry("age", "52.0", "a", "imported"),
    ClinicalEntry("sex", "male", "", "imported"),
    ClinicalEntry("t_stage", "T3", "", "typed"),
    ClinicalEntry("n_stage", "N2", "", "typed"),
    ClinicalEntry("stage", "III", "", "derived"),
    ClinicalEntry("ebv_dna", "", "[copies]/mL", "typed", missing="not_recorded"),
)


def prediction(treatment: str, *, is_positive: bool = False) -> Prediction:
    """An answered prediction; the positive one mirrors the scores about the middle."""
    scores = tuple(1 - score for score in SCORES[treatment]) if is_positive else SCORES[treatment]
    return Prediction(
        treatment=treatment,
        outcome="residual_tumour",
        positive_class="residual",
        status=PredictionStatus.ANSWERED,
        cutoff=CUTOFFS[treatment],
        score=sum(scores) / len(scores),
        fold_scores=scores,
        low=min(scores),
        high=max(scores),
        is_positive=is_positive,
        slices=SLICES,
        slice_shares=SHARES if treatment == "ccrt" else SHARES[::-1],
    )


def silent(treatment: str, status: PredictionStatus, *reasons: Message) -> Prediction:
    """A prediction without an answer."""
    return Prediction(treatment, "residual_tumour", "residual", status, CUTOFFS[treatment], reasons=reasons)


def answered() -> Assessment:
    """Non-residual under both: CCRT."""
    return Assessment(
        study="npc-residual",
        subject="phantom",
        subject_sha256=PHANTOM.key_sha256(),
        inputs=(
            InputReference("image", "3f9a" * 16, "1.2.826.0.1.3680043.10.1"),
            InputReference("mask", "51c7" * 16),
            InputReference("clinical", "b02e" * 16),
        ),
        facts=FACTS,
        findings=(),
        guard=GUARD,
        clinical=CLINICAL,
        mask=MaskSummary("model", "npc-residual-demo@1.0.0", True, 31.4, 9, 18, 14, (46.2, 31.0, 50.0)),
        predictions=tuple(prediction(treatment) for treatment in TREATMENTS),
        recommendation=Recommendation(
            status=RecommendationStatus.GIVEN,
            rule_set="cautious",
            rule_version="1.0.0",
            citation=CITATION,
            table=TABLE,
            row=1,
            recommend="ccrt",
            reasons=(
                Message("rules.because.non_residual", {"treatment": "treatment.ccrt"}),
                Message("rules.because.non_residual", {"treatment": "treatment.ic_ccrt"}),
                Message("rules.because.fewer_side_effects", {"treatment": "treatment.ccrt"}),
            ),
            statements=(Message("statement.ccrt_not_evidence"),),
            would_change=(
                Message(
                    "rules.would_change.reaches",
                    {
                        "recommend": "recommend.ic_ccrt",
                        "treatment": "treatment.ccrt",
                        "cutoff": "50",
                        "score": "18",
                    },
                ),
            ),
        ),
        pack=PackReference("npc-residual-demo", "1.0.0", "a3f9" * 16, "demonstration", "synthetic"),
        software=SoftwareReference("Concilium", "0.1.0", "onnxruntime 1.31.1", "CPUExecutionProvider", 2),
        limits=("Trained on synthetic phantoms of one design; the numbers say nothing about patients.",),
    )


def withheld(*reasons: Message, status: PredictionStatus = PredictionStatus.WITHHELD) -> Assessment:
    """No answer for these reasons."""
    whole = answered()
    recommendation = replace(
        whole.recommendation,
        status=RecommendationStatus.WITHHELD,
        row=None,
        recommend=None,
        reasons=reasons,
        statements=(),
        would_change=(),
    )
    predictions = tuple(silent(treatment, status, *reasons) for treatment in TREATMENTS)
    return replace(whole, predictions=predictions, recommendation=recommendation)


def withheld_by_guard() -> Assessment:
    """The slice spacing is refused and the contrast is only stated; nothing was segmented."""
    reason = Message("rules.withheld.guard", {"check": "guard.slice_spacing"})
    facts = tuple(
        replace(fact, source=FactSource.USER) if fact.name == "fact.contrast" else fact for fact in FACTS
    )
    swapped = {line.name: line for line in (STATED_CONTRAST, WRONG_SPACING)}
    guard = tuple(swapped.get(line.name, line) for line in GUARD if line.name != "guard.mask")
    return replace(withheld(reason), facts=facts, guard=guard, mask=None)


def withheld_as_borderline() -> Assessment:
    """One treatment stands too near its cut-off."""
    return withheld(Message("rules.withheld.borderline", {"treatment": "treatment.ccrt"}))


def not_estimable() -> Assessment:
    """Nothing was found to estimate on."""
    return replace(
        withheld(Message("rules.withheld.no_tumour"), status=PredictionStatus.NOT_ESTIMABLE), mask=None
    )


def residual_under_both() -> Assessment:
    """Residual under both: individual decision."""
    whole = answered()
    recommendation = replace(
        whole.recommendation,
        row=4,
        recommend="ibt",
        reasons=(
            Message("rules.because.residual", {"treatment": "treatment.ccrt"}),
            Message("rules.because.residual", {"treatment": "treatment.ic_ccrt"}),
        ),
        statements=(Message("statement.no_regimen"),),
        would_change=(),
    )
    predictions = tuple(prediction(treatment, is_positive=True) for treatment in TREATMENTS)
    return replace(whole, predictions=predictions, recommendation=recommendation)


@cache
def head(geometry: Geometry = GEOMETRY) -> Volume:
    """A bright ellipsoid with two dark cavities on dark ground, in the axes of ``geometry``."""
    points = _lps_of(geometry)
    inside = ((points - (0, 0, 0)) / (78.0, 98.0, 120.0)) ** 2
    body = inside.sum(axis=-1) <= 1
    values = np.where(body, 420.0 + 60 * np.sin(points[..., 0] / 9) * np.cos(points[..., 1] / 11), 8.0)
    values[body & (inside.sum(axis=-1) > 0.86)] = 700
    for x in (-18.0, 18.0):
        cavity = (((points - (x, -60.0, 0)) / (9.0, 20.0, 60.0)) ** 2).sum(axis=-1) <= 1
        values[cavity] = 20
    values[tumour(geometry).voxels] += 260
    noise = np.random.default_rng(4).normal(0, 14, geometry.shape)
    return Volume((values + noise).astype(np.int16), np.ones(1), np.zeros(1), geometry)


@cache
def tumour(geometry: Geometry = GEOMETRY) -> MaskLayer:
    """An ellipsoid left of the midline (patient's left, +x), behind the centre."""
    points = _lps_of(geometry)
    distance = (((points - (14.0, 8.0, -2.0)) / (23.0, 16.0, 25.0)) ** 2).sum(axis=-1)
    return MaskLayer("tumour", MaskOrigin.MODEL, distance <= 1, geometry, "npc-residual-demo@1.0.0")


@cache
def heat_maps(geometry: Geometry = GEOMETRY) -> tuple[HeatMap, ...]:
    """One smooth map per treatment on a crop of 7 × 7 pixels about the tumour."""
    spacing = (9.0, 9.0)
    first = geometry.lps_to_index((-18.0, -24.0, 0.0))
    steps = geometry.direction * (geometry.spacing_mm[0], *spacing)
    affine = np.eye(4)
    affine[:3, :3] = steps
    affine[:3, 3] = geometry.index_to_lps((0.0, first[1], first[2]))
    grid = Geometry(affine, (geometry.shape[0], 7, 7))
    row, column = np.mgrid[:7, :7]
    maps = []
    for treatment, centre in zip(TREATMENTS, (3.4, 4.1), strict=True):
        plane = np.exp(-((row - centre) ** 2 + (column - 3.2) ** 2) / 4.5)
        values = np.repeat((plane / plane.max())[None], len(SLICES), axis=0).astype(np.float32)
        maps.append(HeatMap(treatment, values, SLICES, grid))
    return tuple(maps)


def content(assessment: Assessment | None = None, **changes: object) -> ReportContent:
    """What the report of ``assessment`` prints, for the phantom in English unless said otherwise."""
    whole = assessment or answered()
    plain = ReportContent(
        assessment=whole,
        identity=PHANTOM,
        case_id=CASE_ID,
        volume=head(),
        mask=tumour() if whole.mask else None,
        heat_maps=heat_maps() if whole.is_answered else (),
        language="en",
        created_at=MOMENT,
        scan=Acquisition(modality="MR", series_description="Ax T1 +C", study_date="20261118"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def _lps_of(geometry: Geometry) -> np.ndarray:
    index = np.stack(np.meshgrid(*map(np.arange, geometry.shape), indexing="ij"), axis=-1)
    return geometry.index_to_lps(index)
