"""The directional test of measured events in a config."""

import numpy as np
import pytest

from pipeline.gas.config.observed import Axes, DirectionTest
from pipeline.study import ConfigError, check_config

SITE = {"latitude_deg": 42.4, "longitude_deg": 13.5}
AXES = {"x": [0, 1, 0], "y": [0, 0, 1], "z": [1, 0, 0]}
SUN = {"site": SITE, "axes": AXES}


@pytest.fixture
def study(plain):
    """A function that checks a config with this test on a set with, or without, event times."""

    def check(test, time="t"):
        hits = {"kind": "hits", "files": ["run7.root"], "columns": {"time": time}}
        plain["gas"]["sources"]["run7"] = hits
        plain["gas"]["observed"] = {"run7": {"sources": ["run7"], "direction_test": test}}
        return check_config({"results": "out", **plain}).paths["gas"]

    return check


def test_no_test_is_the_default(study):
    paths = study(None)
    assert paths.direction_test_inputs() == {"predictions": [], "events": []}
    assert paths.table("observed_p.csv") not in paths.targets()


@pytest.mark.parametrize("test", [{"axis": [0, 0, 2]}, SUN])
def test_its_table_is_a_target_recorded_and_on_the_page(study, test, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run7.root").touch()
    paths = study(test)
    table = paths.table("observed_p.csv")
    assert table in paths.targets()
    assert table in paths.recorded_tables()
    assert table in paths.page_tables()
    inputs = paths.direction_test_inputs()
    assert inputs["predictions"] == ["out/gas/predictions/run7/RCN.parquet"]
    assert len(inputs["events"]) == ("site" in test)


def test_a_fixed_axis_needs_no_times(study):
    assert study({"axis": [0, 0, 1]}, time=None).direction_tests["run7"].axis == (0, 0, 1)


def test_the_sun_needs_times(study):
    with pytest.raises(ConfigError, match=r"site: .* sources\.run7\.columns\.time"):
        study(SUN, time=None)


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ({}, "give either `axis`, or `site` and `axes`"),
        ({"axis": [0, 0, 1], **SUN}, "give either `axis`, or `site` and `axes`"),
        ({"axis": [0, 0, 0]}, r"axis: must not be \[0, 0, 0\]"),
        ({"site": SITE}, "`site` and `axes` belong together"),
        ({"axis": [0, 0, 1], "axes": AXES}, "`site` and `axes` belong together"),
        ({**SUN, "site": {**SITE, "latitude_deg": 91}}, "latitude_deg.*less than or equal to 90"),
        ({**SUN, "site": {**SITE, "longitude_deg": 254}}, "longitude_deg.*less than or equal"),
        ({**SUN, "axes": {**AXES, "z": [1, 1, 0]}}, "axes.*unit vectors at right angles"),
        ({**SUN, "axes": {**AXES, "z": [-1, 0, 0]}}, "axes.*left-handed"),
        ({**SUN, "permutations": 10}, "permutations.*greater than or equal to 99"),
    ],
)
def test_tests_that_make_no_sense(study, test, message):
    with pytest.raises(ConfigError, match=message):
        study(test)


def test_directions_that_are_not_asked_are_not_predicted(study, plain):
    study(None)
    plain["gas"]["observed"]["run7"]["predict"] = False
    paths = check_config({"results": "out", **plain}).paths["gas"]
    assert paths.observed_predictions() == []
    assert paths.table("observed.csv") not in [*paths.targets(), *paths.page_tables()]
    assert "run7" in paths.block.observed
    plain["gas"]["observed"]["run7"]["direction_test"] = SUN
    with pytest.raises(ConfigError, match=r"direction_test needs predictions"):
        check_config(plain)


def test_a_gap_needs_predictions(study, plain):
    study(None)
    plain["gas"]["observed"]["run7"]["predict"] = False
    plain["gas"]["domain_gap"] = {"data": "run7", "simulated": "50keV", "network": "RCN"}
    with pytest.raises(ConfigError, match=r"domain_gap.data: there is no 'run7'; there are 50keV"):
        check_config(plain)


def test_axes_turn_the_sky_into_coordinates_of_the_detector():
    turn = Axes(**AXES).matrix
    np.testing.assert_array_equal(turn @ [0, 0, 1], [0, 1, 0])  # up is y
    assert DirectionTest(**SUN).axes == Axes(**AXES)
