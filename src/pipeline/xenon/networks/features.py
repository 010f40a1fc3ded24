"""Input features of the networks of the anomaly search."""

import numpy as np
from numpy.typing import NDArray

from pipeline.xenon.response.shards import RECORDED
from pipeline.xenon.response.simulation import ResponseBatch


def features(batch: ResponseBatch) -> NDArray[np.float32]:
    """log(1 + counts) of S1 waveform, S2 waveform, top and bottom pattern: float32 [n, features].

    The shipped DARWIN has 3835 features, as in the paper.
    """
    counts = np.concatenate([getattr(batch, name) for name in RECORDED], axis=1)
    return np.log1p(counts, dtype=np.float32)
