# Gas chain: measured events


wildcard_constraints:
    observed="|".join([*gas.block.observed, "train"]),
    hits="|".join(gas.hits_sources),


# A labelled source in the training set has no tracks.
ruleorder: gas_hits > gas_voxels


rule gas_hits:
    input:
        lambda wildcards: gas.part_input(wildcards.hits, wildcards.part),
    output:
        shard=gas.shard("{observed}", "{hits}"),
        events=gas.observed_events(source="{hits}"),
        counts=counts(gas.shard("{observed}", "{hits}")),
    log:
        f"{R}/logs/gas/hits/{{observed}}/{{hits}}/{{part}}.log",
    conda:
        "../../envs/conda.yaml"
    params:
        block=lambda wildcards: gas.hits_block(wildcards.hits, wildcards.part),
        code=lambda wildcards: code("gas_hits.py", gas.reader(wildcards.hits)),
    message:
        "voxels of measured events: {wildcards.hits}/{wildcards.part}"
    script:
        "../scripts/gas_hits.py"


use rule table as gas_observed with:
    input:
        predictions=gas.observed_predictions(),
    output:
        summary=gas.table("observed.csv"),
        directions=gas.table("observed_directions.csv"),
    log:
        f"{R}/logs/gas/observed.log",
    localrule: True
    params:
        **calls("pipeline.gas.hits.directions.from_files", gas.given_block()),
    message:
        "directions of measured events"


use rule table as gas_observed_p with:
    input:
        **gas.direction_test_inputs(),
    output:
        table=gas.table("observed_p.csv"),
    log:
        f"{R}/logs/gas/observed_p.log",
    params:
        **calls(
            "pipeline.gas.hits.direction_test.from_files", gas.direction_test_block()
        ),
    message:
        "directional test of measured events"
