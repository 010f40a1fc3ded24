"""Train the classifier of recoils."""

from functools import partial
from pathlib import Path

from pipeline.core.digests import file_digest, fingerprint
from pipeline.core.job import granted, job
from pipeline.learning.saved import save_network
from pipeline.xenon.config.anomaly import Classifier, ErNr
from pipeline.xenon.networks.classifier import build_classifier, classifier_losses
from pipeline.xenon.networks.dataset import read_training_events
from pipeline.xenon.networks.training import train_network

with job(snakemake):
    block, seed = snakemake.params.block, snakemake.params.block["seed"]
    settings = Classifier.model_validate({**block["network"], **granted(snakemake)})
    train = ErNr.model_validate(block["train"])
    shards = {train.er: snakemake.input.er, train.nr: snakemake.input.nr}
    recoils = {train.er: "ER", train.nr: "NR"}
    events = read_training_events(shards, recoils, seed, block["validation_fraction"])
    digests = {sample: [file_digest(path) for path in paths] for sample, paths in shards.items()}
    model, history = train_network(
        "classifier",
        partial(build_classifier, settings, events.features.shape[1]),
        classifier_losses,
        0,
        settings,
        events,
        seed,
        Path(snakemake.params.checkpoint),
        fingerprint(
            settings.identity(), seed, block["validation_fraction"], digests, snakemake.params.code
        ),
    )
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
