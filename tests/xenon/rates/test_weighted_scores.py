import logging

import numpy as np
import pandas as pd
import pytest
from helpers.made_search import made_recoils, uniform

from pipeline.core.tables import Described, write_tables
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.backgrounds import background_table, backgrounds, wimp
from pipeline.xenon.rates.simulated import recoils_of
from pipeline.xenon.rates.weighted_scores import (
    SCHEMA,
    check_electronic,
    read_weighted_scores,
    search_samples,
    warn_if_few,
    weighted_scores,
)

RATES = Rates(electron_recoils_keV=(1.0, 7.5), nuclear_recoils_keV=(1.0, 60.0))
# Every nuclear recoil above 5 keV triggers, which no 8B neutrino reaches.
UNSEEN = np.linspace(1, 5, 3000 * 4 // 55, endpoint=False)


def above_5keV(component):
    energy = np.geomspace(max(component.range_keV[0], 5), component.range_keV[1], 5000)
    return np.trapezoid(component.spectrum(energy), energy)


@pytest.fixture(scope="module")
def table():
    """Backgrounds and two WIMPs from 3000 events of each recoil, scored by their energy.

    The scores of nuclear recoils, and of one in twenty electronic ones, are larger by 100.
    """
    rng = np.random.default_rng(1)
    energy = np.concatenate([rng.uniform(1, 7.5, 3000), rng.uniform(5.001, 60, 3000)])
    recoil = np.repeat([0, 1], 3000).astype(np.uint8)
    score = energy + 100.0 * recoil
    score[:3000:20] += 100 + rng.uniform(0, 50, 150)
    events = pd.DataFrame({"recoil": recoil, "energy_keV": energy, "stands_for": 1.0, "ts": score})
    return weighted_scores(events, RATES, [20.0, 500.0], made_recoils(events, UNSEEN))


def test_weights_add_up_to_the_table_of_backgrounds(table):
    background = table[table["mass_GeV"] == 0]
    expected = background_table(RATES, table).set_index("component")["in_region_per_t_yr"]
    assert background["weight"].sum() == pytest.approx(expected["total"])
    for component in backgrounds(RATES):
        own = component.expected_per_t_yr() if component.recoil == "ER" else above_5keV(component)
        assert expected[component.name] == pytest.approx(own, rel=0.01), component.name


def test_wimps_are_nuclear_recoils_of_their_rate(table):
    for mass in (20.0, 500.0):
        rows = table[table["mass_GeV"] == mass]
        assert set(rows["recoil"]) == {1}
        assert rows["weight"].sum() == pytest.approx(above_5keV(wimp(RATES, mass)), rel=0.01)
    light, heavy = (
        np.average(rows["energy_keV"], weights=rows["weight"])
        for _, rows in table[table["mass_GeV"] > 0].groupby("mass_GeV")
    )
    assert light < heavy


def test_weights_undo_the_spectrum_that_events_were_drawn_from(table):
    """Energies uniform in their logarithm give WIMPs the same mean energy."""
    rng = np.random.default_rng(2)
    energy = 60.0 ** rng.random(6000)
    simulated = pd.DataFrame({"recoil": np.uint8(1), "energy_keV": energy, "ts": energy})
    electronic = pd.DataFrame({"recoil": np.uint8(0), "energy_keV": [3.0], "ts": [3.0]})
    both = pd.concat([electronic, simulated], ignore_index=True).assign(stands_for=1.0)
    seen = (both["recoil"] == 0) | (both["energy_keV"] > 5)
    log_uniform = uniform(1, 60) | {"kind": "log_uniform"}
    spectra = {"ER": uniform(1, 7.5), "NR": log_uniform}
    recoils = recoils_of(both, seen.to_numpy(), spectra)
    other = weighted_scores(both[seen], RATES, [500.0], recoils)
    means = [
        np.average(rows["energy_keV"], weights=rows["weight"])
        for rows in (t[t["mass_GeV"] == 500] for t in (table, other))
    ]
    assert means[1] == pytest.approx(means[0], rel=0.03)


def test_table_on_disk_is_described_and_the_same(table, tmp_path):
    path = tmp_path / "scores.parquet"
    write_tables({"table": path}, {"table": Described.of(table, SCHEMA)})
    assert all(field.metadata[b"description"] for field in SCHEMA)
    pd.testing.assert_frame_equal(read_weighted_scores(path), table, check_dtype=False)


def test_samples_are_background_and_every_mass(table):
    samples = search_samples(table, RATES)
    assert set(samples.signals) == {20.0, 500.0}
    background = table[table["mass_GeV"] == 0]
    assert samples.background.expected == pytest.approx(background["weight"].sum())
    # f0 is the background's density: electronic recoils have scores below 10, and are nearly all.
    for f0 in samples.densities:
        assert f0.share[f0.cell(np.array([9.0]))[0] + 1 :].sum() < 0.1


def test_background_is_that_of_every_component(table):
    samples = search_samples(table, RATES)
    names = sorted(set(table.loc[table["mass_GeV"] == 0, "component"]))
    rates = background_table(RATES, table).set_index("component")["in_region_per_t_yr"]
    assert samples.background.components.sum(axis=0) == pytest.approx(rates[names])
    sigma = [RATES.uncertainties[name].relative for name in names]
    assert samples.uncertainties.tolist() == sigma
    expected = np.sqrt(((sigma * rates[names]) ** 2).sum()) / rates["total"]
    assert samples.background_uncertainty == pytest.approx(expected)


def test_an_event_is_in_the_same_fold_as_background_and_as_signal(table):
    samples = search_samples(table, RATES)
    background = dict(zip(samples.background.event, samples.background.score, strict=True))
    signal = samples.signals[20.0]
    assert [background[event] for event in signal.event] == signal.score.tolist()


def test_too_few_electronic_recoils_where_the_signal_lies(table):
    far = table[(table["recoil"] == 1) | (table["score"] < 50)]
    message = r"^0 of \d+ simulated electronic recoils .* scores of WIMPs of 20 GeV do \(1"
    with pytest.raises(ValueError, match=message):
        search_samples(far, RATES)


SIGNAL = WeightedScores(np.linspace(0, 1, 1000), np.ones(1000))


def background(leaked, nuclear=0.0):
    """2000 electronic recoils below the signal, others within, and nuclear recoils there.

    `nuclear` is what these expect, in units of a simulated electronic recoil.
    """
    score = np.repeat([-1.0, 0.5, 0.5], [2000, leaked, 500])
    weight = np.repeat([3.0, 3.0, 3 * nuclear / 500], [2000, leaked, 500])
    return WeightedScores(
        score, weight, np.arange(2500 + leaked), np.arange(2500 + leaked) < 2000 + leaked
    )


def test_ten_electronic_recoils_are_needed():
    """Nine of 4000 lie where the signal does: ten ninths of 4000 are needed."""
    check_electronic(background(10), SIGNAL, "WIMPs", 4000)
    message = (
        r"9 of 4000 .* of WIMPs do \(0\.0490\d* to 0\.949\d+\), 10 are needed: .* some 4445 or"
    )
    with pytest.raises(ValueError, match=message):
        check_electronic(background(9), SIGNAL, "WIMPs", 4000)


def test_fewer_do_beside_many_nuclear_recoils():
    """They stand for 8 electronic ones: two of these are enough, one or none is not."""
    check_electronic(background(2, 8.1), SIGNAL, "WIMPs", 4000)
    for leaked, nuclear in ((1, 8.1), (0, 800.0)):
        with pytest.raises(ValueError, match=rf"{leaked} of 4000"):
            check_electronic(background(leaked, nuclear), SIGNAL, "WIMPs", 4000)


def test_a_simulation_that_fluctuates_as_much_as_data_is_logged(table, caplog):
    samples = search_samples(table, RATES)
    with caplog.at_level(logging.WARNING):
        warn_if_few(samples, 1.0)
        assert not caplog.records
        warn_if_few(samples, 1000.0)
    assert "in 1000 t yr" in caplog.text
