"""Scores of the images of one sample, from files."""

from pathlib import Path

from pipeline.core.tables import Described, Inputs, Params
from pipeline.xenon.config.anomaly import Classifier
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.images import Cnn, Cvae
from pipeline.xenon.networks.features import SUMS
from pipeline.xenon.networks.saved import load_classifier, load_network
from pipeline.xenon.xenon1t.images import ImageEncoder
from pipeline.xenon.xenon1t.networks import ImageAutoencoder, build_cnn
from pipeline.xenon.xenon1t.scores import SCHEMA, score_images


def from_files(inputs: Inputs, params: Params) -> dict[str, Described]:
    """What the three networks say of the events, from response shards and weights."""
    detector, size = Detector.model_validate(params["detector"]), params["size"]
    cnn, cvae = Cnn.model_validate(params["classifier"]), Cvae.model_validate(params["cvae"])
    four_numbers = Classifier.model_validate(params["four_numbers"])
    scores = score_images(
        [Path(path) for path in inputs["shards"]],
        ImageEncoder.of(detector, size),
        load_network(build_cnn(cnn, size), inputs["classifier"][0]).to(cnn.device),
        load_classifier(four_numbers, SUMS, inputs["four_numbers"][0]),
        load_network(ImageAutoencoder(cvae, size), inputs["cvae"][0]).to(cvae.device),
        cvae.beta,
        detector.trigger.min_s2_photons,
    )
    return {"table": Described(SCHEMA, scores)}
