# The liquid-xenon chain: events of every kind of sample, and the detector's response to them


rule xenon_events:
    input:
        lambda wildcards: xenon_layout.part_input(xenon_part(wildcards)),
    output:
        table=f"{R}/xenon/events/{{sample}}/{{part}}.parquet",
        counts=f"{R}/xenon/events/{{sample}}/{{part}}.json",
    log:
        f"{R}/logs/xenon/events/{{sample}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/xenon/events/{{sample}}/{{part}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        kind=lambda wildcards: SAMPLES[wildcards.sample].kind,
        part=xenon_events_params,
        code=lambda wildcards: code(f"xenon_events_{SAMPLES[wildcards.sample].kind}.py"),
    message:
        "xenon events: {params.kind} {wildcards.sample}/{wildcards.part}"
    script:
        "../scripts/xenon_events_{params.kind}.py"


rule xenon_response:
    input:
        events=rules.xenon_events.output.table,
    output:
        shard=f"{R}/xenon/response/{{sample}}/{{part}}.parquet",
    log:
        f"{R}/logs/xenon/response/{{sample}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/xenon/response/{{sample}}/{{part}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        block=lambda wildcards: {
            "seed": study.seed,
            "detector": detector_of(wildcards.sample).plain(),
        },
        code=code("xenon_response.py"),
    message:
        "xenon response: {wildcards.sample}/{wildcards.part}"
    script:
        "../scripts/xenon_response.py"
