# XENON1T part: scores of networks that see images of events, and what the loss finds

from pipeline.xenon.config import images as image_names

IMAGES = xenon.block.images

if IMAGES:
    IMAGE_SCORED = [image_names.TEST_ER, image_names.TEST_WIMP, image_names.SEARCH_NR]

    use rule table as xenon_images_scores with:
        input:
            shards=lambda wildcards: xenon.response_shards(wildcards.sample),
            classifier=[xenon.network("weights.pt", "image_classifier")],
            cvae=[xenon.network("weights.pt", "image_cvae")],
        output:
            table=xenon.image_scores(),
        log:
            f"{R}/logs/xenon/image_scores/{{sample}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/image_scores/{{sample}}.tsv"
        resources:
            cuda=on_gpu(IMAGES.classifier, IMAGES.cvae),
        params:
            **calls(
                "pipeline.xenon.xenon1t.stage.from_files", xenon.image_scores_block()
            ),
        message:
            "scores of images: {wildcards.sample}"

    use rule table as xenon_images_classifier with:
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

    use rule table as xenon_images_search with:
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
                "pipeline.xenon.xenon1t.excess.from_files", xenon.image_search_block()
            ),
        message:
            "search for an excess in the losses of images"
