"""The terms of the anomaly score of one sample."""

from pipeline.core.job import job
from pipeline.xenon.config.anomaly import VAE, Classifier
from pipeline.xenon.darwin.score import score_terms, write_terms
from pipeline.xenon.networks.saved import load_networks

with job(snakemake):
    block, shards = snakemake.params.block, snakemake.input.shards
    classifier, autoencoders = load_networks(
        snakemake.input.classifier,
        dict(zip(block["betas"], snakemake.input.vaes, strict=True)),
        Classifier.model_validate(block["classifier"]),
        VAE.model_validate(block["vae"]),
    )
    held_out = (snakemake.wildcards.sample, block["seed"], block["validation_fraction"])
    not_learnt = held_out if block["learnt"] else None
    write_terms(snakemake.output.table, score_terms(shards, classifier, autoencoders, not_learnt))
