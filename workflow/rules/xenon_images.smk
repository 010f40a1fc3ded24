# XENON1T part: networks that see images of events, and what the autoencoder's loss finds

from pipeline.xenon.config import images as image_names

IMAGES = study.xenon.images
IMAGE_SCORED = [image_names.TEST_ER, image_names.TEST_WIMP, image_names.SEARCH_NR]
IMAGE_TABLES, IMAGE_FIGURES = [], []

if IMAGES:
    IMAGE_DETECTOR = detector_of(image_names.TEST_ER)
    IMAGE_DISPLAY = {"detector": IMAGE_DETECTOR.plain(), "size": IMAGES.size}
    IMAGE_TABLES = [
        f"{R}/xenon/tables/images_{name}.csv"
        for name in ("classifier", "losses", "s2_only", "significance", "exposures")
    ]
    IMAGE_FIGURES = ["xenon_images", "xenon_image_losses", "xenon_image_exposures"]

    rule xenon_images_train_classifier:
        input:
            er=xenon_shards(image_names.TRAIN_ER),
            wimp=xenon_shards(image_names.TRAIN_WIMP),
        output:
            weights=f"{R}/xenon/networks/image_classifier/weights.pt",
            history=f"{R}/xenon/networks/image_classifier/history.csv",
        log:
            f"{R}/logs/xenon/networks/image_classifier.log",
        benchmark:
            f"{R}/benchmarks/xenon/networks/image_classifier.tsv"
        conda:
            "../../envs/conda.yaml"
        threads: IMAGES.classifier.cores
        resources:
            **shares(IMAGES.classifier),
            mem_mb=2000 * IMAGES.classifier.processes,
            runtime=240,
        params:
            # Not an output: Snakemake removes those of an interrupted job; this one resumes it.
            checkpoint=f"{R}/xenon/networks/image_classifier/checkpoint.pt",
            block=learning_block(
                IMAGES,
                IMAGES.classifier,
                **IMAGE_DISPLAY,
                training_share=IMAGES.training_share,
            ),
            code=code("xenon_images_train_classifier.py"),
        message:
            "training the classifier of images"
        script:
            "../scripts/xenon_images_train_classifier.py"

    rule xenon_images_train_cvae:
        input:
            er=xenon_shards(image_names.TRAIN_ER),
        output:
            weights=f"{R}/xenon/networks/image_cvae/weights.pt",
            history=f"{R}/xenon/networks/image_cvae/history.csv",
        log:
            f"{R}/logs/xenon/networks/image_cvae.log",
        benchmark:
            f"{R}/benchmarks/xenon/networks/image_cvae.tsv"
        conda:
            "../../envs/conda.yaml"
        threads: IMAGES.cvae.cores
        resources:
            **shares(IMAGES.cvae),
            mem_mb=2000 * IMAGES.cvae.processes,
            runtime=240,
        params:
            checkpoint=f"{R}/xenon/networks/image_cvae/checkpoint.pt",
            block=learning_block(IMAGES, IMAGES.cvae, **IMAGE_DISPLAY),
            code=code("xenon_images_train_cvae.py"),
        message:
            "training the autoencoder of images"
        script:
            "../scripts/xenon_images_train_cvae.py"

    rule xenon_images_scores:
        input:
            shards=lambda wildcards: xenon_shards(wildcards.sample),
            classifier=rules.xenon_images_train_classifier.output.weights,
            cvae=rules.xenon_images_train_cvae.output.weights,
        output:
            table=f"{R}/xenon/image_scores/{{sample}}.parquet",
        log:
            f"{R}/logs/xenon/image_scores/{{sample}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/image_scores/{{sample}}.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            mem_mb=2000,
            runtime=60,
            cuda=on_gpu(IMAGES.classifier, IMAGES.cvae),
        params:
            block={
                "classifier": IMAGES.classifier.on_one_core().plain(),
                "cvae": IMAGES.cvae.on_one_core().plain(),
                **IMAGE_DISPLAY,
            },
            code=code("xenon_images_scores.py"),
        message:
            "scores of images: {wildcards.sample}"
        script:
            "../scripts/xenon_images_scores.py"

    rule xenon_images_classifier:
        input:
            er=image_scores(image_names.TEST_ER),
            wimp=image_scores(image_names.TEST_WIMP),
        output:
            table=f"{R}/xenon/tables/images_classifier.csv",
        log:
            f"{R}/logs/xenon/images_classifier.log",
        conda:
            "../../envs/conda.yaml"
        params:
            shares=list(IMAGES.test_shares),
            code=code("xenon_images_classifier.py"),
        message:
            "accuracy of the classifier of images"
        script:
            "../scripts/xenon_images_classifier.py"

    rule xenon_images_search:
        input:
            scores=image_scores(*IMAGE_SCORED),
            er=xenon_shards(image_names.TEST_ER),
            nr=xenon_shards(image_names.SEARCH_NR),
        output:
            losses=f"{R}/xenon/tables/images_losses.csv",
            s2_only=f"{R}/xenon/tables/images_s2_only.csv",
            significance=f"{R}/xenon/tables/images_significance.csv",
            exposures=f"{R}/xenon/tables/images_exposures.csv",
        log:
            f"{R}/logs/xenon/images_search.log",
        benchmark:
            f"{R}/benchmarks/xenon/images_search.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            block={
                "seed": study.seed,
                "search": IMAGES.search.plain(),
                "rates": IMAGES.rates.plain(),
                "spectra": {
                    "ER": SAMPLES[image_names.TEST_ER].spectrum.kind,
                    "NR": SAMPLES[image_names.SEARCH_NR].spectrum.kind,
                },
                "min_s2_photons": IMAGE_DETECTOR.trigger.min_s2_photons,
            },
            code=code("xenon_images_search.py"),
        message:
            "search for an excess in the losses of images"
        script:
            "../scripts/xenon_images_search.py"

    rule plot_xenon_images:
        input:
            er=xenon_shards(image_names.TEST_ER)[0],
            wimp=xenon_shards(image_names.TEST_WIMP)[0],
        output:
            drawn("xenon_images"),
        log:
            f"{R}/logs/plots/xenon_images.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block={"mass_GeV": IMAGES.mass_GeV, **IMAGE_DISPLAY},
            code=code("plot_xenon_images.py"),
        script:
            "../scripts/plot_xenon_images.py"

    rule plot_xenon_image_losses:
        input:
            losses=rules.xenon_images_search.output.losses,
        output:
            drawn("xenon_image_losses"),
        log:
            f"{R}/logs/plots/xenon_image_losses.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block={"mass_GeV": IMAGES.mass_GeV, "search": IMAGES.search.plain()},
            code=code("plot_xenon_image_losses.py"),
        script:
            "../scripts/plot_xenon_image_losses.py"

    rule plot_xenon_image_exposures:
        input:
            table=rules.xenon_images_search.output.significance,
        output:
            drawn("xenon_image_exposures"),
        log:
            f"{R}/logs/plots/xenon_image_exposures.log",
        conda:
            "../../envs/conda.yaml"
        params:
            block=IMAGES.search.plain(),
            code=code("plot_xenon_image_exposures.py"),
        script:
            "../scripts/plot_xenon_image_exposures.py"

    rule xenon1t:
        input:
            IMAGE_TABLES,
            expand(
                f"{R}/plots/{{name}}.{{kind}}", name=IMAGE_FIGURES, kind=["png", "pdf"]
            ),
