# Voxel shards of the training set and the test sets: results/voxels/{voxels}/{source}/{part}.parquet


def set_block(voxels):
    return study.training_set if voxels == TRAINING else study.test_sets[voxels]


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
    params:
        block=lambda wildcards: {
            "seed": study.seed,
            "grid": study.grid.plain(),
            "smearing": set_block(wildcards.voxels).smearing_um.plain(),
        },
        code=code("voxels.py"),
    resources:
        mem_mb=1000,
        runtime=60,
    message:
        "voxels: {wildcards.voxels} {wildcards.source}/{wildcards.part}"
    script:
        "../scripts/voxels.py"


rule containment:
    input:
        tracks=[
            file.replace(".parquet", ".json")
            for source in sorted({s for v in layout.voxel_sets(study) for s in layout.set_sources(study, v)})
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
    params:
        code=code("containment.py"),
    localrule: True
    script:
        "../scripts/containment.py"
