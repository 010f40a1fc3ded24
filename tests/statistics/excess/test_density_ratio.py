import numpy as np
import pytest

from pipeline.statistics.excess.density_ratio import EVENTS_PER_CELL, DensityRatio


def even(score):
    return score, np.ones(len(score))


def test_ratio_of_gaussians(rng):
    """f1 / f0 = exp(x - 1 / 2)."""
    background, signal = rng.normal(0, 1, 200_000), rng.normal(1, 1, 200_000)
    ratio = DensityRatio.from_samples(even(background), even(signal))
    x = np.linspace(-1.5, 2.0, 8)
    expected = np.log1p(0.1 * np.exp(x - 0.5))
    assert ratio.log_gain(x, np.array([0.1]))[:, 0] == pytest.approx(expected, rel=0.25)


def test_no_cell_rests_on_few_events_however_many_light_ones_hide_it(rng):
    """10,000 events of weight one, and rare ones of weight 1e-4 that lie above nearly all."""
    common, rare = rng.normal(0, 1, 10_000), rng.normal(4, 1, 5000)
    score = np.concatenate([common, rare])
    weight = np.repeat([1.0, 1e-4], [10_000, 5000])
    ratio = DensityRatio.from_samples((score, weight), even(rare))
    cell = np.searchsorted(ratio.edges, common, side="right")
    counts = np.bincount(cell, minlength=len(ratio.ratio))
    assert counts.min() >= EVENTS_PER_CELL - 1
    assert np.isfinite(ratio.ratio).all()
    # The last cell is where the signal is.
    assert ratio.ratio[-1] == ratio.ratio.max()


def test_gains_of_several_models(rng):
    background = rng.normal(0, 1, 1000)
    ratio = DensityRatio.from_samples(even(background), even(background))
    gain = ratio.log_gain(np.array([0.0, 1.0]), np.array([0.0, 1.0, 3.0]))
    assert gain == pytest.approx(np.log([[1, 2, 4], [1, 2, 4]]))
