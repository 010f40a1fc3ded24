"""The networks of the liquid-xenon chain and their training data.

To add a network, add an entry here and the function that it names. This module must not import
torch, because the rules read it.
"""

from dataclasses import dataclass
from typing import Any

from pipeline.config.training import Training
from pipeline.xenon.config.anomaly import Anomaly
from pipeline.xenon.config.images import TEST_ER, TRAIN_ER, TRAIN_WIMP, Images
from pipeline.xenon.paths import XenonPaths

ROOM = "pipeline.xenon.networks"


@dataclass(frozen=True)
class TrainingSpec:
    """The training of one network.

    `prepare` names a function of (`inputs`, block, parallelism) that returns a
    `networks.training.Task`.
    """

    settings: Training
    prepare: str
    inputs: dict[str, list[str]]  # response shards by kind of recoil
    block: dict[str, Any]  # plain content that the weights depend on, besides the shards


def trainings(paths: XenonPaths) -> dict[str, TrainingSpec]:
    """Trainings of the networks in the config, by name of the network."""
    anomaly, images = paths.block.anomaly, paths.block.images
    return {
        **(_of_anomaly(paths, anomaly) if anomaly else {}),
        **(_of_images(paths, images) if images else {}),
    }


def _of_anomaly(paths: XenonPaths, anomaly: Anomaly) -> dict[str, TrainingSpec]:
    er, nr = (paths.response_shards(sample) for sample in anomaly.train.names)
    fraction = anomaly.validation_fraction
    classifier = TrainingSpec(
        anomaly.classifier,
        f"{ROOM}.classifier.prepare",
        {"er": er, "nr": nr},
        _block(paths, anomaly.classifier, fraction, train=anomaly.train.plain()),
    )
    vaes = {
        name: TrainingSpec(
            anomaly.vae,
            f"{ROOM}.vae.prepare",
            {"er": er},
            _block(paths, anomaly.vae, fraction, sample=anomaly.train.er, beta=beta),
        )
        for name, beta in paths.betas().items()
    }
    return {"classifier": classifier, **vaes}


def _of_images(paths: XenonPaths, images: Images) -> dict[str, TrainingSpec]:
    er, wimp = (paths.response_shards(sample) for sample in (TRAIN_ER, TRAIN_WIMP))
    shown = {"detector": paths.detector(TEST_ER).plain(), "size": images.size}
    share, fraction = images.training_share, images.validation_fraction
    return {
        "image_classifier": TrainingSpec(
            images.classifier,
            "pipeline.xenon.xenon1t.networks.prepare_cnn",
            {"er": er, "wimp": wimp},
            _block(paths, images.classifier, fraction, **shown, training_share=share),
        ),
        "image_cvae": TrainingSpec(
            images.cvae,
            "pipeline.xenon.xenon1t.networks.prepare_cvae",
            {"er": er},
            _block(paths, images.cvae, fraction, **shown),
        ),
    }


def _block(
    paths: XenonPaths, settings: Training, validation_fraction: float, **more: Any
) -> dict[str, Any]:
    return {
        "seed": paths.seed,
        "validation_fraction": validation_fraction,
        "network": settings.without_parallelism().plain(),
        **more,
    }
