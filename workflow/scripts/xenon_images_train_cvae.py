"""Train the convolutional autoencoder on images of electronic recoils."""

from functools import partial
from pathlib import Path

from pipeline.core.digests import file_digest, fingerprint
from pipeline.core.job import granted, job
from pipeline.learning.saved import save_network
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.images import Cvae
from pipeline.xenon.networks.dataset import read_training_events
from pipeline.xenon.networks.training import train_network
from pipeline.xenon.xenon1t.images import Display
from pipeline.xenon.xenon1t.networks import ImageAutoencoder, cvae_losses

with job(snakemake):
    block = snakemake.params.block
    seed, fraction, size = (block[key] for key in ("seed", "validation_fraction", "size"))
    settings = Cvae.model_validate({**block["network"], **granted(snakemake)})
    display = Display.of(Detector.model_validate(block["detector"]), size)
    shards = snakemake.input.er
    events = read_training_events({"er": shards}, {"er": "ER"}, seed, fraction, display)
    digests = [file_digest(path) for path in shards]
    model, history = train_network(
        "image_cvae",
        partial(ImageAutoencoder, settings, size),
        partial(cvae_losses, beta=settings.beta),
        settings.latent,
        settings,
        events,
        seed,
        Path(snakemake.params.checkpoint),
        fingerprint(
            settings.identity(),
            [seed, fraction, size],
            block["detector"],
            digests,
            snakemake.params.code,
        ),
    )
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
