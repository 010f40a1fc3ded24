"""Tables of axes, response and efficiency, from files."""

import json

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
    """Inputs and settings of two samples with half of the recoils kept."""
    tables = {
        name: made_predictions(rng, name, N, 1, mean, kappa, energy)
        for name, (energy, mean, kappa) in SAMPLES.items()
    }
    inputs = {
        "predictions": [
            write_made(tmp_path / "p.parquet", *tables.values(), made_predictions(rng, "fog", 9, 0))
        ],
        "observables": [],
        "counts": [],
    }
    for name, table in tables.items():
        observables = tmp_path / f"{name}.parquet"
        turn = {"axis_angle_deg": 10.0, "shift_angle_deg": 90.0}
        true = true_angle_deg(table)
        angles = {column: (true + offset) % 180 for column, offset in turn.items()}
        shuffled = table[["event_id"]].assign(**angles).sample(frac=1, random_state=1)
        shuffled.to_parquet(observables)
        counts = tmp_path / f"{name}.json"
        counts.write_text(json.dumps({"particles": 2 * N, "kept": N}))
        inputs["observables"].append(str(observables))
        inputs["counts"].append(str(counts))
    names = list(SAMPLES)
    params = {
        "axes": {"samples": names, "selection": {"signal": "C100", "efficiency": 0.6}},
        "observable_samples": names,
        "count_samples": names,
    }
    return inputs, params


def test_axes_of_the_network_and_of_observables(made):
    axes = from_files(*made)["axes"].set_index(["sample", "method"])
    for name, (_, _, kappa) in SAMPLES.items():
        row = axes.loc[(name, "network")]
        assert row["kappa_fit"] == pytest.approx(kappa, abs=4 * row["kappa_fit_err"])
        assert row["kappa_mean"] == pytest.approx(kappa)
        assert row["sense_right"] == pytest.approx(0.5, abs=0.06)
    assert axes.loc[("C30", "ellipse"), "median_error_deg"] == pytest.approx(10, abs=1e-3)
    assert axes.loc[("C100", "shift"), "mean_cos_2"] == pytest.approx(-1, abs=1e-6)
    assert (axes["ion"] == "C").all()


def test_the_test_for_wimps_reads_both_tables(made):
    tables = from_files(*made)
    efficiency = Efficiency.from_table(tables["efficiency"])
    # Half of the recoils are kept, and 0.6 of these pass; of 30 keV P(x > 1 - 0.25).
    expected = {100.0: 0.3, 30.0: 0.5 * 0.227}
    for energy, value in expected.items():
        assert efficiency.at("C", np.array([energy]))[0] == pytest.approx(value, abs=0.02)
    response = Response.from_table(tables["response"])
    energies, first = response.energies["C"]
    assert energies.tolist() == [30, 100]
    for i, kappa in enumerate((0.5, 2.0)):
        turn = response.turn_rad[first[i] : first[i + 1]]
        assert np.cos(2 * turn).mean() == pytest.approx(mean_cosine(kappa), abs=0.08)


def test_two_samples_of_one_energy_are_refused(made, tmp_path, rng):
    inputs, params = made
    tables = [made_predictions(rng, name, N, 1, 1.0, 0.5, 30.0) for name in SAMPLES]
    inputs["predictions"] = [write_made(tmp_path / "q.parquet", *tables)]
    with pytest.raises(ValueError, match="two samples are of C at 30 keV"):
        from_files(inputs, params)


def test_a_sample_of_several_energies_is_refused(made, tmp_path, rng):
    inputs, params = made
    tables = [made_predictions(rng, "C30", N // 2, 1, energy_keV=e) for e in (20.0, 30.0)]
    tables[1]["event_id"] += N // 2
    hundred = made_predictions(rng, "C100", N, 1)
    inputs["predictions"] = [write_made(tmp_path / "q.parquet", *tables, hundred)]
    with pytest.raises(ValueError, match="'C30' has several ions or energies"):
        from_files(inputs, params)


def test_parts_of_a_sample_are_summed(made):
    inputs, params = made
    for kind in ("counts",):
        inputs[kind] = [*inputs[kind], *inputs[kind]]
    params["count_samples"] = [*params["count_samples"]] * 2
    table = from_files(inputs, params)["efficiency"]
    assert table.set_index("energy_keV").loc[100, "efficiency"] == pytest.approx(0.3, abs=0.001)
    assert isinstance(table, pd.DataFrame)
