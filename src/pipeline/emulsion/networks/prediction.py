"""Predictions of a trained network: the table of single clusters."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from torch import Tensor

from pipeline.core.parquet_io import as_table, check_parquet, field, vector_columns, write_batches
from pipeline.core.progress import Progress
from pipeline.emulsion.clusters.table import Clusters, read_clusters
from pipeline.emulsion.clusters.table import schema as shard_schema
from pipeline.emulsion.config.networks import ClusterNetwork
from pipeline.emulsion.networks.architectures import build_network
from pipeline.emulsion.networks.batches import Choice, Shards, count_all, pixels_of
from pipeline.emulsion.networks.output import Output, axis_of
from pipeline.learning.saved import read_weights, with_weights

_OMITTED = ("images", "source_event")
_TRUTH = [f for f in shard_schema(pixels=0) if f.name not in _OMITTED]
SCHEMA = pa.schema(
    [
        field("sample", pa.string(), "sample of the cluster"),
        *_TRUTH,
        field("logit", pa.float32(), "ln(p/(1 - p)) of the probability p"),
        field("probability", pa.float32(), "of signal, for the mixture of the training samples"),
        field("axis_deg", pa.float32(), "angle of the axis, -90 to 90; NaN: none learnt", "deg"),
        field("kappa", pa.float32(), "concentration of twice the angle of the axis"),
        field("sense_deg", pa.float32(), "angle of the direction; NaN: none learnt", "deg"),
        field("sense_kappa", pa.float32(), "concentration of this angle"),
    ]
)


def write_predictions(
    table: str | Path,
    weights: str | Path,
    shards: Shards,
    settings: ClusterNetwork,
    validation: Choice | None = None,
) -> int:
    """Predict all clusters of the shards and return their number; memory: one group of clusters.

    With `validation`, only the clusters that it keeps for validation, with its labels.

    Raises:
        ValueError: a shard is damaged, or the weights do not belong to this architecture.
    """
    torch.set_num_threads(1)
    what = f"a network of architecture '{settings.architecture}'"
    model = build_network(settings, pixels_of(shards))
    model = with_weights(model, read_weights(weights), weights, what).to(settings.device)
    progress = Progress("predicting", count_all(shards), "clusters")

    def tables() -> Iterator[pa.Table]:
        for sample, clusters in _groups(shards):
            progress.update(len(clusters))
            labels = clusters.label
            if validation:
                kept = np.flatnonzero(validation.validation(sample, clusters))
                clusters = clusters.take(kept)
                labels = validation.labels(sample, clusters)
            if len(clusters):
                yield prediction_table(sample, clusters, labels, predict(model, clusters.images))

    written = write_batches(
        table,
        tables(),
        SCHEMA.with_metadata({"table": "emulsion predictions", "version": "1"}),
        rows_per_group=100_000,
    )
    progress.finish()
    return written


@torch.inference_mode()
def predict(model: torch.nn.Module, images: np.ndarray) -> Output:
    """Output, on the CPU, for uint8 images [n, 8, pixels, pixels] in one batch."""
    device = next(model.parameters()).device
    output: Output = model(torch.from_numpy(images).to(device))
    axis, sense = (v if v is None else v.cpu() for v in (output.axis, output.sense))
    return Output(output.logit.cpu(), axis, sense)


def prediction_table(
    sample: str, clusters: Clusters, labels: np.ndarray, output: Output
) -> pa.Table:
    """Rows of `SCHEMA` for clusters of a sample."""
    none = torch.full((len(clusters), 2), torch.nan)
    axis, kappa = axis_of(none if output.axis is None else output.axis)
    twice, sense_kappa = axis_of(none if output.sense is None else output.sense)
    truth = {f.name: getattr(clusters, f.name) for f in _TRUTH if hasattr(clusters, f.name)}
    columns: dict[str, np.ndarray | Tensor] = {
        **truth,
        **vector_columns("direction_{}", clusters.direction),
        "sample": np.full(len(clusters), sample),
        "label": labels,
        "logit": output.logit,
        "probability": output.logit.sigmoid(),
        "axis_deg": axis.rad2deg(),
        "kappa": kappa,
        "sense_deg": (2 * twice).rad2deg(),
        "sense_kappa": sense_kappa,
    }
    return as_table({name: np.asarray(values) for name, values in columns.items()}, SCHEMA)


def read_predictions(paths: Iterable[str | Path], columns: list[str] | None = None) -> pd.DataFrame:
    """Join tables of `write_predictions`, in order; `columns`: all by default.

    Raises:
        ValueError: a file is damaged or not a table of predictions.
    """
    paths = list(paths)
    check_parquet(paths, "prediction table")
    for path in paths:
        missing = set(SCHEMA.names) - set(pq.read_schema(path).names)
        if missing:
            raise ValueError(f"{path}: not a prediction table, columns {sorted(missing)} missing")
    tables = [pd.read_parquet(path, columns=columns) for path in paths]
    return pd.concat(tables, ignore_index=True)


def rows_of(clusters: pd.DataFrame, sample: str) -> pd.DataFrame:
    """The predictions of a sample.

    Raises:
        ValueError: there are none.
    """
    rows = clusters[clusters["sample"] == sample]
    if rows.empty:
        found = ", ".join(map(str, clusters["sample"].unique()))
        raise ValueError(f"no predictions of sample '{sample}', only of {found}")
    return rows


def _groups(shards: Shards) -> Iterator[tuple[str, Clusters]]:
    for sample, paths in shards.items():
        for path in paths:
            for clusters in read_clusters(path):
                yield sample, clusters
