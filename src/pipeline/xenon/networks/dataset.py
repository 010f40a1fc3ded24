"""Training data of the networks: features of triggered events, in memory and in batches.

Features are stored in half precision: by default 20,000 events x 3839 features, 154 MB. The
relative rounding error of a feature ln(1 + counts) is at most 2^-11, far below the fluctuation of
the number of photons: of S2's sum it is 0.6 % of the photons at most.
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
    """Events of one training step, or of a slice of it."""

    features: torch.Tensor  # float32 [n, features]
    is_nr: torch.Tensor  # float32 [n], 1 for nuclear recoils, 0 for electronic ones
    noise: torch.Tensor  # float32 [n, draws], standard normal; networks draw no random numbers

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True)
class Events:
    """Features and labels of n triggered events."""

    features: NDArray[np.float16]  # [n, features]
    is_nr: NDArray[np.bool_]  # [n]
    validation: NDArray[np.bool_]  # [n], kept for validation

    def __len__(self) -> int:
        return len(self.features)

    def part(self, validation: bool) -> "Part":
        """The events for training, or those kept for validation."""
        return Part(self, np.flatnonzero(self.validation == validation))


@dataclass(frozen=True)
class Part:
    """A subset of events; the features are not copied."""

    events: Events
    index: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.index)

    def batches(
        self, size: int, draws: int, rng: np.random.Generator, shuffled: bool
    ) -> Iterator[Batch]:
        """Yield batches of `size` events, each event with `draws` random numbers.

        The order, if `shuffled`, and the random numbers depend on `rng` only.
        """
        index = rng.permutation(self.index) if shuffled else self.index
        for start in range(0, len(index), size):
            rows = index[start : start + size]
            yield Batch(
                torch.from_numpy(self.events.features[rows]).float(),
                torch.from_numpy(self.events.is_nr[rows]).float(),
                torch.from_numpy(rng.standard_normal((len(rows), draws), dtype=np.float32)),
            )


def slices_of(batch: Batch, slices: int) -> list[Batch]:
    """Divide a batch, in order, into at most `slices` parts of nearly equal size."""
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
    """Read the triggered events of samples and compute their features.

    Memory: 2 bytes per feature, and one row group.

    Args:
        shards: response shards by sample.
        recoils: recoils ("ER" or "NR") that each sample must hold.
        seed: seed of the choice of validation events; see `held_out`.
        fraction: share of the events of each sample kept for validation.
        encode: function that computes features [n, m] from a response.

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
                    f"{path}: {found.shape[1]} features per event, but {table.shape[1]} in the "
                    "shards before it; use samples of one detector"
                )
            start, end = end, end + len(found)
            event_id = batch.events.event_id[batch.triggered]
            table[start:end] = found
            is_nr[start:end] = recoils[sample] == "NR"
            validation[start:end] = held_out(event_id, sample, seed, fraction)
        if end == first:
            raise ValueError(
                f"sample '{sample}' has no event that triggers; raise its number of events"
            )
    return Events(table[:end], is_nr[:end], validation[:end])


def with_nr_share(events: Events, share: float, rng: np.random.Generator) -> Events:
    """Select as many events as possible with this share of nuclear recoils, at random."""
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
