# Nuclear-emulsion chain: clusters of grains, networks, rejection, checks for leaks, axes, WIMPs

emulsion = study.paths["emulsion"]
ANY_SAMPLE = "|".join(emulsion.used_samples)


rule emulsion_clusters:
    input:
        lambda wildcards: emulsion.part_input(wildcards.sample, wildcards.part),
    output:
        shard=emulsion.shard(),
        counts=counts(emulsion.shard()),
    log:
        f"{R}/logs/emulsion/clusters/{{sample}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/emulsion/clusters/{{sample}}/{{part}}.tsv"
    # Of these rules only: the samples of xenon have other names.
    wildcard_constraints:
        sample=ANY_SAMPLE,
    # Training, the longest job, waits for these.
    priority: 20
    conda:
        "../../envs/conda.yaml"
    params:
        part=lambda wildcards: emulsion.part_block(wildcards.sample, wildcards.part),
        code=code("emulsion_clusters.py"),
    message:
        "emulsion clusters: {wildcards.sample}/{wildcards.part}"
    script:
        "../scripts/emulsion_clusters.py"


checkpoint emulsion_samples:
    input:
        shards=emulsion.shards(emulsion.used_samples),
        counts=emulsion.shard_counts(emulsion.used_samples),
    output:
        table=emulsion.table("samples.csv"),
    log:
        f"{R}/logs/emulsion/samples.log",
    conda:
        "../../envs/conda.yaml"
    params:
        **calls(
            "pipeline.emulsion.clusters.samples.from_files", emulsion.samples_block()
        ),
    message:
        "looking at all samples together"
    script:
        "../scripts/tables.py"


use rule table as emulsion_observables with:
    input:
        # No sample is used before all of them have been looked at.
        ancient(emulsion.table("samples.csv")),
        shards=lambda wildcards: emulsion.shards([wildcards.sample]),
    output:
        table=emulsion.observables(),
    log:
        f"{R}/logs/emulsion/observables/{{sample}}.log",
    wildcard_constraints:
        sample=ANY_SAMPLE,
    params:
        **calls("pipeline.emulsion.observables.table.from_files"),
    message:
        "observables of {wildcards.sample}"


include: "emulsion_networks.smk"


use rule table as emulsion_rejection with:
    input:
        predictions=[
            emulsion.prediction(name, "test") for name in emulsion.block.image_networks
        ],
    output:
        rejection=emulsion.table("rejection.csv"),
        goal=emulsion.table("goal.csv"),
    log:
        f"{R}/logs/emulsion/rejection.log",
    params:
        **calls(
            "pipeline.emulsion.rejection.stage.from_files",
            {
                "networks": list(emulsion.block.image_networks),
                "trained_on": emulsion.samples_block()["trained_on"],
                "rejection": emulsion.block.rejection.plain(),
            },
        ),
    message:
        "rejection of background by the networks"


use rule table as emulsion_baseline with:
    input:
        test=[emulsion.observables(sample) for sample in emulsion.block.test],
        train=[emulsion.observables(sample) for sample in emulsion.baseline_samples],
    output:
        rejection=emulsion.table("baseline.csv"),
        goal=emulsion.table("baseline_goal.csv"),
    log:
        f"{R}/logs/emulsion/baseline.log",
    params:
        **calls(
            "pipeline.emulsion.rejection.stage.baseline_from_files",
            {
                "seed": emulsion.seed,
                "test_samples": list(emulsion.block.test),
                "train_samples": emulsion.baseline_samples,
                "rejection": emulsion.block.rejection.plain(),
            },
        ),
    message:
        "rejection of background by observables"


use rule table as emulsion_summary with:
    input:
        networks=[emulsion.table("rejection.csv")],
        baseline=[emulsion.table("baseline.csv")],
    output:
        table=emulsion.table("summary.csv"),
    log:
        f"{R}/logs/emulsion/summary.log",
    params:
        **calls(
            "pipeline.emulsion.rejection.summary.from_files",
            {"published_names": emulsion.published_names()},
        ),
    message:
        "rejection beside published numbers"


if emulsion.block.leaks:

    use rule table as emulsion_leaks with:
        input:
            **emulsion.check_predictions(),
        output:
            **emulsion.check_tables(),
        log:
            f"{R}/logs/emulsion/leaks.log",
        params:
            **calls(
                "pipeline.emulsion.leaks.stage.from_files",
                {
                    "seed": emulsion.seed,
                    "leaks": emulsion.block.leaks.plain(),
                    "networks": emulsion.checked_networks,
                },
            ),
        message:
            "checks for leaks"


if emulsion.block.recoils:

    use rule table as emulsion_axes with:
        input:
            test=[emulsion.prediction(emulsion.block.recoils.network, "test")],
            recoils=[emulsion.prediction(emulsion.block.recoils.network, "recoils")],
            observables=[emulsion.observables(s) for s in emulsion.axes_samples],
            samples=[emulsion.table("samples.csv")],
        output:
            axes=emulsion.table("axes.csv"),
            response=emulsion.table("response.parquet"),
            efficiency=emulsion.table("efficiency.csv"),
        log:
            f"{R}/logs/emulsion/axes.log",
        params:
            **calls(
                "pipeline.emulsion.axes.stage.from_files",
                {
                    "signal": emulsion.block.recoils.signal,
                    "efficiency": emulsion.block.recoils.efficiency,
                    "isotropic": emulsion.isotropic_samples,
                    "observable_samples": emulsion.axes_samples,
                },
            ),
        message:
            "axes and efficiency of recoils"


if emulsion.block.wimps:

    use rule table as emulsion_needed with:
        input:
            efficiency=[emulsion.table("efficiency.csv")],
            response=[emulsion.table("response.parquet")],
        output:
            table=emulsion.needed(),
        log:
            f"{R}/logs/emulsion/needed/{{mass}}GeV.log",
        params:
            **calls("pipeline.emulsion.wimps.needed.from_files", emulsion.wimps_block),
        message:
            "events needed to see the direction of WIMPs of {wildcards.mass} GeV"

    use rule table as emulsion_needed_of_all with:
        input:
            tables=list(emulsion.masses().values()),
        output:
            table=emulsion.table("needed.csv"),
        log:
            f"{R}/logs/emulsion/needed.log",
        params:
            **calls("pipeline.emulsion.wimps.needed.joined_from_files"),
        message:
            "events needed to see the direction of WIMPs"
