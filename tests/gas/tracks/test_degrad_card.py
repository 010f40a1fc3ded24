"""The input card of Degrad, column by column."""

from itertools import pairwise

import pytest

from pipeline.gas.config.sources import DegradRun
from pipeline.gas.tracks.degrad_run import degrad_card


def run(**settings):
    base = {"kind": "degrad_run", "executable": "degrad", "jobs": 1}
    return DegradRun.model_validate({**base, **settings})


@pytest.mark.parametrize(
    ("card", "settings", "seed"),
    [
        ("he_co2_40keV_iwrite1", {"energy_keV": 40, "events_per_job": 12, "iwrite": 1}, 4242),
        ("he_co2_50keV_iwrite2", {"energy_keV": 50, "events_per_job": 5, "iwrite": 2}, 4243),
    ],
)
def test_card_is_the_one_that_degrad_was_run_with(degrad_dir, card, settings, seed):
    genuine = (degrad_dir / "raw" / f"{card}.card").read_text()
    assert degrad_card(run(**settings), seed) == genuine


def columns(line, *widths):
    """The numbers of a line in Fortran columns."""
    edges = [sum(widths[:i]) for i in range(len(widths) + 1)]
    assert len(line) == edges[-1]
    return [float(line[a:b]) for a, b in pairwise(edges)]


def test_every_setting_lands_in_its_columns():
    """Formats of Degrad 3.x: 5I10,3F10.5 / 6I5 / 8F10.4 / 3F10.3,2I5 / 2F10.3,7I5."""
    settings = run(
        energy_keV=5.9,
        events_per_job=10_000,
        gas_ids=[2, 12, 1],
        gas_percent=[79.5, 20, 0.5],
        temperature_C=-12.25,
        pressure_torr=10_000,
        thermalisation_eV=10.5,
        electric_field_V_per_cm=12345.678,
        iwrite=2,
    )
    lines = degrad_card(settings, 99_999_999).splitlines()
    assert columns(lines[0], *[10] * 8) == [3, 10_000, 2, 1, 99_999_999, 5900, 10.5, 10_000]
    assert columns(lines[1], *[5] * 6) == [2, 12, 1, 0, 0, 0]
    assert columns(lines[2], *[10] * 8) == [79.5, 20, 0.5, 0, 0, 0, -12.25, 10_000]
    assert columns(lines[3], 10, 10, 10, 5, 5) == [12345.678, 0, 0, 2, 0]
    assert columns(lines[4], 10, 10, *[5] * 7) == [0, 0.5, 0, 0, 0, 0, 0, 1, 1]
    assert columns(lines[5], *[10] * 8) == [0] * 8
    assert len(lines) == 6


@pytest.mark.parametrize(
    "settings",
    [
        {"energy_keV": 1000},
        {"energy_keV": 40, "pressure_torr": 1e6},
        {"energy_keV": 40, "gas_ids": [3, 123456]},
    ],
)
def test_number_too_long_for_its_columns_is_refused(settings):
    with pytest.raises(ValueError, match="does not fit its columns"):
        degrad_card(run(events_per_job=1, **settings), 1)
