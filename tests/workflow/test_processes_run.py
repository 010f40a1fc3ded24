"""A network trained by two processes of a job has the history that one process finds."""

import pandas as pd
import pytest

HISTORY = "results/gas/networks/UNet/history.csv"


@pytest.mark.slow
def test_two_processes_of_a_job_train_as_one_does(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    copy.run(HISTORY)
    one = pd.read_csv(copy.folder / HISTORY)

    copy.configure(gas__networks__UNet__processes=2, gas__networks__UNet__threads=1)
    (copy.folder / "results/gas/networks/UNet/checkpoint.pt").unlink()
    copy.run(HISTORY, "--forcerun", "gas_train")
    two = pd.read_csv(copy.folder / HISTORY)
    pd.testing.assert_frame_equal(
        two.drop(columns="seconds"), one.drop(columns="seconds"), rtol=1e-5
    )
    assert not two["seconds"].equals(one["seconds"]), "it was trained anew"
    log = (copy.folder / "results/logs/gas/networks/UNet.log").read_text()
    assert log.count(", validation ") == 2, "one line an epoch"
