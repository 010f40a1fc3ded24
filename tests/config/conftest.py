"""A complete, small configuration as plain YAML content, to be spoiled by the tests."""

from typing import Any

import pytest


@pytest.fixture
def plain() -> dict[str, Any]:
    """The smallest valid configuration; every test gets its own."""
    return {
        "sources": {
            "made": {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10},
            "read": {"kind": "degrad", "files": ["DEGRAD.OUT"], "energy_keV": 50},
        },
        "training_set": {"sources": ["made"]},
        "test_sets": {"50keV": {"sources": ["read"], "smearing_um": 200}},
        "networks": {"RCN": {"architecture": "rcn"}},
    }
