"""Lower precision in prediction: what it changes, and what it could gain on one core of a CPU.

    python benchmarks/precision.py [--config YAML] [--network UNet] [--events N] [--rounds N]

Takes the network and the voxels of a finished study; one frame. Lower precision is emulated:
weights and inputs of every convolution and linear layer are rounded, the arithmetic is float32.
bfloat16 rounds to the nearest; int8 has one scale for each output channel of the weights and one
for all inputs of a layer in a batch, the largest value being 127.

Speed: bare torch products with the shapes of the network's, every offset of a convolution one. For
int8 no rounding or scaling is counted. "gain, products" is how much faster prediction from voxels
in memory gets at most if nothing but the products changes; "gain, layers" if gathering and adding
up in these layers change as the products do. Medians of processor time, taken in turns.
"""

import argparse
import copy
import logging
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from machine import describe_machine
from sparse import Shape, group_sizes
from torch import Tensor, nn

from pipeline.core.progress import Progress
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.networks.output import Output
from pipeline.gas.voxels.batches import sparse_batch
from pipeline.gas.voxels.dataset import cut_batches, grid_bins
from pipeline.gas.voxels.shards import VoxelBatch, concatenate, read_shard
from pipeline.learning.saved import read_weights, with_weights
from pipeline.learning.vmf import cosine_distance
from pipeline.sparse.layers import SubMConv3d
from pipeline.sparse.rulebook import neighbour_pairs
from pipeline.sparse.tensor import SparseTensor
from pipeline.study import read_config

TEST_SETS = ["40keV_443um", "50keV_200um"]
BATCH_SIZE = 128
TIMED_BATCHES = 4
LARGEST = 127
Step = Callable[[], Any]


def bfloat16(x: Tensor) -> Tensor:
    return x.bfloat16().float()


def int8(x: Tensor, scale: Tensor) -> Tensor:
    """x rounded to multiples of `scale`, of which there are at most LARGEST either side."""
    scale = scale.clamp(min=torch.finfo(x.dtype).tiny)
    return (x / scale).round() * scale


def int8_inputs(x: Tensor) -> Tensor:
    return int8(x, x.abs().max() / LARGEST)


def int8_weights(weight: Tensor) -> Tensor:
    """`weight` [c_out, ...]."""
    return int8(weight, weight.abs().amax(tuple(range(1, weight.dim())), keepdim=True) / LARGEST)


ROUNDINGS = {"bfloat16": (bfloat16, bfloat16), "int8": (int8_weights, int8_inputs)}


def product_layers(model: nn.Module) -> list[SubMConv3d | nn.Linear]:
    return [m for m in model.modules() if isinstance(m, SubMConv3d | nn.Linear)]


def rounded(model: nn.Module, precision: str) -> nn.Module:
    """A copy whose products have weights and inputs in `precision`."""
    model = copy.deepcopy(model)
    round_weights, round_inputs = ROUNDINGS[precision]

    def replace(_: nn.Module, inputs: tuple[Any]) -> Any:
        (x,) = inputs
        if isinstance(x, SparseTensor):
            return x.with_features(round_inputs(x.features))
        return round_inputs(x)

    for layer in product_layers(model):
        layer.weight.copy_(round_weights(layer.weight))
        layer.register_forward_pre_hook(replace)
    return model


def predict(model: nn.Module, batches: list[VoxelBatch], bins: int, progress: Progress) -> Output:
    outputs = []
    for batch in batches:
        outputs.append(model(sparse_batch(batch, bins)))
        progress.update(len(batch))
    return Output(torch.cat([o.direction for o in outputs]), torch.cat([o.kappa for o in outputs]))


def accuracy(
    models: dict[str, nn.Module], batches: list[VoxelBatch], bins: int, test_set: str
) -> Iterator[dict[str, Any]]:
    """A row for each model; the first is the one to compare with, on the same events."""
    true = torch.from_numpy(concatenate(batches).direction)
    progress = Progress(f"predicting {test_set}", len(models) * len(true), "events")
    outputs = {name: predict(model, batches, bins, progress) for name, model in models.items()}
    progress.finish()
    reference = next(iter(outputs.values()))
    for name, output in outputs.items():
        distance = cosine_distance(output.direction, true)
        difference = distance - cosine_distance(reference.direction, true)
        moved = cosine_distance(output.direction, reference.direction)
        angle_deg = torch.rad2deg(2 * (moved / 2).sqrt().clamp(max=1).asin())
        low, middle, high = np.quantile(output.kappa / reference.kappa, [0.16, 0.5, 0.84])
        yield {
            "test set": test_set,
            "precision": name,
            "cosine distance": mean_and_error(distance, 4),
            "minus float32": mean_and_error(difference, 6),
            "turned > 1 deg": f"{(angle_deg > 1).double().mean():.1%}",
            "median turn, deg": f"{angle_deg.median():.2f}",
            "kappa over float32": f"{middle:.3f} ({low:.3f}-{high:.3f})",
        }


