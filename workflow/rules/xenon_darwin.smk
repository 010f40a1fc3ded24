# DARWIN's anomaly search: score, expected rates, weights, pseudo-experiments

ANOMALY = xenon.block.anomaly
BACKGROUND = xenon.block.background
SEARCH = xenon.block.search


if ANOMALY:

    use rule table as xenon_score_terms with:
        input:
            unpack(of_job(xenon.terms_inputs)),
        output:
            table=xenon.score_terms(networks="{networks}"),
        log:
            f"{R}/logs/xenon/score_terms{{networks}}/{{sample}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/score_terms{{networks}}/{{sample}}.tsv"
        resources:
            runtime=more(120),
            cuda=on_gpu(ANOMALY.classifier, ANOMALY.vae),
        params:
            **calls("pipeline.xenon.darwin.terms.from_files", xenon.terms_block),
        message:
            "terms of the anomaly score: {wildcards.sample}{wildcards.networks}"

    use rule table as xenon_score_scan with:
        input:
            terms=[xenon.score_terms(s, "{networks}") for s in ANOMALY.train.names],
        output:
            table=xenon.score_scan("{networks}"),
        log:
            f"{R}/logs/xenon/score_scan{{networks}}.log",
        params:
            **calls("pipeline.xenon.darwin.scan.from_files", {"ratios": ANOMALY.ratios}),
        message:
            "choosing beta and R of the anomaly score{wildcards.networks}"

    use rule table as xenon_classifier_table with:
        input:
            validation=[xenon.score_terms(sample) for sample in ANOMALY.train.names],
            test=[xenon.score_terms(sample) for sample in ANOMALY.test.names],
        output:
            table=xenon.table("classifier.csv"),
        log:
            f"{R}/logs/xenon/classifier_table.log",
        params:
            **calls("pipeline.xenon.darwin.accuracy.from_files"),
        message:
            "accuracy of the classifier"

    use rule table as xenon_scores with:
        input:
            terms=[xenon.score_terms(networks="{networks}")],
            scan=[xenon.score_scan("{networks}")],
        output:
            table=xenon.scores(networks="{networks}"),
        log:
            f"{R}/logs/xenon/scores{{networks}}/{{sample}}.log",
        params:
            **calls("pipeline.xenon.darwin.scores.from_files"),
        message:
            "anomaly scores: {wildcards.sample}{wildcards.networks}"

    use rule table as xenon_trigger with:
        input:
            er=xenon.response_shards(BACKGROUND.er),
            nr=xenon.response_shards(BACKGROUND.nr),
        output:
            table=xenon.table("trigger.csv"),
        log:
            f"{R}/logs/xenon/trigger.log",
        params:
            **calls(
                "pipeline.xenon.rates.trigger.trigger_from_files",
                xenon.trigger_block(),
            ),
        message:
            "how often the detector triggers"

    use rule table as xenon_s2_only with:
        input:
            shards=xenon.response_shards(*xenon.scored_samples()),
        output:
            table=xenon.table("s2_only.csv"),
        log:
            f"{R}/logs/xenon/s2_only.log",
        params:
            **calls(
                "pipeline.xenon.rates.trigger.s2_only_from_files",
                {"min_s2_photons": xenon.min_s2_photons},
            ),
        message:
            "counting events without an S1"

    use rule table as xenon_rates with:
        input:
            weighted=[xenon.table("weighted_scores.parquet")],
        output:
            table=xenon.table("backgrounds.csv"),
        log:
            f"{R}/logs/xenon/rates.log",
        params:
            **calls(
                "pipeline.xenon.rates.backgrounds.from_files",
                {"rates": xenon.block.rates.plain()},
            ),
        message:
            "expected backgrounds"

    use rule table as xenon_roc with:
        input:
            scores=[xenon.scores(sample) for sample in ANOMALY.test.names],
        output:
            table=xenon.table("roc.csv"),
        log:
            f"{R}/logs/xenon/roc.log",
        params:
            **calls("pipeline.xenon.darwin.separation.from_files"),
        message:
            "ROC curves of classifier and anomaly score"

    use rule table as xenon_weighted_scores with:
        input:
            scores=[xenon.scores(sample) for sample in BACKGROUND.names],
        output:
            table=xenon.table("weighted_scores.parquet"),
        log:
            f"{R}/logs/xenon/weighted_scores.log",
        params:
            **calls(
                "pipeline.xenon.rates.weighted_scores.from_files",
                {**xenon.weights_block(), "mass_GeV": SEARCH.benchmark.mass_GeV},
            ),
        message:
            "scores weighted to backgrounds and the benchmark WIMP"

    use rule table as xenon_toys with:
        input:
            **xenon.search_inputs(),
        output:
            toys=xenon.toy_batch(),
        log:
            f"{R}/logs/xenon/toys/{{toys}}/{{batch}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/toys/{{toys}}/{{batch}}.tsv"
        resources:
            runtime=more(120),
        params:
            **calls("pipeline.xenon.rates.toys.from_files", xenon.toys_block),
        message:
            "pseudo-experiments: {wildcards.toys}, batch {wildcards.batch}"

    use rule table as xenon_search with:
        input:
            toys=xenon.toys(*SEARCH.toy_sets()),
        output:
            significance=xenon.table("significance.parquet"),
            exposures=xenon.table("exposure_needed.parquet"),
        log:
            f"{R}/logs/xenon/search.log",
        params:
            **calls(
                "pipeline.statistics.excess.stage.search_from_files",
                {"levels_sigma": list(SEARCH.levels_sigma)},
            ),
        message:
            "significance of the search"

    use rule table as xenon_checks with:
        input:
            **xenon.search_inputs(),
            coverage=[xenon.scores(name) for name in xenon.block.coverage_names],
            coverage_shards=xenon.response_shards(*xenon.block.coverage_names),
        output:
            coverage=xenon.table("coverage.csv"),
            limits=xenon.table("limit_coverage.csv"),
            uncertainty=xenon.table("background_uncertainty.csv"),
            response=xenon.table("response_uncertainty.csv"),
        log:
            f"{R}/logs/xenon/checks.log",
        params:
            **calls("pipeline.xenon.rates.checks.from_files", xenon.checks_block()),
        message:
            "false-positive rates, uncertainties of background and response"

    use rule table as xenon_limits with:
        input:
            **xenon.search_inputs(),
        output:
            table=xenon.table("limits.csv"),
            trials=xenon.table("trials.csv"),
        log:
            f"{R}/logs/xenon/limits.log",
        params:
            **calls("pipeline.xenon.rates.limits.from_files", xenon.limits_block()),
        message:
            "upper limits"

    use rule table as xenon_choices with:
        input:
            **xenon.search_inputs(),
            further=xenon.further_scores(),
        output:
            seeds=xenon.table("network_seeds.csv"),
            ratios=xenon.table("significance_by_ratio.csv"),
        log:
            f"{R}/logs/xenon/choices.log",
        params:
            **calls("pipeline.xenon.rates.choices.from_files", xenon.choices_block()),
        message:
            "significance for other seeds of the networks and other R"


if ANOMALY and xenon.block.data:

    use rule table as xenon_observed with:
        input:
            **xenon.search_inputs(),
            **xenon.observed_inputs(),
        output:
            **xenon.observed_tables(),
        log:
            f"{R}/logs/xenon/observed.log",
        params:
            **calls("pipeline.xenon.rates.observed.from_files", xenon.observed_block()),
        message:
            "looking at the data"
