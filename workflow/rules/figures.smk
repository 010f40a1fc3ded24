# Figures of the direction chain: one rule and one script each


rule track_stages:
    input:
        tracks=lambda wildcards: layout.tracks(study, wildcards.source)[0],
    output:
        table=f"{R}/tables/stages/{{source}}.parquet",
    log:
        f"{R}/logs/stages/{{source}}.log",
    conda:
        "../../envs/conda.yaml"
    params:
        block={
            "seed": study.seed,
            "grid": study.grid.plain(),
            "smearing": study.training_set.smearing_um.plain(),
        },
        code=code("track_stages.py"),
    script:
        "../scripts/track_stages.py"


rule plot_track_stages:
    input:
        stages=f"{R}/tables/stages/{study.training_set.sources[0]}.parquet",
    output:
        drawn("track_stages"),
    log:
        f"{R}/logs/plots/track_stages.log",
    conda:
        "../../envs/conda.yaml"
    params:
        code=code("plot_track_stages.py"),
    script:
        "../scripts/plot_track_stages.py"


rule plot_arrow:
    input:
        stages=[
            f"{R}/tables/stages/{source}.parquet" for source in layout.arrows(study)
        ],
    output:
        drawn("arrow"),
    log:
        f"{R}/logs/plots/arrow.log",
    conda:
        "../../envs/conda.yaml"
    params:
        code=code("plot_arrow.py"),
    script:
        "../scripts/plot_arrow.py"


rule plot_containment:
    input:
        table=rules.containment.output.table,
    output:
        drawn("containment"),
    log:
        f"{R}/logs/plots/containment.log",
    conda:
        "../../envs/conda.yaml"
    params:
        published=layout.published_containment(study),
        code=code("plot_containment.py"),
    script:
        "../scripts/plot_containment.py"


rule plot_loss_curves:
    input:
        histories=expand(rules.train_network.output.history, network=study.networks),
    output:
        drawn("loss_curves"),
    log:
        f"{R}/logs/plots/loss_curves.log",
    conda:
        "../../envs/conda.yaml"
    params:
        architectures={name: n.architecture for name, n in study.networks.items()},
        code=code("plot_loss_curves.py"),
    script:
        "../scripts/plot_loss_curves.py"


rule plot_cut_scan:
    input:
        scans=tested("cut_scan"),
        crossings=tested("crossings"),
        summary=rules.summary.output.table,
    output:
        drawn("cut_scan"),
    log:
        f"{R}/logs/plots/cut_scan.log",
    conda:
        "../../envs/conda.yaml"
    params:
        code=code("plot_cut_scan.py"),
    script:
        "../scripts/plot_cut_scan.py"


rule plot_angular_resolution:
    input:
        angles=tested("angles"),
    output:
        drawn("angular_resolution"),
    log:
        f"{R}/logs/plots/angular_resolution.log",
    conda:
        "../../envs/conda.yaml"
    params:
        code=code("plot_angular_resolution.py"),
    script:
        "../scripts/plot_angular_resolution.py"


rule plot_calibration:
    input:
        histograms=expand(
            rules.calibrate.output.histogram, network=layout.with_kappa(study)
        ),
        calibrations=expand(
            rules.calibrate.output.calibration, network=layout.with_kappa(study)
        ),
    output:
        drawn("calibration"),
    log:
        f"{R}/logs/plots/calibration.log",
    conda:
        "../../envs/conda.yaml"
    params:
        networks=layout.with_kappa(study),
        code=code("plot_calibration.py"),
    script:
        "../scripts/plot_calibration.py"


rule plot_needed_by_signal:
    input:
        needed=rules.hypothesis_test.output.needed_events,
    output:
        drawn("needed_by_signal/{test}"),
    log:
        f"{R}/logs/plots/needed_by_signal/{{test}}.log",
    conda:
        "../../envs/conda.yaml"
    params:
        names=methods(study.networks),
        code=code("plot_needed_by_signal.py"),
    script:
        "../scripts/plot_needed_by_signal.py"


rule plot_needed_by_cut:
    input:
        needed=rules.hypothesis_test.output.needed_events,
    output:
        drawn("needed_by_cut/{test}"),
    log:
        f"{R}/logs/plots/needed_by_cut/{{test}}.log",
    conda:
        "../../envs/conda.yaml"
    params:
        names=methods(study.networks),
        signal_fraction=study.hypothesis_test.shown_fraction,
        code=code("plot_needed_by_cut.py"),
    script:
        "../scripts/plot_needed_by_cut.py"


rule plot_median_p:
    input:
        power=rules.hypothesis_test.output.power,
    output:
        drawn("median_p/{test}"),
    log:
        f"{R}/logs/plots/median_p/{{test}}.log",
    conda:
        "../../envs/conda.yaml"
    params:
        names=methods(study.networks),
        levels=study.hypothesis_test.levels,
        signal_fraction=study.hypothesis_test.shown_fraction,
        toys=study.hypothesis_test.batches * study.hypothesis_test.background_toys,
        code=code("plot_median_p.py"),
    script:
        "../scripts/plot_median_p.py"


if study.track_comparison:

    rule plot_track_observables:
        input:
            distances=rules.compare_tracks.output.distances,
            histograms=rules.compare_tracks.output.histograms,
        output:
            drawn("track_observables"),
        log:
            f"{R}/logs/plots/track_observables.log",
        conda:
            "../../envs/conda.yaml"
        params:
            code=code("plot_track_observables.py"),
        script:
            "../scripts/plot_track_observables.py"
