"""Recoils needed against the cut on kappa."""

from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.gas.figures.sensitivity import draw_needed_by_cut


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    needed = read_tables(inputs["needed"])
    return draw_needed_by_cut(
        needed, params["names"], params["test_set"], params["signal_fraction"]
    )
