"""The networks of the liquid-xenon chain and their training data.

To add a network, add an entry here and the function that it names. This module must not import
torch, because the rules read it.
"""

from typing import Any

from pipeline.config.training import Training
from pipeline.learning.spec import TrainingSpec
from pipeline.xenon.config.anomaly import Anomaly
from pipeline.xenon.config.images import TEST_ER, TRAIN_ER, TRAIN_WIMP, Images
from pipeline.xenon.paths import XenonPaths


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
    classifier = _training(
        anomaly.classifier,
        "pipeline.xenon.networks.classifier.prepare",
        {"er": er, "nr": nr},
        _block(paths, anomaly.classifier, fraction, train=anomaly.train.plain()),
    )
    vaes = {
        name: _training(
            anomaly.vae,
            "pipeline.xenon.networks.vae.prepare",
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
        "image_classifier": _training(
            images.classifier,
            "pipeline.xenon.xenon1t.networks.prepare_cnn",
            {"er": er, "wimp": wimp},
            _block(paths, images.classifier, fraction, **shown, training_share=share),
        ),
        "image_cvae": _training(
            images.cvae,
            "pipeline.xenon.xenon1t.networks.prepare_cvae",
            {"er": er},
            _block(paths, images.cvae, fraction, **shown),
        ),
    }


def _training(
    settings: Training, prepare: str, inputs: dict[str, list[str]], block: dict[str, Any]
) -> TrainingSpec:
    """The training of a network on response shards, by kind of recoil."""
    return TrainingSpec(
        settings=settings,
        mem_mb=2000,
        runtime_min=240,
        function="pipeline.xenon.networks.training.from_job",
        calls={"prepare": prepare},
        inputs=inputs,
        block=block,
    )


def _block(
    paths: XenonPaths, settings: Training, validation_fraction: float, **more: Any
) -> dict[str, Any]:
    chosen = paths.block.network_seed
    return {
        "seed": paths.seed,
        "network_seed": paths.seed if chosen is None else chosen,
        "validation_fraction": validation_fraction,
        "network": settings.without_parallelism().plain(),
        **more,
    }
