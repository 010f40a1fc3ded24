import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.core.tables import write_tables
from pipeline.statistics.directional.config import EventGrid, HypothesisTest
from pipeline.statistics.directional.predictions import PREDICTED, TRUE
from pipeline.statistics.directional.spectrum import spectrum
from pipeline.statistics.directional.stage import sensitivity_from_files, toys_from_files

SETTINGS = HypothesisTest(
    signal_fractions=(0.5, 1.0),
    cut_fractions=(0.0, 0.5),
    events=EventGrid(points=8),
    background_toys=400,
    signal_toys=200,
    levels={"90% CL": 0.1},
)


@pytest.fixture
def predictions(tmp_path, rng):
    true = rng.normal(size=(600, 3))
    table = pd.DataFrame(true, columns=TRUE)
    table[PREDICTED] = true + 0.5 * rng.normal(size=true.shape)
    table["kappa"] = rng.uniform(1, 30, len(table))
    table["energy_keV"] = np.float32(40.0)
    path = tmp_path / "predictions.parquet"
    table.to_parquet(path)
    return path


def write_toys(path, predictions, method, batch=0, recoils=None):
    identity = {"seed": 1, "test_set": "a", "method": method, "batch": batch}
    params = {"hypothesis_test": SETTINGS.plain(), **identity}
    inputs = {"predictions": [predictions], "recoils": [recoils or predictions]}
    write_tables({"toys": path}, toys_from_files(inputs, params))


def write_sensitivity(folder, toys, electrons_per_m3=None):
    """Paths of the tables of power and of needed events."""
    paths = {name: folder / f"{name}.parquet" for name in ("power", "needed_events")}
    settings = {"levels": SETTINGS.levels, "electrons_per_m3": electrons_per_m3}
    write_tables(paths, sensitivity_from_files({"toys": toys}, settings))
    return list(paths.values())


def test_from_predictions_to_result_tables(tmp_path, predictions):
    files = []
    for method in ("hcn", "perfect"):
        for batch in range(2):
            files.append(tmp_path / f"{method}_{batch}.parquet")
            write_toys(files[-1], predictions, method, batch)
    results = write_sensitivity(tmp_path, files)
    again = write_sensitivity(tmp_path / "again", files[::-1])
    assert [path.read_bytes() for path in results] == [path.read_bytes() for path in again]
    needed = pd.read_parquet(results[1])
    # hcn: 2 cuts x 6 statistics; perfect: 3 statistics; each at 2 signal fractions
    assert len(needed) == 2 * (2 * 6 + 3)
    assert (needed["recoils"] >= needed["events"]).all()
    known = needed[needed["beyond"] == "no"]
    assert (known["recoils_err"] >= known["err"] / known["efficiency"]).all()
    uncertain = known["response_err"] > 1e-9 * known["recoils"]
    assert (uncertain == (known["method"] != "perfect")).all()
    schema = pq.read_schema(results[0])
    assert all(field.metadata[b"description"] for field in schema)


def test_a_table_of_two_energies_gives_an_exposure_in_their_window(tmp_path, predictions):
    table = pd.read_parquet(predictions)
    table.loc[::3, "energy_keV"] = 60.0
    table.to_parquet(predictions)
    files = {name: tmp_path / f"{name}.parquet" for name in ("hcn", "perfect")}
    for method, path in files.items():
        write_toys(path, predictions, method)
    _, path = write_sensitivity(tmp_path, list(files.values()), 2e26)
    needed = pd.read_parquet(path)
    assert set(needed["window_keV"]) == {40}
    recoils = spectrum([40.0, 60.0]).recoils_per_electron_yr * 2e26 * needed["exposure_m3_yr"]
    assert recoils.to_numpy() == pytest.approx(
        (needed["signal_fraction"] * needed["recoils"]).to_numpy(), nan_ok=True
    )
    assert recoils.notna().any()


def test_recoils_that_are_not_contained_are_counted(tmp_path, predictions):
    """600 of 800 recoils of 40 keV are in the grid, and none of 60 keV."""
    every = tmp_path / "recoils.parquet"
    pd.DataFrame({"energy_keV": np.repeat([40.0, 60.0], [800, 100])}).to_parquet(every)
    for method in ("hcn", "perfect"):
        path = tmp_path / f"{method}.parquet"
        write_toys(path, predictions, method, recoils=every)
        toys = pd.read_parquet(path).query("fraction_cut == 0")
        recoils = spectrum([40.0, 60.0])
        assert set(toys["window_keV"]) == {recoils.window_keV}
        expected = recoils.passing([0.75, 0]).mean_efficiency(0.5)
        found = toys.query("signal_fraction == 0.5")["efficiency"]
        assert found.to_numpy() == pytest.approx(expected)


def test_a_continuous_spectrum_is_refused_by_name(tmp_path, predictions):
    table = pd.read_parquet(predictions)
    table["energy_keV"] = np.linspace(40, 50, len(table))
    table.to_parquet(predictions)
    with pytest.raises(ValueError, match=r"predictions.parquet: recoil energies run from 40 to 50"):
        write_toys(tmp_path / "toys.parquet", predictions, "perfect")
    assert not (tmp_path / "toys.parquet").exists()
