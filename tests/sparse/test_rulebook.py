"""Rulebooks: the compiled builders against the ones in plain torch, and against brute force."""

import helpers.dense_reference as dense
import pytest
import torch

from pipeline.sparse import rulebook

SHAPE = (13, 11, 12)


def pair_set(pairs: rulebook.Pairs) -> set[tuple[int, int, int]]:
    """(offset, source, target) of every pair."""
    rows = zip(pairs.offsets, pairs.sources, pairs.targets, strict=True)
    found = {(int(g), int(s), int(t)) for g, s, t in rows}
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
    shift = apart[..., 1:] + radius
    offset = (shift[..., 0] * kernel + shift[..., 1]) * kernel + shift[..., 2]
    expected = {(int(offset[t, s]), int(s), int(t)) for t, s in near.nonzero()}
    pairs = rulebook.neighbour_pairs(sites, kernel)
    assert len(pairs.bounds) > 1
    assert pair_set(pairs) == expected
    assert pair_set(rulebook.match_neighbours(sites, kernel)) == expected


@pytest.mark.parametrize(("kernel", "stride"), [(6, 2), (2, 2), (3, 1), (2, 3)])
def test_compiled_and_plain_window_builders_agree(
    kernel: int, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulebook, "SITES_PER_BLOCK", 50)
    sites = dense.random_sites(1, SHAPE, 4, 0.1, 1).sites
    compiled = rulebook.window_rules(sites, kernel, stride)
    plain = rulebook.match_windows(sites, kernel, stride)
    assert len(compiled.pairs.bounds) > 1
    assert torch.equal(compiled.outputs.indices, plain.outputs.indices)
    assert pair_set(compiled.pairs) == pair_set(plain.pairs)


def test_rulebooks_are_kept_with_the_sites() -> None:
    sites = dense.random_sites(2, SHAPE, 2, 0.1, 1).sites
    assert rulebook.neighbour_pairs(sites, 3) is rulebook.neighbour_pairs(sites, 3)
    assert rulebook.neighbour_pairs(sites, 3) is not rulebook.neighbour_pairs(sites, 5)
    assert rulebook.window_rules(sites, 3, 2) is rulebook.window_rules(sites, 3, 2)
