"""Selection of events that the readers of all chains share."""

import logging

import numpy as np
import pytest

from pipeline.core.ingestion import EVENTS_PER_PART, BadEvents, accepted


class Numbers:
    """A batch of numbers; those below 0 are unusable."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def __len__(self):
        return len(self.values)

    def take(self, index):
        return Numbers(self.values[index])


def positive(batch, bad):
    for value in batch.values[batch.values < 0]:
        bad.found(int(value), "below 0")
    return np.flatnonzero(batch.values >= 0)


def read(batches, policy, **events):
    bad = BadEvents("run2.csv", policy)
    good = list(accepted(map(Numbers, batches), positive, bad, 3, **events))
    return [(batch.values.tolist(), ids.tolist()) for batch, ids in good]


def test_ids_count_the_usable_events_of_a_part():
    first = 3 * EVENTS_PER_PART
    assert read([[7, -1], [8, 9]], "skip") == [([7], [first]), ([8, 9], [first + 1, first + 2])]


@pytest.mark.parametrize("batches", [[], [[5, 6]]])
def test_stop_ends_at_a_file_without_usable_events_and_says_what_to_do(batches):
    message = "run2.csv: no usable event among 0 read from event 8 on. .*`on_bad_event: skip`"
    with pytest.raises(ValueError, match=message):
        read(batches, "stop", first_event=8)


@pytest.mark.parametrize(("batches", "seen"), [([], 0), ([[-1, -2]], 2)])
def test_skip_goes_on_without_a_file_that_has_no_usable_events(batches, seen, caplog):
    caplog.set_level(logging.WARNING)
    assert read(batches, "skip") == []
    assert f"run2.csv: no usable event among {seen} read" in caplog.messages[-1]


def test_bad_events_of_the_reader_itself_are_counted(caplog):
    bad = BadEvents("run2.csv", "skip")

    def batches():
        bad.found(1, "damaged")
        yield Numbers([-1])

    assert list(accepted(batches(), positive, bad, 0)) == []
    assert "run2.csv: no usable event among 2 read" in caplog.messages[-1]
