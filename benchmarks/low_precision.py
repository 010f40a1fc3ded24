"""Lower precision and other batch sizes in prediction on one core: rate and accuracy, side by side.

    python benchmarks/low_precision.py [--network FOLDER] [--events N] [--rounds N]

Real low-precision products, not emulated ones (see `precision.py`): bfloat16 in the linear layers
as torch.autocast has them, bfloat16 in the convolutions too (gathered, multiplied and added up by
PyTorch), and PyTorch's dynamic int8 quantisation of the linear layers. All variants predict the
same simulated events of 50 keV in one frame, in turns in one process on one thread. The gain is the
median over the rounds of float32's processor time over the variant's, within one round; the
accuracy is the mean difference of the cosine distance, event by event. Reading and building voxels
are not in it.
"""

import argparse
import copy
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from machine import describe_machine
from torch import Tensor, nn
from torch.nn import functional

from pipeline.core.seeds import generator
from pipeline.gas.config.card import WEIGHTS, read_card
from pipeline.gas.config.sources import Simulation, SourceDefaults
from pipeline.gas.config.symmetry import orientations
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.networks.loading import load_network
from pipeline.gas.networks.prediction import predict_batches
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.voxels.binning import bin_tracks
from pipeline.gas.voxels.dataset import cut_batches
from pipeline.gas.voxels.shards import VoxelBatch, concatenate
from pipeline.sparse.layers import SubMConv3d
from pipeline.sparse.rulebook import neighbour_pairs
from pipeline.sparse.tensor import SparseTensor
from pipeline.statistics.directional.predictions import cosines

FOLDER = Path(__file__).parents[1] / "resources" / "networks" / "UNet"
SIMULATED = {"kind": "simulation", "energies_keV": [50]}
BATCH_SIZE = 128
BATCH_SIZES = (16, 512)


class Bfloat16Linear(nn.Module):
    """A linear layer as under torch.autocast, with its result back in float32."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.weight, self.bias = layer.weight.bfloat16(), layer.bias.bfloat16()

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x.bfloat16(), self.weight, self.bias).float()


class Bfloat16Convolution(nn.Module):
    """A submanifold convolution with products in bfloat16, added up in float32."""

    def __init__(self, layer: SubMConv3d) -> None:
        super().__init__()
        self.kernel, self.bias = layer.weight.shape[1], layer.bias
        self.matrices = layer.weight.flatten(1, 3).permute(1, 2, 0).bfloat16().contiguous()

    def forward(self, x: SparseTensor) -> SparseTensor:
        rows, out = x.features.bfloat16(), self.bias.repeat(len(x.sites), 1)
        for g, sources, targets in neighbour_pairs(x.sites, self.kernel).groups():
            out.index_add_(0, targets, (rows[sources] @ self.matrices[g]).float())
        return x.with_features(out)


def replaced(model: nn.Module, kinds: dict[type[nn.Module], type[nn.Module]]) -> nn.Module:
    """A copy with other layers in place of those of some kinds."""
    model = copy.deepcopy(model)
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) in kinds:
                setattr(parent, name, kinds[type(child)](child))
    return model


def quantised(model: nn.Module) -> nn.Module:
    """A copy whose linear layers have int8 weights, and inputs rounded batch by batch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated in favour of another package
        return torch.ao.quantization.quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)


@dataclass(frozen=True)
class Variant:
    """What is predicted with, and how many events at once."""

    model: nn.Module
    batch_size: int = BATCH_SIZE


def variants(model: nn.Module) -> dict[str, Variant]:
    """The network as it is first, which the others are compared with."""
    both = {nn.Linear: Bfloat16Linear, SubMConv3d: Bfloat16Convolution}
    return {
        "float32": Variant(model),
        "bfloat16, linear layers": Variant(replaced(model, {nn.Linear: Bfloat16Linear})),
        "bfloat16, all products": Variant(replaced(model, both)),
        "int8, linear layers": Variant(quantised(model)),
        **{f"float32, batches of {size}": Variant(model, size) for size in BATCH_SIZES},
    }


def simulated_events(events: int, grid: Grid) -> VoxelBatch:
    """Contained events of 50 keV with a smearing of 300 um."""
    rng = generator(1, "low precision")
    source = Simulation.model_validate({**SIMULATED, "events_per_energy": 2 * events})
    batches, first = [], 0
    for raw in simulated_batches(source, rng):
        ids = first + np.arange(len(raw))
        tracks = complete(raw, SourceDefaults(energy_keV=50), ids, "benchmark")
        batches.append(
            bin_tracks(tracks, "benchmark", grid, Smearing(low_um=300, high_um=300), rng)[0]
        )
        first += len(raw)
    together = concatenate(batches)
    return together.take(np.arange(min(events, len(together))))


def compared(
    chosen: dict[str, Variant], predict: Callable[[Variant], pd.DataFrame], rounds: int
) -> pd.DataFrame:
    """A row for each variant; the first is float32."""
    seconds = np.empty((rounds, len(chosen)))
    cosine = {}
    for turn in range(rounds):
        for i, (name, variant) in enumerate(chosen.items()):
            start = time.process_time()
            table = predict(variant)
            seconds[turn, i] = time.process_time() - start
            cosine[name] = cosines(table)
    rows = []
    reference = next(iter(cosine.values()))
    for i, (name, found) in enumerate(cosine.items()):
        gain = np.quantile(seconds[:, 0] / seconds[:, i], [0.5, 0, 1])
        change = reference - found
        rows.append(
            {
                "variant": name,
                "events/s": f"{len(found) / np.median(seconds[:, i]):.0f}",
                "gain (least, most)": "{:.2f} ({:.2f}, {:.2f})".format(*gain),
                "cosine distance": f"{1 - found.mean():.4f}",
                "minus float32": f"{change.mean():+.6f} +- {change.std() / len(change) ** 0.5:.6f}",
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Run the comparison and print it as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", type=Path, default=FOLDER, help="network folder")
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    grid = Grid()
    settings = read_card(arguments.network).network.model_copy(update={"frames": 1})
    events = simulated_events(arguments.events, grid)
    model = load_network(arguments.network / WEIGHTS, settings, grid.bins)
    allowed = orientations(grid.cell_um)

    def predict(variant: Variant) -> pd.DataFrame:
        batches = cut_batches([events], variant.batch_size, pool_events=0)
        return predict_batches(variant.model, batches, grid.bins, grid.cell_um, allowed, settings)

    with torch.no_grad():
        table = compared(variants(model), predict, arguments.rounds)
    print(f"{describe_machine()}; {len(events)} events\n\n{table.to_string(index=False)}")


if __name__ == "__main__":
    main()
