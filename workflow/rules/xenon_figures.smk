# Figures of the liquid-xenon chain, and all that the chain makes

XENON_FIGURES = []

if ANOMALY:
    XENON_FIGURES = [
        "xenon_classifier",
        "xenon_latent",
        "xenon_scores",
        "xenon_trigger",
        "xenon_statistic",
        "xenon_significance",
        *(["xenon_map"] if SEARCH.map.is_grid() else []),
    ]
    WIMPS = {
        sample: f"WIMP {block.spectrum.mass_GeV:g} GeV"
        for sample, block in study.xenon.wimps.samples().items()
        if sample in xenon_layout.scored_samples(study)
    }

    rule plot_xenon_classifier:
        input:
            roc=rules.xenon_roc.output.table,
            accuracy=rules.xenon_classifier_table.output.table,
        output:
            drawn("xenon_classifier"),
        log:
            f"{R}/logs/plots/xenon_classifier.log",
        conda:
            "../../envs/conda.yaml"
        params:
            code=code("plot_xenon_classifier.py"),
        script:
            "../scripts/plot_xenon_classifier.py"

    rule plot_xenon_latent:
        input:
            er=xenon_scores(ANOMALY.test.er),
            nr=xenon_scores(ANOMALY.test.nr),
        output:
            drawn("xenon_latent"),
        log:
            f"{R}/logs/plots/xenon_latent.log",
        conda:
            "../../envs/conda.yaml"
        params:
            code=code("plot_xenon_latent.py"),
        script:
            "../scripts/plot_xenon_latent.py"

    rule plot_xenon_scores:
        input:
            scores=xenon_scores(*ANOMALY.test.names, *WIMPS),
            weighted=rules.xenon_weighted_scores.output.table,
        output:
            drawn("xenon_scores"),
        log:
            f"{R}/logs/plots/xenon_scores.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block={
                "names": ["ER", "NR", *WIMPS.values()],
                "benchmark": SEARCH.benchmark.plain(),
                "exposure_t_yr": SEARCH.shown_exposure_t_yr,
            },
            code=code("plot_xenon_scores.py"),
        script:
            "../scripts/plot_xenon_scores.py"

    rule plot_xenon_trigger:
        input:
            table=rules.xenon_trigger.output.table,
        output:
            drawn("xenon_trigger"),
        log:
            f"{R}/logs/plots/xenon_trigger.log",
        conda:
            "../../envs/conda.yaml"
        params:
            code=code("plot_xenon_trigger.py"),
        script:
            "../scripts/plot_xenon_trigger.py"

    rule plot_xenon_statistic:
        input:
            toys=expand(
                rules.xenon_toys.output.toys,
                toys=[
                    name
                    for name, toys in TOY_SETS.items()
                    if toys.mass_GeV in (None, SEARCH.benchmark.mass_GeV)
                ],
                batch=range(SEARCH.batches),
            ),
        output:
            drawn("xenon_statistic"),
        log:
            f"{R}/logs/plots/xenon_statistic.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block={
                "benchmark": SEARCH.benchmark.plain(),
                "exposure_t_yr": SEARCH.shown_exposure_t_yr,
            },
            code=code("plot_xenon_statistic.py"),
        script:
            "../scripts/plot_xenon_statistic.py"

    rule plot_xenon_significance:
        input:
            table=rules.xenon_search.output.significance,
        output:
            drawn("xenon_significance"),
        log:
            f"{R}/logs/plots/xenon_significance.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block={
                "benchmark": SEARCH.benchmark.plain(),
                "levels_sigma": list(SEARCH.levels_sigma),
            },
            code=code("plot_xenon_significance.py"),
        script:
            "../scripts/plot_xenon_significance.py"

    rule plot_xenon_map:
        input:
            table=rules.xenon_search.output.significance,
        output:
            drawn("xenon_map"),
        log:
            f"{R}/logs/plots/xenon_map.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block={
                "map": SEARCH.map.plain(),
                "levels_sigma": list(SEARCH.levels_sigma),
            },
            code=code("plot_xenon_map.py"),
        script:
            "../scripts/plot_xenon_map.py"


rule xenon:
    input:
        xenon_layout.event_tables(study, SAMPLES),
        xenon_layout.response_shards(study, SAMPLES),
        xenon_layout.anomaly_results(study),
        xenon_layout.search_results(study),
        IMAGE_TABLES,
        [
            f"{R}/plots/{name}.{kind}"
            for name in XENON_FIGURES + IMAGE_FIGURES
            for kind in ("png", "pdf")
        ],


# The same under the name of its folder, and what it was made with.
rule:
    name:
        f"{R}/xenon"
    input:
        rules.xenon.input,
        f"{R}/xenon/provenance.json",
