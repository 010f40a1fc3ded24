"""A network of a finished study as a network folder: weights, card and the study's config."""

import logging
from pathlib import Path
from shutil import copyfile

import numpy as np
import yaml
from torch import Tensor

from pipeline.core.files import atomic_write
from pipeline.gas.config.card import CARD, STUDY, WEIGHTS, Card
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.networks.prediction import predict_events
from pipeline.gas.networks.study_card import check_finished, study_card
from pipeline.gas.paths import GasPaths
from pipeline.gas.voxels.dataset import grid_bins
from pipeline.learning.saved import full, halved, read_weights, with_weights, write_tensors
from pipeline.statistics.directional.predictions import cosines, read_predictions

logger = logging.getLogger(__name__)

# A change of the mean cosine distance is nothing below this share of its statistical error.
NEGLIGIBLE = 0.1


def export_network(
    paths: GasPaths, name: str, config: str | Path, folder: str | Path, half: bool = False
) -> Card:
    """Write the network folder of a network of a finished study, and return its card.

    `config` is the file of the study, which goes into the folder too. With `half`, weights of
    layers are stored in 16 bits.

    Raises:
        ValueError: the study has not trained such a network, is not finished or was made with
            another config; or half precision would change the accuracy.
    """
    record = check_finished(paths, name, config)
    path = paths.network("weights.pt", name)
    weights = read_weights(path)
    if half:
        weights = halved(weights)
        _check_accuracy(paths, name, full(weights))
    folder = Path(folder)
    write_tensors(folder / WEIGHTS, weights)
    copyfile(config, folder / STUDY)
    card = study_card(paths, name, record, folder, "half" if half else "full")
    with atomic_write(folder / CARD) as temporary:
        temporary.write_text(yaml.safe_dump(card.plain(), sort_keys=False))
    return card


def _check_accuracy(paths: GasPaths, name: str, rounded: dict[str, Tensor]) -> None:
    """Predict the first shard of each test set with rounded weights, and compare.

    Raises:
        ValueError: the mean cosine distance changes by more than `NEGLIGIBLE`.
    """
    settings = paths.block.networks[name]
    for test in paths.block.test_sets:
        shards = [Path(paths.shards(test)[0])]
        model = build_network(settings, grid_bins(shards))
        with_weights(model, rounded, "half precision", "this network").to(settings.device)
        found = cosines(predict_events(model, shards, settings))
        known = cosines(read_predictions(paths.prediction(test, name)))[: len(found)]
        change, error = np.mean(known - found), np.std(known) / np.sqrt(len(known))
        logger.info(
            "%s, %d events: half precision changes the mean cosine distance %.5f +- %.5f by %+.6f",
            *(test, len(known), 1 - np.mean(known), error, change),
        )
        if abs(change) > NEGLIGIBLE * error:
            raise ValueError(
                f"half precision changes the mean cosine distance of {name} on {test} by "
                f"{change:+.2g}, its statistical error is {error:.2g}; export it in full precision"
            )
