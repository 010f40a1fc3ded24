"""Reading the text of instruction files."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pipeline.xenon.events.instructions import read_instructions


@pytest.fixture
def read(text_file: Callable[..., Any], geometry: Any) -> Callable[..., Any]:
    """(content of an instruction file, policy) -> all events as one batch, and the bad ones."""

    def events(content: str, policy: str = "stop") -> Any:
        path, bad = text_file(content, policy)
        batches = list(read_instructions(path, None, geometry, bad, np.random.default_rng(1)))
        return batches[0] if batches else None, bad

    return events
