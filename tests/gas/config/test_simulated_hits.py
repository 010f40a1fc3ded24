"""Hits that are made, in a config: a source of measured events like any other."""

import pytest

from pipeline.gas.config.simulated_hits import read_hit_source
from pipeline.study import ConfigError, check_config

MADE = {"kind": "simulation", "energies_keV": [50], "events_per_energy": 30, "events_per_part": 10}
HITS = {"kind": "simulated_hits", "tracks": "detector", "response": "hidden"}
SITE = {"latitude_deg": 42.4, "longitude_deg": 13.5}
SUN = {"site": SITE, "axes": {"x": [1, 0, 0], "y": [0, 1, 0], "z": [0, 0, 1]}}


@pytest.fixture
def study(plain):
    """(keys of the source, of the chain) -> paths of a study with such a source."""
    gas = plain["gas"]
    gas["sources"] |= {"detector": MADE, "other": MADE}
    gas["responses"] = {"hidden": {"threshold": {"electrons": 1}}}
    gas["observed"] = {"run7": {"sources": ["run7"], "direction_test": SUN}}

    def check(keys=(), **blocks):
        gas["sources"]["run7"] = {**HITS, **dict(keys)}
        gas.update(blocks)
        return check_config({"results": "out", **plain}).paths["gas"]

    return check


FIT = {
    "data": "run7",
    "energy_keV": 50,
    "simulated": ["other"],
    "response": "hidden",
    "parameters": {"threshold.electrons": [0.2, 3]},
}


def test_they_are_made_of_their_tracks_part_by_part(study):
    paths = study()
    parts = ["0000_50keV", "0001_50keV", "0002_50keV"]
    assert [*paths.parts("run7")] == parts
    assert paths.part_input("run7", parts[1]) == [paths.track_table("detector", parts[1])]
    assert paths.shards("run7") == [paths.shard("run7", "run7", part) for part in parts]
    assert "detector" in paths.used_sources
    assert paths.hits_sources == ["run7"]


def test_a_job_knows_the_response_and_who_it_is(study):
    paths = study({"pixels": [4, 3], "signal": {"share": 0.2, **SUN}})
    block = paths.hits_block("run7", "0001_50keV")
    assert (block["source"], block["part"], block["index"]) == ("run7", "0001_50keV", 1)
    source = read_hit_source(block["block"])
    assert source == paths.block.sources["run7"]
    assert source.response.value("threshold.electrons") == 1


def test_they_are_measured_events_like_others(study):
    paths = study(
        detector_fit=FIT,
        gain_map={"data": "run7", "simulated": ["other"], "response": "fitted", "pixels": [4, 3]},
    )
    assert paths.observed_predictions() == ["out/gas/predictions/run7/RCN.parquet"]
    assert paths.detector_fit_inputs()["shards"] == paths.shards("run7")
    assert paths.gain_map_inputs()["hits"] == paths.tracks("detector")
    assert paths.readers == ["pipeline.gas.hits.simulated.simulated_hits"]
    # No track may be on both sides of the fit.
    assert paths.sources_block()["pools"]["detector_fit"] == ["other", "detector"]


def test_their_tracks_may_be_in_a_test_set(study):
    paths = study(test_sets={"run7_true": {"sources": ["detector"], "response": "hidden"}})
    assert paths.set_tracks("run7_true") == paths.set_tracks("run7") == ["detector"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"tracks": "run8"}, r"sources.run7.tracks: there is no track source 'run8'; .* detector"),
        ({"tracks": "run7"}, r"sources.run7.tracks: there is no track source 'run7'"),
        ({"response": "other"}, r"sources.run7.response: no response 'other'; responses: hidden"),
        ({"response": "fitted"}, r"sources.run7.response: no response 'fitted'"),
        ({"response": {"gain": {"map": "map.csv"}}}, r"response: leave out gain.map; `pixels`"),
        ({"response": {"cell_um": [250, 50, 252]}}, r"sources.run7.response: its numbers are"),
        ({"pixels": [0, 10]}, r"pixels"),
        ({"signal": {"share": 1.5, **SUN}}, r"share.*less than or equal to 1"),
        ({"signal": {"share": 0.5}}, r"give either `axis`, or `site` and `axes`"),
        ({"days": 0}, r"days.*greater than 0"),
        ({"files": ["run7.root"]}, r"unknown key 'files'"),
    ],
)
def test_bad_input_is_one_clear_error(study, keys, message):
    with pytest.raises(ConfigError, match=message):
        study(keys)


@pytest.mark.parametrize(
    ("blocks", "user"),
    [
        ({"training_set": {"sources": ["detector"]}}, "training_set"),
        ({"detector_fit": {**FIT, "simulated": ["detector"]}}, "detector_fit.simulated"),
        (
            {
                "gain_map": {"data": "run7", "simulated": ["detector"], "pixels": [4, 3]}
                | {"response": "hidden"}
            },
            "gain_map.simulated",
        ),
        (
            {
                "test_sets": {"like": {"sources": ["detector"], "response": "hidden"}},
                "domain_gap": {"data": "run7", "simulated": "like", "network": "RCN"},
            },
            "domain_gap.simulated",
        ),
    ],
)
def test_nothing_that_is_compared_with_them_has_their_tracks(study, blocks, user):
    with pytest.raises(ConfigError, match=rf"run7.tracks: 'detector' is also in {user}"):
        study(**blocks)


def test_the_fit_states_the_energy_of_the_tracks(study):
    with pytest.raises(ConfigError, match=r"run7.tracks: .* 50 keV, but .*energy_keV is 40"):
        study(detector_fit={**FIT, "energy_keV": 40})


@pytest.mark.parametrize("place", ["training_set", "test_sets.mine"])
def test_they_have_no_truth(study, place):
    block = {"sources": ["run7"], "smearing_um": 200}
    key, _, name = place.partition(".")
    with pytest.raises(ConfigError, match=rf"{place}: source 'run7' .* have no truth"):
        study(**{key: {name: block} if name else block})
