"""What the networks learn from: features of triggered events, in memory and in batches.

Half precision keeps the default's 20,000 events x 3835 features in 153 MB. A feature
ln(1 + counts) is rounded by at most 2^-11 of itself, far below a photon's own fluctuation.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.learning.split import held_out
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.networks.features import features
from pipeline.xenon.response.shards import count_responses, read_shard
from pipeline.xenon.response.simulation import ResponseBatch


@dataclass(frozen=True)
class Batch:
    """Events of a step, or of a slice of it."""

    features: torch.Tensor  # float32 [n, features]
    is_nr: torch.Tensor  # float32 [n], 1 for nuclear recoils, 0 for electronic ones
    noise: torch.Tensor  # float32 [n, draws], standard normal: a network draws none itself

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True)
class Events:
    """Features of n triggered events and what they are."""

    features: NDArray[np.float16]  # [n, features]
    is_nr: NDArray[np.bool_]  # [n]
    validation: NDArray[np.bool_]  # [n], kept for validation

    def __len__(self) -> int:
        return len(self.features)

    def part(self, validation: bool) -> "Part":
        """The events to learn from, or those kept for validation."""
        return Part(self, np.flatnonzero(self.validation == validation))


@dataclass(frozen=True)
class Part:
    """Some of the events; the features are not copied."""

    events: Events
    index: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.index)

    def batches(
        self, size: int, draws: int, rng: np.random.Generator, shuffled: bool
    ) -> Iterator[Batch]:
        """Batches of `size` events with `draws` random numbers an event, all from `rng`."""
        index = rng.permutation(self.index) if shuffled else self.index
        for start in range(0, len(index), size):
            rows = index[start : start + size]
            yield Batch(
                torch.from_numpy(self.events.features[rows]).float(),
                torch.from_numpy(self.events.is_nr[rows]).float(),
                torch.from_numpy(rng.standard_normal((len(rows), draws), dtype=np.float32)),
            )


def slices_of(batch: Batch, slices: int) -> list[Batch]:
    """The events of a batch in order, in at most `slices` parts of nearly equal size."""
    size = -(-len(batch) // slices)
    parts = (batch.features.split(size), batch.is_nr.split(size), batch.noise.split(size))
    return [Batch(*part) for part in zip(*parts, strict=True)]


def read_training_events(
    shards: Mapping[str, Sequence[str | Path]],
    recoils: Mapping[str, str],
    seed: int,
    fraction: float,
    encode: Callable[[ResponseBatch], NDArray[np.float32]] = features,
) -> Events:
    """The triggered events of samples with their features; `shards` are given by sample.

    `recoils` says which recoils ("ER" or "NR") a sample must hold; `fraction` of its events are
    kept for validation, see `held_out`. `encode` makes features [n, m] of a response. Memory: 2
    bytes a feature, and one row group.

    Raises:
        ValueError: a sample holds other recoils or no triggered event, or shards differ in their
            number of features.
    """
    rows = sum(count_responses(path) for paths in shards.values() for path in paths)
    is_nr, validation = np.empty(rows, bool), np.empty(rows, bool)
    table = np.empty((rows, 0), np.float16)
    end = 0
    for sample, paths in shards.items():
        first = end
        for path, batch in _read(paths):
            if (batch.events.recoil != RECOILS.index(recoils[sample])).any():
                raise ValueError(f"{path}: '{sample}' holds other recoils than {recoils[sample]}")
            found = encode(batch)[batch.triggered]
            if not end:
                table = np.empty((rows, found.shape[1]), np.float16)
            if found.shape[1] != table.shape[1]:
                raise ValueError(
                    f"{path}: {found.shape[1]} features an event, {table.shape[1]} in the shards "
                    "before it; samples of one detector are needed"
                )
            start, end = end, end + len(found)
            event_id = batch.events.event_id[batch.triggered]
            table[start:end] = found
            is_nr[start:end] = recoils[sample] == "NR"
            validation[start:end] = held_out(event_id, sample, seed, fraction)
        if end == first:
            raise ValueError(f"sample '{sample}' has no event that triggers; give it more events")
    return Events(table[:end], is_nr[:end], validation[:end])


def with_nr_share(events: Events, share: float, rng: np.random.Generator) -> Events:
    """Most of the events with this share of nuclear recoils; surplus ones are left out by lot."""
    er, nr = (np.flatnonzero(events.is_nr == flag) for flag in (False, True))
    odds = share / (1 - share)
    keep_nr = min(len(nr), round(len(er) * odds))
    keep_er = min(len(er), round(len(nr) / odds))
    kept = np.sort(np.concatenate([rng.permutation(er)[:keep_er], rng.permutation(nr)[:keep_nr]]))
    return Events(events.features[kept], events.is_nr[kept], events.validation[kept])


def _read(paths: Sequence[str | Path]) -> Iterator[tuple[str | Path, ResponseBatch]]:
    for path in paths:
        for batch in read_shard(path):
            yield path, batch
