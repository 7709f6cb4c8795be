"""What a pack of ``npc-residual`` knows of its cohorts: by the board's own numbers, of the right patients."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from inference.predictors.classifiers import averaged
from models.export import round_weights
from models.networks.contract import MeanPooledClassifier
from models.networks.outputs import CLASSIFIER_OUTPUTS, ClassifierGraph
from models.packing.npc_residual_card import _known_to_the_guard
from models.packing.npc_residual_cloud import ENOUGH, cohort_clouds
from models.studies.npc_residual_groups import TREATMENTS
from models.training.splits import Fold

SLICES, SIDE, CHANNELS = 3, 8, 4


class OneConvolution(MeanPooledClassifier):
    def __init__(self, seed):
        super().__init__()
        torch.manual_seed(seed)
        self.convolution = torch.nn.Conv2d(SLICES, CHANNELS, 3, stride=2)
        self.dropout = torch.nn.Dropout(0.5)
        self.classifier = torch.nn.Linear(CHANNELS, 1)
        round_weights(self)

    def features(self, image):
        return torch.relu(self.convolution(image))


@pytest.fixture(scope="module")
def study():
    """Two treatments of 90 patients each, ten of them for the test; two folds."""
    patients = np.random.default_rng(4).permutation(80)
    halves = tuple(map(int, patients[:40])), tuple(map(int, patients[40:]))
    folds = (Fold(0, halves[1], halves[0]), Fold(1, halves[0], halves[1]))
    arms = [
        SimpleNamespace(
            treatment=treatment,
            fitted=SimpleNamespace(folds=folds),
            networks=tuple(OneConvolution(2 * number + fold) for fold in range(2)),
        )
        for number, treatment in enumerate(TREATMENTS)
    ]
    crops = [torch.randn(90, SLICES, SIDE, SIDE, generator=torch.Generator().manual_seed(k)) for k in (1, 2)]
    return SimpleNamespace(arms=arms), [one.half() for one in crops]


def test_the_clouds_are_of_what_the_board_reads_off_the_left_out_patients(study):
    packed, crops = study
    data = cohort_clouds(*study)
    assert [(one.treatment, one.fold, one.patients, one.left_out) for one in data.features] == [
        (treatment, fold, 40, True) for treatment in TREATMENTS for fold in range(2)
    ]
    for arm, own in zip(packed.arms, crops, strict=True):
        for fold, network in enumerate(arm.networks):
            board = at_the_board(network)
            left_out = arm.fitted.folds[fold].left_out
            read = np.stack([board(own[k : k + 1].float()) for k in left_out])
            name = f"{arm.treatment}_{fold}"
            projected = read @ data.arrays[f"{name}/projection"].T
            assert np.allclose(projected.mean(axis=0), data.arrays[f"{name}/mean"], atol=1e-3)
            covariance = np.cov(projected, rowvar=False)
            assert np.allclose(covariance, data.arrays[f"{name}/covariance"], atol=1e-3)


def at_the_board(network):
    """What the exported graph gives for one patient, as the board takes it."""
    graph = ClassifierGraph(network).eval()

    @torch.no_grad()
    def read(image):
        return averaged(graph(image)[CLASSIFIER_OUTPUTS.index("activation")].numpy())

    return read


def test_too_few_left_out_patients_leave_it_to_the_whole_training_cohort(study):
    packed, crops = study
    (arm, _), (own, _) = packed.arms, crops
    all_of_them = arm.fitted.folds
    assert len(all_of_them[0].left_out) == ENOUGH
    folds = (all_of_them[0], Fold(1, all_of_them[1].learn, all_of_them[1].left_out[1:]))
    fitted = SimpleNamespace(folds=folds, training=tuple(range(79)))
    few = SimpleNamespace(treatment="ccrt", fitted=fitted, networks=arm.networks)
    data = cohort_clouds(SimpleNamespace(arms=[few]), [own])
    assert [(one.patients, one.components, one.left_out) for one in data.features] == [
        (79, CHANNELS, False)
    ] * 2


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (True, "training patients from whom the fold's network did not learn (79 on 7 axes)"),
        (False, "all training patients, some of whom taught the fold's network (79 on 7 axes)"),
    ],
)
def test_the_card_says_whose_features_they_are(left_out, said):
    cloud = SimpleNamespace(treatment="ccrt", patients=79, components=7, left_out=left_out)
    manifest = SimpleNamespace(reference=SimpleNamespace(features=(cloud,)), treatments=TREATMENTS)
    assert _known_to_the_guard(manifest) == [f"CCRT, features that the guard compares with: {said}"]
    assert _known_to_the_guard(SimpleNamespace(reference=None, treatments=TREATMENTS)) == []
