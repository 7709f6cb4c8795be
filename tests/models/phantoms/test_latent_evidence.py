import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.phantoms.latent_evidence import (
    GRID,
    PRIOR,
    OrdinalFactor,
    cuts_of,
    expit,
    image_log_likelihood,
    log_of,
    posterior_mean,
    score_log_likelihood,
    solve_intercept,
)


def test_expit_is_stable_at_both_ends() -> None:
    with np.errstate(all="raise"):
        ends = expit(np.array([-800.0, 0.0, 800.0]))
    assert ends.tolist() == [0.0, 0.5, 1.0]


@given(st.floats(-4.0, 4.0), st.floats(0.05, 0.95))
def test_an_image_signal_alone_gives_the_normal_posterior(signal: float, reliability: float) -> None:
    known = image_log_likelihood(np.array([signal]), reliability)
    mean = posterior_mean(known, GRID)[0]
    square = posterior_mean(known, GRID**2)[0]
    assert mean == pytest.approx(reliability * signal, abs=1e-6)
    assert square - mean**2 == pytest.approx(1.0 - reliability, abs=1e-6)


@given(st.floats(-3.0, 3.0), st.floats(-0.9, 0.9))
def test_a_normal_score_is_an_image_of_reliability_rho_squared(score: float, rho: float) -> None:
    mean = posterior_mean(score_log_likelihood(np.array([score]), rho), GRID)[0]
    assert mean == pytest.approx(rho * score, abs=1e-6)


@pytest.mark.parametrize(("slope", "rate"), [(2.6, 0.244), (2.4, 0.5), (0.0, 0.1)])
def test_the_intercept_gives_the_rate(slope: float, rate: float) -> None:
    a = solve_intercept(slope, rate)
    s = np.random.default_rng(1).standard_normal(200_000)
    assert expit(a + slope * s).mean() == pytest.approx(rate, abs=0.004)


def test_levels_have_the_shares_asked_for_and_follow_s() -> None:
    factor = OrdinalFactor.of(0.5, (0.2, 0.5, 0.3))
    shares = PRIOR @ factor.level_table().T
    assert shares == pytest.approx([0.2, 0.5, 0.3], abs=1e-6)
    s, noise = np.random.default_rng(2).standard_normal((2, 100_000))
    codes = factor.codes(s, noise)
    assert np.bincount(codes) / codes.size == pytest.approx([0.2, 0.5, 0.3], abs=0.006)
    assert s[codes == 0].mean() < s[codes == 1].mean() < s[codes == 2].mean()


def test_an_empty_lowest_level_is_never_drawn() -> None:
    factor = OrdinalFactor(0.5, cuts_of((0.0, 0.6, 0.4)))
    s, noise = np.random.default_rng(3).standard_normal((2, 1_000))
    assert set(factor.codes(s, noise).tolist()) == {1, 2}
    assert np.isfinite(log_of(factor.level_table())).all()


def test_the_mean_noise_of_a_level_is_the_simulated_one() -> None:
    factor = OrdinalFactor.of(-0.4, (0.3, 0.7))
    s, noise = np.random.default_rng(4).standard_normal((2, 400_000))
    near_one = np.abs(s - 1.0) < 0.05
    codes = factor.codes(s, noise)
    column = int(np.argmin(np.abs(GRID - 1.0)))
    for level in (0, 1):
        drawn = noise[near_one & (codes == level)].mean()
        assert factor.noise_table()[level, column] == pytest.approx(drawn, abs=0.02)
