# XENON1T part: scores of networks that see images of events, and what the loss finds

from pipeline.xenon.config import images as image_names

IMAGES = xenon.block.images

if IMAGES:
    IMAGE_DETECTOR = xenon.detector(image_names.TEST_ER)
    IMAGE_SCORED = [image_names.TEST_ER, image_names.TEST_WIMP, image_names.SEARCH_NR]

    rule xenon_images_scores:
        input:
            shards=lambda wildcards: xenon.response_shards(wildcards.sample),
            classifier=xenon.network("weights.pt", "image_classifier"),
            cvae=xenon.network("weights.pt", "image_cvae"),
        output:
            table=xenon.image_scores(),
        log:
            f"{R}/logs/xenon/image_scores/{{sample}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/image_scores/{{sample}}.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            cuda=on_gpu(IMAGES.classifier, IMAGES.cvae),
        params:
            block={
                "classifier": IMAGES.classifier.without_parallelism().plain(),
                "cvae": IMAGES.cvae.without_parallelism().plain(),
                "detector": IMAGE_DETECTOR.plain(),
                "size": IMAGES.size,
            },
            code=code("xenon_images_scores.py"),
        message:
            "scores of images: {wildcards.sample}"
        script:
            "../scripts/xenon_images_scores.py"

    use rule xenon_event_files as xenon_images_classifier with:
        input:
            er=[xenon.image_scores(image_names.TEST_ER)],
            wimp=[xenon.image_scores(image_names.TEST_WIMP)],
        output:
            table=xenon.table("images_classifier.csv"),
        log:
            f"{R}/logs/xenon/images_classifier.log",
        params:
            **calls(
                "pipeline.xenon.xenon1t.accuracy.from_files",
                {"shares": list(IMAGES.test_shares)},
            ),
        message:
            "accuracy of the classifier of images"

    use rule xenon_event_files as xenon_images_search with:
        input:
            scores=[xenon.image_scores(sample) for sample in IMAGE_SCORED],
            er=xenon.response_shards(image_names.TEST_ER),
            nr=xenon.response_shards(image_names.SEARCH_NR),
        output:
            losses=xenon.table("images_losses.csv"),
            s2_only=xenon.table("images_s2_only.csv"),
            significance=xenon.table("images_significance.csv"),
            exposures=xenon.table("images_exposures.csv"),
        log:
            f"{R}/logs/xenon/images_search.log",
        params:
            **calls(
                "pipeline.xenon.xenon1t.excess.from_files",
                {
                    "seed": xenon.seed,
                    "search": IMAGES.search.plain(),
                    "rates": IMAGES.rates.plain(),
                    "spectra": generated(image_names.TEST_ER, image_names.SEARCH_NR),
                    "min_s2_photons": IMAGE_DETECTOR.trigger.min_s2_photons,
                },
            ),
        message:
            "search for an excess in the losses of images"
