# Track tables from every kind of source: results/tracks/{source}/{part}.parquet


rule tracks:
    input:
        lambda wildcards: layout.part_input(study, wildcards.source, part_of(wildcards)),
    output:
        table=f"{R}/tracks/{{source}}/{{part}}.parquet",
        counts=f"{R}/tracks/{{source}}/{{part}}.json",
    log:
        f"{R}/logs/tracks/{{source}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/tracks/{{source}}/{{part}}.tsv"
    # Training, the longest job, waits for these.
    priority: 20
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        kind=lambda wildcards: study.sources[wildcards.source].kind,
        part=part_params,
        code=lambda wildcards: code(f"tracks_{study.sources[wildcards.source].kind}.py"),
    message:
        "tracks: {params.kind} {wildcards.source}/{wildcards.part}"
    script:
        "../scripts/tracks_{params.kind}.py"


rule run_degrad:
    output:
        output=f"{R}/degrad/{{source}}/{{part}}.DEGRAD.OUT.gz",
        degrad_log=f"{R}/degrad/{{source}}/{{part}}.degrad.log",
    log:
        f"{R}/logs/degrad/{{source}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/degrad/{{source}}/{{part}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=2000,
        runtime=1440,
    params:
        part=run_params,
        code=code("run_degrad.py"),
    message:
        "running Degrad: {wildcards.source}/{wildcards.part}"
    script:
        "../scripts/run_degrad.py"
