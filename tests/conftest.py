"""Shared fixtures."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from pipeline.core.digests import package_digest

REPOSITORY = Path(__file__).resolve().parents[1]

# Compiled functions are cached for this very state of the package; see core.job.share_package.
os.environ.setdefault(
    "NUMBA_CACHE_DIR", str(REPOSITORY / ".pytest_cache" / "numba" / package_digest())
)
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


@pytest.fixture
def plain() -> dict[str, Any]:
    """The smallest valid configuration of the gas chain; every test gets its own."""
    return {
        "gas": {
            "sources": {
                "made": {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10},
                "read": {"kind": "degrad", "files": ["DEGRAD.OUT"], "energy_keV": 50},
            },
            "training_set": {"sources": ["made"]},
            "test_sets": {"50keV": {"sources": ["read"], "smearing_um": 200}},
            "networks": {"RCN": {"architecture": "rcn"}},
        }
    }


@pytest.fixture
def check_figure(tmp_path: Path) -> Callable[[str, Callable[[], Figure]], None]:
    """(name, draw) -> check that a figure is saved as PNG and PDF, with the same bytes twice."""

    from pipeline.figures.style import save

    def check(name: str, draw: Callable[[], Figure]) -> None:
        paths = [tmp_path / f"{name}.{kind}" for kind in ("png", "pdf")]
        save(draw(), paths)
        png, pdf = (path.read_bytes() for path in paths)
        assert png.startswith(b"\x89PNG")
        assert pdf.startswith(b"%PDF")
        again = tmp_path / "again.pdf"
        save(draw(), [again])
        assert again.read_bytes() == pdf

    return check


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers of the tests, the same in every run."""
    return np.random.default_rng(20240607)
