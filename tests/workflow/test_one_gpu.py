"""Jobs that use the GPU of a machine take turns, those on its cores do not."""

import pytest

NETWORKS = ["RCN", "HCN"]
TIMED = """
import time
from pathlib import Path

start = time.time()
time.sleep(4)
Path(f"times_{snakemake.wildcards.network}").write_text(f"{start} {time.time()}")
for file in snakemake.output:
    Path(file).touch()
"""


@pytest.mark.parametrize("device", ["cuda", "cpu"])
def test_trainings_take_turns_on_a_gpu(study, device):
    (study.folder / "workflow/scripts/gas_train.py").write_text(TIMED)
    study.configure(**{f"gas__networks__{network}__device": device for network in NETWORKS})
    histories = [f"results/gas/networks/{network}/history.csv" for network in NETWORKS]
    study.run(*histories)
    times = [(study.folder / f"times_{network}").read_text().split() for network in NETWORKS]
    (_, first_end), (second_start, _) = sorted([float(t) for t in pair] for pair in times)
    assert (second_start > first_end) == (device == "cuda")
