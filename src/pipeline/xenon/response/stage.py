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
    candidates: int = 1,
) -> int:
    """Write the response to an event table as one shard and return the number of events.

    One in `candidates` events of the table is taken, see `simulate_response`. The random
    numbers depend on the seed, the sample and the part.

    Raises:
        ValueError: the table cannot be read, or an event exceeds the range of the response.
    """
    rng = generator(seed, "xenon", "response", sample, part)
    progress = Progress(f"response of {sample}", count_events(events_path) // candidates, "events")

    def batches() -> Iterator[ResponseBatch]:
        first = 0
        for events in read_events(events_path):
            last = first + len(events)
            number = last // candidates - first // candidates if candidates > 1 else None
            first = last
            for batch in simulate_response(detector, events, rng, number):
                yield batch
                progress.update(len(batch))

    written = write_shard(
        path, batches(), {"sample": sample, "part": str(part), "detector": detector.base}
    )
    progress.finish()
    return written
