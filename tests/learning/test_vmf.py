"""The von Mises-Fisher likelihood and statistics against arbitrary-precision references."""

import math

import mpmath
import numpy as np
import pytest
import torch

from pipeline.learning.vmf import cosine_distance, vmf_log_norm, vmf_nll
from pipeline.statistics.directional.vmf import (
    cosine_variance,
    expected_angle_rad,
    fit_kappa,
    mean_cosine,
)

# Both sides of the switches at 1e-6, 1e-2, 0.5 and 2.65 too.
KAPPAS = [1e-6, 1.1e-6, 1e-4, 0.0099, 0.0101, 0.1, 0.499, 0.501, 1.0, 2.649, 2.651, 9.0, 87.0]
KAPPAS += [443.0, 1e3, 1e4]


def exact_log_norm(kappa: float) -> mpmath.mpf:
    """ln(kappa / (4 pi sinh kappa)) with 60 digits."""
    with mpmath.workdps(60):
        k = mpmath.mpf(kappa)
        return mpmath.log(k / (4 * mpmath.pi * mpmath.sinh(k)))


def exact_mean_cosine(kappa: float) -> float:
    with mpmath.workdps(60):
        return float(mpmath.coth(kappa) - 1 / mpmath.mpf(kappa))


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-11), (torch.float32, 3e-6)])
def test_log_norm_and_its_slope_are_exact_from_1e_6_to_1e4(
    dtype: torch.dtype, tolerance: float
) -> None:
    kappa = torch.tensor(KAPPAS, dtype=dtype, requires_grad=True)
    value = vmf_log_norm(kappa)
    value.sum().backward()
    exactly = kappa.tolist()
    assert value.tolist() == pytest.approx(
        [float(exact_log_norm(k)) for k in exactly], rel=tolerance
    )
    # The slope of the normalisation is minus the mean cosine.
    assert kappa.grad.tolist() == pytest.approx(
        [-exact_mean_cosine(k) for k in exactly], rel=tolerance, abs=1e-7
    )


def test_log_norm_at_zero_is_the_isotropic_density() -> None:
    kappa = torch.zeros(1, requires_grad=True)
    vmf_log_norm(kappa).sum().backward()
    assert vmf_log_norm(kappa).item() == pytest.approx(-math.log(4 * math.pi))
    assert kappa.grad.item() == 0


def test_density_integrates_to_one() -> None:
    """Over the sphere, by Gauss-Legendre quadrature in the cosine."""
    cosine, weight = np.polynomial.legendre.leggauss(200)
    direction = torch.tensor(np.stack([np.sqrt(1 - cosine**2), 0 * cosine, cosine], axis=1))
    pole = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64).expand_as(direction)
    for kappa in (0.0, 0.3, 3.0, 30.0):
        density = torch.exp(-vmf_nll(pole, torch.full((200,), kappa).double(), direction))
        assert 2 * math.pi * float(density @ torch.tensor(weight)) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("form", ["exact", "paper"])
@pytest.mark.parametrize("kappa", [0.0, 1e-30, 2.65, 1e6])
def test_loss_and_gradients_are_finite_for_any_kappa(form: str, kappa: float) -> None:
    k = torch.tensor([kappa], requires_grad=True)
    direction = torch.tensor([[0.6, 0.0, 0.8]], requires_grad=True)
    loss = vmf_nll(direction, k, torch.tensor([[0.0, 0.0, 1.0]]), form)
    loss.backward()
    assert torch.isfinite(torch.cat([loss, k.grad, direction.grad.flatten()])).all()


def test_likelihood_keeps_its_digits_in_single_precision_at_large_kappa() -> None:
    """kappa cos and ln(kappa / sinh kappa) are each of order kappa; their sum is not."""
    angle = 0.02
    true = torch.tensor([[math.sin(angle), 0.0, math.cos(angle)]])
    loss = vmf_nll(torch.tensor([[0.0, 0.0, 1.0]]), torch.tensor([1e4]), true)
    exact = -float(exact_log_norm(1e4) + 1e4 * mpmath.cos(mpmath.mpf(angle)))
    assert loss.item() == pytest.approx(exact, abs=1e-5)


def slope(kappa: float, form: str) -> float:
    """d NLL / d kappa at a right angle to the prediction, where only the normalisation counts."""
    k = torch.tensor([kappa], dtype=torch.float64, requires_grad=True)
    x, z = torch.eye(3, dtype=torch.float64)[[0, 2]]
    vmf_nll(x[None], k, z[None], form).sum().backward()
    return k.grad.item()


