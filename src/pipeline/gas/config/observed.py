"""Schema of sets of measured events, and of the directional test on them."""

from collections.abc import Mapping
from typing import Self

import numpy as np
from pydantic import model_validator

from pipeline.config.model import Block, described
from pipeline.gas.config.hits import HitSource
from pipeline.gas.config.sources import Vector


class Site(Block):
    """Place of the detector on the Earth; its height does not matter."""

    latitude_deg: float = described("Latitude, positive in the north [deg].", ge=-90, le=90)
    longitude_deg: float = described("Longitude, positive in the east [deg].", ge=-180, le=180)


class Axes(Block):
    """Axes of the hits' coordinates at the site: unit vectors (east, north, up)."""

    x: Vector = described("Direction of the x axis as [east, north, up].")
    y: Vector = described("Direction of the y axis.")
    z: Vector = described("Direction of the z axis; along the drift, away from the readout.")

    @property
    def matrix(self) -> np.ndarray:
        """Matrix [3, 3] that turns (east, north, up) into (x, y, z)."""
        return np.array([self.x, self.y, self.z])

    @model_validator(mode="after")
    def _are_a_rotation(self) -> Self:
        turn = self.matrix
        if np.abs(turn @ turn.T - np.eye(3)).max() > 1e-3:
            raise ValueError("x, y and z must be unit vectors at right angles to each other")
        if np.linalg.det(turn) < 0:
            raise ValueError(
                "x, y and z are left-handed; expected z = x cross y. If the coordinates of the "
                "hits really are, change the sign of one of them in the files"
            )
        return self


class Preferred(Block):
    """The direction that recoils of signal prefer: a fixed one, or away from the Sun."""

    axis: Vector | None = described(
        "Direction that recoils of signal prefer, in the hits' coordinates, of any length; null: "
        "away from the Sun.",
        None,
    )
    site: Site | None = described(
        "Place of the detector, for the Sun; a test needs event times.", None
    )
    axes: Axes | None = described("Orientation of the detector at `site`.", None)

    @model_validator(mode="after")
    def _has_one_direction(self) -> Self:
        if (self.axis is None) == (self.site is None):
            raise ValueError("give either `axis`, or `site` and `axes` for the Sun")
        if (self.site is None) != (self.axes is None):
            raise ValueError("`site` and `axes` belong together")
        if self.axis is not None and not np.linalg.norm(self.axis) > 0:
            raise ValueError("axis: must not be [0, 0, 0]")
        return self


class DirectionTest(Preferred):
    """Test whether recoils prefer a direction."""

    permutations: int = described(
        "How often the event times are scrambled; the smallest p-value is 1 / (1 + permutations). "
        "Not used with `axis`.",
        9999,
        ge=99,
    )


class ObservedSet(Block):
    """Measured events."""

    sources: list[str] = described(
        "Names of sources of kind `hits` or `simulated_hits`.", min_length=1
    )
    predict: bool = described(
        "Predict the directions. false: they are not asked, as of a calibration run that only "
        "`gain_map` or `detector_fit` uses.",
        True,
    )
    direction_test: DirectionTest | None = described(
        "Test whether the events prefer a direction; null: no test.", None
    )

    @model_validator(mode="after")
    def _is_predicted_to_be_tested(self) -> Self:
        if self.direction_test and not self.predict:
            raise ValueError("direction_test needs predictions; leave `predict: false` out")
        return self


def check_times(observed: Mapping[str, ObservedSet], sources: Mapping[str, object]) -> None:
    """Check that sources whose events are tested against the Sun state event times.

    Raises:
        ValueError: a source does not.
    """
    for name, block in observed.items():
        if not block.direction_test or not block.direction_test.site:
            continue
        for source in block.sources:
            hits = sources[source]
            if isinstance(hits, HitSource) and not hits.timed:
                raise ValueError(
                    f"observed.{name}.direction_test.site: the Sun's place needs event times; "
                    f"name their column in sources.{source}.columns.time, or test against an `axis`"
                )
