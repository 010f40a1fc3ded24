import numpy as np
import pandas as pd
import pytest

from pipeline.gas.figures.resolution import ATTAINABLE, draw_resolution
from pipeline.physics.straight_fit import least_width_deg


@pytest.fixture
def summary(evaluated):
    """Two energies at one smearing, and one of several energies."""
    again = evaluated.summary.assign(
        energy_keV=60.0, test_set="high", core_width_deg=evaluated.summary["core_width_deg"] / 2
    )
    mixed = again.assign(energy_keV=np.nan, test_set="mixed")
    return [evaluated.summary, again, mixed]


def test_each_smearing_has_a_panel_with_the_widths_by_energy(summary):
    table = pd.concat(summary)
    figure = draw_resolution(table, [])
    smearings = sorted(table["sigma_um"].unique())
    assert [f"{s:g}" in axis.get_title() for s, axis in zip(smearings, figure.axes, strict=True)]
    own = table[(table["method"] == "HCN") & (table["sigma_um"] == smearings[0])].dropna(
        subset="energy_keV"
    )
    curves = [bars.lines[0].get_xydata().tolist() for bars in figure.axes[0].containers]
    expected = own.sort_values("energy_keV")[["energy_keV", "core_width_deg"]]
    assert expected.to_numpy().tolist() in curves


def test_what_is_attainable_stands_beside_sets_in_its_gas(evaluated):
    names = [text.get_text() for text in draw_resolution(evaluated.summary, []).legends[0].texts]
    assert ATTAINABLE not in names
    first = evaluated.summary.iloc[0]
    figure = draw_resolution(evaluated.summary, [first["test_set"]])
    (line,) = [line for axis in figure.axes for line in axis.lines if line.get_linestyle() == "--"]
    energy, width = line.get_data()
    assert width == pytest.approx(least_width_deg(energy, first["sigma_um"]))
