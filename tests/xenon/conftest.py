"""Volume and liquid of a small detector, and a writer of text files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.core.ingestion import BadEvents
from pipeline.xenon.config.detector import Geometry, Liquid


@pytest.fixture
def geometry() -> Geometry:
    """A liquid 40 cm across and 50 cm high."""
    return Geometry(
        radius_cm=20,
        height_cm=50,
        fiducial_radius_cm=15,
        fiducial_top_cm=5,
        fiducial_bottom_cm=45,
    )


@pytest.fixture
def liquid() -> Liquid:
    """The liquid of DARWIN, for which the reference values of NEST hold."""
    return Liquid(density_g_per_cm3=2.86, field_V_per_cm=200)


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[..., tuple[Path, BadEvents]]:
    """(content, policy) -> a file with that content, and its bad events."""

    def write(content: str, policy: str = "stop") -> tuple[Path, BadEvents]:
        path = tmp_path / "events.txt"
        path.write_text(content)
        return path, BadEvents(path.name, policy)

    return write
