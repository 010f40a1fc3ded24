import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from pipeline.statistics.directional.config import EventGrid, HypothesisTest
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.sensitivity import needed_events, power
from pipeline.statistics.directional.spherical_toys import run_batch
from pipeline.statistics.directional.toys import merge

LEVELS = {"90% CL": 0.1, "3 sigma": 1.35e-3}
ENOUGH = HypothesisTest(signal_fractions=(0.3,), background_toys=10_000, signal_toys=4000)


def simulate(response, signal, settings=ENOUGH, seed=1, method="method"):
    return merge([run_batch([response], signal, settings, seed, "set", method, 0)])


def needed(toys, statistic, level="3 sigma"):
    rows = needed_events(toys, LEVELS)
    rows = rows[(rows["statistic"] == statistic) & (rows["level"] == level)]
    return rows.sort_values("signal_fraction").reset_index(drop=True)


def test_dipole_needs_what_non_central_chi_squared_predicts(signal):
    """For weak signals R^2 is non-central chi-squared of 3 N (f d)^2 (Mardia & Jupp 2000)."""
    fraction = 0.2
    settings = ENOUGH.model_copy(update={"signal_fractions": (fraction,)})
    toys = simulate(Response.perfect(), signal, settings)
    for level, p in LEVELS.items():
        critical = stats.chi2.isf(p, 3)
        strength = optimize.brentq(lambda x, c=critical: stats.ncx2.sf(c, 3, x) - 0.5, 0.1, 50)
        expected = strength / (3 * (fraction * signal.angles[0].mean_cosine) ** 2)
        row = needed(toys, "dipole", level).iloc[0]
        assert row["beyond"] == "no"
        assert row["events"] == pytest.approx(expected, abs=4 * row["err"] + 0.02 * expected)


def test_needed_events_scale_as_inverse_square_of_a_small_fraction(signal, vmf_response):
    fractions = (0.1, 0.2)
    settings = HypothesisTest(signal_fractions=fractions, background_toys=8000, signal_toys=2000)
    toys = simulate(vmf_response, signal, settings)
    # The likelihood's power grows faster than f^2 once f r rivals 1: it converges more slowly.
    for statistic, slack in (("dipole", 0.03), ("likelihood_kappa", 0.15)):
        rows = needed(toys, statistic)
        scaled = rows["events"] * np.square(fractions)
        error = np.hypot(*(rows["err"] * np.square(fractions)))
        assert scaled[0] == pytest.approx(scaled[1], abs=4 * error + slack * scaled[0])


def test_better_information_needs_fewer_events(signal, vmf_response):
    seen = simulate(vmf_response, signal)
    perfect = simulate(Response.perfect(), signal)

    def reach(toys, statistic):
        row = needed(toys, statistic).iloc[0]
        return row["events"], row["err"]

    def not_worse(better, worse):
        assert better[0] < worse[0] + 2 * np.hypot(better[1], worse[1])

    for statistic in ("dipole", "likelihood"):
        best = reach(perfect, statistic)[0]
        assert best < min(reach(seen, statistic)[0], reach(seen, f"{statistic}_kappa")[0])
        # Truthful kappas never hurt, and with widely spread ones they help.
        not_worse(reach(seen, f"{statistic}_kappa"), reach(seen, statistic))
    assert reach(seen, "dipole_kappa")[0] < 0.95 * reach(seen, "dipole")[0]
    not_worse(reach(seen, "likelihood_kappa"), reach(seen, "dipole_kappa"))


def test_recoils_count_what_the_cut_loses(signal, vmf_response):
    row = needed(simulate(vmf_response, signal), "dipole").iloc[0]
    assert row["recoils"] == pytest.approx(row["events"] / 0.9)


def test_error_is_the_spread_of_independent_runs(signal):
    settings = ENOUGH.model_copy(update={"background_toys": 8000, "signal_toys": 400})
    runs = [
        needed(simulate(Response.perfect(), signal, settings, seed), "dipole").iloc[0]
        for seed in range(12)
    ]
    spread = np.std([run["events"] for run in runs], ddof=1)
    assert 0.5 < spread / np.mean([run["err"] for run in runs]) < 2


def test_power_marks_p_values_beyond_the_toys(signal):
    table = power(simulate(Response.perfect(), signal)).sort_values("events")
    dipole = table[table["statistic"] == "dipole"]
    within, beyond = dipole[~dipole["beyond_toys"]], dipole[dipole["beyond_toys"]]
    assert len(beyond) > 0
    assert (beyond["median_p"] <= 11 / 10_001).all()
    assert (table["median_p"] > 0).all()
    assert (table["p_low"] <= table["median_p"]).all()
    assert (table["median_p"] <= table["p_high"]).all()
    many = within[(within["events"] > 50) & (within["median_p"] > 0.01)]
    assert many["median_p"].to_numpy() == pytest.approx(many["p_asymptotic"].to_numpy(), rel=0.1)


def test_levels_beyond_toys_or_grid_are_marked(signal):
    few = ENOUGH.model_copy(update={"background_toys": 1000})
    row = needed(simulate(Response.perfect(), signal, few), "dipole").iloc[0]
    assert row["beyond"] == "toys"
    assert np.isnan(row["events"])
    short = ENOUGH.model_copy(update={"events": EventGrid(strength_max=4.0)})
    row = needed(simulate(Response.perfect(), signal, short), "dipole").iloc[0]
    assert row["beyond"] == "above grid"
    late = ENOUGH.model_copy(update={"events": EventGrid(strength_min=20.0)})
    row = needed(simulate(Response.perfect(), signal, late), "dipole").iloc[0]
    assert row["beyond"] == "below grid"


def test_known_gaussian_shift():
    """Toys N(0, 1) and N(sqrt(N), 1): the median reaches p at sqrt(N) = isf(p)."""
    rng = np.random.default_rng(5)
    common = {
        "test_set": "a",
        "method": "b",
        "fraction_cut": 0.0,
        "efficiency": 0.5,
        "signal_fraction": 1.0,
        "statistic": "likelihood",
    }
    rows = [
        common | {"hypothesis": name, "events": n, "q": rng.normal(shift, 1, 40_000)}
        for n in (1, 2, 4, 8, 12)
        for name, shift in (("background", 0.0), ("signal", np.sqrt(n)))
    ]
    found = needed_events(pd.DataFrame(rows), LEVELS).set_index("level")
    for level, p in LEVELS.items():
        events, err = found.loc[level, ["events", "err"]]
        assert events == pytest.approx(stats.norm.isf(p) ** 2, abs=4 * err)
