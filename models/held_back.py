"""Held-back phantoms through the board's own path: what the pack said of each, beside the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inference.assessment import RecommendationStatus
from inference.cases.identity import PatientIdentity, PatientKey
from inference.clinical.record import ClinicalRecord
from inference.clinical.record_json import record_from_json
from inference.clinical.schema import load_form
from inference.masks.layer import MaskLayer
from inference.messages.message import Message
from inference.packs.load import LoadedPack
from inference.pipeline import CaseInput, assess, segment
from inference.predictors.npc_residual import score_treatments
from inference.predictors.treatment_score import TreatmentScore
from inference.rules.engine import recommend
from inference.rules.rule_file import rules_of
from inference.scan import Acquisition, FrameSource, Stack
from models.phantoms.mr_scanner import SCANNERS
from models.phantoms.npc_population import STUDY, NpcPatient
from models.phantoms.npc_volume import PhantomVolume, render_patient
from models.training.overlap import dice_coefficient
from models.training.samples import board_volume


@dataclass(frozen=True, slots=True)
class BoardAnswer:
    """One phantom at the board.

    ``scores`` are the predictor's, also where the rules withhold; empty when no tumour was found.
    ``published`` and ``cautious`` are the recommendations, None when withheld; ``withheld_for`` the
    cautious rule set's reasons.
    """

    patient: NpcPatient
    dice: float
    scores: tuple[TreatmentScore, ...]
    published: str | None
    cautious: str | None
    withheld_for: tuple[Message, ...]


def ask_board(patients: tuple[NpcPatient, ...], pack: LoadedPack) -> Iterator[BoardAnswer]:
    """Render each patient, segment, assess, and read the scores beneath the rules."""
    for patient in patients:
        phantom = render_patient(patient)
        case = board_case(patient, phantom)
        mask = segment(case, pack)
        with_mask = CaseInput(case.stack, case.volume, case.record, mask)
        answer = assess(with_mask, pack, rule_set="cautious").assessment.recommendation
        given = answer.status is RecommendationStatus.GIVEN
        scores = _scores(with_mask, mask, pack)
        yield BoardAnswer(
            patient,
            dice_coefficient(mask.voxels, phantom.tumour > 0),
            scores,
            recommend(
                rules_of(pack.manifest), "published", [score.reading for score in scores], case.record
            ).recommend
            if scores
            else None,
            answer.recommend if given else None,
            () if given else answer.reasons,
        )


def board_case(patient: NpcPatient, phantom: PhantomVolume) -> CaseInput:
    """The phantom as intake would hand it over, without the way through files."""
    scanner = SCANNERS[patient.cohort]
    slices, rows, columns = phantom.geometry.shape
    frames = tuple(
        FrameSource(
            file=k,
            frame=0,
            sop_uid=f"2.25.{k + 1}",
            instance_number=k + 1,
            is_native=True,
            offset=0,
            length=2 * rows * columns,
            bits_allocated=16,
            bits_stored=16,
            is_signed=True,
            slope=1.0,
            intercept=0.0,
        )
        for k in range(slices)
    )
    stack = Stack(
        stack_id=patient.patient_id,
        identity=PatientIdentity(
            key=PatientKey("", patient.patient_id), name=f"PHANTOM^{patient.patient_id}"
        ),
        study_uid="",
        series_uid="",
        frame_of_reference_uid="",
        geometry=phantom.geometry,
        frames=frames,
        acquisition=Acquisition(
            modality="MR",
            body_part="HEADNECK",
            contrast_agent="synthetic",
            slice_thickness_mm=scanner.thickness_mm,
        ),
        rows_columns=(rows, columns),
    )
    return CaseInput(stack, board_volume(phantom), _record(patient))


def _record(patient: NpcPatient) -> ClinicalRecord:
    values = {
        "age": {"value": patient.age_years, "unit": "a"},
        "sex": {"value": patient.sex},
        "t_stage": {"value": f"T{patient.t_stage}"},
        "n_stage": {"value": f"N{patient.n_stage}"},
        "stage": {"value": patient.stage},
        "ebv_dna": {"missing": "not measured"},
    }
    document = {"schema": "concilium.clinical", "schema_version": 1, "study": STUDY, "values": values}
    return record_from_json(load_form(STUDY), document)


def _scores(case: CaseInput, mask: MaskLayer, pack: LoadedPack) -> tuple[TreatmentScore, ...]:
    if not np.any(mask.voxels):
        return ()
    return score_treatments(case.volume, mask, pack).scores
