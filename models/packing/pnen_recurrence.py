"""The pack of ``pnen-recurrence``: encoders, and linear machines for every fold."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from inference.packs.fitted import (
    Score,
    ScoreThreshold,
    SliceAggregation,
)
from inference.packs.manifest import Manifest
from inference.packs.phases import PhaseInput, PhaseName, Resample, SelectSlices, Window
from inference.predictors.slice_aggregation import FEWEST_SLICES, STARTS
from inference.preprocessing.settings import IsotropicSettings
from inference.storage import write_atomically
from models.cohorts.cohort import Cohort
from models.cohorts.part_of_cohort import PartOfCohort
from models.cohorts.pnen_phantoms import PnenPhantoms
from models.packing.content import Fitted, PackContent
from models.packing.ct_inputs import ct_inputs
from models.packing.ct_pack import put_demonstration, put_trained_on
from models.packing.frame_steps import crop_box, to_size
from models.packing.kept_work import RESULTS_FOLDER
from models.packing.pnen_recurrence_models import PHASE_OF, SCANS_OF, encoders, machines
from models.packing.pnen_recurrence_report import notes, reference, tables
from models.phantoms.pnen_population import draw_cohort
from models.studies.pnen_recurrence import (
    STUDY,
    PatientData,
    TrainedStudy,
    patient_data,
    train,
    train_on_samples,
)
from models.studies.pnen_recurrence_command import ceiling
from models.studies.pnen_recurrence_config import PnenRecurrenceConfig
from models.studies.pnen_recurrence_result import (
    FOLLOW_UP_CSV,
    RESULT_JSON,
    SCORES_CSV,
    follow_up_csv,
    result_json,
    scores_csv,
)
from models.studies.pnen_recurrence_samples import PHASES, phase_samples
from models.training.engine.device import make_repeatable
from models.training.engine.history import CURVES_CSV, curves_csv
from models.training.engine.run import RunPlace

SUBJECT: Final = "Recurrence of a pancreatic neuroendocrine neoplasm within five years of resection"
TITLES: Final = {
    "dlr_a": "Deep learning radiomics, arterial phase",
    "dlr_v": "Deep learning radiomics, venous phase",
    "dlr_av": "Deep learning radiomics, arterial and venous phase",
    "dlr_a_sag": "Deep learning radiomics, arterial phase, with symptoms, age and sex",
}


def from_phantoms(config: PnenRecurrenceConfig, place: RunPlace, samples: Path, out: Path) -> Manifest:
    """Train on the synthetic cohorts and write the demonstration pack.

    What was measured is left beside the samples.
    """
    start = time.monotonic()
    inside = draw_cohort("training", config.training_patients)
    outside = draw_cohort("external", config.external_patients)
    further = draw_cohort("training", config.segmentation_cases, seed=config.seed)
    study = train(
        config,
        *(PnenPhantoms(drawn, size=config.phantom_size) for drawn in (inside, outside, further)),
        cache=samples,
        place=place,
    )
    ceilings = {
        "training": ceiling(inside, study.training.data.is_decided),
        "external": ceiling(outside, study.external.data.is_decided),
    }
    minutes = (time.monotonic() - start) / 60
    for name, text in {
        SCORES_CSV: scores_csv(study, is_synthetic=True),
        FOLLOW_UP_CSV: follow_up_csv(study, is_synthetic=True),
        CURVES_CSV: curves_csv(study.curves),
        RESULT_JSON: result_json(study, ceilings, minutes=minutes),
    }.items():
        write_atomically(samples.parent / RESULTS_FOLDER / name, text.encode())
    return put_demonstration(content(study, is_synthetic=True), out)


def from_cohort(
    cohort: Cohort, config: PnenRecurrenceConfig, place: RunPlace, samples: Path, out: Path
) -> Manifest:
    """Train on a cohort's training part, judge on its other parts, and write the pack.

    The segmenter of a fold learns from all of the fold's own patients: there are no further cases.
    """
    config = replace(config, study_cases_in_segmentation=len(cohort.table))
    make_repeatable(config.seed, config.threads)

    def part(*names: str) -> PartOfCohort:
        return PartOfCohort(cohort, names)

    def data(own: PartOfCohort) -> PatientData:
        phases = phase_samples(
            own,
            PHASES,
            config,
            with_radiomics=True,
            cache=samples,
            on_progress=place.on_progress,
            should_stop=place.should_stop,
        )
        return patient_data(own, phases, config)

    inside, others = data(part("training")), part("internal", "external")
    outside = data(others) if len(others.table) else inside
    study = train_on_samples(config, inside, outside, (), place=place)
    return put_trained_on(cohort, content(study, is_synthetic=cohort.is_synthetic), out)


def content(study: TrainedStudy, *, is_synthetic: bool) -> PackContent:
    """What the pack holds.

    A study without outside patients names its training cohort twice; it is told once.
    """
    config = study.config
    cohorts = (
        [study.training] if study.external.data is study.training.data else [study.training, study.external]
    )
    packed = tuple(SCANS_OF)
    decided = int(study.training.data.is_decided.sum())
    names = sorted({part for cohort in cohorts for part in cohort.data.table.parts}, key=_ORDER.index)
    patients = [
        (part, k, cohort.data) for cohort in cohorts for k, part in enumerate(cohort.data.table.parts)
    ]
    return PackContent(
        study=STUDY,
        subject=SUBJECT,
        inputs=ct_inputs(STUDY),
        phases=(
            _phase("arterial", config.arterial, config),
            _phase("portal_venous", config.venous, config),
        ),
        networks=encoders(study, is_synthetic),
        fitted=Fitted(
            scores=tuple(
                Score(
                    name=name,
                    title=TITLES[name],
                    source="support_vector_machines",
                    scale="probability",
                    higher_is="worse",
                    positive_class="recurrence",
                )
                for name in packed
            ),
            thresholds=tuple(
                ScoreThreshold(
                    score=name,
                    value=cut.value,
                    locked_on=f"out-of-fold scores of the {decided} training patients who have a class",
                    method="Youden's index; where several share the best one, the middle of them",
                )
                for name in packed
                if (cut := study.cutoffs[name]) is not None
            ),
            machines=machines(study),
            aggregation=SliceAggregation(
                method="largest_cluster",
                clusters=2,
                starts=STARTS,
                seed=config.aggregation_seed,
                fewest_slices=FEWEST_SLICES,
            ),
        ),
        reference=reference(study, cohorts, packed, PHASE_OF),
        tables=tables(study, cohorts, is_synthetic=is_synthetic),
        notes=notes(study),
        cohort_sizes={
            **{name: sum(part == name for part, _, _ in patients) for name in names},
            **({} if config.study_cases_in_segmentation else {"segmentation": config.segmentation_cases}),
        },
        events={
            name: sum(bool(data.recurred[k]) for part, k, data in patients if part == name) for name in names
        },
        seed=config.seed,
        threads=config.threads,
        curves=study.curves,
    )


_ORDER: Final = ("training", "internal", "external")


def _phase(phase: PhaseName, settings: IsotropicSettings, config: PnenRecurrenceConfig) -> PhaseInput:
    half = settings.window_width_hu / 2
    return PhaseInput(
        phase=phase,
        is_required=phase == "arterial",
        steps=(
            Window(
                lower_hu=settings.window_centre_hu - half,
                upper_hu=settings.window_centre_hu + half,
                low=0.0,
                high=1.0,
            ),
            Resample(
                pixel_spacing_mm=settings.spacing_mm,
                slice_spacing_mm=settings.spacing_mm,
                interpolation="cubic",
            ),
            crop_box(settings.margin_mm, config.frame),
            SelectSlices(choice="all", neighbours=0),
            to_size(config.frame),
        ),
    )
