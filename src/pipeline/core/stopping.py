"""Stopping a training when its job is told to end: batch systems send SIGTERM, then SIGKILL."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopped(Exception):
    """A training stopped before its end; its checkpoint holds all that it has learnt."""


@contextmanager
def sigterm_noted() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether SIGTERM has come; meanwhile nothing dies of it.

    Python handles signals in the main thread alone: in another one, SIGTERM ends the process as
    ever.
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
