"""Damaged DEGRAD.OUT: stop and name file and event, or skip, count and keep the others."""

import gzip

import numpy as np
import pytest
import zstandard

from pipeline.core.ingestion import BadEventError

REASON = {
    "too few electrons": "announces 4 electrons .28 numbers. but 21 numbers follow",
    "too many electrons": "announces 2 electrons .14 numbers. but 21 numbers follow",
    "not a number": "1 of its numbers are not finite",
    "infinite": "1 of its numbers are not finite",
    "stars": r"'\*\*\*\*\*\*\*' is not a number",
    "letters": "'l00' is not a number",
    "electron cut": "announces 3 electrons .21 numbers. but 20 numbers follow",
}


@pytest.fixture(params=REASON)
def damaged(request, event_text):
    """(text of one damaged event number 5, reason)."""
    old, new = {
        "too few electrons": ("5   3", "5   4"),
        "too many electrons": ("5   3", "5   2"),
        "not a number": ("500.2500", "NaN"),
        "infinite": ("500.2500", "Infinity"),
        "stars": ("500.2500", "*******"),
        "letters": ("500.2500", "l00"),
        "electron cut": ("500.2500", ""),
    }[request.param]
    assert event_text(5).count(old) == 1
    return event_text(5).replace(old, new), REASON[request.param]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_stop_names_file_event_reason_and_way_out(read, event_text, damaged, place):
    text, reason = damaged
    events = [event_text(1), event_text(2)]
    events.insert(place, text)
    with pytest.raises(BadEventError, match=rf"sample\.OUT, event 5: .*{reason}") as caught:
        read("".join(events), "sample.OUT")
    assert "`on_bad_event: skip`" in str(caught.value)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_skip_counts_it_and_keeps_the_others(read, event_text, positions, damaged, place):
    text, _ = damaged
    events = [event_text(1), event_text(2)]
    events.insert(place, text)
    (batch,), bad = read("".join(events), policy="skip")
    assert batch.source_event.tolist() == [1, 2]
    np.testing.assert_array_equal(
        batch.positions_um, np.concatenate([positions(1, 3), positions(2, 3)])
    )
    assert len(bad) == 1


def test_every_bad_event_counts_even_of_one_number(read, event_text, damaged):
    _, bad = read(damaged[0] + event_text(1) + damaged[0], policy="skip")
    assert len(bad) == 2


def test_damaged_header_takes_nobody_elses_electrons(read, event_text, positions):
    """Without its header an event cannot be told from the one before: both are lost."""
    text = event_text(1) + event_text(2) + event_text(3).replace("3   3", "3   ***") + event_text(4)
    (batch,), bad = read(text, policy="skip")
    assert batch.source_event.tolist() == [1, 4]
    np.testing.assert_array_equal(batch.positions_um[3:], positions(4, 3))
    assert len(bad) == 1


@pytest.mark.parametrize("iwrite", [1, 2])
@pytest.mark.parametrize("kept", [0.4, 0.6, 0.8])
def test_truncated_text(read, event_text, iwrite, kept):
    last = event_text(2, electrons=6, iwrite=iwrite)
    text = event_text(1, iwrite=iwrite) + last[: int(kept * len(last))]
    with pytest.raises(BadEventError, match=r"event 2: .*the file ends here"):
        read(text)
    (batch,), bad = read(text, policy="skip")
    assert batch.source_event.tolist() == [1]
    assert len(bad) == 1


# With a checksum, as the command `zstd` writes it.
COMPRESS = {
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def large_event(event_text, number):
    """More text than a decompressor hands on at once."""
    return event_text(number, electrons=3000)


@pytest.mark.parametrize("suffix", COMPRESS)
def test_truncated_compressed_file(read, event_text, suffix):
    data = COMPRESS[suffix]("".join(large_event(event_text, n) for n in range(1, 6)).encode())
    name, data = f"DEGRAD.OUT.{suffix}", data[: int(0.7 * len(data))]
    with pytest.raises(BadEventError, match=rf"OUT\.{suffix}, event \d: .*the (file ends|rest)"):
        read(data, name)
    batches, bad = read(data, name, "skip")
    numbers = [n for batch in batches for n in batch.source_event.tolist()]
    assert numbers == [1, 2, 3, 4][: len(numbers)]
    assert len(numbers) >= 1
    assert len(bad) == 1


@pytest.mark.parametrize("suffix", COMPRESS)
def test_flipped_bytes_in_a_compressed_file_do_not_pass(read, event_text, suffix):
    whole = COMPRESS[suffix]("".join(large_event(event_text, n) for n in range(1, 6)).encode())
    rng = np.random.default_rng(1)
    for place in rng.integers(20, len(whole) - 20, size=10):
        data = bytearray(whole)
        data[place] ^= 0xFF
        with pytest.raises(ValueError, match=rf"DEGRAD\.OUT\.{suffix}"):
            read(bytes(data), f"DEGRAD.OUT.{suffix}")


def test_wrong_checksum_spoils_an_event_that_looks_whole(read, event_text):
    data = bytearray(gzip.compress(event_text(1).encode()))
    data[-8] ^= 0xFF
    with pytest.raises(BadEventError, match="event 1: the rest of the file cannot be read"):
        read(bytes(data), "DEGRAD.OUT.gz")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("x,y,z\n0.1,0.2,0.3\n", "DEGRAD.OUT"),
        ("1 2 3 4\n", "DEGRAD.OUT"),
        ("1 2 3 0.5 " + "0 " * 12 + "0.5\n", "DEGRAD.OUT"),
        ("7 " * 14 + "0.5\n", "DEGRAD.OUT"),
        (bytes(range(256)), "DEGRAD.OUT"),
        (b"no gzip", "DEGRAD.OUT.gz"),
        (b"no zstd", "DEGRAD.OUT.zst"),
    ],
)
@pytest.mark.parametrize("policy", ["stop", "skip"])
def test_another_file_is_named_whatever_the_policy(read, content, name, policy):
    with pytest.raises(ValueError, match=rf"{name}: .*(12 integers|event)"):
        read(content, name, policy)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("", "DEGRAD.OUT"),
        ("\n\n", "DEGRAD.OUT"),
        (gzip.compress(b"", mtime=0), "DEGRAD.OUT.gz"),
    ],
)
def test_empty_file_stops_or_has_no_events(read, content, name):
    with pytest.raises(ValueError, match=rf"{name}: no Degrad event found"):
        read(content, name, "stop")
    batches, bad = read(content, name, "skip")
    assert (batches, len(bad)) == ([], 0)


def test_other_text_is_refused_at_once(read):
    """However long it is, it is not held in memory: nobody gets to the byte that is no text."""
    with pytest.raises(ValueError, match=r"does not begin .* but with 'Lorem'"):
        read(b"Lorem ipsum\n" + b"dolor sit amet\n" * 10_000 + b"\xff")
