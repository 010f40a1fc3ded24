import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.nuisance import against_uncertainty
from pipeline.statistics.excess.response import Response
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores


def test_an_uncertain_background_costs_the_tests_that_count(rng):
    """B = 1000 +- 5 %, s = 100: counting falls from 3.2 sigma to 100 / sqrt(1000 + 50^2)."""
    n = 4000
    components = np.zeros((n, 2))
    components[::2, 0] = components[1::2, 1] = 1000 / n
    background = WeightedScores(rng.normal(0, 1, n), components)
    signal = WeightedScores(rng.normal(1, 1, n), np.full(n, 100 / n))
    samples = Samples.cross_fitted(background, {50.0: signal}, np.array([0.06, 0.08]))
    wimp = Wimp(mass_GeV=50.0, cross_section_cm2=1.0)
    table = against_uncertainty(samples, wimp, 1.0, (0.0, 0.05), (500, 500), 1)
    found = table.pivot(
        index="test", columns=["uncertainty_of", "background_uncertainty"], values="significance"
    )
    assert [kind for kind, _ in found.columns] == ["nothing", "common", "common", "components"]
    nothing, known, common, components = (found[column] for column in found.columns)
    assert known["counting"] == pytest.approx(stats.norm.isf(stats.poisson.sf(1099, 1000)))
    assert common["counting"] == pytest.approx(100 / np.sqrt(1000 + 50**2), abs=0.1)
    # Half of the background each: sqrt(0.06^2 + 0.08^2) / 2 = 5 %.
    assert components["counting"] == pytest.approx(common["counting"])
    assert common["anomaly"] < known["anomaly"] - 0.7
    assert common["shape"] == pytest.approx(known["shape"], abs=0.3)
    # The response is known in all rows.
    assert nothing.tolist() == pytest.approx(known.tolist(), abs=0.3)
    assert nothing["counting"] == pytest.approx(known["counting"])
    assert (table["significance_err"] > 0).all()


def test_the_first_rows_know_rates_and_response(rng):
    """A response that doubles or halves B takes the count; without it 100 / sqrt(1000) remain."""
    n = 4000
    background = WeightedScores(rng.normal(0, 1, n), np.full(n, 1000 / n), np.arange(n))
    signal = WeightedScores(rng.normal(1, 1, n), np.full(n, 100 / n), n + np.arange(n))
    response = Response.of({("light",): np.full(2 * n, 0.7)})
    samples = Samples.cross_fitted(background, {50.0: signal}, np.array([0.05]), response)
    wimp = Wimp(mass_GeV=50.0, cross_section_cm2=1.0)
    table = against_uncertainty(samples, wimp, 1.0, (0.0,), (200, 200), 1)
    counted = table[table["test"] == "counting"].set_index("uncertainty_of")["significance"]
    assert counted["nothing"] == pytest.approx(stats.norm.isf(stats.poisson.sf(1099, 1000)))
    assert counted["common"] < 0.3
