# Gas chain: track tables from every kind of source, and voxel shards of the sets of events

gas = study.paths["gas"]


wildcard_constraints:
    source=r"[\w-]+",
    # An empty pattern would fit every name.
    voxels="|".join(gas.voxel_sets) or "-",
    test="|".join([*gas.block.test_sets, *gas.block.observed]),


use rule table as gas_track_stages with:
    input:
        unpack(lambda wildcards: gas.response_files(gas.staged_set)),
        tracks=lambda wildcards: gas.tracks(wildcards.source),
    output:
        table=gas.stages(),
    log:
        f"{R}/logs/gas/stages/{{source}}.log",
    params:
        **calls("pipeline.gas.voxels.stages.from_files", gas.stages_block),
    message:
        "stages of a track of {wildcards.source}"


rule gas_tracks:
    input:
        lambda wildcards: gas.part_input(wildcards.source, wildcards.part),
    output:
        table=gas.track_table(),
        counts=counts(gas.track_table()),
        summary=gas.event_summary(),
    log:
        f"{R}/logs/gas/tracks/{{source}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/gas/tracks/{{source}}/{{part}}.tsv"
    # Training, the longest job, waits for these.
    priority: 20
    conda:
        "../../envs/conda.yaml"
    params:
        kind=lambda wildcards: gas.block.sources[wildcards.source].kind,
        part=lambda wildcards: gas.part_block(wildcards.source, wildcards.part),
        code=lambda wildcards: code("gas_tracks.py", gas.reader(wildcards.source)),
    message:
        "tracks: {params.kind} {wildcards.source}/{wildcards.part}"
    script:
        "../scripts/gas_tracks.py"


rule gas_run_degrad:
    output:
        output=gas.degrad_output(),
        degrad_log=gas.degrad_log(),
    log:
        f"{R}/logs/gas/degrad/{{source}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/gas/degrad/{{source}}/{{part}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        runtime=more(1440),
    params:
        part=lambda wildcards: gas.run_block(wildcards.source, wildcards.part),
        code=code("gas_run_degrad.py"),
    message:
        "running Degrad: {wildcards.source}/{wildcards.part}"
    script:
        "../scripts/gas_run_degrad.py"


checkpoint gas_sources:
    input:
        summaries=gas.event_summaries(),
    output:
        table=gas.table("sources.csv"),
    log:
        f"{R}/logs/gas/sources.log",
    priority: 20
    conda:
        "../../envs/conda.yaml"
    params:
        **calls("pipeline.gas.tracks.sources.from_files", gas.sources_block()),
    message:
        "holding the sources against their tracks"
    script:
        "../scripts/tables.py"


rule gas_voxels:
    input:
        unpack(lambda wildcards: gas.response_files(wildcards.voxels)),
        tracks=gas.track_table(),
        # No source is used before all have been looked at; more events rerun nothing. Snakemake
        # leaves jobs behind an ancient file out of a plan that makes it: after a checkpoint it plans anew.
        looked_at=ancient(gas.table("sources.csv")),
    output:
        shard=gas.shard(),
        counts=counts(gas.shard()),
    log:
        f"{R}/logs/gas/voxels/{{voxels}}/{{source}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/gas/voxels/{{voxels}}/{{source}}/{{part}}.tsv"
    priority: 20
    conda:
        "../../envs/conda.yaml"
    params:
        block=lambda wildcards: gas.voxel_block(wildcards.voxels),
        code=code("gas_voxels.py"),
    message:
        "voxels: {wildcards.voxels} {wildcards.source}/{wildcards.part}"
    script:
        "../scripts/gas_voxels.py"


use rule table as gas_containment with:
    input:
        tracks=gas.track_counts(),
        voxels=gas.shard_counts(),
    output:
        table=gas.table("containment.csv"),
    log:
        f"{R}/logs/gas/containment.log",
    localrule: True
    params:
        **calls("pipeline.gas.voxels.containment.from_files"),
    message:
        "counting contained events"


include: "gas_networks.smk"
include: "gas_evaluation.smk"
include: "gas_fit.smk"


if gas.hits_sources:

    include: "gas_detector.smk"
