"""One factor on kappa: closed forms, and made-up networks."""

import math

import numpy as np
import pytest
from helpers.made_predictions import (
    drawn,
    mixtures,
    of_mixtures,
    scattered,
    spread_kappas,
    stated,
)

from pipeline.gas.networks.temperature import (
    fit_temperature,
    read_temperature,
    tempered,
    write_temperature,
)
from pipeline.statistics.directional import density
from pipeline.statistics.directional.predictions import PREDICTED, START, TRUE, cosines
from pipeline.statistics.directional.vmf import fit_kappa, mean_cosine

EVENTS = 20_000


@pytest.fixture(scope="module")
def kappa():
    return spread_kappas(EVENTS, least=0.5)


@pytest.mark.parametrize("truth", [0.7, 1.0, 1.6])
def test_the_true_factor_is_found_within_its_error(kappa, truth) -> None:
    found = fit_temperature(scattered(truth * kappa, kappa, np.random.default_rng(2)))
    assert abs(found.kappa_factor - truth) < 3 * found.kappa_factor_err
    # From kappa of a few on, each event says as much: an error of factor / sqrt(n).
    assert found.kappa_factor_err == pytest.approx(truth / math.sqrt(EVENTS), rel=0.05)
    assert found.events == EVENTS


def test_equal_kappas_become_the_fitted_kappa(kappa) -> None:
    predictions = scattered(kappa, np.full(EVENTS, 8.0), np.random.default_rng(3))
    found = fit_temperature(predictions)
    fitted, error = fit_kappa(cosines(predictions))
    assert found.kappa_factor == pytest.approx(fitted / 8)
    assert found.kappa_factor_err == pytest.approx(error / 8)


def test_the_likelihood_is_greatest_at_the_factor(kappa) -> None:
    """And flat: sum kappa (cos - A(s kappa)) = 0."""
    predictions = scattered(0.7 * kappa, kappa, np.random.default_rng(4))
    found = fit_temperature(predictions)
    assert found.nll_after < found.nll_before
    after = tempered(predictions, found.kappa_factor)
    assert fit_temperature(after).kappa_factor == pytest.approx(1, abs=1e-6)
    claimed = after["kappa"].to_numpy("float64")
    assert np.mean(claimed * (cosines(after) - mean_cosine(claimed))) == pytest.approx(0, abs=1e-5)
    for factor in (0.9, 1.1):
        worse = fit_temperature(tempered(after, factor))
        assert worse.nll_before > found.nll_after
        assert worse.nll_after == pytest.approx(found.nll_after)


def test_directions_and_all_else_stay(kappa) -> None:
    predictions = scattered(0.7 * kappa, kappa, np.random.default_rng(5))
    after = tempered(predictions, fit_temperature(predictions).kappa_factor)
    same = [*TRUE, *PREDICTED, "source", "event_id", "energy_keV", "sigma_um", *START]
    assert after[same].equals(predictions[same])
    assert (after.dtypes == predictions.dtypes).all()
    assert (after["region_90_sr"] > predictions["region_90_sr"]).all()


def test_worse_than_chance_is_kappa_zero_and_no_kappa_has_no_temperature(kappa) -> None:
    wrong = scattered(kappa, kappa, np.random.default_rng(6))
    wrong[PREDICTED] *= -1
    wrong = stated(wrong, kappa)
    assert fit_temperature(wrong).kappa_factor == 0
    silent = fit_temperature(stated(wrong, np.zeros(EVENTS)))
    assert (silent.kappa_factor, silent.kappa_factor_err) == (0, math.inf)
    assert silent.nll_after == pytest.approx(math.log(4 * math.pi))
    with pytest.raises(ValueError, match="every kappa must be known"):
        fit_temperature(wrong.assign(component_weight=None))


@pytest.mark.parametrize("truth", [0.7, 1.0, 1.6])
def test_the_factor_of_mixtures_is_found_within_its_error(truth, monkeypatch) -> None:
    monkeypatch.setattr(density, "POINTS", 2)  # of other columns
    rng = np.random.default_rng(8)
    said = mixtures(4000, rng)
    found = fit_temperature(of_mixtures(said, drawn(said.scaled(truth), rng)))
    assert abs(found.kappa_factor - truth) < 3 * found.kappa_factor_err
    assert 1 < found.kappa_factor_err / truth * math.sqrt(4000) < 2
    assert found.nll_after <= found.nll_before


def test_a_written_temperature_is_read_back(kappa, tmp_path) -> None:
    found = fit_temperature(scattered(kappa, kappa, np.random.default_rng(7)))
    write_temperature(tmp_path / "temperature.csv", found)
    assert read_temperature(tmp_path / "temperature.csv") == found
