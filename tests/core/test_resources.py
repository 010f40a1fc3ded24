"""Jobs ask for more with every attempt."""

from types import SimpleNamespace

import pytest

from pipeline.config.training import Training
from pipeline.core.resources import TrainingDemand, for_training, more
from pipeline.gas.config.networks import Rcn


@pytest.mark.parametrize("first", [3000, lambda wildcards: 1000 * int(wildcards.size)])
def test_attempts_ask_for_once_twice_and_three_times_as_much(first):
    asked = more(first)
    wildcards = SimpleNamespace(size="3")
    assert [asked(wildcards, attempt) for attempt in (1, 2, 3)] == [3000, 6000, 9000]


def demand(settings):
    return TrainingDemand(settings=settings, mem_mb=1000, runtime_min=60)


def test_training_asks_for_memory_for_each_process_and_for_its_gpus():
    settings = {
        "a": Training(device="cuda", processes=4, slices=4),
        "b": Training(threads=2, slices=2),
    }
    asked = for_training(lambda name: demand(settings[name]))
    assert [asked["mem_mb"]("a", attempt) for attempt in (1, 2)] == [4000, 8000]
    assert [asked["mem_mb"]("b", attempt) for attempt in (1, 2)] == [1000, 2000]
    assert [asked["runtime"]("a", attempt) for attempt in (1, 2)] == [60, 120]
    assert (asked["cuda"]("a"), asked["cuda"]("b")) == (4, 0)
    assert (asked["parallel_processes"]("a"), asked["parallel_threads"]("b")) == (4, 2)


@pytest.mark.parametrize("settings", [Training(), Rcn(architecture="rcn", loader_threads=3)])
def test_every_kind_of_parallelism_is_asked_for(settings):
    asked = for_training(lambda _: demand(settings))
    own = {key.removeprefix("parallel_"): asked[key]("") for key in asked if "parallel" in key}
    assert {key: number for key, number in own.items() if number} == settings.parallelism()
