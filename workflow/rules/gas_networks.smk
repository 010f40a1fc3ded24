# Gas chain: training of direction networks, predictions of all methods on every test set

NETWORKS = gas.block.networks


use rule train as gas_train with:
    wildcard_constraints:
        chain="gas",
        network="|".join(TRAININGS["gas"]),


use rule table as gas_fit_temperature with:
    input:
        unpack(of_job(gas.temperature_inputs)),
    output:
        table=gas.network("temperature.csv"),
    log:
        f"{R}/logs/gas/networks/{{network}}_temperature.log",
    resources:
        runtime=more(240),
        cuda=lambda wildcards: on_gpu(*gas.networks_of(wildcards.network).values()),
    params:
        **calls(
            "pipeline.gas.networks.temperature_stage.from_files",
            gas.temperature_block,
            gas.network_modules,
        ),
    message:
        "fitting the temperature of {wildcards.network}"


use rule table as gas_predict with:
    input:
        weights=lambda wildcards: [gas.weights(wildcards.network)],
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
    resources:
        runtime=more(240),
        cuda=lambda wildcards: on_gpu(NETWORKS[wildcards.network]),
    params:
        **calls(
            "pipeline.gas.networks.prediction_stage.from_files",
            gas.prediction_block,
            gas.network_modules,
        ),
    message:
        "predicting {wildcards.test} with {wildcards.network}"


use rule table as gas_ensemble with:
    input:
        members=lambda wildcards: gas.members(wildcards.test, wildcards.ensemble),
        temperature=lambda wildcards: gas.temperature(wildcards.ensemble),
    output:
        table=gas.prediction(method="{ensemble}"),
    log:
        f"{R}/logs/gas/predictions/{{test}}/{{ensemble}}.log",
    wildcard_constraints:
        ensemble="|".join(gas.block.ensembles) or "(?!)",
    params:
        **calls("pipeline.gas.networks.ensemble.from_files"),
    message:
        "joining the networks of {wildcards.ensemble} on {wildcards.test}"


use rule table as gas_non_ml with:
    input:
        shards=lambda wildcards: gas.shards(wildcards.test),
    output:
        **{name: gas.prediction(method=name) for name in gas.non_ml_variants},
        scan=gas.test_table("non_ml_tuning.csv"),
    log:
        f"{R}/logs/gas/predictions/{{test}}/non_ml.log",
    benchmark:
        f"{R}/benchmarks/gas/predictions/{{test}}/non_ml.tsv"
    params:
        **calls(
            "pipeline.gas.baselines.predictions.non_ml_from_files",
            gas.block.non_ml.plain(),
        ),
    message:
        "Non-ML on {wildcards.test}"


# On the same shards.
use rule gas_non_ml as gas_best_expected with:
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
        ),
    message:
        "Best-Expected on {wildcards.test}"
