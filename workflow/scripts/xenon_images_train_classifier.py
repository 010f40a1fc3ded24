"""Train the CNN that tells WIMPs from electronic recoils."""

from functools import partial
from pathlib import Path

from pipeline.core.digests import file_digest, fingerprint
from pipeline.core.job import granted, job
from pipeline.core.seeds import generator
from pipeline.learning.saved import save_network
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.images import Cnn
from pipeline.xenon.networks.classifier import classifier_losses
from pipeline.xenon.networks.dataset import read_training_events, with_nr_share
from pipeline.xenon.networks.training import train_network
from pipeline.xenon.xenon1t.images import Display
from pipeline.xenon.xenon1t.networks import build_cnn

with job(snakemake):
    block = snakemake.params.block
    seed, fraction, share, size = (
        block[key] for key in ("seed", "validation_fraction", "training_share", "size")
    )
    settings = Cnn.model_validate({**block["network"], **granted(snakemake)})
    display = Display.of(Detector.model_validate(block["detector"]), size)
    shards = {"er": snakemake.input.er, "wimp": snakemake.input.wimp}
    events = read_training_events(shards, {"er": "ER", "wimp": "NR"}, seed, fraction, display)
    events = with_nr_share(events, share, generator(seed, "xenon", "image share"))
    digests = {kind: [file_digest(path) for path in paths] for kind, paths in shards.items()}
    model, history = train_network(
        "image_classifier",
        partial(build_cnn, settings, size),
        classifier_losses,
        0,
        settings,
        events,
        seed,
        Path(snakemake.params.checkpoint),
        fingerprint(
            settings.identity(),
            [seed, fraction, share, size],
            block["detector"],
            digests,
            snakemake.params.code,
        ),
    )
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
