"""The main result of the nuclear-emulsion chain, as text and as headline numbers."""

from collections.abc import Iterator

from pipeline.core.headline import Headline
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


def headline(paths: EmulsionPaths) -> Iterator[Headline]:
    """The same rejections."""
    for row in read_table(paths.table("summary.csv")).to_dict("records"):
        subject = f"{row['signal']} / {row['background']}, {row['score']}"
        yield Headline("rejection", subject, row["rejection"], row["low"], row["high"])
