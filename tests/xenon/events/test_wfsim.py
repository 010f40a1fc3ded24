"""Instruction files of WFSim: a row for the S1 and a row for the S2 of an event."""

import numpy as np
import pytest
from nestpy import interactions

from pipeline.core.ingestion import BadEventError
from pipeline.xenon.events.instruction_formats import NEST_RECOILS

HEADER = "event_number,type,time,x,y,z,amp,recoil,e_dep,g4id,vol_id,local_field,n_excitons\n"
S1 = "4,1,1000,3,-2,-41,501,7,10.5,1,1,200,0\n"
S2 = "4,2,1000,3,-2,-41,201,7,10.5,1,1,200,0\n"
LAST = "5,1,2000,0,0,-1,20,0,3,2,1,200,4\n5,2,2000,0,0,-1,8,0,3,2,1,200,0\n"


@pytest.mark.parametrize("rows", [S1 + S2, S2 + S1])
def test_two_rows_are_one_event(read, rows):
    batch, _ = read(HEADER + rows + LAST)
    assert batch.source_event.tolist() == [4, 5]
    assert batch.recoil.tolist() == [0, 1]
    assert batch.energy_keV.tolist() == [10.5, 3]
    assert np.column_stack([batch.x_cm, batch.y_cm, batch.depth_cm]).tolist() == [
        [3, -2, 41],
        [0, 0, 1],
    ]
    assert batch.photons.tolist() == [501, 20]
    assert batch.electrons.tolist() == [201, 8]
    # 0 is what WFSim takes where the column is missing.
    np.testing.assert_array_equal(batch.excitons, [np.nan, 4])


def test_an_s1_or_an_s2_alone_is_an_event(read):
    batch, _ = read(HEADER + S1 + LAST.splitlines(keepends=True)[1])
    assert batch.photons.tolist() == [501, 0]
    assert batch.electrons.tolist() == [0, 8]


@pytest.mark.parametrize("unset", ["0", "-1", ""])
def test_energy_that_is_not_set_is_unknown(read, unset):
    batch, _ = read(HEADER + (S1 + S2).replace("10.5", unset))
    assert np.isnan(batch.energy_keV).tolist() == [True]


def test_columns_that_are_not_needed_may_be_missing(read):
    batch, _ = read("event_number,type,x,y,z,amp,recoil\n4,1,3,-2,-41,501,7\n4,2,3,-2,-41,201,7\n")
    assert (batch.photons.tolist(), batch.electrons.tolist()) == ([501], [201])
    assert np.isnan(batch.energy_keV).all()


def test_codes_of_recoils_are_those_of_nest():
    electronic = {
        "gammaRay", "beta", "CH3T", "C14", "Kr83m", "ppSolar",
        "fullGamma", "fullGamma_PE", "fullGamma_Compton_PP",
    }  # fmt: skip
    nuclear = {"NR", "WIMP", "B8", "DD", "AmBe", "Cf", "atmNu"}
    expected = {
        int(code): "ER" if name in electronic else "NR"
        for name, code in interactions.__members__.items()
        if name in electronic | nuclear
    }
    assert expected == NEST_RECOILS


BAD = {
    S1 + S2.replace("-41", "-44"): "it has 2 sites",
    S1 + S1.replace("501", "30") + S2: "it has 3 sites",
    S1 + S1: "it has 2 sites",
    S1 + S2.replace("10.5", "9"): "it has 2 sites",
    S1.replace(
        ",7,", ",6,"
    ): "its recoil is '6', expected NEST's code of a nuclear recoil (0-5, 13)",
    S1.replace(",7,", ",20,"): "its recoil is '20', expected NEST's code",
    S1.replace("4,1,", "4,4,"): "its type is '4', expected 1 (S1) or 2 (S2)",
    S1.replace("501", ""): "its amp is '', expected a number",
}


@pytest.mark.parametrize("rows", BAD)
def test_bad_event_is_named_or_skipped(read, rows):
    with pytest.raises(BadEventError) as caught:
        read(HEADER + rows + LAST)
    assert str(caught.value).startswith(f"events.txt, event 4 (line 2): {BAD[rows]}")
    batch, bad = read(HEADER + rows + LAST, "skip")
    assert batch.source_event.tolist() == [5]
    assert len(bad) == 1


def test_message_names_the_line_of_the_bad_row(read):
    with pytest.raises(BadEventError, match=r"event 4 \(line 3\): its amp is 'many'"):
        read(HEADER + S1 + S2.replace("201", "many"))


def test_all_s1_before_all_s2_stops(read):
    s1, s2 = LAST.splitlines(keepends=True)
    with pytest.raises(ValueError, match=r"event 4 \(line 4\): .*column 'event_number', and sort"):
        read(HEADER + S1 + s1 + S2 + s2, "skip")


def test_missing_columns_are_named(read):
    with pytest.raises(ValueError, match=r"line 1: no column \['recoil'\]; expected a header"):
        read(HEADER.replace("recoil,", "") + S1)
