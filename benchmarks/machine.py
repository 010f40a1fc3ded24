"""The machine a benchmark ran on, in one line."""

import os
import platform

from pipeline.core.hardware import hardware, in_words


def describe_machine() -> str:
    """Processor, cores, memory, GPUs and load; Python's version."""
    load, python = os.getloadavg()[0], platform.python_version()
    return f"{in_words(hardware())}, load {load:.1f}, Python {python}"
