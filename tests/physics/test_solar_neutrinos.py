import numpy as np
import pytest
from scipy.integrate import quad

from pipeline.physics import solar_neutrinos as solar
from pipeline.physics.gas_density import electrons_per_m3

M = solar.ELECTRON_MASS_KEV


@pytest.mark.parametrize("energy", [1.0, 40.0, 50.0, 300.0])
def test_recoil_cosine_conserves_four_momentum(energy):
    neutrino = np.linspace(1.01, 10, 20) * solar.minimum_neutrino_energy(energy)
    cosine = solar.recoil_cosine(neutrino, energy)
    momentum = np.sqrt(energy * (energy + 2 * M))
    scattered_squared = neutrino**2 + momentum**2 - 2 * neutrino * momentum * cosine
    assert np.sqrt(scattered_squared) == pytest.approx(neutrino - energy)


def test_the_softest_neutrino_scatters_forward_into_the_highest_recoil():
    lowest = solar.minimum_neutrino_energy(40.0)
    assert solar.recoil_cosine(lowest, 40.0) == pytest.approx(1.0)
    assert 2 * lowest**2 / (M + 2 * lowest) == pytest.approx(40.0)
    assert solar.cross_section(0.999 * lowest, 40.0, True) == 0
    assert solar.cross_section(1.001 * lowest, 40.0, True) > 0


# Points of the published spectra [MeV, 1/MeV]: pp of Bahcall 1997, Phys. Rev. C 56, 3391; 13N and
# 15O of Bahcall & Ulrich 1988, Rev. Mod. Phys. 60, 297.
PUBLISHED_SPECTRA = {
    "pp": [(0.05041, 0.3094), (0.10081, 1.0647), (0.20162, 2.9766), (0.30244, 4.0605)],
    "13N": [(0.11990, 0.11157), (0.59950, 1.2636), (0.95920, 1.1799)],
    "15O": [(0.17320, 0.086334), (0.86600, 0.90952), (1.38560, 0.75972)],
}


@pytest.mark.parametrize("name", PUBLISHED_SPECTRA)
def test_beta_spectra_agree_with_published_ones(name):
    source = solar.SOURCES[name]
    area = quad(lambda e: float(solar.beta_spectrum(e, source)), 0, source.endpoint_keV)[0]
    energy, published = np.transpose(PUBLISHED_SPECTRA[name])
    assert 1e3 * solar.beta_spectrum(energy * 1e3, source) / area == pytest.approx(
        published, rel=5e-3
    )


@pytest.mark.parametrize("name", solar.SOURCES)
def test_flux_points_hold_the_whole_flux_and_cuts_only_lose(name):
    source = solar.SOURCES[name]
    assert solar._flux_points(source, 0.0)[1].sum() == pytest.approx(source.flux_cm2_s)
    energy, flux = solar._flux_points(source, 200.0)
    assert (energy > 200).all()
    assert flux.sum() <= source.flux_cm2_s


def test_total_cross_sections_agree_with_published_ones():
    """Bahcall, Kamionkowski & Sirlin 1995 (with radiative corrections): 7Be 57.9, pp 11.6 e-46."""

    def total(neutrino):
        highest = neutrino / (1 + M / (2 * neutrino))
        return quad(lambda t: float(solar.cross_section(neutrino, t, True)), 0, highest)[0]

    assert total(861.8) == pytest.approx(57.9e-46, rel=0.03)
    energy, flux = (points[::100] for points in solar._flux_points(solar.SOURCES["pp"], 0.0))
    mean = np.average([total(e) for e in energy], weights=flux)
    assert mean == pytest.approx(11.6e-46, rel=0.03)


def test_survival_probability_falls_from_vacuum_average_to_matter_limit():
    s12, s13 = solar.SIN2_THETA12, solar.SIN2_THETA13
    vacuum = (1 - s13) ** 2 * (1 - 2 * s12 * (1 - s12)) + s13**2
    assert solar.survival_probability(1e-3) == pytest.approx(vacuum, rel=1e-4)
    assert solar.survival_probability(1e9) == pytest.approx((1 - s13) ** 2 * s12 + s13**2, rel=1e-3)
    assert (np.diff(solar.survival_probability(np.geomspace(1, 1e6, 50))) < 0).all()


@pytest.mark.parametrize("energy", [40.0, 50.0])
def test_recoil_angles_are_normalised_and_dominated_by_pp(energy):
    angles = solar.recoil_angles(energy)
    assert angles.weight.sum() == pytest.approx(1)
    assert (np.diff(angles.cosine) >= 0).all()
    # pp neutrinos end at 423 keV; only other sources scatter at wider angles.
    widest_pp = solar.recoil_cosine(423.41, energy)
    assert 0.85 < angles.weight[angles.cosine > widest_pp].sum() < 0.95
    assert angles.mean_cosine == pytest.approx(angles.quantiles(8192).mean(), abs=1e-3)
    assert angles.legendre(1) == pytest.approx([1, angles.mean_cosine])


def test_recoils_beyond_the_sun_are_refused():
    with pytest.raises(ValueError, match="no solar neutrino"):
        solar.recoil_angles(30e3)
    with pytest.raises(ValueError, match="positive"):
        solar.recoil_angles(0.0)


def test_recoils_in_the_gas_of_the_paper():
    """Per keV, m3 and year in He:CO2 70:30 at 760 torr and 20 deg C, at 40 to 50 keV."""
    electrons = electrons_per_m3({"He": 0.7, "CO2": 0.3}, 20.0, 760.0)
    rates = [electrons * solar.recoil_rate(energy) for energy in (40.0, 45.0, 50.0)]
    assert rates[0] > rates[1] > rates[2]
    assert rates[1] == pytest.approx(2.3e-3, rel=0.1)


def test_recoils_of_a_line_are_flux_times_total_cross_section(monkeypatch):
    """The integral over T of g_L^2 + g_R^2 (1 - T/E)^2 - g_L g_R m T/E^2, for both flavours."""
    line, strength = solar.LineSource(3e9, 700.0), solar.CROSS_SECTION_CM2 / M
    monkeypatch.setattr(solar, "SOURCES", {"line": line})
    highest = line.energy_keV / (1 + M / (2 * line.energy_keV))
    y, right = highest / line.energy_keV, solar.SIN2_WEAK

    def total(left):
        shape = left**2 * y + right**2 * (1 - (1 - y) ** 3) / 3
        return line.energy_keV * strength * (shape - left * right * M / line.energy_keV * y**2 / 2)

    survival = solar.survival_probability(line.energy_keV)
    expected = survival * total(right + 0.5) + (1 - survival) * total(right - 0.5)
    made = quad(solar.recoil_rate, 1e-6, highest * (1 - 1e-9))[0]
    assert made == pytest.approx(line.flux_cm2_s * 365.25 * 86400 * expected, rel=1e-6)
