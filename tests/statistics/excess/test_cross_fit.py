import numpy as np
import pytest

from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores


def test_a_simulated_event_meets_the_function_of_its_own_fold():
    functions = [lambda score, k=k: score + 100 * k for k in range(3)]
    event = np.array([4, 0, 2, 7, 3])
    found = cross_fit.of_simulation(functions, np.arange(5.0), event)
    assert found.tolist() == [100, 1, 202, 103, 4]
    columns = [lambda score, k=k: np.column_stack([score, score * k]) for k in range(3)]
    assert cross_fit.of_simulation(columns, np.arange(5.0), event)[3].tolist() == [3, 3]


def test_an_observed_event_meets_the_mean_of_all():
    functions = [lambda score, k=k: score + k for k in range(3)]
    assert cross_fit.of_data(functions, np.array([1.0, 5.0])).tolist() == [2, 6]


def test_no_event_is_in_its_own_density(rng):
    """Without one fold's events the densities of that fold alone stay the same."""
    score = rng.normal(0, 1, 5000)
    weighted = WeightedScores(score, np.ones(5000))
    event = np.arange(5000)
    moved = WeightedScores(score + 9.0 * (event % cross_fit.FOLDS == 3), np.ones(5000))
    first, second = (Samples.cross_fitted(sample, {}) for sample in (weighted, moved))
    same = [
        np.array_equal(one.edges, two.edges)
        for one, two in zip(first.densities, second.densities, strict=True)
    ]
    assert same == [fold == 3 for fold in range(cross_fit.FOLDS)]


def test_a_fresh_sample_is_as_surprising_as_the_simulation(rng):
    """In-sample, the simulation would be less surprising by half the cells over the events."""
    gap, in_sample = [], []
    for _ in range(10):
        weighted = WeightedScores(rng.normal(0, 1, 3000), np.ones(3000))
        fresh = rng.normal(0, 1, 20_000)
        samples = Samples.cross_fitted(weighted, {})
        alone = Samples((samples.densities[0],), weighted, {})
        for found, of in ((gap, samples), (in_sample, alone)):
            functions = of.blind(1.0).functions
            seen, simulated = cross_fit.of_data(functions, fresh), weighted.values(functions)
            found.append(seen[:, 0].mean() - simulated[:, 0].mean())
    assert np.mean(gap) == pytest.approx(0, abs=0.012)
    assert np.mean(in_sample) > np.mean(gap)
