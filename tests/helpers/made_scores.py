"""Tables of predictions with known distributions of scores and axes, no networks."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.parquet_checksum import append_checksum
from pipeline.emulsion.networks.prediction import SCHEMA


def made_predictions(
    rng, sample, n, label, mean=0.0, kappa=3.0, energy_keV=100.0, angle_rad=None
) -> pd.DataFrame:
    """n clusters of a sample; normal scores about `mean`, axes of `kappa` about true ones.

    Senses are random. Signal is isotropic in the film if `angle_rad` is None.
    """
    true = rng.uniform(-np.pi, np.pi, n) if angle_rad is None else np.full(n, angle_rad)
    axis = np.degrees(true + rng.vonmises(0, kappa, n) / 2)
    logit = rng.normal(mean, 1, n)
    unknown = np.full(n, np.nan)
    columns = {
        "sample": sample,
        "event_id": np.arange(n),
        "plate": sample,
        "label": label,
        "particle": "C" if label else "fog",
        "energy_keV": energy_keV if label else np.nan,
        "direction_x": np.cos(true) if label else unknown,
        "direction_y": np.sin(true) if label else unknown,
        "direction_z": 0.0 if label else unknown,
        "grains": 1 + label,
        "focus_nm": rng.uniform(-150, 150, n),
        "logit": logit,
        "probability": 1 / (1 + np.exp(-logit)),
        "axis_deg": (axis + 90) % 180 - 90,
        "kappa": kappa,
        "sense_deg": rng.uniform(-180, 180, n),
        "sense_kappa": 0.0,
    }
    return pd.DataFrame(columns, index=range(n))


def write_made(path, *tables) -> str:
    """The tables as one file of predictions."""
    rows = pa.Table.from_pandas(pd.concat(tables), schema=SCHEMA, preserve_index=False)
    pq.write_table(rows, path, write_page_checksum=True)
    append_checksum(path)
    return str(path)
