# Liquid-xenon chain: events of every kind of sample, the detector's response, all networks
import re

from pipeline.xenon.config.data import OBSERVED
from pipeline.xenon.networks.catalogue import trainings

xenon = study.paths["xenon"]
SAMPLES = xenon.block.all_samples
TRAININGS = trainings(xenon)


def generated(er, nr):
    """Kinds of the spectra that the samples of ER and of NR were generated with."""
    return {"ER": SAMPLES[er].spectrum.kind, "NR": SAMPLES[nr].spectrum.kind}


wildcard_constraints:
    sample="|".join(map(re.escape, SAMPLES)),


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


# All rules of this chain that make tables use this one's environment and script.
rule xenon_event_files:
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
        **calls(
            "pipeline.xenon.events.files.from_files",
            {"detector": xenon.file_samples(), "needed": xenon.tested_samples()},
        ),
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
    output:
        shard=xenon.response_shard(),
    log:
        f"{R}/logs/xenon/response/{{sample}}/{{part}}.log",
    benchmark:
        f"{R}/benchmarks/xenon/response/{{sample}}/{{part}}.tsv"
    conda:
        "../../envs/conda.yaml"
    params:
        block=lambda wildcards: {
            "seed": xenon.seed,
            "detector": xenon.detector(wildcards.sample).plain(),
        },
        code=code("xenon_response.py"),
    message:
        "xenon response: {wildcards.sample}/{wildcards.part}"
    script:
        "../scripts/xenon_response.py"


rule xenon_train:
    input:
        unpack(lambda wildcards: TRAININGS[wildcards.network].inputs),
    output:
        weights=xenon.network("weights.pt"),
        history=xenon.network("history.csv"),
    log:
        f"{R}/logs/xenon/networks/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/xenon/networks/{{network}}.tsv"
    wildcard_constraints:
        network="|".join(map(re.escape, TRAININGS)),
    # The longest jobs: they start as soon as they can.
    priority: 10
    conda:
        "../../envs/conda.yaml"
    threads: lambda wildcards: TRAININGS[wildcards.network].settings.cores
    resources:
        **for_training(
            lambda wildcards: TRAININGS[wildcards.network].settings, mem_mb=2000
        ),
        runtime=more(240),
    params:
        # Not an output: Snakemake removes those of an interrupted job, and this one resumes it.
        checkpoint=xenon.network("checkpoint.pt"),
        prepare=lambda wildcards: TRAININGS[wildcards.network].prepare,
        block=lambda wildcards: TRAININGS[wildcards.network].block,
        code=lambda wildcards: code(
            "xenon_train.py", TRAININGS[wildcards.network].prepare
        ),
    message:
        "training {wildcards.network}"
    script:
        "../scripts/xenon_train.py"
