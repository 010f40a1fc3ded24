import numpy as np
import pytest
from helpers.made_predictions import drawn, mixtures

from pipeline.physics.angular_density import cell_centres
from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.statistics import KAPPA_MAX, increments


def ratios(table_of_increments, fraction):
    """Invert 2 ln(1 - f + f r)."""
    return (np.exp(table_of_increments / 2) - 1 + fraction) / fraction


def test_densities_are_normalised_and_positive(signal, vmf_response):
    table = increments(vmf_response, signal, [0.1])
    for density in (ratios(table.plain, 0.1), ratios(table.by_kappa, 0.1)):
        assert density.mean(axis=-1) == pytest.approx(1, abs=2e-3)
        assert (density > 0).all()


def test_density_is_what_a_histogram_of_measured_cosines_shows(signal, rng, vmf_cosines):
    n, kappa = 400_000, 12.0
    theta = vmf_cosines(np.full(n, kappa))
    response = Response(theta, np.full(n, kappa), 1.0)
    alpha = rng.choice(signal.angles[0].cosine, n, p=signal.angles[0].weight)
    across = np.sqrt((1 - alpha**2) * (1 - theta**2)) * np.cos(rng.uniform(0, 2 * np.pi, n))
    measured, _ = np.histogram(alpha * theta + across, bins=16, range=(-1, 1))
    table = increments(response, signal, [0.5])
    row = table.kappa_row[0]
    for found in (table.plain[0, 0], table.by_kappa[0, row]):
        expected = ratios(found, 0.5).reshape(16, -1).mean(axis=1) * n / 16
        # kappa sits within 8 % of a row of the table: allow a few per cent beside sqrt(n).
        assert np.abs(measured - expected).max() < 0.04 * expected.max()


def test_perfect_detector_peaks_where_recoils_are(signal):
    table = increments(Response.perfect(), signal, [1.0])
    density = np.exp(table.plain[0, 0] / 2)
    assert not table.has_kappa
    centres = cell_centres(len(density))
    assert (density * centres).mean() == pytest.approx(
        signal.angles[0].mean_cosine * (1 - 1 / KAPPA_MAX), abs=2e-3
    )
    assert density[centres < 0].max() < 0.05


def test_sharp_kappas_carry_more_weight(signal, vmf_response):
    table = increments(vmf_response, signal, [0.1])
    order = np.argsort(vmf_response.kappa)
    assert (np.diff(table.dipole_weight[order]) >= 0).all()
    assert (np.diff(table.kappa_row[order]) >= 0).all()
    assert table.by_kappa[0].max(axis=-1)[0] < table.by_kappa[0].max(axis=-1)[-1]


def test_kappa_of_zero_everywhere_weighs_events_alike(signal):
    response = Response(np.linspace(-1, 1, 50), np.zeros(50), 1.0)
    weights = increments(response, signal, [0.1]).dipole_weight
    assert (weights > 0).all()
    assert np.ptp(weights) == 0


def mixture_response(n, rng):
    """Angles that follow truthful mixtures."""
    said = mixtures(n, rng)
    mean, kappa = said.mean()
    cosine = np.clip((drawn(said, rng) * mean).sum(1), -1, 1)
    return Response(cosine, kappa, 1.0, mixture=said)


def test_mixtures_of_equal_components_have_the_densities_of_kappa(signal):
    kappa = np.geomspace(0.02, KAPPA_MAX, 64)  # the rows of the table of single components
    pole = np.tile([[[0.0, 0.6, 0.8]]], (64, 2, 1))
    said = Density(pole, np.repeat(kappa[:, None], 2, axis=1), np.tile([0.3, 0.7], (64, 1)))
    found = increments(Response(np.ones(64), kappa, 1.0, mixture=said), signal, [0.5])
    exact = increments(Response(np.ones(64), kappa, 1.0), signal, [0.5])
    assert found.kappa_row.tolist() == exact.kappa_row.tolist() == list(range(64))
    assert found.by_kappa == pytest.approx(exact.by_kappa, abs=1e-6)


def test_an_antipode_keeps_some_signal_behind(signal):
    pole = np.array([[[0.0, 0, 1], [0, 0, -1]]])
    said = Density(pole, np.full((1, 2), 100.0), np.array([[0.8, 0.2]]))
    _, kappa = said.mean()
    (density,) = ratios(
        increments(Response(np.ones(1), kappa, 1.0, mixture=said), signal, [0.5]).by_kappa[0], 0.5
    )
    perfect = Response(np.ones(1), np.array([100.0]), 1.0)
    ahead = increments(perfect, signal, [0.5])
    expected = ratios(ahead.by_kappa[0, ahead.kappa_row[0]], 0.5)
    assert density.mean() == pytest.approx(1, abs=2e-3)
    assert density == pytest.approx(0.8 * expected + 0.2 * expected[::-1], abs=0.1)


def test_truthful_mixtures_tell_signal_from_background_at_least_as_well_as_no_weights(signal, rng):
    """By the separation of the increments' means, per event: the Kullback-Leibler divergence."""
    response = mixture_response(3000, rng)
    table = increments(response, signal, [0.3])
    weighted = table.by_kappa[0, table.kappa_row]
    gain = {}
    for name, density in (("plain", table.plain[0]), ("weighted", weighted)):
        under_signal = np.exp(density / 2)
        gain[name] = (density * (under_signal - 1)).mean()
    assert gain["weighted"] > 1.02 * gain["plain"]
    one = increments(Response(response.cos_theta, response.kappa, 1.0), signal, [0.3])
    assert not np.allclose(one.by_kappa[0, one.kappa_row], weighted, atol=0.05)
