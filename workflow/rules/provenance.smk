# What a study was made with: its whole configuration and the versions in use


rule provenance:
    output:
        file=f"{R}/provenance.json",
    log:
        f"{R}/logs/provenance.log",
    params:
        study=study.plain(),
        versions=versions(),
    localrule: True
    script:
        "../scripts/provenance.py"
