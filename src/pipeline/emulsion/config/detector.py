"""Schema of an emulsion and its microscope; the defaults are the NIT emulsion of NEWSdm.

Lengths in nm; angles in the axes of the images, x to the right and y down. The light is recorded
for eight orientations of the analyser, in steps of 22.5 deg.
"""

import math
from typing import Literal, Self

from pydantic import NonNegativeFloat, PositiveFloat, model_validator

from pipeline.config.model import Block, described

PLANES = 8  # images of a cluster, one for each orientation of the analyser
MAX_FILL = 0.6  # random packing of spheres ends at 0.64 and slows down before
MIN_PIXELS = 32
DENSE_FOG = 0.1  # expected fog grains around a grain beyond which clusters merge


class Crystals(Block):
    """AgBr(I) crystals: spheres at random in the gelatin."""

    per_um3: float = described("Crystals in a cubic micrometre.", 2107.0, ge=1)
    diameter_nm: float = described("Mean diameter [nm].", 72.3, gt=0)
    diameter_spread_nm: float = described("Standard deviation of the diameter [nm].", 7.0, ge=0)

    @property
    def fill(self) -> float:
        """Fraction of the volume in crystals, from the mean cube of a normal diameter."""
        cube = self.diameter_nm**3 + 3 * self.diameter_nm * self.diameter_spread_nm**2
        return self.per_um3 * math.pi / 6 * cube * 1e-9

    @model_validator(mode="after")
    def _can_be_packed(self) -> Self:
        if self.fill > MAX_FILL:
            raise ValueError(
                f"the crystals fill {self.fill:.0%} of the volume; random packing reaches at most "
                f"{MAX_FILL:.0%}. Reduce per_um3 or diameter_nm"
            )
        if self.diameter_spread_nm > self.diameter_nm / 4:
            raise ValueError("diameter_spread_nm is larger than a quarter of diameter_nm")
        return self


class Development(Block):
    """Development: which crystals become grains, and the silver filaments that grow on them."""

    half_sensitivity_keV: float = described(
        "Energy in a crystal that develops half of the crystals [keV].", 2.0, gt=0
    )
    sensitivity_width: float = described(
        "Width of the cumulative normal distribution of the probability, in the logarithm of the "
        "energy.",
        0.5,
        gt=0,
    )
    filament_keV: float = described(
        "Energy of a filament beyond the first [keV]; the mean number of such filaments is "
        "energy/filament_keV - 0.5.",
        4.5,
        gt=0,
    )
    max_filaments: int = described("Maximum number of filaments of a grain.", 4, ge=1)
    further_segments: float = described(
        "Mean of the Poisson number of segments of a filament beyond the first.", 1.45, ge=0
    )
    max_segments: int = described("Maximum number of segments of a filament.", 6, ge=1)
    segment_nm: float = described("Mean length of a segment before the limits [nm].", 50.0, gt=0)
    segment_spread_nm: float = described("Standard deviation of the length [nm].", 22.0, gt=0)
    segment_limits_nm: tuple[PositiveFloat, PositiveFloat] = described(
        "Shortest and longest segment [nm]; other lengths are drawn again.", (10.0, 130.0)
    )

    @model_validator(mode="after")
    def _limits_hold_the_mean(self) -> Self:
        low, high = self.segment_limits_nm
        if not low <= self.segment_nm <= high:
            raise ValueError(f"segment_nm is not within segment_limits_nm, {low:g} to {high:g}")
        return self


class Clustering(Block):
    """Fog, and how grains are joined to clusters."""

    link_nm: float = described(
        "Grains closer than this in the projection belong to one cluster [nm].", 250.0, gt=0
    )
    fog_per_um3: float = described("Fog grains in a cubic micrometre.", 1e-3, ge=0)
    fog_depth_nm: float = described(
        "Largest distance in depth of a fog grain that joins a cluster by chance [nm].",
        300.0,
        gt=0,
    )

    @property
    def chance_fog(self) -> float:
        """Probability that a fog grain joins a cluster by chance."""
        volume_nm3 = math.pi * self.link_nm**2 * 2 * self.fog_depth_nm
        return self.fog_per_um3 * 1e-9 * volume_nm3

    @model_validator(mode="after")
    def _clusters_are_apart(self) -> Self:
        if self.chance_fog > DENSE_FOG:
            raise ValueError(
                f"{self.chance_fog:.2g} fog grains within link_nm of a grain: the fog is so dense "
                "that clusters merge. Reduce fog_per_um3 or link_nm"
            )
        return self