def test_paper_form_is_continuous_but_its_slope_jumps_where_it_switches() -> None:
    """The reason for the exact default: fitted kappas pile up at such a kink."""
    x, z = torch.eye(3, dtype=torch.float64)[[0, 2]]
    below, above = (
        float(vmf_nll(x[None], torch.tensor([k], dtype=torch.float64), z[None], "paper"))
        for k in (2.65 - 1e-9, 2.65 + 1e-9)
    )
    assert below == pytest.approx(above, rel=2e-3)
    assert slope(2.65 - 1e-9, "paper") == pytest.approx(0.662, abs=5e-4)
    assert slope(2.65 + 1e-9, "paper") == pytest.approx(0.623, abs=5e-4)
    for side in (-1e-9, 1e-9):
        assert slope(2.65 + side, "exact") == pytest.approx(0.633, abs=5e-4)


def test_paper_form_stays_within_the_published_0_14_percent() -> None:
    kappa = torch.linspace(1e-3, 50, 20_000, dtype=torch.float64)
    along = torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64)
    across = torch.tensor([[0.0, 1.0, 0.0]], dtype=torch.float64)
    paper, exact = (vmf_nll(along, kappa, across, form) for form in ("paper", "exact"))
    assert float(((paper - exact) / exact).abs().max()) == pytest.approx(0.0014, abs=1e-4)


def test_unknown_form_is_refused() -> None:
    one = torch.ones(1, 3) / math.sqrt(3)
    with pytest.raises(ValueError, match="choose 'exact' or 'paper'"):
        vmf_nll(one, torch.ones(1), one, "taylor")  # type: ignore[arg-type]


def test_cosine_distance_keeps_small_angles() -> None:
    angle = 1e-4
    a = torch.tensor([[0.0, 0.0, 1.0]])
    b = torch.tensor([[math.sin(angle), 0.0, math.cos(angle)]])
    assert cosine_distance(a, b).item() == pytest.approx(angle**2 / 2, rel=1e-5)
    assert cosine_distance(a, -a).item() == 2


def test_mean_and_variance_of_the_cosine_are_exact() -> None:
    assert mean_cosine(KAPPAS) == pytest.approx([exact_mean_cosine(k) for k in KAPPAS], rel=1e-9)
    with mpmath.workdps(60):
        exact = [
            float(1 / mpmath.mpf(k) ** 2 - 1 / mpmath.sinh(mpmath.mpf(k)) ** 2) for k in KAPPAS
        ]
    assert cosine_variance(KAPPAS) == pytest.approx(exact, rel=1e-8)


def test_expected_angle_is_exact_from_isotropy_to_a_thousand() -> None:
    with mpmath.workdps(60):
        exact = [
            float(
                mpmath.pi
                / (2 * mpmath.sinh(mpmath.mpf(k)))
                * (mpmath.besseli(0, mpmath.mpf(k)) - mpmath.exp(-mpmath.mpf(k)))
            )
            for k in KAPPAS
        ]
    assert expected_angle_rad(KAPPAS) == pytest.approx(exact, rel=1e-9)
    assert expected_angle_rad(0.0) == pytest.approx(math.pi / 2)


def test_expected_angle_is_the_mean_angle_of_the_density() -> None:
    cosine, weight = np.polynomial.legendre.leggauss(400)
    for kappa in (0.5, 5.0, 19.0):
        log_norm = float(vmf_log_norm(torch.tensor(kappa, dtype=torch.float64)))
        density = 2 * np.pi * np.exp(log_norm + kappa * cosine)
        assert expected_angle_rad(kappa) == pytest.approx(
            np.sum(weight * density * np.arccos(cosine)), rel=1e-5
        )


@pytest.mark.parametrize("kappa", [0.5, 5.0, 200.0])
def test_fitted_kappa_scatters_about_the_true_one_by_its_error(kappa: float) -> None:
    """Samples by inversion: cos = 1 + ln(u + (1 - u) exp(-2 kappa)) / kappa, Ulrich 1984."""
    rng = np.random.default_rng(1)
    u = rng.random((300, 500))
    cosines = 1 + np.log(u + (1 - u) * np.exp(-2 * kappa)) / kappa
    fits = np.array([fit_kappa(sample) for sample in cosines])
    pull = (fits[:, 0] - kappa) / fits[:, 1]
    assert abs(pull.mean()) < 0.25
    assert pull.std() == pytest.approx(1, abs=0.13)


def test_fit_solves_the_likelihood_equation_and_knows_its_limits() -> None:
    kappa, error = fit_kappa(np.full(10, 0.7))
    assert mean_cosine(kappa) == pytest.approx(0.7, rel=1e-10)
    assert error == pytest.approx(1 / math.sqrt(10 * cosine_variance(kappa)))
    assert fit_kappa([0.5, -0.5]) == pytest.approx((0.0, math.sqrt(3 / 2)))
    assert fit_kappa([1 - 1e-9, 1 - 1e-9])[0] == pytest.approx(1e9, rel=1e-6)
    for wrong in ([], [0.5, 1.1], [float("nan")]):
        with pytest.raises(ValueError, match=r"all within -1\.\.1"):
            fit_kappa(wrong)
    with pytest.raises(ValueError, match="kappa is unbounded"):
        fit_kappa([1.0, 1.0])
