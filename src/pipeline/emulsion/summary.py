"""The main result of the nuclear-emulsion chain as text."""

from pipeline.core.tables import read_table
from pipeline.emulsion.paths import EmulsionPaths

LEGEND = """\
rejection  background clusters for each one that passes; low, high: 68 % interval
published  independent scans of the authors of arXiv 2005.13042, whose clusters are harder or easier
           than these: see docs/emulsion.md"""


def report(paths: EmulsionPaths) -> str:
    """Rejection by every network and observable at the published efficiency."""
    table = read_table(paths.table("summary.csv")).drop(columns=["trained_on", "passed", "total"])
    shown = table.to_string(index=False, float_format="{:.3g}".format, na_rep="-")
    return f"{shown}\n\n{LEGEND}"
