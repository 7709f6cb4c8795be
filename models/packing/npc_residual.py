"""The pack of ``npc-residual``: one segmenter, fold classifiers for two treatments, their cut-offs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inference.packs.manifest import (
    InputConditions,
    Manifest,
    NetworkEntry,
    Provenance,
    Range,
    SelfTest,
    Threshold,
)
from inference.packs.reference import Reference
from inference.preprocessing.classifier_input import classifier_input
from inference.preprocessing.segmenter_input import SegmenterFrame
from models.cohorts.cohort import Cohort
from models.evaluation import evaluation_report, metrics
from models.packing.demonstration_key import demonstration_key
from models.packing.kept_work import RESULTS_FOLDER
from models.packing.npc_residual_card import model_card
from models.packing.npc_residual_cloud import cohort_clouds
from models.packing.origin import created_with
from models.packing.reference_data import REFERENCE_FILE, ReferenceContent
from models.packing.self_test import SELF_TEST_FILE, TOLERANCE, in_blocks, self_test_bytes
from models.packing.whole import as_json, hashes_of, put_whole, write_manifest
from models.packing.words import LICENCE, NOT_FOR, PackWords, pack_id
from models.packing.words_in_chinese import in_chinese
from models.phantoms.npc_population import NpcPatient, draw_patient
from models.phantoms.npc_volume import render_patient
from models.studies.npc_residual import STUDY, TrainedStudy, train
from models.studies.npc_residual_cohort import groups_of, source_of
from models.studies.npc_residual_config import NpcResidualConfig
from models.studies.npc_residual_export import write_networks
from models.studies.npc_residual_groups import phantom_groups
from models.studies.npc_residual_packed import AnsweringArm, PackedStudy, pack_study
from models.studies.npc_residual_results import write_results
from models.training.engine.history import CURVES_CSV, curves_csv
from models.training.engine.run import RunPlace
from models.training.samples import Workshop, board_volume

PACK_ID = "npc-residual-demo"
INPUT_CONDITIONS = InputConditions(
    modality="MR",
    contrast_enhanced=True,
    plane="axial",
    maximum_obliquity_deg=10.0,
    body_parts=("HEADNECK", "NASOPHARYNX"),
    pixel_spacing_mm=Range(minimum=0.3, maximum=1.3),
    slice_spacing_mm=Range(minimum=3.0, maximum=7.0),
    slice_thickness_mm=Range(minimum=3.0, maximum=7.0),
    field_of_view_mm=Range(minimum=180.0, maximum=320.0),
    minimum_slices=12,
    minimum_mask_ml=0.5,
)

_LIMITS = (
    "Trained and measured on synthetic phantoms alone; no figure here says anything about patients.",
    "The phantoms' signal was planted by this project, so the figures show that the software learns, "
    "not that residual tumour can be predicted.",
    "Calibration was not assessed: a score orders patients, it is no frequency.",
    "Each treatment's networks learned from the patients who received it; the choice of treatment depended "
    "on "
    "stage, age and sex, which the networks are not given.",
    "The cut-offs were locked on scores of single folds, and are applied to the mean of the folds.",
    "Scans of other hospitals, with other noise and contrast timing, were not used for training.",
)


HOSPITAL_LIMITS = (
    *_LIMITS[2:5],
    "Only the cohort's training part was used; its internal and external parts have not been evaluated.",
    "Measured by one random division of one cohort; not validated in another hospital.",
)


DEMONSTRATION = PackWords(
    id=PACK_ID,
    title="Residual nasopharyngeal carcinoma after radiotherapy: demonstration on synthetic phantoms",
    intended_use="Teaching and testing of the software on the phantoms that come with it.",
    kind="synthetic",
    description="Phantoms of contrast-enhanced T1-weighted MR from models/phantoms; no patient data.",
    limits=_LIMITS,
    command="python -m models.make_packs",
    version="0.4.0",
)


def from_phantoms(config: NpcResidualConfig, place: RunPlace, samples: Path, out: Path) -> Manifest:
    """Train on phantoms, write what was measured, and the demonstration pack."""
    workshop = Workshop(samples, workers=0)
    trained = train(config, phantom_groups(config), workshop, place)
    write_results(trained, workshop, samples.parent / RESULTS_FOLDER, place)
    return put_pack(*_packed(trained), out, DEMONSTRATION, demonstration_key())


def from_cohort(
    cohort: Cohort, config: NpcResidualConfig, place: RunPlace, samples: Path, out: Path
) -> Manifest:
    """Train on a cohort's training part and write its pack."""
    own = config.without_further_patients()
    workshop = Workshop(samples, workers=0, source=source_of(cohort))
    trained = train(own, groups_of(cohort, own), workshop, place)
    kind: Literal["synthetic", "hospital"] = "synthetic" if cohort.is_synthetic else "hospital"
    words = PackWords(
        id=pack_id(out, STUDY),
        title=f"Residual nasopharyngeal carcinoma after radiotherapy: trained on a {kind} cohort",
        intended_use="Patients like those of its cohort, once the hospital has validated and signed it.",
        kind=kind,
        description=f"A cohort of {len(cohort.table)} patients; the hash of its table is {cohort.sha256}.",
        limits=HOSPITAL_LIMITS,
        command=f"main.py train {STUDY}",
    )
    return put_pack(*_packed(trained), out, words)


