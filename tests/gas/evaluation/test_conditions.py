"""Events that are not like those that a network was trained on."""

import re

import numpy as np
import pytest
from helpers.made_predictions import around_z

from pipeline.gas.config.card import Conditions
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.evaluation.conditions import outside, size_ranges

TRAINED = Conditions.model_validate(
    {
        "gases": [{}],
        "grid": {},
        "energy": {"low_keV": 40, "high_keV": 50},
        "smearing": {"low_um": 160, "high_um": 466.1},
    }
)
USUAL = {"mine": GasMixture()}


def events(energy_keV=40.0, sigma_um=443.0):
    return around_z(np.full(5, 0.9), energy_keV=energy_keV, sigma_um=sigma_um)


@pytest.mark.parametrize(("energy", "sigma"), [(40, 160), (45, 300), (50, 466.1)])
def test_what_was_trained_on_has_no_remark(energy, sigma):
    assert outside(TRAINED, Grid(), USUAL, events(energy, sigma)) == []


@pytest.mark.parametrize(
    ("grid", "gases", "table", "told"),
    [
        (Grid(), USUAL, events(30.0), "energies of 30 keV, trained on 40 to 50 keV"),
        (Grid(), USUAL, events(45, 159.0), "smearing of 159 um, trained on 160 to 466.1 um"),
        (
            Grid(bins=60, voxel_um=1000),
            USUAL,
            events(),
            "the grid is 60^3 voxels of 1000 um, trained on 120^3 voxels of 500 um",
        ),
        (
            Grid(),
            {**USUAL, "other": GasMixture(pressure_torr=380)},
            events(),
            "the gas of source other is 70 % He, 30 % CO2 at 380 torr and 20 C, trained in "
            "70 % He, 30 % CO2 at 760 torr and 20 C",
        ),
        (
            Grid(),
            {"mine": None},
            events(),
            "the gas of source mine is not stated, trained in 70 % He, 30 % CO2 at 760 torr and "
            "20 C",
        ),
    ],
)
def test_each_difference_is_told_with_both_values(grid, gases, table, told):
    assert outside(TRAINED, grid, gases, table) == [told]


def test_a_range_counts_with_both_ends():
    table = around_z(np.full(3, 0.9), energy_keV=np.array([39.0, 45.0, 55.0]))
    assert outside(TRAINED, Grid(), USUAL, table) == [
        "energies of 39 to 55 keV, trained on 40 to 50 keV"
    ]


def test_another_readout_is_told():
    hard, soft = (Response.model_validate({"threshold": {"electrons": t}}) for t in (2, 1))
    measured = TRAINED.model_copy(update={"response": soft})
    for trained, response, told in (
        (TRAINED, hard, ["a readout response, trained with smearing only"]),
        (measured, None, ["smearing only, trained with a readout response"]),
        (measured, hard, ["another readout response than in the training"]),
        (measured, soft, []),
    ):
        assert outside(trained, Grid(), USUAL, events(), response) == told


def training_events(rng):
    """Events of 40 and 50 keV with 28 +- 1 electrons per keV in about 500 voxels."""
    energy = np.repeat([40.0, 50.0], 5000)
    sizes = {
        "electrons": energy * rng.normal(28, 1, len(energy)),
        "occupied_voxels": rng.normal(500, 20, len(energy)),
    }
    return around_z(np.full(len(energy), 0.9), energy_keV=energy).assign(**sizes)


def test_ranges_are_those_of_a_gaussian(rng):
    ranges = size_ranges(training_events(rng))
    for end, sign in (("low", -1), ("high", 1)):
        charge, voxels = (getattr(ranges[name], end) for name in ("electrons_per_keV", "voxels"))
        assert charge == pytest.approx(28 + sign * 1.96, abs=0.1)
        assert voxels == pytest.approx(500 + sign * 3.09 * 20, abs=12)
    assert ranges["electrons"].low == pytest.approx(40 * (28 - 2.88), rel=0.01)


def test_events_without_an_energy_have_no_charge_per_keV(rng):
    events = training_events(rng).assign(energy_keV=np.nan)
    assert size_ranges(events).keys() == {"electrons", "voxels"}


def test_lost_charge_is_told_where_energies_are_known_and_where_they_are_not(rng):
    events = training_events(rng)
    trained = TRAINED.model_copy(update=size_ranges(events))
    assert outside(trained, Grid(), USUAL, events) == []
    for kept, charge in ((0.9, "25.2"), (1 / 3, "9.3")):
        fewer = events.assign(electrons=kept * events["electrons"])
        (told,) = outside(trained, Grid(), USUAL, fewer)
        assert told.startswith(f"a median of {charge}")
        assert "electrons per keV, trained on 26.1 to 30" in told
    without = fewer.assign(energy_keV=np.nan)
    (told,) = outside(trained, Grid(), USUAL, without)
    assert re.fullmatch(r"100 % of the events have a number of electrons outside of .*", told)
    assert outside(trained, Grid(), USUAL, events.assign(energy_keV=np.nan)) == []


def test_more_than_a_tenth_of_other_voxels_is_told(rng):
    events = training_events(rng)
    trained = TRAINED.model_copy(update=size_ranges(events))
    for share, told in ((0.05, 0), (0.2, 1)):
        fewer = np.where(rng.random(len(events)) < share, 100, events["occupied_voxels"])
        remarks = outside(trained, Grid(), USUAL, events.assign(occupied_voxels=fewer))
        assert len(remarks) == told


def test_a_card_of_before_tells_nothing_of_sizes(rng):
    assert outside(TRAINED, Grid(), USUAL, training_events(rng).assign(electrons=1.0)) == []
    assert not {"electrons_per_keV", "electrons", "voxels"} & TRAINED.plain().keys()
