"""The loader that comes with a data set, run as a user runs it."""

import json
import subprocess
import sys

import numpy as np

from pipeline.gas.voxels.shards import read_shard


def test_the_loader_gives_the_events(released, tmp_path):
    folder = released / "results/release"
    script = (
        "import json; from load import events\n"
        "found = [(e['event_id'], e['cells'].tolist(), e['charge'], e['direction_z'])\n"
        "         for e in events('data/train.parquet')]\n"
        "print(json.dumps(found))"
    )
    # -I: neither this package nor anything else but the environment's packages.
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.')\n{script}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    found = iter(json.loads(done.stdout))
    for batch in read_shard(folder / "data/train.parquet"):
        for i in range(len(batch)):
            event_id, cells, counts, z = next(found)
            voxels = slice(batch.offsets[i], batch.offsets[i + 1])
            assert event_id == batch.event_id[i]
            assert z == batch.direction[i, 2]
            np.testing.assert_array_equal(cells @ np.array([120**2, 120, 1]), batch.voxels[voxels])
            np.testing.assert_array_equal(counts, batch.counts[voxels])
    assert next(found, None) is None
