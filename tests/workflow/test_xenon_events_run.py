"""Xenon events of every kind of sample, made for real and in small."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

EXECNEST = (
    "E_truth [keV]\tfield [V/cm]\ttDrift [us]\tX,Y,Z [mm]\tNph\tNe-\tS1 [PE or phe]\n"
    "10.5\t180.0\t66.5\t-12, 100, 2400\t80\t58\t5.1\n"
    "10.5\t180.0\t66.5\t0, 1310, 2400\t70\t48\t5.1\n"
    "20.5\t180.0\t66.5\t-12, 100, 2400\t-80\t58\t5.1\n"
)
INSTRUCTIONS = "recoil_type,x,y,depth,s1_photons,s2_electrons,t\nER,1,2,3,40,50,0\n"
SAMPLES = {
    "made": {
        "kind": "nest",
        "recoil": "nr",
        "spectrum": {"kind": "uniform", "low_keV": 5, "high_keV": 50},
        "events": 30,
        "events_per_part": 20,
    },
    "nest_text": {
        "kind": "execnest",
        "files": ["mine.txt"],
        "recoil": "nr",
        "on_bad_event": "skip",
    },
    "pax": {
        "kind": "instructions",
        "files": ["mine.csv", "none.csv"],
        "on_bad_event": "skip",
    },
    "table": {"kind": "parquet", "files": ["mine.parquet"], "recoil": "er"},
}


@pytest.fixture(scope="module")
def ran(pristine, tmp_path_factory):
    """Event tables of all samples, and the responses to two parts."""
    copy = pristine.twin(tmp_path_factory.mktemp("xenon") / "copy")
    copy.only("xenon")
    (copy.folder / "mine.txt").write_text(EXECNEST)
    (copy.folder / "mine.csv").write_text(INSTRUCTIONS)
    (copy.folder / "none.csv").write_text(INSTRUCTIONS.splitlines()[0])
    columns = ("energy_keV", "x_cm", "y_cm", "depth_cm", "photons", "electrons")
    pd.DataFrame({name: [float(i)] for i, name in enumerate(columns)}).to_parquet(
        copy.folder / "mine.parquet"
    )
    copy.configure(**{f"xenon__samples__{name}": sample for name, sample in SAMPLES.items()})
    copy.configure(xenon__wimps__events=10)
    tables = [
        f"results/xenon/events/{part}.parquet"
        for part in (
            "made/0000_nest",
            "made/0001_nest",
            "wimp_50GeV/0000_nest",
            "nest_text/0000_mine",
            "pax/0000_mine",
            "table/0000_mine",
        )
    ]
    responses = [f"results/xenon/response/{p}.parquet" for p in ("made/0001_nest", "pax/0001_none")]
    copy.run(*tables, *responses)
    return copy.folder / "results" / "xenon"


def table(folder, part):
    return pq.read_table(folder / "events" / f"{part}.parquet").to_pandas()


def test_parts_of_a_nest_sample_differ_and_add_up(ran):
    parts = [table(ran, f"made/000{i}_nest") for i in range(2)]
    assert [len(part) for part in parts] == [20, 10]
    both = pd.concat(parts)
    assert both["event_id"].is_unique
    assert both["energy_keV"].is_unique
    assert both["energy_keV"].between(5, 50).all()


def test_part_does_not_depend_on_how_many_there_are(ran, pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("xenon")
    copy.configure(xenon__samples__made={**SAMPLES["made"], "events": 100})
    file = "results/xenon/events/made/0000_nest.parquet"
    copy.run(file, "--cores", "1")
    assert (copy.folder / file).read_bytes() == (ran / "events/made/0000_nest.parquet").read_bytes()


def test_files_are_read_as_their_kind_says(ran):
    nest = table(ran, "nest_text/0000_mine")
    assert nest["depth_cm"].tolist() == [20.0, 20.0]
    assert nest["photons"].tolist() == [80, 70]
    pax = table(ran, "pax/0000_mine")
    assert (pax["recoil"][0], pax["photons"][0], pax["electrons"][0]) == (0, 40, 50)
    assert np.isnan(pax["energy_keV"][0])
    assert table(ran, "table/0000_mine")["depth_cm"].tolist() == [3.0]
    assert table(ran, "wimp_50GeV/0000_nest")["recoil"].tolist() == [1] * 10


def test_skipped_events_are_counted(ran):
    counts = json.loads((ran / "events/nest_text/0000_mine.json").read_text())
    assert (counts["read"], counts["kept"], counts["rejected"]) == (3, 2, 1)
    # Smeared to 1 cm beyond the wall.
    assert counts["moved_to_wall"] == 1
    assert "its number of photons is -80" in next(iter(counts["reasons"].values()))


def test_files_are_looked_at_together_before_their_responses(ran):
    table = pd.read_csv(ran / "tables/event_files.csv", index_col="file")
    assert table["sample"].to_dict() == {
        "mine.txt": "nest_text",
        "mine.csv": "pax",
        "none.csv": "pax",
        "mine.parquet": "table",
    }
    assert table["events"].to_dict() == {
        "mine.txt": 2,
        "mine.csv": 1,
        "none.csv": 0,
        "mine.parquet": 1,
    }


def test_response_of_an_empty_file_is_empty(ran):
    assert pq.read_metadata(ran / "response/pax/0001_none.parquet").num_rows == 0


def test_response_has_an_entry_for_every_event(ran):
    shard = pq.read_table(ran / "response/made/0001_nest.parquet", columns=["event_id"])
    assert shard["event_id"].to_pylist() == table(ran, "made/0001_nest")["event_id"].tolist()
