"""What is told of the machine."""

from pathlib import Path

import pytest

from pipeline.core import hardware as module
from pipeline.core.hardware import hardware, in_words


def test_hardware_is_that_of_this_machine():
    found = hardware()
    meminfo = Path("/proc/meminfo").read_text().split()
    assert meminfo[0] == "MemTotal:"
    assert found["memory_GiB"] == pytest.approx(int(meminfo[1]) / 2**20, abs=0.06)
    assert found["cores"] >= 1
    assert found["processor"]


def test_processor_without_a_name_is_called_by_its_architecture(monkeypatch):
    monkeypatch.setattr(module.platform, "machine", lambda: "aarch64")
    assert module._processor("processor\t: 0\nBogoMIPS\t: 50.00\n") == "aarch64"
    named = "processor\t: 0\nmodel name\t: Some CPU: 2 GHz\n\nmodel name\t: another\n"
    assert module._processor(named) == "Some CPU: 2 GHz"


def test_machine_without_a_list_of_processors_has_its_architecture(monkeypatch, tmp_path):
    """macOS, say."""
    monkeypatch.setattr(module, "CPUINFO", tmp_path / "absent")
    assert hardware()["processor"] == module.platform.machine()


def test_gpus_are_those_of_the_driver(monkeypatch, tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nprintf 'GPU A\\nGPU B\\n'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert hardware()["gpus"] == ["GPU A", "GPU B"]
    program.write_text("#!/bin/sh\necho no driver\nexit 9\n")
    assert hardware()["gpus"] == []


def test_line_of_a_log():
    found = {"processor": "CPU", "cores": 4, "memory_GiB": 16.0, "gpus": []}
    assert in_words(found) == "CPU, 4 cores, 16 GiB of memory, no GPU"
    assert in_words({**found, "gpus": ["A", "A"]}).endswith(" of memory, A, A")
