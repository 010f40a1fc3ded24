# Liquid-xenon chain: events of every kind of sample, the detector's response, all networks
import re

xenon = study.paths["xenon"]
SAMPLES = xenon.block.all_samples


wildcard_constraints:
    sample="|".join(map(re.escape, SAMPLES)),
    toys="|".join(map(re.escape, xenon.block.search.toy_sets())),
    networks=r"|_seed\d+",


rule xenon_events:
    input:
        lambda wildcards: xenon.part_input(wildcards.sample, wildcards.part),
    output:
        table=xenon.event_table(),
        counts=counts(xenon.event_table()),
    log:
        f"{R}/logs/xenon/events/{{sample}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/xenon/events/{{sample}}/{{part}}.tsv"
    conda:
        "../../envs/conda.yaml"
    params:
        kind=lambda wildcards: SAMPLES[wildcards.sample].kind,
        part=lambda wildcards: xenon.part_block(wildcards.sample, wildcards.part),
        code=lambda wildcards: code("xenon_events.py", SAMPLES[wildcards.sample].reader),
    message:
        "xenon events: {params.kind} {wildcards.sample}/{wildcards.part}"
    script:
        "../scripts/xenon_events.py"


checkpoint xenon_event_files:
    input:
        tables=xenon.event_tables(xenon.file_samples()),
        files=xenon.event_inputs(),
    output:
        table=xenon.table("event_files.csv"),
    log:
        f"{R}/logs/xenon/event_files.log",
    conda:
        "../../envs/conda.yaml"
    params:
        **calls("pipeline.xenon.events.files.from_files", xenon.event_files_block()),
    message:
        "looking at all event files together"
    script:
        "../scripts/tables.py"


include: "xenon_darwin.smk"
include: "xenon_xenon1t.smk"


rule xenon_response:
    input:
        # Its date does not matter: a new file leaves the responses of the others.
        ancient(lambda wildcards: xenon.event_files(wildcards.sample)),
        events=xenon.event_table(),
        recorded=of_job(xenon.recorded_file),
    output:
        shard=xenon.response_shard(),
    log:
        f"{R}/logs/xenon/response/{{sample}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/xenon/response/{{sample}}/{{part}}.tsv"
    conda:
        "../../envs/conda.yaml"
    params:
        block=of_job(xenon.response_block),
        code=code("xenon_response.py"),
    message:
        "xenon response: {wildcards.sample}/{wildcards.part}"
    script:
        "../scripts/xenon_response.py"


use rule train as xenon_train with:
    wildcard_constraints:
        chain="xenon",
        network="|".join(map(re.escape, TRAININGS["xenon"])),
