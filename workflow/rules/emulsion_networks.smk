# Nuclear-emulsion chain: training of networks, and their predictions


rule emulsion_train:
    input:
        ancient(emulsion.table("samples.csv")),
        shards=lambda wildcards: emulsion.learnt_shards(wildcards.network),
    output:
        weights=emulsion.network("weights.pt"),
        history=emulsion.network("history.csv"),
    log:
        f"{R}/logs/emulsion/networks/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/emulsion/networks/{{network}}.tsv"
    # The longest jobs: they start as soon as they can.
    priority: 10
    conda:
        "../../envs/conda.yaml"
    threads: lambda wildcards: emulsion.block.networks[wildcards.network].cores
    resources:
        **for_training(
            lambda wildcards: emulsion.block.networks[wildcards.network], mem_mb=2000
        ),
        runtime=more(600),
    params:
        # Not an output: Snakemake removes those of an interrupted job, and this one resumes it.
        checkpoint=emulsion.network("checkpoint.pt"),
        block=lambda wildcards: emulsion.training_block(wildcards.network),
        code=lambda wildcards: code(
            "emulsion_train.py", emulsion.block.networks[wildcards.network].module
        ),
    message:
        "training {wildcards.network}"
    script:
        "../scripts/emulsion_train.py"


rule emulsion_predict:
    input:
        ancient(emulsion.table("samples.csv")),
        weights=rules.emulsion_train.output.weights,
        shards=lambda wildcards: emulsion.predicted_shards(
            wildcards.network, wildcards.clusters
        ),
    output:
        table=emulsion.prediction(),
    log:
        f"{R}/logs/emulsion/predictions/{{network}}/{{clusters}}.log",
    benchmark:
        f"{R}/benchmarks/emulsion/predictions/{{network}}/{{clusters}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        runtime=more(240),
        cuda=lambda wildcards: on_gpu(emulsion.block.networks[wildcards.network]),
    params:
        block=lambda wildcards: emulsion.prediction_block(
            wildcards.network, wildcards.clusters
        ),
        code=lambda wildcards: code(
            "emulsion_predict.py", emulsion.block.networks[wildcards.network].module
        ),
    message:
        "predicting {wildcards.clusters} with {wildcards.network}"
    script:
        "../scripts/emulsion_predict.py"
