"""Published numbers of NEWSdm for comparison with the results of this chain.

The points of independent scans are from the authors' public notebook
NEWSdm/NewsNet70nm/article_NEWSnet_bayes.ipynb (github.com/golovart/Napoli_emulsion): networks
trained with rotations, tested on scans that were not used for training.
"""

from dataclasses import dataclass

NOTEBOOK = "github.com/golovart/Napoli_emulsion, article_NEWSnet_bayes.ipynb"

# The goal of arXiv 2005.13042, which it reports to reach without rotations for fog and Co60.
GOAL_REJECTION, GOAL_EFFICIENCY = 1e4, 0.6


@dataclass(frozen=True)
class PublishedPoint:
    """Share of background clusters that pass, and of carbon, at one threshold."""

    energy_keV: float  # of the carbon ions
    background: str  # "fog" or "gamma"
    efficiency: float
    passing: float
    source: str
    efficiency_err: float | None = None  # None: not stated
    passing_err: float | None = None

    @property
    def rejection(self) -> float:
        """Background clusters for each one that passes."""
        return 1 / self.passing


@dataclass(frozen=True)
class PublishedShift:
    """Share of clusters whose barycentre shifts by more than `shift_nm`."""

    particle: str
    energy_keV: float | None
    shift_nm: float
    share: float
    source: str


_FIGURE = f"{NOTEBOOK}, figure of cell 108"
_OUTPUT = f"{NOTEBOOK}, output of cell 82"

INDEPENDENT_SCANS = (
    PublishedPoint(30, "fog", 0.6, 1.1e-2, _FIGURE),
    PublishedPoint(60, "fog", 0.6, 1.1e-3, _FIGURE),
    PublishedPoint(100, "fog", 0.6, 2.3e-3, _FIGURE),
    PublishedPoint(30, "gamma", 0.6, 2.8e-2, _FIGURE),
    PublishedPoint(60, "gamma", 0.6, 5e-3, _FIGURE),
    PublishedPoint(100, "gamma", 0.6, 9e-3, _FIGURE),
    PublishedPoint(30, "fog", 0.162, 4.2e-4, _OUTPUT, 0.031, 1.3e-4),
    PublishedPoint(60, "fog", 0.475, 4.2e-4, _OUTPUT, 0.040, 1.3e-4),
    PublishedPoint(100, "fog", 0.374, 4.2e-4, _OUTPUT, 0.033, 1.3e-4),
)

_SHIFTS = f"{NOTEBOOK}, output of cell 128"

SHIFTS = (
    PublishedShift("C", 30, 38.5, 0.228, _SHIFTS),
    PublishedShift("C", 60, 38.5, 0.324, _SHIFTS),
    PublishedShift("C", 100, 38.5, 0.381, _SHIFTS),
    PublishedShift("fog", None, 38.5, 0.312, _SHIFTS),
)


@dataclass(frozen=True)
class PublishedDirection:
    """Measured directions of carbon ions of a beam: angular resolution and efficiency."""

    energy_keV: float
    resolution_deg: float
    efficiency: float
    source: str


DIRECTIONS = (
    PublishedDirection(100, 17.0, 0.49, "arXiv 1812.09528, arXiv 2003.12740"),
    PublishedDirection(30, 41.0, 0.017, "arXiv 1812.09528, arXiv 2003.12740"),
)
