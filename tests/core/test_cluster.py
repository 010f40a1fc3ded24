"""Jobs that a partition does not allow are named before the first is submitted."""

import math
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from snakemake.common.tbdstring import TBDString
from snakemake.resources import Resources

from pipeline.core import cluster
from pipeline.core.cluster import cap, check_jobs, check_sizes, job_sizes, partition_limits
from pipeline.core.preflight import NotReadyError

# As `sinfo` prints it; the node of `any` has no memory in its configuration.
TABLE = """\
cpu*|12:00:00|8000|2|UNLIMITED
gpu|1-00:30:00|8000|2|UNLIMITED
gpu|1-00:30:00|900000|16|UNLIMITED
short|30:00|8000|64|4
any|infinite|1|48|UNLIMITED
"""
LIMITS = partition_limits(TABLE)


def size(runtime=60, mem_mb=2000, threads=1):
    return {"runtime": runtime, "mem_mb": mem_mb, "threads": threads}


@dataclass(eq=False)
class Rule:
    """What is asked of a rule of Snakemake."""

    name: str
    resources: Resources


def job(rule, threads=1, local=False, **resources):
    return SimpleNamespace(
        rule=Rule(rule, Resources.from_mapping(resources)),
        resources=resources,
        threads=threads,
        is_local=local,
    )


def test_limits_are_those_of_the_largest_node_of_each_partition():
    assert {
        "": size(720, 8000, 2),  # the default
        "cpu": size(720, 8000, 2),
        "gpu": size(1470, 900_000, 16),
        "short": size(30, 8000, 4),
        "any": size(math.inf, math.inf, 48),
    } == LIMITS


@pytest.mark.parametrize(
    ("time", "minutes"),
    [("30:00", 30), ("2:00:00", 120), ("7-00:00:00", 10080), ("infinite", math.inf)],
)
def test_time_limits_are_read(time, minutes):
    (limit,) = partition_limits(f"cpu|{time}|8000|2|UNLIMITED\n").values()
    assert limit["runtime"] == minutes


def test_size_of_a_rule_is_that_of_its_largest_job_in_each_partition():
    jobs = [
        job("train", threads=4, runtime=60, mem_mb=9000),
        job("train", threads=2, runtime=90, mem_mb=3000),
        job("train", runtime=30, mem_mb=1000, slurm_partition="gpu"),
        job("predict", runtime=30, mem_mb=TBDString()),
    ]
    assert job_sizes(jobs) == {
        ("train", ""): size(90, 9000, 4),
        ("train", "gpu"): size(30, 1000, 1),
        ("predict", ""): size(30, 0, 1),
    }


def test_time_with_a_quality_of_service_is_not_checked():
    sizes = job_sizes([job("train", runtime=9999, mem_mb=1, qos="long", slurm_partition="cpu")])
    check_sizes(sizes, LIMITS)


@pytest.mark.parametrize(
    ("partition", "asked"),
    [
        ("", size(720, 8000, 2)),
        ("any", size(10**6, 10**6, 48)),
        ("short,gpu", size(1470, 2000, 16)),
        ("not_listed", size(10**6, 10**6, 1000)),
    ],
)
def test_what_a_partition_allows_is_accepted(partition, asked):
    check_sizes({("rule", partition): asked}, LIMITS)


@pytest.mark.parametrize(
    ("partition", "asked", "problem", "changes"),
    [
        (
            "",
            size(1440),
            "train asks for 1440 minutes; the default partition allows 720 minutes",
            ["set-resources: {train: {runtime: 720}}  # or slurm_partition: gpu or any"],
        ),
        (
            "short",
            size(60, 9000, 5),
            "train asks for 60 minutes, 9000 MB, 5 cores; "
            "partition short allows 30 minutes, 8000 MB, 4 cores",
            [
                "set-resources: {train: {runtime: 30, mem_mb: 8000}}"
                "  # or slurm_partition: gpu or any",
                "set-threads: {train: 4}",
            ],
        ),
        (
            "any",
            size(threads=49),
            "train asks for 49 cores; partition any allows 48 cores",
            ["set-threads: {train: 48}"],
        ),
    ],
)
def test_rule_above_its_partition_is_told_with_what_to_change(partition, asked, problem, changes):
    with pytest.raises(NotReadyError) as told:
        check_sizes({("other", "cpu"): size(), ("train", partition): asked}, LIMITS)
    lines = [line.strip() for line in str(told.value).splitlines()]
    assert lines[1] == problem
    assert lines[3:] == changes


