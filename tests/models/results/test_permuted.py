"""Each protocol on dealt-out outcomes earns one half; on the true ones, through the same harness, more."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.preprocessing.settings import FrameSettings
from inference.statistics.design import design_of
from inference.statistics.outcomes import SurvivalData
from models.cohorts.pnen_phantoms import PnenPhantoms
from models.phantoms import gnen_population, pnen_population
from models.results.permuted import gnen_areas, pnen_areas
from models.results.permuted_section import PermutedModel
from models.studies.gnen_os_config import DEMO as GNEN
from models.studies.gnen_os_samples import FACTORS, GnenSamples
from models.studies.pnen_recurrence import Columns, patient_data
from models.studies.pnen_recurrence_config import DEMO as PNEN


class Undealt(np.random.Generator):
    """Deals nothing out."""

    def permutation(self, x, axis=0):
        return np.arange(x) if np.ndim(x) == 0 else np.asarray(x).copy()


def dealer(seed):
    return np.random.default_rng(seed)


def honest():
    return Undealt(np.random.PCG64(1))


def is_chance(values):
    return PermutedModel(measure="AUC", areas=tuple(values)).pooled("", "").is_chance


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def gnen_samples(patients=40):
    drawn = gnen_population.draw_cohort("training", patients, 3)
    rng = np.random.default_rng(3)
    latent = np.array([patient.latent_s for patient in drawn])
    features = {scan: rng.standard_normal((patients, 4)) for scan in ("arterial", "venous")}
    for matrix in features.values():
        matrix[:, 0] += 2.0 * latent
    return GnenSamples(
        "training",
        tuple(patient.patient_id for patient in drawn),
        features,
        {scan: matrix + 0.01 * rng.standard_normal(matrix.shape) for scan, matrix in features.items()},
        design_of({term.name: [getattr(one, term.name) for one in drawn] for term in FACTORS}, FACTORS),
        SurvivalData(
            np.array([patient.os_months for patient in drawn]),
            np.array([patient.death_observed for patient in drawn]),
        ),
    )


def test_survival_of_gastric_nen():
    samples = gnen_samples()
    config = replace(GNEN, folds=2, penalty_folds=3, reread_patients=10)
    dealt = gnen_areas(samples, config, 8, dealer(2))
    assert all(len(values) == 8 and is_chance(values) for values in dealt.values())
    assert np.std(dealt["dl"]) > 0
    assert gnen_areas(samples, config, 1, honest())["dl"][0] > 0.65


def test_recurrence_of_pancreatic_nen():
    patients = pnen_population.draw_cohort("training", 56, 0)
    config = replace(
        PNEN,
        folds=3,
        frame=FrameSettings(framing="resized", rows=16, columns=16),
        machine=replace(PNEN.machine, penalties=(0.1,), inner_folds=2),
    )
    data = patient_data(PnenPhantoms(patients), {"arterial": (), "venous": ()}, config)
    rng = np.random.default_rng(6)
    telling = rng.standard_normal((56, 4))
    telling[:, 0] += 3.0 * data.recurred
    columns = {"features": Columns(telling, tuple("abcd"))}
    dealt = pnen_areas(data, columns, config, 12, dealer(7))
    assert len(dealt["features"]) == 12 and is_chance(dealt["features"])
    assert pnen_areas(data, columns, config, 1, honest())["features"][0] > 0.8
