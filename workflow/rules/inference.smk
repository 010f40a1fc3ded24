# Directional hypothesis test: toys in mergeable batches, then their merger


rule toys:
    input:
        predictions=lambda wildcards: layout.response_table(study, wildcards.test, wildcards.method),
    output:
        toys=f"{R}/toys/{{test}}/{{method}}/{{batch}}.parquet",
    log:
        f"{R}/logs/toys/{{test}}/{{method}}/{{batch}}.log",
    params:
        block={"seed": study.seed, "hypothesis_test": layout.one_batch(study).plain()},
        code=code("toys.py"),
    resources:
        mem_mb=2000,
        runtime=120,
    message:
        "toys: {wildcards.test}, {wildcards.method}, batch {wildcards.batch}"
    script:
        "../scripts/toys.py"


rule hypothesis_test:
    input:
        toys=layout.toys(study),
    output:
        power=f"{R}/tables/power.parquet",
        needed_events=f"{R}/tables/needed_events.parquet",
    log:
        f"{R}/logs/hypothesis_test.log",
    params:
        levels=study.hypothesis_test.levels,
        code=code("hypothesis_test.py"),
    resources:
        mem_mb=3000,
        runtime=60,
    message:
        "hypothesis test: merging the toys"
    script:
        "../scripts/hypothesis_test.py"
