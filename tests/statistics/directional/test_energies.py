"""Toys of several recoil energies."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from pipeline.statistics.directional.config import EventGrid, HypothesisTest
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.sensitivity import needed_events, p_values
from pipeline.statistics.directional.spectrum import spectrum
from pipeline.statistics.directional.spherical_toys import run_batch
from pipeline.statistics.directional.stage import with_exposure, with_response_error
from pipeline.statistics.directional.statistics import increments
from pipeline.statistics.directional.toys import merge

SETTINGS = HypothesisTest(signal_fractions=(0.3,), background_toys=4000, signal_toys=2000)
LEVELS = {"90% CL": 0.1}


def made(response, recoils, settings=SETTINGS, batch=0):
    return run_batch([response], recoils, settings, 1, "set", "method", batch)


def picked(toys, statistic, hypothesis):
    rows = toys.query("statistic == @statistic and hypothesis == @hypothesis")
    return rows.sort_values("events").reset_index(drop=True)


@pytest.fixture
def two_responses(vmf_response):
    """Sharp, efficient measurements at the second energy, and blurred ones at the first."""
    order = np.argsort(vmf_response.kappa, kind="stable")
    return replace(
        vmf_response,
        cos_theta=vmf_response.cos_theta[order],
        kappa=vmf_response.kappa[order],
        efficiency=np.array([0.5, 0.9]),
        events=np.array([8000, 12_000]),
    )


def test_an_energy_without_recoils_changes_nothing_by_a_bit(two_responses):
    both = spectrum([40.0, 60.0])
    alone = replace(both, signal=np.array([1.0, 0.0]), background=np.array([1.0, 1e-300]))
    few = SETTINGS.model_copy(update={"background_toys": 200, "signal_toys": 200})
    found = made(two_responses, alone, few)
    expected = made(two_responses.at_energy(0), spectrum([40.0]), few)
    for name in ("statistic", "hypothesis", "events", "efficiency"):
        assert found[name].tolist() == expected[name].tolist()
    assert all(map(np.array_equal, found["q"], expected["q"]))


def test_dipole_of_two_energies_is_non_central_chi_squared():
    """As for one energy, with the mean cosine of both spectra; the detector is perfect."""
    recoils = spectrum([20.0, 60.0])
    settings = SETTINGS.model_copy(update={"signal_fractions": (0.2,)})
    needed = needed_events(
        merge([made(Response.perfect((1, 1), (1, 1)), recoils, settings)]), LEVELS
    )
    (row,) = needed.query("statistic == 'dipole'").to_dict("records")
    mean = recoils.signal @ [angles.mean_cosine for angles in recoils.angles]
    critical = stats.chi2.isf(0.1, 3)
    strength = optimize.brentq(lambda x: stats.ncx2.sf(critical, 3, x) - 0.5, 0.1, 50)
    expected = strength / (3 * (0.2 * mean) ** 2)
    assert row["events"] == pytest.approx(expected, abs=4 * row["err"] + 0.02 * expected)


def test_the_likelihood_of_two_energies_is_a_ratio_of_normalised_densities(two_responses):
    """E[exp(q / 2)] = 1 under the background, whatever the spectra and efficiencies."""
    toys = made(two_responses, spectrum([20.0, 60.0], 2.0))
    for statistic in ("likelihood", "likelihood_kappa"):
        for row in picked(toys, statistic, "background").iloc[:4].itertuples():
            ratio = np.exp(row.q.astype(float) / 2)
            assert ratio.mean() == pytest.approx(1, abs=5 * ratio.std() / np.sqrt(len(ratio)))


def test_increments_know_the_energy(two_responses):
    """The mean ratio at an energy is that of the spectra of passing recoils."""
    recoils = spectrum([20.0, 60.0], 2.0)
    passing = recoils.passing(two_responses.efficiency)
    table = increments(two_responses, recoils, [0.3])
    assert (1 + table.plain_excess).mean(axis=1) == pytest.approx(passing.ratio, rel=2e-3)
    rows = table.kappa_row[[0, -1]]
    assert (1 + table.excess_by_kappa[rows]).mean(axis=1) == pytest.approx(passing.ratio, rel=2e-3)
    fraction = passing.fraction(0.3)
    expected = 2 * np.log(1 + fraction * table.plain_excess)
    assert table.plain[0] == pytest.approx(expected, abs=1e-9)


def test_energy_alone_tells_signal_from_background():
    """A detector without directions: the likelihood is that of the counts at both energies."""
    recoils = spectrum([20.0, 60.0], 4.0)
    cosine = np.linspace(-1, 1, 2000)
    blind = Response(np.tile(cosine, 2), None, np.ones(2), events=np.array([2000, 2000]))
    short = {"signal_fractions": (1.0,), "events": EventGrid(events_max=50), "background_toys": 100}
    toys = made(blind, recoils, SETTINGS.model_copy(update=short))
    row = picked(toys, "likelihood", "signal").iloc[-1]
    gain = 2 * recoils.signal @ np.log(recoils.signal / recoils.background)
    error = row.q.std() / np.sqrt(len(row.q))
    assert row.q.mean() == pytest.approx(row.events * gain, abs=5 * error + 0.01 * row.events)
    assert gain > 0.5


def test_not_knowing_the_fraction_never_lowers_the_ratio_nor_helps(two_responses):
    toys = made(two_responses, spectrum([20.0, 60.0]))
    for own, best in (("likelihood", "profile"), ("likelihood_kappa", "profile_kappa")):
        for hypothesis in ("background", "signal"):
            known, unknown = picked(toys, own, hypothesis), picked(toys, best, hypothesis)
            for first, second in zip(known["q"], unknown["q"], strict=True):
                assert (second >= np.maximum(first, 0) - 1e-3 - 1e-5 * abs(first)).all()
        needed = needed_events(merge([toys]), LEVELS).set_index("statistic")
        row, worse = needed.loc[own], needed.loc[best]
        slack = 3 * np.hypot(row["err"], worse["err"])
        assert row["events"] - slack < worse["events"] < 2 * row["events"] + slack


def test_p_values_of_the_profile_are_uniform_under_background(two_responses):
    """Where signal fits best; where none does, p is 1."""
    recoils = spectrum([20.0, 60.0])
    template, other = (
        picked(made(two_responses, recoils, batch=batch), "profile_kappa", "background")
        for batch in (0, 1)
    )
    p = p_values(np.sort(template.iloc[-1]["q"]), other.iloc[-1]["q"])
    assert 0.4 < (p < 0.99).mean() < 0.6
    for level in (0.01, 0.05, 0.1, 0.3):
        error = np.sqrt(2 * level / len(p))  # of both samples
        assert (p <= level).mean() == pytest.approx(level, abs=4 * error)


def test_exposure_is_that_of_the_signal_recoils(two_responses):

    recoils = spectrum([20.0, 60.0])
    needed = needed_events(merge([made(two_responses, recoils)]), LEVELS)
    needed = with_response_error(needed)
    table = with_exposure(needed, 2e26)
    row = table.query("statistic == 'likelihood'").iloc[0]
    efficiency = recoils.passing(two_responses.efficiency).mean_efficiency(0.3)
    assert row["recoils"] == pytest.approx(row["events"] / efficiency)
    per_m3_yr = recoils.recoils_per_electron_yr * 2e26
    assert row["exposure_m3_yr"] * per_m3_yr == pytest.approx(0.3 * row["recoils"])
    relative = np.hypot(row["err"] / row["events"], row["response_err"] / row["recoils"])
    assert row["exposure_m3_yr_err"] / row["exposure_m3_yr"] == pytest.approx(relative)
    assert 0.005 < row["response_err"] / row["recoils"] < 0.05
    assert with_exposure(needed, None)["exposure_m3_yr"].isna().all()


def test_recoils_that_leave_the_grid_count_at_their_energy():
    """Half of those of 60 keV do: of 100 recoils counted by hand; the exposure has all of them."""
    recoils = spectrum([20.0, 60.0])
    some = Response.perfect((300, 200), (300, 400))
    settings = SETTINGS.model_copy(update={"background_toys": 400, "signal_toys": 200})
    needed = needed_events(merge([made(some, recoils, settings)]), LEVELS)
    needed = with_exposure(with_response_error(needed), 2e26)
    row = needed.query("statistic == 'likelihood'").iloc[0]
    shares = 0.3 * recoils.signal + 0.7 * recoils.background
    assert row["recoils"] == pytest.approx(row["events"] / (shares[0] + 0.5 * shares[1]))
    per_m3_yr = recoils.recoils_per_electron_yr * 2e26
    assert row["exposure_m3_yr"] * per_m3_yr == pytest.approx(0.3 * row["recoils"])


def test_a_cut_and_omissions_lower_the_efficiency_of_their_energy(rng):
    true = rng.normal(size=(600, 3))
    table = pd.DataFrame(true, columns=["true_x", "true_y", "true_z"])
    table[["pred_x", "pred_y", "pred_z"]] = true
    table["kappa"] = np.linspace(1, 30, 600)
    place = np.arange(600) % 2
    place[:100] = 0  # the smallest kappas
    table.loc[599, ["pred_x", "pred_y", "pred_z"]] = np.nan
    response = Response.from_predictions(table, 50 / 599, place)
    assert response.events.tolist() == [300, 249]
    assert response.efficiency == pytest.approx([300 / 350, 249 / 250])
    assert response.first.tolist() == [0, 300, 549]
    assert sorted(response.at_energy(1).kappa) == pytest.approx(table["kappa"][101:599:2])
