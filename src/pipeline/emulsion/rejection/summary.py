"""Rejection at the published efficiency, beside the published numbers."""

import pandas as pd

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.emulsion.published import GOAL_EFFICIENCY, INDEPENDENT_SCANS
from pipeline.emulsion.rejection.curves import REJECTION
from pipeline.emulsion.rejection.stage import PAIR

SUMMARY = {
    **PAIR,
    **{name: text for name, text in REJECTION.items() if name != "threshold"},
    "published": (
        "rejection of the authors' network on scans that it did not learn from; empty where there "
        "is none"
    ),
}


def summary_table(rejection: pd.DataFrame, published_names: dict[str, str]) -> pd.DataFrame:
    """The rows at `GOAL_EFFICIENCY` of tables of `rejection.stage`; cuts have one row each.

    `published_names` are the samples' names in the published numbers.
    """
    labels = list(PAIR)
    enough = rejection["efficiency"] >= GOAL_EFFICIENCY - 1e-9
    single = rejection.groupby(labels, dropna=False)["efficiency"].transform("size") == 1
    shown = rejection[enough | single].groupby(labels, dropna=False, sort=False).head(1)
    published = {
        (f"C{point.energy_keV:g}", point.background): point.rejection
        for point in INDEPENDENT_SCANS
        if point.efficiency == GOAL_EFFICIENCY
    }
    names = shown[["signal", "background"]].map(published_names.get)
    pairs = zip(names["signal"], names["background"], strict=True)
    found = pd.Series([published.get(pair) for pair in pairs], shown.index, dtype=float)
    # The cuts have another efficiency.
    return shown.assign(published=found.where(~single))[list(SUMMARY)].reset_index(drop=True)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The table of the tables of the `networks` and of the `baseline`."""
    rejection = read_tables([*inputs["networks"], *inputs["baseline"]])
    return {"table": summary_table(rejection, params["published_names"])}
