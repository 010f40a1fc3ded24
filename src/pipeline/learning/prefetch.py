"""Preparing the next events of a training in threads while the network trains."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def in_order(tasks: Iterable[Callable[[], T]], threads: int, ahead: int) -> Iterator[T]:
    """Yield the results of `tasks` in their order, made by `threads` threads.

    At most `ahead` tasks beyond the requested one are started, so memory is bounded by as many
    results. The exception of a task is raised in place of its result.
    """
    waiting: deque[Future[T]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for task in tasks:
            waiting.append(pool.submit(task))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
