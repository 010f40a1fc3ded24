"""The prediction table: the predicted direction of every event, for any direction method."""

from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.files import atomic_write
from pipeline.core.parquet_io import field

TRUE = ["true_x", "true_y", "true_z"]
PREDICTED = ["pred_x", "pred_y", "pred_z"]


SCHEMA = pa.schema(
    [
        field("source", pa.string(), "track source of the event"),
        field("event_id", pa.int64(), "event in that source's track table"),
        field("energy_keV", pa.float32(), "recoil energy", "keV"),
        field("sigma_um", pa.float32(), "smearing applied", "um"),
        *(field(f"true_{a}", pa.float32(), f"true direction, {a}") for a in "xyz"),
        *(
            field(f"pred_{a}", pa.float32(), f"predicted direction, {a}; NaN: event omitted")
            for a in "xyz"
        ),
        field("kappa", pa.float32(), "predicted concentration; NaN: the method has none"),
    ]
)


class TrueEvents(Protocol):
    """Columns of a prediction table that come from its n events, for any detector."""

    @property
    def source(self) -> np.ndarray: ...  # text [n]
    @property
    def event_id(self) -> np.ndarray: ...  # int64 [n]
    @property
    def energy_keV(self) -> np.ndarray: ...  # [n]
    @property
    def sigma_um(self) -> np.ndarray: ...  # [n]
    @property
    def direction(self) -> np.ndarray: ...  # true unit vectors [n, 3]
    def __len__(self) -> int: ...


def prediction_table(
    batch: TrueEvents, direction: np.ndarray, kappa: np.ndarray | None = None
) -> pd.DataFrame:
    """The table of `batch` with predicted unit vectors [n, 3] and concentrations [n].

    A direction of NaN marks an event that the method omits; without `kappa` the column is NaN.

    Raises:
        ValueError: shapes do not fit the batch or a direction is no unit vector.
    """
    n = len(batch)
    if direction.shape != (n, 3) or (kappa is not None and kappa.shape != (n,)):
        raise ValueError(
            f"predictions for {n} events need directions of shape ({n}, 3) and kappa of shape "
            f"({n},), got {direction.shape} and {None if kappa is None else kappa.shape}"
        )
    norm = np.linalg.norm(direction, axis=1)
    wrong = np.abs(norm - 1.0) > 1e-3
    if wrong.any():
        raise ValueError(
            f"predicted directions must be unit vectors or NaN; {wrong.sum()} of {n} are not "
            f"(first: event {batch.event_id[wrong][0]}, length {norm[wrong][0]:.4g})"
        )
    columns = {
        "source": batch.source,
        "event_id": batch.event_id,
        "energy_keV": batch.energy_keV,
        "sigma_um": batch.sigma_um,
        **dict(zip(TRUE, batch.direction.T, strict=True)),
        **dict(zip(PREDICTED, direction.astype(np.float32).T, strict=True)),
        "kappa": np.full(n, np.nan, np.float32) if kappa is None else kappa.astype(np.float32),
    }
    return pd.DataFrame(columns)


def write_predictions(path: str | Path, predictions: pd.DataFrame, **metadata: str) -> None:
    """Write a prediction table; `metadata` goes into the file's schema."""
    schema = SCHEMA.with_metadata({"table": "predictions", "version": "1", **metadata})
    table = pa.Table.from_pandas(predictions, schema=schema, preserve_index=False)
    with atomic_write(path) as temporary:
        pq.write_table(
            table.replace_schema_metadata(schema.metadata), temporary, compression="zstd"
        )


def read_predictions(path: str | Path) -> pd.DataFrame:
    """A table written by `write_predictions`.

    Raises:
        ValueError: the file is no readable prediction table.
    """
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(
            f"{path}: unreadable prediction table ({error}); delete it and rerun"
        ) from error
    missing = set(SCHEMA.names) - set(table.column_names)
    if missing:
        raise ValueError(f"{path}: not a prediction table, columns {sorted(missing)} are missing")
    return table.select(SCHEMA.names).to_pandas()


def with_true_head_tail(predictions: pd.DataFrame) -> pd.DataFrame:
    """The same axes, with the sign that puts them into the hemisphere of the true direction."""
    sign = np.where(cosines(predictions) < 0.0, np.float32(-1.0), np.float32(1.0))
    return predictions.assign(**{column: predictions[column] * sign for column in PREDICTED})


def cosines(predictions: pd.DataFrame) -> np.ndarray:
    """Cosine between true and predicted direction, float64 [n]; NaN for omitted events."""
    true, predicted = _vectors(predictions, TRUE), _vectors(predictions, PREDICTED)
    return np.clip(np.einsum("ni,ni->n", true, predicted), -1.0, 1.0)


def angles_rad(predictions: pd.DataFrame) -> np.ndarray:
    """Angle between true and predicted direction [rad], float64 [n]; NaN for omitted events.

    From the sine too: the cosine alone loses all digits at small angles.
    """
    true, predicted = _vectors(predictions, TRUE), _vectors(predictions, PREDICTED)
    sines = np.linalg.norm(np.cross(true, predicted), axis=1)
    return np.arctan2(sines, np.einsum("ni,ni->n", true, predicted))


def _vectors(predictions: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return predictions[columns].to_numpy(dtype=np.float64)
