"""Pseudo-experiments of the search: of a WIMP mass, or of background alone."""

from pipeline.core.tables import Described, Inputs, Params
from pipeline.statistics.excess.config import ToySet
from pipeline.statistics.excess.stage import toys_table
from pipeline.xenon.rates.samples import read_samples
from pipeline.xenon.rates.weighted_scores import warn_if_few


def from_files(inputs: Inputs, params: Params) -> dict[str, Described]:
    """One batch of a set of pseudo-experiments.

    `inputs` are scores of the background's samples and their response `shards`.
    """
    toys = ToySet.model_validate(params["toys"])
    masses_GeV = [] if toys.mass_GeV is None else [toys.mass_GeV]
    scores, shards = inputs["background"], inputs["shards"]
    samples = read_samples(scores, shards, masses_GeV, params)
    if not masses_GeV:
        warn_if_few(samples, max(toys.cross_sections_cm2))
    identity = ("xenon", "toys")
    batch = toys_table(samples, toys, seed=params["seed"], identity=identity, batch=params["batch"])
    return {"toys": batch}
