"""p-value of the median experiment against the number of recoils."""

from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.gas.figures.sensitivity import draw_median_p


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_median_p(
        read_tables(inputs["power"]),
        params["names"],
        params["levels"],
        params["test_set"],
        params["signal_fraction"],
        params["toys"],
    )
