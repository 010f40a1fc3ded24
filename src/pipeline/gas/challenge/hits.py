"""The hidden truth of a blind data challenge, and its hits as a table."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.gas.hits.table import HitBatch


def drawn(ranges: Mapping[str, tuple[float, float]], rng: np.random.Generator) -> dict[str, float]:
    """A value from each range, uniform."""
    return {name: float(rng.uniform(*ends)) for name, ends in ranges.items()}


def hits_table(hits: HitBatch) -> pd.DataFrame:
    """One row for each hit: event, x, y, z [um], charge [electrons], time [s since 1970]."""
    owner = np.repeat(np.arange(len(hits)), np.diff(hits.offsets))
    columns = {"event": hits.source_event[owner]}
    columns |= dict(zip("xyz", hits.positions_um.T, strict=True))
    return pd.DataFrame({**columns, "charge": hits.charge, "time": hits.time_s[owner]})
