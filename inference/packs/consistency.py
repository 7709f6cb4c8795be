"""What the parts of one manifest promise each other: every name leads to something, and sizes agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inference.packs.fitted import Score, Signature, SupportVectorMachine
    from inference.packs.manifest import Manifest


def check_study_parts(manifest: Manifest) -> None:
    """Hold phases, scores, fitted models and reference data against each other.

    Raises
    ------
    ValueError
        Naming the first part that leads nowhere, stands twice or has another size.
    """
    _once("phase", (entry.phase for entry in manifest.phases))
    _once("score", (score.name for score in manifest.scores))
    _once("signature", (entry.name for entry in manifest.signatures))
    _once("linear model", (entry.name for entry in manifest.linear_models))
    _once("threshold", (entry.score for entry in manifest.score_thresholds))
    _once("calibration", (entry.score for entry in manifest.calibrations))
    _once("machine", (f"{entry.name} fold {entry.fold}" for entry in manifest.support_vector_machines))
    _phases_are_prepared(manifest)
    _scores_have_a_source(manifest)
    _models_use_earlier_scores(manifest)
    _embeddings_have_their_length(manifest)
    _clouds_of_treatments_have_a_network(manifest)
    _names_of_scores_exist(manifest)


def _once(what: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise ValueError(f"the {what} {name} stands twice")


def _phases_are_prepared(manifest: Manifest) -> None:
    prepared = {entry.phase: entry for entry in manifest.phases}
    used = [network.phase for network in manifest.networks if network.phase is not None]
    used += [signature.phase for signature in manifest.signatures]
    used += [phase for machine in manifest.support_vector_machines for phase in machine.phases]
    for phase in used:
        if phase not in prepared:
            raise ValueError(f"nothing prepares the phase {phase}")
    for network in manifest.networks:
        served = [network.phase] if network.phase is not None else list(prepared)
        if network.role == "segmenter":
            continue
        for phase in served:
            shape = network.inputs[0].shape[1:]
            stated = prepared[phase].prepared
            if len(shape) != len(stated) or any(
                size is not None and size != given for size, given in zip(stated, shape, strict=True)
            ):
                raise ValueError(f"{network.file} does not take what the steps of {phase} prepare")


def _scores_have_a_source(manifest: Manifest) -> None:
    fitted = {
        "signature": {entry.name for entry in manifest.signatures},
        "support_vector_machines": {entry.name for entry in manifest.support_vector_machines},
        "linear_model": {entry.name for entry in manifest.linear_models},
    }
    for score in manifest.scores:
        if score.source == "classifiers":
            if not any(network.role == "classifier" for network in manifest.networks):
                raise ValueError(f"the score {score.name} needs a classifier")
        elif score.name not in fitted[score.source]:
            raise ValueError(f"nothing computes the score {score.name}")
    for source, names in fitted.items():
        for name in sorted(names - {score.name for score in manifest.scores if score.source == source}):
            raise ValueError(f"{name} is fitted and no score")
    for model in manifest.linear_models:
        scale = "probability" if model.family == "logistic" else "linear_predictor"
        if _score(manifest, model.name).scale != scale:
            raise ValueError(f"the score {model.name} of a {model.family} model is a {scale}")


def _models_use_earlier_scores(manifest: Manifest) -> None:
    order = {score.name: place for place, score in enumerate(manifest.scores)}
    for model in manifest.linear_models:
        for needed in sorted(model.scores_needed):
            if order.get(needed, len(order)) >= order[model.name]:
                raise ValueError(f"{model.name} uses {needed}, which is not computed before it")


def _embeddings_have_their_length(manifest: Manifest) -> None:
    for signature in manifest.signatures:
        _fits_an_encoder(manifest, signature, signature.phase, None)
    for machine in manifest.support_vector_machines:
        for phase in machine.phases:
            _fits_an_encoder(manifest, machine, phase, machine.fold)


def _fits_an_encoder(
    manifest: Manifest, model: Signature | SupportVectorMachine, phase: str, fold: int | None
) -> None:
    encoders = [entry for entry in manifest.encoders(phase) if fold is None or entry.fold in (None, fold)]
    if not encoders:
        raise ValueError(f"{model.name} has no encoder for {phase}")
    for entry in encoders:
        if entry.outputs[0].shape[-1] != model.embedding_length:
            raise ValueError(f"{entry.file} does not give the embedding that {model.name} reads")


def _clouds_of_treatments_have_a_network(manifest: Manifest) -> None:
    """Of a classifier's last activation, averaged over its pixels."""
    clouds = () if manifest.reference is None else manifest.reference.features
    of_treatments = [cloud for cloud in clouds if cloud.treatment is not None]
    _once("cloud", (f"of {cloud.treatment} fold {cloud.fold}" for cloud in of_treatments))
    for cloud in clouds if manifest.treatments else of_treatments:
        if cloud.phase is not None or cloud.treatment is None:
            raise ValueError(f"the cloud {cloud.array} is of a treatment or of a phase, as the networks are")
        classifiers = manifest.classifiers(cloud.treatment)
        lengths = [entry.outputs[1].shape[1:2] for entry in classifiers if entry.fold == cloud.fold]
        if lengths != [(cloud.length,)]:
            raise ValueError(f"no network gives the embedding of the cloud {cloud.array}")


def _names_of_scores_exist(manifest: Manifest) -> None:
    reference = manifest.reference
    named = [entry.score for entry in manifest.score_thresholds]
    named += [metric.score for metric in manifest.metrics if metric.score is not None]
    if reference is not None:
        named += [entry.score for entry in reference.quantiles]
        named += [entry.score for entry in reference.survival]
    for name in named:
        _score(manifest, name)
    for calibration in manifest.calibrations:
        if _score(manifest, calibration.score).scale != "probability":
            raise ValueError(f"{calibration.score} is no probability and cannot be recalibrated as one")


def _score(manifest: Manifest, name: str) -> Score:
    for score in manifest.scores:
        if score.name == name:
            return score
    raise ValueError(f"there is no score {name}")
