"""AdamW and its learning rate, against what a pencil finds."""

import math
from itertools import pairwise

import pytest
import torch

from pipeline.config.training import AdamW, Training
from pipeline.learning.optimiser import build_optimiser, build_schedule
from pipeline.learning.trainer import train


def rates(steps, total_steps, **settings):
    """Learning rates of the first steps, as the optimiser has them, in units of its setting."""
    block = AdamW(learning_rate=0.1, **settings)
    model = torch.nn.Linear(1, 1)
    optimiser = build_optimiser(model, block)
    schedule = build_schedule(optimiser, block, total_steps)
    found = []
    for _ in range(steps):
        assert len({group["lr"] for group in optimiser.param_groups}) == 1
        found.append(optimiser.param_groups[0]["lr"] / 0.1)
        optimiser.step()
        schedule.step()
    return found


def test_constant_rate_warms_up_and_stays():
    assert rates(7, 5, warmup_steps=4) == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1, 1])
    assert rates(3, 5) == pytest.approx([1, 1, 1])


def test_cosine_falls_after_the_warm_up_and_is_clamped():
    # Five steps from the end of the warm-up to the end of the training.
    cosine = [0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * i / 5)) for i in range(6)]
    found = rates(11, 8, warmup_steps=3, schedule="cosine", final_fraction=0.1)
    assert found == pytest.approx([1 / 3, 2 / 3, *cosine, 0.1, 0.1, 0.1])


def test_cosine_of_a_training_shorter_than_its_warm_up():
    assert rates(3, 2, warmup_steps=8, schedule="cosine") == pytest.approx([1 / 8, 2 / 8, 3 / 8])


def trained(optimiser, steps=20):
    """A small model after steps on a fixed problem."""
    torch.manual_seed(3)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    x = torch.randn(16, 3)
    steps_of = optimiser(model)
    for _ in range(steps):
        steps_of.zero_grad()
        (model(x) - x[:, :1]).square().mean().backward()
        steps_of.step()
    return model.state_dict()


def test_without_decay_it_is_adam():
    block = AdamW(learning_rate=0.01)
    ours = trained(lambda model: build_optimiser(model, block))
    adam = trained(lambda model: torch.optim.Adam(model.parameters(), 0.01, block.betas, block.eps))
    for name in adam:
        torch.testing.assert_close(ours[name], adam[name])


def test_weights_decay_and_one_dimensional_parameters_do_not():
    """Without gradients a step takes the share learning rate x decay of every weight."""
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.LayerNorm(4))
    before = {name: value.clone() for name, value in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    build_optimiser(model, AdamW(learning_rate=0.1, weight_decay=0.5)).step()
    for name, value in model.named_parameters():
        kept = 0.95 if name == "0.weight" else 1.0
        torch.testing.assert_close(value, kept * before[name])


def test_trainer_spreads_the_cosine_over_all_epochs(tmp_path):
    """Under a constant gradient every step of Adam has the length of the learning rate."""
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    weights = []

    def loss(net, batch):
        weights.append(float(net.weight.detach()))
        return net(torch.ones(len(batch), 1)).squeeze(1)

    settings = Training(
        max_epochs=2,
        batch_size=2,
        optimiser={"learning_rate": 0.1, "schedule": "cosine", "eps": 1e-12},
    )
    checkpoint = tmp_path / "checkpoint.pt"
    train(model, loss, lambda _: [[[0, 0]]] * 3, lambda: [[0]], 6, settings, checkpoint, "id")
    # Three steps, the validation, three steps, the validation.
    first, second = weights[:4], weights[4:]
    found = [a - b for part in (first, second) for a, b in pairwise(part)]
    expected = [0.003 + 0.997 * 0.5 * (1 + math.cos(math.pi * i / 5)) for i in range(6)]
    assert found == pytest.approx([0.1 * rate for rate in expected], rel=1e-3, abs=1e-7)


def test_epochs_belong_to_the_identity_where_the_rate_falls_towards_the_last():
    def identity(schedule, max_epochs):
        optimiser = {"schedule": schedule}
        return Training(max_epochs=max_epochs, optimiser=optimiser).identity()

    assert identity("constant", 3) == identity("constant", 6)
    assert identity("cosine", 3) != identity("cosine", 6)
    assert identity("constant", 3) != identity("cosine", 3)