def _packed(trained: TrainedStudy) -> tuple[PackedStudy, ReferenceContent]:
    study = pack_study(trained)
    return study, cohort_clouds(study, [arm.crops for arm in trained.arms])


def put_pack(
    study: PackedStudy,
    reference: ReferenceContent,
    folder: Path,
    words: PackWords,
    key: Ed25519PrivateKey | None = None,
) -> Manifest:
    """Write, check and put the pack into ``folder``, whole or not at all.

    Raises
    ------
    StorageError
        When the place is full, read-only or gone.
    """
    return put_whole(folder, lambda fresh: write_pack(study, reference, fresh, words), key)


def write_pack(
    study: PackedStudy, reference: ReferenceContent, folder: Path, words: PackWords = DEMONSTRATION
) -> Manifest:
    """Write every file of the pack and, last, the manifest with their hashes."""
    entries = write_networks(study, folder)
    (folder / SELF_TEST_FILE).write_bytes(_self_test(study, folder, entries))
    (folder / CURVES_CSV).write_text(curves_csv(study.curves), encoding="utf-8")
    report = evaluation_report(study) | {"data": words.kind}
    (folder / "evaluation.json").write_text(as_json(report), encoding="utf-8")
    (folder / REFERENCE_FILE).write_bytes(reference.content())
    manifest = _manifest(study, entries, reference.entry(), {}, words)
    (folder / "card.md").write_text(model_card(manifest, study.config, report), encoding="utf-8")
    manifest = _manifest(study, entries, reference.entry(), hashes_of(folder), words)
    write_manifest(folder, manifest)
    return manifest


def _self_test(study: PackedStudy, folder: Path, entries: tuple[NetworkEntry, ...]) -> bytes:
    """One phantom's inputs in blocks of 8 pixels, which keeps the file small, and the networks' answers.

    A phantom also where patients were learnt from: no pixel of theirs may leave in a pack.
    """
    first = study.arms[0].patients[0]
    patient = first if isinstance(first, NpcPatient) else draw_patient("training", study.config.seed, 0)
    phantom = render_patient(patient)
    volume = board_volume(phantom)
    settings = study.config.preprocessing
    frame = SegmenterFrame.of(volume, settings.segmenter)
    slices = in_blocks(frame.batch([frame.slice_count // 2]))
    crops = in_blocks(classifier_input(volume, phantom.tumour > 0, settings.classifier).array)
    inputs = {"segmenter": slices, "slice": crops[:, :1], "patient": crops}
    cases = [(entry, inputs[entry.unit or entry.role]) for entry in entries]
    return self_test_bytes(folder, cases, study.config.threads)


def _manifest(
    study: PackedStudy,
    entries: tuple[NetworkEntry, ...],
    reference: Reference,
    files: Mapping[str, str],
    words: PackWords,
) -> Manifest:
    config = study.config
    written = (*(entry.file for entry in entries), SELF_TEST_FILE, reference.file)
    stated = files or dict.fromkeys(written, "0" * 64)
    return Manifest(
        schema_version=2,
        id=words.id,
        version=words.version,
        study=STUDY,
        title=words.title,
        intended_use=words.intended_use,
        not_for=NOT_FOR,
        provenance=Provenance(
            kind=words.kind,
            description=words.description,
            cohort_sizes={
                "segmentation": study.marked_patients,
                "pretraining": len(study.pretraining),
                **{arm.treatment: len(arm.patients) for arm in study.arms},
            },
            events={
                "pretraining": sum(patient.residual_observed for patient in study.pretraining),
                **{arm.treatment: int(arm.residual.sum()) for arm in study.arms},
            },
            seed=config.seed,
        ),
        inputs=INPUT_CONDITIONS,
        preprocessing=config.preprocessing,
        networks=entries,
        treatments=tuple(arm.treatment for arm in study.arms),
        thresholds=tuple(_threshold(arm) for arm in study.arms),
        rules=STUDY,
        metrics=metrics(study),
        limits=words.limits,
        licence=LICENCE,
        created_with=created_with(config.seed, config.threads, words.command),
        self_test=SelfTest(file=SELF_TEST_FILE, tolerance=TOLERANCE),
        files=dict(stated),
        reference=reference,
        translations=in_chinese(words),
    )


def _threshold(arm: AnsweringArm) -> Threshold:
    return Threshold(
        treatment=arm.treatment,
        value=arm.cutoff.value,
        positive_class="residual",
        locked_on=f"out-of-fold scores of the {len(arm.fitted.training)} training patients who received it",
        method="Youden's index; where several cut-offs share the best one, the middle of them",
        borderline_margin=arm.margin,
    )
