"""Learning from the densities of another network in place of the true directions."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import yaml
from helpers.made_lines import voxel_batch
from pydantic import ValidationError

from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import expected_loss, loss
from pipeline.gas.networks.catalogue import trainings
from pipeline.gas.networks.output import Output
from pipeline.gas.networks.training import event_losses
from pipeline.learning.vmf import mean_cosine, vmf_nll
from pipeline.statistics.directional import vmf
from pipeline.study import read_config

SHIPPED = "resources/networks/UNet"


def on_the_sphere(n: int) -> torch.Tensor:
    """Unit vectors [n, 3] of equal areas, a Fibonacci lattice."""
    z = 1 - (2 * torch.arange(n, dtype=torch.float64) + 1) / n
    azimuth = torch.arange(n) * np.pi * (3 - 5**0.5)
    across = (1 - z**2).sqrt()
    return torch.stack([across * azimuth.cos(), across * azimuth.sin(), z], 1)


def unit(*vector: float) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.tensor(vector, dtype=torch.float64), dim=0)


DENSITY = Output(
    direction=torch.stack([unit(1, 2, 3), unit(-1, -2, -2.5)])[None],
    kappa=torch.tensor([[8.0, 0.3]], dtype=torch.float64),
    logits=torch.tensor([[0.4, -0.9]], dtype=torch.float64),
)


@pytest.fixture(scope="module")
def drawn():
    """Directions [n, 3] on the whole sphere and their share [n] of `DENSITY`."""
    directions = on_the_sphere(20_000)
    components = [
        torch.exp(-vmf_nll(DENSITY.direction[0, k], DENSITY.kappa[0, k], directions))
        for k in range(2)
    ]
    density = torch.stack(components, 1) @ DENSITY.logits.softmax(1)[0]
    return directions, density / density.sum()


def test_mean_direction_is_that_of_the_density(drawn):
    directions, share = drawn
    torch.testing.assert_close(DENSITY.mean_direction()[0], share @ directions, atol=1e-4, rtol=0)
    first = Output(DENSITY.direction[:, 0], DENSITY.kappa[:, 0]).mean_direction()[0]
    torch.testing.assert_close(first, float(vmf.mean_cosine(8.0)) * DENSITY.direction[0, 0])


def test_mean_cosine_and_its_slope_are_right_at_any_kappa():
    kappa = torch.tensor([0.0, 1e-4, 0.2, 0.499, 0.501, 3.0, 80.0, 1e4], dtype=torch.float64)
    kappa.requires_grad_()
    found = mean_cosine(kappa)
    np.testing.assert_allclose(
        found.detach()[1:], vmf.mean_cosine(kappa.detach().numpy()[1:]), rtol=2e-5
    )
    found.sum().backward()
    assert found[0] == 0
    assert kappa.grad[0] == pytest.approx(1 / 3)
    assert kappa.grad.isfinite().all()


@pytest.mark.parametrize("kappa", [None, 0.02, 5.0, 60.0])
def test_expected_loss_is_the_mean_of_the_losses_over_the_density(drawn, kappa):
    directions, share = drawn
    direction = unit(0.5, 2, 3)[None]
    own = Output(direction, None if kappa is None else torch.tensor([kappa], dtype=torch.float64))
    expected = sum(
        share[rows] @ loss(replace_rows(own, len(rows)), directions[rows], "exact")
        for rows in torch.arange(len(share)).split(5_000)
    )
    found = expected_loss(own, DENSITY.mean_direction(), "exact")[0]
    assert float(found) == pytest.approx(float(expected), rel=1e-3, abs=1e-4)


def replace_rows(output: Output, n: int) -> Output:
    kappa = None if output.kappa is None else output.kappa.expand(n)
    return Output(output.direction.expand(n, 3), kappa)


class Fixed(torch.nn.Module):
    """Predicts one direction and one kappa for all events."""

    def __init__(self, direction: torch.Tensor, kappa: float) -> None:
        super().__init__()
        self.theta = torch.nn.Parameter(direction.float())
        self.kappa = kappa

    def forward(self, voxels):
        n = voxels.batch_size
        return Output(self.theta.expand(n, 3), torch.full((n,), self.kappa))


def test_a_training_takes_the_teacher_and_a_validation_the_truth():
    events = voxel_batch(120, 5)
    nameless = replace(events, direction=np.full_like(events.direction, np.nan))
    model, teacher = Fixed(unit(1, 0, 0), 3.0), Fixed(unit(0.6, 0.8, 0), 1e4)
    found = event_losses(model, nameless, 120, "exact", teacher=teacher)
    at_the_teacher = vmf_nll(model.theta, torch.tensor(3.0), teacher.theta)
    torch.testing.assert_close(found, at_the_teacher.expand(5), atol=1e-3, rtol=1e-3)
    true = event_losses(model.eval(), events, 120, "exact", teacher=teacher)
    torch.testing.assert_close(true, event_losses(model, events, 120, "exact"))


@pytest.fixture
def study(repository, tmp_path, monkeypatch):
    """(keys of a network) -> the study of a config with this network alone."""
    monkeypatch.chdir(repository)

    def read(**network):
        made = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 100}
        gas = {
            "sources": {"train": made, "test": made},
            "training_set": {"sources": ["train"], "smearing_um": 300},
            "test_sets": {"test": {"sources": ["test"], "smearing_um": 300}},
            "networks": {"Net": network},
        }
        path = tmp_path / "study.yaml"
        path.write_text(yaml.safe_dump({"results": str(tmp_path / "results"), "gas": gas}))
        return read_config(path).paths["gas"]

    return read


def test_the_weights_of_the_teacher_are_an_input_of_the_training(study):
    taught = trainings(study(architecture="hcn", teacher=SHIPPED))["Net"]
    alone = trainings(study(architecture="hcn"))["Net"]
    assert taught.inputs["teacher"] == [f"{SHIPPED}/weights.safetensors"]
    assert alone.inputs["teacher"] == []
    assert taught.block == alone.block


@pytest.mark.parametrize(
    ("teacher", "message"),
    [
        ("resources/networks/none", "networks.Net.teacher: .*none"),
        ("resources/networks/RCN", "networks.Net.teacher: .*RCN: 'rcn' has no density"),
    ],
)
def test_a_folder_that_cannot_teach_is_refused(study, teacher, message):
    with pytest.raises(ValueError, match=message):
        study(architecture="hcn", teacher=teacher)


@pytest.mark.parametrize(
    "other",
    [
        {"architecture": "unet", "widths": [4, 6, 8], "components": 2},
        {"architecture": "hcn", "adapt": {"to": "x", "by": "adversarial", "weight": 1}},
    ],
)
def test_a_teacher_is_for_one_component_without_adaptation(other):
    with pytest.raises(ValidationError, match="teacher: not with"):
        read_network({**other, "teacher": SHIPPED})
