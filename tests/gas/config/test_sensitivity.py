"""Config of the systematic errors from the fitted response."""

import pytest

from pipeline.gas.paths import GasPaths
from pipeline.study import ConfigError, check_config


@pytest.fixture
def study(plain, tmp_path, monkeypatch):
    """A function that checks a config with errors of this test set."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "DEGRAD.OUT").touch()
    gas = plain["gas"]
    other = {"kind": "simulation", "energies_keV": [50], "events_per_energy": 10}
    gas["sources"] |= {"other": other, "third": other}
    gas["test_sets"]["like"] = {"sources": ["other"], "response": "fitted"}
    gas["detector_fit"] = {
        "data": "50keV",
        "simulated": ["third"],
        "response": {"threshold": {"electrons": 1}},
        "parameters": {"threshold.electrons": [0.2, 3]},
    }

    def check(test_set, tests=()):
        gas["response_sensitivity"] = {"test_set": test_set}
        gas["hypothesis_test"] = {"test_sets": list(tests)}
        return GasPaths(check_config(plain).gas, "results", 1)

    return check


@pytest.mark.parametrize("name", ["50keV", "60keV"])
def test_the_set_must_have_the_fitted_response(study, name):
    with pytest.raises(ConfigError, match=rf"response_sensitivity.test_set: '{name}' must be a"):
        study(name)


def test_recoils_needed_have_errors_only_where_they_are_known(study):
    table, needed = (
        f"results/gas/tables/{name}.csv" for name in ("response_sensitivity", "needed_systematic")
    )
    without, paths = study("like"), study("like", ["like"])
    assert list(without.sensitivity_tables().values()) == [table]
    assert list(paths.sensitivity_tables().values()) == [table, needed]
    assert {table, needed} <= set(paths.recorded_tables())
    assert paths.sensitivity_inputs()["needed"] == [
        paths.test_table("needed_events.parquet", "like")
    ]
