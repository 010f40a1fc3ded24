"""List-directed Fortran output differs by compiler; all legal forms mean the same."""

import textwrap

import numpy as np
import pytest


def numbers_of(batches):
    return [number for batch in batches for number in batch.source_event.tolist()]


@pytest.fixture
def three(event_text):
    """IWRITE -> three events with and without null collisions."""
    return lambda iwrite: "".join(
        event_text(n, electrons, excitations, nulls, iwrite)
        for n, electrons, excitations, nulls in ((1, 3, 2, 0), (2, 5, 1, 2), (3, 1, 4, 0))
    )


@pytest.mark.parametrize("iwrite", [1, 2])
@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text,
        lambda text: "\n".join(textwrap.fill(line, 40) for line in text.splitlines()),
        lambda text: text.replace("\n", "  "),
        lambda text: "\n".join(text.split()),
        lambda text: text.replace("0   0   0", "3*0"),
        lambda text: text.replace("   0   0\n", "   2*0\n"),
        lambda text: text.replace("7.5", "0.75D+01"),
        lambda text: text.replace("7.5", "0.75d1"),
        lambda text: text.replace("7.5", "7.5E+00"),
        lambda text: text.replace("   ", ", "),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.rstrip("\n"),
    ],
    ids=[
        *("gfortran", "wrapped", "one line", "token a line", "repeats", "short repeats"),
        *(
            "D exponent",
            "d exponent",
            "E exponent",
            "commas",
            "CRLF",
            "byte-order mark",
            "blank lines",
            "no newline",
        ),
    ],
)
def test_legal_forms_read_alike(read, three, positions, iwrite, rewrite):
    (batch,), _ = read(rewrite(three(iwrite)))
    assert batch.source_event.tolist() == [1, 2, 3]
    assert np.diff(batch.offsets).tolist() == [3, 5, 1]
    np.testing.assert_array_equal(
        batch.positions_um, np.concatenate([positions(1, 3), positions(2, 5), positions(3, 1)])
    )
    np.testing.assert_array_equal(batch.times_ps, np.full(9, 7.5))
    assert not batch.flags.any()


def test_repeats_of_reals_and_d_exponents_have_their_values(read):
    header = "1 2" + " 0" * 10
    (batch,), _ = read(f"{header}\n3*-1.5D-02 1.0D0 2*0 1 2*0.25 2*2.5d+2 3*1\n")
    np.testing.assert_array_equal(
        batch.positions_um, np.array([[-0.015] * 3, [0.25, 0.25, 250]], np.float32)
    )
    assert batch.times_ps.tolist() == [1, 250]
    assert batch.flags.tolist() == [4, 7]


@pytest.mark.parametrize("iwrite", [1, 2])
@pytest.mark.parametrize("empty", [[1], [2], [3], [2, 3], [1, 2, 3]])
def test_events_without_electrons_keep_their_place(read, event_text, iwrite, empty):
    text = "".join(
        event_text(n, 0 if n in empty else 2, 0 if n in empty else 3, 0, iwrite) for n in (1, 2, 3)
    )
    (batch,), bad = read(text)
    assert batch.source_event.tolist() == [1, 2, 3]
    assert np.diff(batch.offsets).tolist() == [0 if n in empty else 2 for n in (1, 2, 3)]
    assert not len(bad)


def test_event_numbers_may_repeat_and_skip(read, event_text, positions):
    """Double-beta events are split in two of the same number."""
    batches, _ = read(event_text(4) + event_text(4, 2) + event_text(9))
    assert numbers_of(batches) == [4, 4, 9]
    assert np.diff(batches[0].offsets).tolist() == [3, 2, 3]
    np.testing.assert_array_equal(batches[0].positions_um[3:5], positions(4, 2))


def test_flags_become_bits(read):
    header = "1 4" + " 0" * 10
    rows = "0. 0. 0. 0. 1 0 0  0. 0. 0. 0. 0 2 0  0. 0. 0. 0. 0 0 3  0. 0. 0. 0. 1 1 0"
    (batch,), _ = read(f"{header}\n{rows}\n")
    assert batch.flags.tolist() == [1, 2, 4, 3]
