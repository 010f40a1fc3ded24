"""Every rule asks Slurm for more memory and time with every attempt."""

import json
import subprocess
import sys

# The rules of the test config with the defaults of the Slurm profile, as {rule: {resource: [at
# attempt 1, 2, 3]}}.
SCRIPT = """
import json
from pathlib import Path
import yaml
from snakemake.api import SnakemakeApi
from snakemake.iocontainers import Wildcards
from snakemake.resources import Resources
from snakemake.settings.types import ConfigSettings, ResourceSettings

BASES = ("table", "train")
NETWORKS = {"xenon": "classifier", "emulsion": "harmonic"}
defaults = yaml.safe_load(Path("profiles/slurm/config.yaml").read_text())["default-resources"]
defaults = Resources.parse([f"{k}={v}" for k, v in defaults.items()], allow_expressions=True)
with SnakemakeApi() as api:
    workflow = api.workflow(
        snakefile=Path("Snakefile"),
        config_settings=ConfigSettings(configfiles=[Path("config/test.yaml")]),
        resource_settings=ResourceSettings(cores=1, default_resources=defaults),
    )._workflow
    others = dict(input=[], threads=1, async_run=None)
    asked = {}
    for rule in workflow.rules:
        if rule.name in BASES:
            continue
        chain = rule.name.split("_")[0]
        wildcards = {"chain": chain, "network": NETWORKS.get(chain, "HCN")}
        wildcards = Wildcards(fromdict=wildcards)
        asked[rule.name] = {
            name: [
                rule.resources[name]
                .evaluate(wildcards, attempt=attempt, rulename=rule.name, **others)
                .value
                for attempt in (1, 2, 3)
            ]
            for name in ("mem_mb", "runtime")
        }
print(json.dumps(asked))
"""


def test_attempts_ask_for_once_twice_and_three_times_the_memory_and_the_time(pristine):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=pristine.folder,
        env=pristine.environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    asked = json.loads(done.stdout)
    assert asked["gas_train"] == {"mem_mb": [3000, 6000, 9000], "runtime": [1440, 2880, 4320]}
    assert asked["xenon_train"]["mem_mb"] == [2000, 4000, 6000]
    assert len(asked) > 25
    for rule, resources in asked.items():
        for first, second, third in resources.values():
            assert (second, third) == (2 * first, 3 * first), rule
