"""Track sources: kinds, gas mixtures, smearing of sets, defaults of file sources."""

import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.gas.config.sources import Degrad, DegradRun, GasMixture, Source, read_source
from pipeline.study import ConfigError, check_config


def test_kind_decides_which_block_a_source_is():
    source = TypeAdapter(Source).validate_python(
        {"kind": "degrad", "files": ["a"], "energy_keV": 40}
    )
    assert isinstance(source, Degrad)


@pytest.mark.parametrize("source", [{"files": ["a"]}, {"kind": "geant", "files": ["a"]}])
def test_unknown_kind_lists_the_known_ones(plain, source):
    plain["gas"]["sources"]["read"] = source
    with pytest.raises(ConfigError, match=r"  gas\.sources\.read\.kind: ") as caught:
        check_config(plain)
    if "kind" in source:
        assert "'simulation', 'degrad', 'degrad_run', 'root', 'parquet', 'arrows'" in str(
            caught.value
        )


@pytest.mark.parametrize(
    "fractions", [{"He": 0.7, "CO2": 0.2}, {"He": 1.2, "CO2": -0.2}, {"He": 1, "CO2": 0}, {}]
)
def test_gas_fractions_are_positive_and_add_up_to_one(fractions):
    with pytest.raises(ValidationError, match="add up to 1"):
        GasMixture(fractions=fractions)


def test_gas_fractions_may_carry_rounding_errors():
    thirds = {"He": 1 / 3, "CO2": 1 / 3, "CF4": 1 - 2 / 3}
    assert GasMixture(fractions=thirds).fractions == thirds


def test_absolute_zero_is_the_end_of_temperatures():
    with pytest.raises(ValidationError, match="temperature_C"):
        GasMixture(temperature_C=-300)


@pytest.mark.parametrize(
    ("update", "problem"),
    [
        ({"gas_ids": [3, 12, 1]}, "same length"),
        ({"gas_percent": [0.7, 0.3]}, "not 100"),
        ({"events_per_job": 10_001}, "events_per_job"),
        ({"iwrite": 3}, "iwrite"),
    ],
)
def test_degrad_run_refuses_what_degrad_cannot_take(update, problem):
    run = {"executable": "degrad", "energy_keV": 40, "jobs": 1, "events_per_job": 10}
    with pytest.raises(ValidationError, match=problem):
        DegradRun.model_validate({"kind": "degrad_run", **run, **update})


def test_direction_of_a_file_source_is_a_direction():
    with pytest.raises(ValidationError, match="zero vector"):
        Degrad(kind="degrad", files=["a"], energy_keV=40, direction=(0, 0, 0))


@pytest.mark.parametrize("energy_keV", [9.9, 101, float("nan")])
def test_simulated_energies_are_those_that_the_simulator_knows(energy_keV):
    """Said when the config is read, not after other tracks are made."""
    block = {"kind": "simulation", "energies_keV": [40, energy_keV], "events_per_energy": 1}
    with pytest.raises(ValidationError, match="energies_keV"):
        read_source(block)
