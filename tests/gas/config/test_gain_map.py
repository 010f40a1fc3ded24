"""Config of the gain map."""

import pytest

from pipeline.gas.networks.catalogue import trainings
from pipeline.gas.paths import GasPaths
from pipeline.study import ConfigError, check_config

MAP = {
    "data": "run7",
    "simulated": ["other"],
    "response": {"threshold": {"electrons": 1}},
    "pixels": [20, 10],
}
FIT = {
    "data": "run7",
    "energy_keV": 50,
    "simulated": ["other"],
    "response": "mine",
    "parameters": {"threshold.electrons": [0.2, 3]},
}


@pytest.fixture
def study(plain, tmp_path):
    """A function that checks a config with a gain map."""
    gas = plain["gas"]
    gas["sources"]["other"] = {"kind": "simulation", "energies_keV": [50], "events_per_energy": 10}
    file = tmp_path / "run7.root"
    file.touch()
    gas["sources"]["hits"] = {"kind": "hits", "files": [str(file)]}
    gas["observed"] = {"run7": {"sources": ["hits"]}}

    def check(**keys):
        gas["gain_map"] = {**MAP, **keys}
        return check_config(plain).gas

    return check


def test_the_table_is_a_target_and_its_tracks_are_made(study, tmp_path):
    paths = GasPaths(study(), "results", 1)
    assert "results/gas/tables/gain_map.csv" in paths.targets()
    assert "other" in paths.used_sources
    inputs = paths.gain_map_inputs()
    assert (inputs["hits"], inputs["fitted"]) == ([str(tmp_path / "run7.root")], [])
    assert inputs["tracks"] == paths.tracks("other")
    assert [part["block"]["kind"] for part in paths.gain_map_block()["parts"]] == ["hits"]


def test_without_a_map_there_is_nothing_to_do(study):
    gas = study().model_copy(update={"gain_map": None})
    paths = GasPaths(gas, "results", 1)
    assert "results/gas/tables/gain_map.csv" not in paths.targets()
    assert paths.gain_map_inputs() == {}


def test_the_response_may_be_a_name_or_the_fitted_one(study, plain):
    plain["gas"]["responses"] = {"mine": {"threshold": {"electrons": 2}}}
    assert study(response="mine").gain_map.response.value("threshold.electrons") == 2
    plain["gas"]["detector_fit"] = FIT
    paths = GasPaths(study(response="fitted"), "results", 1)
    assert paths.gain_map_inputs()["fitted"] == ["results/gas/tables/detector_fit.csv"]


def mapped(plain, file):
    """The same study with a map in a response that all use who may; `gain_map` may not."""
    plain["gas"]["responses"] = {"mine": {"gain": {"map": file}, "threshold": {"electrons": 1}}}
    plain["gas"]["training_set"]["response"] = "mine"
    plain["gas"]["detector_fit"] = FIT


def test_the_map_of_a_response_is_an_input_of_all_that_use_it(study, plain):
    mapped(plain, "./map.csv")
    paths = GasPaths(study(), "results", 1)
    assert paths.response_files("train") == {"fitted": [], "pixel_map": ["map.csv"]}
    assert paths.response_files("50keV") == {"fitted": [], "pixel_map": []}
    assert paths.detector_fit_inputs()["pixel_map"] == ["map.csv"]
    assert trainings(paths)["RCN"].inputs["pixel_map"] == ["map.csv"]


def test_a_missing_map_is_named_unless_the_study_makes_it(study, plain, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "DEGRAD.OUT").touch()
    file = tmp_path / "map.csv"
    mapped(plain, str(file))
    paths = GasPaths(study(), "results", 1)
    with pytest.raises(FileNotFoundError, match=r"gain.map in the response of train: .*map.csv'"):
        paths.check_files()
    file.touch()
    paths.check_files()
    made = GasPaths(study(), str(tmp_path), 1).table("gain_map.csv")
    mapped(plain, made)
    gas = study()
    GasPaths(gas, str(tmp_path), 1).check_files()
    without = gas.model_copy(update={"gain_map": None})
    with pytest.raises(FileNotFoundError, match=r"response of train: .*gain_map\.csv"):
        GasPaths(without, str(tmp_path), 1).check_files()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"data": "50keV"}, r"gain_map.data: there is no '50keV' under `observed`"),
        ({"simulated": ["others"]}, r"gain_map.simulated: no source .* mean 'other'"),
        ({"response": {"noise_hits": 3}}, r"gain_map: response: noise_hits must be 0"),
        ({"response": {"gain": {"map": "map.csv"}}}, r"gain_map: response: leave out gain.map"),
        ({"response": {"gain": {"spread_um": 100}}}, r"gains are found without gain.spread_um"),
        ({"response": {"cell_um": [250, 50, 252]}}, r"gain_map.response: its numbers are those of"),
        ({"pixels": [0, 10]}, r"gain_map.pixels"),
    ],
)
def test_bad_input_is_one_clear_error(study, keys, message):
    with pytest.raises(ConfigError, match=message):
        study(**keys)
