"""A study of measured events with a trained network: nothing needs a truth."""

import re

from helpers.made_networks import UNET, make_folder

AGAINST_THE_SUN = {
    "site": {"latitude_deg": 42.4, "longitude_deg": 13.5},
    "axes": {"x": [1, 0, 0], "y": [0, 1, 0], "z": [0, 0, 1]},
}


def planned(copy, **keys):
    """Jobs of a gas study of one file of hits with a trained network, by rule."""
    folder = make_folder(copy.folder / "nets" / "UNet", {**UNET, "start_of_track": True})
    (copy.folder / "run7.h5").touch()
    gas = {
        "observed": {"run7": {"sources": ["run7"]}},
        "networks": {"UNet": {"weights": str(folder)}},
        **keys,
    }
    gas["sources"] = {"run7": {"kind": "hits", "files": ["run7.h5"]}, **keys.get("sources", {})}
    copy.write_config({"results": "results", "gas": gas})
    return dict(re.findall(r"^(\w+) +(\d+)$", copy.run("-n"), re.M))


def test_a_study_without_any_truth_is_a_study(pristine, tmp_path):
    jobs = planned(pristine.twin(tmp_path / "copy"))
    assert {name for name in jobs if name.startswith("gas_")} == {
        *("gas_hits", "gas_containment", "gas_predict", "gas_observed")
    }
    assert jobs["figure"] == "2"


def test_measured_events_are_fitted_and_compared(pristine, tmp_path):
    made = {"kind": "simulation", "energies_keV": [50], "events_per_energy": 10}
    jobs = planned(
        pristine.twin(tmp_path / "copy"),
        sources={
            "calibration": made,
            "other": made,
            "run7": {"kind": "hits", "files": ["run7.h5"], "columns": {"time": "time"}},
        },
        observed={"run7": {"sources": ["run7"], "direction_test": AGAINST_THE_SUN}},
        test_sets={"like_run7": {"sources": ["other"], "response": "fitted"}},
        detector_fit={
            "data": "run7",
            "energy_keV": 50,
            "simulated": ["calibration"],
            "response": {"threshold": {"electrons": 1}},
            "parameters": {"threshold.electrons": [0.2, 3]},
        },
        response_sensitivity={"test_set": "like_run7"},
        domain_gap={"data": "run7", "simulated": "like_run7", "network": "UNet"},
        attention={"network": "UNet", "nominal": "like_run7", "sets": ["run7"]},
    )
    # Tracks of both sources, but voxels of the test set only.
    expected = {
        "gas_tracks": "2",
        "gas_voxels": "1",
        "gas_detector_fit": "1",
        "gas_response_sensitivity": "1",
        "gas_domain_gap": "1",
        "gas_attention": "1",
        "gas_observed_p": "1",
    }
    assert {name: jobs.get(name) for name in expected} == expected


def test_a_network_is_trained_on_events_of_known_direction(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    (copy.folder / "lab.h5").touch()
    made = {"kind": "simulation", "energies_keV": [50], "events_per_energy": 10}
    columns = {"event": "event", "direction": ["dx", "dy", "dz"]}
    jobs = planned(
        copy,
        sources={"made": made, "lab": {"kind": "hits", "files": ["lab.h5"], "columns": columns}},
        training_set={"sources": ["lab", "made"], "smearing_um": 300},
        networks={"RCN": {"architecture": "rcn", "training_events": "fresh_views"}},
    )
    # Tracks and voxels of `made`; hits of `lab` for the training, and those that are predicted.
    expected = {"gas_tracks": "1", "gas_voxels": "1", "gas_hits": "2", "gas_train": "1"}
    assert {name: jobs.get(name) for name in expected} == expected


def test_the_map_that_the_study_finds_may_be_that_of_a_response(pristine, tmp_path):
    """The map comes first; that it is not there yet is no error."""
    made = {"kind": "simulation", "energies_keV": [50], "events_per_energy": 10}
    copy = pristine.twin(tmp_path / "copy")
    found = {"gain": {"map": "results/gas/tables/gain_map.csv"}}
    keys = {
        "sources": {"calibration": made, "other": made},
        "test_sets": {"like_run7": {"sources": ["other"], "response": found}},
        "gain_map": {"data": "run7", "simulated": ["calibration"], "pixels": [4, 4]}
        | {"response": {"threshold": {"electrons": 1}}},
    }
    planned(copy, **keys)
    copy.pretend()
    (copy.folder / "results/gas/tables/gain_map.csv").write_text("pixel_x,pixel_y,gain\n0,0,1\n")
    pending = copy.pending()
    assert any("/voxels/like_run7/" in file for file in pending)
    assert not any("/voxels/run7/" in file or "/tracks/" in file for file in pending)


def test_hits_are_made_of_tracks_where_there_is_no_file(pristine, tmp_path):
    """The calibration run and the other one are two sources of the same rule."""
    made = {"kind": "simulation", "energies_keV": [50], "events_per_energy": 10}
    hits = {"kind": "simulated_hits", "response": {"threshold": {"electrons": 1}}}
    copy = pristine.twin(tmp_path / "copy")
    jobs = planned(
        copy,
        sources={
            **dict.fromkeys(("detector", "source", "calibration"), made),
            "run7": {**hits, "tracks": "detector"},
            "source_run": {**hits, "tracks": "source", "pixels": [4, 4]},
        },
        observed={
            "run7": {"sources": ["run7"], "direction_test": AGAINST_THE_SUN},
            "source_run": {"sources": ["source_run"], "predict": False},
        },
        gain_map={"data": "source_run", "simulated": ["calibration"], "pixels": [4, 4]}
        | {"response": {"threshold": {"electrons": 1}}},
    )
    expected = {"gas_tracks": "3", "gas_hits": "2", "gas_gain_map": "1", "gas_predict": "1"}
    assert {name: jobs.get(name) for name in expected} == expected
    assert "gas_voxels" not in jobs