class Light(Block):
    """Polarised light scattered by a segment of a filament."""

    polarisation: float = described(
        "Modulation of the light of a segment in the film plane.", 0.9, ge=0, le=1
    )
    segment_nm: float = described("Length of a segment of amplitude 1 [nm].", 50.0, gt=0)
    segment_spread: float = described(
        "Standard deviation of the logarithm of a segment's amplitude.", 0.3, ge=0
    )
    filament_spread: float = described(
        "Standard deviation of the logarithm of a filament's amplitude.", 0.55, ge=0
    )
    gains: list[PositiveFloat] = described(
        "Relative brightness of the eight images.",
        [1.185, 1.084, 0.962, 0.862, 0.869, 0.947, 1.075, 1.150],
        min_length=PLANES,
        max_length=PLANES,
    )


class Optics(Block):
    """The microscope's point spread function, an elliptic Gaussian."""

    across_nm: float = described("Standard deviation across its axis in focus [nm].", 73.0, gt=0)
    along_nm: float = described("Standard deviation along its axis in focus [nm].", 84.0, gt=0)
    axis_deg: float = described(
        "Angle of its axis in the first image [deg]; it turns with the analyser.", 101.25
    )
    depth_nm: float = described(
        "Distance from the focal plane at which it is sqrt(2) times wider [nm].", 200.0, gt=0
    )
    focus_nm: float = described(
        "Largest distance of a cluster's centre from the focal plane [nm]; uniform within it.",
        150.0,
        ge=0,
    )
    jitter_nm: float = described(
        "Standard deviation of the shift of each image along x and y [nm].", 3.0, ge=0
    )


class Camera(Block):
    """The camera, and which clusters are kept.

    The peak of an image is the maximum of its 3x3 means less its median.
    """

    pixels: int = described("Rows and columns of an image; an even number.", 40, ge=MIN_PIXELS)
    pixel_nm: tuple[PositiveFloat, PositiveFloat] = described(
        "Size of a pixel along x and y [nm].", (27.47, 27.42)
    )
    brightness_counts: float = described(
        "Median of the mean peak of the eight images before the cut [counts].", 8.0, gt=0
    )
    brightness_spread: float = described(
        "Standard deviation of the logarithm of the mean peak.", 0.75, ge=0
    )
    pedestal_counts: float = described("Mean pedestal [counts].", 14.0, ge=0)
    pedestal_spread_counts: float = described("Standard deviation of it [counts].", 1.0, ge=0)
    haze_blobs: float = described("Mean number of blobs of haze in a cluster's images.", 0.3, ge=0)
    haze_px: tuple[PositiveFloat, PositiveFloat] = described(
        "Smallest and largest standard deviation of a blob [px].", (4.0, 10.0)
    )
    haze_counts: float = described("Largest height of a blob [counts].", 3.0, ge=0)
    noise_counts: float = described("Noise of a pixel without light [counts].", 0.55, ge=0)
    noise_per_count: NonNegativeFloat = described("Variance of a pixel per count of light.", 0.03)
    min_peak_counts: float = described("Smallest peak of an image [counts].", 3.5, ge=0)
    dim_images: Literal["reject", "zeros"] = described(
        "Clusters with an image below `min_peak_counts`: 'reject' leaves them out; 'zeros' keeps "
        "them if two images are bright enough, and sets the dim images to zero.",
        "reject",
    )

    @model_validator(mode="after")
    def _can_be_binned(self) -> Self:
        if self.pixels % 2:
            raise ValueError(f"pixels must be even, not {self.pixels}")
        if self.haze_px[0] > self.haze_px[1]:
            raise ValueError("haze_px: the first value is larger than the second")
        return self


class Detector(Block):
    """An emulsion, its development and the microscope."""

    crystals: Crystals = described("Crystals.", Crystals())
    development: Development = described("Development.", Development())
    clustering: Clustering = described("Fog and clusters.", Clustering())
    light: Light = described("Light of the filaments.", Light())
    optics: Optics = described("Microscope.", Optics())
    camera: Camera = described("Camera and selection.", Camera())