def test_only_less_is_proposed_where_no_partition_is_large_enough():
    limits = partition_limits("cpu*|12:00:00|8000|2|UNLIMITED\n")
    with pytest.raises(NotReadyError) as told:
        check_sizes({("a", ""): size(1440, 9000, 3), ("b", "cpu"): size(721)}, limits)
    assert [line.strip() for line in str(told.value).splitlines()[-3:]] == [
        "set-resources: {a: {runtime: 720, mem_mb: 8000}}",
        "set-threads: {a: 2}",
        "set-resources: {b: {runtime: 720}}",
    ]


def attempts(resources, name):
    found = [resources[name].evaluate({}, attempt=attempt) for attempt in (1, 2, 3)]
    return [resource.value for resource in found]


def growing(first):
    return lambda wildcards, attempt: attempt * first


@pytest.mark.parametrize(
    ("partition", "runtime", "mem_mb"),
    [
        ({}, [500, 720, 720], [3000, 6000, 8000]),
        ({"slurm_partition": "any"}, [500, 1000, 1500], [3000, 6000, 9000]),
        ({"slurm_partition": lambda wildcards: "gpu"}, [500, 1000, 1470], [3000, 6000, 9000]),
        ({"qos": "long"}, [500, 1000, 1500], [3000, 6000, 8000]),
    ],
)
def test_later_attempts_ask_for_no_more_than_the_partition_allows(partition, runtime, mem_mb):
    resources = Resources.from_mapping(
        {"runtime": growing(500), "mem_mb": growing(3000), **partition}
    )
    cap(resources, LIMITS)
    assert attempts(resources, "runtime") == runtime
    assert attempts(resources, "mem_mb") == mem_mb


@pytest.fixture
def workflow(monkeypatch):
    """(executor, jobs) -> a workflow as Snakemake has it when a run starts; sinfo prints TABLE."""
    monkeypatch.setattr(cluster, "SINFO", ("echo", TABLE))
    monkeypatch.delenv("SNAKEMAKE_SLURM_PARTITIONS", raising=False)

    def make(executor, *jobs):
        return SimpleNamespace(
            executor_plugin=SimpleNamespace(name=executor),
            executor_settings=SimpleNamespace(partition_config=None),
            dag=SimpleNamespace(needrun_jobs=lambda: jobs),
        )

    return make


TOO_LONG = {"runtime": 1000, "mem_mb": 1}


def test_jobs_of_a_run_on_slurm_are_checked_and_capped(workflow):
    with pytest.raises(NotReadyError, match="train asks for 1000 minutes"):
        check_jobs(workflow("slurm", job("train", **TOO_LONG)))
    fits = job("train", runtime=700, mem_mb=1)
    fits.rule.resources = Resources.from_mapping({"runtime": growing(700)})
    check_jobs(workflow("slurm", fits))
    assert attempts(fits.rule.resources, "runtime") == [700, 720, 720]


@pytest.mark.parametrize(
    "other",
    [
        job("train", local=True, **TOO_LONG),
        job("train", clusters="another", **TOO_LONG),
        job("train", slurm_partition="gpu", **TOO_LONG),
    ],
)
def test_jobs_that_go_elsewhere_are_not_held_against_the_default_partition(workflow, other):
    check_jobs(workflow("slurm", other))


def test_partition_that_the_plugin_chooses_is_not_checked(workflow, monkeypatch):
    monkeypatch.setenv("SNAKEMAKE_SLURM_PARTITIONS", "partitions.yaml")
    check_jobs(workflow("slurm", job("train", **TOO_LONG)))


def test_other_executors_do_not_ask_slurm(workflow, monkeypatch):
    monkeypatch.setattr(cluster, "_sinfo", lambda: pytest.fail("sinfo was called"))
    check_jobs(workflow("local", job("train", **TOO_LONG)))


@pytest.mark.parametrize("command", [("no_such_program",), ("false",), ("true",)])
def test_without_an_answer_of_sinfo_nothing_is_checked(workflow, monkeypatch, command):
    monkeypatch.setattr(cluster, "SINFO", command)
    check_jobs(workflow("slurm", job("train", **TOO_LONG)))
