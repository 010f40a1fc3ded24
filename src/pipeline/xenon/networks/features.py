"""What the networks of the anomaly search see of an event."""

import numpy as np
from numpy.typing import NDArray

from pipeline.xenon.response.shards import RECORDED
from pipeline.xenon.response.simulation import ResponseBatch


def features(batch: ResponseBatch) -> NDArray[np.float32]:
    """log(1 + counts) of S1 waveform, S2 waveform, top and bottom pattern: float32 [n, 3835].

    3835 numbers are the paper's and those of the shipped DARWIN; other detectors have others.
    """
    counts = np.concatenate([getattr(batch, name) for name in RECORDED], axis=1)
    return np.log1p(counts, dtype=np.float32)
