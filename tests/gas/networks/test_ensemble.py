"""An ensemble predicts the mean of its networks' densities."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import around_z, drawn, of_mixtures, spread_kappas

from pipeline.core.tables import write_tables
from pipeline.gas.networks.ensemble import combined, from_files
from pipeline.gas.networks.temperature import fit_temperature, temperature_table, tempered
from pipeline.statistics.directional.density import LEVELS, Density
from pipeline.statistics.directional.predictions import (
    PREDICTED,
    SPREAD,
    START,
    TRUE,
    density_of,
    read_predictions,
    with_start,
    write_predictions,
)
from pipeline.statistics.directional.vmf import kappa_of_mean_cosine, mean_cosine

EVENTS = 4000


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def disagreeing():
    """True directions, and three networks of one kappa, each with an error of its own."""
    rng = np.random.default_rng(1)
    kappa = spread_kappas(EVENTS, least=5.0)
    middle = unit(rng.standard_normal((EVENTS, 3)))
    moved = unit(middle + 0.4 * rng.standard_normal((3, EVENTS, 3)))
    densities = [Density.single(direction, kappa) for direction in moved]
    true = drawn(Density.mean_of(densities), rng)
    return true, [of_mixtures(density, true) for density in densities]


def test_networks_that_agree_are_one_network() -> None:
    table = around_z(np.linspace(-0.9, 0.99, 50), 7.0)
    joined = combined([table, table, table])
    same = ["event_id", *TRUE, "kappa", "head_tail_probability", "log_density"]
    pd.testing.assert_frame_equal(joined[same], table[same], rtol=1e-3, atol=2e-3)
    assert np.allclose(joined[PREDICTED], table[PREDICTED], atol=1e-6)
    assert joined[SPREAD].max() < 0.1


def test_the_density_is_the_mean_of_the_densities(disagreeing) -> None:
    _, members = disagreeing
    joined = combined(members)
    mean = np.mean([np.exp(table["log_density"]) for table in members], axis=0)
    assert np.allclose(np.exp(joined["log_density"]), mean, rtol=1e-4)


def test_truths_from_the_mean_are_calibrated_and_from_one_network_are_not(disagreeing) -> None:
    _, members = disagreeing
    allowed = 3 * np.sqrt(0.9 * 0.1 / EVENTS)
    assert (combined(members)["pit"] < 0.9).mean() == pytest.approx(0.9, abs=allowed)
    assert (members[0]["pit"] < 0.9).mean() < 0.9 - 10 * allowed


@pytest.fixture(scope="module")
def tempered_members():
    """Two samples of events, each with three networks of which every one is calibrated.

    A network's direction is that of the event, moved by the event's error, which all networks
    share, and by the network's own; its kappa is that of both.
    """
    rng = np.random.default_rng(2)

    def sample():
        shared = spread_kappas(3000, least=5.0)
        own, true = 4.0 * shared, unit(rng.standard_normal((3000, 3)))
        middle = drawn(Density.single(true, shared), rng)
        # The mean cosine of two errors is the product of theirs.
        kappa = kappa_of_mean_cosine(mean_cosine(shared) * mean_cosine(own))
        directions = [drawn(Density.single(middle, own), rng) for _ in range(3)]
        return [of_mixtures(Density.single(direction, kappa), true) for direction in directions]

    return sample(), sample()


def test_regions_of_an_ensemble_of_calibrated_networks_hold_their_share(tempered_members) -> None:
    """By a temperature from other events; the mean of densities alone is too wide."""
    fitted, independent = tempered_members
    temperature = fit_temperature(combined(fitted)).temperature
    assert temperature.kappa_factor > 1.1
    mean = combined(independent)
    found = tempered(mean, temperature)
    for level in LEVELS:
        allowed = 3 * np.sqrt(level * (1 - level) / len(mean))
        assert (independent[0]["pit"] < level).mean() == pytest.approx(level, abs=allowed)
        assert (mean["pit"] < level).mean() > level + 1.2 * allowed
        assert (found["pit"] < level).mean() == pytest.approx(level, abs=allowed)


def test_the_temperature_comes_from_a_file_and_the_spread_stays(tempered_members, tmp_path) -> None:
    (members, _), paths = tempered_members, [str(tmp_path / f"{i}.parquet") for i in range(3)]
    few = [table[:200] for table in members]
    for path, table in zip(paths, few, strict=True):
        write_predictions(path, table)
    fit, file = fit_temperature(combined(few)), tmp_path / "temperature.csv"
    temperature_table(fit).to_csv(file, index=False)
    inputs = {"members": paths, "temperature": [str(file)]}
    write_tables({"table": file.with_suffix(".parquet")}, from_files(inputs, {}))
    made = read_predictions(file.with_suffix(".parquet"))
    right, plain = combined(few, fit.temperature), combined(few)
    assert made["kappa"].to_numpy() == pytest.approx(right["kappa"].to_numpy(), rel=1e-5)
    assert (made["kappa"] > plain["kappa"]).mean() > 0.9
    assert made[SPREAD].to_numpy() == pytest.approx(plain[SPREAD].to_numpy(), rel=1e-3)


def test_the_spread_is_the_angle_between_networks() -> None:
    a, b = around_z(np.ones(3), 9.0), around_z(np.full(3, np.cos(0.2)), 9.0)
    assert combined([a, b])[SPREAD].to_numpy() == pytest.approx(np.degrees(0.1), rel=1e-3)


def test_networks_of_other_numbers_of_components_mix(disagreeing) -> None:
    true, members = disagreeing
    one = members[0]
    three = of_mixtures(Density.mean_of([density_of(table) for table in members]), true)
    assert density_of(combined([one, three])).weight[0] == pytest.approx([1 / 2] + 3 * [1 / 6])


def test_starts_are_joined_with_the_error_of_their_mean_density() -> None:
    table = around_z(np.ones(2), 9.0)
    near = with_start(table, np.zeros((2, 3)), np.array([3.0, 3.0]))
    far = with_start(table, np.full((2, 3), 8.0), np.array([3.0, 3.0]))
    assert combined([near, far])[START].to_numpy() == pytest.approx(np.array([[4, 4, 4, 5]] * 2))
    assert combined([near, table])[START].isna().all(axis=None)


def test_other_events_are_refused() -> None:
    table = around_z(np.ones(4), 9.0)
    with pytest.raises(ValueError, match="the same events"):
        combined([table, table.assign(event_id=table["event_id"] + 1)])