def mean_and_error(x: Tensor, digits: int) -> str:
    error = x.std() / len(x) ** 0.5
    return f"{x.mean():.{digits}f} +- {error:.{digits}f}"


def shapes_and_seconds(model: nn.Module, step: Step) -> tuple[list[Shape], float]:
    """Products [m, k] @ [k, n] in a step, and its time in their layers without the rulebooks."""
    shapes: list[Shape] = []
    seconds = 0.0

    def before(layer: SubMConv3d | nn.Linear, inputs: tuple[Any]) -> None:
        nonlocal seconds
        (x,) = inputs
        if isinstance(layer, SubMConv3d):
            c_out, kernel, _, _, c_in = layer.weight.shape
            shapes.extend((n, c_in, c_out) for n in group_sizes(neighbour_pairs(x.sites, kernel)))
        else:
            shapes.append((len(x), layer.in_features, layer.out_features))
        seconds -= time.process_time()

    def after(*_: Any) -> None:
        nonlocal seconds
        seconds += time.process_time()

    with ExitStack() as hooks:
        for layer in product_layers(model):
            hooks.enter_context(layer.register_forward_pre_hook(before))
            hooks.enter_context(layer.register_forward_hook(after))
        step()
    return shapes, seconds


def products_step(shapes: list[Shape], precision: str) -> Step:
    """Bare products [m, k] @ [k, n]."""
    dtype = getattr(torch, precision)
    # torch.mm of int8 would sum up in int8.
    multiply = torch._int_mm if dtype == torch.int8 else torch.mm
    rows = torch.ones(max(m * k for m, k, _ in shapes), dtype=dtype)
    weights = torch.ones(max(k * n for _, k, n in shapes), dtype=dtype)

    def step() -> None:
        for m, k, n in shapes:
            multiply(rows[: m * k].view(m, k), weights[: k * n].view(k, n))

    return step


def speed(
    model: nn.Module, batches: list[VoxelBatch], bins: int, rounds: int
) -> Iterator[dict[str, Any]]:
    """A row for each precision."""

    def prediction() -> None:
        for batch in batches:
            model(sparse_batch(batch, bins))

    shapes, _ = shapes_and_seconds(model, prediction)
    names = ["float32", *ROUNDINGS]
    steps = {name: products_step(shapes, name) for name in names} | {"prediction": prediction}
    times: dict[str, list[float]] = {name: [] for name in [*steps, "layers"]}
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.process_time()
            step()
            times[name].append(time.process_time() - start)
        times["layers"].append(shapes_and_seconds(model, prediction)[1])
    seconds = {name: statistics.median(values) for name, values in times.items()}
    whole, layers, products = (seconds[name] for name in ("prediction", "layers", "float32"))
    operations = 2 * sum(m * k * n for m, k, n in shapes)
    events = sum(map(len, batches))
    print(
        f"\nprediction: {events / whole:.0f} events/s, {operations / events / 1e6:.0f} Mop/event;"
    )
    print(f"layers with products {layers / whole:.0%} of the time, products {products / whole:.0%}")
    for name in names:
        yield {
            "precision": name,
            "products, Gop/s": f"{operations / seconds[name] / 1e9:.0f}",
            "over float32": f"{products / seconds[name]:.2f}",
            "gain, products": f"{whole / (whole - products + seconds[name]):.2f}",
            "gain, layers": f"{whole / (whole - layers * (1 - seconds[name] / products)):.2f}",
        }


@torch.no_grad()
def main() -> None:
    """Run the comparison and print it as two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, default=Path("config/config.yaml"))
    parser.add_argument("--network", default="UNet")
    parser.add_argument("--test-sets", nargs="*", default=TEST_SETS)
    parser.add_argument("--events", type=int, default=3000, help="most events of a test set")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    gas = read_config(arguments.config).paths["gas"]
    weights = Path(gas.network("weights.pt", arguments.network))
    shards = {name: [Path(s) for s in gas.shards(name)] for name in arguments.test_sets}
    bins = grid_bins([shard for paths in shards.values() for shard in paths])
    fresh = build_network(gas.block.networks[arguments.network], bins)
    model = with_weights(fresh, read_weights(weights), weights, arguments.network)
    models = {"float32": model} | {name: rounded(model, name) for name in ROUNDINGS}
    rows = []
    for test_set, paths in shards.items():
        events = concatenate([batch for path in paths for batch in read_shard(path)])
        events = events.take(np.arange(min(arguments.events, len(events))))
        batches = list(cut_batches([events], BATCH_SIZE, 0))
        rows += accuracy(models, batches, bins, test_set)
    print(f"{describe_machine()}\n")
    print(pd.DataFrame(rows).to_string(index=False))
    table = pd.DataFrame(speed(model, batches[:TIMED_BATCHES], bins, arguments.rounds))
    print(f"\n{table.to_string(index=False)}")


if __name__ == "__main__":
    main()
