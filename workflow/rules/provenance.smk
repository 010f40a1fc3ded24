# What the tables were made with, beside them: those of the study's chains, and those of the
# liquid-xenon chain where it is made alone

TABLES = {
    "direction": [
        rules.summary.output.table,
        rules.containment.output.table,
        *expand(rules.evaluate.output, test=study.test_sets),
        *expand(rules.calibrate.output, network=layout.with_kappa(study)),
        *expand(rules.hypothesis_test.output, test=study.hypothesis_tests),
        *(rules.compare_tracks.output if study.track_comparison else []),
        *layout.comparison_tables(study),
    ],
    "xenon": [str(file) for file in rules.xenon.input if "/tables/" in file],
}
RECORDS = {
    "provenance": (f"{R}/provenance", study.chains),
    "provenance_xenon": (f"{R}/xenon/provenance", ["xenon"]),
}

for name, (stem, chains) in RECORDS.items():

    rule:
        name:
            name
        input:
            tables=[listed(table) for chain in chains for table in TABLES[chain]],
        output:
            file=f"{stem}.json",
            # Snakemake's report shows pages, and offers other texts for download only.
            page=report(
                f"{stem}.html",
                category="provenance",
                caption="../report/provenance.md",
                labels={"record": "what the tables were made with"},
            ),
        log:
            f"{R}/logs/{name}.log",
        conda:
            "../../envs/conda.yaml"
        # Not local: on a cluster it names the hardware of a node, not that of the login node.
        resources:
            mem_mb=500,
            runtime=10,
        params:
            study=study.plain(),
        message:
            "recording what {output.file} was made with"
        script:
            "../scripts/provenance.py"
