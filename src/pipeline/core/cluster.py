"""What jobs ask of a Slurm cluster, held against what its partitions allow.

Slurm takes a job that asks for more than its partition allows and lets it wait without end
(PartitionTimeLimit, PartitionConfig). So a run looks at all its jobs before the first is submitted.

A size is a dict with the keys of `UNITS`: of a job, or the largest that a partition allows, where
inf is no limit.
"""

import math
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pipeline.core.preflight import NotReadyError

UNITS = {"runtime": "minutes", "mem_mb": "MB", "threads": "cores"}
Size = dict[str, float]

# A line for each partition and kind of node: name, with * if it is the default; time limit; memory
# [MB] and cores of a node; cores of a node that the partition may use.
SINFO = ("sinfo", "--exact", "--noheader", "--format=%P|%l|%m|%c|%B")
TIMEOUT_S = 60
DEFAULT = ""  # name of the partition of jobs that name none
# Resources that send a job to another cluster, whose partitions sinfo does not show.
ELSEWHERE = ("cluster", "clusters", "slurm_cluster")


def check_jobs(workflow: Any) -> None:
    """Check the jobs that Snakemake's workflow will submit to Slurm, and cap later attempts.

    Without Slurm, or where `sinfo` is missing or fails, nothing is checked.

    Raises:
        NotReadyError: jobs ask for more than their partition allows; lists the rules and the
            lines of the profile to change.
    """
    if workflow.executor_plugin.name != "slurm":
        return
    limits = partition_limits(_sinfo())
    if workflow.executor_settings.partition_config or "SNAKEMAKE_SLURM_PARTITIONS" in os.environ:
        limits.pop(DEFAULT, None)  # the plugin chooses a partition for each job
    jobs = [
        job
        for job in workflow.dag.needrun_jobs()
        if not job.is_local and not any(map(job.resources.get, ELSEWHERE))
    ]
    check_sizes(job_sizes(jobs), limits)
    for rule in {job.rule for job in jobs}:
        cap(rule.resources, limits)


def _sinfo() -> str:
    try:
        return subprocess.run(
            SINFO, check=True, capture_output=True, text=True, timeout=TIMEOUT_S
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def partition_limits(table: str) -> dict[str, Size]:
    """The largest job of each partition, from what `SINFO` prints; of several kinds of nodes the
    largest counts.
    """
    limits: dict[str, Size] = {}
    for row in table.split():
        name, time, mem_mb, cores, usable_cores = row.split("|")
        size = {
            "runtime": _minutes(time),
            # Slurm's default, where the memory of the nodes is not configured.
            "mem_mb": _number(mem_mb) if mem_mb != "1" else math.inf,
            "threads": min(_number(cores), _number(usable_cores)),
        }
        names = [name.removesuffix("*"), *([DEFAULT] if name.endswith("*") else [])]
        for each in names:
            limits[each] = _largest([size, limits.get(each, size)])
    return limits


def job_sizes(jobs: Iterable[Any]) -> dict[tuple[str, str], Size]:
    """The largest job of each rule in each partition, by (rule, partition)."""
    sizes: dict[tuple[str, str], Size] = {}
    for job in jobs:
        given = {name: job.resources.get(name) for name in UNITS} | {"threads": job.threads}
        # Text in the place of a number: it depends on a file that is not there yet.
        asked: Size = {name: n if isinstance(n, int) else 0 for name, n in given.items()}
        if job.resources.get("qos"):
            asked["runtime"] = 0  # a quality of service may have a time limit of its own
        key = job.rule.name, str(job.resources.get("slurm_partition") or DEFAULT)
        sizes[key] = _largest([asked, sizes.get(key, asked)])
    return sizes


def check_sizes(sizes: Mapping[tuple[str, str], Size], limits: Mapping[str, Size]) -> None:
    """Check the sizes of jobs by (rule, partition); see `check_jobs`.

    A partition that is not among the limits allows anything: Slurm itself refuses a wrong name.
    """
    problems, changes = [], []
    for (rule, partition), asked in sorted(sizes.items()):
        limit = _limit(partition, limits)
        above = [name for name in UNITS if asked[name] > limit[name]]
        if above:
            name = f"partition {partition}" if partition else "the default partition"
            problems.append(
                f"{rule} asks for {_words(asked, above)}; {name} allows {_words(limit, above)}"
            )
            changes += _changes(rule, asked, limit, above, limits)
    if problems:
        raise NotReadyError(
            "jobs ask for more than their partition allows; Slurm would let them wait without end:"
            f"{_lines(problems)}\nChange in the profile (each block stands there once):"
            f"{_lines(changes)}"
        )


def _changes(
    rule: str, asked: Size, limit: Size, above: list[str], limits: Mapping[str, Size]
) -> list[str]:
    """Lines of a profile with which jobs of the rule ask for less, or go to a larger partition."""
    larger = [
        partition
        for partition, other in limits.items()
        if partition != DEFAULT and all(asked[name] <= other[name] for name in UNITS)
    ]
    choice = f"  # or slurm_partition: {' or '.join(larger)}" if larger else ""
    less = ", ".join(f"{name}: {limit[name]}" for name in above if name != "threads")
    lines = [f"set-resources: {{{rule}: {{{less}}}}}{choice}"] if less else []
    return lines + ([f"set-threads: {{{rule}: {limit['threads']}}}"] if "threads" in above else [])


def cap(resources: Any, limits: Mapping[str, Size]) -> None:
    """Let jobs of a rule ask for no more time and memory than their partition allows.

    Args:
        resources: The rule's resources; Snakemake evaluates them for every attempt of a job.
        limits: By partition.
    """
    partition = resources.get("slurm_partition")
    names = {"mem_mb"} if "qos" in resources else {"mem_mb", "runtime"}
    for name in names & resources.keys():
        resources[name] = _capped(resources[name], partition, name, limits)


def _capped(
    asked: Any, partition: Any, name: str, limits: Mapping[str, Size]
) -> Callable[..., Any]:
    def value(wildcards: Any, **context: Any) -> Any:
        amount = asked.evaluate(wildcards, **context).value
        where = partition.evaluate(wildcards, **context).value or DEFAULT
        return min(amount, _limit(where, limits)[name]) if isinstance(amount, int) else amount

    return value


def _limit(partition: str, limits: Mapping[str, Size]) -> Size:
    """The largest job in a partition, or in one of several that are separated by commas."""
    unlimited = dict.fromkeys(UNITS, math.inf)
    return _largest([limits.get(name, unlimited) for name in partition.split(",")])


def _largest(sizes: Iterable[Size]) -> Size:
    sizes = list(sizes)
    return {name: max(size[name] for size in sizes) for name in UNITS}


def _minutes(text: str) -> float:
    """Minutes of a time limit: days-hours:minutes:seconds, minutes:seconds, or no limit."""
    days, _, clock = text.rpartition("-")
    parts = [_number(part) for part in clock.split(":")]
    hours, minutes, _ = [0, 0, *parts][-3:]
    return math.inf if math.inf in parts else (24 * _number(days or "0") + hours) * 60 + minutes


def _number(text: str) -> float:
    """A number, or inf for a word such as UNLIMITED."""
    return int(text) if text.isdecimal() else math.inf


def _words(size: Size, names: Iterable[str]) -> str:
    return ", ".join(f"{size[name]} {UNITS[name]}" for name in names)


def _lines(texts: Iterable[str]) -> str:
    return "".join(f"\n  {text}" for text in texts)
