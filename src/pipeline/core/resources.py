"""What the jobs of a rule ask for, as functions that Snakemake calls for every attempt of a job."""

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class TrainingDemand:
    """A training, and what it needs at the first attempt."""

    settings: Training
    mem_mb: int  # memory of each of its processes [MB]
    runtime_min: int  # [min]


def for_training(demand: Callable[[Any], TrainingDemand]) -> dict[str, Request]:
    """Resources of a training: how it is spread over cores, memory, time, and GPUs it keeps busy.

    `cuda` is no request: it lets a profile limit the jobs that use a machine's GPU together.
    `demand` is a function of the wildcards.
    """

    def spread(key: str) -> Request:
        return lambda wildcards: demand(wildcards).settings.parallelism().get(key)

    def memory(wildcards: Any) -> int:
        asked = demand(wildcards)
        return asked.mem_mb * asked.settings.processes

    keys = ("processes", "threads", "loader_threads")
    return {
        **{f"{PARALLELISM}{key}": spread(key) for key in keys},
        "mem_mb": more(memory),
        "runtime": more(lambda wildcards: demand(wildcards).runtime_min),
        "cuda": lambda wildcards: demand(wildcards).settings.gpus,
    }


def on_gpu(*trainings: Training) -> int:
    """The resource `cuda` of a job that uses trained networks."""
    return max(min(training.gpus, 1) for training in trainings)
