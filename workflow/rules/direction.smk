# Direction networks: training on the training set, prediction on every test set


rule train_network:
    input:
        shards=layout.shards(study, TRAINING),
    output:
        weights=f"{R}/networks/{{network}}/weights.pt",
        history=f"{R}/networks/{{network}}/history.csv",
    log:
        f"{R}/logs/networks/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/networks/{{network}}.tsv"
    params:
        # Not an output: Snakemake removes those of an interrupted job, and this one resumes it.
        checkpoint=f"{R}/networks/{{network}}/checkpoint.pt",
        block=lambda wildcards: {
            "seed": study.seed,
            "network": study.networks[wildcards.network].plain(),
            "validation_fraction": study.training_set.validation_fraction,
        },
        code=code("train_network.py"),
    threads: lambda wildcards: study.networks[wildcards.network].threads
    resources:
        mem_mb=3000,
        runtime=1440,
    message:
        "training {wildcards.network}"
    script:
        "../scripts/train_network.py"


rule predict:
    input:
        weights=rules.train_network.output.weights,
        shards=lambda wildcards: layout.shards(study, wildcards.test),
    output:
        table=f"{R}/predictions/{{test}}/{{network}}.parquet",
    log:
        f"{R}/logs/predictions/{{test}}/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/predictions/{{test}}/{{network}}.tsv"
    params:
        network=lambda wildcards: study.networks[wildcards.network].plain(),
        code=code("predict.py"),
    threads: lambda wildcards: study.networks[wildcards.network].threads
    resources:
        mem_mb=2000,
        runtime=240,
    message:
        "predicting {wildcards.test} with {wildcards.network}"
    script:
        "../scripts/predict.py"
