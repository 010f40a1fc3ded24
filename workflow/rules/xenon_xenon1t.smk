# XENON1T part: scores of networks that see images of events, what they tell and find

from pipeline.xenon.config import images as image_names

if IMAGES := xenon.block.images:

    use rule table as xenon_images_scores with:
        input:
            shards=lambda wildcards: xenon.response_shards(wildcards.sample),
            classifier=[xenon.network("weights.pt", "image_classifier")],
            four_numbers=[xenon.network("weights.pt", "image_four_numbers")],
            cvae=[xenon.network("weights.pt", "image_cvae")],
        output:
            table=xenon.image_scores(),
        log:
            f"{R}/logs/xenon/image_scores/{{sample}}.log",
        benchmark:
            f"{R}/benchmarks/xenon/image_scores/{{sample}}.tsv"
        resources:
            cuda=on_gpu(IMAGES.classifier, IMAGES.four_numbers, IMAGES.cvae),
        params:
            **calls(
                "pipeline.xenon.xenon1t.stage.from_files", xenon.image_scores_block()
            ),
        message:
            "scores of images: {wildcards.sample}"

    use rule table as xenon_images_performance with:
        input:
            scores=[xenon.image_scores(sample) for sample in image_names.MEASURED],
        output:
            classifier=xenon.table("images_classifier.csv"),
            energies=xenon.table("images_energies.csv"),
            mass_tests=xenon.table("images_mass_tests.csv"),
            mass_estimates=xenon.table("images_mass_estimates.csv"),
        log:
            f"{R}/logs/xenon/images_performance.log",
        params:
            **calls(
                "pipeline.xenon.xenon1t.performance.from_files",
                xenon.image_performance_block(),
            ),
        message:
            "what the networks of images tell of events"

    use rule table as xenon_images_search with:
        input:
            scores=[xenon.image_scores(sample) for sample in image_names.SEARCHED],
            shards=xenon.response_shards(*image_names.SEARCHED),
        output:
            losses=xenon.table("images_losses.csv"),
            s2_only=xenon.table("images_s2_only.csv"),
            rates=xenon.table("images_rates.csv"),
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
