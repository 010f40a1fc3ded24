"""The response stage: from an event table to a response shard."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.events.table import count_events, read_events
from pipeline.xenon.response.shards import write_shard
from pipeline.xenon.response.simulation import ResponseBatch, simulate_response


def write_response(
    path: str | Path,
    events_path: str | Path,
    detector: Detector,
    seed: int,
    sample: str,
    part: str | int,
) -> int:
    """Write the response to an event table as one shard and return the number of events.

    The random numbers depend on the seed, the sample and the part.

    Raises:
        ValueError: the table cannot be read, or an event exceeds the range of the response.
    """
    rng = generator(seed, "xenon", "response", sample, part)
    progress = Progress(f"response of {sample}", count_events(events_path), "events")

    def batches() -> Iterator[ResponseBatch]:
        for events in read_events(events_path):
            for batch in simulate_response(detector, events, rng):
                yield batch
                progress.update(len(batch))

    written = write_shard(
        path, batches(), {"sample": sample, "part": str(part), "detector": detector.base}
    )
    progress.finish()
    return written
