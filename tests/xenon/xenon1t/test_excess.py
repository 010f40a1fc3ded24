"""The searches in the losses of the autoencoder: unit of the loss, events without an S1."""

import numpy as np
import pandas as pd
import pytest

from pipeline.physics.wimps import wimp_rate
from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.config.images import ImageSearch, Xenon1tRates
from pipeline.xenon.rates.trigger import TriggerOutcome
from pipeline.xenon.xenon1t.excess import (
    find_excess,
    in_units_of_spread,
    rate_table,
    weighted_losses,
)

FLAT = "222Rn, 85Kr, materials"


def made_losses(scale):
    """300 background events per t yr, and WIMPs of lower loss, 30 per t yr at 1e-45 cm2."""
    rng = np.random.default_rng(3)
    n = 4000
    background = {"mass_GeV": 0.0, "score": rng.normal(5, 1, n), "weight": 300 / n}
    background |= {"component": FLAT, "recoil": 0, "event": np.arange(n)}
    wimps = {"mass_GeV": 500.0, "score": rng.normal(2.5, 1, n), "weight": 30 / n / 1e-45}
    wimps |= {"component": "WIMP", "recoil": 1, "event": n + np.arange(n)}
    table = pd.concat([pd.DataFrame(background), pd.DataFrame(wimps)], ignore_index=True)
    return table.assign(score=scale * table["score"])


def test_background_has_a_spread_of_one():
    table = in_units_of_spread(made_losses(scale=0.02))
    score = table.loc[table["mass_GeV"] == 0, "score"]
    assert np.ptp(np.quantile(score, [0.16, 0.84])) == pytest.approx(2, rel=0.01)


def test_weights_decide_the_spread():
    table = made_losses(scale=1.0)
    outlier = table["score"].abs() > 6
    table.loc[outlier, "weight"] = 0
    score = in_units_of_spread(table).loc[~outlier & (table["mass_GeV"] == 0), "score"]
    assert np.ptp(np.quantile(score, [0.16, 0.84])) == pytest.approx(2, rel=0.01)


def test_unit_of_the_loss_does_not_matter():
    search = ImageSearch(
        wimps=(Wimp(mass_GeV=500.0, cross_section_cm2=1e-45),), exposures_t_yr=(0.5, 1.0)
    )
    known = {FLAT: {"relative": 0.0, "source": "choice: known"}}
    rates = Xenon1tRates(uncertainties=known)
    found = [find_excess(made_losses(scale), rates, search, seed=1)[0] for scale in (1.0, 0.02)]
    columns = ["exposure_t_yr", "test", "significance"]
    pd.testing.assert_frame_equal(*(table[columns] for table in found), rtol=1e-4)
    at_1 = found[0][found[0]["exposure_t_yr"] == 1].set_index("test")["significance"]
    # Rare losses speak too: more than a count (30 / sqrt(300)).
    assert at_1["anomaly"] > at_1["counting"] > 1.5


def made_recoils(recoil, range_keV, s2_only_keV, n=6000):
    """Recoils uniform in ln E; those of the range `s2_only_keV` have no S1, those above trigger."""
    energy = np.geomspace(*range_keV, n)
    low, high = s2_only_keV
    triggered, s2_only = energy >= high, (energy >= low) & (energy < high)
    flags = {"triggered": triggered, "s2_only": s2_only}
    scores = pd.DataFrame(
        {"recoil": recoil, "energy_keV": energy, "loss": np.sqrt(energy), **flags}
    )
    return scores[triggered | s2_only], TriggerOutcome(
        energy, triggered, s2_only, triggered, np.ones(len(energy))
    )


def test_events_without_s1_stand_for_their_part_of_the_spectra():
    """A flat background of 78 per t yr keV has 39 between 0.5 and 1 keV; WIMPs have theirs."""
    rates = Xenon1tRates(electron_recoils_keV=(0.1, 12.0), nuclear_recoils_keV=(0.4, 60.0))
    er, nr = made_recoils(0, (0.1, 12.0), (0.5, 1.0)), made_recoils(1, (0.4, 60.0), (2.0, 4.0))
    spectra = {
        "ER": {"kind": "log_uniform", "low_keV": 0.1, "high_keV": 12},
        "NR": {"kind": "log_uniform", "low_keV": 0.4, "high_keV": 60},
    }
    wimps = (Wimp(mass_GeV=500.0, cross_section_cm2=1e-45),)
    search = ImageSearch(wimps=wimps)
    tables = {
        flag: weighted_losses(*zip(er, nr, strict=True), flag, spectra, rates, search)
        for flag in ("triggered", "s2_only")
    }
    ranges = tables["s2_only"].groupby("recoil")["energy_keV"].agg(["min", "max"])
    np.testing.assert_allclose(ranges, [[0.5, 1], [2, 4]], rtol=0.01)
    expected = {flag: rate_table(table, wimps) for flag, table in tables.items()}
    flat = {
        flag: table.set_index("component").loc[FLAT, "expected_per_t_yr"]
        for flag, table in expected.items()
    }
    assert flat["s2_only"] == pytest.approx(78 * 0.5, rel=0.01)
    assert flat["triggered"] == pytest.approx(78 * 11, rel=0.002)
    energy = np.linspace(2, 4, 50)
    own = expected["s2_only"].set_index("mass_GeV").loc[500.0]
    assert own["cross_section_cm2"] == 1e-45
    rate = wimp_rate(energy, 500.0, 1e-45).mean() * 2
    assert own["expected_per_t_yr"] == pytest.approx(rate, rel=0.02)


def test_rates_are_sums_of_weights():
    table = rate_table(made_losses(1.0), [Wimp(mass_GeV=500.0, cross_section_cm2=2e-45)])
    assert table["component"].to_list() == [FLAT, "WIMP"]
    np.testing.assert_allclose(table["expected_per_t_yr"], [300, 60])
    # Of equal weights.
    np.testing.assert_allclose(table["effective_events"], 4000)


def test_each_search_has_random_numbers_of_its_own():
    search = ImageSearch(
        wimps=(Wimp(mass_GeV=500.0, cross_section_cm2=1e-45),),
        exposures_t_yr=(0.5, 1.0),
        background_toys=200,
        signal_toys=100,
    )
    found = [
        find_excess(made_losses(1.0), Xenon1tRates(), search, 1, flag)[0]["significance"]
        for flag in ("triggered", "triggered", "s2_only")
    ]
    assert found[0].equals(found[1])
    assert not found[0].equals(found[2])
