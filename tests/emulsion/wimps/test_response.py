import numpy as np
import pandas as pd
import pytest
from helpers.made_emulsion import made_efficiency, made_response

from pipeline.emulsion.wimps.response import Efficiency, Response
from pipeline.statistics.directional.von_mises import mean_cosine


def test_efficiency_is_linear_between_energies_and_zero_below():
    table = pd.DataFrame(
        {"ion": ["C", "C", "N"], "energy_keV": [60, 30, 50], "efficiency": [0.6, 0.2, 0.1]}
    )
    efficiency = Efficiency.from_table(table)
    found = efficiency.at("C", np.array([[29.0, 30.0], [45.0, 900.0]]))
    assert found == pytest.approx(np.array([[0.0, 0.2], [0.4, 0.6]]))
    assert efficiency.at("N", np.array([50.0])) == 0.1
    with pytest.raises(ValueError, match=r"no rows of ion 'Ag', only of C, N; add them, or take"):
        efficiency.at("Ag", np.array([50.0]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="ion"), r"no column \['ion'\]; it has"),
        (lambda t: t.assign(efficiency=1.2), r"C at 1 keV is 1.2; it must lie within 0\.\.1"),
        (lambda t: t.assign(efficiency=np.nan), "C at 1 keV is nan"),
        (lambda t: t.assign(energy_keV=0.0), "energy_keV must be positive"),
        (lambda t: t.assign(energy_keV=7.0), "two rows of C at 7 keV"),
    ],
)
def test_efficiencies_that_are_none_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        Efficiency.from_table(change(made_efficiency()))


@pytest.mark.parametrize(("energy", "share"), [(5.0, 0.0), (30.0, 0.0), (45.0, 0.5), (90.0, 1.0)])
def test_response_is_a_mixture_between_energies(rng, energy, share):
    """<cos 2 delta> is linear in energy between the tabulated ones and constant beyond."""
    response = Response.from_table(made_response(rng, {60.0: 8.0, 30.0: 0.5}, 20_000))
    n = 100_000
    ion = rng.integers(0, 2, n)
    found = response.draw(rng, ["O", "C"], ion, np.full(n, energy))
    low, high = mean_cosine([0.5, 8.0])
    expected = (1 - share) * low + share * high
    assert np.cos(2 * found.turn_rad).mean() == pytest.approx(expected, abs=0.015)
    assert np.mean(found.kappa == 8.0) == pytest.approx(share, abs=0.01)


def test_rows_belong_to_ion_and_energy(rng):
    table = made_response(rng, {30.0: 1.0, 60.0: 2.0, 100.0: 3.0}, 50)
    table["kappa"] += 10.0 * table["ion"].map({"C": 0, "N": 1, "O": 2})
    table["selected"] = rng.random(len(table)) < 0.5
    response = Response.from_table(table.sample(frac=1, random_state=1))
    ion = rng.integers(0, 3, 3000)
    for energy, kappa in ((30.0, 1.0), (60.0, 2.0), (100.0, 3.0)):
        found = response.draw(rng, ["C", "N", "O"], ion, np.full(3000, energy))
        assert (found.kappa == kappa + 10.0 * ion).all()
        assert len(np.unique(found.row)) < table["selected"].sum() / 2


def test_every_recoil_may_have_its_own_energy(rng):
    """A response of continuous energies: rows near the energy are used."""
    table = made_response(rng, {1.0: 1.0}, 5000, ions=("C",))
    table["energy_keV"] = rng.uniform(20, 100, len(table))
    table["kappa"] = table["energy_keV"]
    energy = rng.uniform(30, 90, 1000)
    found = Response.from_table(table).draw(rng, ["C"], np.zeros(1000, np.int64), energy)
    assert abs(found.kappa - energy).max() < 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="selected"), r"no column \['selected'\]"),
        (lambda t: t.assign(measured_axis_deg=np.nan), "must be finite"),
        (lambda t: t.assign(kappa=[np.nan, *t["kappa"][1:]]), "kappa must be finite"),
        (lambda t: t.assign(kappa=-1.0), "kappa must be finite"),
        (lambda t: t.assign(energy_keV=-3.0), "energy_keV must be positive"),
    ],
)
def test_responses_that_are_none_are_refused(rng, change, message):
    with pytest.raises(ValueError, match=message):
        Response.from_table(change(made_response(rng, {30.0: 1.0}, 20)))


def test_an_ion_without_selected_rows_is_named(rng):
    table = made_response(rng, {30.0: 1.0}, 20)
    table["selected"] = table["ion"] != "O"
    with pytest.raises(ValueError, match="no selected row of ion 'O'"):
        Response.from_table(table).draw(rng, ["C", "O"], np.array([0, 1]), np.array([30.0, 30.0]))
