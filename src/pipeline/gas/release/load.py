"""Loader of the data set: `for event in events("data/train.parquet")`; needs numpy and pyarrow."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow.parquet as pq


def events(path: str) -> Iterator[dict[str, Any]]:
    """Each event's columns, with `cells` int [n, 3] (ix, iy, iz) in place of `voxels`.

    `charge` is in electrons, with smearing alone their `counts`.
    """
    file = pq.ParquetFile(path)
    bins = int(file.schema_arrow.metadata[b"bins"])
    amount = "charge" if "charge" in file.schema_arrow.names else "counts"
    for batch in file.iter_batches(512):
        for event in batch.to_pylist():
            cells = np.unravel_index(event.pop("voxels"), (bins, bins, bins))
            yield {**event, "cells": np.stack(cells, axis=1), "charge": event.pop(amount)}
