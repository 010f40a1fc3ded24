"""Angular resolution at each energy of a test set."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import scattered

from pipeline.gas.evaluation.resolution import resolution_table


def test_a_spectrum_has_the_width_of_each_of_its_energies(rng):
    """A von Mises-Fisher distribution of large kappa is a Gaussian of sigma 1 / sqrt(kappa)."""
    kappas = {40.0: 400.0, 50.0: 900.0}
    parts = [
        scattered(np.full(3000, kappa), np.full(3000, kappa), rng, energy_keV=energy)
        for energy, kappa in kappas.items()
    ]
    parts[0].loc[:999, ["pred_x", "pred_y", "pred_z"]] = np.nan
    table = resolution_table("spectrum", {"HCN": pd.concat(parts, ignore_index=True)})
    assert table["energy_keV"].tolist() == [40, 50]
    assert table["events"].tolist() == [2000, 3000]
    assert set(table["sigma_um"]) == {443}
    for row, kappa in zip(table.itertuples(), kappas.values(), strict=True):
        expected = np.degrees(kappa**-0.5)
        assert row.core_width_deg == pytest.approx(expected, abs=4 * row.core_width_deg_err)
        assert row.core_width_deg_err < 0.03 * expected


def test_several_smearings_or_a_continuous_spectrum_have_no_rows(rng):
    kappa = np.full(60, 9.0)
    table = scattered(kappa, kappa, rng)
    several = table.assign(sigma_um=np.linspace(160, 466, 60))
    continuous = table.assign(energy_keV=np.linspace(40, 50, 60))
    assert len(resolution_table("one", {"HCN": table})) == 1
    for other in (several, continuous):
        assert resolution_table("other", {"HCN": other}).empty
