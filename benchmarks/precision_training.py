"""Training with bfloat16 products, emulated: what it changes in a network's accuracy.

    python benchmarks/precision_training.py [--config YAML] [--network UNet] [--epochs N]

Takes the tracks and voxels of a study (`snakemake --cores all --until gas_voxels`). A network is
trained twice from each seed: in float32, and with the inputs, weights and results of every
convolution and linear layer, and their gradients, rounded to bfloat16, as mixed precision has them;
sums over neighbours, normalisation, loss, weights and optimiser stay float32. Both see the same
events. Two trainings of other seeds differ, too: by so much a difference may be chance.
"""

import argparse
import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import torch
from machine import describe_machine
from precision import BATCH_SIZE, TEST_SETS, bfloat16, mean_and_error, predict
from torch import Tensor, nn
from torch.autograd import Function

from pipeline.core.progress import Progress
from pipeline.gas.config.chain import TRAINING
from pipeline.gas.networks.training import Task, train_network
from pipeline.gas.paths import GasPaths
from pipeline.gas.voxels.dataset import grid_bins, stream_batches
from pipeline.gas.voxels.epochs import fresh_events
from pipeline.gas.voxels.shards import concatenate
from pipeline.learning.vmf import cosine_distance
from pipeline.sparse import torch_backend
from pipeline.sparse.tensor import SparseTensor
from pipeline.study import read_config


class Rounded(Function):
    """bfloat16 in both directions."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return bfloat16(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return bfloat16(grad)


def rounded(x: Any) -> Any:
    if isinstance(x, SparseTensor):
        return x.with_features(Rounded.apply(x.features))
    return Rounded.apply(x)


def in_bfloat16(product: Callable[..., Any]) -> Callable[..., Any]:
    """`product(inputs, weight, bias)` of rounded inputs and weights, its result rounded."""

    def of_rounded(x: Any, weight: Tensor, bias: Tensor | None = None) -> Any:
        return rounded(product(rounded(x), rounded(weight), bias))

    return of_rounded


@contextlib.contextmanager
def bfloat16_products() -> Iterator[None]:
    with (
        patch.object(
            torch_backend, "submanifold_conv", in_bfloat16(torch_backend.submanifold_conv)
        ),
        patch.object(nn.functional, "linear", in_bfloat16(nn.functional.linear)),
    ):
        yield


PRECISIONS = {"float32": contextlib.nullcontext, "bfloat16": bfloat16_products}


def trained(gas: GasPaths, name: str, epochs: int, seed: int) -> tuple[nn.Module, pd.DataFrame]:
    """Network `name`, trained on fresh views of the study's tracks on one core."""
    network, training_set = gas.block.networks[name], gas.block.training_set
    settings = network.without_parallelism().model_copy(update={"max_epochs": epochs})
    sources = gas.set_sources(TRAINING)
    tracks = [Path(path) for source in sources for path in gas.tracks(source)]
    shards = [Path(path) for path in gas.shards(TRAINING)]
    events = partial(fresh_events, tracks, gas.block.grid, training_set, name, seed)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder, "checkpoint.pt")
        return train_network(
            Task(name, seed, settings, training_set, events, shards, checkpoint, "")
        )


@torch.no_grad()
def distances(model: nn.Module, gas: GasPaths, test_set: str) -> Tensor:
    """Cosine distances [n] of the events of a test set, one frame."""
    model.eval()
    shards = [Path(path) for path in gas.shards(test_set)]
    batches = list(stream_batches(shards, BATCH_SIZE))
    events = concatenate(batches)
    progress = Progress(f"predicting {test_set}", len(events), "events")
    output = predict(model, batches, grid_bins(shards), progress)
    return cosine_distance(output.direction, torch.from_numpy(events.direction))


def main() -> None:
    """Run the trainings and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, default=Path("config/config.yaml"))
    parser.add_argument("--network", default="UNet")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    gas = read_config(arguments.config).paths["gas"]
    rows = []
    for seed in arguments.seeds:
        for precision, products in PRECISIONS.items():
            with products():
                model, history = trained(gas, arguments.network, arguments.epochs, seed)
                found = {name: distances(model, gas, name) for name in TEST_SETS}
            rows.append(
                {
                    "seed": seed,
                    "precision": precision,
                    "views": history["events_seen"].iloc[-1],
                    "skipped steps": history["skipped_steps"].sum(),
                    "validation loss": f"{history['validation_loss'].min():.4f}",
                    **{name: mean_and_error(values, 4) for name, values in found.items()},
                }
            )
            print(rows[-1], flush=True)
    print(f"{describe_machine()}\n\n{pd.DataFrame(rows).to_string(index=False)}")


if __name__ == "__main__":
    main()
