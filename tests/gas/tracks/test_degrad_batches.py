"""Files larger than memory: events come in batches, and lines are read as they are needed."""

import tracemalloc

import pytest

from pipeline.core.ingestion import BadEvents
from pipeline.gas.tracks.degrad import read_degrad


@pytest.fixture
def long_file(tmp_path, event_text):
    path = tmp_path / "DEGRAD.OUT"
    path.write_text("".join(event_text(n, electrons=20) for n in range(1, 1301)))
    return path


def test_batches_hold_at_most_256_events(long_file):
    batches = list(read_degrad(long_file, None, BadEvents("long", "stop")))
    assert [len(batch) for batch in batches] == [256] * 5 + [20]
    numbers = [n for batch in batches for n in batch.source_event.tolist()]
    assert numbers == list(range(1, 1301))


def test_memory_does_not_grow_with_the_file(long_file):
    tracemalloc.start()
    try:
        peaks = []
        for _ in read_degrad(long_file, None, BadEvents("long", "stop")):
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    # The second batch is held beside the one just handed on; from then on nothing is added.
    assert peaks[-1] < 1.1 * peaks[1]
