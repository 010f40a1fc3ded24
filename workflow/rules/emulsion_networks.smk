# Nuclear-emulsion chain: training of networks, and their predictions


use rule train as emulsion_train with:
    wildcard_constraints:
        chain="emulsion",


rule emulsion_predict:
    input:
        ancient(emulsion.table("samples.csv")),
        weights=emulsion.network("weights.pt"),
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
