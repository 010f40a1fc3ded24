"""Terms of the anomaly score of one sample, from files."""

from pathlib import Path

from pipeline.core.seeds import generator
from pipeline.core.tables import Described, Inputs, Params
from pipeline.xenon.config.anomaly import VAE, Classifier
from pipeline.xenon.darwin.score import TERMS, score_terms
from pipeline.xenon.networks.saved import load_networks


def from_files(inputs: Inputs, params: Params) -> dict[str, Described]:
    """Terms of the score of a sample, from its response shards and the networks' weights.

    Of a sample that the networks have `learnt`, only the events kept for validation have terms.
    """
    classifier, autoencoders = load_networks(
        inputs["classifier"][0],
        dict(zip(params["betas"], inputs["vaes"], strict=True)),
        Classifier.model_validate(params["classifier"]),
        VAE.model_validate(params["vae"]),
    )
    held_out = (params["sample"], params["seed"], params["validation_fraction"])
    not_learnt = held_out if params["learnt"] else None
    shards = [Path(path) for path in inputs["shards"]]
    rng = generator(params["seed"], "xenon", "latent", params["sample"])
    terms = score_terms(shards, classifier, autoencoders, not_learnt, rng)
    return {"table": Described(TERMS, terms)}
