"""Multinomial numbers of the compiled loops."""

import numpy as np
import pytest

from pipeline.xenon.response.sampling import FEW, multinomial

SHARES = np.array([0.5, 0.2, 0.2, 0.09, 0.01])


@pytest.mark.parametrize("draws", [50, 20 * FEW])
def test_mean_and_covariance_are_the_multinomials(draws):
    rng, counts = np.random.default_rng(1), np.empty(5, np.int32)
    throws = []
    for _ in range(4000):
        multinomial(rng, draws, np.cumsum(3 * SHARES), counts)
        throws.append(counts.copy())
    drawn = np.array(throws)
    assert (drawn.sum(axis=1) == draws).all()
    variance = draws * SHARES * (1 - SHARES)
    assert (np.abs(drawn.mean(axis=0) - draws * SHARES) < 4 * np.sqrt(variance / 4000)).all()
    covariance = draws * (np.diag(SHARES) - np.outer(SHARES, SHARES))
    error = np.sqrt((np.outer(variance, variance) + covariance**2) / 4000)
    assert (np.abs(np.cov(drawn.T) - covariance) < 4.5 * error).all()


def test_none_are_none():
    counts = np.ones(5, np.int32)
    multinomial(np.random.default_rng(1), 0, np.cumsum(SHARES), counts)
    assert (counts == 0).all()
