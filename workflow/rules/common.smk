# The study, and the functions that rules share
import os
import sys
from functools import partial
from pathlib import Path

# Of this file, not of a user's workflow that takes this one as a module (workflow.basedir).
CHECKOUT = Path(workflow.current_basedir).parents[1]
sys.path.insert(0, str(CHECKOUT / "src"))

from pipeline.core.cluster import check_jobs
from pipeline.core.digests import package_digest
from pipeline.core.job import quote_python, share_package
from pipeline.core.kept_digests import KeptDigests
from pipeline.core.paths import counts
from pipeline.core.preflight import NotReadyError, check_needs, check_ready
from pipeline.core.resources import for_training, more, on_gpu
from pipeline.core.rule_params import of_job, table_params
from pipeline.study import ConfigError, open_study

try:
    study = open_study(config, workflow.configfiles)
except (ConfigError, FileNotFoundError) as error:
    sys.exit(f"error in {error}")

share_package(package_digest())
quote_python()

R = study.results
WORKFLOW = CHECKOUT / "workflow"
# Digest of a script, of the modules that it uses and of the functions that it is told to call. In a
# rule's params, it reruns the rule after an edit of any; Snakemake itself notices scripts only.
code = KeptDigests(WORKFLOW / "scripts", Path(".snakemake", "code_digests.json")).digest
calls = partial(table_params, code)
FIGURES, TRAININGS = study.figures, study.trainings
TITLES = {chain.name: chain.title for chain in study.chains}


report: "../report/workflow.md"


def figure_of(wildcards):
    return FIGURES[wildcards.chain][wildcards.figure]


def training_of(wildcards):
    return TRAININGS[wildcards.chain][wildcards.network]


def reported(table):
    """A table as it goes into Snakemake's report, if it can be read there."""
    if not table.endswith(".csv"):
        return table
    label = table.removeprefix(f"{R}/").removesuffix(".csv")
    return report(table, category="tables", labels={"table": label})


wildcard_constraints:
    chain="|".join(FIGURES),
    figure="|".join({name for figures in FIGURES.values() for name in figures}),
    part=r"[\w-]+",
    batch=r"\d+",
