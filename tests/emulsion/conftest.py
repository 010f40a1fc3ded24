"""What tests of the emulsion chain share."""

import numpy as np
import pytest

from pipeline.emulsion.clusters.crystals import pack
from pipeline.emulsion.config.detector import Crystals


@pytest.fixture(scope="session")
def packing():
    """Crystals of the default emulsion."""
    return pack(Crystals(), np.random.default_rng(1))
