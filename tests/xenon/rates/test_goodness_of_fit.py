"""p-values of data drawn like the simulation, of distorted data and of data with a signal."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, kstest

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.rates.goodness_of_fit import BACKGROUND, WITH_SIGNAL, goodness_of_fit
from pipeline.xenon.rates.measured import CS1, LOG_RATIO, QUANTITIES, SCORE

WIMP = Wimp(mass_GeV=50, cross_section_cm2=1e-47)
EXPECTED, SIGNAL = 1000, 60


def drawn(rng, n, shift=0.0):
    return pd.DataFrame(
        {
            SCORE: rng.normal(shift, 1, n),
            CS1: rng.uniform(3, 40, n),
            LOG_RATIO: rng.normal(2, 0.1, n),
        }
    )


def simulation(rng, n, uncertainty=0.0):
    """A background of 1000 events and a signal of 60, three deviations higher in score."""
    events = pd.concat([drawn(rng, n), drawn(rng, n, 3)], ignore_index=True)
    ts, number = events[SCORE].to_numpy(), np.arange(2 * n)
    background = WeightedScores(ts[:n], np.full(n, EXPECTED / n), number[:n])
    weight = np.full(n, SIGNAL / n / WIMP.cross_section_cm2)
    signals = {50.0: WeightedScores(ts[n:], weight, number[n:])}
    return Samples.cross_fitted(background, signals, np.array([uncertainty])), events


def found(samples, events, data, toys=600):
    return goodness_of_fit(samples, events, data, WIMP, 1.0, toys, 1)


def p_values(tables):
    table = tables["goodness"]
    return table.pivot(index="quantity", columns="hypothesis", values="p_value")


def test_p_values_of_background_are_even(rng):
    """The simulation is as large as the data: without its fluctuation p would be too small."""
    p = [
        p_values(found(*simulation(rng, 1000), drawn(rng, rng.poisson(EXPECTED)), 200))[BACKGROUND]
        for _ in range(30)
    ]
    for name in QUANTITIES:
        assert kstest([of[name] for of in p], "uniform").pvalue > 0.001


def test_chi2_has_as_many_degrees_of_freedom_as_bins(rng):
    samples, events = simulation(rng, 20_000)
    table = found(samples, events, drawn(rng, EXPECTED))["goodness"]
    own = table[table["hypothesis"] == BACKGROUND]
    assert own["p_value"].to_numpy() == pytest.approx(chi2.sf(own["chi2"], own["bins"]), abs=0.15)


def test_a_distorted_quantity_does_not_fit(rng):
    samples, events = simulation(rng, 20_000)
    data = drawn(rng, EXPECTED)
    distorted = data.assign(**{CS1: data[CS1] ** 1.1})
    p = p_values(found(samples, events, distorted[distorted[CS1] < 40]))
    assert p.loc[CS1].max() < 0.01
    assert p.loc[LOG_RATIO].min() > 1e-3


def test_a_signal_does_not_fit_background_alone(rng):
    samples, events = simulation(rng, 20_000)
    tables = found(samples, events, pd.concat([drawn(rng, EXPECTED), drawn(rng, SIGNAL, 3)]))
    p = p_values(tables)
    assert p.loc[SCORE, BACKGROUND] == pytest.approx(1 / 301)
    assert p.loc[SCORE, WITH_SIGNAL] > 0.01
    goodness = tables["goodness"].set_index("hypothesis")
    assert goodness.loc[WITH_SIGNAL, "signal_events"].iloc[0] == pytest.approx(SIGNAL, abs=25)
    assert (goodness.loc[BACKGROUND, "signal_events"] == 0).all()


def test_histograms_hold_all_events(rng):
    samples, events = simulation(rng, 20_000, uncertainty=0.1)
    table = found(samples, events, drawn(rng, 900))["histograms"]
    sums = table.groupby("quantity")[["events", "background", "signal"]].sum()
    for name in QUANTITIES:
        assert sums.loc[name].tolist() == pytest.approx([900, EXPECTED, SIGNAL])
    assert (table["background"] > 9.5).all()
    # A tenth from the rate, and what 20,000 events leave.
    middle = table[table["background"].between(49, 51)]
    expected = np.hypot(0.1 * 50, np.sqrt(50 * 0.05))
    assert middle["background_err"].mean() == pytest.approx(expected, rel=0.1)
