"""Profiles name rules that exist, and nothing but a profile says what a site calls its GPUs."""

import re

import pytest
from helpers.read_profile import read_profile

BY_RULE = ("set-resources", "set-threads", "groups")
GPU_REQUEST = re.compile(r"\b(gres|gpus?|nvidia_gpu|slurm_\w+)\s*=")


def rule_files(repository):
    return {path.name: path.read_text() for path in repository.glob("workflow/rules/*.smk")}


@pytest.mark.parametrize("filled_in", [False, True])
@pytest.mark.parametrize("name", ["default", "slurm"])
def test_every_rule_named_exists(repository, name, filled_in):
    """Snakemake takes no notice of a name that is no rule's."""
    texts = "".join(rule_files(repository).values())
    rules = set(re.findall(r"^ *(?:rule|use rule \w+ as) (\w+)", texts, re.M))
    for block in BY_RULE:
        assert set(read_profile(repository, name, filled_in).get(block, {})) <= rules


def test_slurm_profile_can_be_filled_in(repository):
    settings = read_profile(repository, "slurm", filled_in=True)
    assert {"slurm_account", "slurm_partition"} <= set(settings["default-resources"])
    training = settings["set-resources"]["gas_train"]
    assert {"slurm_partition", "gres"} <= set(training)


def test_gpus_are_asked_for_by_no_rule_and_by_no_profile_as_it_is(repository):
    assert [name for name, text in rule_files(repository).items() if GPU_REQUEST.search(text)] == []
    assert "set-resources" not in read_profile(repository, "slurm", filled_in=False)


def test_lost_jobs_are_submitted_again(repository):
    assert read_profile(repository, "slurm", filled_in=False)["retries"] > 0
