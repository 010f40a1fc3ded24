import numpy as np
import pandas as pd
import pytest

from pipeline.gas.comparison.histograms import observable_histograms
from pipeline.gas.figures.track_observables import draw_track_observables


def test_histograms_are_densities_of_all_known_values():
    values = pd.Series(np.linspace(0, 100, 1001))
    sample = pd.DataFrame({"length_mm": pd.concat([values, pd.Series([np.nan] * 9)])})
    half = sample.iloc[::2] / 2
    table = observable_histograms(half, sample, ["length_mm"], 10)
    # Uniform over 0..100; the bins reach over the central 96 %.
    np.testing.assert_allclose([table["low"].min(), table["high"].max()], [2, 98])
    np.testing.assert_allclose(table["reference"], 0.01, rtol=0.02)
    np.testing.assert_allclose(table["simulated"].iloc[:4], 0.02, rtol=0.03)
    assert (table["simulated"].iloc[6:] == 0).all()
    counts = (0.01 * 9.6) * 1001
    np.testing.assert_allclose(table["reference_err"], 0.01 / np.sqrt(counts), rtol=0.03)


@pytest.fixture(scope="module")
def axes(comparison):
    return draw_track_observables(*comparison).axes


def test_distances_and_the_null_are_the_tables(axes, comparison):
    distances, _ = comparison
    markers = [line for line in axes[0].lines if line.get_linestyle() == "None"]
    nulls = [line for line in axes[0].lines if line.get_linestyle() == "--"]
    for line, null, (_, table) in zip(markers, nulls, distances.groupby("energy_keV"), strict=True):
        np.testing.assert_allclose(line.get_xdata(), table["ks"])
        assert null.get_xdata()[0] == table["ks_null"].median()
    labels = [label.get_text() for label in axes[0].get_yticklabels()]
    assert labels == ["max radius [mm]", "skewness", "electrons within 5 mm"]


def test_each_histogram_shows_both_samples_at_each_energy(axes, comparison):
    _, histograms = comparison
    assert [axis.get_xlabel() for axis in axes[1:]] == ["max radius [mm]", "skewness"]
    shown = np.concatenate([bars.lines[0].get_ydata(orig=False) for bars in axes[1].containers])
    table = histograms[histograms["observable"] == "max_radius_mm"].sort_values(
        ["energy_keV", "low"]
    )
    np.testing.assert_allclose(shown, table["simulated"])
