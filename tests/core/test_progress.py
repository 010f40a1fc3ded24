"""Progress: rate and time left, not more often than asked."""

import logging

import pytest

from pipeline.core import progress
from pipeline.core.progress import Progress


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets: clock['s'] = seconds."""
    now = {"s": 100.0}
    monkeypatch.setattr(progress.time, "monotonic", lambda: now["s"])
    return now


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "pipeline.core.progress")
    return lambda: [record.getMessage() for record in caplog.records]


def test_line_tells_done_rate_and_time_left(clock, lines):
    counter = Progress("reading", 10_000, "events")
    clock["s"] += 10
    counter.update(2_000, "loss 0.5")
    # 200 events/s leave 8000 events for 40 s.
    assert lines() == ["reading: 2,000/10,000 events, 200/s, ETA 0:40, loss 0.5"]


def test_long_times_are_minutes_and_slow_rates_have_digits(clock, lines):
    counter = Progress("reading", 100, "events")
    clock["s"] += 8
    counter.update(2)
    assert lines() == ["reading: 2/100 events, 0.25/s, ETA 6:32"]


def test_lines_come_every_few_seconds_only(clock, lines):
    counter = Progress("reading", None, "events", every_s=5)
    for _ in range(100):
        clock["s"] += 0.5
        counter.update(1)
    assert len(lines()) == 10


def test_unknown_total_has_no_time_left(clock, lines):
    counter = Progress("reading", None, "events")
    clock["s"] += 6
    counter.update(30)
    assert lines() == ["reading: 30 events, 5/s"]


def test_finish_always_logs(clock, lines):
    counter = Progress("reading", 30, "events")
    clock["s"] += 1
    counter.update(30)
    counter.finish("done")
    assert lines() == ["reading: 30/30 events, 30/s, ETA 0:00, done"]


def test_nothing_done_in_no_time_is_no_division_by_zero(clock, lines):
    Progress("reading", 0, "events").finish()
    Progress("reading", 5, "events").finish()
    assert len(lines()) == 2
