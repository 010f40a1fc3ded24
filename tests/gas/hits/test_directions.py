"""Distribution of predicted directions without a truth."""

import numpy as np
import pytest
from helpers.made_networks import CONDITIONS
from helpers.made_predictions import around_z

from pipeline.gas.config.card import Conditions, Range
from pipeline.gas.evaluation.conditions import other_sizes
from pipeline.gas.figures.observed_directions import draw_observed_directions
from pipeline.gas.hits.directions import format_observed, observed_directions, observed_summary
from pipeline.statistics.directional.predictions import PREDICTED, TRUE


def predicted(directions):
    table = around_z(np.full(len(directions), 0.5))
    table[PREDICTED] = directions / np.linalg.norm(directions, axis=1)[:, None]
    return table.assign(**dict.fromkeys(TRUE, np.nan))


def isotropic(n, rng):
    return predicted(rng.normal(size=(n, 3)))


def test_isotropic_directions_have_uniform_p_values(rng):
    found = observed_summary({("run", str(i)): isotropic(50, rng) for i in range(200)})
    assert np.mean(found["rayleigh_p"] < 0.1) == pytest.approx(0.1, abs=4 * (0.09 / 200) ** 0.5)


def test_a_preferred_direction_is_seen(rng):
    shifted = predicted(rng.normal([0, 0, 1], 1, (300, 3)))
    row = observed_summary({("run", "UNet"): shifted}).iloc[0]
    assert row["rayleigh_p"] < 1e-6
    assert row["mean_z"] > 0.3
    assert "rayleigh_p" in format_observed(observed_summary({("run", "UNet"): shifted}))


def test_another_charge_than_on_the_card_is_told(rng, caplog):
    card = Conditions.model_validate(CONDITIONS)
    trained = card.model_copy(update={"electrons": Range(low=900, high=1100)})
    remarks = {"UNet": lambda events: "; ".join(other_sizes(trained, events))}
    events = isotropic(10, rng).assign(energy_keV=np.nan)
    sets = {("run", "UNet"): events, ("low", "UNet"): events.assign(electrons=300.0)}
    table = observed_summary({**sets, ("low", "RCN"): sets["low", "UNet"]}, remarks)
    told = "100 % of the events have a number of electrons outside of 900 to 1100"
    assert [remark[: len(told)] for remark in table["network_remark"]] == ["", told, ""]
    assert f"UNet on low, outside its card: {told}" in caplog.text
    assert f"\nUNet on low is outside the range of its card: {told}" in format_observed(table)


def test_omitted_events_do_not_count(rng):
    table = isotropic(10, rng)
    table.loc[:3, PREDICTED] = np.nan
    row = observed_summary({("run", "RCN"): table}).iloc[0]
    assert (row["events"], row["predicted"]) == (10, 6)


def test_histograms_hold_every_event_and_fit_isotropy(rng, check_figure):
    table = observed_directions({("run", "UNet"): isotropic(4000, rng)})
    assert table.groupby("axis")["events"].sum().tolist() == [4000] * 3
    chi2 = ((table["events"] - table["expected"]) ** 2 / table["expected"]).sum()
    assert chi2 < 57 + 4 * (2 * 57) ** 0.5
    check_figure("observed_directions", lambda: draw_observed_directions(table))


def test_the_accuracy_is_that_of_events_of_known_direction(rng):
    """Cosines of 0.8 and 0.6 to z, and one event whose direction is not known."""
    table = around_z(np.array([0.8, 0.6, 0.1]))
    table.loc[2, TRUE] = np.nan
    sets = {("lab", "UNet"): table, ("run", "UNet"): isotropic(5, rng)}
    lab, run = observed_summary(sets).to_dict("records")
    assert lab["cosine_distance"] == pytest.approx(0.3)
    assert lab["cosine_distance_err"] == pytest.approx(0.1)
    assert np.isnan(run["cosine_distance"])
