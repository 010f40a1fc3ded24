"""Rulebooks: the compiled builders against the ones in plain torch, and against brute force."""

from itertools import pairwise

import dense_reference as dense
import pytest
import torch

from pipeline.sparse import rulebook, rulebook_cpu
from pipeline.sparse.tensor import Sites

SHAPE = (13, 11, 12)


def pair_set(pairs: rulebook.NeighbourPairs) -> set[tuple[int, int, int]]:
    """(group, source, target) of every pair."""
    found = set()
    for block in pairs.bounds:
        for g, (start, stop) in enumerate(pairwise(block)):
            ends = zip(pairs.sources[start:stop], pairs.targets[start:stop], strict=True)
            found |= {(g, int(s), int(t)) for s, t in ends}
    assert len(found) == len(pairs.sources)
    return found


@pytest.mark.parametrize("kernel", [3, 5])
def test_neighbour_pairs_are_all_pairs_within_the_kernel(
    kernel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulebook, "SITES_PER_BLOCK", 20)
    sites = dense.random_sites(0, SHAPE, 4, 0.03, 1).sites
    rows = sites.indices.long()
    apart = rows[None, :] - rows[:, None]  # [target, source]
    radius = kernel // 2
    near = (apart[..., 0] == 0) & (apart[..., 1:].abs() <= radius).all(-1)
    near.fill_diagonal_(False)
    shift = apart[..., 1:] + radius
    offset = (shift[..., 0] * kernel + shift[..., 1]) * kernel + shift[..., 2]
    group_of = {o: g for g, o in enumerate(rulebook.mirrored_offsets(kernel))}
    expected = {(group_of[int(offset[t, s])], int(s), int(t)) for t, s in near.nonzero()}
    assert pair_set(rulebook.neighbour_pairs(sites, kernel)) == expected
    assert pair_set(rulebook.match_neighbours(sites, kernel)) == expected


@pytest.mark.parametrize(("kernel", "stride"), [(6, 2), (2, 2), (3, 1), (2, 3)])
def test_compiled_and_plain_window_builders_agree(
    kernel: int, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = dense.random_sites(1, SHAPE, 4, 0.1, 1).sites
    compiled = rulebook.window_rules(sites, kernel, stride)
    monkeypatch.setattr(rulebook_cpu, "window_targets", rulebook.window_targets)
    again = Sites(sites.indices, sites.spatial_shape, sites.batch_size)
    plain = rulebook.window_rules(again, kernel, stride)
    assert torch.equal(compiled.outputs.indices, plain.outputs.indices)
    assert len(compiled.groups) == len(plain.groups)
    for a, b in zip(compiled.groups, plain.groups, strict=True):
        assert torch.equal(a.offsets, b.offsets)
        for (sites_a, targets_a), (sites_b, targets_b) in zip(a.pieces, b.pieces, strict=True):
            assert torch.equal(sites_a, sites_b)
            assert torch.equal(targets_a, targets_b)


def test_rulebooks_are_kept_with_the_sites() -> None:
    sites = dense.random_sites(2, SHAPE, 2, 0.1, 1).sites
    assert rulebook.neighbour_pairs(sites, 3) is rulebook.neighbour_pairs(sites, 3)
    assert rulebook.neighbour_pairs(sites, 3) is not rulebook.neighbour_pairs(sites, 5)
    assert rulebook.window_rules(sites, 3, 2) is rulebook.window_rules(sites, 3, 2)
