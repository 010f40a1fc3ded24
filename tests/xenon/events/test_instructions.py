"""Instruction files of pax, with and without numbers of events."""

import numpy as np
import pytest

from pipeline.core.ingestion import BadEventError

PAX = "instruction,recoil_type,x,y,depth,s1_photons,s2_electrons,t\n"
TALK = "recoil_type,x,y,depth,s1_photons,s2_electrons,t\n"


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


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_events_are_numbered_however_the_table_was_saved(read, mark, separator):
    rows = "7,ER,1,2,30,900,300,0\n7,ER,3,4,50,500,200,0\n8,NR,0,0,5,120,30,0\n9,ER,1,1,7,7,2,0\n"
    batch, bad = read(mark + (PAX + rows).replace(",", separator), "skip")
    assert batch.source_event.tolist() == [8, 9]
    assert list(bad.reasons) == ["0:7 (line 2)"]


@pytest.mark.parametrize("numbers", ["4,9", "4.0,9.0"])
def test_numbers_of_events_may_have_a_decimal_point(read, numbers):
    one, two = numbers.split(",")
    batch, _ = read(PAX + f"{one},ER,1,-2,10.5,150,30,0\n{two},nr,0,0,0,3,2,0\n")
    assert batch.source_event.tolist() == [4, 9]


LIGHT, CHARGE = "4,ER,1,2,30,400,0,0\n", "4,ER,1,2,30,0,150,0\n"


@pytest.mark.parametrize("rows", [LIGHT + CHARGE, CHARGE + LIGHT])
def test_s1_and_s2_of_one_site_are_one_event(read, rows):
    batch, _ = read(PAX + rows + "5,NR,0,0,1,3,2,0\n")
    assert batch.source_event.tolist() == [4, 5]
    assert (batch.x_cm[0], batch.y_cm[0], batch.depth_cm[0]) == (1, 2, 30)
    assert batch.photons.tolist() == [400, 3]
    assert batch.electrons.tolist() == [150, 2]


def test_an_s1_without_electrons_may_have_two_rows(read):
    batch, _ = read(PAX + LIGHT + CHARGE.replace("150", "0"))
    assert (batch.photons.tolist(), batch.electrons.tolist()) == ([400], [0])


def test_s1_and_s2_alone_are_events(read):
    batch, _ = read(PAX + LIGHT + CHARGE.replace("4,", "5,", 1) + LIGHT.replace("4,", "6,", 1))
    assert batch.photons.tolist() == [400, 0, 400]
    assert batch.electrons.tolist() == [0, 150, 0]


@pytest.mark.parametrize(
    "rows",
    [
        LIGHT + CHARGE.replace("30,0,", "31,0,"),  # another depth
        LIGHT + CHARGE.replace("ER", "NR"),
        LIGHT + CHARGE.replace(",0\n", ",900\n"),  # another time
        LIGHT + LIGHT,
        CHARGE + CHARGE,
        LIGHT + CHARGE + CHARGE,
        LIGHT + CHARGE.replace("0,150", "20,150"),
        (LIGHT + CHARGE).replace("1,2,", "random,random,"),
    ],
)
def test_several_sites_are_a_bad_event(read, rows):
    batch, bad = read(PAX + rows + "5,NR,0,0,1,3,2,0\n", "skip")
    assert batch.source_event.tolist() == [5]
    sites = rows.count("\n")
    (reason,) = bad.reasons.values()
    assert reason.startswith(f"it has {sites} sites, expected one row for each event, or an S1 and")


def test_s1_and_s2_that_are_apart_stop_whatever_the_policy(read):
    rows = LIGHT + "5,NR,0,0,1,3,2,0\n" + CHARGE
    with pytest.raises(ValueError, match=r"events\.txt, event 4 \(line 4\): its S1 and its S2 are"):
        read(PAX + rows, "skip")


def test_s1_and_s2_without_a_number_stop_whatever_the_policy(read):
    with pytest.raises(ValueError, match="same number in the column 'instruction'"):
        read(TALK + LIGHT.removeprefix("4,") + CHARGE.removeprefix("4,"), "skip")


DAMAGED = {
    "5,alpha,0,0,1,3,2,0": "unknown recoil type 'alpha', expected ER or NR",
    "5,ER,0,0,1,3,2": "it has 7 columns, expected 8",
    "5,ER,0,0,deep,3,2,0": "its depth is 'deep', expected a number",
    "5,ER,0,0,1,,2,0": "its number of photons is '', expected a number",
    '5,ER,0,0,"1,5",3,2,0': "its depth is '1,5', expected a number, with a decimal point",
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


def test_a_number_that_is_none_is_a_bad_event(read):
    batch, bad = read(PAX + "x7,ER,0,0,1,3,2,0\n8,ER,0,0,1,3,2,0\n", "skip")
    assert batch.source_event.tolist() == [8]
    assert bad.reasons == {"0:0 (line 2)": "its number is 'x7', expected a whole number"}


@pytest.mark.parametrize("content", ["", "ER,1,-2,10.5,150,30,1000\n", "recoil_type,x,y\n"])
def test_missing_columns_are_named(read, content):
    with pytest.raises(ValueError, match=r"events\.txt, line 1: no column \[.*'s2_electrons'\]"):
        read(content, "skip")
