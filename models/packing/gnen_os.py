"""The pack of ``gnen-os``: ResNet-50's maxima, a signature per phase, three Cox models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.packs.fitted import Scaling, Score, ScoreThreshold, SelectedFeature, Signature
from inference.packs.manifest import Manifest
from inference.packs.phases import CropFixed, PhaseInput, PhaseName, Resample, Resize, SelectSlices, Window
from inference.preprocessing.fixed_window import fixed_window
from inference.statistics.design import Design, Factor
from models.cohorts.cohort import Cohort
from models.cohorts.cohort_schema import PARTS
from models.networks.outputs import StageMaximaGraph
from models.networks.resnet import ResNet50
from models.packing import coding
from models.packing.content import Fitted, PackContent, PackedNetwork, PredictionTable
from models.packing.cox_uncertainty import with_uncertainty
from models.packing.ct_inputs import ct_inputs
from models.packing.ct_pack import put_demonstration, put_trained_on
from models.packing.gnen_os_report import PHASE_OF, notes, reference, rows_of
from models.packing.kept_work import RESULTS_FOLDER
from models.packing.prediction_csv import prediction_csv
from models.phantoms.abdomen.largest_slice import render_largest_slice
from models.phantoms.ct_cases import gnen_case
from models.phantoms.gnen_population import FORM, draw_cohort
from models.studies.gnen_os import MODELS, STUDY, CoxModel, TrainedGnen, feature_names, train
from models.studies.gnen_os_config import GnenOsConfig
from models.studies.gnen_os_export import EXTRACTOR
from models.studies.gnen_os_pretraining import Pretraining, pretrained_network
from models.studies.gnen_os_results import write_results
from models.studies.gnen_os_samples import (
    FACTORS,
    SCANS,
    GnenSamples,
    build_network,
    cohort_samples,
    phantom_samples,
)
from models.training.engine.device import make_repeatable
from models.training.engine.run import RunPlace

CEILING_DRAWS: Final = 3_000
SUBJECT: Final = "Overall survival with a gastric neuroendocrine neoplasm"
TITLES: Final = {
    "combined": "Combined model: both signatures and clinical factors",
    "dl": "Deep learning model: both signatures",
    "clinical": "Clinical model",
}

_FIELD_OF: Final = {field.attribute: field.id for field in FORM}


def from_phantoms(config: GnenOsConfig, place: RunPlace, samples: Path, out: Path) -> Manifest:
    """Train on the synthetic cohorts and write the demonstration pack.

    Only the slices of those who pre-train the network are kept in ``samples``; what was measured is left
    beside them.
    """
    make_repeatable(config.seed, config.threads)
    network, pretraining = pretrained_network(config, place, samples)
    cohorts = [
        phantom_samples(draw_cohort(name, patients), config, network, on_progress=place.on_progress)
        for name, patients in config.cohort_sizes.items()
    ]
    trained = train(cohorts[0], config)
    write_results(
        trained,
        cohorts[0],
        cohorts[1:],
        samples.parent / RESULTS_FOLDER,
        is_synthetic=True,
        pretraining=pretraining,
        ceiling_draws=CEILING_DRAWS,
    )
    packed = content(trained, cohorts, network, is_synthetic=True, pretraining=pretraining)
    return put_demonstration(packed, out)


def from_cohort(cohort: Cohort, config: GnenOsConfig, place: RunPlace, samples: Path, out: Path) -> Manifest:
    """Train on a cohort's training part, judge on its other parts, and write the pack."""
    make_repeatable(config.seed, config.threads)
    network = build_network(config)
    parts = [name for name in PARTS if len(cohort.table.part(name).with_known("os"))]
    cohorts = [cohort_samples(cohort, name, config, network, on_progress=place.on_progress) for name in parts]
    trained = train(cohorts[0], config)
    packed = content(trained, cohorts, network, is_synthetic=cohort.is_synthetic)
    return put_trained_on(cohort, packed, out)


