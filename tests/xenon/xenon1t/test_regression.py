"""Energies found by regression: known optima, stated uncertainties that cover."""

import numpy as np
import pandas as pd
import pytest

from pipeline.xenon.xenon1t.regression import (
    BEST,
    LATENT,
    ONE_SIGMA,
    S2,
    SUMS,
    EnergyModel,
    energy_table,
    inputs_of,
)


def test_normal_energies_have_the_known_posterior():
    """ln E ~ N(0, 1) and x = ln E + N(0, s^2): mean x / (1 + s^2), deviation s / sqrt(1 + s^2)."""
    rng = np.random.default_rng(1)
    log_energy, s = rng.normal(size=20_000), 0.5
    x = log_energy + rng.normal(0, s, 20_000)
    model = EnergyModel.fit(x[:, None], np.exp(log_energy))
    tried = np.array([-1.0, 0.0, 1.5])
    found, sigma = model(tried[:, None])
    np.testing.assert_allclose(found, tried / (1 + s**2), atol=0.02)
    np.testing.assert_allclose(sigma, s / np.sqrt(1 + s**2), rtol=0.08)


def test_products_of_inputs_are_found():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2000, 3))
    log_energy = 1 + x[:, 0] - 0.5 * x[:, 1] * x[:, 2]
    found, sigma = EnergyModel.fit(x, np.exp(log_energy))(x)
    np.testing.assert_allclose(found, log_energy, atol=0.01)
    assert np.median(sigma) < 0.001


def test_energies_stay_in_the_range_of_the_fit():
    x = np.linspace(0, 1, 100)[:, None]
    found, _ = EnergyModel.fit(x, np.exp(x[:, 0]))(np.array([[-50.0], [50.0]]))
    assert ((found >= 0) & (found <= 1)).all()


def test_too_few_events_are_refused():
    with pytest.raises(ValueError, match="6 coefficients has 11 events"):
        EnergyModel.fit(np.random.default_rng(1).normal(size=(11, 2)), np.ones(11))


def made_scores(rng, n):
    """Photons of S2 with a relative spread of 1 / sqrt(10 E); latent means with half of it."""
    energy = rng.uniform(1, 12, n)
    spread = 1 / np.sqrt(10 * energy)
    latent = np.log(energy) + spread * rng.normal(size=n) / 2
    table = {"energy_keV": energy, "s1_photons_detected": 100 * rng.random(n)}
    table |= {"s2_photons_detected": 1000 * energy * np.exp(spread * rng.normal(size=n))}
    return pd.DataFrame(table | {"latent_mean": list(np.column_stack([latent, rng.random(n)]))})


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    train, test = made_scores(rng, 10_000), made_scores(rng, 20_000)
    energy = train["energy_keV"].to_numpy()
    models = {name: EnergyModel.fit(x, energy) for name, x in inputs_of(train).items()}
    return energy_table({"ER": models}, {"ER": test}, {"ER": (1.0, 12.0)})


def test_first_row_is_that_of_all_energies(table):
    for _, rows in table.groupby("inputs"):
        assert rows["events"].iloc[0] == rows["events"].iloc[1:].sum() == 20_000
        assert list(rows[["low_keV", "high_keV"]].iloc[0]) == [1, 12]
        np.testing.assert_allclose(rows["high_keV"].iloc[1:-1], rows["low_keV"].iloc[2:])


def test_stated_uncertainties_cover(table):
    """68 % of all events, and in each bin of energy, where the spread differs by three."""
    whole = table.groupby("inputs").first()
    np.testing.assert_allclose(whole["coverage"], ONE_SIGMA, atol=0.012)
    # At an end of the range the known range itself is the best guess of a poor measurement.
    inner = table[(table["low_keV"] > 1) & (table["high_keV"] < 8)]
    np.testing.assert_allclose(inner["coverage"], ONE_SIGMA, atol=0.06)
    np.testing.assert_allclose(inner["uncertainty"], inner["resolution"], rtol=0.15)


def test_better_inputs_have_the_better_resolution(table):
    inner = table[(table["low_keV"] > 4) & (table["high_keV"] < 8)].set_index("inputs")
    middle = np.sqrt(inner["low_keV"] * inner["high_keV"])
    expected = 1 / np.sqrt(10 * middle)
    assert inner.loc[S2, "resolution"] == pytest.approx(expected[S2], rel=0.08)
    assert inner.loc[SUMS, "resolution"] == pytest.approx(expected[SUMS], rel=0.08)
    assert inner.loc[LATENT, "resolution"] == pytest.approx(expected[LATENT] / 2, rel=0.08)
    # Both measurements together: 1/s^2 + 4/s^2.
    assert inner.loc[BEST, "resolution"] == pytest.approx(expected[BEST] / 5**0.5, rel=0.08)


def test_quality_of_energies_that_are_ten_per_cent_too_high():
    scores = made_scores(np.random.default_rng(1), 500)

    def tenth_too_high(_inputs):
        return np.log(1.1 * scores["energy_keV"].to_numpy()), np.full(500, 0.09)

    models = {"ER": dict.fromkeys((S2, SUMS, LATENT, BEST), tenth_too_high)}
    found = energy_table(models, {"ER": scores}, {"ER": (1.0, 12.0)})
    np.testing.assert_allclose(found["bias"], np.log(1.1))
    np.testing.assert_allclose(found[["resolution", "coverage"]], 0, atol=1e-12)
    np.testing.assert_allclose(found["uncertainty"], 0.09)
