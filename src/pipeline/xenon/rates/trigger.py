"""What a detector sees of simulated events: triggers, and events whose S1 is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.parquet_io import open_parquet
from pipeline.core.tables import Inputs, Params
from pipeline.xenon.rates.efficiency import Efficiency


@dataclass(frozen=True)
class TriggerOutcome:
    """True energies of n events and what the detector saw of them."""

    energy_keV: NDArray[np.float64]  # [n], NaN where unknown
    triggered: NDArray[np.bool_]  # [n]
    s2_only: NDArray[np.bool_]  # [n], S2 is large enough and S1 has no coincidence

    @classmethod
    def read(cls, shards: Sequence[str | Path], min_s2_photons: int) -> Self:
        """From response shards; the trigger asks S2 for `min_s2_photons`.

        Raises ValueError if a shard is damaged.
        """
        names = ["energy_keV", "triggered", "s2_photons_detected"]
        parts = []
        for path in shards:
            with open_parquet(path, "response shard") as file:
                parts.append(file.read(columns=names).to_pandas())
        table = pd.concat(parts)
        triggered = table["triggered"].to_numpy(bool)
        large = table["s2_photons_detected"].to_numpy() >= min_s2_photons
        return cls(table["energy_keV"].to_numpy(np.float64), triggered, large & ~triggered)


def trigger_table(
    seen: Mapping[str, TriggerOutcome], windows_keV: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    """Columns recoil, energy_keV, triggered and s2_only (fractions), of both recoils by name.

    The rows are the points of `Efficiency.measured` in the recoil's window, which says what is
    raised.
    """
    tables = []
    for recoil, events in seen.items():
        triggered, s2_only = (
            Efficiency.measured(events.energy_keV, flag, windows_keV[recoil])
            for flag in (events.triggered, events.s2_only)
        )
        columns = {"energy_keV": triggered.energy_keV, "triggered": triggered.fraction}
        tables.append(pd.DataFrame({"recoil": recoil, **columns, "s2_only": s2_only.fraction}))
    return pd.concat(tables, ignore_index=True)


def s2_only_table(seen: Mapping[str, TriggerOutcome]) -> pd.DataFrame:
    """How many events of each sample have an S2 and no S1: they have no place in the search.

    Columns sample, events, triggered, s2_only, unseen, s2_only_fraction and its binomial error.
    """
    rows = []
    for sample, events in seen.items():
        n, triggered, s2_only = len(events.triggered), events.triggered.sum(), events.s2_only.sum()
        fraction = s2_only / n
        rows.append(
            {
                "sample": sample,
                "events": n,
                "triggered": int(triggered),
                "s2_only": int(s2_only),
                "unseen": int(n - triggered - s2_only),
                "s2_only_fraction": fraction,
                "s2_only_fraction_err": np.sqrt(fraction * (1 - fraction) / n),
            }
        )
    return pd.DataFrame(rows)


def trigger_from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """How often the detector triggers on recoils of the region of interest."""
    outcomes = {
        recoil: TriggerOutcome.read(inputs[name], params["min_s2_photons"])
        for recoil, name in (("ER", "er"), ("NR", "nr"))
    }
    windows = {"ER": tuple(params["er_keV"]), "NR": tuple(params["nr_keV"])}
    return {"table": trigger_table(outcomes, windows)}


def s2_only_from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """How many events of every sample have an S2 and no S1; shards lie in their sample's folder."""
    by_sample = groupby(inputs["shards"], key=lambda path: Path(path).parent.name)
    outcomes = {
        sample: TriggerOutcome.read(list(paths), params["min_s2_photons"])
        for sample, paths in by_sample
    }
    return {"table": s2_only_table(outcomes)}
