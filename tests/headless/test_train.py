"""``main.py train``: a pack or nothing, and what was learnt stays where training was cut off."""

import csv
import json
import shutil
from dataclasses import replace

import pytest
import torch

import models.training.engine.study_run as study_run
from inference.errors import InputError
from inference.packs.verify import verify_pack
from models.networks import resnet, xception
from models.networks.catalogue import build_classifier, build_segmenter
from models.networks.initial_files import InitialFile
from models.studies import (
    catalogue,
    npc_residual_export,
    npc_residual_models,
    npc_residual_segmenter,
)
from models.studies.npc_residual_config import DEMO
from tests.models.exported_once import export_once
from tests.models.networks.safetensors_bytes import write_weights
from tests.models.studies.npc_cohort import SMALL, cohort


@pytest.fixture
def tiny(monkeypatch):
    """A preset that trains in a second, on a cohort that needs no files."""
    for module in (npc_residual_export, npc_residual_segmenter):
        monkeypatch.setattr(module, "export_network", export_once)
    monkeypatch.setattr(resnet, "PUBLISHED_BLOCKS", (1, 1, 1, 1))
    monkeypatch.setattr(xception, "MIDDLE_BLOCKS", 1)
    study = replace(catalogue.STUDIES["npc-residual"], presets={"demo": SMALL, "paper": SMALL})
    monkeypatch.setattr(catalogue, "STUDIES", {"npc-residual": study})
    monkeypatch.setattr(study_run, "read_cohort", lambda *_, **__: cohort())
    yield
    torch.use_deterministic_algorithms(False)


def networks_of(pack):
    return {path.name: path.read_bytes() for path in (pack / "networks").iterdir()}


@pytest.mark.slow
def test_a_training_that_was_cut_off_ends_in_the_same_pack(run, tiny, tmp_path, monkeypatch):
    arguments = ("train", "npc-residual", "--cohort", tmp_path, "--device", "cpu")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    done = run(*arguments, "--out", whole)
    assert done.code == 0
    assert "synthetic" in done.out and "auc" in done.out
    assert verify_pack(whole, self_test=True).manifest.provenance.kind == "synthetic"
    assert "start: random weights" in (whole / "card.md").read_text()
    assert not (tmp_path / "whole.training").exists()

    with monkeypatch.context() as patched:
        patched.setattr(npc_residual_models, "network_scores", _interrupted)
        stopped = run(*arguments, "--out", cut)
    assert stopped.code == 130
    assert "--resume" in stopped.err
    assert not cut.exists()
    assert (tmp_path / "cut.training" / "training.csv").read_text().count("\n") > 3
    assert run(*arguments, "--out", cut).code == 2
    other = run(*arguments, "--out", cut, "--resume", "--seed", "4")
    assert (other.code, "seed" in other.err) == (2, True)

    assert run(*arguments, "--out", cut, "--resume").code == 0
    assert networks_of(cut) == networks_of(whole)
    assert json.loads((cut / "evaluation.json").read_text()) == json.loads(
        (whole / "evaluation.json").read_text()
    )
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".", "cut"))) == ["cut"]


def _interrupted(*_):
    raise KeyboardInterrupt


def test_every_problem_of_a_cohort_is_printed_and_nothing_is_trained(run, phantom, tmp_path):
    ended = run("train", "npc-residual", "--cohort", phantom.parent, "--out", tmp_path / "pack")
    assert ended.code == 2
    assert "training" in ended.err
    assert not list(tmp_path.glob("pack*"))


def test_a_cohort_without_an_event_is_refused_in_a_sentence_for_each_treatment(run, phantom, tmp_path):
    cohort = shutil.copytree(phantom.parent, tmp_path / "cohort")
    table = cohort / "cohort.csv"
    with table.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    without = [row | {"cohort": "training", "residual_observed": "0"} for row in rows]
    with table.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(without)
    ended = run("train", "npc-residual", "--cohort", cohort, "--out", tmp_path / "pack")
    assert ended.code == 2
    given = rows[0]["regimen"]
    assert f"treatment {given}: none of 1 training patients had the event" in ended.err
    assert not list(tmp_path.glob("pack*"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("train", "stone-age"), "npc-residual"),
        (("train", "npc-residual", "--resume"), "--resume"),
    ],
    ids=["unknown study", "nothing to resume"],
)
def test_what_cannot_be_trained_is_refused_before_anything_is_read(run, tmp_path, changed, said):
    ended = run(*changed, "--cohort", tmp_path, "--out", tmp_path / "pack")
    assert ended.code == 2
    assert said in ended.err


def test_a_pack_is_never_overwritten(run, tmp_path):
    (tmp_path / "pack").mkdir()
    ended = run("train", "npc-residual", "--cohort", tmp_path, "--out", tmp_path / "pack")
    assert ended.code == 2
    assert list((tmp_path / "pack").iterdir()) == []


def test_initial_weights_that_are_no_safetensors_are_refused_before_the_cohort_is_read(run, tmp_path):
    (tmp_path / "weights.safetensors").write_bytes(b"not weights")
    ended = run(
        *("train", "npc-residual", "--cohort", tmp_path, "--out", tmp_path / "pack"),
        *("--init", tmp_path / "weights.safetensors"),
    )
    assert ended.code == 2
    assert "weights.safetensors" in ended.err


@pytest.mark.parametrize("study", sorted(set(catalogue.STUDIES) - {"npc-residual"}))
def test_every_study_of_one_network_takes_one_file(study, tmp_path):
    about = catalogue.STUDIES[study]
    file = write_weights(tmp_path / "weights.safetensors", {"any": torch.zeros(1)})
    for preset in about.presets.values():
        started = about.starting_from(preset, [InitialFile(file)])
        assert getattr(started, about.weights) == file
        with pytest.raises(InputError, match="one_file"):
            about.starting_from(preset, [InitialFile(file), InitialFile(file)])


def test_the_networks_of_npc_residual_start_from_files_that_fit_them(tmp_path):
    about = catalogue.STUDIES["npc-residual"]
    plain = build_classifier("resnet50", width=DEMO.widths["resnet50"], in_channels=3, classes=1000)
    named = build_segmenter("unet", width=DEMO.widths["unet"], in_channels=1)
    files = [
        InitialFile(write_weights(tmp_path / "photographs.safetensors", plain.state_dict())),
        InitialFile(write_weights(tmp_path / "heads.safetensors", named.state_dict()), "unet"),
    ]
    started = about.starting_from(DEMO, files).initial_weights
    assert started == {"resnet50": files[0].path, "unet": files[1].path}
