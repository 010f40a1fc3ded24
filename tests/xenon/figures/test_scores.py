import numpy as np
import pytest
from helpers.made_search import (
    BENCHMARK,
    made_scores,
    made_separation,
    made_trigger,
    made_weighted,
)

from pipeline.xenon.figures.classifier import draw_classifier
from pipeline.xenon.figures.latent import draw_latent
from pipeline.xenon.figures.recoils import COLOUR
from pipeline.xenon.figures.scores import draw_scores
from pipeline.xenon.figures.trigger import draw_trigger


def steps(axis):
    """Heights of the histograms of an axis by label."""
    return {patch.get_label(): patch.get_path().vertices[:, 1].max() for patch in axis.patches}


def test_scores_of_samples_and_of_the_expected_events():
    table, weighted = made_scores(), made_weighted()
    samples = {name: table.loc[table["recoil"] == i, "ts"] for i, name in enumerate(("ER", "NR"))}
    wimps = {"wimp 20GeV": samples["NR"] + 1, "wimp 500GeV": samples["NR"] + 2}
    scores = {name: ts.to_numpy() for name, ts in (samples | wimps).items()}
    figure = draw_scores(scores, weighted, BENCHMARK, 200.0)
    left, right = figure.axes
    assert set(steps(left)) == set(scores)
    assert len(steps(right)) == 3
    twice = draw_scores(scores, weighted, BENCHMARK, 400.0).axes[1]
    for label, height in steps(right).items():
        assert steps(twice)[label] == pytest.approx(2 * height)


def test_latent_space_is_drawn_where_it_is_widest():
    table = made_scores()
    scores = {"ER": table[table["recoil"] == 0], "NR": table[table["recoil"] == 1]}
    first, second, _ = draw_latent(scores).axes
    assert (first.get_xlabel()[-1], first.get_ylabel()[-1]) == ("2", "3")
    (points,) = second.collections
    energy = scores["NR"]["energy_keV"].to_numpy()
    np.testing.assert_allclose(points.get_offsets()[:, 0], energy / 10)
    np.testing.assert_allclose(points.get_array(), energy)
    assert points.get_clim() == (0, table["energy_keV"].max())


def test_separation_is_the_tables():
    roc, accuracy = made_separation()
    left, right = draw_classifier(roc, accuracy).axes
    curve = roc[(roc["score"] == "classifier") & np.isinf(roc["high_keV"])]
    found = next(x for x in left.lines if x.get_label() == "classifier, all energies")
    np.testing.assert_array_equal(found.get_xdata(), curve["nr_acceptance"])
    # Only bins: not the rows of all energies and of those below 15 keV.
    bins = accuracy[(accuracy["set"] == "test") & ~accuracy["high_keV"].isin([np.inf])]
    bins = bins[(bins["low_keV"] > 0) | (bins["high_keV"] < 15)]
    shown = next(x for x in right.containers if x.get_label() == "test")
    height = shown.lines[0].get_ydata().astype(float)
    np.testing.assert_allclose(height, 100 * bins["accuracy"])


def test_s2_only_is_dashed_and_the_region_dotted_beside_the_triggers():
    table = made_trigger()
    axis = draw_trigger(table).axes[0]
    for recoil, rows in table.groupby("recoil"):
        own = [x for x in axis.lines if x.get_color() == COLOUR[recoil]]
        solid, dashed, dotted = sorted(own, key=lambda x: x.get_linestyle())
        np.testing.assert_array_equal(solid.get_ydata(), rows["triggered"])
        np.testing.assert_array_equal(dashed.get_ydata(), rows["s2_only"])
        assert dashed.get_linestyle() == "--"
        np.testing.assert_array_equal(dotted.get_ydata(), rows["in_region"])
        assert dotted.get_linestyle() == ":"
