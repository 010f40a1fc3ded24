"""Emulsion clusters made by hand."""

from collections.abc import Iterable
from dataclasses import fields

import numpy as np

from pipeline.emulsion.clusters.table import Clusters


def made_clusters(n: int, pixels: int = 40) -> Clusters:
    """n clusters with noise as images, alternately signal and background."""
    rng = np.random.default_rng(1)
    return Clusters(
        event_id=np.arange(n),
        source_event=np.arange(n) + 100,
        plate=np.array([f"plate{i % 3}" for i in range(n)], object),
        label=(np.arange(n) % 2).astype(np.uint8),
        particle=np.array(["fog", "C"], object)[np.arange(n) % 2],
        energy_keV=np.where(np.arange(n) % 2, 30, np.nan).astype(np.float32),
        direction=rng.standard_normal((n, 3)).astype(np.float32),
        grains=rng.integers(1, 4, n).astype(np.int16),
        focus_nm=rng.uniform(-150, 150, n).astype(np.float32),
        images=rng.integers(0, 256, (n, 8, pixels, pixels), np.uint8),
    )


def joined(batches: Iterable[Clusters]) -> Clusters:
    """All clusters of some batches."""
    parts = list(batches)
    columns = ([getattr(part, f.name) for part in parts] for f in fields(Clusters))
    return Clusters(*map(np.concatenate, columns))
