from snakemake.utils import min_version

min_version("9.0")

# A config file given on the command line stands alone; keys it leaves out take the schema's
# defaults. See config/README.md for every key.
if not workflow.config_settings.configfiles:

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/tracks.smk"
include: "workflow/rules/voxels.smk"
include: "workflow/rules/direction.smk"
include: "workflow/rules/inference.smk"
include: "workflow/rules/comparison.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/xenon_common.smk"
include: "workflow/rules/xenon.smk"
include: "workflow/rules/xenon_learning.smk"
include: "workflow/rules/xenon_search.smk"
include: "workflow/rules/xenon_images.smk"
include: "workflow/rules/xenon_figures.smk"
include: "workflow/rules/gallery.smk"
include: "workflow/rules/provenance.smk"


onstart:
    try:
        check_ready(R, os.path.relpath(Path(workflow.basedir) / "workflow"))
    except NotReadyError as error:
        sys.exit(f"error: {error}")


CHAINS = {
    "direction": [
        f"{R}/tables/summary.csv",
        f"{R}/tables/containment.csv",
        *layout.comparison_tables(study),
    ],
    "xenon": rules.xenon.input,
}


rule all:
    default_target: True
    input:
        [CHAINS[chain] for chain in study.chains],
        f"{R}/figures",
