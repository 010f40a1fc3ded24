import numericalunits as nu
import numpy as np
import pytest
from scipy import constants, integrate, stats
from scipy.special import erf

from pipeline.physics.elements import ATOMIC_WEIGHTS
from pipeline.physics.halo import Halo
from pipeline.physics.wimp_recoils import (
    C_KM_S,
    NUCLEON_GEV,
    U_GEV,
    Wimp,
    directional_rate,
    highest_energy_keV,
    minimum_speed_km_s,
    recoil_rate,
    wimp_recoils,
)
from pipeline.physics.wimps import helm_form_factor_squared, wimprates

HALO, WIMP = Halo(), Wimp(100.0, 1e-45)
# Of a nuclear emulsion, VGentile 1987.
EMULSION = {
    "Ag": 0.44,
    "Br": 0.32,
    "I": 0.019,
    "C": 0.101,
    "O": 0.074,
    "N": 0.027,
    "H": 0.016,
    "S": 0.003,
}


def lewin_smith(energy_keV, wimp, atomic_weight, halo):
    """dR/dE [1/(kg yr keV)] from R0, E0 and r of Lewin & Smith 1996, equations 3.1 to 3.13."""
    target, mass = U_GEV * atomic_weight, wimp.mass_GeV
    to_nucleus, to_nucleon = (mass * m / (mass + m) for m in (target, NUCLEON_GEV))
    sigma0_cm2 = wimp.cross_section_cm2 * (atomic_weight * to_nucleus / to_nucleon) ** 2
    nuclei_per_kg = 1e3 * constants.Avogadro / atomic_weight
    flux = halo.density_GeV_cm3 / mass * halo.v0_km_s * 1e5 * 365.25 * constants.day
    r0 = 2 / np.sqrt(np.pi) * nuclei_per_kg * sigma0_cm2 * flux
    e0_r = 0.5e6 * mass * (halo.v0_km_s / C_KM_S) ** 2 * 4 * mass * target / (mass + target) ** 2
    z, y = halo.escape_km_s / halo.v0_km_s, halo.earth_km_s / halo.v0_km_s
    k_ratio = 1 / (erf(z) - 2 / np.sqrt(np.pi) * z * np.exp(-(z**2)))
    x = np.sqrt(energy_keV / e0_r)
    if x < z - y:
        shape = np.sqrt(np.pi) / (4 * y) * (erf(x + y) - erf(x - y)) - np.exp(-(z**2))
    else:
        shape = np.sqrt(np.pi) / (4 * y) * (erf(z) - erf(x - y))
        shape -= (z + y - x) / (2 * y) * np.exp(-(z**2))
    form_factor = helm_form_factor_squared(np.array([energy_keV]), atomic_weight)[0]
    return r0 / e0_r * k_ratio * shape * form_factor


@pytest.mark.parametrize("element", ["C", "Br", "Ag"])
@pytest.mark.parametrize("energy_keV", [0.5, 5.0, 30.0])
def test_angles_add_up_to_the_rate_of_lewin_and_smith(element, energy_keV):
    weight, energy = ATOMIC_WEIGHTS[element], np.array([energy_keV])
    v_min = minimum_speed_km_s(energy_keV, WIMP.mass_GeV, weight)
    # Larger angles would need WIMPs above the escape speed.
    low = max(-1.0, (v_min - HALO.escape_km_s) / HALO.earth_km_s)
    total, _ = integrate.quad(
        lambda c: directional_rate(energy, np.array([c]), WIMP, weight, HALO)[0, 0], low, 1
    )
    assert total == pytest.approx(recoil_rate(energy, WIMP, weight, HALO)[0], rel=1e-6)
    assert total == pytest.approx(lewin_smith(energy_keV, WIMP, weight, HALO), rel=1e-6)


@pytest.mark.parametrize(("material", "mass_GeV"), [("Xe", 50.0), ("Ar", 12.0), ("Ge", 1000.0)])
def test_rates_are_those_of_wimprates_to_1e_4(material, mass_GeV):
    """wimprates integrates over the speeds by itself, and its nucleon has the atomic mass unit.

    Its distribution of speeds (0.5.0) integrates to 0.970, the square of the share below the escape
    speed: it multiplies by that share instead of dividing by it.
    """
    weight, v0 = wimprates.ATOMIC_WEIGHT[material], 238.0
    km_s = nu.km / nu.s
    halo = Halo(v0_km_s=v0, earth_km_s=wimprates.v_earth(v_0=v0 * km_s) / km_s)
    speeds = np.linspace(1, halo.highest_speed_km_s, 20_001) * km_s
    normalisation = np.trapezoid(wimprates.observed_speed_dist(speeds), speeds)
    end = highest_energy_keV(halo.highest_speed_km_s, mass_GeV, weight)
    energies = end * np.array([0.002, 0.05, 0.2, 0.5])
    expected = 1e-3 * wimprates.rate_wimp_std(
        energies, mw=mass_GeV, sigma_nucleon=1e-45, material=material
    )
    nucleon = (1 / mass_GeV + 1 / NUCLEON_GEV) / (1 / mass_GeV + 1 / U_GEV)
    found = recoil_rate(energies, Wimp(mass_GeV, 1e-45), weight, halo)
    assert found / nucleon**2 == pytest.approx(expected / normalisation, rel=1e-4)


