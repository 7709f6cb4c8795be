"""The one maker of packs for the CT studies: from a study's content to a folder that verifies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inference.messages.catalogue import load_catalogue
from inference.packs.manifest import SCHEMA_VERSION, Manifest, NetworkEntry, Provenance, SelfTest
from models.cohorts.cohort import Cohort
from models.export import export_network, tensor_entries
from models.packing.card import card
from models.packing.content import PackContent
from models.packing.demonstration_key import demonstration_key
from models.packing.evaluation_files import EvaluationFiles, evaluation_files
from models.packing.origin import created_with, moment_of_code
from models.packing.reference_data import REFERENCE_FILE
from models.packing.self_test import SELF_TEST_FILE, TOLERANCE, in_blocks, self_test_bytes
from models.packing.whole import hashes_of, put_whole, write_manifest
from models.packing.words import LICENCE, NOT_FOR, VERSION, PackWords, cohort_words, demonstration_words
from models.packing.words_in_chinese import in_chinese
from models.training.engine.history import CURVES_CSV, CURVES_PNG, curves_csv, curves_png

CARD_FILE = "card.md"


def put_demonstration(content: PackContent, out: Path) -> Manifest:
    """Write a pack of phantoms, signed with the key that everybody has.

    Raises
    ------
    StorageError
        When the place is full, read-only or gone.
    """
    words = demonstration_words(content.study, content.subject, content.notes.limits)
    return put_pack(content, out, words, demonstration_key())


def put_trained_on(cohort: Cohort, content: PackContent, out: Path) -> Manifest:
    """Write a pack of a cohort, signed by nobody yet.

    Raises
    ------
    StorageError
        When the place is full, read-only or gone.
    """
    words = cohort_words(
        content.study,
        content.subject,
        content.notes.limits,
        out=out,
        is_synthetic=cohort.is_synthetic,
        patients=len(cohort.table),
        sha256=cohort.sha256,
    )
    return put_pack(content, out, words)


def put_pack(
    content: PackContent, out: Path, words: PackWords, key: Ed25519PrivateKey | None = None
) -> Manifest:
    """Write, sign where there is a key, check and put the pack into ``out``, whole or not at all."""
    moment = moment_of_code()
    return put_whole(out, lambda folder: write_pack(content, folder, words, moment), key)


def write_pack(content: PackContent, folder: Path, words: PackWords, moment: datetime) -> Manifest:
    """Write every file but the signature; the manifest, which holds their hashes, last."""
    entries = _write_networks(content, folder)
    images = [in_blocks(network.image) for network in content.networks]
    cases = zip(entries, images, strict=True)
    (folder / SELF_TEST_FILE).write_bytes(self_test_bytes(folder, cases, content.threads))
    (folder / REFERENCE_FILE).write_bytes(content.reference.content())
    evaluated = evaluation_files(content, moment)
    for name, document in evaluated.contents.items():
        (folder / name).write_bytes(document)
    if content.curves:
        (folder / CURVES_CSV).write_text(curves_csv(content.curves), encoding="utf-8")
        (folder / CURVES_PNG).write_bytes(curves_png(content.curves, load_catalogue("en")))
    manifest = _manifest(content, entries, evaluated, hashes_of(folder), words)
    (folder / CARD_FILE).write_text(card(manifest, content.notes), encoding="utf-8")
    manifest = _manifest(content, entries, evaluated, hashes_of(folder), words)
    write_manifest(folder, manifest)
    return manifest


def _write_networks(content: PackContent, folder: Path) -> tuple[NetworkEntry, ...]:
    (folder / "networks").mkdir(parents=True)
    entries = []
    for network in content.networks:
        export_network(network.graph, torch.from_numpy(network.image[:1]), folder / network.file)
        inputs, outputs = tensor_entries((folder / network.file).read_bytes())
        entries.append(
            NetworkEntry(
                role=network.role,
                architecture=network.architecture,
                treatment=None,
                fold=network.fold,
                file=network.file,
                inputs=inputs,
                outputs=outputs,
                phase=network.phase,
                unit=network.unit,
            )
        )
    return tuple(entries)


def _manifest(
    content: PackContent,
    entries: tuple[NetworkEntry, ...],
    evaluated: EvaluationFiles,
    files: Mapping[str, str],
    words: PackWords,
) -> Manifest:
    fitted = content.fitted
    return Manifest(
        schema_version=SCHEMA_VERSION,
        id=words.id,
        version=VERSION,
        study=content.study,
        title=words.title,
        intended_use=words.intended_use,
        not_for=NOT_FOR,
        provenance=Provenance(
            kind=words.kind,
            description=words.description,
            cohort_sizes=dict(content.cohort_sizes),
            events=dict(content.events),
            seed=content.seed,
        ),
        inputs=content.inputs,
        networks=entries,
        treatments=(),
        thresholds=(),
        rules=content.study,
        metrics=evaluated.metrics,
        limits=words.limits,
        licence=LICENCE,
        created_with=created_with(content.seed, content.threads, words.command),
        self_test=SelfTest(file=SELF_TEST_FILE, tolerance=TOLERANCE),
        files=dict(files),
        phases=content.phases,
        scores=fitted.scores,
        signatures=fitted.signatures,
        support_vector_machines=fitted.machines,
        linear_models=fitted.linear_models,
        aggregation=fitted.aggregation,
        calibrations=fitted.calibrations,
        score_thresholds=fitted.thresholds,
        reference=content.reference.entry(),
        evaluation_files=evaluated.entries,
        translations=in_chinese(words),
    )
