from snakemake.utils import min_version

min_version("9.0")

# A config file given on the command line stands alone; keys it leaves out take the schema's
# defaults. See config/README.md for every key.
if not workflow.config_settings.configfiles:

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"


for chain_name in FIGURES:

    include: f"workflow/rules/{chain_name}.smk"


onstart:
    try:
        check_ready(R, os.path.relpath(WORKFLOW))
    except NotReadyError as error:
        sys.exit(f"error: {error}")


rule all:
    default_target: True
    input:
        [paths.targets() for paths in study.paths.values()],
        f"{R}/figures",
