"""Networks as files: what was written comes back, or the file is said to be damaged."""

import resource
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch

from pipeline.learning.saved import (
    full,
    halved,
    read_tensors,
    read_weights,
    with_weights,
    write_saved,
    write_tensors,
)

CONTENT = {"weight": torch.arange(2000.0), "bias": torch.ones(3)}


def test_content_comes_back(tmp_path):
    write_saved(tmp_path / "weights.pt", CONTENT)
    found = read_weights(tmp_path / "weights.pt")
    assert found.keys() == CONTENT.keys()
    for name, value in CONTENT.items():
        torch.testing.assert_close(found[name], value, rtol=0, atol=0)


def test_no_flipped_bit_changes_what_is_read(tmp_path):
    path = tmp_path / "weights.pt"
    write_saved(path, CONTENT)
    whole = path.read_bytes()
    refused = []
    for place in np.random.default_rng(1).integers(0, 8 * len(whole), 200):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << (place % 8)
        path.write_bytes(flipped)
        try:
            found = read_weights(path)
        except ValueError as error:
            refused.append(str(error))
        else:  # padding between the file's parts
            assert all(torch.equal(found[name], value) for name, value in CONTENT.items())
    assert len(refused) > 150
    for message in refused:
        assert "weights.pt: damaged" in message
        assert "delete it and rerun" in message


@pytest.mark.parametrize("kept", [0, 100, -1])
def test_cut_file_is_damaged(tmp_path, kept):
    path = tmp_path / "weights.pt"
    write_saved(path, CONTENT)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match="damaged"):
        read_weights(path)


def test_missing_file_is_no_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path / "weights.pt")


def test_tensors_come_back_in_32_bits(tmp_path):
    content = {**CONTENT, "matrix": torch.rand(4, 4), "steps": torch.tensor(3)}
    for name, written in (("full", content), ("half", halved(content))):
        write_tensors(tmp_path / name, written)
        found = read_tensors(tmp_path / name)
        assert found.keys() == content.keys()
        for key, value in full(written).items():
            torch.testing.assert_close(found[key], value, rtol=0, atol=0)
    assert halved(content)["matrix"].dtype == torch.float16
    assert halved(content)["weight"].dtype == torch.float32  # no layer: one dimension
    assert halved(content)["steps"].dtype == torch.int64


@pytest.mark.parametrize("kept", [0, 100, -1])
def test_cut_tensors_are_refused(tmp_path, kept):
    path = tmp_path / "weights.safetensors"
    write_tensors(path, CONTENT)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"weights\.safetensors: not a file of safetensors"):
        read_tensors(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"weight": torch.ones(2, 3)}, r"'weight' has shape \(2, 3\), expected \(1, 3\)"),
        ({"more": torch.ones(2)}, r"'more' has shape \(2,\), expected none"),
        ({"bias": None}, r"'bias' has shape none, expected \(1,\)"),
    ],
)
def test_weights_of_another_network_name_the_first_difference(change, told):
    changed = {**torch.nn.Linear(3, 1).state_dict(), **change}
    weights = {name: value for name, value in changed.items() if value is not None}
    with pytest.raises(ValueError, match=rf"^file: not the weights of a line: {told}$"):
        with_weights(torch.nn.Linear(3, 1), weights, "file", "a line")


def test_full_disk_is_told_and_leaves_nothing(tmp_path):
    code = (
        "import sys, torch\n"
        "from pipeline.learning.saved import write_saved\n"
        "write_saved(sys.argv[1], {'weight': torch.zeros(100_000)})\n"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    command = [sys.executable, "-B", "-c", code, str(tmp_path / "weights.pt")]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "no room to write" in done.stderr
    assert "weights.pt" in done.stderr
    assert not list(tmp_path.iterdir())
