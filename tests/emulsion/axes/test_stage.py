"""Tables of axes, response and efficiency, from files."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_scores import made_predictions, write_made

from pipeline.emulsion.axes.angles import true_angle_deg
from pipeline.emulsion.axes.stage import from_files
from pipeline.emulsion.wimps.response import Efficiency, Response
from pipeline.statistics.directional.von_mises import mean_cosine

N = 3000
SAMPLES = {"C30": (30.0, 1.0, 0.5), "C100": (100.0, 2.0, 2.0)}  # energy, mean score, kappa


@pytest.fixture
def made(rng, tmp_path):
    """Inputs and settings: carbon of a test sample, and recoils of half of which clusters are kept.

    The recoils are one sample of both energies.
    """
    tables = {
        name: made_predictions(rng, name, N, 1, mean, kappa, energy)
        for name, (energy, mean, kappa) in SAMPLES.items()
    }
    recoils = pd.concat(tables.values(), ignore_index=True)
    recoils = recoils.assign(sample="recoil_C", event_id=np.arange(2 * N))
    fog = made_predictions(rng, "fog", 9, 0)
    rows = [("recoil_C", "C", energy, 2 * N) for energy in (30.0, 100.0)]
    rows += [("recoil_C", "C", 5.0, N), ("C100", "C", 100.0, N), ("fog", "fog", np.nan, 9)]
    samples = pd.DataFrame(rows, columns=["sample", "particle", "energy_keV", "made"])
    samples.to_csv(tmp_path / "samples.csv", index=False)
    inputs = {
        "test": [write_made(tmp_path / "t.parquet", *tables.values(), fog)],
        "recoils": [write_made(tmp_path / "r.parquet", recoils)],
        "observables": [],
        "samples": [str(tmp_path / "samples.csv")],
    }
    observed = {**tables, "recoil_C": recoils}
    for name, table in observed.items():
        observables = tmp_path / f"{name}.parquet"
        turn = {"axis_angle_deg": 10.0, "shift_angle_deg": 90.0}
        true = true_angle_deg(table)
        angles = {column: (true + offset) % 180 for column, offset in turn.items()}
        shuffled = table[["event_id"]].assign(**angles).sample(frac=1, random_state=1)
        shuffled.to_parquet(observables)
        inputs["observables"].append(str(observables))
    params = {
        "signal": "C100",
        "efficiency": 0.6,
        "isotropic": list(SAMPLES),
        "observable_samples": list(observed),
    }
    return inputs, params


def test_axes_of_the_network_and_of_observables(made):
    table = from_files(*made)["axes"]
    axes = table[table["sample"] != "recoil_C"].set_index(["sample", "method"])
    recoils = table[table["sample"] == "recoil_C"].set_index(["energy_keV", "method"])
    for name, (energy, _, kappa) in SAMPLES.items():
        row = axes.loc[(name, "network")]
        assert recoils.loc[(energy, "network"), "kappa_fit"] == row["kappa_fit"]
        assert row["kappa_fit"] == pytest.approx(kappa, abs=4 * row["kappa_fit_err"])
        assert row["kappa_mean"] == pytest.approx(kappa)
        assert row["sense_right"] == pytest.approx(0.5, abs=0.06)
    assert axes.loc[("C30", "ellipse"), "median_error_deg"] == pytest.approx(10, abs=1e-3)
    assert axes.loc[("C100", "shift"), "mean_cos_2"] == pytest.approx(-1, abs=1e-6)
    assert (table["ion"] == "C").all()


def test_the_test_for_wimps_reads_both_tables(made):
    tables = from_files(*made)
    efficiency = Efficiency.from_table(tables["efficiency"])
    # Half of the recoils are kept, and 0.6 of these pass; of 30 keV P(x > 1 - 0.25); of 5 keV none.
    expected = {100.0: 0.3, 30.0: 0.5 * 0.227, 5.0: 0.0}
    for energy, value in expected.items():
        assert efficiency.at("C", np.array([energy]))[0] == pytest.approx(value, abs=0.02)
    response = Response.from_table(tables["response"])
    energies, first = response.energies["C"]
    assert energies.tolist() == [30, 100]
    for i, kappa in enumerate((0.5, 2.0)):
        turn = response.turn_rad[first[i] : first[i + 1]]
        assert np.cos(2 * turn).mean() == pytest.approx(mean_cosine(kappa), abs=0.08)


def test_efficiency_has_an_exact_interval(made):
    table = from_files(*made)["efficiency"].set_index("energy_keV")
    row = table.loc[100.0]
    assert row["efficiency"] == row["selected"] / row["made"]
    assert row["efficiency_high"] - row["efficiency_low"] == pytest.approx(
        2 * np.sqrt(0.3 * 0.7 / (2 * N)), rel=0.03
    )
    assert (table.loc[5.0, "efficiency_low"], table.loc[5.0, "selected"]) == (0, 0)
    assert table.loc[5.0, "efficiency_high"] == pytest.approx(1.84 / N, rel=0.01)
