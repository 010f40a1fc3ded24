# Gas chain: training of direction networks, predictions of all methods on every test set

NETWORKS = gas.block.networks


rule gas_train:
    input:
        # For the validation events in any case.
        shards=gas.shards("train"),
        tracks=lambda wildcards: gas.training_tracks(wildcards.network),
        start=lambda wildcards: gas.start(wildcards.network),
        fitted=gas.fitted("train"),
    output:
        weights=gas.network("weights.pt"),
        history=gas.network("history.csv"),
    log:
        f"{R}/logs/gas/networks/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/gas/networks/{{network}}.tsv"
    wildcard_constraints:
        network="|".join(gas.block.trained),
    # The longest job by far: it starts as soon as it can.
    priority: 10
    conda:
        "../../envs/conda.yaml"
    threads: lambda wildcards: NETWORKS[wildcards.network].cores
    resources:
        **for_training(lambda wildcards: NETWORKS[wildcards.network], mem_mb=3000),
        runtime=more(1440),
    params:
        # Not an output: Snakemake removes those of an interrupted job, and this one resumes it.
        checkpoint=gas.network("checkpoint.pt"),
        events=lambda wildcards: NETWORKS[wildcards.network].events_function,
        block=lambda wildcards: gas.training_block(wildcards.network),
        code=lambda wildcards: code(
            "gas_train.py",
            NETWORKS[wildcards.network].events_function,
            NETWORKS[wildcards.network].module,
        ),
    message:
        "training {wildcards.network}"
    script:
        "../scripts/gas_train.py"


rule gas_fit_temperature:
    input:
        weights=rules.gas_train.output.weights,
        shards=gas.shards("train"),
    output:
        table=gas.network("temperature.csv"),
    log:
        f"{R}/logs/gas/networks/{{network}}_temperature.log",
    conda:
        "../../envs/conda.yaml"
    resources:
        runtime=more(240),
        cuda=lambda wildcards: on_gpu(NETWORKS[wildcards.network]),
    params:
        # The network whole: averages over frames have a kappa of their own.
        block=lambda wildcards: {
            **gas.training_block(wildcards.network),
            "network": gas.prediction_block(wildcards.network),
        },
        code=lambda wildcards: code(
            "gas_fit_temperature.py", NETWORKS[wildcards.network].module
        ),
    message:
        "fitting the temperature of {wildcards.network}"
    script:
        "../scripts/gas_fit_temperature.py"


rule gas_predict:
    input:
        weights=lambda wildcards: gas.weights(wildcards.network),
        temperature=lambda wildcards: gas.temperature(wildcards.network),
        shards=lambda wildcards: gas.shards(wildcards.test),
    output:
        table=gas.prediction(method="{network}"),
    log:
        f"{R}/logs/gas/predictions/{{test}}/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/gas/predictions/{{test}}/{{network}}.tsv"
    wildcard_constraints:
        network="|".join(NETWORKS),
    conda:
        "../../envs/conda.yaml"
    resources:
        runtime=more(240),
        cuda=lambda wildcards: on_gpu(NETWORKS[wildcards.network]),
    params:
        network=lambda wildcards: gas.prediction_block(wildcards.network),
        code=lambda wildcards: code(
            "gas_predict.py", NETWORKS[wildcards.network].module
        ),
    message:
        "predicting {wildcards.test} with {wildcards.network}"
    script:
        "../scripts/gas_predict.py"


rule gas_ensemble:
    input:
        members=lambda wildcards: gas.members(wildcards.test, wildcards.ensemble),
    output:
        table=gas.prediction(method="{ensemble}"),
    log:
        f"{R}/logs/gas/predictions/{{test}}/{{ensemble}}.log",
    wildcard_constraints:
        ensemble="|".join(gas.block.ensembles) or "(?!)",
    conda:
        "../../envs/conda.yaml"
    params:
        code=code("gas_ensemble.py"),
    message:
        "joining the networks of {wildcards.ensemble} on {wildcards.test}"
    script:
        "../scripts/gas_ensemble.py"


rule gas_non_ml:
    input:
        shards=lambda wildcards: gas.shards(wildcards.test),
    output:
        **{name: gas.prediction(method=name) for name in gas.non_ml_variants},
        scan=gas.test_table("non_ml_tuning.csv"),
    log:
        f"{R}/logs/gas/predictions/{{test}}/non_ml.log",
    benchmark:
        f"{R}/benchmarks/gas/predictions/{{test}}/non_ml.tsv"
    conda:
        "../../envs/conda.yaml"
    params:
        **calls(
            "pipeline.gas.baselines.predictions.non_ml_from_files",
            gas.block.non_ml.plain(),
            script="gas_baseline.py",
        ),
    message:
        "Non-ML on {wildcards.test}"
    script:
        "../scripts/gas_baseline.py"


use rule gas_non_ml as gas_best_expected with:
    input:
        shards=lambda wildcards: gas.shards(wildcards.test),
    output:
        best_expected=gas.prediction(method="best_expected"),
        scan=gas.test_table("best_expected_eps.csv"),
    log:
        f"{R}/logs/gas/predictions/{{test}}/best_expected.log",
    benchmark:
        f"{R}/benchmarks/gas/predictions/{{test}}/best_expected.tsv"
    params:
        **calls(
            "pipeline.gas.baselines.predictions.best_expected_from_files",
            gas.block.best_expected.plain(),
            script="gas_baseline.py",
        ),
    message:
        "Best-Expected on {wildcards.test}"
