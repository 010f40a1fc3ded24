# The study, and the functions that rules share
import os
import sys
from pathlib import Path

# Of this file, not of a user's workflow that takes this one as a module (workflow.basedir).
CHECKOUT = Path(workflow.current_basedir).parents[1]
sys.path.insert(0, str(CHECKOUT / "src"))

from pipeline.core.cluster import check_jobs
from pipeline.core.digests import package_digest
from pipeline.core.job import quote_python, share_package
from pipeline.core.kept_digests import KeptDigests
from pipeline.core.named import named
from pipeline.core.paths import counts
from pipeline.core.preflight import NotReadyError, check_needs, check_ready
from pipeline.core.resources import for_training, more
from pipeline.study import ConfigError, open_study

try:
    study = open_study(config, workflow.configfiles)
except (ConfigError, FileNotFoundError) as error:
    sys.exit(f"error in {error}")

share_package(package_digest())
quote_python()

R = study.results
WORKFLOW = CHECKOUT / "workflow"
DIGESTS = KeptDigests(WORKFLOW / "scripts", Path(".snakemake", "code_digests.json"))
FIGURES = {
    chain.name: {
        figure.name: figure for figure in named(chain.figures)(study.paths[chain.name])
    }
    for chain in study.chains
}
SHOWN = [(chain, name) for chain, figures in FIGURES.items() for name in figures]
TITLES = {chain.name: chain.title for chain in study.chains}


report: "../report/workflow.md"


def code(script, *names):
    """Digest of a script, the modules it uses and those of the functions that it is told to call.

    An edit of any of them reruns the rule. Snakemake itself notices an edited script only.
    """
    return DIGESTS.digest(script, *names)


def calls(function, settings=(), *names, script="tables.py"):
    """Params of a script that calls the function that they name, with plain settings.

    `names` are functions or modules that it is told to call besides.
    """
    settings, digest = settings or {}, code(script, function, *names)
    return {"function": function, "settings": settings, "code": digest}


def on_gpu(*trainings):
    """The resource `cuda` of a job that uses trained networks."""
    return max(min(training.gpus, 1) for training in trainings)


def figure_of(wildcards):
    return FIGURES[wildcards.chain][wildcards.figure]


def figure_files():
    """Files of all figures, in the order of the page."""
    return [
        f"{R}/{chain}/plots/{name}.{kind}"
        for chain, name in SHOWN
        for kind in FIGURES[chain][name].formats
    ]


def reported(table):
    """A table as it goes into Snakemake's report, if it can be read there."""
    if not table.endswith(".csv"):
        return table
    label = table.removeprefix(f"{R}/").removesuffix(".csv")
    return report(table, category="tables", labels={"table": label})


wildcard_constraints:
    chain="|".join(FIGURES),
    figure="|".join({name for _, name in SHOWN}),
    part=r"[\w-]+",
    batch=r"\d+",
