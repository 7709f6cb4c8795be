"""Which features are kept: reliable under a second outline, different between the classes."""

import numpy as np
import pytest
from scipy import ndimage

from inference.statistics.agreement.icc import intraclass_correlation
from models.radiomics.panel import radiomics_panel
from models.training.feature_filter import (
    differences,
    different_features,
    reliable_features,
    reread,
    varying_features,
)
from models.training.second_reader import SecondReader


def test_features_that_repeat_are_kept_and_noisy_or_constant_ones_are_not():
    rng = np.random.default_rng(1)
    true = rng.normal(size=(30, 4))
    noise = rng.normal(size=(2, 30, 4)) * [0.1, 0.3, 2.0, 0.0]
    first, second = true + noise[0], true + noise[1]
    first[:, 3] = second[:, 3] = 7.0
    found = reliable_features(first, second)
    assert found.kept.tolist() == [True, True, False, False]
    for feature in range(3):
        alone = intraclass_correlation(np.column_stack([first[:, feature], second[:, feature]]))
        assert alone.estimate.value == pytest.approx(found.correlations.value[feature])


def test_a_reader_who_measures_everything_larger_is_less_reliable_under_agreement_than_consistency():
    first = np.random.default_rng(2).normal(size=(30, 1))
    assert not reliable_features(first, first + 2).kept[0]
    assert reliable_features(first, first + 2, form="ICC(3,1)").kept[0]


def tumours(count):
    """Arrays and masks of balls with a grain and a brightness of their own."""
    rng = np.random.default_rng(3)
    z, y, x = np.mgrid[-2:3, -9:10, -9:10]
    arrays, masks = [], []
    for _ in range(count):
        mask = (z * 2) ** 2 + y**2 + x**2 <= rng.uniform(3, 8) ** 2
        grain = ndimage.gaussian_filter(rng.normal(size=mask.shape), rng.uniform(0.3, 1.5))
        arrays.append(rng.normal(60, 20) + rng.uniform(5, 20) * grain / grain.std() - 10 * ~mask)
        masks.append(mask)
    return arrays, masks


def test_a_second_outline_of_tumours_keeps_some_radiomics_features_and_not_others():
    arrays, masks = tumours(12)

    def extract(position, mask):
        return np.array(list(radiomics_panel(arrays[position], mask).values()))

    reader = SecondReader(growth_px=0, slice_shift=0)
    found = reread(extract, masks, reader, np.random.default_rng(3))
    assert found.correlations.subjects == 12
    assert 20 < found.kept.sum() < 143
    same = reread(extract, masks, SecondReader(0, 0.0, 1.0, 0), np.random.default_rng(3))
    varying = np.ptp([extract(position, mask) for position, mask in enumerate(masks)], axis=0) > 0
    assert np.array_equal(same.kept, varying)


def test_thirty_patients_are_outlined_again_each_once():
    seen = []

    def extract(position, mask):
        seen.append(position)
        return np.array([float(mask.sum())])

    _, masks = tumours(40)
    found = reread(extract, masks, SecondReader(), np.random.default_rng(4))
    assert found.correlations.subjects == 30
    assert seen[::2] == seen[1::2] == sorted(set(seen))


def test_normal_features_are_compared_by_t_and_skewed_ones_by_ranks():
    from scipy import stats

    rng = np.random.default_rng(5)
    is_positive = np.arange(40) < 14
    features = np.column_stack([rng.normal(size=40), np.exp(2 * rng.normal(size=40))])
    by_t = stats.ttest_ind(features[is_positive, 0], features[~is_positive, 0], equal_var=False).pvalue
    by_ranks = stats.mannwhitneyu(features[is_positive, 1], features[~is_positive, 1], method="exact").pvalue
    assert differences(features, is_positive) == pytest.approx([by_t, by_ranks])


def test_where_nothing_differs_the_fewest_asked_for_remain():
    rng = np.random.default_rng(6)
    features, is_positive = rng.normal(size=(30, 5)), np.arange(30) % 2 == 0
    features[:, 0] = 1.0
    p_values = differences(features, is_positive)
    assert p_values[0] == 1.0
    kept = different_features(features, is_positive, level=1e-6, fewest=2)
    assert set(np.flatnonzero(kept)) == set(np.argsort(p_values)[:2])


def test_a_feature_that_varies_no_more_than_rounding_is_left_out():
    patients = np.random.default_rng(7).normal(size=20)
    features = np.stack([patients, 5.7 + 2e-4 * patients, 5.7 + 2e-2 * patients, np.zeros(20)], axis=1)
    assert varying_features(features).tolist() == [True, False, True, False]


def test_segmentations_of_other_patients_are_refused():
    with pytest.raises(ValueError, match="same patients"):
        reliable_features(np.ones((3, 2)), np.ones((4, 2)))
