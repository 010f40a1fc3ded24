"""The hardware of this machine."""

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

CPUINFO = Path("/proc/cpuinfo")  # Linux


def hardware() -> dict[str, Any]:
    """Processor, its logical cores, memory [GiB] and names of the GPUs."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(CPUINFO.read_text() if CPUINFO.is_file() else ""),
        "cores": os.cpu_count(),
        "memory_GiB": round(memory / 2**30, 1),
        "gpus": _gpus(),
    }


def in_words(found: dict[str, Any]) -> str:
    """`hardware()` as one line of text."""
    gpus = ", ".join(found["gpus"]) or "no GPU"
    memory = f"{found['memory_GiB']:g} GiB of memory"
    return f"{found['processor']}, {found['cores']} cores, {memory}, {gpus}"


def _processor(cpuinfo: str) -> str:
    """The first model name in /proc/cpuinfo; the architecture if there is none (ARM, macOS)."""
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.machine()


def _gpus() -> list[str]:
    """Names of the NVIDIA GPUs from the driver; needs no CUDA build of PyTorch."""
    if shutil.which("nvidia-smi") is None:
        return []
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.splitlines() if answer.returncode == 0 else []