def content(
    trained: TrainedGnen,
    cohorts: Sequence[GnenSamples],
    network: ResNet50,
    *,
    is_synthetic: bool,
    pretraining: Pretraining | None = None,
) -> PackContent:
    """What the pack holds; the first of ``cohorts`` is the one that was trained on."""
    training = cohorts[0]
    config, final = trained.config, trained.final
    designs = final.designs(training)
    columns = coded_columns(designs["combined"])
    packed = {
        name: _packed(name, model, columns, training, designs[name], config)
        for name in MODELS
        if (model := final.models[name]).fit.columns
    }
    signatures = tuple(
        Signature(
            name=f"{scan}_signature",
            phase=PHASE_OF[scan],
            embedding_length=training.features[scan].shape[1],
            features=_selected(signature.score.coefficients, training.features[scan].shape[1]),
            intercept=signature.score.intercept,
        )
        for scan, signature in final.signatures.items()
        if signature.selected
    )
    moved = {name: final.models[name].baseline.centre - model.constant for name, model in packed.items()}
    cuts = {name: trained.cutoffs[name] + moved[name] for name in packed}
    rows = rows_of(trained, cohorts, moved)
    return PackContent(
        study=STUDY,
        subject=SUBJECT,
        inputs=ct_inputs(STUDY),
        phases=tuple(_phase(phase, config) for phase in PHASE_OF.values()),
        networks=(_network(network, config),),
        fitted=Fitted(
            scores=(
                *(_score(one.name, f"Signature of the {one.phase} phase", "signature") for one in signatures),
                *(_score(name, TITLES[name], "linear_model") for name in reversed(MODELS) if name in packed),
            ),
            thresholds=tuple(
                ScoreThreshold(
                    score=name,
                    value=cut,
                    locked_on=f"out-of-fold scores of the {len(training)} training patients",
                    method=f"Youden's index of the ROC at {config.cutoff_months:g} months",
                )
                for name, cut in cuts.items()
            ),
            signatures=signatures,
            linear_models=tuple(packed[name].model for name in reversed(MODELS) if name in packed),
        ),
        reference=reference(training, rows, cuts),
        tables=(
            PredictionTable(
                "evaluation",
                "survival",
                prediction_csv(rows, is_synthetic=is_synthetic, horizons_months=config.horizons_months),
                cuts,
            ),
        ),
        notes=notes(trained, pretraining),
        cohort_sizes={
            **{cohort.cohort: len(cohort) for cohort in cohorts},
            **({} if pretraining is None else {"pretraining": pretraining.patients}),
        },
        events={cohort.cohort: int(cohort.follow_up.event.sum()) for cohort in cohorts},
        seed=config.seed,
        threads=config.threads,
        curves=() if pretraining is None else pretraining.curve,
    )


def _packed(
    name: str,
    model: CoxModel,
    columns: Mapping[str, coding.CodedColumn],
    training: GnenSamples,
    design: Design,
    config: GnenOsConfig,
) -> coding.PackedCox:
    """A Cox model in the words of the form, with what its intervals need."""
    fit, horizons = model.fit, config.horizons_months
    coefficients = dict(zip(fit.columns, map(float, fit.coefficients), strict=True))
    packed = coding.cox_model(name, coefficients, columns, model.baseline, horizons)
    return with_uncertainty(packed, fit, columns, training.follow_up, design, horizons)


def coded_columns(combined: Design) -> dict[str, coding.CodedColumn]:
    """Every column of the Cox models in the words of the form; numbers about the training mean."""
    mean = dict(zip(combined.columns, map(float, combined.matrix.mean(axis=0)), strict=True))
    columns = {
        f"{scan}_signature": coding.score(f"{scan}_signature", mean.get(f"{scan}_signature", 0.0))
        for scan in SCANS
    }
    for term in FACTORS:
        field = _FIELD_OF[term.name]
        if isinstance(term, Factor):
            for column, level in zip(term.columns, term.levels[1:], strict=True):
                columns[column] = coding.levels(field, level)
        else:
            columns[term.name] = coding.number(field, mean.get(term.name, 0.0))
    return columns


def _selected(coefficients: Mapping[str, float], length: int) -> tuple[SelectedFeature, ...]:
    place = {name: index for index, name in enumerate(feature_names(length))}
    weights = sorted((place[name], weight) for name, weight in coefficients.items())
    return tuple(
        SelectedFeature(index=index, scaling=Scaling(centre=0.0, scale=1.0), weight=weight)
        for index, weight in weights
    )


def _score(name: str, title: str, source: str) -> Score:
    return Score.model_validate(
        {
            "name": name,
            "title": title.replace("portal_venous", "portal-venous"),
            "source": source,
            "scale": "linear_predictor",
            "higher_is": "worse",
            "positive_class": "death",
        }
    )


def _phase(phase: PhaseName, config: GnenOsConfig) -> PhaseInput:
    window = config.window
    half = window.window_width_hu / 2
    return PhaseInput(
        phase=phase,
        is_required=True,
        steps=(
            SelectSlices(choice="largest", neighbours=0),
            Window(
                lower_hu=window.window_centre_hu - half,
                upper_hu=window.window_centre_hu + half,
                low=0.0,
                high=1.0,
            ),
            Resample(pixel_spacing_mm=window.spacing_mm, slice_spacing_mm=None, interpolation="cubic"),
            CropFixed(
                side_mm=window.rows * window.spacing_mm,
                surroundings=window.surroundings,
            ),
            Resize(rows=window.rows, columns=window.columns),
        ),
    )


def _network(network: ResNet50, config: GnenOsConfig) -> PackedNetwork:
    """A phantom's window for the self-test: no pixel of a patient may leave in a pack."""
    (patient,) = draw_cohort("training", 1, config.seed)
    volume, mask = render_largest_slice(gnen_case(patient), SCANS["arterial"], size=config.phantom_size)
    image: NDArray[np.float32] = fixed_window(volume, mask, config.window)
    return PackedNetwork(
        file=EXTRACTOR,
        role="encoder",
        architecture="resnet50_stage_maxima",
        graph=StageMaximaGraph(network),
        image=image[None, None],
    )
