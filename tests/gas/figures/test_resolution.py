import numpy as np
import pandas as pd
import pytest

from pipeline.gas.figures.resolution import ATTAINABLE, PUBLISHED, draw_resolution
from pipeline.physics.straight_fit import SIMULATED, least_width_deg


@pytest.fixture
def two_energies(evaluated):
    """Each test set at two energies."""
    again = evaluated.resolution.assign(
        energy_keV=60.0, core_width_deg=evaluated.resolution["core_width_deg"] / 2
    )
    return pd.concat([evaluated.resolution, again])


def legend(figure):
    return [text.get_text() for text in figure.legends[0].texts]


def test_each_smearing_has_a_panel_with_the_widths_by_energy(two_energies):
    figure = draw_resolution(two_energies, [])
    smearings = sorted(two_energies["sigma_um"].unique())
    assert [f"{s:g}" in axis.get_title() for s, axis in zip(smearings, figure.axes, strict=True)]
    own = two_energies[
        (two_energies["method"] == "HCN") & (two_energies["sigma_um"] == smearings[0])
    ]
    curves = [bars.lines[0].get_xydata().tolist() for bars in figure.axes[0].containers]
    expected = own.sort_values("energy_keV")[["energy_keV", "core_width_deg"]]
    assert expected.to_numpy().tolist() in curves


def test_what_is_attainable_stands_beside_sets_in_its_gas(evaluated):
    assert ATTAINABLE not in legend(draw_resolution(evaluated.resolution, []))
    first = evaluated.resolution.iloc[0]
    figure = draw_resolution(evaluated.resolution, [first["test_set"]])
    (line,) = [line for axis in figure.axes for line in axis.lines if line.get_linestyle() == "--"]
    energy, width = line.get_data()
    assert width == pytest.approx(least_width_deg(energy, first["sigma_um"]))


@pytest.mark.parametrize(("test_set", "smearing"), [("40keV_443um", 443), ("50keV_200um", None)])
def test_published_simulations_stand_beside_smearings_near_theirs(evaluated, test_set, smearing):
    figure = draw_resolution(evaluated.resolution, [test_set])
    assert (PUBLISHED in legend(figure)) == (smearing is not None)
    diamonds = {
        axis.get_title(): bars.lines[0].get_xydata()
        for axis in figure.axes
        for bars in axis.containers
        if bars.lines[0].get_marker() == "D" and bars.lines[0].get_color() == "0.4"
    }
    if smearing:
        ((title, points),) = diamonds.items()
        assert f"{smearing}" in title
        assert points == pytest.approx(np.array(SIMULATED)[:, :2])
    else:
        assert not diamonds
