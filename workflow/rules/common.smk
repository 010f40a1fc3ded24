import os
import sys
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "src"))

from pipeline.gas import paths as layout
from pipeline.study import TRAINING, ConfigError, check_config
from pipeline.gas.methods import methods
from pipeline.core.preflight import NotReadyError, check_ready
from pipeline.core.digests import code_digest, package_digest
from pipeline.core.job import SHARE, share_package

try:
    study = check_config(config)
    layout.check_files(study)
except (ConfigError, FileNotFoundError) as error:
    sys.exit(f"error in {error}")

share_package(package_digest())

R = study.results


report: "../report/workflow.md"


def code(script):
    """Digest of a script and the package modules it uses: an edit of either reruns the rule.

    Snakemake itself notices an edited script only.
    """
    return code_digest(Path(workflow.basedir) / "workflow" / "scripts" / script)


def shares(training):
    """How a training shares its work, and the GPUs that it keeps busy, as resources.

    `cuda` is no request: it lets a profile limit the jobs that use a machine's GPU together.
    """
    own = {f"{SHARE}{name}": number for name, number in training.shares().items()}
    return {**own, "cuda": training.gpus}


def on_gpu(*trainings):
    """The resource `cuda` of a job that uses trained networks."""
    return max(min(training.gpus, 1) for training in trainings)


@cache
def parts_of(source):
    return {part.name: part for part in layout.parts(study, source)}


def part_of(wildcards):
    return parts_of(wildcards.source)[wildcards.part]


def part_params(wildcards):
    """The part's own block: more events or files elsewhere leave it as it was."""
    part = part_of(wildcards)
    return {"seed": study.seed, "index": part.index, "block": part.block.plain()}


def run_params(wildcards):
    """What a Degrad run depends on: not what becomes of its bad events."""
    run = part_of(wildcards).block.model_copy(update={"on_bad_event": "stop"})
    return {"seed": study.seed, "block": run.plain()}


def set_block(voxels):
    return study.training_set if voxels == TRAINING else study.test_sets[voxels]


# Relative, so that a moved checkout is still up to date.
CAPTIONS = os.path.relpath(Path(workflow.basedir) / "workflow" / "report")


def drawn(name):
    """The files of a figure, which go into Snakemake's report too; NAME or NAME/{test}."""
    figure, *test = name.split("/")
    shown = report(
        f"{R}/plots/{name}.png",
        caption=f"../report/{figure}.md",
        category="liquid xenon" if figure.startswith("xenon_") else "direction",
        labels={
            "figure": figure.removeprefix("xenon_").replace("_", " "),
            **{"test set": wildcard for wildcard in test},
        },
    )
    return [shown, f"{R}/plots/{name}.pdf"]


def listed(table):
    """A table as it goes into Snakemake's report, if it can be read there."""
    if not table.endswith(".csv"):
        return table
    label = table.removeprefix(f"{R}/").removesuffix(".csv")
    return report(table, category="tables", labels={"table": label})


def tested(table):
    """A table of every test set."""
    return expand(f"{R}/tables/{{test}}/{table}.csv", test=study.test_sets)


wildcard_constraints:
    source=r"[\w-]+",
    part=r"[\w-]+",
    voxels="|".join(layout.voxel_sets(study)),
    batch=r"\d+",
    test="|".join(study.test_sets),
    network="|".join(study.networks),
