"""Stacked scores and spectra of the backgrounds: what is drawn adds up to what is expected."""

import numpy as np
import pytest
from helpers.made_search import BENCHMARK, made_weighted

from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.figures.background_spectra import draw_background_spectra
from pipeline.xenon.figures.stacked import draw_stacked
from pipeline.xenon.rates.backgrounds import backgrounds, wimp
from pipeline.xenon.rates.efficiency import Efficiency
from pipeline.xenon.rates.weighted_scores import search_samples

RATES, EXPOSURE = Rates(), 200.0
PASSED = {
    "ER": Efficiency(np.array([0.5, 2.0, 13.0]), np.array([0.2, 1.0, 1.0])),
    "NR": Efficiency(np.array([0.7, 8.0, 50.0]), np.array([0.0, 1.0, 1.0])),
}


def folded(component):
    """Expected events in the region [1/(t yr)]."""
    energy = np.geomspace(*component.range_keV, 5000)
    return np.trapezoid(component.spectrum(energy) * PASSED[component.recoil].at(energy), energy)


COMPONENTS = backgrounds(RATES)
SIGNAL = wimp(RATES, BENCHMARK.mass_GeV)
EXPECTED = {component.name: folded(component) for component in [*COMPONENTS, SIGNAL]}


@pytest.fixture(scope="module")
def weighted():
    return made_weighted()


@pytest.fixture(scope="module")
def stacked(weighted):
    wimps = [Wimp(mass_GeV=mass, cross_section_cm2=1e-46) for mass in (20, 500)]
    (axis,) = draw_stacked(weighted, search_samples(weighted, RATES), wimps, EXPOSURE).axes
    return axis


def expected_in(axis, rows):
    low, high = axis.get_xlim()
    return rows.loc[rows["score"].between(low, high), "weight"].sum()


def test_stacked_events_add_up(weighted, stacked):
    steps = {patch.get_label(): patch.get_data() for patch in stacked.patches}
    background = weighted[weighted["mass_GeV"] == 0]
    for code, recoil in enumerate(("ER", "NR")):
        drawn = steps[f"{recoil} background"]
        expected = EXPOSURE * expected_in(stacked, background[background["recoil"] == code])
        assert (drawn.values - drawn.baseline).sum() == pytest.approx(expected)
    np.testing.assert_allclose(steps["ER background"].baseline, steps["NR background"].values)
    for mass in (20, 500):
        own = weighted[weighted["mass_GeV"] == mass]
        above = steps[f"with WIMPs, {mass} GeV, 1e-46 cm$^2$"].values
        added = (above - steps["ER background"].values).sum()
        assert added == pytest.approx(EXPOSURE * 1e-46 * expected_in(stacked, own))


def test_f0_has_as_many_events_as_the_bins(weighted, stacked):
    """Cells of f0 are as wide as some bins, so only the sum is the same."""
    (line,) = [x for x in stacked.lines if "f_0" in str(x.get_label())]
    edges = stacked.patches[0].get_data().edges
    background = weighted[weighted["mass_GeV"] == 0]
    per_score = line.get_ydata() / (edges[1] - edges[0])
    area = np.trapezoid(per_score, line.get_xdata())
    assert area == pytest.approx(EXPOSURE * expected_in(stacked, background), rel=0.03)


def test_error_bars_are_those_of_the_simulated_events(weighted, stacked):
    """A simulated event of several components is one event."""
    (bars,) = [x for x in stacked.collections if type(x).__name__ == "LineCollection"]
    middle = np.array([segment[:, 1] for segment in bars.get_segments()])
    edges = stacked.patches[0].get_data().edges
    events = (
        weighted[weighted["mass_GeV"] == 0]
        .groupby("event")
        .agg({"score": "first", "weight": "sum"})
    )
    first = events[events["score"].between(edges[0], edges[1], inclusive="left")]["weight"]
    spread = EXPOSURE * np.sqrt((first**2).sum())
    assert (middle[0, 1] - middle[0, 0]) / 2 == pytest.approx(spread)


@pytest.fixture(scope="module")
def spectra():
    return dict(
        zip(
            ("ER", "NR"),
            draw_background_spectra(RATES, PASSED, EXPECTED, BENCHMARK).axes,
            strict=True,
        )
    )


def areas(axis, style):
    """Areas under the curves of one style by colour."""
    curves = [line for line in axis.lines if line.get_linestyle() == style]
    return {x.get_color(): np.trapezoid(x.get_ydata(), x.get_xdata()) for x in curves}


def test_areas_of_spectra_are_the_expected_rates(spectra):
    for recoil, axis in spectra.items():
        own = [component for component in COMPONENTS if component.recoil == recoil]
        for style, rate in ((":", lambda c: c.expected_per_t_yr()), ("-", folded)):
            found = list(areas(axis, style).values())[: len(own)]
            np.testing.assert_allclose(found, list(map(rate, own)), rtol=0.01)
        labels = [text.get_text() for text in axis.get_legend().get_texts()]
        for component, label in zip(own, labels, strict=False):
            assert label == f"{component.name}: {EXPECTED[component.name]:.2g}"
        assert axis.get_ylabel() == "dR/dE [1/(t yr keV)]"


def test_wimp_is_among_the_nuclear_recoils(spectra):
    expected = BENCHMARK.cross_section_cm2 * EXPECTED[SIGNAL.name]
    assert areas(spectra["NR"], "-")["#000000"] == pytest.approx(expected, rel=0.01)
    assert "#000000" not in areas(spectra["ER"], "-")
