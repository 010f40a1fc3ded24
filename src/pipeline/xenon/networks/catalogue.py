"""The networks of the liquid-xenon chain and their training data.

To add a network, add an entry here and the function that it names. This module must not import
torch, because the rules read it.
"""

from functools import partial
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
    return {
        f"{name}{networks}": training
        for networks, seed in paths.network_seeds().items()
        for name, training in _of_seed(paths, anomaly, networks, seed).items()
    }


def _of_seed(
    paths: XenonPaths, anomaly: Anomaly, networks: str, seed: int
) -> dict[str, TrainingSpec]:
    """Classifier and autoencoders of one seed, without the end `networks` of their names."""
    er, nr = (paths.response_shards(sample) for sample in anomaly.train.names)
    block = partial(_block, paths, seed, anomaly.validation_fraction)
    classifier = _training(
        anomaly.classifier,
        "pipeline.xenon.networks.classifier.prepare",
        {"er": er, "nr": nr},
        block("classifier", anomaly.classifier, train=anomaly.train.plain()),
    )
    vaes = {
        name: _training(
            anomaly.vae,
            "pipeline.xenon.networks.vae.prepare",
            {"er": er},
            block(name, anomaly.vae, sample=anomaly.train.er, beta=beta),
        )
        for name, beta in paths.betas(networks).items()
    }
    return {"classifier": classifier, **vaes}


def _of_images(paths: XenonPaths, images: Images) -> dict[str, TrainingSpec]:
    er, wimp = (paths.response_shards(sample) for sample in (TRAIN_ER, TRAIN_WIMP))
    both, module = {"er": er, "wimp": wimp}, "pipeline.xenon.xenon1t.networks"
    shown = {"detector": paths.detector(TEST_ER).plain(), "size": images.size}
    mixed = {"training_share": images.training_share}
    block = partial(_block, paths, paths.first_network_seed, images.validation_fraction)
    return {
        "image_classifier": _training(
            images.classifier,
            f"{module}.prepare_cnn",
            both,
            block("image_classifier", images.classifier, **shown, **mixed),
        ),
        "image_four_numbers": _training(
            images.four_numbers,
            f"{module}.prepare_four_numbers",
            both,
            block("image_four_numbers", images.four_numbers, **mixed),
        ),
        "image_cvae": _training(
            images.cvae,
            f"{module}.prepare_cvae",
            {"er": er},
            block("image_cvae", images.cvae, **shown),
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
    paths: XenonPaths,
    seed: int,
    validation_fraction: float,
    name: str,
    settings: Training,
    **more: Any,
) -> dict[str, Any]:
    """What the weights depend on; `name` and `seed` make the random numbers."""
    return {
        "name": name,
        "seed": paths.seed,
        "network_seed": seed,
        "validation_fraction": validation_fraction,
        "network": settings.without_parallelism().plain(),
        **more,
    }
