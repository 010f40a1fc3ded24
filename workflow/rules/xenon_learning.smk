# Anomaly search: two networks, the terms of its score, the choice of its weights

if ANOMALY:

    wildcard_constraints:
        beta="|".join(map(re.escape, BETAS)),

    rule xenon_train_classifier:
        input:
            er=xenon_shards(ANOMALY.train.er),
            nr=xenon_shards(ANOMALY.train.nr),
        output:
            weights=f"{R}/xenon/networks/classifier/weights.pt",
            history=f"{R}/xenon/networks/classifier/history.csv",
        log:
            f"{R}/logs/xenon/networks/classifier.log",
        benchmark:
            f"{R}/benchmarks/xenon/networks/classifier.tsv"
        conda:
            "../../envs/conda.yaml"
        threads: ANOMALY.classifier.cores
        resources:
            **shares(ANOMALY.classifier),
            mem_mb=2000 * ANOMALY.classifier.processes,
            runtime=240,
        params:
            # Not an output: Snakemake removes those of an interrupted job; this one resumes it.
            checkpoint=f"{R}/xenon/networks/classifier/checkpoint.pt",
            block=learning_block(
                ANOMALY, ANOMALY.classifier, train=ANOMALY.train.plain()
            ),
            code=code("xenon_train_classifier.py"),
        message:
            "training the classifier of recoils"
        script:
            "../scripts/xenon_train_classifier.py"

    rule xenon_train_vae:
        input:
            shards=xenon_shards(ANOMALY.train.er),
        output:
            weights=f"{R}/xenon/networks/vae_{{beta}}/weights.pt",
            history=f"{R}/xenon/networks/vae_{{beta}}/history.csv",
        log:
            f"{R}/logs/xenon/networks/vae_{{beta}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/networks/vae_{{beta}}.tsv"
        # The longest jobs: they start as soon as they can.
        priority: 10
        conda:
            "../../envs/conda.yaml"
        threads: ANOMALY.vae.cores
        resources:
            **shares(ANOMALY.vae),
            mem_mb=2000 * ANOMALY.vae.processes,
            runtime=240,
        params:
            checkpoint=f"{R}/xenon/networks/vae_{{beta}}/checkpoint.pt",
            block=lambda wildcards: learning_block(
                ANOMALY,
                ANOMALY.vae,
                sample=ANOMALY.train.er,
                beta=BETAS[wildcards.beta],
            ),
            code=code("xenon_train_vae.py"),
        message:
            "training the autoencoder of beta {wildcards.beta}"
        script:
            "../scripts/xenon_train_vae.py"

    rule xenon_score_terms:
        input:
            shards=lambda wildcards: xenon_shards(wildcards.sample),
            classifier=rules.xenon_train_classifier.output.weights,
            vaes=expand(rules.xenon_train_vae.output.weights, beta=BETAS),
        output:
            table=f"{R}/xenon/score_terms/{{sample}}.parquet",
        log:
            f"{R}/logs/xenon/score_terms/{{sample}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/score_terms/{{sample}}.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            mem_mb=2000,
            runtime=120,
            cuda=on_gpu(ANOMALY.classifier, ANOMALY.vae),
        params:
            block=lambda wildcards: {
                "seed": study.seed,
                "validation_fraction": ANOMALY.validation_fraction,
                "learnt": wildcards.sample in ANOMALY.train.names,
                "classifier": ANOMALY.classifier.on_one_core().plain(),
                "vae": ANOMALY.vae.on_one_core().plain(),
                "betas": ANOMALY.betas,
            },
            code=code("xenon_score_terms.py"),
        message:
            "terms of the anomaly score: {wildcards.sample}"
        script:
            "../scripts/xenon_score_terms.py"

    rule xenon_score_scan:
        input:
            terms=score_terms(ANOMALY.train.names),
        output:
            table=f"{R}/xenon/tables/score_scan.csv",
        log:
            f"{R}/logs/xenon/score_scan.log",
        benchmark:
            f"{R}/benchmarks/xenon/score_scan.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            mem_mb=1000,
            runtime=30,
        params:
            ratios=ANOMALY.ratios,
            code=code("xenon_score_scan.py"),
        message:
            "choosing beta and R of the anomaly score"
        script:
            "../scripts/xenon_score_scan.py"

    rule xenon_classifier_table:
        input:
            validation=score_terms(ANOMALY.train.names),
            test=score_terms(ANOMALY.test.names),
        output:
            table=f"{R}/xenon/tables/classifier.csv",
        log:
            f"{R}/logs/xenon/classifier_table.log",
        benchmark:
            f"{R}/benchmarks/xenon/classifier_table.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            mem_mb=1000,
            runtime=30,
        params:
            code=code("xenon_classifier_table.py"),
        message:
            "accuracy of the classifier"
        script:
            "../scripts/xenon_classifier_table.py"

    rule xenon_scores:
        input:
            terms=rules.xenon_score_terms.output.table,
            scan=rules.xenon_score_scan.output.table,
        output:
            table=f"{R}/xenon/scores/{{sample}}.parquet",
        log:
            f"{R}/logs/xenon/scores/{{sample}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/scores/{{sample}}.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            mem_mb=1000,
            runtime=30,
        params:
            code=code("xenon_scores.py"),
        message:
            "anomaly scores: {wildcards.sample}"
        script:
            "../scripts/xenon_scores.py"
