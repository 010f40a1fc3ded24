# The gallery results/figures: what the study's chains have drawn

FIGURES = {"direction": layout.figures(study), "xenon": XENON_FIGURES + IMAGE_FIGURES}
SHOWN = [name for chain in study.chains for name in FIGURES[chain]]
SHOWN_TABLES = {
    "direction": [rules.summary.output.table],
    "xenon": xenon_layout.shown_tables(study),
}


rule figures:
    input:
        png=[f"{R}/plots/{name}.png" for name in SHOWN],
        pdf=[f"{R}/plots/{name}.pdf" for name in SHOWN],
        captions=[f"{CAPTIONS}/{name.split('/')[0]}.md" for name in SHOWN],
        tables=[SHOWN_TABLES[chain] for chain in study.chains],
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
        names=SHOWN,
        code=code("figures.py"),
    message:
        "gathering the figures in {output.folder}"
    script:
        "../scripts/figures.py"
