"""Calibration tables of a network: which rows there are, and of which events."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import scattered, spread_kappas

from pipeline.gas.config.evaluation import Evaluation
from pipeline.gas.evaluation.calibration import ALL, MOST_ENERGIES, density_tables, from_files
from pipeline.statistics.directional.coverage import calibration_numbers
from pipeline.statistics.directional.predictions import write_predictions


@pytest.fixture
def made():
    """(energies of the events) -> predictions."""

    def predict(*energies_keV):
        kappa = spread_kappas(60 * len(energies_keV), least=1.0)
        table = scattered(kappa, kappa, np.random.default_rng(1))
        return table.assign(energy_keV=np.tile(np.float32(energies_keV), 60))

    return predict


def test_a_row_for_each_test_set_and_energy_and_one_of_all(made):
    two, one = made(40, 50), made(40)
    tables = density_tables({"two": two, "one": one})
    labels = [("two", 40), ("two", 50), ("one", 40), (ALL, None)]
    rows = tables["test_sets"]
    assert list(rows["test_set"]) == [test for test, _ in labels]
    assert [None if np.isnan(e) else e for e in rows["energy_keV"]] == [e for _, e in labels]
    assert list(rows["events"]) == [60, 60, 60, 180]
    expected = calibration_numbers(two[two["energy_keV"] == 50])
    assert rows.loc[1, list(expected)].to_dict() == expected
    for name in ("pit", "head_tail"):
        sums = tables[name].groupby(["test_set", "energy_keV"], sort=False, dropna=False)
        assert list(sums["events"].sum()) == [60, 60, 60, 180]


def test_many_energies_are_one_row_and_one_test_set_has_no_row_of_all(made):
    many = made(*range(20, 21 + MOST_ENERGIES))
    rows = density_tables({"many": many})["test_sets"]
    assert rows["test_set"].tolist() == ["many"]
    assert rows["energy_keV"].isna().all()


def test_tables_come_from_files(made, tmp_path):
    paths = [str(tmp_path / f"{name}.parquet") for name in "ab"]
    for path in paths:
        write_predictions(path, made(40))
    params = {"test_sets": {"a": 0, "b": 0}, "evaluation": Evaluation(kappa_bins=2).plain()}
    tables = from_files({"predictions": paths, "shards": []}, params)
    assert tables["start"].empty
    assert tables["calibration"]["events"].sum() == pytest.approx(120, abs=2)
    assert tables["histogram"]["events"].sum() == pytest.approx(120, abs=2)
    pd.testing.assert_frame_equal(
        tables["test_sets"].query("test_set == 'a'").drop(columns="test_set"),
        tables["test_sets"].query("test_set == 'b'").drop(columns="test_set").set_axis([0]),
    )
