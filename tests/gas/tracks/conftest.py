"""Small DEGRAD.OUT texts, and what the reader makes of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.ingestion import BadEvents
from pipeline.gas.tracks.degrad import read_degrad
from pipeline.gas.tracks.raw import RawBatch

Read = Callable[..., tuple[list[RawBatch], BadEvents]]


@pytest.fixture
def event_text() -> Callable[..., str]:
    """(number, electrons, excitations, nulls, iwrite) -> one event of DEGRAD.OUT."""
    return _event_text


@pytest.fixture
def positions() -> Callable[[int, int], np.ndarray]:
    """(number, electrons) -> the coordinates in `event_text`, float32 [electrons, 3]."""
    return _positions


def _positions(number: int, electrons: int = 3) -> np.ndarray:
    return (100.0 * number + 0.25 * np.arange(3 * electrons)).reshape(-1, 3).astype(np.float32)


def _event_text(
    number: int, electrons: int = 3, excitations: int = 2, nulls: int = 0, iwrite: int = 1
) -> str:
    header = [number, electrons, excitations, excitations, *[0] * 7, nulls]
    body = [
        [f"{x:.4f}" for x in row] + ["7.5", "0", "0", "0"] for row in _positions(number, electrons)
    ]
    records = [[str(i) for i in header], [token for row in body for token in row]]
    if iwrite == 2:
        records.append(["1.5"] * 4 * excitations)
        records.append([*["2.5"] * 4, "3"] * nulls or [*["0.0"] * 4, "0"])
    return "".join("   ".join(record) + "\n" for record in records)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """(content, name, policy) -> batches and bad events of a file with that content."""

    def read_content(
        content: str | bytes, name: str = "DEGRAD.OUT", policy: str = "stop"
    ) -> tuple[list[RawBatch], BadEvents]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        bad = BadEvents(str(path), policy)
        return list(read_degrad(path, None, bad)), bad

    return read_content
