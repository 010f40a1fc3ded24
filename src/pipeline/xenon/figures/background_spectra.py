"""Spectra of the backgrounds and of the benchmark WIMP; arXiv 2410.00755, Fig. 5."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLOURS, PAGE_INCH
from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.rates.backgrounds import Component, backgrounds, wimp
from pipeline.xenon.rates.efficiency import Efficiency, efficiencies

_NAMES = {"ER": "electronic recoils", "NR": "nuclear recoils"}
_POINTS = 300
_DECADES = 8  # below the highest rate of a panel


def draw_background_spectra(
    rates: Rates,
    passed: Mapping[str, Efficiency],
    expected: Mapping[str, float],
    benchmark: Wimp,
) -> Figure:
    """A panel for each recoil.

    Args:
        rates: expected rates.
        passed: shares of recoils in the region, by "ER" and "NR".
        expected: events in the region [1/(t yr)] by component, of the WIMP also per cm2.
        benchmark: the WIMP.
    """
    components = backgrounds(rates)
    figure = Figure(figsize=(PAGE_INCH, 3.8))
    for axis, recoil in zip(figure.subplots(1, 2), RECOILS, strict=True):
        own = [component for component in components if component.recoil == recoil]
        for component, colour in zip(own, _colours(len(own)), strict=True):
            _draw(axis, component, passed[recoil], expected, colour)
        title = _NAMES[recoil]
        if recoil == "NR":
            title += f"; WIMP of {benchmark.cross_section_cm2:g} cm$^2$"
            signal = wimp(rates, benchmark.mass_GeV)
            scale = benchmark.cross_section_cm2
            _draw(axis, signal, passed[recoil], expected, COLOURS[6], scale)
        # Those before the trigger, whose efficiency may be zero.
        dotted = [line for line in axis.lines if line.get_linestyle() == ":"]
        shown = np.concatenate([np.asarray(line.get_ydata()) for line in dotted])
        highest = shown.max()
        lowest = max(shown[shown > 0].min(), highest * 10.0**-_DECADES)
        axis.set(xscale="log", yscale="log", ylim=(lowest / 10, highest * 3))
        axis.set(xlabel="true energy [keV]", ylabel="dR/dE [1/(t yr keV)]")
        axis.set_title(title, fontsize=9)
        low, high = own[0].range_keV
        ticks = [e for e in (1, 2, 5, 10, 20, 50, 100) if low <= e <= high]
        axis.set_xticks(ticks, [f"{e:g}" for e in ticks])
        axis.set_xticks([], minor=True)
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    return figure


def _colours(count: int) -> list[str]:
    """A colour for each component; black is the WIMP's."""
    free = [colour for colour in COLOURS if colour != COLOURS[6]]
    return [free[i % len(free)] for i in range(count)]


def _draw(
    axis: Axes,
    component: Component,
    passed: Efficiency,
    expected: Mapping[str, float],
    colour: str,
    scale: float = 1.0,
) -> None:
    """The spectrum in the region of interest, and dotted that of all recoils."""
    energy = np.geomspace(*component.range_keV, _POINTS)
    rate = scale * component.spectrum(energy)
    axis.plot(energy, rate, ":", color=colour, linewidth=1)
    label = f"{component.name}: {scale * expected.get(component.name, 0.0):.2g}"
    axis.plot(energy, rate * passed.at(energy), color=colour, label=label)


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    passed = efficiencies(read_tables(inputs["trigger"]))
    weighted = pd.read_parquet(inputs["weighted"][0], columns=["component", "weight"])
    expected = {str(name): own.sum() for name, own in weighted.groupby("component")["weight"]}
    rates = Rates.model_validate(params["rates"])
    return draw_background_spectra(
        rates, passed, expected, Wimp.model_validate(params["benchmark"])
    )
