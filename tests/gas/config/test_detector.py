"""Config of the fit of the response and of the gap between data and simulation."""

import pytest

from pipeline.gas.networks.catalogue import trainings
from pipeline.gas.paths import GasPaths
from pipeline.study import ConfigError, check_config

FIT = {
    "data": "50keV",
    "simulated": ["other"],
    "response": {"threshold": {"electrons": 1}},
    "parameters": {"threshold.electrons": [0.2, 3]},
}
GAP = {"data": "50keV", "simulated": "simulated", "network": "RCN"}


@pytest.fixture
def study(plain):
    """A function that checks a config with these blocks."""
    gas = plain["gas"]
    gas["sources"]["other"] = {
        "kind": "simulation",
        "energies_keV": [50],
        "events_per_energy": 10,
    }
    gas["sources"]["hits"] = {"kind": "hits", "files": ["run7.root"]}
    gas["observed"] = {"run7": {"sources": ["hits"]}}
    gas["test_sets"]["simulated"] = {"sources": ["other"], "smearing_um": 200}

    def check(fit=None, gap=None, **test_set):
        gas["test_sets"]["50keV"] |= test_set
        gas["detector_fit"] = None if fit is None else {**FIT, **fit}
        gas["domain_gap"] = gap and {**GAP, **gap}
        return check_config(plain).gas

    return check


def test_neither_is_on_by_default(study):
    paths = GasPaths(study(), "results", 1)
    assert paths.detector_tables() == []
    assert (paths.detector_fit_inputs(), paths.domain_gap_inputs()) == ({}, {})


def test_tables_of_both_are_targets_and_recorded(study):
    paths = GasPaths(study(fit={"data": "50keV"}, gap={"data": "50keV"}), "results", 1)
    names = ("detector_fit", "fit_moments", "fit_correlation", "domain_gap", "domain_gap_events")
    tables = {f"results/gas/tables/{name}.csv" for name in names}
    assert tables <= set(paths.targets())
    assert tables <= set(paths.recorded_tables())


def test_the_response_may_be_a_name(study, plain):
    plain["gas"]["responses"] = {"mine": {"threshold": {"electrons": 2}}}
    fit = study(fit={"response": "mine"}).detector_fit
    assert fit.response.value("threshold.electrons") == 2
    with pytest.raises(ConfigError, match=r"detector_fit.response: no response 'yours'"):
        study(fit={"response": "yours"})


def test_measured_events_are_fitted_and_compared(study):
    gas = study(fit={"data": "run7", "energy_keV": 50}, gap={"data": "run7"})
    assert gas.detector_fit.energy_keV == 50
    assert gas.domain_gap.data == "run7"


def test_sources_of_the_fit_are_made_and_hold_no_event_of_the_data(study):
    gas = study(fit={"data": "50keV"})
    gas.test_sets.pop("simulated")
    paths = GasPaths(gas, "results", 1)
    assert "other" in paths.used_sources
    assert paths.sources_block()["pools"]["detector_fit"] == ["other", "read"]


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        ({"data": "60keV"}, r"detector_fit.data: there is no '60keV'; there are run7, 50keV"),
        ({"data": "run7"}, r"detector_fit.energy_keV: give it if `data` is a set under `observed`"),
        ({"energy_keV": 50}, r"detector_fit.energy_keV: .* and only then"),
        ({"simulated": ["others"]}, r"detector_fit.simulated: no source .* mean 'other'"),
        ({"simulated": ["read"]}, r"simulated: 'read' is a source of the data, test set '50keV'"),
        ({"parameters": {}}, r"detector_fit.parameters: "),
        ({"parameters": {"threshold": [0, 2]}}, r"'threshold' is no parameter of a response"),
        (
            {
                "response": {"noise_hits": 3},
                "parameters": {"noise_hits": [1, 1e6]},
            },
            r"parameters.noise_hits: 1e\+06 should be less than or equal to 100000",
        ),
        (
            {"parameters": {"threshold.electrons": [1.5, 3]}},
            r"threshold.electrons: expected 0 <= low < 1 < high, .*; got \[1.5, 3\]",
        ),
    ],
)
def test_bad_fits(study, fit, message):
    with pytest.raises(ConfigError, match=message):
        study(fit=fit)


