"""Every figure as files, and what it shows."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_clusters import made_clusters
from helpers.made_scores import made_predictions, write_made

from pipeline.emulsion.axes.stage import axes_table
from pipeline.emulsion.clusters.table import write_clusters
from pipeline.emulsion.config.analysis import Rejection
from pipeline.emulsion.figures import images
from pipeline.emulsion.figures.axes import draw_axes
from pipeline.emulsion.figures.efficiency import draw_efficiency
from pipeline.emulsion.figures.images import Shown, chosen_events, draw_clusters
from pipeline.emulsion.figures.looks import lines_of
from pipeline.emulsion.figures.methods import draw_methods
from pipeline.emulsion.figures.needed import draw_needed
from pipeline.emulsion.figures.rejection import draw_rejection
from pipeline.emulsion.figures.scores import draw_scores
from pipeline.emulsion.figures.shifts import draw_shifts
from pipeline.emulsion.figures.transfer import draw_transfer
from pipeline.emulsion.rejection.stage import rejection_tables

NAMES = {"C100": "C100", "fog": "fog"}


@pytest.fixture
def clusters(rng):
    """Predictions of one signal and one background sample."""
    parts = [
        made_predictions(rng, name, 400, name == "C100", (name == "C100") * 2) for name in NAMES
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture
def rejection(clusters):
    settings = Rejection(efficiencies=(0.05, 0.3, 0.6))
    labels = {"score": "mine", "trained_on": ""}
    return rejection_tables(clusters, "logit", labels, settings)["rejection"]


def recoil_axes(clusters):
    signal = clusters[clusters["label"] == 1]
    energies = [signal.assign(energy_keV=e) for e in (30.0, 100.0)]
    angles = {"axis_angle_deg": 1.0, "shift_angle_deg": 2.0}
    return axes_table(pd.concat(energies).assign(**angles))


def efficiencies():
    rows = [("C", 10.0, 0, 100), ("C", 60.0, 40, 100), ("Ag", 60.0, 20, 100)]
    table = pd.DataFrame(rows, columns=["ion", "energy_keV", "selected", "made"])
    table["efficiency"] = table["selected"] / table["made"]
    return table.assign(
        efficiency_low=table["efficiency"] * 0.9, efficiency_high=table["efficiency"] + 0.02
    )


def needed():
    rows = [
        (mass, kind, fraction, n * mass, beyond)
        for mass, beyond in ((10.0, "above grid"), (100.0, "no"))
        for kind, n in (("measured axes", 9.0), ("true sense", 3.0))
        for fraction in (0.5, 1.0)
    ]
    names = ["mass_GeV", "directions", "signal_fraction", "signal_events", "beyond"]
    table = pd.DataFrame(rows, columns=names).assign(statistic="axis", level="3 sigma")
    table["exposure_kg_yr"] = 1e3 * table["signal_events"]
    for column in ("signal_events", "exposure_kg_yr"):
        table[f"{column}_err"] = table[column].where(table["beyond"] == "no") / 10
    return table


def transferred():
    table = pd.DataFrame({"signal": "C100", "angle_low_deg": [0.0, 45], "efficiency": [0.5, 0.6]})
    table["angle_high_deg"] = table["angle_low_deg"] + 45
    table = table.assign(low=table["efficiency"] - 0.1, high=table["efficiency"] + 0.05)
    return pd.concat([table.assign(network=name) for name in ("mine", "other")])


def test_a_file_of_each_kind(clusters, rejection, check_figure):
    axes = recoil_axes(clusters)
    shown = [Shown(made_clusters(1).images[0], "C100")]
    shifts = {name: np.linspace(1, 90, 50) for name in NAMES}
    check_figure("scores", lambda: draw_scores({"mine": clusters}, NAMES))
    check_figure("rejection", lambda: draw_rejection(rejection, NAMES, 1e4))
    check_figure("methods", lambda: draw_methods(rejection, "fog"))
    check_figure("axes", lambda: draw_axes(axes, axes))
    check_figure("efficiency", lambda: draw_efficiency(efficiencies()))
    check_figure("needed", lambda: draw_needed(needed(), "3 sigma", [1.0, 0.5]))
    check_figure("transfer", lambda: draw_transfer(transferred(), 0.6))
    check_figure("shifts", lambda: draw_shifts(shifts, NAMES))
    check_figure("images", lambda: draw_clusters(shown))


def test_curves_and_bands_are_the_table_and_published_points_are_beside_them(rejection):
    (axis,) = draw_rejection(rejection, NAMES, 1e4).axes
    lines = {line.get_label(): line for line in axis.lines}
    np.testing.assert_array_equal(lines["C100"].get_ydata(), rejection["rejection"])
    (band,) = [c for c in axis.collections if c.get_paths() and len(c.get_facecolor())]
    assert band.get_paths()[0].vertices[:, 1].min() == rejection["low"].min()
    points = {
        (x, round(y))
        for line in axis.lines
        if len(line.get_xdata()) == 1
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    assert {(0.6, 435), (0.374, 2381)} <= points


def test_where_nothing_passes_a_limit_is_drawn(rejection):
    table = rejection.assign(passed=0, rejection=np.nan, high=np.nan)
    (axis,) = draw_rejection(table, {}, 1e4).axes
    limits = [line for line in axis.lines if line.get_marker() == "^"]
    np.testing.assert_array_equal(limits[0].get_ydata(), table["low"])


def test_samples_of_one_published_name_share_a_colour():
    looks = lines_of(["fog", "C30", "C30_beam"], {"C30": "C30", "C30_beam": "C30"})
    assert looks["C30"]["color"] == looks["C30_beam"]["color"] != looks["fog"]["color"]
    assert looks["C30"]["linestyle"] != looks["C30_beam"]["linestyle"]


def test_shares_of_larger_shifts(clusters):
    shift = np.array([10.0, 20, 30, 200])
    figure = draw_shifts({"fog": shift}, NAMES)
    curve, published = figure.axes[1].lines
    at = dict(zip(curve.get_xdata(), curve.get_ydata(), strict=True))
    assert (at[0.0], at[20.0], at[120.0]) == (1, 0.5, 0.25)
    assert (published.get_xdata()[0], published.get_ydata()[0]) == (38.5, 0.312)


def test_efficiencies_and_limits_are_the_table():
    (axis,) = draw_efficiency(efficiencies()).axes
    limits = [line for line in axis.lines if line.get_marker() == "v" and len(line.get_xdata())]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in limits] == [(10.0, 0.02)]


def test_examples_are_the_extremes_and_the_one_at_the_threshold():
    scores = pd.DataFrame({"event_id": [7, 8, 9, 10], "logit": [0.2, 3.0, -4.0, 1.1]})
    assert list(chosen_events(scores, 1.0).values()) == [8, 10, 9]


def test_examples_are_of_the_first_file_of_each_sample(tmp_path, rng):
    made = made_clusters(6)
    shards = []
    for name in NAMES:
        shards.append(str(tmp_path / f"{name}.parquet"))
        write_clusters(shards[-1], [made.take(np.arange(3))], 40, (27, 27), {})
    tables = [made_predictions(rng, name, 6, name == "C100") for name in NAMES]
    inputs = {"predictions": [write_made(tmp_path / "p.parquet", *tables)], "shards": shards}
    figure = images.from_files(inputs, {"samples": list(NAMES), "efficiency": 0.5})
    rows = [axis for axis in figure.axes if axis.get_ylabel() and axis.images]
    assert len(rows) == 6
    assert rows[0].get_title() == "0°"
    shown = rows[0].images[0].get_array()
    assert any(np.array_equal(shown, image[0, 6:34, 6:34]) for image in made.images[:3])
