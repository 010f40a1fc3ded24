"""Instruction files of pax and WFSim, with and without numbers of events."""

import numpy as np
import pytest

from pipeline.core.ingestion import BadEventError
from pipeline.xenon.events.instructions import read_instructions

PAX = "instruction,recoil_type,x,y,depth,s1_photons,s2_electrons,t\n"
TALK = "recoil_type,x,y,depth,s1_photons,s2_electrons,t\n"


@pytest.fixture
def read(text_file, geometry):
    """(content, policy) -> all events as one batch, and the bad ones."""

    def events(content, policy="stop"):
        path, bad = text_file(content, policy)
        batches = list(read_instructions(path, None, geometry, bad, np.random.default_rng(1)))
        return batches[0] if batches else None, bad

    return events


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (PAX + "4,ER,1,-2,10.5,150,30,1000\n9,nr,0,0,0,3,2,500\n", [4, 9]),
        (TALK + "ER,1,-2,10.5,150,30,1000\nNR,0,0,0,3,2,500\n", [0, 1]),
        (TALK.replace(",", ", ") + "ER, 1, -2, 10.5, 150, 30, 1000\r\n\nNR,0,0,0,3,2,500", [0, 1]),
    ],
)
def test_both_headers_hold_the_same_events(read, content, numbers):
    batch, _ = read(content)
    assert batch.source_event.tolist() == numbers
    assert batch.recoil.tolist() == [0, 1]
    assert np.isnan(batch.energy_keV).all()
    assert np.column_stack([batch.x_cm, batch.y_cm, batch.depth_cm]).tolist() == [
        [1, -2, 10.5],
        [0, 0, 0],
    ]
    assert batch.photons.tolist() == [150, 3]
    assert batch.electrons.tolist() == [30, 2]


def test_random_places_are_spread_over_the_liquid(read):
    batch, _ = read(TALK + "ER,random,random,random,150,30,0\n" * 3000)
    r2 = batch.x_cm**2 + batch.y_cm**2
    for values, most in ((r2, 20**2), (batch.depth_cm, 50)):
        assert 0 <= values.min() < 0.01 * most
        assert 0.99 * most < values.max() <= most
        assert values.mean() == pytest.approx(most / 2, abs=3 * most / np.sqrt(12 * 3000))


DAMAGED = {
    "5,alpha,0,0,1,3,2,0": "unknown recoil type 'alpha', expected ER or NR",
    "5,ER,0,0,1,3,2": "it has 7 columns, expected 8",
    "5,ER,0,0,deep,3,2,0": "its depth is 'deep', expected a number",
    "5,ER,0,0,1,,2,0": "its number of photons is '', expected a number",
    "5,ER,0,0,1,3,0,0\n5,ER,0,0,1,0,2,9": "it has 2 sites, expected one row for each event",
}


@pytest.mark.parametrize("row", DAMAGED)
def test_damaged_instruction_is_named_or_skipped(read, row):
    content = PAX + "4,ER,0,0,1,3,2,0\n" + row + "\n6,NR,0,0,1,3,2,0\n"
    with pytest.raises(BadEventError) as caught:
        read(content)
    assert str(caught.value).startswith(f"events.txt, event 5 (line 3): {DAMAGED[row]}")
    batch, bad = read(content, "skip")
    assert batch.source_event.tolist() == [4, 6]
    assert len(bad) == 1


@pytest.mark.parametrize("content", ["", "ER,1,-2,10.5,150,30,1000\n", "recoil_type,x,y\n"])
def test_missing_columns_are_named(read, content):
    with pytest.raises(ValueError, match=r"events\.txt, line 1: no column \[.*'s2_electrons'\]"):
        read(content, "skip")
