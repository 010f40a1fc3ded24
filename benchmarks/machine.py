"""The machine a benchmark ran on, in one line, and times on a machine that others use too."""

import os
import platform
from collections.abc import Callable

from pipeline.core.hardware import hardware, in_words


def describe_machine() -> str:
    """Processor, cores, memory, GPUs and load; Python's version."""
    load, python = os.getloadavg()[0], platform.python_version()
    return f"{in_words(hardware())}, load {load:.1f}, Python {python}"


def best_s(call: Callable[[], object], clock: Callable[[], float], repeats: int) -> float:
    """The shortest of a few runs on a clock, so that other work on the machine disturbs little."""
    times = []
    for _ in range(repeats):
        start = clock()
        call()
        times.append(clock() - start)
    return min(times)
