"""Events that are not like those that a network was trained on."""

import numpy as np
import pytest
from helpers.made_predictions import around_z

from pipeline.gas.config.card import Conditions
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.evaluation.conditions import outside

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
