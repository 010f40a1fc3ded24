"""Lists of points that are no single electrons, event numbers, and truths of every event."""

import awkward as ak
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import uproot

from pipeline.core.ingestion import BadEventError, BadEvents
from pipeline.gas.config.sources import Parquet, Root
from pipeline.gas.tracks.parquet import read_parquet
from pipeline.gas.tracks.root import read_root

EVENTS = 4
POINTS = np.array([30, 20, 25, 28])


@pytest.fixture(scope="module")
def tracks():
    """Coordinates [um] of four tracks, as lists of lists by axis."""
    rng = np.random.default_rng(5)
    return {a: [rng.normal(0, 100, n).tolist() for n in POINTS] for a in "xyz"}


@pytest.fixture
def read(tmp_path, tracks):
    """(format, further columns, settings, policy, fill) -> the batch that the reader makes.

    With `fill`, lists are buffers of 40 points filled up with this number.
    """

    def made(form, more=None, settings=None, policy="stop", fill=None):
        lists = dict(tracks)
        if fill is not None:
            lists = {a: [v + [fill] * (40 - len(v)) for v in axis] for a, axis in lists.items()}
        columns = {"event_id": list(range(7, 7 + EVENTS)), **lists, **(more or {})}
        path = tmp_path / f"raw.{form}"
        key = "branches" if form == "root" else "columns"
        names = {"event": "event_id", "x": "x", "y": "y", "z": "z", "t": None, "energy": None}
        block = {"kind": form, "files": ["raw"], "energy_keV": 40, "length_unit": "um"}
        block[key] = {**names, **(settings or {})}
        bad = BadEvents("raw", policy)
        if form == "parquet":
            pq.write_table(pa.table(columns), path)
            (batch,) = read_parquet(path, Parquet.model_validate(block), bad)
        else:
            with uproot.recreate(path) as file:
                # Equal lengths are written as an array of fixed length, like x[40]/F.
                file["t"] = {
                    k: np.array(v) if fill is not None or np.ndim(v[0]) == 0 else ak.Array(v)
                    for k, v in columns.items()
                }
            (batch,) = read_root(path, Root.model_validate(block), bad)
        return batch, bad

    return made


@pytest.fixture
def expected(tracks):
    """Positions, float32 [N, 3], of the four tracks."""
    axes = [np.concatenate(tracks[a]) for a in "xyz"]
    return np.stack(axes, axis=1).astype(np.float32)


FORMATS = pytest.mark.parametrize("form", ["root", "parquet"])
FILLS = pytest.mark.parametrize("fill", [0.0, -999.0, np.nan])


@FORMATS
@FILLS
def test_padding_is_refused_with_the_remedy(read, form, fill):
    problem = r"raw\.\w+, event 7: 10 of its 40 points are all .*perhaps 'npoints'.*\.count`"
    for policy in ("stop", "skip"):
        with pytest.raises(ValueError, match=problem) as caught:
            read(form, {"npoints": POINTS.tolist()}, policy=policy, fill=fill)
        assert not isinstance(caught.value, BadEventError)


@FORMATS
@FILLS
def test_count_cuts_the_padding(read, expected, form, fill):
    batch, _ = read(form, {"npoints": POINTS.tolist()}, {"count": "npoints"}, fill=fill)
    np.testing.assert_array_equal(np.diff(batch.offsets), POINTS)
    np.testing.assert_array_equal(batch.positions_um, expected)


@FORMATS
def test_padding_within_a_track_is_refused_too(read, tracks, form):
    holes = {a: [v[:3] + [-999.0] * 6 + v[3:] for v in axis] for a, axis in tracks.items()}
    with pytest.raises(ValueError, match=r"6 of its 36 points are all \(-999, -999, -999\)"):
        read(form, holes)


@FORMATS
def test_full_buffers_are_tracks(read, form):
    rng = np.random.default_rng(6)
    full = {a: rng.normal(0, 100, (EVENTS, 40)).tolist() for a in "xyz"}
    batch, _ = read(form, full)
    assert np.diff(batch.offsets).tolist() == [40] * EVENTS


@FORMATS
def test_count_beyond_the_lists_is_a_bad_event(read, form):
    more = {"npoints": [30, 21, 25, 28]}
    with pytest.raises(BadEventError, match="event 8: its `npoints` is 21 but its lists hold 20"):
        read(form, more, {"count": "npoints"})
    batch, bad = read(form, more, {"count": "npoints"}, "skip")
    assert batch.source_event.tolist() == [7, 9, 10]
    assert len(bad) == 1


