"""The prediction table: the predicted direction of every event, for any direction method.

Methods that know how certain they are predict a density of directions; see `density` for what its
columns mean. Other methods have NaN and no components there.
"""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.parquet_io import field, vector_fields
from pipeline.core.tables import Described, write_tables
from pipeline.physics.event_columns import ENERGY_KEV, EVENT_ID, SIGMA_UM
from pipeline.statistics.directional.density import LEVELS, Density, summarise

TRUE = ["true_x", "true_y", "true_z"]
SIZES = ["electrons", "occupied_voxels"]
EVENT = ["source", "event_id", "energy_keV", "sigma_um", *SIZES, *TRUE]
PREDICTED = ["pred_x", "pred_y", "pred_z"]
START = ["start_x_um", "start_y_um", "start_z_um", "start_err_um"]
# Head-tail probability below which an event counts as undecided.
UNDECIDED_BELOW = 0.9
UNDECIDED = "head_tail_undecided"
REGIONS = [f"region_{round(100 * level)}_sr" for level in LEVELS]
SPREAD = "member_spread_deg"
COMPONENT_DIRECTION = ["component_x", "component_y", "component_z"]
COMPONENTS = ["component_weight", "component_kappa", *COMPONENT_DIRECTION]

SCHEMA = pa.schema(
    [
        field("source", pa.string(), "track source of the event"),
        EVENT_ID,
        ENERGY_KEV,
        SIGMA_UM,
        field("electrons", pa.float32(), "ionisation electrons, or measured charge in electrons"),
        field("occupied_voxels", pa.int32(), "voxels with a charge"),
        *vector_fields("true_{}", pa.float32(), "true direction, {}"),
        *vector_fields(
            "pred_{}",
            pa.float32(),
            "predicted direction, {}, the mean of the density; NaN: event omitted",
        ),
        field(
            "kappa",
            pa.float32(),
            "predicted concentration: that of the one component with the mean vector of the "
            "density; NaN: the method has none",
        ),
        field(
            "head_tail_probability",
            pa.float32(),
            "probability of the hemisphere about the predicted direction",
        ),
        field(
            UNDECIDED,
            pa.bool_(),
            f"this probability is below {UNDECIDED_BELOW:g}; false where the method has none",
        ),
        *(
            field(
                name,
                pa.float32(),
                f"solid angle of the smallest region that holds {100 * level:.0f} % of the density",
                "sr",
            )
            for name, level in zip(REGIONS, LEVELS, strict=True)
        ),
        field(
            "log_density",
            pa.float32(),
            "natural logarithm of the density at the true direction, in 1/sr",
        ),
        field(
            "pit",
            pa.float32(),
            "probability of the directions with a higher density than the true one",
        ),
        field("component_weight", pa.list_(pa.float32()), "share of each component of the density"),
        field("component_kappa", pa.list_(pa.float32()), "concentration of each component"),
        *vector_fields(
            "component_{}", pa.list_(pa.float32()), "mean direction of each component, {}"
        ),
        *vector_fields(
            "start_{}_um",
            pa.float32(),
            "predicted start of the track from its charge centre, {}; NaN: not predicted",
            "um",
        ),
        field("start_err_um", pa.float32(), "predicted error of each coordinate of it", "um"),
        field(
            SPREAD,
            pa.float32(),
            "rms angle between the directions of an ensemble's networks and its own: the part of "
            "the error that is not in the events; NaN: no ensemble",
            "deg",
        ),
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
    def electrons(self) -> np.ndarray: ...  # ionisation electrons or measured charge [n]
    @property
    def occupied_voxels(self) -> np.ndarray: ...  # [n]
    @property
    def direction(self) -> np.ndarray: ...  # true unit vectors [n, 3]
    def __len__(self) -> int: ...


def prediction_table(
    batch: TrueEvents, direction: np.ndarray, kappa: np.ndarray | None = None
) -> pd.DataFrame:
    """The table of `batch` with predicted unit vectors [n, 3] and concentrations [n].

    A direction of NaN marks an event that the method omits. `kappa` is that of von Mises-Fisher
    densities; without it the columns of the density are NaN.

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
    if kappa is not None:
        return density_table(batch, Density.single(direction, kappa))
    predicted = dict(zip(PREDICTED, direction.astype(np.float32).T, strict=True))
    return completed(_events(batch).assign(**predicted))


def density_table(batch: TrueEvents, density: Density) -> pd.DataFrame:
    """The table of `batch` with predicted densities."""
    return completed(with_density(_events(batch), density))


def with_density(table: pd.DataFrame, density: Density) -> pd.DataFrame:
    """The table of events with true directions, and all columns of their predicted densities."""
    direction, kappa = density.mean()
    found = summarise(density, _vectors(table, TRUE))
    components = np.concatenate(
        [density.weight[..., None], density.kappa[..., None], density.direction], axis=2
    ).astype(np.float32)
    numbers = {
        **dict(zip(PREDICTED, direction.T, strict=True)),
        "kappa": kappa,
        "head_tail_probability": found.head_tail_probability,
        **dict(zip(REGIONS, found.region_sr.T, strict=True)),
        "log_density": found.log_density,
        "pit": found.pit,
    }
    return table.assign(
        **{name: values.astype(np.float32) for name, values in numbers.items()},
        **{UNDECIDED: found.head_tail_probability < UNDECIDED_BELOW},
        **{name: list(components[:, :, i]) for i, name in enumerate(COMPONENTS)},
    )


def with_start(table: pd.DataFrame, start_um: np.ndarray, err_um: np.ndarray) -> pd.DataFrame:
    """The table with predicted starts [n, 3] from the charge centres, and their errors [n]."""
    columns = np.column_stack([start_um, err_um]).astype(np.float32)
    return table.assign(**dict(zip(START, columns.T, strict=True)))


def density_of(table: pd.DataFrame) -> Density:
    """The densities of a table.

    Raises:
        ValueError: the method predicts none.
    """
    if not table["component_weight"].notna().all():
        raise ValueError("every kappa must be known: this method predicts no density")
    weight, kappa, *axes = (np.stack(list(table[name])) for name in COMPONENTS)
    direction = np.stack(axes, axis=2)
    return Density(*(values.astype(np.float64) for values in (direction, kappa, weight)))


def completed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with every column of the schema, in its order; those not there are unknown."""
    unknown: dict[str, Any] = {UNDECIDED: False, **dict.fromkeys(COMPONENTS)}
    missing = {
        name: unknown.get(name, np.float32(np.nan)) for name in SCHEMA.names if name not in table
    }
    return table.assign(**missing)[SCHEMA.names]


def _events(batch: TrueEvents) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": batch.source,
            "event_id": batch.event_id,
            "energy_keV": batch.energy_keV,
            "sigma_um": batch.sigma_um,
            "electrons": batch.electrons.astype(np.float32),
            "occupied_voxels": batch.occupied_voxels.astype(np.int32),
            **dict(zip(TRUE, batch.direction.T, strict=True)),
        }
    )


