"""Genuine Degrad 3.4 output, compared with a line-by-line reading of the same text."""

import gzip

import numpy as np
import pytest
import zstandard

from pipeline.core.ingestion import BadEvents
from pipeline.gas.tracks.degrad import read_degrad

# Sample -> events and lines of each event.
SAMPLES = {
    "he_co2_40keV_iwrite1": (12, 2),
    "he_co2_50keV_iwrite2": (5, 4),
    "ar_co2_xray_5.9keV_iwrite1": (20, 2),
}


@pytest.fixture(params=SAMPLES)
def sample(request, degrad_dir):
    """Path and, event by event, header and numbers [electrons, 7] of a sample."""
    path = degrad_dir / "raw" / f"{request.param}.DEGRAD.OUT.gz"
    events, step = SAMPLES[request.param]
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert len(lines) == events * step
    headers = [[int(t) for t in line.split()] for line in lines[::step]]
    numbers = [np.array(line.split(), float).reshape(-1, 7) for line in lines[1::step]]
    return path, headers, numbers


def single(path):
    (batch,) = read_degrad(path, None, BadEvents(str(path), "stop"))
    return batch


def test_events_and_electrons_are_those_of_the_headers(sample):
    path, headers, _ = sample
    batch = single(path)
    np.testing.assert_array_equal(batch.source_event, [h[0] for h in headers])
    np.testing.assert_array_equal(np.diff(batch.offsets), [h[1] for h in headers])
    assert batch.energy_keV is None


def test_every_number_is_that_of_the_text(sample):
    path, _, numbers = sample
    batch, text = single(path), np.concatenate(numbers)
    np.testing.assert_array_equal(batch.positions_um, text[:, :3].astype(np.float32))
    np.testing.assert_array_equal(batch.times_ps, text[:, 3].astype(np.float32))
    for bit, column in ((1, 4), (2, 5), (4, 6)):
        np.testing.assert_array_equal((batch.flags & bit) > 0, text[:, column] != 0)


def test_fluorescence_is_flagged(sample):
    """Argon and oxygen emit K fluorescence; some electrons of every sample stem from it."""
    batch = single(sample[0])
    assert 0 < (batch.flags & 1).mean() < 0.5


def test_plain_gz_and_zst_are_equal(sample, tmp_path):
    path = sample[0]
    text = gzip.decompress(path.read_bytes())
    plain, zst = tmp_path / "DEGRAD.OUT", tmp_path / "DEGRAD.OUT.zst"
    plain.write_bytes(text)
    half = len(text) // 2
    # Two frames, as concatenated files and parallel compressors have them.
    compress = zstandard.ZstdCompressor().compress
    zst.write_bytes(compress(text[:half]) + compress(text[half:]))
    expected = single(path)
    for other in (single(plain), single(zst)):
        for name in ("source_event", "offsets", "positions_um", "times_ps", "flags"):
            np.testing.assert_array_equal(getattr(other, name), getattr(expected, name))


def test_parquet_of_the_same_physics_agrees_with_the_text(degrad_dir):
    """Mean electrons per 40 keV event of 12 events and of 4000 others agree within 4 errors."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    column = pq.read_table(degrad_dir / "he_co2_40keV.parquet", columns=["x_um"])["x_um"]
    many = pc.list_value_length(column).to_numpy()
    few = np.diff(single(degrad_dir / "raw" / "he_co2_40keV_iwrite1.DEGRAD.OUT.gz").offsets)
    assert abs(few.mean() - many.mean()) < 4 * many.std() / np.sqrt(len(few))
