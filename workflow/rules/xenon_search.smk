# Search for an excess of anomaly scores: trigger, expected rates, weights, pseudo-experiments

BACKGROUND = study.xenon.background
SEARCH = study.xenon.search
TOY_SETS = SEARCH.toy_sets()


if ANOMALY:
    MIN_S2_PHOTONS = detector_of(BACKGROUND.er).trigger.min_s2_photons
    WEIGHTS = {
        "rates": study.xenon.rates.plain(),
        "spectra": {
            "ER": SAMPLES[BACKGROUND.er].spectrum.kind,
            "NR": SAMPLES[BACKGROUND.nr].spectrum.kind,
        },
    }

    wildcard_constraints:
        toys="|".join(map(re.escape, TOY_SETS)),

    rule xenon_trigger:
        input:
            er=xenon_shards(BACKGROUND.er),
            nr=xenon_shards(BACKGROUND.nr),
        output:
            table=f"{R}/xenon/tables/trigger.csv",
        log:
            f"{R}/logs/xenon/trigger.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block={
                "min_s2_photons": MIN_S2_PHOTONS,
                "er_keV": list(study.xenon.rates.electron_recoils_keV),
                "nr_keV": list(study.xenon.rates.nuclear_recoils_keV),
            },
            code=code("xenon_trigger.py"),
        message:
            "how often the detector triggers"
        script:
            "../scripts/xenon_trigger.py"

    rule xenon_s2_only:
        input:
            shards=xenon_layout.response_shards(
                study, xenon_layout.scored_samples(study)
            ),
        output:
            table=f"{R}/xenon/tables/s2_only.csv",
        log:
            f"{R}/logs/xenon/s2_only.log",
        conda:
            "../../envs/conda.yaml"
        params:
            min_s2_photons=MIN_S2_PHOTONS,
            code=code("xenon_s2_only.py"),
        message:
            "counting events without an S1"
        script:
            "../scripts/xenon_s2_only.py"

    rule xenon_rates:
        input:
            trigger=rules.xenon_trigger.output.table,
        output:
            table=f"{R}/xenon/tables/backgrounds.csv",
        log:
            f"{R}/logs/xenon/rates.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block=study.xenon.rates.plain(),
            code=code("xenon_rates.py"),
        message:
            "expected backgrounds"
        script:
            "../scripts/xenon_rates.py"

    rule xenon_roc:
        input:
            scores=xenon_scores(*ANOMALY.test.names),
        output:
            table=f"{R}/xenon/tables/roc.csv",
        log:
            f"{R}/logs/xenon/roc.log",
        conda:
            "../../envs/conda.yaml"
        params:
            code=code("xenon_roc.py"),
        message:
            "ROC curves of classifier and anomaly score"
        script:
            "../scripts/xenon_roc.py"

    rule xenon_weighted_scores:
        input:
            trigger=rules.xenon_trigger.output.table,
            scores=xenon_scores(*BACKGROUND.names),
        output:
            table=f"{R}/xenon/tables/weighted_scores.parquet",
        log:
            f"{R}/logs/xenon/weighted_scores.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block={**WEIGHTS, "mass_GeV": SEARCH.benchmark.mass_GeV},
            code=code("xenon_weighted_scores.py"),
        message:
            "scores weighted to backgrounds and the benchmark WIMP"
        script:
            "../scripts/xenon_weighted_scores.py"

    rule xenon_toys:
        input:
            trigger=rules.xenon_weighted_scores.input.trigger,
            scores=rules.xenon_weighted_scores.input.scores,
        output:
            toys=f"{R}/xenon/toys/{{toys}}/{{batch}}.parquet",
        log:
            f"{R}/logs/xenon/toys/{{toys}}/{{batch}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/toys/{{toys}}/{{batch}}.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            mem_mb=2000,
            runtime=120,
        params:
            block=lambda wildcards: {
                **WEIGHTS,
                "seed": study.seed,
                "toys": TOY_SETS[wildcards.toys].plain(),
            },
            code=code("xenon_toys.py"),
        message:
            "pseudo-experiments: {wildcards.toys}, batch {wildcards.batch}"
        script:
            "../scripts/xenon_toys.py"

    rule xenon_search:
        input:
            toys=expand(
                rules.xenon_toys.output.toys,
                toys=TOY_SETS,
                batch=range(SEARCH.batches),
            ),
        output:
            significance=f"{R}/xenon/tables/significance.parquet",
            exposures=f"{R}/xenon/tables/exposure_needed.parquet",
        log:
            f"{R}/logs/xenon/search.log",
        benchmark:
            f"{R}/benchmarks/xenon/search.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            levels=list(SEARCH.levels_sigma),
            code=code("xenon_search.py"),
        message:
            "significance of the search"
        script:
            "../scripts/xenon_search.py"
