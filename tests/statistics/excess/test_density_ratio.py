import numpy as np
import pytest

from pipeline.statistics.excess.density_ratio import EVENTS_PER_CELL, DensityRatio


def even(score):
    return score, np.ones(len(score))


def test_ratio_of_gaussians(rng):
    """f1 / f0 = exp(x - 1 / 2)."""
    background, signal = rng.normal(0, 1, 200_000), rng.normal(1, 1, 200_000)
    ratio = DensityRatio.from_samples(even(background), even(signal), even(background))
    x = np.linspace(-1.5, 2.0, 8)
    expected = np.log1p(0.1 * np.exp(x - 0.5))
    assert ratio.log_gain(x, np.array([0.1]))[:, 0] == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize("rare_weight", [1e-4, 1.0])
def test_no_cell_rests_on_few_electronic_recoils_whatever_nuclear_ones_hide(rng, rare_weight):
    """10,000 electronic recoils, and nuclear ones that lie above nearly all of them."""
    common, rare = rng.normal(0, 1, 10_000), rng.normal(4, 1, 5000)
    score = np.concatenate([common, rare])
    weight = np.repeat([1.0, rare_weight], [10_000, 5000])
    ratio = DensityRatio.from_samples((score, weight), even(rare), even(common))
    counts = np.bincount(ratio.cell(common), minlength=len(ratio.ratio))
    assert counts.min() >= EVENTS_PER_CELL
    assert np.isfinite(ratio.ratio).all()
    # The last cell is where the signal is.
    assert ratio.ratio[-1] == ratio.ratio.max()


def test_a_recoil_of_large_weight_makes_others_worth_little(rng):
    """Of ten in the upper half one stands for 1, the others for a tenth: worth 3.3 equal ones."""
    score = np.sort(rng.random(3000))
    weight = np.where((score < 0.5) | (np.arange(3000) % 10 == 0), 1.0, 0.1)
    background = (score, weight)
    ratio = DensityRatio.from_samples(background, even(score), background)
    cell = ratio.cell(score)
    sums, squares = (np.bincount(cell, weight**power) for power in (1, 2))
    assert (sums**2 / squares).min() >= EVENTS_PER_CELL - 1e-6
    few = DensityRatio.from_samples(background, even(score), (score[::100], weight[::100]))
    assert len(few.ratio) < len(ratio.ratio)


def test_gains_of_several_models(rng):
    background = rng.normal(0, 1, 1000)
    ratio = DensityRatio.from_samples(even(background), even(background), even(background))
    gain = ratio.log_gain(np.array([0.0, 1.0]), np.array([0.0, 1.0, 3.0]))
    assert gain == pytest.approx(np.log([[1, 2, 4], [1, 2, 4]]))
