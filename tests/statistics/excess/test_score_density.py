import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.excess.score_density import ScoreDensity, shares


@pytest.fixture
def mixture(rng):
    """Two bumps far apart: as many simulated events in each, the second with a small weight."""
    score = np.concatenate([rng.normal(0, 1, 10_000), rng.normal(900, 30, 10_000)])
    return score, np.repeat([6.5e-1, 6.5e-4], 10_000)


def truth(score):
    return (stats.norm.pdf(score, 0, 1) + 1e-3 * stats.norm.pdf(score, 900, 30)) / 1.001


def test_density_is_normalised(mixture):
    f0 = ScoreDensity.from_sample(*mixture)
    assert f0.share.sum() == pytest.approx(1)
    # Cells are even inside; the tails are integrated numerically.
    inside = np.exp(f0.log_density((f0.edges[1:] + f0.edges[:-1]) / 2)) * np.diff(f0.edges)
    below = np.linspace(f0.edges[0] - 60 * f0.below_scale, np.nextafter(f0.edges[0], -1e9), 200_001)
    above = np.linspace(f0.edges[-1], f0.edges[-1] + 60 * f0.above_scale, 200_001)
    tails = [np.trapezoid(np.exp(f0.log_density(tail)), tail) for tail in (below, above)]
    assert inside.sum() + sum(tails) == pytest.approx(1, abs=1e-6)


def test_density_is_positive_wherever_data_fall(mixture):
    f0 = ScoreDensity.from_sample(*mixture)
    anywhere = np.concatenate([mixture[0], np.linspace(-1e4, 1e4, 999), [-1e6, 1e6]])
    assert np.isfinite(f0.log_density(anywhere)).all()


def test_density_follows_the_truth_in_both_bumps(mixture):
    f0 = ScoreDensity.from_sample(*mixture)
    score = np.concatenate([np.linspace(-2, 2, 41), np.linspace(840, 960, 41)])
    off = f0.log_density(score) - np.log(truth(score))
    assert np.sqrt(np.mean(off**2)) < 0.15  # 100 events a cell: 0.1
    assert abs(off.mean()) < 0.05


def test_shares_of_another_sample_sit_in_the_same_cells(mixture, rng):
    f0 = ScoreDensity.from_sample(*mixture)
    assert shares(f0.edges, *mixture) == pytest.approx(f0.share)
    upper = shares(f0.edges, rng.normal(900, 30, 5000), np.ones(5000))
    assert upper.sum() == pytest.approx(1)
    assert upper[f0.cell(np.array([450.0]))[0] + 1 :].sum() > 0.98


def test_weightless_events_do_not_count(mixture):
    score, weight = mixture
    padded = ScoreDensity.from_sample(
        np.append(score, np.full(500, 5e3)), np.append(weight, np.zeros(500))
    )
    assert padded.edges == pytest.approx(ScoreDensity.from_sample(score, weight).edges)


def test_a_value_that_many_share_stays_inside_a_cell(rng):
    score = np.concatenate([rng.normal(0, 1, 5000), np.full(5000, 0.5)])
    f0 = ScoreDensity.from_sample(score, np.ones(10_000))
    assert f0.share[f0.cell(np.array([0.5]))[0]] > 0.5
    assert np.isfinite(f0.log_density(score)).all()


def test_scores_without_a_density():
    with pytest.raises(ValueError, match="equal, such as 3"):
        ScoreDensity.from_sample(np.full(1000, 3.0), np.ones(1000))
    with pytest.raises(ValueError, match="needs 300 events, got 299"):
        ScoreDensity.from_sample(np.arange(299.0), np.ones(299))


def test_zero_or_undefined_density_names_the_score():
    f0 = ScoreDensity(np.array([0.0, 1.0]), np.array([0.0, 1.0, 0.0]), 1.0, 1.0)
    assert f0.log_density(np.array([0.5])) == pytest.approx(0)
    with pytest.raises(ValueError, match=r"f0 is zero at score 1\.5"):
        f0.log_density(np.array([0.5, 1.5]))
    with pytest.raises(ValueError, match="score nan is not finite"):
        f0.log_density(np.array([0.5, np.nan]))


@pytest.mark.parametrize(
    ("score", "weight", "problem"),
    [
        ([0.0, np.inf], [1.0, 1.0], "finite"),
        ([0.0, 1.0], [1.0, np.nan], "finite"),
        ([0.0, 1.0], [1.0, -1.0], "no event is expected"),
        ([0.0, 1.0], [0.0, 0.0], "no event is expected"),
    ],
)
def test_samples_that_cannot_be(score, weight, problem):
    with pytest.raises(ValueError, match=problem):
        ScoreDensity.from_sample(np.array(score), np.array(weight))
