"""The whole protocol of ``npc-residual``: two segmenters, four classifiers, two units, two treatments.

Positive is residual tumour; a higher score is worse.  Source: Hua et al. 2023, doi 10.21037/qims-22-1226.
What the paper leaves open, the configuration names.  The demonstration pack comes from ``npc_residual``.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from inference.jobs import Progress
from inference.messages.catalogue import load_catalogue
from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import Bools, Floats
from models.export import round_weights
from models.networks.catalogue import build_classifier
from models.networks.contract import MeanPooledClassifier
from models.networks.initial_weights import load_initial_weights
from models.phantoms.npc_population import Regimen, draw_cohort
from models.studies.npc_residual import TREATMENTS, Groups, StudyPatient, classifier_loss, for_treatment
from models.studies.npc_residual_units import (
    Division,
    Reading,
    Samples,
    divide,
    in_unit,
    mean_by_patient,
    read,
)
from models.studies.npc_residual_whole_config import PRESETS, UNITS, NpcWholeConfig, Unit
from models.studies.npc_residual_whole_segmentation import ComparedSegmenter, better, compare_segmenters
from models.training.augmentation import air_value
from models.training.engine.device import make_repeatable
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.samples import Workshop, classifier_samples

_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class FittedModel:
    """One classifier in one unit for one treatment: a network per fold, all from the same ``start``.

    ``readings`` are by what is scored: image and patient for a model of slices, patient for one of patients.
    """

    classifier: str
    unit: Unit
    start: MeanPooledClassifier
    networks: tuple[MeanPooledClassifier, ...]
    readings: Mapping[Unit, Reading]
    curve: tuple[CurvePoint, ...]

    def patient_scores(self, crops: Tensor) -> Floats:
        """Scores of patients (patient, slice, row, column) that no network of this model learnt from."""
        samples = in_unit(crops, self.unit)
        folds = [network_scores(network, samples.images) for network in self.networks]
        return mean_by_patient(np.mean(folds, axis=0), samples.owner)


@dataclass(frozen=True, slots=True, eq=False)
class WholeArm:
    """One treatment: its patients, their crops (patient, slice, row, column), and all models fitted to it."""

    treatment: Regimen
    patients: tuple[StudyPatient, ...]
    residual: Bools
    crops: Tensor
    division: Division
    models: tuple[FittedModel, ...]

    def model(self, classifier: str, unit: Unit) -> FittedModel:
        """The model of that classifier in that unit."""
        return next(one for one in self.models if (one.classifier, one.unit) == (classifier, unit))

    def training_area(self, classifier: str) -> float:
        """Out-of-fold AUC of the patient unit, by which a classifier is chosen."""
        reading = self.model(classifier, "patient").readings["patient"]
        data = reading.data(self.residual, ~self.division.is_test(reading.owner))
        return auc(data.scores, data.is_positive).value


@dataclass(frozen=True, slots=True)
class TestDecision:
    """A test patient: what the chosen classifier's two models predict, what was given, what came of it."""

    __test__ = False

    patient_id: str
    predicts_residual: Mapping[Regimen, bool]
    given: Regimen
    residual: bool


@dataclass(frozen=True, slots=True, eq=False)
class TrainedWhole:
    """Everything that the results are made of.

    ``segmenter`` is the better of ``segmenters``; ``classifier`` the one of highest out-of-fold AUC in the
    patient unit, mean of the treatments.  ``decisions`` are its, for the test cohorts of both treatments.
    """

    config: NpcWholeConfig
    segmenters: tuple[ComparedSegmenter, ...]
    segmenter: ComparedSegmenter
    arms: tuple[WholeArm, ...]
    classifier: str
    decisions: tuple[TestDecision, ...]
    curves: tuple[CurvePoint, ...]


def phantom_groups(config: NpcWholeConfig) -> Groups:
    """The same phantoms in the same parts as those of the demonstration pack of equal seed."""
    drawn = draw_cohort(
        "training", config.segmentation_patients + config.classification_patients, config.seed
    )
    return Groups(
        drawn[: config.segmentation_patients],
        draw_cohort("training", config.pretraining_patients, config.seed + 1),
        drawn[config.segmentation_patients :],
    )


