# Direction networks: training on the training set, prediction on every test set


rule train_network:
    input:
        # For the validation events in any case.
        shards=layout.shards(study, TRAINING),
        tracks=lambda wildcards: layout.training_tracks(study, wildcards.network),
    output:
        weights=f"{R}/networks/{{network}}/weights.pt",
        history=f"{R}/networks/{{network}}/history.csv",
    log:
        f"{R}/logs/networks/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/networks/{{network}}.tsv"
    # The longest job by far: it starts as soon as it can.
    priority: 10
    conda:
        "../../envs/conda.yaml"
    threads: lambda wildcards: study.networks[wildcards.network].cores
    resources:
        mem_mb=lambda wildcards: 3000 * study.networks[wildcards.network].processes,
        runtime=1440,
        training_processes=lambda wildcards: study.networks[wildcards.network].processes,
        training_threads=lambda wildcards: study.networks[wildcards.network].threads,
        training_loader_threads=lambda wildcards: study.networks[
            wildcards.network
        ].loader_threads,
        cuda=lambda wildcards: study.networks[wildcards.network].gpus,
    params:
        tracks=lambda wildcards: study.networks[wildcards.network].tracks,
        # Not an output: Snakemake removes those of an interrupted job, and this one resumes it.
        checkpoint=f"{R}/networks/{{network}}/checkpoint.pt",
        block=lambda wildcards: layout.training_block(study, wildcards.network),
        code=lambda wildcards: code(
            f"train_on_{study.networks[wildcards.network].tracks}.py"
        ),
    message:
        "training {wildcards.network} on {params.tracks} tracks"
    script:
        "../scripts/train_on_{params.tracks}.py"


rule fit_temperature:
    input:
        weights=rules.train_network.output.weights,
        shards=layout.shards(study, TRAINING),
    output:
        table=f"{R}/networks/{{network}}/temperature.csv",
    log:
        f"{R}/logs/networks/{{network}}_temperature.log",
    benchmark:
        f"{R}/benchmarks/networks/{{network}}_temperature.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=2000,
        runtime=240,
        cuda=lambda wildcards: on_gpu(study.networks[wildcards.network]),
    params:
        # The network whole: averages over frames have a kappa of their own.
        block=lambda wildcards: {
            **layout.training_block(study, wildcards.network),
            "network": layout.network_block(study, wildcards.network),
        },
        code=code("fit_temperature.py"),
    message:
        "fitting the temperature of {wildcards.network}"
    script:
        "../scripts/fit_temperature.py"


rule predict:
    input:
        weights=rules.train_network.output.weights,
        temperature=lambda wildcards: layout.temperature(study, wildcards.network),
        shards=lambda wildcards: layout.shards(study, wildcards.test),
    output:
        table=f"{R}/predictions/{{test}}/{{network}}.parquet",
    log:
        f"{R}/logs/predictions/{{test}}/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/predictions/{{test}}/{{network}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=2000,
        runtime=240,
        cuda=lambda wildcards: on_gpu(study.networks[wildcards.network]),
    params:
        network=lambda wildcards: layout.network_block(study, wildcards.network),
        code=code("predict.py"),
    message:
        "predicting {wildcards.test} with {wildcards.network}"
    script:
        "../scripts/predict.py"


rule non_ml:
    input:
        shards=lambda wildcards: layout.shards(study, wildcards.test),
    output:
        tables=expand(
            f"{R}/predictions/{{{{test}}}}/{{method}}.parquet",
            method=layout.NON_ML_VARIANTS,
        ),
        tuning=f"{R}/tables/{{test}}/non_ml_tuning.csv",
    log:
        f"{R}/logs/predictions/{{test}}/non_ml.log",
    benchmark:
        f"{R}/benchmarks/predictions/{{test}}/non_ml.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=1500,
        runtime=60,
    params:
        non_ml=study.non_ml.plain(),
        code=code("non_ml.py"),
    message:
        "Non-ML on {wildcards.test}"
    script:
        "../scripts/non_ml.py"


rule best_expected:
    input:
        shards=lambda wildcards: layout.shards(study, wildcards.test),
    output:
        table=f"{R}/predictions/{{test}}/best_expected.parquet",
        scan=f"{R}/tables/{{test}}/best_expected_eps.csv",
    log:
        f"{R}/logs/predictions/{{test}}/best_expected.log",
    benchmark:
        f"{R}/benchmarks/predictions/{{test}}/best_expected.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=1500,
        runtime=60,
    params:
        best_expected=study.best_expected.plain(),
        code=code("best_expected.py"),
    message:
        "Best-Expected on {wildcards.test}"
    script:
        "../scripts/best_expected.py"


rule evaluate:
    input:
        predictions=lambda wildcards: layout.predictions(study, wildcards.test),
        histories=expand(rules.train_network.output.history, network=study.networks),
    output:
        scans=f"{R}/tables/{{test}}/cut_scan.csv",
        crossings=f"{R}/tables/{{test}}/crossings.csv",
        angles=f"{R}/tables/{{test}}/angles.csv",
        summary=f"{R}/tables/{{test}}/summary.csv",
    log:
        f"{R}/logs/evaluation/{{test}}.log",
    benchmark:
        f"{R}/benchmarks/evaluation/{{test}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=1500,
        runtime=60,
    params:
        methods=methods(study.networks),
        architectures={
            name: network.architecture for name, network in study.networks.items()
        },
        block={"seed": study.seed, "evaluation": study.evaluation.plain()},
        code=code("evaluate.py"),
    message:
        "evaluating {wildcards.test}"
    script:
        "../scripts/evaluate.py"


rule calibrate:
    input:
        predictions=expand(
            f"{R}/predictions/{{test}}/{{{{network}}}}.parquet", test=study.test_sets
        ),
    output:
        histogram=f"{R}/tables/calibration/{{network}}_histogram.csv",
        calibration=f"{R}/tables/calibration/{{network}}.csv",
        share=f"{R}/tables/calibration/{{network}}_share.csv",
    log:
        f"{R}/logs/calibration/{{network}}.log",
    benchmark:
        f"{R}/benchmarks/calibration/{{network}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=1500,
        runtime=60,
    params:
        evaluation=study.evaluation.plain(),
        code=code("calibrate.py"),
    message:
        "calibration of {wildcards.network}"
    script:
        "../scripts/calibrate.py"


rule summary:
    input:
        tables=expand(rules.evaluate.output.summary, test=study.test_sets),
    output:
        table=f"{R}/tables/summary.csv",
    log:
        f"{R}/logs/summary.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        code=code("summary.py"),
    script:
        "../scripts/summary.py"
