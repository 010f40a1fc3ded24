import os
import sys
from pathlib import Path

from pipeline import layout
from pipeline.config.schema import TRAINING, ConfigError, check_config
from pipeline.direction.methods import methods
from pipeline.provenance import code_digest, versions

try:
    study = check_config(config)
except ConfigError as error:
    sys.exit(f"error in {error}")

R = study.results


def code(script):
    """Digest of a script and the package modules it uses: an edit of either reruns the rule.

    Snakemake itself notices an edited script only.
    """
    return code_digest(Path(workflow.basedir) / "workflow" / "scripts" / script)


wildcard_constraints:
    source=r"[\w-]+",
    part=r"[\w-]+",
    voxels="|".join(layout.voxel_sets(study)),
    batch=r"\d+",
    test="|".join(study.test_sets),
    network="|".join(study.networks),
