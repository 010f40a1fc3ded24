# Track tables from every kind of source: results/tracks/{source}/{part}.parquet


def part_of(wildcards):
    return layout.find_part(study, wildcards.source, wildcards.part)


def part_params(wildcards):
    """The part's own block: more events or files elsewhere leave it as it was."""
    part = part_of(wildcards)
    return {"seed": study.seed, "index": part.index, "block": part.block.plain()}


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
    params:
        kind=lambda wildcards: study.sources[wildcards.source].kind,
        part=part_params,
        code=lambda wildcards: code(f"tracks_{study.sources[wildcards.source].kind}.py"),
    resources:
        mem_mb=1000,
        runtime=240,
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
    params:
        part=part_params,
        code=code("run_degrad.py"),
    resources:
        mem_mb=2000,
        runtime=1440,
    message:
        "running Degrad: {wildcards.source}/{wildcards.part}"
    script:
        "../scripts/run_degrad.py"
