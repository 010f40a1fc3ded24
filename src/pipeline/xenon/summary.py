"""The main result of the liquid-xenon chain as text."""

from pipeline.core.tables import read_table
from pipeline.xenon.paths import XenonPaths

LEGEND = """\
significance  at which the median experiment with the benchmark WIMP rejects background alone
              [sigma]; extrapolated: beyond the range of the pseudo-experiments"""


def report(paths: XenonPaths) -> str:
    """Significances of the benchmark WIMP at the exposure of the map; empty without a search."""
    if paths.block.anomaly is None:
        return ""
    search = paths.block.search
    table = read_table(paths.table("significance.parquet"))
    columns = ["mass_GeV", "cross_section_cm2", "exposure_t_yr"]
    shown = table[
        (table["mass_GeV"] == search.benchmark.mass_GeV)
        & (table["cross_section_cm2"] == search.benchmark.cross_section_cm2)
        & (table["exposure_t_yr"] == search.shown_exposure_t_yr)
    ][[*columns, "test", "background", "signal", "significance", "extrapolated"]]
    return f"{shown.to_string(index=False, float_format='{:.3g}'.format)}\n\n{LEGEND}"
