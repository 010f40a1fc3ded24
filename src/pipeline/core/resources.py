"""What the jobs of a rule ask for, as functions that Snakemake calls for every attempt of a job."""

from collections.abc import Callable
from typing import Any

from pipeline.config.training import Training
from pipeline.core.job import PARALLELISM

Request = Callable[..., int | None]


def more(first: int | Callable[[Any], int]) -> Request:
    """A resource that grows with every attempt of a job: 1, 2, 3, ... times `first`.

    `first` is a number or a function of the wildcards. The profiles' defaults grow the same way.
    """

    def asked(wildcards: Any, attempt: int) -> int:
        return attempt * (first(wildcards) if callable(first) else first)

    return asked


def for_training(settings: Callable[[Any], Training], mem_mb: int) -> dict[str, Request]:
    """Resources of a training: how it is spread over cores, its memory, and the GPUs it keeps busy.

    `cuda` is no request: it lets a profile limit the jobs that use a machine's GPU together.

    Args:
        settings: Settings of the training, from the wildcards.
        mem_mb: Memory of each of its processes [MB], at the first attempt.
    """

    def spread(key: str) -> Request:
        return lambda wildcards: settings(wildcards).parallelism().get(key)

    keys = ("processes", "threads", "loader_threads")
    return {
        **{f"{PARALLELISM}{key}": spread(key) for key in keys},
        "mem_mb": more(lambda wildcards: mem_mb * settings(wildcards).processes),
        "cuda": lambda wildcards: settings(wildcards).gpus,
    }
