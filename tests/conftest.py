"""Shared fixtures."""

import os
from pathlib import Path

import pytest

# Threads that wait for each other in a spin loop slow a busy machine down tenfold.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def degrad_dir() -> Path:
    """Folder with genuine Degrad 3.4 output, beside the repository."""
    folder = REPOSITORY.parent / "shared" / "degrad"
    if not folder.is_dir():
        pytest.skip("no genuine Degrad output beside the repository (../shared/degrad)")
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return REPOSITORY
