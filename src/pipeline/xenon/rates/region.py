"""The region of interest: which scored events the search looks at, and where they come from."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.region import Region
from pipeline.xenon.events.table import RECOILS

COLUMNS = ["recoil", "energy_keV", "triggered", "cs1_photons", "stands_for", "ts"]

# The outermost part of the simulated range at each end: a thirtieth of its logarithm.
OUTERMOST = 1 / 30
MOST_SHARE = 0.01  # of what is expected in the region, from the outermost part
FEW_EVENTS = 10  # fewer simulated events do not measure an expected background


def read_region(scores: Sequence[str | Path], region: Region) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All events of score tables, and of them those in the region.

    Columns are COLUMNS and in_region. The index of the events in the region numbers the events that
    trigger, in and outside the region, over all tables.
    """
    tables = pd.concat(pd.read_parquet(path, columns=COLUMNS) for path in scores)
    tables["in_region"] = tables["triggered"] & region.holds(tables["cs1_photons"])
    triggered = tables[tables["triggered"]].reset_index(drop=True)
    return tables, triggered[triggered["in_region"]]


def check_range(weighted: pd.DataFrame, rates: Rates) -> None:
    """Raise ValueError if events in the region come from the ends of the simulated energies.

    Then events from beyond the ends are missing. `weighted` is a table of `weighted_scores` of the
    events in the region; background of each recoil and WIMPs of each mass are looked at.
    """
    ranges_keV = {
        "electron_recoils_keV": rates.electron_recoils_keV,
        "nuclear_recoils_keV": rates.nuclear_recoils_keV,
    }
    for code, (key, (low, high)) in enumerate(ranges_keV.items()):
        step = (high / low) ** OUTERMOST
        ends = ((low, low * step), (high / step, high))
        own = weighted[weighted["recoil"] == code]
        for mass in own["mass_GeV"].unique().tolist():
            rows = own[own["mass_GeV"] == mass]
            for one, other in ends:
                outer = rows[rows["energy_keV"].between(one, other)]
                share = outer["weight"].sum() / rows["weight"].sum()
                if share <= MOST_SHARE or outer["event"].nunique() < FEW_EVENTS:
                    continue
                name = f"WIMPs of {mass:g} GeV" if mass else f"{RECOILS[code]} background"
                raise ValueError(
                    f"{100 * share:.1f} % of the {name} in the region of interest has true "
                    f"energies of {one:.3g} to {other:.3g} keV, at an end of the simulated range "
                    f"({low:g} to {high:g} keV): events from beyond it are missing. Widen "
                    f"rates.{key} and the spectrum of the sample in `background`, or narrow the "
                    "region"
                )
