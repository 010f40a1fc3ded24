# Gas chain: evaluation and calibration, the directional hypothesis test, comparison of tracks


use rule table as gas_evaluate with:
    input:
        predictions=lambda wildcards: gas.predictions(wildcards.test),
        histories=gas.histories(),
    output:
        **gas.evaluations(),
    log:
        f"{R}/logs/gas/evaluation/{{test}}.log",
    params:
        **calls("pipeline.gas.evaluation.evaluate.from_files", gas.evaluation_block),
    message:
        "evaluating {wildcards.test}"


use rule table as gas_calibrate with:
    input:
        **gas.calibration_inputs(),
    output:
        **gas.calibrations(),
    log:
        f"{R}/logs/gas/calibration/{{network}}.log",
    params:
        **calls(
            "pipeline.gas.evaluation.calibration.from_files", gas.calibration_block()
        ),
    message:
        "calibration of {wildcards.network}"


use rule table as gas_summary with:
    input:
        tables=gas.test_tables("summary.csv"),
    output:
        table=gas.table("summary.csv"),
    log:
        f"{R}/logs/gas/summary.log",
    localrule: True
    params:
        **calls("pipeline.gas.evaluation.summary.from_files"),
    message:
        "joining the summaries of all test sets"


use rule table as gas_toys with:
    input:
        unpack(of_job(gas.response_tables)),
    output:
        toys=gas.toy_batch(),
    log:
        f"{R}/logs/gas/toys/{{test}}/{{method}}/{{batch}}.log",
    benchmark:
        f"{R}/benchmarks/gas/toys/{{test}}/{{method}}/{{batch}}.tsv"
    resources:
        runtime=more(120),
    params:
        **calls("pipeline.statistics.directional.stage.toys_from_files", gas.toys_block),
    message:
        "toys: {wildcards.test}, {wildcards.method}, batch {wildcards.batch}"


use rule table as gas_hypothesis_test with:
    input:
        toys=lambda wildcards: gas.toys(wildcards.test),
    output:
        power=gas.test_table("power.parquet"),
        needed_events=gas.test_table("needed_events.parquet"),
    log:
        f"{R}/logs/gas/hypothesis_test/{{test}}.log",
    resources:
        mem_mb=more(3000),
    params:
        **calls(
            "pipeline.statistics.directional.stage.sensitivity_from_files",
            gas.hypothesis_test_block,
        ),
    message:
        "hypothesis test on {wildcards.test}"


if gas.block.track_comparison:

    use rule table as gas_compare_tracks with:
        input:
            **gas.compared_tracks(),
        output:
            **gas.track_tables(),
        log:
            f"{R}/logs/gas/compare_tracks.log",
        benchmark:
            f"{R}/benchmarks/gas/compare_tracks.tsv"
        resources:
            runtime=more(120),
        params:
            **calls("pipeline.gas.comparison.tracks.from_files", {"seed": gas.seed}),
        message:
            "comparing simulated with reference tracks"


if gas.block.track_comparison and gas.block.track_comparison.voxel_classifier:
    CLASSIFIER = gas.classifier_training()

    rule gas_voxel_classifier:
        input:
            **gas.compared_tracks(),
        output:
            table=gas.table("voxel_classifier.csv"),
            history=gas.table("voxel_classifier_history.csv"),
        log:
            f"{R}/logs/gas/voxel_classifier.log",
        benchmark:
            f"{R}/benchmarks/gas/voxel_classifier.tsv"
        conda:
            "../../envs/conda.yaml"
        threads: CLASSIFIER.settings.cores
        resources:
            **for_training(lambda wildcards: CLASSIFIER),
        params:
            # Not an output: Snakemake removes those of an interrupted job; this one resumes it.
            checkpoint=gas.comparison_checkpoint,
            block=gas.classifier_block(),
            code=code("gas_voxel_classifier.py"),
        message:
            "training a network to tell simulated from reference tracks"
        script:
            "../scripts/gas_voxel_classifier.py"


if gas.block.attention:
    LOOKED_AT = NETWORKS[gas.block.attention.network]

    use rule table as gas_attention with:
        input:
            **gas.attention_inputs(),
        output:
            **gas.attention_tables(),
        log:
            f"{R}/logs/gas/attention.log",
        resources:
            cuda=on_gpu(LOOKED_AT),
        params:
            **calls(
                "pipeline.gas.evaluation.attention_stage.from_files",
                gas.attention_block(),
                LOOKED_AT.module,
            ),
        message:
            "where a network looks in an event"


if gas.block.response_sensitivity:

    use rule table as gas_response_sensitivity with:
        input:
            **gas.sensitivity_inputs(),
        output:
            **gas.sensitivity_tables(),
        log:
            f"{R}/logs/gas/response_sensitivity.log",
        resources:
            cuda=on_gpu(*NETWORKS.values()),
        params:
            **calls(
                "pipeline.gas.evaluation.sensitivity_stage.from_files",
                gas.sensitivity_block(),
                *sorted({network.module for network in NETWORKS.values()}),
            ),
        message:
            "errors of the fitted response in the results of every method"
