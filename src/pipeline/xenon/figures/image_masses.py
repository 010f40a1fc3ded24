"""Accuracy of the classifier of images as a function of the mass of the WIMPs."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params
from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH
from pipeline.xenon.rates.simulated import generated_spectrum
from pipeline.xenon.xenon1t.accuracy import PUBLISHED, mass_table
from pipeline.xenon.xenon1t.scores import read_scores


def draw_masses(table: pd.DataFrame, learnt_GeV: float, share: float) -> Figure:
    """Accuracy, recall and precision with errors against mass.

    Args:
        table: a table of `xenon1t.accuracy.mass_table`.
        learnt_GeV: mass of the WIMPs that the classifier learns.
        share: share of WIMPs; published values of this share are drawn at that mass.
    """
    figure = Figure(figsize=(0.75 * PAGE_INCH, 3.6))
    axis = figure.subplots()
    published = PUBLISHED[PUBLISHED["wimp_share"] == share]
    for name, colour, marker in zip(
        ("accuracy", "recall", "precision"), COLOURS, MARKERS, strict=False
    ):
        axis.errorbar(
            table["mass_GeV"],
            100 * table[name],
            100 * table[f"{name}_err"],
            fmt=f"{marker}-",
            color=colour,
            label=name,
        )
        for row in published.to_dict("records"):
            axis.plot(
                learnt_GeV,
                100 * row[name],
                marker,
                color=colour,
                markersize=7,
                markerfacecolor="none",
                label=str(row["source"]) if name == "accuracy" else None,
            )
    axis.axvline(learnt_GeV, color="0.4", linestyle=":", linewidth=1, label="mass learnt")
    axis.set(xscale="log", xlabel="WIMP mass [GeV]", ylabel="share [%]")
    axis.set_title(f"{100 * share:g} % WIMPs", fontsize=9)
    figure.legend(loc="outside lower center", ncols=5)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    er, nr = (read_scores(inputs[name][0]).query("triggered") for name in ("er", "nr"))
    generated, share = generated_spectrum(params["spectrum"]), params["share"]
    table = mass_table(er["logit"].to_numpy(), nr, generated, params["masses_GeV"], share)
    return draw_masses(table, params["learnt_GeV"], share)