def test_the_data_of_a_fit_are_rotated(study):
    with pytest.raises(ConfigError, match="tracks of test set '50keV' are not rotated"):
        study(fit={"data": "50keV"}, rotate=False)


def test_a_set_may_have_the_fitted_response(study, plain):
    plain["gas"]["training_set"]["response"] = "fitted"
    gas = study(fit={"data": "50keV"})
    assert gas.training_set.response.fitted == ["threshold.electrons"]
    assert gas.training_set.response.value("threshold.electrons") == 1
    paths = GasPaths(gas, "results", 1)
    assert paths.fitted("train") == [paths.table("detector_fit.csv")]
    assert paths.fitted("50keV") == paths.fitted("run7") == []


def test_the_fitted_response_needs_a_fit_of_other_events(study, plain):
    plain["gas"]["training_set"]["response"] = "fitted"
    with pytest.raises(ConfigError, match=r"training_set.response: no response 'fitted'"):
        study()
    plain["gas"]["responses"] = {"fitted": {"noise_hits": 1}}
    with pytest.raises(ConfigError, match=r"responses.fitted: .* name of the result"):
        study(fit={})
    plain["gas"] |= {"responses": {}}
    plain["gas"]["training_set"]["response"] = {"fitted": ["noise_hits"]}
    with pytest.raises(ConfigError, match=r"training_set.response.fitted: .*`response: fitted`"):
        study(fit={})
    del plain["gas"]["training_set"]["response"]
    with pytest.raises(ConfigError, match=r"test_sets.50keV.response: .* needs this set as its"):
        study(fit={}, response="fitted", smearing_um=None)


@pytest.mark.parametrize(
    ("gap", "message"),
    [
        ({"data": "60keV"}, r"domain_gap.data: there is no '60keV'"),
        ({"simulated": "60keV"}, r"domain_gap.simulated: there is no '60keV'"),
        ({"simulated": "50keV"}, r"domain_gap.simulated: 'read' is a source of the data, test set"),
        ({"simulated": "run7"}, r"domain_gap.simulated: there is no 'run7'"),
        ({"network": "HCN"}, r"domain_gap.network: there is no 'HCN'; there are RCN"),
        ({"events": 0}, r"domain_gap.events: "),
    ],
)
def test_bad_comparisons(study, gap, message):
    with pytest.raises(ConfigError, match=message):
        study(gap=gap)


ADAPT = {"to": "simulated", "by": "energy_distance", "weight": 0.1}


def test_a_training_may_adapt_to_other_events(study, plain):
    plain["gas"]["networks"]["RCN"]["adapt"] = ADAPT
    paths = GasPaths(study(), "results", 1)
    training = trainings(paths)["RCN"]
    assert training.inputs["adapted_to"] == paths.shards("simulated") != []
    assert training.block["network"]["adapt"] == ADAPT


def test_a_training_without_adaptation_is_as_before_the_key(study):
    training = trainings(GasPaths(study(), "results", 1))["RCN"]
    assert training.inputs["adapted_to"] == []
    assert "adapt" not in training.block["network"]


def test_a_set_to_adapt_to_must_exist(study, plain):
    plain["gas"]["networks"]["RCN"]["adapt"] = {**ADAPT, "to": "run8"}
    with pytest.raises(ConfigError, match=r"networks.RCN.adapt.to: there is no 'run8'"):
        study()


@pytest.mark.parametrize("block", ["domain_gap", "gain_map"])
def test_data_of_the_fit_keep_their_energy_elsewhere(study, plain, block):
    """The data are of 40 keV in the fit; what they are compared with has 50 keV."""
    if block == "gain_map":
        keys = {"data": "run7", "simulated": ["other"], "response": {}, "pixels": [20, 10]}
        plain["gas"]["gain_map"] = keys
    gap = {"data": "run7"} if block == "domain_gap" else None
    study(fit={"data": "run7", "energy_keV": 50}, gap=gap)
    with pytest.raises(ConfigError, match=rf"{block}.simulated: .* 50 keV, but 'run7' has 40 keV"):
        study(fit={"data": "run7", "energy_keV": 40}, gap=gap)
