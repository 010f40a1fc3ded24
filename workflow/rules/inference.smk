# Directional hypothesis test: toys in mergeable batches, then their merger


rule toys:
    input:
        predictions=lambda wildcards: layout.response_table(
            study, wildcards.test, wildcards.method
        ),
    output:
        toys=f"{R}/toys/{{test}}/{{method}}/{{batch}}.parquet",
    log:
        f"{R}/logs/toys/{{test}}/{{method}}/{{batch}}.log",
    benchmark:
        f"{R}/benchmarks/toys/{{test}}/{{method}}/{{batch}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        block={"seed": study.seed, "hypothesis_test": layout.one_batch(study).plain()},
        code=code("toys.py"),
    message:
        "toys: {wildcards.test}, {wildcards.method}, batch {wildcards.batch}"
    script:
        "../scripts/toys.py"


rule hypothesis_test:
    input:
        toys=lambda wildcards: layout.toys(study, wildcards.test),
    output:
        power=f"{R}/tables/{{test}}/power.parquet",
        needed_events=f"{R}/tables/{{test}}/needed_events.parquet",
    log:
        f"{R}/logs/hypothesis_test/{{test}}.log",
    benchmark:
        f"{R}/benchmarks/hypothesis_test/{{test}}.tsv"
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        levels=study.hypothesis_test.levels,
        code=code("hypothesis_test.py"),
    message:
        "hypothesis test on {wildcards.test}"
    script:
        "../scripts/hypothesis_test.py"
