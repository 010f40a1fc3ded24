"""Train one variational autoencoder on electronic recoils."""

from functools import partial
from pathlib import Path

from pipeline.core.digests import file_digest, fingerprint
from pipeline.core.job import granted, job
from pipeline.learning.saved import save_network
from pipeline.xenon.config.anomaly import VAE
from pipeline.xenon.networks.dataset import read_training_events
from pipeline.xenon.networks.training import train_network
from pipeline.xenon.networks.vae import Autoencoder, vae_losses

with job(snakemake):
    block, seed = snakemake.params.block, snakemake.params.block["seed"]
    settings = VAE.model_validate({**block["network"], **granted(snakemake)})
    sample, shards, fraction = block["sample"], snakemake.input.shards, block["validation_fraction"]
    events = read_training_events({sample: shards}, {sample: "ER"}, seed, fraction)
    digests = [file_digest(path) for path in shards]
    model, history = train_network(
        f"vae_{snakemake.wildcards.beta}",
        partial(Autoencoder, settings, events.features.shape[1]),
        partial(vae_losses, beta=block["beta"]),
        settings.latent,
        settings,
        events,
        seed,
        Path(snakemake.params.checkpoint),
        fingerprint(
            settings.identity(),
            [sample, seed, fraction, block["beta"]],
            digests,
            snakemake.params.code,
        ),
    )
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
