"""Emulsion clusters drawn by hand: elongated blobs of light on a noisy pedestal, no physics."""

from pathlib import Path

import numpy as np

from pipeline.emulsion.clusters.table import Clusters, write_clusters

PIXEL_NM = (27.0, 27.0)
PEDESTAL = 14.0


def made_blobs(
    n, label, seed, length_px=5.0, angle_deg=None, pixels=40, width_px=2.0, focus_nm=150.0
) -> Clusters:
    """n clusters: round spots (background), or blobs along their directions (signal).

    The light is modulated by the analyser and its ends shine at different angles, as those of
    two grains. `angle_deg` is the direction of all signal, or None for isotropic ones in the film.
    """
    rng = np.random.default_rng(seed)
    angle = (
        rng.uniform(-np.pi, np.pi, n) if angle_deg is None else np.radians(np.full(n, angle_deg))
    )
    length = length_px if label else 0.0
    y, x = np.mgrid[:pixels, :pixels] - (pixels - 1) / 2
    theta = np.pi / 8 * np.arange(8)
    images = np.full((n, 8, pixels, pixels), PEDESTAL)
    for i in range(n):
        for end in (-0.5, 0.5):
            phase = rng.uniform(0, np.pi)
            centre = end * length * np.array([np.cos(angle[i]), np.sin(angle[i])])
            spot = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / 2 / width_px**2)
            images[i] += 10 * np.multiply.outer(1 + 0.4 * np.cos(2 * (theta - phase)), spot)
    images += rng.normal(0, 0.8, images.shape)
    direction = np.stack([np.cos(angle), np.sin(angle), np.zeros(n)], axis=1)
    return Clusters(
        event_id=np.arange(n),
        source_event=np.arange(n),
        plate=np.full(n, f"plate{label}"),
        label=np.full(n, label, np.uint8),
        particle=np.full(n, "C" if label else "fog"),
        energy_keV=np.full(n, 100 if label else np.nan, np.float32),
        direction=(direction if label else np.full((n, 3), np.nan)).astype(np.float32),
        grains=np.full(n, 1 + label, np.int16),
        focus_nm=rng.uniform(-focus_nm, focus_nm, n).astype(np.float32),
        images=images.round().clip(0, 255).astype(np.uint8),
    )


def write_blobs(folder: Path, sample: str, clusters: Clusters, parts: int = 1) -> list[Path]:
    """The clusters as shards of a sample."""
    paths = []
    for i, index in enumerate(np.array_split(np.arange(len(clusters)), parts)):
        path = folder / sample / f"{i}.parquet"
        write_clusters(path, [clusters.take(index)], clusters.images.shape[-1], PIXEL_NM, {})
        paths.append(path)
    return paths
