"""A trained recurrence study becomes a pack: its machines answer as training did."""

import numpy as np
import pytest
from scipy.special import expit

from inference.packs.self_test import run_self_test
from inference.packs.state import PackState
from inference.packs.study_models import read_reference, study_models
from inference.packs.verify import verify_pack
from models.packing.ct_pack import put_demonstration
from models.packing.pnen_recurrence import content
from models.studies.pnen_recurrence import train_on_samples
from models.studies.pnen_recurrence_samples import clinical_values
from models.studies.pnen_recurrence_segmenter import patient_features
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
