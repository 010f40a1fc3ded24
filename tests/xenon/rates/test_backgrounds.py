"""Rates compared with published values; measured efficiencies."""

import numpy as np
import pandas as pd
import pytest

from pipeline.xenon.config.images import Xenon1tRates
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.backgrounds import (
    Component,
    background_table,
    backgrounds,
    wimp,
)
from pipeline.xenon.rates.efficiency import Efficiency
from pipeline.xenon.rates.recoil_spectra import boron8

# Measured fractions of recoils with 4 photons in 200 ns and an S2 above 200 photons.
ER_ENERGY, ER_FRACTION = [0.5, 1, 1.5, 2, 3, 100], [0, 0.1, 0.44, 0.82, 0.99, 1]
NR_ENERGY, NR_FRACTION = (
    [0.5, 1, 2, 3, 4, 5, 7, 10, 100],
    [0, 0, 0.01, 0.1, 0.25, 0.44, 0.82, 0.98, 1],
)
TRIGGER = {
    "ER": Efficiency(np.array(ER_ENERGY), np.array(ER_FRACTION)),
    "NR": Efficiency(np.array(NR_ENERGY), np.array(NR_FRACTION)),
}
WINDOW = Rates(electron_recoils_keV=(1.0, 7.5), nuclear_recoils_keV=(1.0, 60.0))


def folded(component):
    """Expected events after the trigger [1/(t yr)]."""
    energy = np.geomspace(*component.range_keV, 5000)
    return np.trapezoid(component.spectrum(energy) * TRIGGER[component.recoil].at(energy), energy)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(scope="module")
def wimps_of_50GeV():
    return wimp(Rates(nuclear_recoils_keV=(0.5, 100.0)), 50.0)


@pytest.fixture(scope="module")
def by_name():
    return {component.name: component for component in backgrounds(Rates())}


def test_electron_recoil_densities():
    """Schumann et al. 2015, JCAP 10, 016, with free electrons: per t yr keV."""
    by_name = {own.name: own for own in backgrounds(Rates(electron_binding="none"))}

    def density(name, energy):
        return by_name[name].spectrum(np.array([energy]))[0]

    assert density("pp", 5.0) == pytest.approx(3.00, rel=0.02)
    assert density("pp", 100.0) == pytest.approx(1.80, rel=0.02)
    assert density("7Be", 5.0) == pytest.approx(0.25, rel=0.02)
    assert density("136Xe", 50.0) == pytest.approx(6.7, rel=0.03)
    assert density("136Xe", 100.0) == pytest.approx(14.1, rel=0.03)
    assert by_name["136Xe"].spectrum(np.linspace(2, 10, 81)).mean() == pytest.approx(
        0.735, rel=0.02
    )
    sum_at_5keV = sum(density(name, 5.0) for name, c in by_name.items() if c.recoil == "ER")
    assert sum_at_5keV == pytest.approx(5.7, rel=0.03)


def test_solar_neutrinos_scatter_on_electrons_that_the_energy_can_set_free(by_name):
    """All but K, L and M shells; all but K and L; all but K; all."""
    free = {own.name: own for own in backgrounds(Rates(electron_binding="none"))}
    energy = np.array([0.5, 3.0, 5.3, 20.0, 40.0])
    for name in ("pp", "7Be"):
        ratio = by_name[name].spectrum(energy) / free[name].spectrum(energy)
        np.testing.assert_allclose(ratio, np.array([26, 44, 50, 52, 54]) / 54)
    np.testing.assert_array_equal(by_name["85Kr"].spectrum(energy), 1.28)


def test_double_beta_decays_add_up_to_the_activity(by_name):
    whole = Component("", "ER", (1e-3, 2457.83), by_name["136Xe"].spectrum)
    assert whole.expected_per_t_yr() == pytest.approx(1.30e5, rel=0.005)


def test_nuclear_recoil_rates(by_name):
    """8B has the shape of NEST's fit (TestSpectra::B8_spectrum); rates are as configured."""

    def nest(energy):
        return 10 ** (-2.198 - 1.2184 * energy + 0.32849 * energy**2 - 0.12441 * energy**3)

    fitted = Component("", "NR", (1, 4.0), nest).expected_per_t_yr()
    for threshold in (1, 1.5, 2, 2.5, 3):
        above = Component("", "NR", (threshold, 4.0), lambda e: boron8(e, 95.8))
        expected = Component("", "NR", (threshold, 4.0), nest).expected_per_t_yr() / fitted
        assert above.expected_per_t_yr() / 95.8 == pytest.approx(expected, rel=0.04), threshold
    whole = Component("", "NR", (1e-3, 85.0), by_name["atmospheric"].spectrum)
    assert whole.expected_per_t_yr() == pytest.approx(0.058, rel=1e-3)
    whole = Component("", "NR", (1e-3, 200.0), by_name["neutrons"].spectrum)
    assert whole.expected_per_t_yr() == pytest.approx(3.8e-5, rel=1e-3)


