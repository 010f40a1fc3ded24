"""Trigger and region of interest on simulated events, and events with an S2 but no S1."""

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
from pipeline.xenon.config.region import Region
from pipeline.xenon.rates.efficiency import Efficiency


@dataclass(frozen=True)
class TriggerOutcome:
    """True energies and flags of n events."""

    energy_keV: NDArray[np.float64]  # [n], NaN where unknown
    triggered: NDArray[np.bool_]  # [n]
    s2_only: NDArray[np.bool_]  # [n], the S2 passes the trigger, the S1 does not
    in_region: NDArray[np.bool_]  # [n], the event triggers and lies in the region of interest
    stands_for: NDArray[np.float64]  # [n], events of the sample

    @classmethod
    def read(
        cls, shards: Sequence[str | Path], min_s2_photons: int, region: Region | None = None
    ) -> Self:
        """Read response shards; the trigger needs `min_s2_photons` photons in the S2.

        Without a `region` all events that trigger are in it.

        Raises:
            ValueError: a shard is damaged.
        """
        names = ["energy_keV", "triggered", "s2_photons_detected", "cs1_photons", "stands_for"]
        parts = []
        for path in shards:
            with open_parquet(path, "response shard") as file:
                parts.append(file.read(columns=names).to_pandas())
        table = pd.concat(parts)
        triggered = table["triggered"].to_numpy(bool)
        large = table["s2_photons_detected"].to_numpy() >= min_s2_photons
        inside = triggered & region.holds(table["cs1_photons"]) if region else triggered
        energy = table["energy_keV"].to_numpy(np.float64)
        stands_for = table["stands_for"].to_numpy(np.float64)
        return cls(energy, triggered, large & ~triggered, inside, stands_for)


def trigger_table(
    outcomes: Mapping[str, TriggerOutcome], ranges_keV: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    """Fractions of events that trigger, lie in the region, or have an S2 only, against energy.

    Columns recoil, energy_keV, triggered, in_region and s2_only (fractions). The rows are the
    points of `Efficiency.measured` in the range of the recoil; see there for exceptions.
    """
    tables = []
    for recoil, events in outcomes.items():
        found = {
            name: Efficiency.measured(
                events.energy_keV, getattr(events, name), ranges_keV[recoil], events.stands_for
            )
            for name in ("triggered", "in_region", "s2_only")
        }
        columns = {name: share.fraction for name, share in found.items()}
        energy = found["triggered"].energy_keV
        tables.append(pd.DataFrame({"recoil": recoil, "energy_keV": energy, **columns}))
    return pd.concat(tables, ignore_index=True)


def s2_only_table(outcomes: Mapping[str, TriggerOutcome]) -> pd.DataFrame:
    """Numbers of events of each sample with an S2 and no S1; the search excludes them.

    Columns sample, events, triggered, s2_only, unseen, s2_only_fraction and its error. The fraction
    is that of the sample, of which simulated events may stand for unequal numbers.
    """
    rows = []
    for sample, events in outcomes.items():
        n, triggered, s2_only = len(events.triggered), events.triggered.sum(), events.s2_only.sum()
        weight = events.stands_for / events.stands_for.sum()
        fraction = weight[events.s2_only].sum()
        rows.append(
            {
                "sample": sample,
                "events": n,
                "triggered": int(triggered),
                "s2_only": int(s2_only),
                "unseen": int(n - triggered - s2_only),
                "s2_only_fraction": fraction,
                "s2_only_fraction_err": np.linalg.norm(weight * (events.s2_only - fraction)),
            }
        )
    return pd.DataFrame(rows)


def outcomes_by_recoil(
    inputs: Inputs, min_s2_photons: int, region: Region | None = None
) -> dict[str, TriggerOutcome]:
    """Outcomes of "ER" and "NR" from the response shards `er` and `nr` of a rule's inputs."""
    return {
        recoil: TriggerOutcome.read(inputs[recoil.lower()], min_s2_photons, region)
        for recoil in ("ER", "NR")
    }


def outcomes_by_sample(shards: Sequence[str], min_s2_photons: int) -> dict[str, TriggerOutcome]:
    """Outcomes of samples from all their response shards, whose folders are named after them."""
    return {
        sample: TriggerOutcome.read(list(paths), min_s2_photons)
        for sample, paths in groupby(shards, key=lambda path: Path(path).parent.name)
    }


def trigger_from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of the efficiencies of trigger and region; see `trigger_table`."""
    region = Region.model_validate(params["region"])
    outcomes = outcomes_by_recoil(inputs, params["min_s2_photons"], region)
    ranges = {"ER": tuple(params["er_keV"]), "NR": tuple(params["nr_keV"])}
    return {"table": trigger_table(outcomes, ranges)}


def s2_only_from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of events with an S2 and no S1; see `s2_only_table`."""
    outcomes = outcomes_by_sample(inputs["shards"], params["min_s2_photons"])
    return {"table": s2_only_table(outcomes)}
