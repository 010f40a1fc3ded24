"""Energies drawn from spectra: uniform, of WIMPs, from a table."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import cumulative_trapezoid, trapezoid

from pipeline.physics.wimps import wimp_rate
from pipeline.xenon.config.samples import (
    LinearSpectrum,
    LogUniformSpectrum,
    TableSpectrum,
    UniformSpectrum,
    WimpSpectrum,
)
from pipeline.xenon.events.spectra import (
    density,
    draw_between,
    draw_energies,
    read_spectrum,
    wimp_spectrum,
)


def drawn(spectrum, events=20_000):
    return draw_energies(spectrum, events, np.random.default_rng(1))


def test_uniform():
    energies = drawn(UniformSpectrum(kind="uniform", low_keV=2, high_keV=7))
    assert stats.kstest(energies, stats.uniform(2, 5).cdf).pvalue > 0.01


def test_log_uniform():
    energies = drawn(LogUniformSpectrum(kind="log_uniform", low_keV=2, high_keV=7))
    assert stats.kstest(energies, stats.loguniform(2, 7).cdf).pvalue > 0.01


@pytest.mark.parametrize(
    "spectrum",
    [
        UniformSpectrum(kind="uniform", low_keV=2, high_keV=7),
        LogUniformSpectrum(kind="log_uniform", low_keV=2, high_keV=7),
        LinearSpectrum(kind="linear", energies_keV=(2, 4, 7), densities=(1, 3, 0.5)),
    ],
)
def test_energies_have_the_density_of_their_spectrum(spectrum):
    grid = np.linspace(2, 7, 2001)
    below = cumulative_trapezoid(density(spectrum, grid), grid, initial=0)
    found = stats.kstest(drawn(spectrum), lambda energy: np.interp(energy, grid, below / below[-1]))
    assert found.pvalue > 0.01


def test_tents_have_their_closed_form():
    """A tent of height 2 up to x = 2, nothing up to 3, a ramp to 1 at 4: areas 2, 0 and 1/2."""
    x, heights = np.arange(5.0), np.array([0.0, 2, 0, 0, 1])
    values = draw_between(x, heights, 50_000, np.random.default_rng(2))

    def cumulative(value):
        tent = np.where(value < 1, value**2, 2 - (2 - np.minimum(value, 2)) ** 2)
        return (tent + np.clip(value - 3, 0, 1) ** 2 / 2) / 2.5

    assert stats.kstest(values, cumulative).pvalue > 0.01
    assert not ((values > 2) & (values < 3)).any()


@pytest.mark.parametrize("mass", [20, 50, 500])
def test_wimps_follow_the_rate_of_wimprates(mass):
    energies = drawn(WimpSpectrum(kind="wimp", mass_GeV=mass))
    fine = np.geomspace(0.5, 100, 401)
    cumulative = cumulative_trapezoid(wimp_rate(fine, mass, 1e-46), fine, initial=0)
    expected = np.interp(energies, fine, cumulative / cumulative[-1])
    assert stats.kstest(expected, "uniform").pvalue > 0.01


def test_benchmark_rate_of_the_darwin_search():
    """50 GeV and 6.5e-48 cm2: 2.34 /t/yr above 0.5 keV, 467 in 200 t yr."""
    energy, rate = wimp_spectrum(WimpSpectrum(kind="wimp", mass_GeV=50))
    assert trapezoid(rate, energy) * 6.5e-48 / 1e-46 * 200 == pytest.approx(467, rel=0.01)


def test_wimps_too_light_for_the_range_say_so():
    with pytest.raises(ValueError, match="WIMPs of 1 GeV make no recoils between 5 and 100 keV"):
        drawn(WimpSpectrum(kind="wimp", mass_GeV=1, low_keV=5))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_table_is_the_same_however_it_was_saved(tmp_path, encoding, mark):
    path = tmp_path / "spectrum.csv"
    path.write_bytes("energy_keV,rate\n1,10\n5,5.5\n".replace(",", mark).encode(encoding))
    energy, rate = read_spectrum(path)
    assert (energy.tolist(), rate.tolist()) == ([1, 5], [10, 5.5])


def test_table_is_read_and_followed(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text("# a ramp\nenergy_keV, rate\n1, 0\n3, 7\n")
    energies = drawn(TableSpectrum(kind="table", file=str(path)))
    assert stats.kstest(energies, lambda e: ((e - 1) / 2) ** 2).pvalue > 0.01


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("energy,rate\n1,1\n2,1\n", "columns energy_keV,rate"),
        ("energy_keV,rate\n1,one\n2,1\n", "columns energy_keV,rate"),
        ("energy_keV,rate\n0,5,10\n1,6,5\n", "columns energy_keV,rate .Length of header"),
        ("energy_keV;rate\n0,5;10\n1,6;5\n", "columns energy_keV,rate"),
        ("energy_keV,rate\n1,1\n", "fewer than two rows"),
        ("energy_keV,rate\n1,\n2,1\n", "empty cells"),
        ("energy_keV,rate\n2,1\n1,1\n", "do not ascend"),
        ("energy_keV,rate\n1,1\n2,-1\n", "negative rates"),
        ("energy_keV,rate\n1,0\n2,0\n", "none above 0"),
    ],
)
def test_unusable_table_names_the_file(tmp_path, content, problem):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(ValueError, match=rf"bad\.csv: .*{problem}"):
        drawn(TableSpectrum(kind="table", file=str(path)))
