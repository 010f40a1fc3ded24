# What a study was made with: its whole configuration and the versions in use


rule provenance:
    input:
        rules.figures.input.tables,
    output:
        file=f"{R}/provenance.json",
    log:
        f"{R}/logs/provenance.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        study=study.plain(),
    script:
        "../scripts/provenance.py"
