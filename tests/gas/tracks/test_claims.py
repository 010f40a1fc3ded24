"""What a source says of its tracks, held against simulated, genuine and wrong ones."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.sources import Claims, Parquet, Simulation, SourceDefaults
from pipeline.gas.tracks.claims import (
    FEWEST_EVENTS,
    density_mg_per_cm3,
    disagreements,
    hold_against,
    practical_range_um,
    seen,
)
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.parquet import read_parquet
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.tracks.summary import event_summary

CLAIMS = Claims("stop", GasMixture())


@pytest.fixture(scope="module")
def simulated():
    """120 tracks of 20 keV along +z, before the source's properties are added."""
    source = Simulation(kind="simulation", energies_keV=[20], events_per_energy=120)
    (batch,) = simulated_batches(source, np.random.default_rng(2))
    return batch


def summary(batch, events=None, **claimed):
    """Event summary of the first events under a source's claims."""
    defaults = SourceDefaults(**{"energy_keV": 20.0, **claimed})
    batch = batch.take(np.arange(events or len(batch)))
    tracks = complete(batch, defaults, np.arange(len(batch)), "made")
    return event_summary(tracks).to_pandas()


def texts(batch, gas=None, **claimed):
    return [one.text for one in disagreements(summary(batch, **claimed), Claims("stop", gas))]


def test_right_claims_are_quiet(simulated):
    assert texts(simulated, GasMixture()) == []


@pytest.mark.parametrize("energy_keV", [40, 45, 50])
def test_genuine_tracks_agree(degrad_dir, energy_keV):
    path = degrad_dir / f"he_co2_{energy_keV}keV.parquet"
    source = Parquet(kind="parquet", files=[str(path)], max_events=512)
    batches = read_parquet(path, source, BadEvents("raw", "stop"))
    (batch, _) = (next(batches), batches.close())
    table = summary(batch)
    assert disagreements(table, CLAIMS) == []
    values = seen(table, GasMixture())
    assert 0.96 < values["cosine_near_start"] < 0.99
    assert values["without_start"] < 0.02
    assert 34 < values["energy_eV_per_electron"] < 36
    assert 0.15 < values["size_over_range"] < 0.35


@pytest.mark.parametrize(
    ("claimed", "gas", "problem"),
    [
        ({"direction": (1, 0, 0)}, None, r"mean cosine .* begin along \[.*1\]\. Set `direction`"),
        ({"direction": (0, 0, -1)}, None, r"is -0\.9.*Set `direction`"),
        (
            {"start_um": (0, 0, 20_000)},
            None,
            r"100% of the events have no electron near .*start_um",
        ),
        ({"energy_keV": 0.02}, None, r"energy per electron is 0\.035 eV"),
        ({"energy_keV": 20_000.0}, None, r"energy per electron is 3\.5e\+04 eV"),
    ],
)
def test_wrong_claims_stop(simulated, claimed, gas, problem):
    table = summary(simulated, **claimed)
    with pytest.raises(ValueError, match=problem):
        hold_against(table, Claims("stop", gas), "gas.sources.mine")
    assert hold_against(table, Claims("warn", gas), "gas.sources.mine")


def test_tracks_in_all_directions_are_said_to_be_so(simulated):
    turns = Rotation.random(len(simulated), np.random.default_rng(3)).as_matrix()
    each = np.repeat(turns, np.diff(simulated.offsets), axis=0)
    turned = np.einsum("nij,nj->ni", each, simulated.positions_um).astype(np.float32)
    (text,) = texts(replace(simulated, positions_um=turned))
    assert "begin in different directions" in text


@pytest.mark.parametrize("factor", [0.1, 10, 1e4])
def test_wrong_length_unit_is_found_where_the_gas_is_stated(simulated, factor):
    scaled = replace(simulated, positions_um=(simulated.positions_um * factor).astype(np.float32))
    (text,) = texts(scaled, GasMixture())
    assert "`length_unit`" in text
    assert texts(scaled) == []


def test_energy_somewhat_too_high_is_a_warning(simulated):
    (found,) = disagreements(summary(simulated, energy_keV=60.0), Claims("stop", None))
    assert not found.stops
    assert "energy per electron is 105 eV" in found.text


def test_few_events_say_nothing(simulated):
    wrong = {"direction": (1, 0, 0)}
    assert disagreements(summary(simulated, FEWEST_EVENTS - 1, **wrong), CLAIMS) == []
    assert len(disagreements(summary(simulated, FEWEST_EVENTS, **wrong), CLAIMS)) == 1


def test_made_tracks_are_not_held_against_anything(simulated):
    assert hold_against(summary(simulated, direction=(1, 0, 0)), None, "made") == []


def test_density_and_range_are_those_of_tables():
    argon = GasMixture(fractions={"Ar": 1.0}, temperature_C=0, pressure_torr=760)
    assert density_mg_per_cm3(argon) == pytest.approx(1.784, rel=2e-3)  # CRC Handbook
    sf6 = GasMixture(fractions={"SF6": 1.0}, temperature_C=20, pressure_torr=760)
    assert density_mg_per_cm3(sf6) == pytest.approx(6.07, rel=0.01)
    assert density_mg_per_cm3(GasMixture(fractions={"Rn": 1.0})) is None
    # 412 * 1^1.265 mg/cm^2 at 1 MeV.
    range_cm = practical_range_um(np.array([1000.0]), argon)[0] * 1e-4
    assert range_cm == pytest.approx(0.412 / 1.784e-3, rel=2e-3)
