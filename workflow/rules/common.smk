# The study, and the rules that serve all chains: figures, their page, the provenance record
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "src"))

from pipeline.core.digests import code_digest, package_digest
from pipeline.core.job import PARALLELISM, share_package
from pipeline.core.named import named
from pipeline.core.preflight import NotReadyError, check_ready
from pipeline.study import ConfigError, check_config

try:
    study = check_config(config)
    for chain_paths in study.paths.values():
        chain_paths.check_files()
except (ConfigError, FileNotFoundError) as error:
    sys.exit(f"error in {error}")

share_package(package_digest())

R = study.results
WORKFLOW = Path(workflow.basedir) / "workflow"
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
    return code_digest(WORKFLOW / "scripts" / script, *names)


def calls(script, function, settings=()):
    """Params of a script that calls the function that they name, with plain settings."""
    settings = settings or {}
    return {"function": function, "settings": settings, "code": code(script, function)}


def parallel(training):
    """How a training is spread over cores, and the GPUs that it keeps busy, as resources.

    `cuda` is no request: it lets a profile limit the jobs that use a machine's GPU together.
    """
    own = {f"{PARALLELISM}{k}": n for k, n in training.parallelism().items()}
    return {**own, "cuda": training.gpus}


def on_gpu(*trainings):
    """The resource `cuda` of a job that uses trained networks."""
    return max(min(training.gpus, 1) for training in trainings)


def figure_of(wildcards):
    return FIGURES[wildcards.chain][wildcards.figure]


def figure_files(kind):
    return [f"{R}/{chain}/plots/{name}.{kind}" for chain, name in SHOWN]


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


rule figure:
    input:
        unpack(lambda wildcards: figure_of(wildcards).inputs),
    output:
        png=report(
            f"{R}/{{chain}}/plots/{{figure}}.png",
            caption="../report/figure.md",
            category=lambda wildcards: TITLES[wildcards.chain],
            labels=lambda wildcards: figure_of(wildcards).labels(),
        ),
        pdf=f"{R}/{{chain}}/plots/{{figure}}.pdf",
    log:
        f"{R}/logs/{{chain}}/plots/{{figure}}.log",
    conda:
        "../../envs/conda.yaml"
    params:
        module=lambda wildcards: figure_of(wildcards).module,
        settings=lambda wildcards: figure_of(wildcards).params,
        caption=lambda wildcards: figure_of(wildcards).caption,
        code=lambda wildcards: code("figure.py", figure_of(wildcards).module),
    message:
        "figure: {wildcards.chain} {wildcards.figure}"
    script:
        "../scripts/figure.py"


rule figures:
    input:
        png=figure_files("png"),
        pdf=figure_files("pdf"),
        tables=[paths.page_tables() for paths in study.paths.values()],
        # It lies beside the tables whatever is asked for; the page does not show it.
        record=ancient(f"{R}/provenance.json"),
    output:
        folder=report(
            directory(f"{R}/figures"),
            htmlindex="index.html",
            category="overview",
            labels={"page": "all figures, main tables"},
        ),
    log:
        f"{R}/logs/figures.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        chains=[
            {
                "name": chain.name,
                "title": chain.title,
                "figures": [
                    {"name": figure.name, "caption": figure.caption}
                    for figure in FIGURES[chain.name].values()
                ],
                "tables": len(study.paths[chain.name].page_tables()),
            }
            for chain in study.chains
        ],
        code=code("figures.py"),
    message:
        "gathering the figures in {output.folder}"
    script:
        "../scripts/figures.py"


rule provenance:
    input:
        tables=[
            reported(table)
            for paths in study.paths.values()
            for table in paths.recorded_tables()
        ],
    output:
        file=f"{R}/provenance.json",
        # Snakemake's report shows pages, and offers other texts for download only.
        page=report(
            f"{R}/provenance.html",
            category="provenance",
            caption="../report/provenance.md",
            labels={"record": "what the tables were made with"},
        ),
    log:
        f"{R}/logs/provenance.log",
    conda:
        "../../envs/conda.yaml"
    # Not local: on a cluster it names the hardware of a node, not that of the login node.
    resources:
        mem_mb=500,
        runtime=10,
    params:
        study=study.plain(),
    message:
        "recording what {output.file} was made with"
    script:
        "../scripts/provenance.py"
