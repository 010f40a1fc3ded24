"""The main result of the liquid-xenon chain, as text and as headline numbers."""

from collections.abc import Iterator

import pandas as pd

from pipeline.core.headline import Headline, with_error
from pipeline.core.tables import read_table
from pipeline.xenon.paths import XenonPaths
from pipeline.xenon.rates.choices import MEAN, SPREAD

LEGEND = """\
significance   at which the median experiment with the benchmark WIMP rejects background alone
               [sigma], and its error; extrapolated: beyond the range of the pseudo-experiments
events_needed  electronic recoils to simulate (`events` of the background's sample) for enough of
               them where the signal lies, which the likelihood ratio needs; 0: there are"""
LEGEND_OF_SEEDS = """\
seeds_spread   standard deviation of the significance over the seeds of the networks, by moments
               (tables/network_seeds.csv), in proportion to the significance shown here"""

LEGEND_OF_DATA = """\
p_value        of the observed data; primary: of the test that was named beforehand;
               upper_limit_of_p: it may be smaller, fewer than 10 pseudo-experiments lie beyond the
               data; global_p_value: of the best of all tests"""


def report(paths: XenonPaths) -> str:
    """Significances of the benchmark WIMP at the exposure of the map, and p-values of data.

    Empty without a search.
    """
    if paths.block.anomaly is None:
        return ""
    columns = ["mass_GeV", "cross_section_cm2", "exposure_t_yr"]
    columns += ["test", "background", "background_uncertainty", "signal", "significance"]
    columns += ["significance_err", "extrapolated", "events_needed"]
    shown, legend = _of_benchmark(paths)[columns], LEGEND
    if len(paths.network_seeds()) > 1:
        by_test = read_table(paths.table("network_seeds.csv")).pivot(
            index="test", columns="networks", values="significance"
        )
        relative = by_test[SPREAD] / by_test[MEAN]
        spread = shown["significance"] * shown["test"].map(relative)
        shown.insert(columns.index("significance_err") + 1, "seeds_spread", spread)
        legend += f"\n{LEGEND_OF_SEEDS}"
    text = f"{_printed(shown)}\n\n{legend}"
    if not paths.observed_scores():
        return text
    columns = ["test", "primary", "events", "background", "p_value", "significance"]
    columns.append("upper_limit_of_p")
    observed = read_table(paths.table("observed.csv"))
    observed = observed[[*columns, "events_needed", "global_p_value"]]
    goodness = read_table(paths.table("goodness_of_fit.csv"))
    tables = f"observed data\n\n{_printed(observed)}\n\ngoodness of fit\n\n{_printed(goodness)}"
    return f"{text}\n\n{tables}\n\n{LEGEND_OF_DATA}"


def headline(paths: XenonPaths) -> Iterator[Headline]:
    """The significance of every test for the same WIMP; none without a search."""
    if paths.block.anomaly is None:
        return
    for row in _of_benchmark(paths).to_dict("records"):
        subject = (
            f"{row['test']}, {row['mass_GeV']:g} GeV, {row['cross_section_cm2']:g} cm2, "
            f"{row['exposure_t_yr']:g} t yr"
        )
        quantity = "median significance [sigma]"
        yield with_error(quantity, subject, row["significance"], row["significance_err"])


def _printed(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format="{:.3g}".format)


def _of_benchmark(paths: XenonPaths) -> pd.DataFrame:
    search = paths.block.search
    table = read_table(paths.table("significance.parquet"))
    return table[
        (table["mass_GeV"] == search.benchmark.mass_GeV)
        & (table["cross_section_cm2"] == search.benchmark.cross_section_cm2)
        & (table["exposure_t_yr"] == search.shown_exposure_t_yr)
    ]
