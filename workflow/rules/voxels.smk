# Voxel shards of the training set and the test sets: results/voxels/{voxels}/{source}/{part}.parquet


rule voxels:
    input:
        tracks=f"{R}/tracks/{{source}}/{{part}}.parquet",
    output:
        shard=f"{R}/voxels/{{voxels}}/{{source}}/{{part}}.parquet",
        counts=f"{R}/voxels/{{voxels}}/{{source}}/{{part}}.json",
    log:
        f"{R}/logs/voxels/{{voxels}}/{{source}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/voxels/{{voxels}}/{{source}}/{{part}}.tsv"
    # Training, the longest job, waits for these.
    priority: 20
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        block=lambda wildcards: {
            "seed": study.seed,
            "grid": study.grid.plain(),
            "smearing": set_block(wildcards.voxels).smearing_um.plain(),
        },
        code=code("voxels.py"),
    message:
        "voxels: {wildcards.voxels} {wildcards.source}/{wildcards.part}"
    script:
        "../scripts/voxels.py"


rule containment:
    input:
        tracks=[
            file.replace(".parquet", ".json")
            for source in sorted(
                {
                    s
                    for v in layout.voxel_sets(study)
                    for s in layout.set_sources(study, v)
                }
            )
            for file in layout.tracks(study, source)
        ],
        voxels=[
            file.replace(".parquet", ".json")
            for voxel_set in layout.voxel_sets(study)
            for file in layout.shards(study, voxel_set)
        ],
    output:
        table=f"{R}/tables/containment.csv",
    log:
        f"{R}/logs/containment.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        code=code("containment.py"),
    script:
        "../scripts/containment.py"