def test_xenon1t_has_its_published_backgrounds():
    """PRL 121 (2018) 111302 and JCAP 04 (2016) 027, in the windows that they give."""
    components = backgrounds(Xenon1tRates())
    electron = sum(
        Component("", "ER", (1.4, 10.6), c.spectrum).expected_per_t_yr()
        for c in components
        if c.recoil == "ER"
    )
    assert electron / (10.6 - 1.4) == pytest.approx(82, rel=0.005)
    (neutrons,) = [c for c in components if c.name == "neutrons"]
    within = Component("", "NR", (4.0, 50.0), neutrons.spectrum)
    assert within.expected_per_t_yr() == pytest.approx(0.6, rel=0.01)


def test_wimps_of_the_benchmark(wimps_of_50GeV):
    """wimprates 0.5.0, whose speeds integrate to 0.970, has 2.27 and 290."""
    component = wimps_of_50GeV
    assert component.expected_per_t_yr() * 6.5e-48 == pytest.approx(2.27 / 0.97, rel=0.01)
    assert folded(component) * 6.5e-48 * 200 == pytest.approx(290 / 0.97, rel=0.02)


def test_wimps_too_light_for_the_range():
    with pytest.raises(ValueError, match="3 GeV give no recoil at 20 to 60 keV"):
        wimp(Rates(nuclear_recoils_keV=(20.0, 60.0)), 3.0)


def test_window_of_1_to_7_5_keV_holds_the_darwin_study_s_background_of_free_electrons():
    free = WINDOW.model_copy(update={"electron_binding": "none"})
    total = sum(folded(component) for component in backgrounds(free))
    assert 200 * total == pytest.approx(6500, rel=0.02)


def test_table_has_the_sums_of_the_weights():
    weighted = pd.DataFrame(
        {
            "mass_GeV": [0.0, 0.0, 0.0, 50.0],
            "component": ["pp", "pp", "8B", "WIMP 50 GeV"],
            "weight": [1.0, 2.0, 0.5, 7.0],
        }
    )
    table = background_table(WINDOW, weighted).set_index("component")
    assert table["in_region_per_t_yr"][["pp", "8B", "85Kr", "total"]].tolist() == [3, 0.5, 0, 3.5]
    recoils = table["recoils_per_t_yr"]
    assert recoils["85Kr"] == pytest.approx(1.28 * 6.5)
    assert recoils.drop("total").sum() == pytest.approx(recoils["total"])


def test_measured_efficiency_is_that_of_the_trigger(rng):
    energy = rng.uniform(1, 60, 100_000)
    triggered = rng.random(len(energy)) < TRIGGER["NR"].at(energy)
    found = Efficiency.measured(energy, triggered, (1.0, 60.0), np.ones(len(energy)))
    wanted = np.array([1.0, 4.0, 7.0, 20.0, 60.0])
    assert found.at(wanted) == pytest.approx(TRIGGER["NR"].at(wanted), abs=0.03)
    with pytest.raises(ValueError, match=r"no simulated event at 69\.1 to 80 keV"):
        Efficiency.measured(energy, triggered, (1.0, 80.0), np.ones(len(energy)))


def test_no_background_is_an_error():
    nothing = pd.DataFrame({"mass_GeV": [50.0], "component": ["WIMP 50 GeV"], "weight": [1.0]})
    with pytest.raises(ValueError, match="B = 0"):
        background_table(Rates(), nothing)


@pytest.mark.parametrize(
    ("energies", "fractions", "problem"),
    [
        ([1.0], [1.0], "two or more points"),
        ([1.0, 2.0], [1.0], "two or more points"),
        ([2.0, 1.0], [0.0, 1.0], "ascend"),
        ([1.0, 2.0], [0.0, 1.5], "between 0 and 1"),
        ([1.0, 2.0], [0.0, np.nan], "between 0 and 1"),
    ],
)
def test_efficiencies_that_cannot_be(energies, fractions, problem):
    with pytest.raises(ValueError, match=problem):
        Efficiency(np.array(energies), np.array(fractions))
