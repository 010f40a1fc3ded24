"""What the detector measures of scored events: anomaly score, cS1 and the ratio of cS2 to cS1."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.core.parquet_io import open_parquet
from pipeline.xenon.config.detector import Detector

SCORE, CS1, LOG_RATIO = "ts", "cs1_photons", "log10_cs2_cs1"
QUANTITIES = (SCORE, CS1, LOG_RATIO)


def measured(scores: Sequence[str], shards: Sequence[str], detector: Detector) -> pd.DataFrame:
    """QUANTITIES of the events that trigger, over all tables, in the order of `read_region`.

    cS2 is the number of S2 photons over the share of electrons that live through the drift.

    Args:
        scores: score tables, of all events of the shards.
        shards: responses, in the order of the score tables.
        detector: detector of the events.
    """
    columns = ["triggered", "s2_photons_detected", "drift_time_us"]
    parts = []
    for path in shards:
        with open_parquet(path, "response shard") as file:
            parts.append(file.read(columns=columns).to_pandas())
    recorded = pd.concat(parts)
    table = pd.concat(pd.read_parquet(path, columns=["triggered", SCORE, CS1]) for path in scores)
    table, recorded = (part[part["triggered"]].reset_index(drop=True) for part in (table, recorded))
    living = np.exp(-recorded["drift_time_us"].to_numpy(float) / detector.drift.lifetime_us)
    ratio = recorded["s2_photons_detected"].to_numpy() / living / table[CS1]
    return table[[SCORE, CS1]].assign(**{LOG_RATIO: np.log10(ratio)})
