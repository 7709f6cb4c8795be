"""A trained recurrence study becomes a pack: its machines answer as training did."""

import numpy as np
import pytest
from scipy.special import expit

from inference.masks.rough_roi import Cuboid
from inference.packs.self_test import run_self_test
from inference.packs.state import PackState
from inference.packs.study_models import read_reference, study_models
from inference.packs.verify import verify_pack
from inference.predictors.phase_input import PhaseScan
from inference.predictors.study_prediction import predict
from models.cohorts.pnen_phantoms import PnenPhantoms
from models.networks.outputs import EncoderGraph
from models.packing.ct_pack import put_demonstration
from models.packing.pnen_recurrence import content
from models.phantoms.pnen_population import FORM, draw_cohort
from models.studies.pnen_recurrence import train_on_samples
from models.studies.pnen_recurrence_samples import CLINICAL, clinical_values, phase_sample
from models.studies.pnen_recurrence_segmenter import patient_features
from models.training import rough_reader
from tests.models.packing.at_the_board import record_of, with_encoder
from tests.models.studies.test_pnen_recurrence import TINY, cohort_data, sample

SCAN_OF = {"arterial": "arterial", "portal_venous": "venous"}


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(9)
    cases = [sample(0.1, rng) for _ in range(4)]
    return train_on_samples(TINY, cohort_data("training", 40), cohort_data("external", 12), cases)


@pytest.fixture(scope="module")
def pack(study, tmp_path_factory, plain_files):
    folder = tmp_path_factory.mktemp("packs") / "pnen-recurrence-demo"
    put_demonstration(content(study, is_synthetic=True), folder)
    return verify_pack(folder)


def test_the_pack_is_whole_and_a_demonstration(pack, study):
    assert pack.state is PackState.DEMONSTRATION
    assert {"evaluation.json", "evaluation-survival.pdf", "card.md"} <= set(pack.manifest.files)
    run_self_test(pack)
    reference = read_reference(pack)
    assert {cloud.phase for cloud in reference.features} == {"arterial", "portal_venous"}
    assert {one.stated.cohort for one in reference.quantiles} == {"training", "external"}
    assert pack.manifest.provenance.cohort_sizes["training"] == 40
    assert "Radiomics" in (pack.folder / "card.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["dlr_a", "dlr_v", "dlr_av", "dlr_a_sag"])
def test_embeddings_and_machines_give_the_scores_of_training(pack, study, name):
    data = study.external.data
    models = study_models(pack)
    segmenter = study.folds[0].segmenter
    embeddings = {
        phase: patient_features(segmenter, data.phases[scan][:3], TINY) for phase, scan in SCAN_OF.items()
    }
    clinical = clinical_values(data.table)
    for k in range(3):
        values = {"symptoms": clinical[k, 0], "age": clinical[k, 1], "sex": clinical[k, 2]}
        probabilities = []
        for machine in models.machines[name]:
            joined = np.concatenate([embeddings[phase][k] for phase in machine.phases])
            weights = machine.features
            decision = weights.intercept + joined[weights.index] @ weights.weight
            decision += sum(term.coefficient * values[term.field] for term in machine.terms)
            probabilities.append(expit(machine.platt.slope * decision + machine.platt.intercept))
        assert np.mean(probabilities) == pytest.approx(study.external.scores[name][k], abs=1e-4)


def test_the_board_scores_a_phantom_as_training_does(pack, study, tmp_path, monkeypatch):
    drawn: list = []
    outline = rough_reader.draw_quadrilaterals
    monkeypatch.setattr(
        rough_reader, "draw_quadrilaterals", lambda *a: drawn.append(outline(*a)) or drawn[-1]
    )
    (patient,) = draw_cohort("external", 1, 1)
    cohort = PnenPhantoms([patient], size=128)
    segmenter = study.folds[0].segmenter
    vectors, scans = {}, {}
    for phase, scan in SCAN_OF.items():
        seen = phase_sample(cohort, patient.patient_id, scan, TINY, with_radiomics=False)
        vectors[phase] = patient_features(segmenter, [seen], TINY)
        volume = cohort.volume(patient.patient_id, scan)
        cuboid = Cuboid.around(drawn[-1], volume.geometry.shape)
        scans[phase] = PhaseScan(volume, cuboid.mask(volume.geometry.shape))
    form = {field.id: getattr(patient, field.attribute) for field in FORM}
    own = with_encoder(pack, EncoderGraph(segmenter), tmp_path)
    found = predict(own, scans, record_of("pnen-recurrence", form))
    clinical = clinical_values(cohort.table)
    for name, phases in {
        "dlr_a": ["arterial"],
        "dlr_v": ["portal_venous"],
        "dlr_av": ["arterial", "portal_venous"],
        "dlr_a_sag": ["arterial"],
    }.items():
        values = np.hstack([vectors[phase] for phase in phases])
        names = [f"{SCAN_OF[phase]}_{k}" for phase in phases for k in range(vectors[phase].shape[1])]
        if name == "dlr_a_sag":
            values, names = np.hstack([values, clinical]), [*names, *CLINICAL]
        folds = [models.machines[name].score.probability(values, names)[0] for models in study.folds]
        assert found.scores[name].value == pytest.approx(np.mean(folds), abs=1e-4)
        assert found.scores[name].fold_values == pytest.approx(folds, abs=1e-4)
    assert found.answering.name == "dlr_a" and not found.heat_maps
