"""Damaged tables of execNEST: the message names file, line, what was expected and what to do."""

import numpy as np
import pytest

from pipeline.core.ingestion import BadEventError
from pipeline.xenon.config.samples import ExecNest
from pipeline.xenon.events.execnest import read_execnest

HEADER = (
    "E [keV]\tfield [V/cm]\ttDrift [us]\tX,Y,Z [mm]\tNph\tNe-\tS1 [PE or phe]\tS2_3Dcorr [phd]\n"
)
FULL_ROW = "10.5\t180.0\t66.5\t-12, 100, 400\t80\t58\t5.1\t4.9\t4.9\t30\t700.5\t712.25\n"
ROW = "10.5\t180.0\t66.5\t-12, 100, 400\t80\t58\t5.1\t712.25\n"


@pytest.fixture
def read(text_file, geometry):
    """(content, policy) -> the events that were read and the bad ones."""

    def events(content, policy):
        sample = ExecNest(kind="execnest", files=["a"], recoil="nr")
        path, bad = text_file(content, policy)
        found = [
            event
            for batch in read_execnest(path, sample, geometry, bad, np.random.default_rng(1))
            for event in batch.source_event.tolist()
        ]
        return found, bad

    return events


DAMAGED = {
    "a column less": (ROW.replace("\t5.1", ""), "it has 7 columns, expected 8"),
    "two columns more": (ROW.replace("\t5.1", "\t5\t5\t5.1"), "it has 10 columns, expected 8"),
    "message between rows": ("WARNING: unphysically low Z\n", "it has 1 columns, expected 8"),
    "no number": (ROW.replace("58", "5B"), "its number of electrons is '5B', expected a number"),
    "nan": (ROW.replace("10.5", "nan"), "its energy is 'nan', expected a number"),
    "two coordinates": (
        ROW.replace("-12, 100, 400", "-12, 100"),
        "its position is '-12, 100', expected 'X, Y, Z' or 'Z'",
    ),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_stop_names_file_line_and_what_to_do(read, damage):
    row, reason = DAMAGED[damage]
    with pytest.raises(BadEventError) as caught:
        read(HEADER + ROW + row + ROW, "stop")
    message = str(caught.value)
    assert message.startswith(f"events.txt, event 1 (line 3): {reason}")
    assert "Repair the file, or set `on_bad_event: skip`" in message


@pytest.mark.parametrize("damage", DAMAGED)
def test_skip_leaves_out_that_row_only(read, damage):
    row, reason = DAMAGED[damage]
    events, bad = read(HEADER + ROW + row + ROW, "skip")
    assert events == [0, 2]
    assert [found.startswith(reason) for found in bad.reasons.values()] == [True]


@pytest.mark.parametrize("cut", [3, 12, 30, 38])
def test_cut_last_line_is_noticed(read, cut):
    content = HEADER + ROW + ROW[:cut]
    with pytest.raises(BadEventError, match=r"line 3\): .*; the file ends within this line"):
        read(content, "stop")
    assert read(content, "skip")[0] == [0]


@pytest.mark.parametrize(
    "content",
    [
        "",
        FULL_ROW[:-9],
        "a header of its own\n" + FULL_ROW,
        "g1 = 0.117 phd per photon\n",
        ROW,
        HEADER.expandtabs(),
    ],
)
def test_text_without_the_header_says_what_was_expected(read, content):
    with pytest.raises(ValueError, match=r"events\.txt: no header with 'field \[V/cm\]'"):
        read(content, "skip")


@pytest.mark.parametrize("other", ["Nph/keV\tNe-/keV", "Nph\tS1"])
def test_table_of_something_else_is_refused(read, other):
    with pytest.raises(ValueError, match=r"events\.txt, line 1: expected the columns"):
        read(HEADER.replace("Nph\tNe-", other) + ROW, "skip")
