"""Shared fixtures."""

import os
from pathlib import Path

import pytest

from pipeline.provenance import package_digest

REPOSITORY = Path(__file__).resolve().parents[1]

# Compiled functions are cached for this very state of the package; see scripting.share_package.
os.environ["NUMBA_CACHE_DIR"] = str(REPOSITORY / ".pytest_cache" / "numba" / package_digest())
# Threads that wait for each other in a spin loop slow a busy machine down tenfold.
os.environ.setdefault("OMP_NUM_THREADS", "1")


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
