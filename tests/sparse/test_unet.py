"""The U-Net: shapes, independence of events, its grid, what it can tell, refusals."""

import numpy as np
import pytest
import torch

from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import build_network, loss
from pipeline.sparse.grouping import cubes
from pipeline.sparse.tensor import SparseTensor, sparse_tensor
from pipeline.sparse.unet import CELL_FEATURES, UNet, cell_features, centres, event_size

WIDTHS = [6, 8, 10]
UNET = {"architecture": "unet", "widths": WIDTHS}
FINE = {"read_fine": True, "normalise": True}

both = pytest.mark.parametrize("options", [{}, FINE], ids=["plain", "fine"])


def arrows(events: int, bins: int, rng: np.random.Generator) -> tuple[SparseTensor, torch.Tensor]:
    """Straight lines through the middle, denser towards the end, and their directions."""
    direction = rng.standard_normal((events, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    steps = np.arange(-bins // 3, bins // 3 + 1)
    rows, counts = [], []
    for event in range(events):
        places = np.round(bins // 2 + steps[:, None] * direction[event]).astype(int)
        sites, first = np.unique(places, axis=0, return_index=True)
        rows.append(np.column_stack([np.full(len(sites), event), sites]))
        counts.append(np.where(steps[first] > 0, 8.0, 1.0))
    features = torch.from_numpy(np.concatenate(counts)).float()[:, None]
    voxels = sparse_tensor(torch.from_numpy(np.concatenate(rows)), features, (bins,) * 3, events)
    return voxels, torch.from_numpy(direction).float()


@pytest.fixture
def rng() -> np.random.Generator:
    torch.manual_seed(0)
    return np.random.default_rng(0)


@both
def test_events_do_not_see_each_other(rng: np.random.Generator, options: dict[str, bool]) -> None:
    network = UNet(WIDTHS, outputs=2, **options).eval()
    voxels, _ = arrows(4, 20, rng)
    together = network(voxels)
    chosen = voxels.indices[:, 0] == 2
    indices = voxels.indices[chosen].clone()
    indices[:, 0] = 0
    alone = network(sparse_tensor(indices, voxels.features[chosen], (20,) * 3, 1))
    assert together.shape == (4, 2)
    torch.testing.assert_close(alone[0], together[2])


@both
def test_empty_events_and_single_voxels_have_finite_losses_and_gradients(
    options: dict[str, bool],
) -> None:
    torch.manual_seed(0)
    network = build_network(read_network({**UNET, **options}))
    voxels = sparse_tensor(torch.tensor([[1, 5, 5, 5]]), torch.ones(1, 1), (12,) * 3, 3)
    losses = loss(network(voxels), torch.eye(3))
    losses.sum().backward()
    assert torch.isfinite(losses).all()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


def test_cell_features_say_how_many_electrons_and_where() -> None:
    # One cell of the 4^3 grid: 3 electrons at its lowest voxel, 1 at its highest.
    voxels = sparse_tensor(
        torch.tensor([[0, 2, 2, 2], [0, 3, 3, 3]]), torch.tensor([[3.0], [1.0]]), (4,) * 3, 1
    )
    (row,) = cell_features(voxels.features, cubes(voxels.sites))
    offset = -0.25 * 3 / 4 + 0.25 / 4
    expected = [np.log(5), 0.5, *[offset] * 3, *[0.05] * 3, np.log(4), *[0] * 6, np.log(2)]
    assert row.shape == (CELL_FEATURES,)
    torch.testing.assert_close(row, torch.tensor(expected, dtype=torch.float32))


def test_size_is_of_all_electrons_and_voxels_of_an_event() -> None:
    # Ten voxels of 100 electrons, five of 300, and none.
    event = torch.tensor([0] * 10 + [1] * 5)
    counts = torch.tensor([100.0] * 10 + [300.0] * 5)[:, None]
    sites = torch.stack([event, *[torch.arange(15)] * 3], 1)
    voxels = sparse_tensor(sites, counts, (15,) * 3, 3)
    expected = torch.tensor([[1000.0, 10], [1500, 5], [1, 1]]).log()
    torch.testing.assert_close(event_size(voxels), expected)


def test_centres_lie_about_the_middle_of_the_grid() -> None:
    corners = sparse_tensor(
        torch.tensor([[0, 0, 0, 0], [0, 3, 3, 3]]), torch.ones(2, 1), (4,) * 3, 1
    )
    places = centres(corners.sites, edge=5)
    torch.testing.assert_close(places, torch.tensor([[-0.375] * 3, [0.375] * 3]))


@pytest.mark.parametrize(("read_fine", "edge", "cells"), [(False, 4, 1), (True, 2, 4)])
def test_attention_reads_cells_of_four_voxels_or_of_two(
    read_fine: bool, edge: int, cells: int
) -> None:
    network = UNet(WIDTHS, outputs=2, read_fine=read_fine).eval()
    seen: list[torch.Tensor] = []
    network.attention.register_forward_hook(lambda _, __, found: seen.append(found))
    # One cell of 4 voxels, with four of 2 in it.
    sites = torch.tensor([[0, x, y, 0] for x in (0, 2) for y in (0, 2)])
    network(sparse_tensor(sites, torch.ones(4, 1), (8,) * 3, 1))
    assert (network.read_edge, len(seen[0])) == (edge, cells)


@both
def test_it_learns_the_direction_of_lopsided_lines(
    rng: np.random.Generator, options: dict[str, bool]
) -> None:
    network = build_network(read_network({**UNET, **options}))
    optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
    for _ in range(60):
        voxels, direction = arrows(32, 20, rng)
        mean = loss(network(voxels), direction).mean()
        optimiser.zero_grad()
        mean.backward()
        optimiser.step()
    voxels, direction = arrows(256, 20, rng)
    with torch.no_grad():
        cosine = (network.eval()(voxels).direction * direction).sum(1)
    assert cosine.mean() > 0.7  # untrained: 0 +- 0.04


def test_too_few_widths_and_widths_of_other_networks_are_refused() -> None:
    with pytest.raises(ValueError, match="three widths"):
        UNet([8, 8], outputs=3)
    with pytest.raises(ValueError, match="at least 3 items"):
        read_network({"architecture": "unet", "widths": [8, 8]})
    for architecture in ("rcn", "hcn"):
        with pytest.raises(ValueError, match="unknown key 'widths'"):
            read_network({"architecture": architecture, "widths": WIDTHS})