def test_minimum_speed_inverts_the_highest_energy():
    energies = highest_energy_keV(np.array([10.0, 300.0]), 30.0, 12.011)
    assert minimum_speed_km_s(energies, 30.0, 12.011) == pytest.approx([10, 300])


def test_rates_in_an_emulsion():
    """Recoils of any energy per kg and year, and the shares of C, N and O above a threshold."""
    rates = wimp_recoils(WIMP, EMULSION, HALO)
    total = rates.rate.sum()
    assert total == pytest.approx(0.149, abs=0.0005)
    light = np.isin(rates.elements, ["C", "N", "O"])[:, None]
    for threshold, share in ((10, 0.0031), (30, 0.00099)):
        found = rates.rate[light & (rates.centre_keV > threshold)].sum() / total
        assert found == pytest.approx(share, rel=0.01)
    heavy = np.isin(rates.elements, ["Ag", "Br"])
    assert rates.rate[heavy].sum() / total > 0.95


def test_cells_add_up_to_the_integral():
    rates = wimp_recoils(WIMP, {"Ag": 0.5}, HALO)
    weight = ATOMIC_WEIGHTS["Ag"]
    total, _ = integrate.quad(
        lambda e: recoil_rate(np.array([e]), WIMP, weight, HALO)[0], 1e-9, rates.edges_keV[0, -1]
    )
    assert rates.rate.sum() == pytest.approx(0.5 * total, rel=1e-5)


def test_samples_have_the_rates_and_the_angles(rng):
    """Chi-squared over elements, energies and cosines, and the mean cosine of each element."""
    rates = wimp_recoils(WIMP, {"C": 0.9, "Ag": 0.01, "H": 0.09}, HALO)
    n = 200_000
    sample = rates.sample(rng, n)
    for place, element in enumerate(rates.elements[:2]):
        own = sample.element == place
        weight, end = ATOMIC_WEIGHTS[element], rates.edges_keV[place, -1]
        fine_energy = end * ((np.arange(2000) + 0.5) / 2000) ** 2
        width = end * np.diff(np.linspace(0, 1, 2001) ** 2)
        fine_cosine = (np.arange(400) + 0.5) / 200 - 1
        density = directional_rate(fine_energy, fine_cosine, WIMP, weight, HALO) * width[:, None]
        energy_cell, cosine_cell = np.arange(2000) // 200, np.arange(400) // 40
        expected = np.zeros((10, 10))
        np.add.at(expected, (energy_cell[:, None], cosine_cell[None, :]), density)
        share = rates.rate[place].sum() / rates.rate.sum()
        expected *= n * share / expected.sum()
        found, _, _ = np.histogram2d(
            np.sqrt(sample.energy_keV[own] / end),
            sample.cos_gamma[own],
            bins=(np.linspace(0, 1, 11), np.linspace(-1, 1, 11)),
        )
        many = expected > 10
        chi2 = ((found - expected)[many] ** 2 / expected[many]).sum()
        assert stats.chi2.sf(chi2, many.sum()) > 1e-3
        mean = (density.sum(axis=0) @ fine_cosine) / density.sum()
        error = sample.cos_gamma[own].std() / np.sqrt(own.sum())
        assert sample.cos_gamma[own].mean() == pytest.approx(mean, abs=4 * error)


def test_selection_takes_recoils_away():
    rates = wimp_recoils(WIMP, {"C": 0.5, "Ag": 0.5}, HALO)
    carbon = rates.selected(np.array([[1.0], [0.0]]) * (rates.centre_keV > 20))
    sample = carbon.sample(np.random.default_rng(1), 1000)
    assert set(sample.element) == {0}
    assert sample.energy_keV.min() > 19.5
    with pytest.raises(ValueError, match="no recoils to sample"):
        rates.selected(np.zeros((2, 1))).sample(np.random.default_rng(1), 10)


def test_unknown_elements_are_named():
    with pytest.raises(ValueError, match="unknown element 'Xx'; elements: H, C"):
        wimp_recoils(WIMP, {"Xx": 1.0}, HALO)
