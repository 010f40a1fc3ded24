"""Sources are looked at before an event is binned: doubled events stop, empty files pass."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def write_tracks(path, events, seed=1):
    """Straight tracks of 40 keV along +z in the columns that the Parquet reader expects."""
    rng = np.random.default_rng(seed)
    z = [np.sort(rng.uniform(0, 8000, 1100)).tolist() for _ in range(events)]
    sideways = [rng.normal(0, 100, 1100).tolist() for _ in range(2 * events)]
    columns = {
        "event_id": pa.array(range(events), pa.int64()),
        "energy_eV": pa.array([40_000.0] * events, pa.float64()),
        "x_um": pa.array(sideways[:events], pa.list_(pa.float64())),
        "y_um": pa.array(sideways[events:], pa.list_(pa.float64())),
        "z_um": pa.array(z, pa.list_(pa.float64())),
    }
    pq.write_table(pa.table(columns), path)


def test_doubled_events_stop_and_split_files_and_empty_ones_pass(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    for name, events in (("run1", 40), ("run2", 0)):
        write_tracks(copy.folder / f"{name}.parquet", events)
    write_tracks(copy.folder / "test.parquet", 40)
    train = {"kind": "parquet", "files": ["run*.parquet"], "on_bad_event": "skip"}
    copy.configure(gas__sources={"train": train, "test": {**train, "files": ["test.parquet"]}})
    copy.configure(
        gas__training_set__sources=["train"],
        gas__test_sets={"hard": {"sources": ["test"], "smearing_um": 443}},
        gas__hypothesis_test={"test_sets": []},
        gas__track_comparison=None,
        gas__networks={"HCN": {"architecture": "hcn"}},
    )
    shards = [f"results/gas/voxels/train/train/000{i}_run{i + 1}.parquet" for i in (0, 1)]
    message = copy.fail(*shards)
    assert "training set and test set hard: events occur more than once" in message
    assert "40 events of run1.parquet (source train) are also in test.parquet (source test)" in (
        message
    )
    assert not (copy.folder / "results/gas/voxels").exists()

    copy.configure(gas__sources__train={**train, "max_events": 25})
    copy.configure(gas__sources__test={**train, "files": ["test.parquet"], "first_event": 25})
    copy.run(*shards)
    assert [pq.read_metadata(copy.folder / shard).num_rows for shard in shards] == [25, 0]

    # A new source, at which all are looked at anew, hides no other change.
    write_tracks(copy.folder / "more.parquet", 5, seed=2)
    copy.configure(gas__sources__more={**train, "files": ["more.parquet"]})
    copy.configure(gas__test_sets__hard={"sources": ["test", "more"], "smearing_um": 443})
    copy.configure(gas__training_set__smearing_um=321)
    copy.run(*shards)
    assert set(pq.read_table(copy.folder / shards[0])["sigma_um"].to_pylist()) == {321}
    assert "Nothing to be done" in copy.run("-n", *shards)
