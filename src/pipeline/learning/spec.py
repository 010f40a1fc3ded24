"""Specification of a training, and the job that trains the network.

To add a network, add an entry to its chain's `networks/catalogue.py`. This module and the
catalogues must not import torch, because the rules read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.core.resources import TrainingDemand
from pipeline.core.tables import Inputs, Params


@dataclass(frozen=True, kw_only=True)
class TrainingSpec(TrainingDemand):
    """The training of one network of a chain, as its catalogue lists it.

    `function` has the dotted name of a function of a `TrainingJob` that returns the trained network
    and its history.
    """

    function: str
    calls: Mapping[str, str]  # dotted names of what the function calls by name, by what it is
    inputs: Inputs
    block: Params  # plain content that the weights depend on, besides the inputs
    looked_at: tuple[str, ...] = ()  # tables that must be there before; their date does not matter

    @property
    def names(self) -> list[str]:
        """Dotted names of all functions and modules that the job calls by name."""
        return [self.function, *self.calls.values()]


@dataclass(frozen=True)
class TrainingJob:
    """What the function of a `TrainingSpec` is given."""

    network: str  # its name
    calls: Mapping[str, str]
    inputs: Inputs
    block: Params
    parallelism: Mapping[str, int]  # settings of the training: processes and threads
    checkpoint: Path
    code: str = field(repr=False)  # digest of the code in use
