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


def _chain(name: str, title: str, block: str, **elsewhere: str) -> Chain:
    """A chain whose parts are in the places where most have them, but for those `elsewhere`."""
    package = f"pipeline.{name}"
    places = {
        "block": f"{package}.config.chain.{block}",
        "paths": f"{package}.paths.{block}Paths",
        "figures": f"{package}.figures.catalogue.figures",
        "summary": f"{package}.summary.report",
        "headline": f"{package}.summary.headline",
        "trainings": f"{package}.networks.catalogue.trainings",
    }
    return Chain(name, title, **{**places, **elsewhere})


CHAINS = (
    _chain(
        "gas",
        "Gas time projection chamber",
        "Gas",
        summary="pipeline.gas.evaluation.summary.report",
        headline="pipeline.gas.evaluation.headline.headline",
    ),
    _chain("xenon", "Liquid xenon", "Xenon"),
    _chain("emulsion", "Nuclear emulsion", "Emulsion"),
)
