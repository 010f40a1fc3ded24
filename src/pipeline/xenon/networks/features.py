"""Input features of the networks of the anomaly search."""

import numpy as np
from numpy.typing import NDArray

from pipeline.xenon.response.shards import RECORDED
from pipeline.xenon.response.simulation import ResponseBatch

SUMS = 4  # the last features of an event, which the autoencoder does not see


def counts(batch: ResponseBatch) -> NDArray[np.float32]:
    """log(1 + counts) of S1 waveform, S2 waveform, top and bottom pattern: float32 [n, counts].

    The shipped DARWIN has 3835, as in the paper.
    """
    found = np.concatenate([getattr(batch, name) for name in RECORDED], axis=1)
    return np.log1p(found, dtype=np.float32)


def features(batch: ResponseBatch) -> NDArray[np.float32]:
    """`counts` and `sums`: float32 [n, counts + SUMS]."""
    return np.concatenate([counts(batch), sums(batch)], axis=1)


def sums(batch: ResponseBatch) -> NDArray[np.float32]:
    """Four numbers of each event: float32 [n, SUMS].

    They are log(1 + photons) of S1 and of S2, the drift time [ms] and the mean time of S1 after
    its first photon [samples], 0 without an S1.
    """
    s1 = batch.s1_waveform.astype(np.float32)
    photons = s1.sum(1)
    time = s1 @ np.arange(s1.shape[1], dtype=np.float32) / np.maximum(photons, 1)
    s2 = batch.s2_waveform.sum(1, dtype=np.float32)
    return np.stack([np.log1p(photons), np.log1p(s2), batch.drift_time_us / 1000, time], axis=1)
