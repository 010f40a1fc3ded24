# Comparison of simulated with reference tracks, if the config asks for one

if study.track_comparison:

    COMPARED = {
        sample: [
            file
            for source in getattr(study.track_comparison, sample)
            for file in layout.tracks(study, source)
        ]
        for sample in ("simulated", "reference")
    }

    rule compare_tracks:
        input:
            **COMPARED,
        output:
            distances=f"{R}/tables/track_distances.csv",
            histograms=f"{R}/tables/track_histograms.csv",
            classifier=f"{R}/tables/track_classifier.csv",
        log:
            f"{R}/logs/compare_tracks.log",
        benchmark:
            f"{R}/benchmarks/compare_tracks.tsv"
        conda:
            "../../envs/conda.yaml"
        resources:
            mem_mb=2000,
            runtime=120,
        params:
            seed=study.seed,
            code=code("compare_tracks.py"),
        message:
            "comparing simulated with reference tracks"
        script:
            "../scripts/compare_tracks.py"


if study.track_comparison and study.track_comparison.voxel_classifier:
    CLASSIFIER = study.track_comparison.voxel_classifier

    rule voxel_classifier:
        input:
            **COMPARED,
        output:
            table=f"{R}/tables/voxel_classifier.csv",
            history=f"{R}/tables/voxel_classifier_history.csv",
        log:
            f"{R}/logs/voxel_classifier.log",
        benchmark:
            f"{R}/benchmarks/voxel_classifier.tsv"
        conda:
            "../../envs/conda.yaml"
        threads: CLASSIFIER.cores
        resources:
            **shares(CLASSIFIER),
            mem_mb=3000 * CLASSIFIER.processes,
            runtime=240,
        params:
            # Not an output: Snakemake removes those of an interrupted job, and this one resumes it.
            checkpoint=f"{R}/comparison/checkpoint.pt",
            block={
                "seed": study.seed,
                "grid": study.grid.plain(),
                "classifier": CLASSIFIER.on_one_core().plain(),
            },
            code=code("voxel_classifier.py"),
        message:
            "training a network to tell simulated from reference tracks"
        script:
            "../scripts/voxel_classifier.py"
