"""The grid's 48 frames: a group of matrices, and averages that turn with the event."""

import pytest
import torch
from torch import nn

from pipeline.gas.config.symmetry import orientations
from pipeline.gas.networks.frames import frames, predict_in_frames, turned
from pipeline.gas.networks.output import Output, from_natural
from pipeline.sparse.tensor import SparseTensor, sparse_tensor


@pytest.fixture
def events() -> SparseTensor:
    torch.manual_seed(1)
    dense = torch.rand(2, 6, 6, 6) < 0.1
    indices = dense.nonzero()
    return sparse_tensor(indices, torch.rand(len(indices), 1), (6, 6, 6), 2)


class Lopsided(nn.Module):
    """A network that prefers an axis and an orientation; `kappa` as HCN, without as RCN."""

    def __init__(self, kappa: bool) -> None:
        super().__init__()
        self.kappa = kappa

    def forward(self, x: SparseTensor) -> Output:
        dense = x.to_dense()[:, 0]
        place = (torch.arange(6) + 1.0).sqrt()
        along = [dense.sum(others) @ place for others in ((2, 3), (1, 3), (1, 2))]
        theta = torch.stack(along, 1)
        theta = theta * torch.tensor([1.0, -2.0, 0.5]) + 1
        output = from_natural(theta)
        return output if self.kappa else Output(output.direction, None)


def test_frames_are_the_48_signed_permutations() -> None:
    found = frames(48)
    assert len({tuple(f.flatten().tolist()) for f in found}) == 48
    assert torch.equal(found @ found.transpose(1, 2), torch.eye(3).expand(48, 3, 3))
    assert torch.equal(found[0], torch.eye(3))


def test_a_turned_event_is_the_dense_grid_swapped_and_mirrored(events: SparseTensor) -> None:
    frame = torch.tensor([[0.0, -1, 0], [0, 0, 1], [1, 0, 0]])
    # New axes 0, 1, 2 are the old 1 (mirrored), 2 and 0.
    expected = events.to_dense().permute(0, 1, 3, 4, 2).flip(2)
    assert torch.equal(turned(events, frame).to_dense(), expected)


@pytest.mark.parametrize("kappa", [True, False])
def test_the_average_over_all_frames_turns_with_the_event(
    events: SparseTensor, kappa: bool
) -> None:
    network = Lopsided(kappa)
    mean = predict_in_frames(network, events, 48)
    for frame in frames(48)[[5, 20, 43]]:
        seen = predict_in_frames(network, turned(events, frame), 48)
        torch.testing.assert_close(seen.direction, mean.direction @ frame.T)
        if kappa:
            torch.testing.assert_close(seen.kappa, mean.kappa)
        else:
            assert seen.kappa is None
            assert mean.kappa is None


def test_one_frame_is_the_network_itself(events: SparseTensor) -> None:
    network = Lopsided(kappa=True)
    single, plain = predict_in_frames(network, events, 1), network(events)
    torch.testing.assert_close(single.direction, plain.direction)
    torch.testing.assert_close(single.kappa, plain.kappa)


def test_a_vanishing_kappa_leaves_a_direction(events) -> None:
    class Ignorant(Lopsided):
        def forward(self, x: SparseTensor) -> Output:
            direction = super().forward(x).direction
            return Output(direction, torch.zeros(x.batch_size))

    said = Ignorant(kappa=False)(events).direction
    found = predict_in_frames(Ignorant(kappa=False), events, 1)
    torch.testing.assert_close(found.direction, said)
    assert found.kappa is not None
    assert (found.kappa < 1e-5).all()


def test_frames_of_a_readout_are_those_that_leave_its_drift_alone() -> None:
    upright = frames(8, orientations((1.0, 1.0, 1.0), "direction"))
    assert (upright[:, 2, 2] == 1).all()
    assert (torch.linalg.det(upright[:, :2, :2]).abs() == 1).all()


def test_more_frames_than_symmetries_are_refused() -> None:
    with pytest.raises(ValueError, match="9 frames are more than the 8 symmetries"):
        frames(9, orientations((1.0, 1.0, 1.0), "direction"))
