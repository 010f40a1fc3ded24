# What rules of all chains have in common. These fit no file: rules of a chain use one and say what
# is their own


# Tables from files, by the function that the params name (see `rule_params.table_params`).
rule table:
    output:
        f"{R}/{{chain}}/tables",
    log:
        f"{R}/logs/{{chain}}/tables.log",
    wildcard_constraints:
        chain="(?!)",
    conda:
        "../../envs/conda.yaml"
    script:
        "../scripts/tables.py"


# A trained network, as the catalogue of its chain lists it.
rule train:
    input:
        ancient(lambda wildcards: training_of(wildcards).looked_at),
        unpack(lambda wildcards: training_of(wildcards).inputs),
    output:
        weights=f"{R}/{{chain}}/networks/{{network}}/weights.pt",
        history=f"{R}/{{chain}}/networks/{{network}}/history.csv",
    log:
        f"{R}/logs/{{chain}}/networks/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/{{chain}}/networks/{{network}}.tsv"
    wildcard_constraints:
        chain="(?!)",
    # The longest jobs by far: they start as soon as they can.
    priority: 10
    conda:
        "../../envs/conda.yaml"
    threads: lambda wildcards: training_of(wildcards).settings.cores
    resources:
        **for_training(training_of),
    params:
        # Not an output: Snakemake removes those of an interrupted job, and this one resumes it.
        checkpoint=f"{R}/{{chain}}/networks/{{network}}/checkpoint.pt",
        function=lambda wildcards: training_of(wildcards).function,
        calls=lambda wildcards: training_of(wildcards).calls,
        block=lambda wildcards: training_of(wildcards).block,
        code=lambda wildcards: code("train.py", *training_of(wildcards).names),
    message:
        "training {wildcards.network}"
    script:
        "../scripts/train.py"
