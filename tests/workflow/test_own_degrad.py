"""A user's own Degrad, run by the workflow: a stand-in executable that reads the card."""

import json
import sys

import pyarrow.parquet as pq

STAND_IN = """#!{python}
import sys

card = sys.stdin.read().splitlines()
events, seed = int(card[0][10:20]), int(card[0][40:50])
print("stand-in for Degrad, seed", seed)
with open("DEGRAD.OUT", "w") as out:
    for event in range(1, events + 1):
        print(event, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, file=out)
        print(0.5, 1.5, seed % 1000 + 0.25, 3.0, 0, 0, 0, 2.5, 3.5, 4.5, 6.0, 0, 0, 1, file=out)
"""


def test_runs_are_ingested_and_their_logs_kept(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    executable = tmp_path / "degrad"
    executable.write_text(STAND_IN.format(python=sys.executable))
    executable.chmod(0o755)
    copy.configure(
        gas__sources__test_40keV={
            "kind": "degrad_run",
            "executable": str(executable),
            "energy_keV": 40,
            "jobs": 2,
            "events_per_job": 5,
        }
    )
    tables = [f"results/gas/tracks/test_40keV/000{i}_run.parquet" for i in range(2)]
    copy.run(*tables)
    seeds = set()
    for i, table in enumerate(tables):
        tracks = pq.read_table(copy.folder / table)
        assert len(tracks) == 5
        assert tracks["energy_keV"].to_pylist() == [40.0] * 5
        assert tracks["flags"][0].as_py() == [0, 4]
        seeds.add(tracks["z_um"][0].as_py()[0])
        counts = json.loads((copy.folder / table).with_suffix(".json").read_text())
        assert counts["read"] == counts["kept"] == 5
        log = copy.folder / f"results/gas/degrad/test_40keV/000{i}_run.degrad.log"
        assert "stand-in for Degrad" in log.read_text()
    assert len(seeds) == 2, "every run has a seed of its own"
