"""Specification of a figure: module, inputs, caption.

To add a figure, add an entry to its chain's `figures/catalogue.py` and a module with `from_files`.
This module and the catalogues must not import matplotlib, because the rules read them.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class FigureSpec:
    """A figure of a chain, as its catalogue lists it.

    `module` has a function `from_files(inputs, params)` that returns the matplotlib figure, or the
    HTML of an interactive one: `inputs` maps names to lists of paths, `params` are those given
    here.
    """

    name: str  # file name without ending; NAME, or NAME/TEST_SET for one of each test set
    module: str
    inputs: dict[str, list[str]]
    caption: str
    params: dict[str, Any] = field(default_factory=dict)
    interactive: bool = False  # a page to look at in a browser

    @property
    def formats(self) -> tuple[str, ...]:
        """Endings of its files."""
        return ("html",) if self.interactive else ("png", "pdf")

    def shown(self) -> dict[str, Any]:
        """What the page of figures shows besides its files, and their number."""
        return {"name": self.name, "caption": self.caption, "files": len(self.formats)}

    def labels(self) -> dict[str, str]:
        """Labels of the figure in Snakemake's report."""
        figure, _, test = self.name.partition("/")
        labels = {"figure": figure.replace("_", " ")}
        return {**labels, "test set": test} if test else labels
