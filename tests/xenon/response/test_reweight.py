"""Weights of a changed response against closed forms, NEST, and the response simulated anew."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_responses import darwin, made_nest_events, respond
from scipy.stats import binom

from pipeline.xenon.events.nest import nest_quanta
from pipeline.xenon.response.reweight import COLUMNS, cubic_terms, ratios

N = 20_000


def table(**columns):
    """Events at mid-height whose quanta are all lost, and columns that differ."""
    values = dict.fromkeys(COLUMNS, 0) | {"energy_keV": 5.0, "depth_cm": 130.0}
    values |= {"triggered": True, "stands_for": 1.0}
    return pd.DataFrame({name: np.broadcast_to(v, N) for name, v in (values | columns).items()})


def of_response(response):
    """The columns of a simulated response."""
    columns = {
        name: getattr(response, name) if hasattr(response, name) else getattr(response.events, name)
        for name in COLUMNS
    }
    return pd.DataFrame(columns)


@pytest.mark.parametrize("change", [-0.02, 0.02])
def test_g1_and_extraction_move_the_mean_of_binomial_numbers(rng, change):
    detector = darwin(s1={"g1": 0.1, "collection": [1.0]}, drift={"lifetime_us": 1e12})
    events = table(
        photons=300,
        electrons=100,
        s1_photons_detected=rng.binomial(300, 0.1, N),
        electrons_extracted=rng.binomial(100, 0.87, N),
    )
    for quantity, column, mean, other in (
        ("g1", "s1_photons_detected", 30 * (1 + change), "electrons_extracted"),
        ("extraction", "electrons_extracted", 87 * (1 + change), "s1_photons_detected"),
    ):
        weight = ratios(events, {quantity: change}, detector)
        assert weight.mean() == pytest.approx(1, abs=0.02)
        assert np.average(events[column], weights=weight) == pytest.approx(mean, rel=0.005)
        untouched = events[other].mean()
        assert np.average(events[other], weights=weight) == pytest.approx(untouched, rel=0.005)


@pytest.mark.parametrize("change", [-0.06, 0.06])
def test_events_move_across_the_edge_of_a_region_in_s1(rng, change):
    """Those with at most 30 of 300 photons detected are a sum of binomial probabilities."""
    detector = darwin(s1={"g1": 0.1, "collection": [1.0]})
    events = table(photons=300, s1_photons_detected=rng.binomial(300, 0.1, N))
    weight = ratios(events, {"g1": change}, detector)
    found = weight[events["s1_photons_detected"] <= 30].sum() / N
    assert found == pytest.approx(binom.cdf(30, 300, 0.1 * (1 + change)), abs=0.015)
    assert abs(found - binom.cdf(30, 300, 0.1)) > 0.1


def test_lifetime_matters_where_the_drift_is_long(rng):
    detector = darwin(drift={"lifetime_us": 1000.0}, s2={"extraction": 0.9})
    drift = np.where(np.arange(N) % 2, 1000.0, 0.0)
    events = table(
        electrons=200,
        drift_time_us=drift,
        electrons_extracted=rng.binomial(200, 0.9 * np.exp(-drift / 1000)),
    )
    weight = ratios(events, {"lifetime": 0.1}, detector)
    np.testing.assert_allclose(weight[::2], 1)
    mean = np.average(events["electrons_extracted"][1::2], weights=weight[1::2])
    assert mean == pytest.approx(180 * np.exp(-1 / 1.1), rel=0.005)


def test_certain_extraction_cannot_grow():
    events = table(electrons=50, electrons_extracted=50)
    weight = ratios(events, {"extraction": 0.5}, darwin(s2={"extraction": 0.9}))
    assert np.isfinite(weight).all()


def test_a_response_that_cannot_be():
    events = table(photons=300, s1_photons_detected=30)
    with pytest.raises(ValueError, match=r"20000 of 20000 .* with g1 by -120%\. Make search\.resp"):
        cubic_terms(events, {"g1": 0.6}, darwin())


def nest_table(recoil, liquid, seed):
    energy = np.random.default_rng(seed).uniform(4, 8, N)
    photons, electrons, _ = nest_quanta(recoil, energy, liquid, seed).T
    code = int(recoil == "nr")
    return table(recoil=code, energy_keV=energy, photons=photons, electrons=electrons)


@pytest.mark.parametrize("recoil", ["er", "nr"])
def test_charge_yield_moves_the_mean_and_keeps_the_width(liquid, recoil):
    events = nest_table(recoil, liquid, 1)
    weight = ratios(events, {f"{recoil}_charge_yield": 0.03}, darwin())
    moved = np.average(events["electrons"], weights=weight) / events["electrons"].mean()
    assert moved == pytest.approx(1.03, abs=0.003)
    other = "er" if recoil == "nr" else "nr"
    np.testing.assert_array_equal(ratios(events, {f"{other}_charge_yield": 0.03}, darwin()), 1)


def test_charge_yield_of_events_taken_with_unequal_probabilities(liquid, rng):
    events = nest_table("er", liquid, 1)
    share = events["electrons"] / (events["photons"] + events["electrons"])
    taken = rng.random(N) < np.where(share < share.median(), 1.0, 0.2)
    some = events[taken].assign(stands_for=np.where(share < share.median(), 1.0, 5.0)[taken])
    found = ratios(some, {"er_charge_yield": 0.03}, darwin())
    expected = ratios(events, {"er_charge_yield": 0.03}, darwin())[taken]
    assert np.abs(found / expected - 1).mean() < 0.05
    weight = some["stands_for"]
    moved = np.average(some["electrons"], weights=weight * found)
    assert moved / np.average(some["electrons"], weights=weight) == pytest.approx(1.03, abs=0.004)


def test_field_gives_the_yields_of_nest_in_that_field(liquid):
    events = nest_table("er", liquid, 1)
    weight = ratios(events, {"field": 0.3}, darwin())
    drawn = nest_table("er", liquid.model_copy(update={"field_V_per_cm": 260.0}), 1)
    change = drawn["electrons"].mean() - events["electrons"].mean()
    moved = np.average(events["electrons"], weights=weight) - events["electrons"].mean()
    assert change > 1
    assert moved == pytest.approx(change, rel=0.15)


def test_fluctuation_widens_the_share_of_electrons(liquid):
    events = nest_table("er", liquid, 1)
    near = np.abs(events["energy_keV"] - 6) < 0.2
    share = (events["electrons"] / (events["photons"] + events["electrons"]))[near]
    weight = ratios(events, {"er_fluctuation": 0.1}, darwin())[near]
    mean = np.average(share, weights=weight)
    width = np.sqrt(np.average((share - mean) ** 2, weights=weight))
    assert width / share.std() == pytest.approx(1.1, abs=0.03)


def test_trigger_is_that_of_a_response_simulated_with_more_light():
    """1500 nuclear recoils of 5 keV: efficiency and light with g1 larger by a fifth."""
    energies = np.full(1500, 5.0)
    events = made_nest_events(darwin(), "nr", energies, seed=1)
    nominal, brighter = (
        of_response(respond(darwin(s1={"g1": g1}), events, seed))
        for g1, seed in ((0.119, 1), (0.1428, 2))
    )
    weight = ratios(nominal, {"g1": 0.2}, darwin())
    for column in ("triggered", "s1_photons_detected"):
        assert brighter[column].mean() > 1.1 * nominal[column].mean()
        found, error = np.average(nominal[column], weights=weight), brighter[column].std()
        assert found == pytest.approx(brighter[column].mean(), abs=4 * error / np.sqrt(1500))


@pytest.mark.parametrize("changes", [(0.02, 0.02, 0.05, 0.02), (-0.02, 0.04, -0.05, 0.03)])
def test_a_polynomial_of_third_order_holds_for_joint_changes(liquid, rng, changes):
    events = nest_table("er", liquid, 1).assign(drift_time_us=rng.uniform(0, 1000, N))
    p = 0.87 * np.exp(-events["drift_time_us"] / 5000)
    extracted = rng.binomial(events["electrons"], p)
    detected = rng.binomial(events["photons"], 0.1)
    events = events.assign(electrons_extracted=extracted, s1_photons_detected=detected)
    detector = darwin(s1={"g1": 0.1, "collection": [1.0]}, drift={"lifetime_us": 5000.0})
    names = ("g1", "extraction", "lifetime", "er_charge_yield")
    uncertainty = dict(zip(names, (0.02, 0.02, 0.05, 0.02), strict=True))
    terms = cubic_terms(events, uncertainty, detector)
    assert ("extraction", "lifetime") in terms
    assert ("g1", "extraction") not in terms
    changed = dict(zip(names, changes, strict=True))
    theta = {name: changed[name] / uncertainty[name] for name in names}
    log = sum(term * np.prod([theta[name] for name in product]) for product, term in terms.items())
    exact = np.log(ratios(events, changed, detector))
    assert exact.std() > 0.3
    assert np.std(log - exact) < 0.01 * exact.std()
