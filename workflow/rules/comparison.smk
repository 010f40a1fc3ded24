# Comparison of simulated with reference tracks, if the config asks for one

if study.track_comparison:

    rule compare_tracks:
        input:
            simulated=[
                f
                for s in study.track_comparison.simulated
                for f in layout.tracks(study, s)
            ],
            reference=[
                f
                for s in study.track_comparison.reference
                for f in layout.tracks(study, s)
            ],
        output:
            distances=f"{R}/tables/track_distances.csv",
            histograms=f"{R}/tables/track_histograms.csv",
            classifier=f"{R}/tables/track_classifier.csv",
        log:
            f"{R}/logs/compare_tracks.log",
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
