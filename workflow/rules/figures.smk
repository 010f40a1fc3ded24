# The rules that serve all chains: figures, their page, the provenance record


REPORTED = {
    "caption": "../report/figure.md",
    "category": lambda wildcards: TITLES[wildcards.chain],
    "labels": lambda wildcards: figure_of(wildcards).labels(),
}


rule figure:
    input:
        unpack(lambda wildcards: figure_of(wildcards).inputs),
    output:
        png=report(f"{R}/{{chain}}/plots/{{figure}}.png", **REPORTED),
        pdf=f"{R}/{{chain}}/plots/{{figure}}.pdf",
    log:
        f"{R}/logs/{{chain}}/plots/{{figure}}.log",
    conda:
        "../../envs/conda.yaml"
    params:
        module=lambda wildcards: figure_of(wildcards).module,
        settings=lambda wildcards: figure_of(wildcards).params,
        caption=lambda wildcards: figure_of(wildcards).caption,
        code=lambda wildcards: code("figure.py", figure_of(wildcards).module),
    message:
        "figure: {wildcards.chain} {wildcards.figure}"
    script:
        "../scripts/figure.py"


use rule figure as interactive_figure with:
    output:
        page=report(f"{R}/{{chain}}/plots/{{figure}}.html", **REPORTED),
    log:
        f"{R}/logs/{{chain}}/plots/{{figure}}.html.log",
    message:
        "interactive figure: {wildcards.chain} {wildcards.figure}"


rule figures:
    input:
        figures=study.figure_files(),
        tables=[paths.page_tables() for paths in study.paths.values()],
        # It lies beside the tables whatever is asked for; the page does not show it.
        record=ancient(f"{R}/provenance.json"),
    output:
        folder=report(
            directory(f"{R}/figures"),
            htmlindex="index.html",
            category="overview",
            labels={"page": "all figures, main tables"},
        ),
    log:
        f"{R}/logs/figures.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        chains=study.page(),
        code=code("figures.py"),
    message:
        "gathering the figures in {output.folder}"
    script:
        "../scripts/figures.py"


checkpoint provenance:
    input:
        tables=[
            reported(table)
            for paths in study.paths.values()
            for table in paths.recorded_tables()
        ],
    output:
        file=f"{R}/provenance.json",
        # Snakemake's report shows pages, and offers other texts for download only.
        page=report(
            f"{R}/provenance.html",
            category="provenance",
            caption="../report/provenance.md",
            labels={"record": "what the tables were made with"},
        ),
    log:
        f"{R}/logs/provenance.log",
    conda:
        "../../envs/conda.yaml"
    # Not local: on a cluster it names the hardware of a node, not that of the login node.
    params:
        study=study.plain(),
    message:
        "recording what {output.file} was made with"
    script:
        "../scripts/provenance.py"