@FORMATS
@pytest.mark.parametrize("name", ["npoints", "nHits", "n_electrons"])
def test_count_that_disagrees_is_refused_unless_named_or_ignored(read, form, name):
    more = {name: [30, 15, 25, 28]}
    with pytest.raises(ValueError, match=rf"event 8: `{name}` is 15 but the lists hold 20"):
        read(form, more)
    assert len(read(form, more, {"ignored": [name]})[0].positions_um) == POINTS.sum()
    assert len(read(form, more, {"count": name})[0].positions_um) == POINTS.sum() - 5


@FORMATS
def test_count_that_agrees_and_charges_of_one_are_quiet(read, expected, form):
    more = {"npoints": POINTS.tolist(), "q": [[1.0] * n for n in POINTS]}
    np.testing.assert_array_equal(read(form, more)[0].positions_um, expected)


def charges(seed=1):
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 5, n).tolist() for n in POINTS]


@FORMATS
@pytest.mark.parametrize("name", ["q", "charge", "nElectrons", "edep"])
def test_charges_are_refused_unless_named_or_ignored(read, expected, form, name):
    with pytest.raises(ValueError, match=rf"'{name}' with values from 0 to 4.*\.charge: {name}`"):
        read(form, {name: charges()})
    batch, _ = read(form, {name: charges()}, {"ignored": [name]})
    np.testing.assert_array_equal(batch.positions_um, expected)


@FORMATS
def test_each_point_counts_as_often_as_its_charge(read, expected, form):
    batch, _ = read(form, {"q": charges()}, {"charge": "q"})
    copies = np.concatenate(charges())
    np.testing.assert_array_equal(batch.positions_um, np.repeat(expected, copies, axis=0))
    np.testing.assert_array_equal(np.diff(batch.offsets), [sum(c) for c in charges()])


@FORMATS
@pytest.mark.parametrize("wrong", [1.5, -1.0, np.nan, 1e9])
def test_charge_that_is_no_number_of_electrons_is_a_bad_event(read, form, wrong):
    values = [[float(q) for q in c] for c in charges()]
    values[2][4] = wrong
    with pytest.raises(BadEventError, match="event 9: its `q`"):
        read(form, {"q": values}, {"charge": "q"})
    batch, _ = read(form, {"q": values}, {"charge": "q"}, "skip")
    assert batch.source_event.tolist() == [7, 8, 10]


DIRECTION = {"u": [0.0, 0.6, 1.0, 0.0], "v": [0.0, 0.8, 0.0, 0.5], "w": [1.0, 0.0, 0.0, 0.0]}


@FORMATS
def test_direction_and_start_of_every_event(read, form):
    start = {f"s{a}": [1.0, 2.0, 3.0, 4.0] for a in "xyz"}
    names = {"direction": ["u", "v", "w"], "start": ["sx", "sy", "sz"]}
    more = {**DIRECTION, **start}
    with pytest.raises(BadEventError, match=r"event 10: its direction has the length 0\.5"):
        read(form, more, names)
    batch, _ = read(form, more, names, "skip")
    assert batch.source_event.tolist() == [7, 8, 9]
    np.testing.assert_allclose(batch.direction, [[0, 0, 1], [0.6, 0.8, 0], [1, 0, 0]])
    np.testing.assert_allclose(batch.start_um, [[1] * 3, [2] * 3, [3] * 3])


@FORMATS
def test_float_event_numbers_are_read_if_whole(read, form):
    batch, _ = read(form, {"event_id": [3.0, 4.0, 5.0, 6.0]})
    assert batch.source_event.tolist() == [3, 4, 5, 6]
    with pytest.raises(BadEventError, match=r"its `event_id` is 4\.5"):
        read(form, {"event_id": [3.0, 4.5, 5.0, 6.0]})


def test_null_and_too_large_event_numbers_are_bad_events(read):
    numbers = pa.array([1, None, 2**63 + 5, 4], pa.uint64())
    batch, bad = read("parquet", {"event_id": numbers}, policy="skip")
    assert batch.source_event.tolist() == [1, 4]
    texts = list(bad.reasons.values())
    assert "its `event_id` is missing" in texts[0]
    assert f"its `event_id` is {2**63 + 5}" in texts[1]


def test_too_large_numbers_of_a_root_file_are_replaced_with_a_warning(read, caplog):
    batch, _ = read("root", {"event_id": np.arange(4, dtype=np.uint64) + np.uint64(2**63)})
    assert batch.source_event.tolist() == [0, 1, 2, 3]
    assert "more than 2^63 - 1; the entries are numbered from 0" in caplog.text


def test_missing_points_are_bad_events(read, tracks):
    spoiled = [list(v) for v in tracks["y"]]
    spoiled[1][3] = None
    batch, _ = read("parquet", {"y": spoiled})
    assert np.isnan(batch.positions_um).sum() == 1  # `ingest` finds it
