"""Stopping a training at SIGTERM, which batch systems send some time before SIGKILL."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopped(Exception):
    """A training stopped before its end; it can be resumed from its checkpoint."""


@contextmanager
def sigterm_noted() -> Iterator[Callable[[], bool]]:
    """Yield a function that returns whether SIGTERM was received; SIGTERM does not end the process.

    Python handles signals in the main thread only. In another thread SIGTERM ends the process as
    usual.
    """
    came = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield came.is_set
        return
    before = signal.signal(signal.SIGTERM, lambda *_: came.set())
    try:
        yield came.is_set
    finally:
        signal.signal(signal.SIGTERM, before)
