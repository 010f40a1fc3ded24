"""Jobs that use the GPU of a machine take turns, those on its cores do not."""

import pytest
import torch

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


@pytest.mark.slow
@pytest.mark.parametrize("device", ["cuda", "cpu"])
def test_trainings_take_turns_on_a_gpu(study, device):
    (study.folder / "workflow/scripts/train.py").write_text(TIMED)
    # This machine may have no GPU, and the script needs none.
    study.append("core/preflight.py", "\n\ncheck_gpus = print\n")
    study.configure(**{f"gas__networks__{network}__device": device for network in NETWORKS})
    histories = [f"results/gas/networks/{network}/history.csv" for network in NETWORKS]
    study.run(*histories)
    times = [(study.folder / f"times_{network}").read_text().split() for network in NETWORKS]
    (_, first_end), (second_start, _) = sorted([float(t) for t in pair] for pair in times)
    assert (second_start > first_end) == (device == "cuda")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_missing_gpu_is_told_before_the_first_job(study):
    study.configure(gas__networks__RCN__device="cuda")
    message = study.fail("results/gas/networks/RCN/history.csv")
    assert "error: gas.networks.RCN.device: cuda, but PyTorch" in message
    assert "training RCN" not in message
