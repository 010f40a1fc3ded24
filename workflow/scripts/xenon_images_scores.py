"""What CNN and autoencoder say of the images of one sample."""

from pipeline.core.job import job
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.images import Cnn, Cvae
from pipeline.xenon.networks.saved import load_network
from pipeline.xenon.xenon1t.images import ImageEncoder
from pipeline.xenon.xenon1t.networks import ImageAutoencoder, build_cnn
from pipeline.xenon.xenon1t.scores import score_images, write_scores

with job(snakemake):
    block, inputs = snakemake.params.block, snakemake.input
    detector, size = Detector.model_validate(block["detector"]), block["size"]
    cnn, cvae = Cnn.model_validate(block["classifier"]), Cvae.model_validate(block["cvae"])
    scores = score_images(
        inputs.shards,
        ImageEncoder.of(detector, size),
        load_network(build_cnn(cnn, size), inputs.classifier).to(cnn.device),
        load_network(ImageAutoencoder(cvae, size), inputs.cvae).to(cvae.device),
        cvae.beta,
        detector.trigger.min_s2_photons,
    )
    write_scores(snakemake.output.table, scores)
