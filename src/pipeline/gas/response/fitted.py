"""Responses with the parameters that the fit has found."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.core.tables import read_table
from pipeline.gas.config.response import Response
from pipeline.gas.config.sets import read_readout
from pipeline.gas.config.voxels import Smearing


def with_fitted(response: Response, tables: Iterable[str | Path]) -> Response:
    """The response with the values of tables of `Fit.table`; without tables, the same."""
    for path in tables:
        table = read_table(path)
        response = response.replaced(dict(zip(table["parameter"], table["value"], strict=True)))
    return response


def read_fitted(block: Mapping[str, Any], tables: Iterable[str | Path]) -> Smearing | Response:
    """See `read_readout`; a response has the values of tables of `Fit.table`."""
    readout = read_readout(block)
    return with_fitted(readout, tables) if isinstance(readout, Response) else readout
