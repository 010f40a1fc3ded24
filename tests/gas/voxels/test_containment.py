"""The table of what became of the events."""

import json

import pytest

from pipeline.gas.voxels.containment import containment_table


@pytest.fixture
def written(tmp_path):
    def write(place, **counts):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(counts))
        return path

    return write


def test_parts_add_up_by_set_and_source(written):
    tracks = [
        written("tracks/made/0.json", read=100, kept=100, rejected=0, reasons={}),
        written("tracks/made/1.json", read=60, kept=50, rejected=10, reasons={"0:7": "bad"}),
        written("tracks/read/0.json", read=20, kept=20, rejected=0, reasons={}),
    ]
    voxels = [
        written("voxels/train/made/0.json", read=100, kept=90, not_contained=10),
        written("voxels/train/made/1.json", read=50, kept=45, not_contained=5),
        written("voxels/test/made/0.json", read=100, kept=100, not_contained=0),
        written("voxels/test/read/0.json", read=20, kept=5, not_contained=15),
    ]
    table = containment_table(tracks, voxels).set_index(["set", "source"])
    assert list(table.index) == [("train", "made"), ("test", "made"), ("test", "read")]
    columns = ["read", "rejected", "tracks", "not_contained", "kept"]
    assert table.loc[("train", "made"), columns].tolist() == [160, 10, 150, 15, 135]
    assert table.loc[("test", "made"), columns].tolist() == [160, 10, 100, 0, 100]
    assert table.loc[("test", "read"), columns].tolist() == [20, 0, 20, 15, 5]
    assert table["contained_fraction"].tolist() == [0.9, 1.0, 0.25]
    assert table["dropped_hits"].isna().all()
    # Binomial: sqrt(0.9 * 0.1 / 150), none at the edge, sqrt(0.25 * 0.75 / 20).
    expected = [0.0244949, 0, 0.0968246]
    assert table["contained_fraction_err"].tolist() == pytest.approx(expected, rel=1e-5)


def test_measured_events_have_no_track_table(written):
    counts = {"read": 10, "kept": 9, "rejected": 1, "contained": 7, "not_contained": 2}
    voxels = [
        written(f"voxels/run/hits/{part}.json", **counts, dropped_hits=30, reasons={"0:7": "bad"})
        for part in (0, 1)
    ]
    (row,) = containment_table([], voxels).to_dict("records")
    assert (row["set"], row["source"]) == ("run", "hits")
    assert [row[k] for k in ("read", "rejected", "tracks")] == [20, 2, 18]
    assert [row[k] for k in ("not_contained", "kept", "dropped_hits")] == [4, 14, 60]
    assert row["contained_fraction"] == pytest.approx(7 / 9)