def train(config: NpcWholeConfig, groups: Groups, workshop: Workshop, place: RunPlace) -> TrainedWhole:
    """Run the whole protocol on these patients.

    Raises
    ------
    OneClassError
        When a fold of a treatment, or its test cohort, has one class; before any classifier is trained.
    """
    make_repeatable(config.seed, config.threads)
    divided = [_arm_of(config, groups, treatment) for treatment in TREATMENTS]
    segmenters = compare_segmenters(config, groups.marked, workshop, place)
    segmenter = better(segmenters)

    def crops(patients: Sequence[StudyPatient]) -> Tensor:
        about_proposed_and_true = classifier_samples(
            patients,
            segmenter.trained.source,
            config.preprocessing,
            workshop,
            on_progress=place.on_progress,
            should_stop=place.should_stop,
        )
        return torch.from_numpy(np.ascontiguousarray(about_proposed_and_true[:, 0]))

    to_start = crops(groups.pretraining) if groups.pretraining else None
    arm_crops = [crops(patients) for patients, _, _ in divided]
    models: dict[Regimen, list[FittedModel]] = {treatment: [] for treatment in TREATMENTS}
    curves = [point for one in segmenters for point in one.trained.curve]
    for unit in UNITS:
        for classifier in config.classifiers:
            trunk, trunk_curve = start_network(config, classifier, unit, to_start, groups.pretraining, place)
            curves.extend(trunk_curve)
            for number, treatment in enumerate(TREATMENTS):
                _, residual, division = divided[number]
                start = for_treatment(trunk, number)
                samples = in_unit(arm_crops[number], unit)
                fitted = fit_model(
                    config, (classifier, unit, treatment), samples, residual, division, start, place
                )
                models[treatment].append(fitted)
                curves.extend(fitted.curve)
    arms = tuple(
        WholeArm(treatment, patients, residual, arm_crops[number], division, tuple(models[treatment]))
        for number, (treatment, (patients, residual, division)) in enumerate(
            zip(TREATMENTS, divided, strict=True)
        )
    )
    best = max(config.classifiers, key=lambda name: sum(arm.training_area(name) for arm in arms))
    return TrainedWhole(config, segmenters, segmenter, arms, best, decisions_of(arms, best), tuple(curves))


def start_network(
    config: NpcWholeConfig,
    classifier: str,
    unit: Unit,
    crops: Tensor | None,
    patients: Sequence[StudyPatient],
    place: RunPlace,
) -> tuple[MeanPooledClassifier, tuple[CurvePoint, ...]]:
    """What all networks of a classifier in a unit start from, with an output for each treatment.

    Where there are ``crops`` of further patients, each of them teaches the output of the treatment received.
    """
    torch.manual_seed(seed_of(config, classifier, unit))
    channels = config.preprocessing.classifier.slices if unit == "patient" else 1
    network = build_classifier(
        classifier,
        width=config.classifier_width,
        in_channels=channels,
        classes=len(TREATMENTS),
        dropout=config.dropout,
    )
    assert isinstance(network, MeanPooledClassifier)
    network = network.to(memory_format=torch.channels_last)
    if classifier in config.initial_weights:
        load_initial_weights(network, config.initial_weights[classifier])
    if crops is None:
        return network, ()
    samples = in_unit(crops, unit)
    given = torch.tensor([TREATMENTS.index(patient.regimen) for patient in patients])[samples.owner]
    residual = np.array([patient.residual_observed for patient in patients])
    run = f"pre-training {classifier} {unit}"
    result = train_network(
        network,
        learning_task(config, unit, samples, residual, range(len(patients)), place.device, given=given),
        config.choices(unit).pretraining,
        run=run,
        seed=seed_of(config, run),
        stage="stage.training.trunk",
        place=place,
    )
    return network, result.curve


def fit_model(
    config: NpcWholeConfig,
    names: tuple[str, Unit, Regimen],
    samples: Samples,
    residual: Bools,
    division: Division,
    start: MeanPooledClassifier,
    place: RunPlace,
) -> FittedModel:
    """One network per fold, each sample scored by networks that did not learn from its patient."""
    classifier, unit, treatment = names
    networks: list[MeanPooledClassifier] = []
    curves: list[CurvePoint] = []
    scores = np.zeros(len(samples.owner))
    tested = samples.rows_of(division.test)
    for fold in division.folds:
        network, curve = fit_network(
            config,
            unit,
            samples,
            residual,
            fold.learn,
            start,
            place,
            run=f"{classifier} {unit} {treatment} fold {fold.number}",
        )
        left_out = samples.rows_of(fold.left_out)
        scores[left_out] = network_scores(network, samples.images[left_out])
        scores[tested] += network_scores(network, samples.images[tested]) / len(division.folds)
        networks.append(network)
        curves.extend(curve)
    readings = {unit: read(unit, scores, samples.owner, residual, division)}
    if unit == "image":
        mean = mean_by_patient(scores, samples.owner)
        readings["patient"] = read("patient", mean, np.arange(len(mean)), residual, division)
    return FittedModel(classifier, unit, start, tuple(networks), readings, tuple(curves))


