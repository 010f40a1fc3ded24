"""The registry of detector chains: one entry each.

Names only: reading a study must import neither torch nor matplotlib. No module that a job's script
imports may import this one, or an edit of one chain would rerun the others.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chain:
    """A detector chain; modules, classes and functions are given by their dotted names."""

    name: str  # key of its block in the config, and its folder in results/ and src/pipeline/
    title: str  # heading on the page of figures and in Snakemake's report
    block: str  # class of its config block
    paths: str  # class of its paths, made from (block, results folder, seed)
    figures: str  # function of the paths that lists its figures
    summary: str  # function of the paths that returns the text printed at the end of a run
    headline: str  # function of the paths that returns the numbers in which studies are compared
    trainings: str = ""  # function of the paths that lists its trainings by network, if it has any


CHAINS = (
    Chain(
        "gas",
        "Gas time projection chamber",
        block="pipeline.gas.config.chain.Gas",
        paths="pipeline.gas.paths.GasPaths",
        figures="pipeline.gas.figures.catalogue.figures",
        summary="pipeline.gas.evaluation.summary.report",
        headline="pipeline.gas.evaluation.headline.headline",
        trainings="pipeline.gas.networks.catalogue.trainings",
    ),
    Chain(
        "xenon",
        "Liquid xenon",
        block="pipeline.xenon.config.chain.Xenon",
        paths="pipeline.xenon.paths.XenonPaths",
        figures="pipeline.xenon.figures.catalogue.figures",
        summary="pipeline.xenon.summary.report",
        headline="pipeline.xenon.summary.headline",
        trainings="pipeline.xenon.networks.catalogue.trainings",
    ),
    Chain(
        "emulsion",
        "Nuclear emulsion",
        block="pipeline.emulsion.config.chain.Emulsion",
        paths="pipeline.emulsion.paths.EmulsionPaths",
        figures="pipeline.emulsion.figures.catalogue.figures",
        summary="pipeline.emulsion.summary.report",
        headline="pipeline.emulsion.summary.headline",
        trainings="pipeline.emulsion.networks.catalogue.trainings",
    ),
)
