"""Voxel shards against one file an event: making them, their size, reading them back.

    python benchmarks/preprocessing.py TRACKS.parquet [--events N] [--batch-size N]

The other side follows the steps of Ghrear et al. 2024, section 4.1, as its authors' notebooks do:
numpy event by event, labels appended row by row, a sparse torch tensor for each event in a file of
its own, read back one by one into batches. Both sides run on one thread, interleaved in one
process, on the tracks of one track table (results/gas/tracks/*/*.parquet).
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from machine import describe_machine
from scipy.spatial.transform import Rotation

from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.tracks.table import TrackBatch, count_tracks, read_tracks, write_tracks
from pipeline.gas.voxels.dataset import stream_batches
from pipeline.gas.voxels.stage import voxelise

GRID = Grid()
SMEARING = Smearing(low_um=160, high_um=466)
ROUNDS = 3


def save_event_by_event(tracks: list[TrackBatch], folder: Path, rng: np.random.Generator) -> int:
    """One .pt file for each contained event; returns their number.

    Two passes with a pickled table between them and labels appended row by row, as in the
    notebooks behind the paper.
    """
    processed = folder / "processed.pk"
    _processed(tracks, rng).to_pickle(processed)
    labels = pd.DataFrame(columns=["direction", "offset", "sigma_um", "energy_keV"])
    half = 0.5 * GRID.bins * GRID.voxel_um
    saved = 0
    for _, row in pd.read_pickle(processed).iterrows():
        axes = [torch.tensor(row[axis]) for axis in "xyz"]
        indices = torch.stack([(axis + half) / GRID.voxel_um for axis in axes]).type(torch.int16)
        if indices.min() < 0 or indices.max() >= GRID.bins:
            continue
        counts = torch.ones((len(row["x"]), 1))
        shape = (GRID.bins, GRID.bins, GRID.bins, 1)
        tensor = torch.sparse_coo_tensor(indices.long(), counts, shape).coalesce()
        label = pd.DataFrame([row[list(labels.columns)]])
        labels = pd.concat([labels, label], ignore_index=True) if saved else label
        torch.save(tensor, folder / f"{saved}.pt")
        saved += 1
    labels.to_pickle(folder / "labels.pk")
    return saved


def _processed(tracks: list[TrackBatch], rng: np.random.Generator) -> pd.DataFrame:
    """Smeared, rotated and centred electrons, a row an event."""
    rows = []
    for batch in tracks:
        for event in range(len(batch)):
            positions = batch.positions_um[batch.offsets[event] : batch.offsets[event + 1]]
            sigma = rng.uniform(SMEARING.low_um, SMEARING.high_um)
            rotation = Rotation.random(random_state=rng)
            rotated = rotation.apply(positions + rng.normal(0.0, sigma, positions.shape))
            centre = rotated.mean(axis=0)
            x, y, z = (rotated - centre).T
            rows.append(
                {
                    "x": x,
                    "y": y,
                    "z": z,
                    "direction": rotation.apply(batch.direction[event]),
                    "offset": rotation.apply(batch.start_um[event]) - centre,
                    "sigma_um": sigma,
                    "energy_keV": float(batch.energy_keV[event]),
                }
            )
    return pd.DataFrame(rows)


def read_event_by_event(folder: Path, events: int, batch_size: int) -> int:
    """Batches of voxel indices with the event's place in front, and counts, from .pt files."""
    labels = pd.read_pickle(folder / "labels.pk")
    read = 0
    for first in range(0, events, batch_size):
        indices, counts, directions = [], [], []
        for place, event in enumerate(range(first, min(first + batch_size, events))):
            tensor = torch.load(folder / f"{event}.pt").coalesce()
            voxels = tensor.indices()
            indices.append(torch.cat([torch.full_like(voxels[:1], place), voxels]).T)
            counts.append(tensor.values())
            directions.append(torch.from_numpy(labels["direction"].iloc[event]))
        torch.cat(indices), torch.cat(counts), torch.stack(directions)
        read += len(directions)
    return read


def read_shard(shard: Path, batch_size: int) -> int:
    """The same batches from a voxel shard."""
    read = 0
    for batch in stream_batches([shard], batch_size):
        indices = np.empty((len(batch.voxels), 4), np.int32)
        indices[:, 0] = np.repeat(np.arange(len(batch)), np.diff(batch.offsets))
        rest, indices[:, 3] = np.divmod(batch.voxels, GRID.bins)
        indices[:, 1], indices[:, 2] = np.divmod(rest, GRID.bins)
        torch.from_numpy(indices), torch.from_numpy(batch.counts.astype(np.float32))
        read += len(batch)
    return read


def timed(work: Callable[[], int]) -> tuple[int, float]:
    """What `work` returned, and its seconds."""
    start = time.perf_counter()
    done = work()
    return done, time.perf_counter() - start


def main() -> None:
    """Run the comparison and print it as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tracks", type=Path, help="a track table")
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--batch-size", type=int, default=256)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "tracks.parquet"
        wanted = arguments.events // 256 + 1
        batches = [b for b, _ in zip(read_tracks(arguments.tracks), range(wanted), strict=False)]
        write_tracks(source, batches, {})
        tracks = count_tracks(source)
        shard, counts = folder / "shard.parquet", folder / "shard.json"

        def make_shard() -> int:
            rng = np.random.default_rng(1)
            voxelise(source, "benchmark", GRID, SMEARING, rng, shard, counts)
            return tracks

        def make_files() -> int:
            save_event_by_event(batches, folder, np.random.default_rng(1))
            return tracks

        make_shard()  # compiles
        rates: dict[str, list[float]] = {"make": [], "make each": [], "read": [], "read each": []}
        for _ in range(ROUNDS):
            for label, work in (("make", make_shard), ("make each", make_files)):
                done, seconds = timed(work)
                rates[label].append(done / seconds)
            files = len(list(folder.glob("*.pt")))
            for label, work in (
                ("read", partial(read_shard, shard, arguments.batch_size)),
                ("read each", partial(read_event_by_event, folder, files, arguments.batch_size)),
            ):
                done, seconds = timed(work)
                rates[label].append(done / seconds)
        kept = read_shard(shard, arguments.batch_size)
        shard_bytes = shard.stat().st_size / kept
        file_bytes = sum(f.stat().st_size for f in folder.glob("*.pt")) / files

    best = {label: max(values) for label, values in rates.items()}
    print(describe_machine())
    print(f"{tracks} tracks, {kept} contained; best of {ROUNDS} interleaved rounds\n")
    print(f"{'':24}{'shards':>12}{'file/event':>12}{'ratio':>8}")
    for title, ours, theirs, form in (
        ("smear to disk, events/s", best["make"], best["make each"], ",.0f"),
        ("read batches, events/s", best["read"], best["read each"], ",.0f"),
        ("bytes per event", shard_bytes, file_bytes, ",.0f"),
    ):
        print(f"{title:24}{ours:>12{form}}{theirs:>12{form}}{ours / theirs:>8.3g}")


if __name__ == "__main__":
    main()
