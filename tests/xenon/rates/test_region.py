"""Which events are in the region of interest, and that the simulation reaches beyond it."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.region import Region
from pipeline.xenon.config.samples import LinearSpectrum
from pipeline.xenon.events.spectra import draw_energies
from pipeline.xenon.rates.region import check_range, read_region
from pipeline.xenon.rates.weighted_scores import weigh_files

SPECTRUM = LinearSpectrum(
    kind="linear", energies_keV=(0.5, 2, 7, 10, 13), densities=(0.1, 1, 1, 0.1, 0.1)
)
FLAT = Rates(electron_recoils_keV=(0.5, 13.0), nuclear_recoils_keV=(0.7, 50.0))
SPECTRA = {
    "ER": SPECTRUM.plain(),
    "NR": {"kind": "log_uniform", "low_keV": 0.7, "high_keV": 50.0},
}
REGION = Region()


def made(n, rng):
    """Score tables of ER, whose cS1 is N(5 E, 5), and NR, N(1.2 E, 0.5); the score is cS1."""
    energies = {
        "ER": draw_energies(SPECTRUM, n, rng),
        "NR": 0.7 * (50 / 0.7) ** rng.random(n),
    }
    tables = {}
    for code, (recoil, energy) in enumerate(energies.items()):
        cs1 = rng.normal(5 * energy, 5) if recoil == "ER" else rng.normal(1.2 * energy, 0.5)
        columns = {
            "energy_keV": energy,
            "triggered": True,
            "cs1_photons": cs1,
            "stands_for": 1.0,
            "ts": cs1,
        }
        tables[recoil] = pd.DataFrame({"recoil": np.uint8(code)} | columns)
    return tables


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Score tables of 40,000 events of each recoil."""
    folder = tmp_path_factory.mktemp("scores")
    tables, rng = made(40_000, np.random.default_rng(4)), np.random.default_rng(5)
    for recoil, table in tables.items():
        # Events that do not trigger take part in nothing.
        table.loc[rng.random(len(table)) < 0.1, ["triggered", "ts"]] = [False, np.nan]
        table.to_parquet(folder / f"{recoil}.parquet")
    return [folder / f"{recoil}.parquet" for recoil in SPECTRA]


def test_events_keep_the_numbers_that_they_have_among_those_that_trigger(files):
    everything, inside = read_region(files, REGION)
    tables = pd.concat(map(pd.read_parquet, files))
    seen = tables[tables["triggered"]]
    assert len(everything) == len(tables)
    assert everything["in_region"].sum() == len(inside)
    np.testing.assert_array_equal(seen["ts"].to_numpy()[inside.index], inside["ts"])
    assert inside["cs1_photons"].max() <= 40 < seen["cs1_photons"].max()


def test_background_spills_in_and_out_of_the_region(files):
    """85Kr has 1.28 per t yr keV: times 0.9, the integral of P(3 < cS1 < 40 | E)."""
    table = weigh_files(files, FLAT, REGION, [50.0], SPECTRA)
    krypton = table[table["component"] == "85Kr"]
    energy = np.linspace(0.5, 13, 2001)
    share = norm.cdf((40 - 5 * energy) / 5) - norm.cdf((3 - 5 * energy) / 5)
    expected = 1.28 * 0.9 * np.trapezoid(share, energy)
    assert krypton["weight"].sum() == pytest.approx(expected, rel=0.01)
    above = krypton.loc[krypton["energy_keV"] > 8, "weight"].sum()
    from_above = np.trapezoid(share[energy > 8], energy[energy > 8]) / np.trapezoid(share, energy)
    assert above / expected == pytest.approx(from_above, rel=0.05)


def test_a_spectrum_that_falls_above_the_region_wastes_few_events(files):
    """The effective number of background events, of 40,000 simulated ones."""
    table = weigh_files(files, FLAT, REGION, [50.0], SPECTRA)
    weight = table[(table["mass_GeV"] == 0) & (table["recoil"] == 0)].groupby("event")["weight"]
    effective = weight.sum().sum() ** 2 / (weight.sum() ** 2).sum()
    # Uniform energies would give 0.9 x 7.5 / 12.5 = 0.54.
    assert effective > 0.64 * 40_000


def test_a_region_that_reaches_beyond_the_simulation(files):
    message = (
        r"\d\.\d % of the ER background in the region of interest has true energies of 11\.7 to 13 "
        r"keV, at an end of the simulated range \(0\.5 to 13 keV\): .* Widen rates\.electron_rec"
    )
    with pytest.raises(ValueError, match=message):
        weigh_files(files, FLAT, Region(cs1_photons=(3, 100)), [50.0], SPECTRA)


@pytest.mark.parametrize(
    ("energy_keV", "recoil", "mass_GeV", "message"),
    [
        (0.55, 0, 0, r"9\.1 % of the ER background .* of 0\.5 to 0\.557 keV"),
        (12.0, 0, 0, r"9\.1 % of the ER background .* of 11\.7 to 13 keV"),
        (48.0, 1, 0, r"9\.1 % of the NR background .* of 43\.4 to 50 keV"),
        (0.75, 1, 50, r"9\.1 % of the WIMPs of 50 GeV .* rates\.nuclear_recoils_keV"),
    ],
)
def test_both_ends_of_every_hypothesis_are_looked_at(energy_keV, recoil, mass_GeV, message):
    energies = np.concatenate([np.full(100, 5.0), np.full(10, energy_keV)])
    columns = {"mass_GeV": mass_GeV, "recoil": recoil, "energy_keV": energies}
    table = pd.DataFrame(columns | {"event": np.arange(110), "weight": 1.0})
    with pytest.raises(ValueError, match=message):
        check_range(table, FLAT)
    # Nine events do not measure the share, and one in a thousand does not matter.
    check_range(table[:-1], FLAT)
    check_range(table.assign(weight=np.where(energies == 5, 1, 1e-2)), FLAT)
