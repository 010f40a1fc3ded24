# Figures: one rule and one script each, then the gallery results/figures

# Relative, so that a moved checkout is still up to date.
CAPTIONS = os.path.relpath(Path(workflow.basedir) / "workflow" / "report")


def drawn(name):
    """The files of a figure."""
    return {"png": f"{R}/plots/{name}.png", "pdf": f"{R}/plots/{name}.pdf"}


rule plot_loss_curves:
    input:
        histories=expand(rules.train_network.output.history, network=study.networks),
    output:
        **drawn("loss_curves"),
    log:
        f"{R}/logs/plots/loss_curves.log",
    params:
        architectures={name: n.architecture for name, n in study.networks.items()},
        code=code("plot_loss_curves.py"),
    script:
        "../scripts/plot_loss_curves.py"


FIGURES = {"loss_curves": rules.plot_loss_curves}


rule figures:
    input:
        figures=[file for rule in FIGURES.values() for file in rule.output],
        captions=[f"{CAPTIONS}/{name}.md" for name in FIGURES],
    output:
        folder=directory(f"{R}/figures"),
    log:
        f"{R}/logs/figures.log",
    params:
        names=list(FIGURES),
        code=code("figures.py"),
    localrule: True
    message:
        "gathering the figures in {output.folder}"
    script:
        "../scripts/figures.py"
