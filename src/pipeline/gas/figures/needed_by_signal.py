"""Recoils needed against the signal fraction."""

from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.gas.figures.sensitivity import draw_needed_by_signal


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_needed_by_signal(read_tables(inputs["needed"]), params["names"], params["test_set"])
