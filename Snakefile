from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

# A config file on the command line stands alone: keys it leaves out take the schema's defaults.
# Without one, config/config.yaml of the working directory is read, or else the default study's.
if not workflow.config_settings.configfiles:
    CONFIG = Path("config", "config.yaml")

    configfile: CONFIG if CONFIG.exists() else Path(workflow.current_basedir) / CONFIG


include: "workflow/rules/common.smk"


# The first rule, hence the default target; but not that of a user's workflow whose module this is.
rule all:
    input:
        [paths.targets() for paths in study.paths.values()],
        f"{R}/figures",


include: "workflow/rules/figures.smk"
include: "workflow/rules/bases.smk"


for chain_name in FIGURES:

    include: f"workflow/rules/{chain_name}.smk"


onstart:
    try:
        check_ready(R, os.path.relpath(WORKFLOW))
        check_jobs(workflow)
        check_needs(
            workflow, R, study.expected_bytes(), study.gpus(), study.check_weights
        )
    except NotReadyError as error:
        sys.exit(f"error: {error}")
