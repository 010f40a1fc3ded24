"""Performance of a direction method at many parameter points at once."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipeline.core.progress import Progress


def cosine_table(cosines: Iterable[np.ndarray], points: pd.DataFrame, what: str) -> pd.DataFrame:
    """Summarise cosines between true and predicted direction, batch by batch.

    Args:
        cosines: float [n, points] per batch; NaN where the method omits the event.
        points: one row per parameter point; its columns come first in the result.
        what: name of the work in the progress lines.

    Returns:
        `points` with events (kept), efficiency, cosine_distance and its standard error,
        head_tail_efficiency (fraction with a positive cosine) and cosine_distance_true_head_tail;
        means are NaN if no event was kept.

    Raises:
        ValueError: there are no events.
    """
    total = 0
    kept, positive, summed, squared, axial = np.zeros((5, len(points)))
    progress = Progress(what, None, "events")
    for cosine in cosines:
        present = np.isfinite(cosine)
        cosine = np.where(present, cosine, 0.0).astype(np.float64)
        total += len(cosine)
        kept += present.sum(axis=0)
        positive += (cosine > 0.0).sum(axis=0)
        summed += cosine.sum(axis=0)
        squared += np.square(cosine).sum(axis=0)
        axial += np.abs(cosine).sum(axis=0)
        progress.update(len(cosine))
    if total == 0:
        raise ValueError(f"{what}: the test set holds no events")
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = summed / kept
        variance = np.maximum(squared / kept - mean**2, 0.0)
        return points.assign(
            events=kept.astype(np.int64),
            efficiency=kept / total,
            cosine_distance=1.0 - mean,
            cosine_distance_err=np.sqrt(variance / kept),
            head_tail_efficiency=positive / kept,
            cosine_distance_true_head_tail=1.0 - axial / kept,
        )
