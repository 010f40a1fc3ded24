"""Style of all figures, and writing them to files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullLocator

from pipeline.core.files import atomic_write

# Okabe & Ito's palette, told apart by colour-blind readers (jfly.uni-koeln.de/color).
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999"]
MARKERS = ["o", "D", "s", "^", "v", "P", "X", "*"]
ARROW = "#D55E00"

COLUMN_INCH = 3.4
PAGE_INCH = 7.0

# A user's matplotlibrc must not change figures.
mpl.rcdefaults()
mpl.rcParams.update(
    {
        "figure.dpi": 110,
        "figure.constrained_layout.use": True,
        "font.size": 9,
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.alpha": 0.25,
        "grid.linewidth": 0.5,
        "legend.frameon": False,
        "legend.fontsize": 8,
        "errorbar.capsize": 2,
        "lines.linewidth": 1.4,
        "lines.markersize": 4,
        "pdf.fonttype": 42,
    }
)


@dataclass(frozen=True)
class Look:
    """How a curve or a point of one method is drawn."""

    colour: str
    marker: str


def save(figure: Figure, paths: Iterable[str | Path]) -> None:
    """Write the figure to every path; the suffix of a path gives its format.

    The layout is computed once, before: otherwise each file would start from the layout of the file
    before it, the formats would differ a little and writing would take twice as long.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for path in map(Path, paths):
        with atomic_write(path) as temporary:
            # Without a date, equal figures give equal files.
            metadata = {"CreationDate": None} if path.suffix == ".pdf" else {}
            figure.savefig(temporary, format=path.suffix[1:], dpi=200, metadata=metadata)


def colour_of(names: Iterable[str]) -> dict[str, str]:
    """One colour for each name, in order."""
    return {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}


def panels(figure: Figure, count: int) -> list[Axes]:
    """`count` panels in rows of at most two, with one scale of the ordinate."""
    rows, columns = -(-count // 2), min(count, 2)
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axis in axes.flat[count:]:
        axis.remove()
    return list(axes.flat[:count])


def few_decimal_ticks(axis: Axes) -> None:
    """Ticks at 1, 2, 3 and 5 of each decade of a logarithmic ordinate, as plain numbers."""
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axis.yaxis.set_major_formatter(FormatStrFormatter("%g"))
    axis.yaxis.set_minor_locator(NullLocator())


def mark_levels(axis: Axes, levels: Mapping[str, float]) -> None:
    """Dotted lines at values of the ordinate, with their names at the right edge."""
    for name, level in levels.items():
        axis.axhline(level, color="0.4", linestyle=":", linewidth=1)
        axis.annotate(
            name,
            (1, level),
            xycoords=axis.get_yaxis_transform(),
            xytext=(-3, 2),
            textcoords="offset points",
            ha="right",
            fontsize=7,
            color="0.3",
        )
