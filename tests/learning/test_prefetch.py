"""Results made ahead by threads: in order, bounded, with errors where they belong."""

import threading
import time
from functools import partial

import pytest

from pipeline.learning.prefetch import in_order


def slow_first(number):
    """Tasks that end in another order than they began."""
    time.sleep(0.02 if number % 3 == 0 else 0)
    return number


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("ahead", [0, 1, 4, 100])
def test_results_come_in_order(threads, ahead):
    assert list(in_order([partial(slow_first, n) for n in range(20)], threads, ahead)) == [
        *range(20)
    ]


def test_no_tasks_give_no_results():
    assert list(in_order([], 2, 2)) == []


def test_no_more_is_begun_than_allowed():
    begun = []
    results = in_order([partial(begun.append, n) for n in range(50)], 2, 3)
    for asked in range(1, 10):
        next(results)
        time.sleep(0.01)
        # The one handed out, and three ahead of it.
        assert len(begun) <= asked + 3


def test_threads_work_while_the_results_are_used():
    done = threading.Event()
    results = in_order([lambda: 0, lambda: done.set() or 1], 1, 1)
    assert next(results) == 0
    assert done.wait(timeout=10)


def test_an_error_comes_in_its_place():
    def fail():
        raise ZeroDivisionError("in a thread")

    results = in_order([lambda: 1, fail, lambda: 3], 2, 2)
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError, match="in a thread"):
        next(results)


def test_what_nobody_waits_for_is_not_begun():
    begun = []

    def task(number):
        begun.append(number)
        time.sleep(0.01)

    before = threading.active_count()
    results = in_order([partial(task, n) for n in range(50)], 1, 40)
    next(results)
    results.close()
    assert len(begun) < 10
    assert threading.active_count() == before
