"""The losses of the networks against closed forms, in value and gradient."""

import math

import mpmath
import pytest
import torch

from pipeline.emulsion.networks.losses import axial_nll, loss, von_mises_nll
from pipeline.emulsion.networks.output import Output, axis_of, from_columns

KAPPAS = [1e-6, 1e-3, 0.3, 2.0, 15.0, 300.0]


def bessel_ratio(kappa):
    """I1/I0, the mean cosine, with many digits."""
    with mpmath.workdps(40):
        return float(mpmath.besseli(1, kappa) / mpmath.besseli(0, kappa))


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("mean", [0.0, 2.5])
def test_von_mises_is_exact_in_value_and_gradient(kappa, mean):
    angle = torch.tensor([0.7], dtype=torch.float64)
    unit = torch.tensor([[math.cos(mean), math.sin(mean)]], dtype=torch.float64)
    theta = (kappa * unit).requires_grad_()
    value = von_mises_nll(theta, angle)
    value.sum().backward()
    with mpmath.workdps(40):
        norm = float(mpmath.log(2 * mpmath.pi * mpmath.besseli(0, kappa)))
    assert value.item() == pytest.approx(norm - kappa * math.cos(0.7 - mean), rel=1e-12)
    # d/d theta = A(kappa) mu - u
    ratio = bessel_ratio(kappa)
    expected = [ratio * math.cos(mean) - math.cos(0.7), ratio * math.sin(mean) - math.sin(0.7)]
    assert theta.grad[0].tolist() == pytest.approx(expected, abs=1e-12)


def test_both_are_finite_and_flat_without_information():
    theta = torch.zeros(1, 2, requires_grad=True)
    axial, sense = (f(theta, torch.tensor([0.4])) for f in (axial_nll, von_mises_nll))
    assert axial.item() == pytest.approx(math.log(math.pi))
    assert sense.item() == pytest.approx(math.log(2 * math.pi))
    (axial + sense).sum().backward()
    expected = [-math.cos(0.8) - math.cos(0.4), -math.sin(0.8) - math.sin(0.4)]
    assert theta.grad[0].tolist() == pytest.approx(expected, abs=1e-6)


def test_axial_density_integrates_to_one_over_half_a_turn():
    angle = torch.linspace(0, math.pi, 2001, dtype=torch.float64)[:-1]
    theta = torch.tensor([[1.5, -0.4]], dtype=torch.float64).expand(2000, 2)
    assert torch.exp(-axial_nll(theta, angle)).mean() * math.pi == pytest.approx(1, abs=1e-12)


def test_an_axis_is_the_same_by_either_end():
    theta = torch.tensor([[1.5, -0.4]])
    one, other = (axial_nll(theta, torch.tensor([a])) for a in (0.3, 0.3 - math.pi))
    torch.testing.assert_close(one, other)


def test_axis_of_natural_parameters():
    angle, kappa = axis_of(torch.tensor([[0.0, 2.0], [-3.0, 0.0], [5.0, 0.0]]))
    assert angle.tolist() == pytest.approx([math.pi / 4, math.pi / 2, 0])
    assert kappa.tolist() == pytest.approx([2, 3, 5])


def test_loss_is_the_sum_of_its_parts():
    columns = torch.tensor([[0.3, 1.0, 0.5, -0.2, 0.1]] * 3)
    label, angle = torch.tensor([1, 1, 0]), torch.tensor([0.4, math.nan, 0.4])
    found = loss(from_columns(columns), label, angle)
    signal, background = math.log1p(math.exp(-0.3)), math.log1p(math.exp(0.3))
    direction = axial_nll(columns[:1, 1:3], angle[:1]) + von_mises_nll(columns[:1, 3:], angle[:1])
    assert found[0].item() == pytest.approx(signal + direction.item(), rel=1e-6)
    # Directions count for signal only, and where they are known.
    assert found[1:].tolist() == pytest.approx([signal, background], rel=1e-6)


def test_unknown_directions_give_no_gradient():
    columns = torch.zeros(2, 5, requires_grad=True)
    losses = loss(from_columns(columns), torch.tensor([1, 0]), torch.tensor([math.nan, 0.4]))
    losses.sum().backward()
    assert columns.grad[:, 0].tolist() == [-0.5, 0.5]
    assert not columns.grad[:, 1:].any()


def test_a_network_without_directions_has_the_cross_entropy_only():
    found = loss(Output(torch.tensor([0.0])), torch.tensor([1]), torch.tensor([0.4]))
    assert found.item() == pytest.approx(math.log(2))