def described(predictions: pd.DataFrame, **metadata: str) -> Described:
    """A prediction table as it is written; `metadata` goes into the file's schema."""
    schema = SCHEMA.with_metadata({"table": "predictions", "version": "5", **metadata})
    return Described.of(predictions, schema)


def write_predictions(path: str | Path, predictions: pd.DataFrame, **metadata: str) -> None:
    """Write a prediction table; `metadata` goes into the file's schema."""
    write_tables({"table": path}, {"table": described(predictions, **metadata)})


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
    # Tables of version 4 are without it.
    missing = set(SCHEMA.names) - {*table.column_names, UNDECIDED}
    if missing:
        raise ValueError(
            f"{path}: not a prediction table of this version, columns {sorted(missing)} are "
            "missing; delete it and rerun"
        )
    events = table.to_pandas()
    if UNDECIDED not in events:
        events[UNDECIDED] = events["head_tail_probability"] < UNDECIDED_BELOW
    return events[SCHEMA.names]


def with_true_head_tail(predictions: pd.DataFrame) -> pd.DataFrame:
    """The same axes, with the sign that puts them into the hemisphere of the true direction."""
    sign = np.where(cosines(predictions) < 0.0, np.float32(-1.0), np.float32(1.0))
    return predictions.assign(**{column: predictions[column] * sign for column in PREDICTED})


def cosines(predictions: pd.DataFrame) -> np.ndarray:
    """Cosine between true and predicted direction, float64 [n]; NaN for omitted events."""
    true, predicted = vectors(predictions)
    return np.clip(np.einsum("ni,ni->n", true, predicted), -1.0, 1.0)


def angles_rad(predictions: pd.DataFrame) -> np.ndarray:
    """Angle between true and predicted direction [rad], float64 [n]; NaN for omitted events."""
    return between_rad(*vectors(predictions))


def between_rad(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Angle between vectors [..., 3] of one length [rad].

    From the sine too: the cosine alone loses all digits at small angles.
    """
    sines = np.linalg.norm(np.cross(first, second), axis=-1)
    return np.arctan2(sines, np.einsum("...i,...i->...", first, second))


def vectors(predictions: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted unit vectors, float64 [n, 3] each; NaN for omitted events."""
    return _vectors(predictions, TRUE), _vectors(predictions, PREDICTED)


def _vectors(predictions: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return predictions[columns].to_numpy(dtype=np.float64)
