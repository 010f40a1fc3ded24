"""Published results on spin-independent WIMPs for comparison with the results of this chain.

The numbers are from the abstracts of the papers; that of XENON1T is quoted from other papers. The
abstract of DARWIN does not give the confidence level. O'Hare has read the curves from the figures
(data of arXiv 2109.03116, those of XENONnT and LZ in his later collection of limits); their lowest
points agree with the abstracts.
"""

from dataclasses import dataclass

from pipeline.statistics.excess.config import Wimp


@dataclass(frozen=True)
class PublishedLimit:
    """Lowest point of an upper limit at 90 % confidence."""

    experiment: str
    exposure_t_yr: float
    wimp: Wimp
    source: str
    expected: bool  # a median sensitivity or a forecast, not a measurement

    @property
    def curve(self) -> tuple[tuple[float, float], ...]:
        """Masses [GeV] and cross-sections [cm2] of the limit, empty if only a point is known."""
        return CURVES.get((self.experiment, self.expected), ())


@dataclass(frozen=True)
class PublishedSignificance:
    """Significance [sigma] at which the median experiment with WIMPs rejects background alone."""

    exposure_t_yr: float
    wimp: Wimp
    significance: float
    source: str


# By experiment, and whether it is an expectation.
CURVES = {
    ("XENON1T", False): (
        *((8, 2.06e-45), (10, 5.33e-46), (12, 2.37e-46), (15, 1.10e-46), (20, 5.70e-47)),
        *((25, 4.48e-47), (30, 4.16e-47), (40, 4.44e-47), (50, 5.15e-47), (70, 6.68e-47)),
        *((100, 9.13e-47), (200, 1.73e-46), (500, 4.28e-46), (900, 7.76e-46)),
    ),
    ("XENONnT", False): (
        *((10, 2.07e-46), (12, 7.56e-47), (15, 3.48e-47), (20, 2.11e-47), (25, 1.79e-47)),
        *((30, 1.72e-47), (40, 1.84e-47), (50, 2.11e-47), (70, 2.77e-47), (100, 3.88e-47)),
        *((200, 7.59e-47), (500, 1.85e-46), (900, 3.30e-46)),
    ),
    ("LZ", False): (
        *((10, 5.13e-47), (12, 1.82e-47), (15, 7.36e-48), (20, 3.57e-48), (25, 2.71e-48)),
        *((30, 2.32e-48), (40, 2.12e-48), (50, 2.24e-48), (70, 2.61e-48), (100, 3.33e-48)),
        *((200, 6.03e-48), (500, 1.41e-47), (900, 2.55e-47)),
    ),
    ("DARWIN", True): (
        *((8, 3.17e-47), (10, 7.44e-48), (12, 2.42e-48), (15, 1.02e-48), (20, 4.75e-49)),
        *((25, 3.32e-49), (30, 2.77e-49), (40, 2.52e-49), (50, 2.57e-49), (70, 2.94e-49)),
        *((100, 3.62e-49), (200, 6.40e-49), (500, 1.51e-48), (900, 2.68e-48)),
    ),
}

LIMITS = tuple(
    PublishedLimit(
        experiment, exposure_t_yr, Wimp(mass_GeV=mass, cross_section_cm2=sigma), source, expected
    )
    for experiment, exposure_t_yr, mass, sigma, expected, source in (
        ("XENON1T", 1.0, 30, 4.1e-47, False, "PRL 121 (2018) 111302, arXiv 1805.12562"),
        ("XENONnT", 3.1, 30, 1.7e-47, False, "arXiv 2502.18005"),
        ("LZ", 4.2, 40, 2.2e-48, False, "PRL 135 (2025) 011802, arXiv 2410.17036"),
        ("LZ", 4.2, 40, 5.1e-48, True, "PRL 135 (2025) 011802, arXiv 2410.17036"),
        ("DARWIN", 200.0, 40, 2.5e-49, True, "JCAP 10 (2015) 016, arXiv 1506.08309"),
    )
)

# Approximate: the curve in the paper crosses 3 sigma there.
SIGNIFICANCE = PublishedSignificance(
    200.0, Wimp(mass_GeV=50, cross_section_cm2=6.5e-48), 3.0, "arXiv 2410.00755"
)