def fit_network(
    config: NpcWholeConfig,
    unit: Unit,
    samples: Samples,
    residual: Bools,
    patients: Sequence[int],
    start: MeanPooledClassifier,
    place: RunPlace,
    *,
    run: str,
) -> tuple[MeanPooledClassifier, tuple[CurvePoint, ...]]:
    """A copy of ``start`` that learnt from the samples of ``patients``, rounded as a pack stores it."""
    network = copy.deepcopy(start)
    result = train_network(
        network,
        learning_task(config, unit, samples, residual, patients, place.device),
        config.choices(unit).classification,
        run=run,
        seed=seed_of(config, run),
        stage="stage.training.classifier",
        place=place,
    )
    round_weights(network)
    return network, result.curve


def network_scores(network: MeanPooledClassifier, images: Tensor) -> Floats:
    """Probability of residual tumour, one for each sample (n, channel, row, column)."""
    network.eval()
    with torch.no_grad():
        logits = torch.cat([network(part.float())[:, 0] for part in images.split(_AT_ONCE)])
    scores: Floats = torch.sigmoid(logits.double()).numpy()
    return scores


def decisions_of(arms: Sequence[WholeArm], classifier: str) -> tuple[TestDecision, ...]:
    """Both treatments' models at their locked cut-offs on the test patients of both.

    A patient's own treatment's model never saw the test cohort, the other one none of the patient's cohort.
    """
    decisions = []
    for arm in arms:
        tested = list(arm.division.test)
        predicted: dict[Regimen, Bools] = {}
        for one in arms:
            model = one.model(classifier, "patient")
            reading = model.readings["patient"]
            scores = reading.scores[tested] if one is arm else model.patient_scores(arm.crops[tested])
            predicted[one.treatment] = scores >= reading.cutoff.value
        decisions += [
            TestDecision(
                arm.patients[position].patient_id,
                {treatment: bool(called[row]) for treatment, called in predicted.items()},
                arm.treatment,
                bool(arm.residual[position]),
            )
            for row, position in enumerate(tested)
        ]
    return tuple(decisions)


def seed_of(config: NpcWholeConfig, *names: str) -> int:
    """A seed for the run of these names."""
    words = [ord(letter) for letter in " ".join(names)]
    return int(np.random.SeedSequence([config.seed, *words]).generate_state(1)[0] >> 1)


def _arm_of(
    config: NpcWholeConfig, groups: Groups, treatment: Regimen
) -> tuple[tuple[StudyPatient, ...], Bools, Division]:
    patients = tuple(one for one in groups.treated if one.regimen == treatment)
    residual = np.array([one.residual_observed for one in patients], dtype=np.bool_)
    names = [one.patient_id for one in patients]
    return patients, residual, divide(names, residual, config, TREATMENTS.index(treatment))


def learning_task(
    config: NpcWholeConfig,
    unit: Unit,
    samples: Samples,
    residual: Bools,
    patients: Sequence[int],
    device: torch.device,
    *,
    given: Tensor | None = None,
) -> Task:
    """Cross-entropy on the samples of ``patients``, each with its patient's outcome.

    ``given`` (sample,) is the output that a sample teaches, else the first.
    """
    rows = samples.rows_of(patients)
    outputs = torch.zeros(len(rows), dtype=torch.long) if given is None else given[rows]
    loss = classifier_loss(
        air_value(config.preprocessing.classifier),
        config.choices(unit).views,
        samples.images[rows][:, None],
        torch.from_numpy(residual[samples.owner[rows]].astype(np.float32)),
        lambda positions: outputs[positions],
        device,
    )
    return Task(len(rows), loss)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a preset on phantoms; write networks, scores, decisions, loss curves and figures."""
    from models.studies.npc_residual_whole_export import export
    from models.studies.npc_residual_whole_results import write_results

    parser = argparse.ArgumentParser(
        prog="python -m models.studies.npc_residual_whole", description=main.__doc__
    )
    parser.add_argument("--preset", choices=sorted(PRESETS), default="demo")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".cache") / "samples")
    parser.add_argument("--workers", type=int, default=0, help="processes that render; 0: this one alone")
    options = parser.parse_args(arguments)
    config = PRESETS[options.preset]
    workshop = Workshop(options.cache, options.workers)
    groups = phantom_groups(config)
    place = RunPlace(on_progress=_say_when_done)
    trained = train(config, groups, workshop, place)
    export(trained, options.out)
    write_results(trained, groups, workshop, options.out, place)
    return 0


def _say_when_done(progress: Progress) -> None:
    """A line on the terminal for every stage that ends."""
    if progress.done == progress.total:
        stage = load_catalogue("en").text(progress.stage)
        print(f"{time.strftime('%H:%M:%S')} {stage} {progress.done}/{progress.total}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
